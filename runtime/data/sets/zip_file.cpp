//===- zip_file.cpp - members of zip archives -------------------*- C++ -*-===//

#include "runtime/data/sets/zip_file.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr uint32_t localSignature = 0x04034b50, directorySignature = 0x02014b50,
                   endSignature = 0x06054b50, end64Signature = 0x06064b50,
                   locator64Signature = 0x07064b50, descriptorSignature = 0x08074b50;
constexpr size_t localBytes = 30, directoryBytes = 46, endBytes = 22, locator64Bytes = 20,
                 end64Bytes = 56;
constexpr uint64_t unset32 = 0xffffffff;
constexpr uint64_t mostDirectoryBytes = uint64_t(1) << 28;

[[noreturn]] void fail(const std::string &path, const std::string &what) {
  throw std::runtime_error(path + ": not a valid zip archive: " + what);
}

/// A little-endian number of `bytes` bytes.
uint64_t numberAt(const std::byte *at, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; --i)
    value = value << 8 | static_cast<uint64_t>(at[i]);
  return value;
}

struct Directory {
  uint64_t offset = 0, size = 0, entries = 0;
};

/// The record of ZIP64 whose locator stands right before the end record at `end`, if there is one.
std::optional<Directory> findDirectory64(const OpenFile &file, uint64_t end) {
  if (end < locator64Bytes)
    return std::nullopt;
  std::vector<std::byte> locator(locator64Bytes), record(end64Bytes);
  file.readAt(end - locator64Bytes, locator);
  if (numberAt(locator.data(), 4) != locator64Signature)
    return std::nullopt;
  file.readAt(numberAt(locator.data() + 8, 8), record);
  if (numberAt(record.data(), 4) != end64Signature)
    fail(file.path(), "the directory of ZIP64 is not where it should be");
  return Directory{numberAt(record.data() + 48, 8), numberAt(record.data() + 40, 8),
                   numberAt(record.data() + 32, 8)};
}

Directory findDirectory(const OpenFile &file) {
  const uint64_t tailBytes = std::min<uint64_t>(file.size(), endBytes + 65535);
  std::vector<std::byte> tail(tailBytes);
  file.readAt(file.size() - tailBytes, tail);
  for (int64_t at = static_cast<int64_t>(tailBytes - std::min<uint64_t>(tailBytes, endBytes));
       at >= 0 && tailBytes >= endBytes; --at) {
    if (numberAt(tail.data() + at, 4) != endSignature)
      continue;
    if (const auto found = findDirectory64(file, file.size() - tailBytes + at))
      return *found;
    return {numberAt(tail.data() + at + 16, 4), numberAt(tail.data() + at + 12, 4),
            numberAt(tail.data() + at + 10, 2)};
  }
  fail(file.path(),
       "its directory, which stands at the end, is missing; the file may be truncated");
}

/// Takes the sizes and the offset that do not fit in 32 bits from the extra field of ZIP64.
void readExtra64(std::span<const std::byte> extra, ZipMember &member) {
  while (extra.size() >= 4) {
    const uint64_t id = numberAt(extra.data(), 2), size = numberAt(extra.data() + 2, 2);
    if (size > extra.size() - 4)
      return;
    std::span<const std::byte> field = extra.subspan(4, size);
    for (uint64_t *value : {&member.size, &member.packed, &member.offset})
      if (id == 1 && *value == unset32 && field.size() >= 8) {
        *value = numberAt(field.data(), 8);
        field = field.subspan(8);
      }
    extra = extra.subspan(4 + size);
  }
}

/// Turns the offset of the local header into that of the bytes behind it.
void skipLocalHeader(const OpenFile &file, ZipMember &member) {
  std::vector<std::byte> local(localBytes);
  if (member.offset > file.size() || file.size() - member.offset < localBytes)
    fail(file.path(), "truncated before the member '" + member.name + "'");
  file.readAt(member.offset, local);
  if (numberAt(local.data(), 4) != localSignature)
    fail(file.path(), "the member '" + member.name + "' is not where it should be");
  member.offset += localBytes + numberAt(local.data() + 26, 2) + numberAt(local.data() + 28, 2);
  if (member.offset > file.size() || file.size() - member.offset < member.packed)
    fail(file.path(), "truncated in the member '" + member.name + "'");
}

} // namespace

