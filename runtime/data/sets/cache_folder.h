//===- cache_folder.h - the folder of caches of samples ---------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_CACHE_FOLDER_H
#define SPHERICAL_RUNTIME_DATA_SETS_CACHE_FOLDER_H

#include <cstdint>
#include <string>

namespace spherical::runtime {

/// The ending of a cache's files: 0.samples, 1.samples, ...
constexpr const char *cacheFileEnding = ".samples";

/// The place of one cache in the folder of caches. While it is open no process removes it (flock).
class CacheFolder {
public:
  /// Makes both folders if they are not there. A cache of `bytes` counts as used now; those of
  /// other keys that were not used for longest, and are not open, are removed until all together
  /// have `most` bytes at most. What is no cache stays. Throws std::runtime_error with the path if
  /// it cannot be made.
  CacheFolder(const std::string &folder, const std::string &key, int64_t bytes, int64_t most);
  ~CacheFolder();
  CacheFolder(const CacheFolder &) = delete;
  CacheFolder &operator=(const CacheFolder &) = delete;

  const std::string &path() const { return own; }
  /// How many bytes the cache may take beside open ones and what those will take.
  int64_t room() const { return allowed; }

private:
  std::string own;
  int descriptor = -1;
  int64_t allowed = 0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_CACHE_FOLDER_H
