//===- npy.cpp - arrays in NumPy's files ------------------------*- C++ -*-===//

#include "runtime/data/npy.h"

#include <algorithm>

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

std::string header(const std::string &type, std::span<const int64_t> shape) {
  std::string text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (";
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

/// The characters of a text in UTF-8; bytes that are none stand for themselves.
std::vector<uint32_t> charactersOf(const std::string &text) {
  std::vector<uint32_t> characters;
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const int length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    uint32_t code = length == 1 ? first : first & (0x7f >> length);
    for (int k = 1; k < length && i + k < text.size(); ++k)
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    characters.push_back(code);
    i += length;
  }
  return characters;
}

} // namespace

std::string npyHeaderText(DType dtype, std::span<const int64_t> shape) {
  return header(descriptor(dtype), shape);
}

std::string npyStringArray(const std::vector<std::string> &texts) {
  std::vector<std::vector<uint32_t>> strings;
  size_t width = 1;
  for (const std::string &text : texts) {
    strings.push_back(charactersOf(text));
    width = std::max(width, strings.back().size());
  }
  const int64_t count = static_cast<int64_t>(texts.size());
  std::string array = header("<U" + std::to_string(width), {&count, 1});
  for (std::vector<uint32_t> &string : strings) {
    string.resize(width, 0);
    array.append(reinterpret_cast<const char *>(string.data()), 4 * width);
  }
  return array;
}

NpyWriter::NpyWriter(const std::string &path, DType dtype, std::span<const int64_t> shape)
    : file(path), expected(elementCount(shape) * dtypeBytes(dtype)) {
  const std::string text = npyHeaderText(dtype, shape);
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