std::vector<ZipMember> zipMembers(const OpenFile &file) {
  const Directory directory = findDirectory(file);
  if (directory.size > mostDirectoryBytes || directory.offset > file.size() ||
      directory.size > file.size() - directory.offset)
    fail(file.path(), "its directory reaches beyond its end");
  std::vector<std::byte> bytes(directory.size);
  file.readAt(directory.offset, bytes);
  std::vector<ZipMember> members;
  for (std::span<const std::byte> rest = bytes; members.size() < directory.entries;) {
    if (rest.size() < directoryBytes || numberAt(rest.data(), 4) != directorySignature)
      fail(file.path(), "its directory is damaged");
    const std::byte *at = rest.data();
    const uint64_t name = numberAt(at + 28, 2), extra = numberAt(at + 30, 2),
                   comment = numberAt(at + 32, 2);
    if (rest.size() - directoryBytes < name + extra + comment)
      fail(file.path(), "its directory is damaged");
    ZipMember member;
    member.name.assign(reinterpret_cast<const char *>(at) + directoryBytes, name);
    const uint64_t flags = numberAt(at + 8, 2), method = numberAt(at + 10, 2);
    if (flags & 1 || (method != 0 && method != 8))
      fail(file.path(),
           "the member '" + member.name + "' is encrypted or neither stored nor deflated");
    member.isStored = method == 0;
    member.checksum = static_cast<uint32_t>(numberAt(at + 16, 4));
    member.packed = numberAt(at + 20, 4);
    member.size = numberAt(at + 24, 4);
    member.offset = numberAt(at + 42, 4);
    readExtra64(rest.subspan(directoryBytes + name, extra), member);
    skipLocalHeader(file, member);
    if (member.isStored && member.size != member.packed)
      fail(file.path(), "the member '" + member.name + "' has two sizes");
    members.push_back(std::move(member));
    rest = rest.subspan(directoryBytes + name + extra + comment);
  }
  return members;
}

void checkStoredMember(const OpenFile &file, const ZipMember &member) {
  std::vector<std::byte> piece(std::min<uint64_t>(member.size, 4 << 20));
  uLong checksum = crc32(0, nullptr, 0);
  for (uint64_t at = 0; at < member.size; at += piece.size()) {
    const auto bytes = std::span(piece).first(std::min<uint64_t>(piece.size(), member.size - at));
    file.readAt(member.offset + at, bytes);
    checksum = crc32_z(checksum, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size());
  }
  if (checksum != member.checksum)
    throw std::runtime_error(file.path() + ": " + member.name +
                             ": damaged: its bytes are not those of its checksum");
}

std::vector<std::byte> inflateMember(const OpenFile &file, const ZipMember &member) {
  const std::string origin = file.path() + ": " + member.name;
  if (member.size > mostUnpackedBytes)
    throw std::runtime_error(origin + ": expected at most 4 GiB in a compressed member, got " +
                             std::to_string(member.size) +
                             " bytes; numpy.savez stores them uncompressed, of any size");
  constexpr uint64_t mostInflation = 1040; // of the format, with some room
  if (member.size / mostInflation > member.packed)
    throw std::runtime_error(origin + ": the compressed bytes are damaged");
  std::vector<std::byte> packed(std::min<uint64_t>(member.packed, 1 << 20)), bytes(member.size);
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    throw std::runtime_error(origin + ": cannot start to unpack");
  uint64_t taken = 0, given = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    if (stream.avail_in == 0 && taken < member.packed) {
      const uint64_t count = std::min<uint64_t>(packed.size(), member.packed - taken);
      file.readAt(member.offset + taken, std::span(packed).first(count));
      taken += count;
      stream.next_in = reinterpret_cast<Bytef *>(packed.data());
      stream.avail_in = static_cast<uInt>(count);
    }
    const auto room = static_cast<uInt>(std::min<uint64_t>(bytes.size() - given, 1 << 30));
    stream.next_out = reinterpret_cast<Bytef *>(bytes.data()) + given;
    stream.avail_out = room;
    status = inflate(&stream, Z_NO_FLUSH);
    given += room - stream.avail_out;
  }
  inflateEnd(&stream);
  uLong checksum = crc32(0, nullptr, 0);
  for (uint64_t at = 0; at < bytes.size(); at += 1 << 30)
    checksum = crc32(checksum, reinterpret_cast<const Bytef *>(bytes.data()) + at,
                     static_cast<uInt>(std::min<uint64_t>(bytes.size() - at, 1 << 30)));
  if (status != Z_STREAM_END || given != member.size || checksum != member.checksum)
    throw std::runtime_error(origin + ": the compressed bytes are damaged");
  return bytes;
}

