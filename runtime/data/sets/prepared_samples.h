//===- prepared_samples.h - a data set as networks take it ------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_PREPARED_SAMPLES_H
#define SPHERICAL_RUNTIME_DATA_SETS_PREPARED_SAMPLES_H

#include "runtime/data/samples.h"
#include "runtime/data/sets/data_set.h"
#include "runtime/data/sets/preparation.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace spherical::runtime {

/// What a network makes of the samples of a data set.
struct PreparedOptions {
  Preparation preparation;
  /// Number of classes; the data's labels are below it.
  int64_t classes = 0;
  /// For each class of the data its number in the network; empty: the same.
  std::vector<int32_t> classMap = {};
  uint64_t fingerprint = 0;
  /// Whether targets are loaded; else samples are as if the files said nothing of them.
  bool targets = true;
  /// Samples that may be bad (predictions): they are counted, and enter as zeros.
  int64_t mostBad = 0;
};

/// The samples of a data set with normalised and filled values. With no target, labels are missing.
class PreparedSamples : public SampleSource {
public:
  /// Throws std::invalid_argument if the preparation has another number of channels.
  PreparedSamples(std::shared_ptr<const DataSet> set, const PreparedOptions &options);

  int64_t count() const override { return set->count(); }
  SampleLayout layout() const override { return shape; }
  /// Throws what the data set throws; once more samples than `mostBad` are bad, the first reason.
  void load(int64_t index, float *x, Target target) const override;
  uint64_t fingerprint() const override { return options.fingerprint; }
  SphericalImages store(std::span<const int64_t> indices) const override;

  const DataSet &data() const { return *set; }

  /// Whether `load` found the sample to be bad, and how many are.
  bool isBad(int64_t index) const;
  int64_t badCount() const;

private:
  void read(int64_t index, float *x, Target target) const;

  std::shared_ptr<const DataSet> set;
  PreparedOptions options;
  SampleLayout shape;
  mutable std::mutex lock;
  mutable std::vector<int64_t> bad;
};

/// Samples to look at, each channel scaled to all of 8 bit. Throws std::runtime_error unless their
/// grid is 2b x 2b and targets are classes.
SphericalImages storeSamples(const SampleSource &samples, std::span<const int64_t> indices);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_PREPARED_SAMPLES_H
