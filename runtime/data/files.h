//===- files.h - whole files, read and replaced in one step -----*- C++ -*-===//
//
// Every file that this project writes appears complete or not at all: it is
// written beside its place, flushed to the disk and renamed. Errors are
// std::runtime_error with the path and the system's reason, std::system_error
// where the system gives one.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_FILES_H
#define SPHERICAL_RUNTIME_DATA_FILES_H

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

/// The ending of a file's name with its dot, in small letters: ".png" of "a/B.PNG"; "" without one.
std::string endingOf(const std::string &path);

/// The bytes of the file `path`. Throws if it cannot be read or is no regular file.
std::vector<std::byte> readFile(const std::string &path);

/// A file that takes the place of `path` when `commit` succeeds. Until then, and if this object
/// goes away before, whatever lay at `path` stays as it was. The file has no name before `commit`,
/// so that nothing of it stays if the process is killed; file systems that have no such files get
/// one named `path`.<process>-<number>.part, which the next such file for `path` removes if the
/// process was killed (parts.h). A device or pipe at `path` is written to directly.
class ReplacingFile {
public:
  /// Opens a file in the folder of `path`. Throws if the folder takes no new file.
  explicit ReplacingFile(std::string path);
  ~ReplacingFile();
  ReplacingFile(const ReplacingFile &) = delete;
  ReplacingFile &operator=(const ReplacingFile &) = delete;

  /// Appends all `bytes`, or throws (a full disk, for example).
  void write(std::span<const std::byte> bytes);

  /// Flushes to the disk and renames to `path`, or throws. At most once.
  void commit();

private:
  [[noreturn]] void fail(std::string_view what) const;
  void openNamed();
  void giveName();

  std::string path;
  /// The file's name before it is renamed; empty for a device, and while it has none.
  std::string temporary;
  bool isNameless = false;
  int descriptor = -1;
};

/// Makes `copy` another name of the file `path`, or a copy of it where the file system has no such
/// names, in one step; whatever lay at `copy` goes.
void keepFile(const std::string &path, const std::string &copy);

/// Replaces the file `path` by `bytes`, in one step as above.
void replaceFile(const std::string &path, std::span<const std::byte> bytes);
void replaceFile(const std::string &path, std::string_view text);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_FILES_H
