//===- cache_folder.h - the folder of caches of samples ---------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_CACHE_FOLDER_H
#define SPHERICAL_RUNTIME_DATA_SETS_CACHE_FOLDER_H

#include <cstdint>
#include <string>

namespace spherical::runtime {

/// The ending of a cache's files: 0.samples, 1.samples, ...
constexpr const char *cacheFileEnding = ".samples";

/// Bytes that a cache will take, and the most that all in the folder may.
struct CacheRoom {
  int64_t bytes = 0, most = 0;
};

/// The folder for `key` in the folder of caches, which then counts as used; both are made if they
/// are not there. Those of other keys that were not used for longest are removed until there is
/// room. What is no cache stays. Throws std::runtime_error with the path if it cannot be made.
std::string openCacheFolder(const std::string &folder, const std::string &key,
                            const CacheRoom &room);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_CACHE_FOLDER_H
