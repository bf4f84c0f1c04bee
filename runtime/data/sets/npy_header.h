//===- npy_header.h - what a NumPy array says of itself ---------*- C++ -*-===//
//
// Formats 1, 2 and 3 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_NPY_HEADER_H
#define SPHERICAL_RUNTIME_DATA_SETS_NPY_HEADER_H

#include "runtime/data/safetensors.h"

#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// The header of an array.
struct NpyHeader {
  /// The kind of elements: 'n' numbers of `dtype`, 'S' strings of `width` bytes, 'U' strings of
  /// `width` 32-bit characters, '?' others, which `type` names.
  char kind = '?';
  DType dtype = DType::F32;
  int64_t width = 0;
  std::string type;
  bool swapped = false; ///< big-endian
  std::vector<int64_t> shape;
  uint64_t bytes = 0; ///< of the header; the values follow
};

/// The most bytes that a header may have here.
constexpr uint64_t mostNpyHeaderBytes = 65536 + 12;

/// Reads the header at the beginning of `start`, which holds all of it. Throws std::runtime_error
/// that begins with `origin` for anything else, and for arrays in Fortran order.
NpyHeader parseNpyHeader(std::span<const std::byte> start, const std::string &origin);

/// The strings of an array of kind 'S' or 'U', in UTF-8, from the bytes of its values.
std::vector<std::string> npyStrings(const NpyHeader &header, std::span<const std::byte> values);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_NPY_HEADER_H
