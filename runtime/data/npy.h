//===- npy.h - arrays in NumPy's files --------------------------*- C++ -*-===//
//
// Format 1.0: magic, version, header length, a Python literal that says type and
// shape, then the values, little-endian, in C order.
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html)
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_NPY_H
#define SPHERICAL_RUNTIME_DATA_NPY_H

#include "runtime/data/safetensors.h"

namespace spherical::runtime {

/// The bytes before the values. Throws std::invalid_argument for bf16, which NumPy does not have.
std::string npyHeaderText(DType dtype, std::span<const int64_t> shape);

/// A whole array of strings, '<U', of the texts in UTF-8.
std::string npyStringArray(const std::vector<std::string> &texts);

/// A file of one array that takes its values piece by piece. Nothing is at `path` before `commit`.
class NpyWriter {
public:
  /// Starts the file. Throws std::runtime_error if it cannot be written, std::invalid_argument for
  /// bf16, which NumPy does not have.
  NpyWriter(const std::string &path, DType dtype, std::span<const int64_t> shape);

  /// Adds the next values.
  void write(std::span<const std::byte> bytes);

  /// Completes the file. Throws std::logic_error if values are missing or there were too many.
  void commit();

private:
  ReplacingFile file;
  uint64_t expected; // bytes of values
  uint64_t written = 0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_NPY_H
