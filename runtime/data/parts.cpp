//===- parts.cpp - temporary files and whose they are -----------*- C++ -*-===//

#include "runtime/data/parts.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spherical::runtime {
namespace {

constexpr std::string_view ending = ".part";

bool isNumber(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Removes the part unless a process holds it.
void removeIfAbandoned(int folder, const char *name) {
  const int part = ::openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (part < 0)
    return;
  struct stat status;
  if (::fstat(part, &status) == 0 && S_ISREG(status.st_mode) &&
      ::flock(part, LOCK_EX | LOCK_NB) == 0)
    ::unlinkat(folder, name, 0);
  ::close(part);
}

} // namespace

std::string freshPartName(const std::string &path) {
  static std::atomic<uint64_t> serial = 0;
  return path + "." + std::to_string(::getpid()) + "-" + std::to_string(serial++) +
         std::string(ending);
}

bool isPartName(std::string_view file, std::string_view target) {
  if (!file.ends_with(ending))
    return false;
  file.remove_suffix(ending.size());
  const size_t dash = file.rfind('-'), dot = file.rfind('.');
  if (dash == file.npos || dot == file.npos || dot == 0 || dash < dot)
    return false;
  return isNumber(file.substr(dot + 1, dash - dot - 1)) && isNumber(file.substr(dash + 1)) &&
         (target.empty() || file.substr(0, dot) == target);
}

bool holdPart(int descriptor) {
  int locked;
  do
    locked = ::flock(descriptor, LOCK_EX);
  while (locked != 0 && errno == EINTR);
  // Whoever removes a part holds its lock meanwhile.
  struct stat status;
  return ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

void removeAbandonedParts(const std::string &folder, std::string_view target) noexcept {
  DIR *entries = ::opendir(folder.c_str());
  if (!entries)
    return;
  while (const dirent *entry = ::readdir(entries))
    if (isPartName(entry->d_name, target))
      removeIfAbandoned(::dirfd(entries), entry->d_name);
  ::closedir(entries);
}

} // namespace spherical::runtime
