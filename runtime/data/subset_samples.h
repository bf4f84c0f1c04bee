//===- subset_samples.h - some samples of a data set ------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SUBSET_SAMPLES_H
#define SPHERICAL_RUNTIME_DATA_SUBSET_SAMPLES_H

#include "runtime/data/samples.h"

#include <cstdint>
#include <vector>

namespace spherical::runtime {

/// The samples of `all` with some indices, in that order. What is drawn for a sample stays that of
/// its index in `all`, which must outlive this object.
class SubsetSamples : public SampleSource {
public:
  /// Throws std::invalid_argument for an index that `all` does not have.
  SubsetSamples(const SampleSource &all, std::vector<int64_t> indices);

  int64_t count() const override { return static_cast<int64_t>(indices.size()); }
  SampleLayout layout() const override { return all.layout(); }
  void load(int64_t index, float *x, Target target) const override;
  void loadAll(std::span<const int64_t> chosen, int64_t epoch, float *x,
               Target target) const override;
  uint64_t fingerprint() const override;
  SphericalImages store(std::span<const int64_t> chosen) const override;

  /// The index in `all` of a sample.
  int64_t indexInAll(int64_t index) const { return indices.at(index); }

private:
  std::vector<int64_t> inAll(std::span<const int64_t> chosen) const;

  const SampleSource &all;
  std::vector<int64_t> indices;
};

/// `held` samples of `count`, at random, and the others, both ascending: a function of the
/// arguments. 0 <= held <= count.
struct HeldOut {
  std::vector<int64_t> held, others;
};
HeldOut holdOut(int64_t held, int64_t count, uint64_t seed);

/// The same of samples that are chosen, ascending.
HeldOut holdOut(std::vector<int64_t> held, int64_t count);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SUBSET_SAMPLES_H