namespace {

/// Little-endian numbers in a row.
class Record {
public:
  Record &add(uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      data.push_back(static_cast<std::byte>(i < 8 ? value >> 8 * i & 0xff : 0));
    return *this;
  }
  Record &add(const std::string &text) {
    for (const char letter : text)
      data.push_back(static_cast<std::byte>(letter));
    return *this;
  }
  operator std::span<const std::byte>() const { return data; }

private:
  std::vector<std::byte> data;
};

constexpr uint64_t version = 20, checksumBehind = 1 << 3, firstOfJanuary1980 = 0x21;

} // namespace

void ZipWriter::put(std::span<const std::byte> bytes) {
  file.write(bytes);
  position += bytes.size();
}

void ZipWriter::begin(const std::string &name, uint64_t size) {
  end();
  if (position + size > unset32 - (1 << 20))
    throw std::runtime_error(path + ": expected less than 4 GiB for an archive, got more; "
                                    ".npy, .safetensors and .h5 take any size");
  entries.push_back({name, static_cast<uint32_t>(position), static_cast<uint32_t>(size), 0});
  put(Record()
          .add(localSignature, 4)
          .add(version, 2)
          .add(checksumBehind, 2)
          .add(0, 4)
          .add(firstOfJanuary1980, 2)
          .add(0, 12)
          .add(name.size(), 2)
          .add(0, 2)
          .add(name));
  left = size;
}

void ZipWriter::write(std::span<const std::byte> bytes) {
  if (entries.empty() || bytes.size() > left)
    throw std::logic_error("more bytes than the member of the archive has");
  Entry &entry = entries.back();
  entry.checksum = static_cast<uint32_t>(
      crc32_z(entry.checksum, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()));
  left -= bytes.size();
  put(bytes);
}

/// The descriptor, with the checksum, stands behind the bytes.
void ZipWriter::end() {
  if (left != 0)
    throw std::logic_error("bytes of a member of the archive are missing");
  if (!entries.empty())
    put(Record()
            .add(descriptorSignature, 4)
            .add(entries.back().checksum, 4)
            .add(entries.back().size, 4)
            .add(entries.back().size, 4));
}

void ZipWriter::commit() {
  end();
  const uint64_t directory = position;
  for (const Entry &entry : entries)
    put(Record()
            .add(directorySignature, 4)
            .add(version, 2)
            .add(version, 2)
            .add(checksumBehind, 2)
            .add(0, 4)
            .add(firstOfJanuary1980, 2)
            .add(entry.checksum, 4)
            .add(entry.size, 4)
            .add(entry.size, 4)
            .add(entry.name.size(), 2)
            .add(0, 12)
            .add(entry.offset, 4)
            .add(entry.name));
  const uint64_t size = position - directory;
  put(Record()
          .add(endSignature, 4)
          .add(0, 4)
          .add(entries.size(), 2)
          .add(entries.size(), 2)
          .add(size, 4)
          .add(directory, 4)
          .add(0, 2));
  file.commit();
}

} // namespace spherical::runtime
