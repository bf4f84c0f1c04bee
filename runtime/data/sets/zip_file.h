//===- zip_file.h - members of zip archives ---------------------*- C++ -*-===//
//
// What numpy.savez and savez_compressed write: stored or deflated members, ZIP64
// where they are large. (APPNOTE.TXT of PKWARE, sections 4.3 and 4.5)
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_ZIP_FILE_H
#define SPHERICAL_RUNTIME_DATA_SETS_ZIP_FILE_H

#include "runtime/data/files.h"
#include "runtime/data/sets/open_file.h"

#include <string>
#include <vector>

namespace spherical::runtime {

/// A member of an archive.
struct ZipMember {
  std::string name;
  bool isStored = true; ///< else deflated
  uint64_t offset = 0;  ///< of its bytes in the archive
  uint64_t packed = 0;  ///< bytes there
  uint64_t size = 0;    ///< bytes unpacked
  uint32_t checksum = 0;
};

/// Members that are unpacked in memory have this many bytes at most.
constexpr uint64_t mostUnpackedBytes = uint64_t(4) << 30;

/// The members in the order of the archive's directory. Throws std::runtime_error with the path for
/// a file that is truncated or no archive, encrypted members and other compression.
std::vector<ZipMember> zipMembers(const OpenFile &file);

/// Reads a stored member once, and throws std::runtime_error if its bytes are not those of its
/// checksum.
void checkStoredMember(const OpenFile &file, const ZipMember &member);

/// The bytes of a deflated member. Throws std::runtime_error if they are damaged, or more than
/// mostUnpackedBytes.
std::vector<std::byte> inflateMember(const OpenFile &file, const ZipMember &member);

/// An archive that takes stored members one after the other. Nothing is at `path` before `commit`.
class ZipWriter {
public:
  explicit ZipWriter(const std::string &path) : path(path), file(path) {}

  /// Begins a member of `size` bytes, which `write` adds. Throws std::runtime_error if the archive
  /// would exceed the 4 GiB that go without ZIP64.
  void begin(const std::string &name, uint64_t size);
  void write(std::span<const std::byte> bytes);
  /// Completes the file. Throws std::logic_error if bytes of a member are missing.
  void commit();

private:
  struct Entry {
    std::string name;
    uint32_t offset, size, checksum;
  };

  void put(std::span<const std::byte> bytes);
  void end();

  std::string path;
  ReplacingFile file;
  std::vector<Entry> entries;
  uint64_t position = 0, left = 0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_ZIP_FILE_H
