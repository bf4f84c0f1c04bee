//===- value_store.h - an executable that keeps values ----------*- C++ -*-===//

#ifndef SPHERICAL_TEST_RUNTIME_TRAIN_VALUE_STORE_H
#define SPHERICAL_TEST_RUNTIME_TRAIN_VALUE_STORE_H

#include "runtime/train/executable.h"

#include <cstring>

namespace spherical::runtime {

/// Keeps values and nothing else.
class Store : public Executable {
public:
  void declare(const char *name, Element element, int64_t size, const char *kind, double scale,
               const char *role = "parameter") {
    ParameterSpec spec;
    spec.name = name;
    spec.role = role;
    spec.element = element;
    spec.shape = {size};
    spec.initKind = kind;
    spec.initScale = scale;
    specs.push_back(spec);
    bytes.emplace_back(spec.bytes());
  }
  template <typename T> std::vector<T> values(size_t index) const {
    std::vector<T> result(bytes[index].size() / sizeof(T));
    std::memcpy(result.data(), bytes[index].data(), bytes[index].size());
    return result;
  }
  int64_t capacity() const override { return 1; }
  std::vector<int64_t> sampleShape() const override { return {}; }
  int64_t classes() const override { return 1; }
  const std::vector<ParameterSpec> &kept() const override { return specs; }
  void read(size_t index, std::span<std::byte> out) const override {
    std::copy(bytes[index].begin(), bytes[index].end(), out.begin());
  }
  void write(size_t index, std::span<const std::byte> values) override {
    bytes[index].assign(values.begin(), values.end());
  }
  float trainStep(const float *, const Targets &, int64_t, float, float *) override { return 0; }
  void forward(const float *, int64_t, float *) override {}

private:
  std::vector<ParameterSpec> specs;
  std::vector<std::vector<std::byte>> bytes;
};

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_TRAIN_VALUE_STORE_H
