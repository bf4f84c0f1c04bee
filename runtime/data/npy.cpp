//===- npy.cpp - arrays in NumPy's files ------------------------*- C++ -*-===//

#include "runtime/data/npy.h"

namespace spherical::runtime {
namespace {

/// NumPy's name of a type.
std::string descriptor(DType dtype) {
  if (dtype == DType::Bool)
    return "|b1";
  if (dtype == DType::BF16)
    throw std::invalid_argument("NumPy has no type BF16");
  const char kind = dtypeName(dtype)[0]; // F, I or U
  const int64_t bytes = dtypeBytes(dtype);
  return std::string(bytes == 1 ? "|" : "<") + static_cast<char>(kind - 'A' + 'a') +
         std::to_string(bytes);
}

std::string header(DType dtype, std::span<const int64_t> shape) {
  std::string text = "{'descr': '" + descriptor(dtype) + "', 'fortran_order': False, 'shape': (";
  for (const int64_t extent : shape)
    text += std::to_string(extent) + ", ";
  text += "), }";
  constexpr size_t alignment = 64, preamble = 10;
  const size_t total = (preamble + text.size() + 1 + alignment - 1) / alignment * alignment;
  text.resize(total - preamble - 1, ' ');
  text += '\n';
  std::string result("\x93NUMPY\x01\x00", 8);
  result += static_cast<char>(text.size() & 0xff);
  result += static_cast<char>(text.size() >> 8);
  return result + text;
}

} // namespace

NpyWriter::NpyWriter(const std::string &path, DType dtype, std::span<const int64_t> shape)
    : file(path), expected(elementCount(shape) * dtypeBytes(dtype)) {
  const std::string text = header(dtype, shape);
  file.write(std::as_bytes(std::span(text)));
}

void NpyWriter::write(std::span<const std::byte> bytes) {
  file.write(bytes);
  written += bytes.size();
}

void NpyWriter::commit() {
  if (written != expected)
    throw std::logic_error("expected " + std::to_string(expected) + " bytes of values, got " +
                           std::to_string(written));
  file.commit();
}

} // namespace spherical::runtime
