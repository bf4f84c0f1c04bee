//===- make_files.h - files for tests of data sets --------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_RUNTIME_DATA_SETS_MAKE_FILES_H
#define SPHERICAL_TEST_RUNTIME_DATA_SETS_MAKE_FILES_H

#include "runtime/data/sets/array_writer.h"
#include "runtime/data/sets/data_set.h"
#include "test/runtime/data/sets/raw_picture.h"

#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace spherical::runtime {

/// An array with its values.
struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// Values first, first + step, ... of the shape.
template <typename T>
Tensor ramp(std::vector<int64_t> shape, double first = 0.0, double step = 1.0) {
  Tensor tensor = Tensor::zeros(dtypeOf<T>(), std::move(shape));
  for (T &value : tensor.as<T>()) {
    value = static_cast<T>(first);
    first += step;
  }
  return tensor;
}

/// Writes the arrays row by row, in turns.
inline void makeArrays(const std::string &path, const std::vector<NamedTensor> &arrays,
                       const Words &words = {}) {
  std::vector<TensorSpec> specs;
  for (const NamedTensor &array : arrays)
    specs.push_back({array.name, array.tensor.dtype, array.tensor.shape});
  const auto writer = createArrays(path, *arrayFormByEnding(path), specs, words);
  for (int64_t row = 0; row < specs[0].shape[0]; ++row)
    for (size_t i = 0; i < arrays.size(); ++i) {
      const std::vector<std::byte> &bytes = arrays[i].tensor.bytes;
      const size_t size = bytes.size() / specs[i].shape[0];
      writer->write(i, std::span(bytes).subspan(row * size, size));
    }
  writer->commit();
}

/// The names of the forms that this build writes.
inline std::vector<std::string> arrayNames() {
  std::vector<std::string> names;
  for (const char *name : {"a.npy", "a.npz", "a.safetensors", "a.h5", "a.nc"})
    if (hasArrayForm(*arrayFormByEnding(name)))
      names.emplace_back(name);
  return names;
}

/// The values of a sample.
inline std::vector<float> valuesOf(const DataSet &set, int64_t index) {
  std::vector<float> x(set.layout().values());
  set.load(index, x.data(), {});
  return x;
}

/// The classes of a sample.
inline std::vector<int32_t> classesOf(const DataSet &set, int64_t index) {
  std::vector<float> x(set.layout().values());
  std::vector<int32_t> classes(set.target().classes);
  set.load(index, x.data(), {classes.data(), nullptr});
  return classes;
}

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_DATA_SETS_MAKE_FILES_H
