//===- set_record.h - what weights record of their data ---------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_SET_RECORD_H
#define SPHERICAL_RUNTIME_DATA_SETS_SET_RECORD_H

#include "runtime/data/color.h"
#include "runtime/data/model_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spherical::runtime {

/// The data set of a training, in the metadata of its weights: what a test on its other part, and
/// names of predicted classes, need.
struct SetRecord {
  std::string path;                 ///< as it was given
  std::string kind;                 ///< of the set (open_set.h)
  std::string grid;                 ///< "soft 64x64"
  std::string split;                ///< "sample:80/10/10"; empty: by the files, or not at all
  uint64_t seed = 0;                ///< of the split
  std::string fingerprint;          ///< of the training's samples, hexadecimal
  std::vector<std::string> classes; ///< names; may be empty
  std::vector<Color> palette;       ///< may be empty

  bool operator==(const SetRecord &) const = default;
};

/// Puts the record in the metadata, and takes it from there; nothing if it has none. `setRecordOf`
/// throws std::runtime_error for one that cannot be read.
void setSetRecord(Metadata &metadata, const SetRecord &record);
std::optional<SetRecord> setRecordOf(const Metadata &metadata);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_SET_RECORD_H
