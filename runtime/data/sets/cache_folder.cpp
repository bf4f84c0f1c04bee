//===- cache_folder.cpp - the folder of caches of samples -------*- C++ -*-===//

#include "runtime/data/sets/cache_folder.h"

#include "runtime/data/files.h"
#include "runtime/data/samples.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace spherical::runtime {
namespace {

namespace fs = std::filesystem;

constexpr size_t nameDigits = 16;
constexpr const char *planName = "bytes";

bool isOf(const std::string &text, const char *letters) {
  return !text.empty() && text.find_first_not_of(letters) == text.npos;
}

bool isCacheName(const std::string &name) {
  return name.size() == nameDigits && isOf(name, "0123456789abcdef");
}

bool isCacheFile(const fs::path &path) {
  return path.extension() == cacheFileEnding && isOf(path.stem().string(), "0123456789");
}

std::string nameOf(const std::string &key) {
  std::array<char, nameDigits + 1> name = {};
  const uint64_t digest = hashBytes({reinterpret_cast<const uint8_t *>(key.data()), key.size()});
  std::snprintf(name.data(), name.size(), "%016llx", static_cast<unsigned long long>(digest));
  return name.data();
}

struct OtherCache {
  fs::file_time_type used;
  fs::path path;
  bool isOpen = false;
  int64_t bytes = 0;
};

/// An open folder, for its lock.
class Folder {
public:
  explicit Folder(const fs::path &path)
      : descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}
  ~Folder() {
    if (descriptor >= 0)
      ::close(descriptor);
  }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;

  /// Whether nobody holds it; where the file system has no locks, somebody may.
  bool isFree() const { return descriptor >= 0 && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

private:
  int descriptor;
};

/// Bytes that an open cache will take, in a file of its folder; 0 if it does not say.
int64_t readPlan(const fs::path &cache) {
  int64_t bytes = 0;
  std::ifstream(cache / planName) >> bytes;
  return bytes;
}

/// The files of a cache, with their bytes together. Another process may remove them meanwhile.
std::vector<fs::path> filesOf(const fs::path &cache, int64_t &bytes) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(cache, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const auto size = at->file_size(gone);
    if (gone || !isCacheFile(at->path()))
      continue;
    files.push_back(at->path());
    bytes += static_cast<int64_t>(size);
  }
  return files;
}

std::vector<OtherCache> othersIn(const fs::path &folder, const fs::path &own) {
  std::vector<OtherCache> others;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    if (!isCacheName(at->path().filename().string()) || at->path() == own ||
        !at->is_directory(gone))
      continue;
    OtherCache other{at->last_write_time(gone), at->path(), !Folder(at->path()).isFree(), 0};
    filesOf(other.path, other.bytes);
    if (other.isOpen)
      other.bytes = std::max(other.bytes, readPlan(other.path));
    if (!gone)
      others.push_back(std::move(other));
  }
  std::ranges::sort(others, {},
                    [](const OtherCache &other) { return std::pair(other.used, other.path); });
  return others;
}

/// Removes a cache that nobody holds, and its folder if nothing else is there; whether it did.
bool removeCache(const fs::path &cache) {
  const Folder folder(cache);
  if (!folder.isFree())
    return false;
  int64_t bytes = 0;
  std::error_code ignored;
  for (const fs::path &file : filesOf(cache, bytes))
    fs::remove(file, ignored);
  fs::remove(cache / planName, ignored);
  fs::remove(cache, ignored);
  return true;
}

} // namespace

CacheFolder::CacheFolder(const std::string &folder, const std::string &key, int64_t bytes,
                         int64_t most) {
  const fs::path path = fs::path(folder) / nameOf(key);
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    throw std::runtime_error(path.string() + ": cannot make the folder: " + error.message());
  own = path.string();
  descriptor = ::open(own.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor >= 0)
    ::flock(descriptor, LOCK_SH);
  const std::vector<OtherCache> others = othersIn(folder, path);
  int64_t taken = 0;
  for (const OtherCache &other : others)
    taken += other.bytes;
  for (const OtherCache &other : others)
    if (taken + std::min(bytes, most) > most && !other.isOpen && removeCache(other.path))
      taken -= other.bytes;
  allowed = std::clamp<int64_t>(most - taken, 0, bytes);
  replaceFile((path / planName).string(), std::to_string(allowed) + "\n");
  fs::last_write_time(path, fs::file_time_type::clock::now(), error);
}

CacheFolder::~CacheFolder() {
  if (descriptor >= 0)
    ::close(descriptor);
}

} // namespace spherical::runtime
