//===- cache.h - objects by what they were made from ------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_CACHE_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_CACHE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace spherical::driver {

/// The key of everything an object depends on: `parts` (IR, options) and this compiler itself.
std::string cacheKey(llvm::ArrayRef<llvm::StringRef> parts);

/// The bytes kept under `key`, nothing if there are none or no cache folder.
std::optional<std::string> readCache(const std::string &key);

/// Keeps `bytes` under `key`. A cache that cannot be written is no error: the next call compiles.
void writeCache(const std::string &key, llvm::StringRef bytes);

/// Writes a file beside `path` and renames it when complete; returns what failed, or "".
std::string writeWhole(const std::string &path, llvm::StringRef bytes);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_CACHE_H
