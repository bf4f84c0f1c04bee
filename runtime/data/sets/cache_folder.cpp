//===- cache_folder.cpp - the folder of caches of samples -------*- C++ -*-===//

#include "runtime/data/sets/cache_folder.h"

#include "runtime/data/samples.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace spherical::runtime {
namespace {

namespace fs = std::filesystem;

constexpr size_t nameDigits = 16;

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
  int64_t bytes = 0;
};

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
    OtherCache other{at->last_write_time(gone), at->path(), 0};
    filesOf(other.path, other.bytes);
    if (!gone)
      others.push_back(std::move(other));
  }
  std::ranges::sort(others, {},
                    [](const OtherCache &other) { return std::pair(other.used, other.path); });
  return others;
}

/// Removes a cache, and its folder if nothing else is there.
void removeCache(const fs::path &cache) {
  int64_t bytes = 0;
  std::error_code ignored;
  for (const fs::path &file : filesOf(cache, bytes))
    fs::remove(file, ignored);
  fs::remove(cache, ignored);
}

} // namespace

std::string openCacheFolder(const std::string &folder, const std::string &key,
                            const CacheRoom &room) {
  const fs::path own = fs::path(folder) / nameOf(key);
  std::error_code error;
  fs::create_directories(own, error);
  if (error)
    throw std::runtime_error(own.string() + ": cannot make the folder: " + error.message());
  fs::last_write_time(own, fs::file_time_type::clock::now(), error);
  const std::vector<OtherCache> others = othersIn(folder, own);
  int64_t bytes = std::min(room.bytes, room.most);
  for (const OtherCache &other : others)
    bytes += other.bytes;
  for (const OtherCache &other : others) {
    if (bytes <= room.most)
      break;
    removeCache(other.path);
    bytes -= other.bytes;
  }
  return own.string();
}

} // namespace spherical::runtime
