//===- memory_samples.h - samples with any targets, for tests ---*- C++ -*-===//

#ifndef SPHERICAL_TEST_RUNTIME_TRAIN_MEMORY_SAMPLES_H
#define SPHERICAL_TEST_RUNTIME_TRAIN_MEMORY_SAMPLES_H

#include "runtime/data/samples.h"

#include <algorithm>
#include <vector>

namespace spherical::runtime {

/// Samples as they stand in memory: x [sample][channels][2b][2b], and labels or values.
class MemorySamples : public SampleSource {
public:
  explicit MemorySamples(SampleLayout layout) : shape(layout) {}

  int64_t count() const override {
    return static_cast<int64_t>(x.size()) / std::max<int64_t>(1, shape.values());
  }
  SampleLayout layout() const override { return shape; }
  void load(int64_t index, float *out, Target target) const override {
    std::copy_n(x.data() + index * shape.values(), shape.values(), out);
    std::copy_n(labels.data() + index * shape.labels(), shape.labels(), target.classes);
    std::copy_n(values.data() + index * shape.targetValues(), shape.targetValues(), target.values);
  }
  uint64_t fingerprint() const override { return x.size(); }
  SphericalImages store(std::span<const int64_t>) const override { return {}; }

  SampleLayout shape;
  std::vector<float> x;
  std::vector<int32_t> labels;
  std::vector<float> values;
};

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_TRAIN_MEMORY_SAMPLES_H
