//===- netcdf_classic.cpp - how long a classic NetCDF file is ---*- C++ -*-===//

#include "runtime/data/sets/netcdf_classic.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace spherical::runtime {
namespace {

constexpr uint64_t mostHeaderBytes = 1 << 24;

/// Values of a variable, and of one record of it, fill whole words of 4 bytes.
constexpr uint64_t padded(uint64_t bytes) { return (bytes + 3) / 4 * 4; }

constexpr std::array<uint64_t, 12> typeBytes = {0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8};

/// Reads a header from its beginning to its end.
class Header {
public:
  explicit Header(const OpenFile &file)
      : file(file), bytes(std::min(file.size(), mostHeaderBytes)) {
    file.readAt(0, bytes);
  }

  /// Bytes that the file must have, 0 if it is of another format.
  uint64_t expectedBytes();

private:
  [[noreturn]] void fail() const {
    throw std::runtime_error(file.path() + ": not a valid NetCDF file: its header is truncated or "
                                           "damaged");
  }

  /// A big-endian number.
  uint64_t number(int width) {
    if (position + width > bytes.size())
      fail();
    uint64_t value = 0;
    for (int i = 0; i < width; ++i)
      value = value << 8 | static_cast<uint64_t>(bytes[position++]);
    return value;
  }
  void skip(uint64_t count) {
    if (padded(count) < count || padded(count) > bytes.size() - position)
      fail();
    position += padded(count);
  }
  /// The length of a list, which no header that fits in its file exceeds.
  uint64_t length() {
    number(4); // its tag
    const uint64_t count = number(countWidth);
    if (count > bytes.size())
      fail();
    return count;
  }
  uint64_t sizeOfType() {
    const uint64_t type = number(4);
    if (type < 1 || type >= typeBytes.size())
      fail();
    return typeBytes[type];
  }
  void skipAttributes() {
    for (uint64_t left = length(); left > 0; --left) {
      skip(number(countWidth));
      const uint64_t size = sizeOfType(), count = number(countWidth);
      if (count > bytes.size())
        fail();
      skip(size * count);
    }
  }

  const OpenFile &file;
  std::vector<std::byte> bytes;
  uint64_t position = 4;
  int countWidth = 4;
};

uint64_t Header::expectedBytes() {
  const std::string_view start(reinterpret_cast<const char *>(bytes.data()),
                               std::min<size_t>(bytes.size(), 4));
  const char version = start.size() == 4 && start.starts_with("CDF") ? start[3] : 0;
  if (version != 1 && version != 2 && version != 5)
    return 0;
  countWidth = version == 5 ? 8 : 4;
  const uint64_t records = number(countWidth);
  std::vector<uint64_t> extents;
  for (uint64_t left = length(); left > 0; --left) {
    skip(number(countWidth));
    extents.push_back(number(countWidth));
  }
  skipAttributes();
  uint64_t end = 0, recordBegin = UINT64_MAX, recordBytes = 0, recordVariables = 0, single = 0;
  for (uint64_t left = length(); left > 0; --left) {
    skip(number(countWidth));
    uint64_t size = 1;
    bool isRecord = false;
    for (uint64_t axis = 0, axes = number(countWidth); axis < axes; ++axis) {
      const uint64_t dimension = number(countWidth);
      if (dimension >= extents.size() ||
          (extents[dimension] > 0 && size > (uint64_t(1) << 62) / extents[dimension]))
        fail();
      isRecord |= extents[dimension] == 0;
      size *= extents[dimension] == 0 ? 1 : extents[dimension];
    }
    skipAttributes();
    size *= sizeOfType();
    number(countWidth); // the size again, which is cut where it is large
    const uint64_t begin = number(version == 1 ? 4 : 8);
    if (isRecord) {
      recordBegin = std::min(recordBegin, begin);
      recordBytes += padded(size);
      ++recordVariables;
      single = size;
    } else {
      end = std::max(end, begin + padded(size));
    }
  }
  if (recordVariables == 1)
    recordBytes = single; // which alone is not padded
  const bool isStream = records == (version == 5 ? UINT64_MAX : uint64_t(UINT32_MAX));
  if (recordBytes > 0 && !isStream)
    end = std::max(end, recordBegin + records * recordBytes);
  return end;
}

} // namespace

void checkClassicLength(const OpenFile &file) {
  const uint64_t expected = Header(file).expectedBytes();
  if (expected > file.size())
    throw std::runtime_error(file.path() + ": truncated: expected " + std::to_string(expected) +
                             " bytes, got " + std::to_string(file.size()));
}

} // namespace spherical::runtime
