//===- cached_samples.h - samples as they are, kept -------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_CACHED_SAMPLES_H
#define SPHERICAL_RUNTIME_DATA_SETS_CACHED_SAMPLES_H

#include "runtime/data/sets/prepared_samples.h"
#include "runtime/data/sets/sample_cache.h"

namespace spherical::runtime {

/// Where values, numbers and labels of a sample lie in a record: in this order, 4 bytes each.
struct SampleRecord {
  int64_t values = 0, numbers = 0, labels = 0;

  int64_t bytes() const { return 4 * (values + numbers + labels); }
  float *valuesOf(std::byte *record) const { return reinterpret_cast<float *>(record); }
  float *numbersOf(std::byte *record) const { return valuesOf(record) + values; }
  int32_t *labelsOf(std::byte *record) const {
    return reinterpret_cast<int32_t *>(numbersOf(record) + numbers);
  }
};

/// The samples of another source, which outlives the object and is the same in all epochs, from a
/// cache: pictures that need not be decoded again.
class CachedSamples : public SampleSource {
public:
  /// `options` but for the number and size of records. Throws what SampleCache throws.
  CachedSamples(const PreparedSamples &samples, SampleCacheOptions options);

  int64_t count() const override { return samples.count(); }
  SampleLayout layout() const override { return samples.layout(); }
  void load(int64_t index, float *x, Target target) const override;
  uint64_t fingerprint() const override { return samples.fingerprint(); }
  SphericalImages store(std::span<const int64_t> indices) const override {
    return storeSamples(*this, indices);
  }

private:
  const PreparedSamples &samples;
  const SampleRecord record;
  const SampleCache cache;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_CACHED_SAMPLES_H
