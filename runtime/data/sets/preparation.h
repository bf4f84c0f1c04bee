//===- preparation.h - values of files as networks take them ----*- C++ -*-===//
//
// Each channel is shifted and scaled, and missing values are filled. What training
// used stands in the metadata of the weights, and holds for all that run them.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_PREPARATION_H
#define SPHERICAL_RUNTIME_DATA_SETS_PREPARATION_H

#include "runtime/data/model_record.h"
#include "runtime/data/sets/scan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spherical::runtime {

/// A value v of the files enters a network as (v - mean) / deviation; a missing one counts as v =
/// fill.
struct ChannelPreparation {
  double mean = 0.0, deviation = 1.0, fill = 0.0;

  bool operator==(const ChannelPreparation &) const = default;
};

/// Of all channels.
struct Preparation {
  std::vector<ChannelPreparation> channels;

  /// Changes x [channels][points] in place.
  void apply(float *x, int64_t points) const;
  bool operator==(const Preparation &) const = default;
};

/// What to do, as the command line says it.
struct PreparationOptions {
  /// "measured", "none", or "MEAN/DEVIATION" for each channel with commas between them.
  std::string normalize = "measured";
  /// "mean", "zero" or a number.
  std::string fill = "mean";
};

/// What `options` make of the statistics of a training set. The deviation of a channel that is
/// constant is 1. Throws std::runtime_error for options that say neither, another number of
/// channels and channels without values.
Preparation makePreparation(const SetStatistics &statistics, const PreparationOptions &options);

/// Puts the preparation in the metadata of weights, and takes it from there; nothing if it has
/// none. `preparationOf` throws std::runtime_error for one that cannot be read.
void setPreparation(Metadata &metadata, const Preparation &preparation);
std::optional<Preparation> preparationOf(const Metadata &metadata);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_PREPARATION_H
