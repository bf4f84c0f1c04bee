//===- open_file.h - a file that is read at offsets -------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_OPEN_FILE_H
#define SPHERICAL_RUNTIME_DATA_SETS_OPEN_FILE_H

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace spherical::runtime {

/// A regular file, open for reading. Several threads may read at once.
class OpenFile {
public:
  /// Throws std::system_error or std::runtime_error, with the path, if it cannot be opened or is no
  /// regular file.
  explicit OpenFile(std::string path);
  ~OpenFile();
  OpenFile(const OpenFile &) = delete;
  OpenFile &operator=(const OpenFile &) = delete;

  const std::string &path() const { return name; }

  /// Bytes it had when it was opened.
  uint64_t size() const { return bytes; }

  /// Fills `out` with the bytes from `offset` on. Throws if the file ends before.
  void readAt(uint64_t offset, std::span<std::byte> out) const;

private:
  std::string name;
  int descriptor;
  uint64_t bytes = 0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_OPEN_FILE_H
