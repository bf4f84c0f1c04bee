//===- files.cpp - whole files, read and replaced in one step ---*- C++ -*-===//

#include "runtime/data/files.h"

#include "runtime/data/parts.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace spherical::runtime {
namespace {

[[noreturn]] void throwSystemError(const std::string &path, std::string_view what) {
  const int code = errno;
  throw std::system_error(code, std::generic_category(), path + ": " + std::string(what));
}

/// Where the system shows an open file.
std::string linkOf(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

/// Where a file lies, as a path that can be opened.
std::string folderOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// Removes what processes that were killed left of files on their way to `path`.
void removePartsOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  removeAbandonedParts(folderOf(path), slash == std::string::npos ? path : path.substr(slash + 1));
}

/// Closes a descriptor at the end of its scope.
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0)
      ::close(value);
  }
};

} // namespace

std::string endingOf(const std::string &path) {
  std::string ending = std::filesystem::path(path).extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return ending;
}

std::vector<std::byte> readFile(const std::string &path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.value < 0)
    throwSystemError(path, "cannot open");
  struct stat status;
  if (::fstat(file.value, &status) != 0)
    throwSystemError(path, "cannot read");
  if (!S_ISREG(status.st_mode))
    throw std::runtime_error(path + ": expected a regular file");
  std::vector<std::byte> bytes(static_cast<size_t>(status.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(file.value, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      throwSystemError(path, "cannot read");
    if (got == 0)
      throw std::runtime_error(path + ": the file became shorter while it was read");
    done += static_cast<size_t>(got);
  }
  return bytes;
}

/// Names that files of killed processes with the same number may have left.
constexpr int attempts = 100;

ReplacingFile::ReplacingFile(std::string target) : path(std::move(target)) {
  // A device or pipe is written to, never replaced.
  struct stat status;
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
      fail("cannot write");
    return;
  }
  removePartsOf(path);
  descriptor = ::open(folderOf(path).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  isNameless = descriptor >= 0 && ::access(linkOf(descriptor).c_str(), F_OK) == 0;
  if (isNameless)
    ::flock(descriptor, LOCK_EX); // held when it gets a name
  else
    openNamed();
}

void ReplacingFile::openNamed() {
  if (descriptor >= 0)
    ::close(descriptor);
  descriptor = -1;
  for (int attempt = 0; attempt < attempts && descriptor < 0; ++attempt) {
    temporary = freshPartName(path);
    descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno != EEXIST)
      break;
    if (descriptor >= 0 && !holdPart(descriptor)) {
      ::close(descriptor);
      descriptor = -1;
    }
  }
  if (descriptor < 0) {
    temporary.clear();
    fail("cannot write");
  }
}

/// Only a name can take the place of another.
void ReplacingFile::giveName() {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const std::string name = freshPartName(path);
    if (::linkat(AT_FDCWD, linkOf(descriptor).c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) ==
        0) {
      temporary = name;
      return;
    }
    if (errno != EEXIST)
      break;
  }
  fail("cannot write");
}

ReplacingFile::~ReplacingFile() {
  if (descriptor >= 0)
    ::close(descriptor);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

void ReplacingFile::fail(std::string_view what) const { throwSystemError(path, what); }

void ReplacingFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      fail("cannot write");
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
}

void ReplacingFile::commit() {
  // Some file systems report a full disk only when the data is flushed or the file is closed.
  if ((isNameless || !temporary.empty()) && ::fsync(descriptor) != 0)
    fail("cannot write");
  if (isNameless)
    giveName();
  // While it has a temporary name it is held, or another process would take it for rubbish.
  if (!temporary.empty() && std::rename(temporary.c_str(), path.c_str()) != 0)
    fail("cannot write");
  temporary.clear();
  const int closed = ::close(descriptor);
  descriptor = -1;
  if (closed != 0)
    fail("cannot write");
}

void keepFile(const std::string &path, const std::string &copy) {
  removePartsOf(copy);
  const std::string name = freshPartName(copy);
  if (::link(path.c_str(), name.c_str()) != 0) {
    if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK)
      throwSystemError(path, "cannot keep");
    replaceFile(copy, readFile(path));
    return;
  }
  // Where both are names of one file already, rename does nothing and leaves the third.
  if (std::rename(name.c_str(), copy.c_str()) != 0)
    throwSystemError(copy, "cannot write");
  ::unlink(name.c_str());
}

void replaceFile(const std::string &path, std::span<const std::byte> bytes) {
  ReplacingFile file(path);
  file.write(bytes);
  file.commit();
}

void replaceFile(const std::string &path, std::string_view text) {
  replaceFile(path, std::as_bytes(std::span(text.data(), text.size())));
}

} // namespace spherical::runtime
