//===- npy_header.cpp - what a NumPy array says of itself -------*- C++ -*-===//

#include "runtime/data/sets/npy_header.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// Bytes of a number, or characters of a string.
constexpr int64_t mostWidth = int64_t(1) << 24;

/// A place in the Python literal {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class Literal {
public:
  Literal(std::string_view text, const std::string &origin) : text(text), origin(origin) {}

  [[noreturn]] void fail(const std::string &what) const {
    throw std::runtime_error(origin + ": not a valid NumPy array: " + what);
  }

  /// What follows the key, without spaces in front.
  std::string_view after(const std::string &key) const {
    const size_t at = text.find("'" + key + "':");
    if (at == text.npos)
      fail("the header has no '" + key + "'");
    std::string_view rest = text.substr(at + key.size() + 3);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    return rest;
  }

  std::vector<int64_t> shape() const {
    std::string_view rest = after("shape");
    if (!rest.starts_with('(') || rest.find(')') == rest.npos)
      fail("the shape is not a tuple");
    rest = rest.substr(1, rest.find(')') - 1);
    std::vector<int64_t> extents;
    while (rest.find_first_not_of(" ,") != rest.npos) {
      rest.remove_prefix(rest.find_first_not_of(" ,"));
      int64_t extent = -1;
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), extent);
      if (error != std::errc() || extent < 0)
        fail("the shape has an extent that is not a whole number");
      extents.push_back(extent);
      rest.remove_prefix(end - rest.data());
    }
    try {
      elementCount(extents);
    } catch (const std::invalid_argument &) {
      fail("the shape is too large");
    }
    return extents;
  }

private:
  std::string_view text;
  const std::string &origin;
};

void readType(const Literal &literal, NpyHeader &header) {
  std::string_view rest = literal.after("descr");
  if (!rest.starts_with('\'') || rest.find('\'', 1) == rest.npos) {
    header.type = "records";
    return;
  }
  header.type = rest.substr(1, rest.find('\'', 1) - 1);
  const std::string_view type = header.type;
  int64_t width = 0;
  const bool valid =
      type.size() > 2 &&
      std::from_chars(type.data() + 2, type.data() + type.size(), width).ec == std::errc() &&
      width >= 0 && width <= mostWidth;
  if (!valid)
    return;
  header.swapped = type[0] == '>' && width > 1;
  header.width = width;
  if (type[1] == 'S' || type[1] == 'U')
    header.kind = type[1];
  std::string name = type[1] == 'b' && width == 1 ? "BOOL" : std::string(1, type[1] - 'a' + 'A');
  if (name != "BOOL")
    name += std::to_string(8 * width);
  const std::optional<DType> dtype = parseDType(name);
  if (!dtype || type[1] == 'B')
    return;
  header.kind = 'n';
  header.dtype = *dtype;
}

void appendUtf8(std::string &text, uint32_t code) {
  if (code < 0x80)
    text += static_cast<char>(code);
  else if (code < 0x800)
    text += {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
  else if (code < 0x10000)
    text += {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
             static_cast<char>(0x80 | (code & 0x3f))};
  else
    text +=
        {static_cast<char>(0xf0 | (code >> 18 & 7)), static_cast<char>(0x80 | (code >> 12 & 0x3f)),
         static_cast<char>(0x80 | (code >> 6 & 0x3f)), static_cast<char>(0x80 | (code & 0x3f))};
}

} // namespace

NpyHeader parseNpyHeader(std::span<const std::byte> start, const std::string &origin) {
  const auto *bytes = reinterpret_cast<const unsigned char *>(start.data());
  const Literal nothing("", origin);
  if (start.size() < 12 || std::memcmp(bytes, "\x93NUMPY", 6) != 0)
    nothing.fail("it does not begin as one");
  if (bytes[6] < 1 || bytes[6] > 3)
    nothing.fail("expected format 1 to 3, got " + std::to_string(bytes[6]));
  const uint64_t preamble = bytes[6] == 1 ? 10 : 12;
  uint64_t length = bytes[8] | bytes[9] << 8;
  if (preamble == 12)
    length |= uint64_t(bytes[10]) << 16 | uint64_t(bytes[11]) << 24;
  if (length > start.size() - preamble)
    nothing.fail("the header is truncated");
  const Literal literal({reinterpret_cast<const char *>(bytes) + preamble, length}, origin);
  NpyHeader header;
  header.bytes = preamble + length;
  header.shape = literal.shape();
  readType(literal, header);
  if (!literal.after("fortran_order").starts_with("False") && header.shape.size() > 1)
    throw std::runtime_error(origin + ": expected values in C order, got Fortran order; "
                                      "numpy.ascontiguousarray changes it");
  return header;
}

std::vector<std::string> npyStrings(const NpyHeader &header, std::span<const std::byte> values) {
  const int64_t size = header.width * (header.kind == 'U' ? 4 : 1);
  std::vector<std::string> strings(size > 0 ? elementCount(header.shape) : 0);
  for (size_t i = 0; i < strings.size() && (i + 1) * size <= values.size(); ++i) {
    const auto *bytes = reinterpret_cast<const unsigned char *>(values.data() + i * size);
    for (int64_t k = 0; k < header.width; ++k) {
      uint32_t code = bytes[k];
      if (header.kind == 'U') {
        unsigned char unit[4];
        std::memcpy(unit, bytes + 4 * k, 4);
        if (header.swapped)
          std::reverse(unit, unit + 4);
        code = unit[0] | unit[1] << 8 | unit[2] << 16 | uint32_t(unit[3]) << 24;
      }
      if (code == 0)
        break;
      if (header.kind == 'U')
        appendUtf8(strings[i], code);
      else
        strings[i] += static_cast<char>(code);
    }
  }
  return strings;
}

} // namespace spherical::runtime
