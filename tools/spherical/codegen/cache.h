//===- cache.h - objects by what they were made from ------------*- C++ -*-===//
//
// A folder of objects, and of what says which objects a program has, that heals
// itself. An entry carries a checksum, the compiler's identity and its key; one
// that is damaged or foreign counts as missing and is removed. The entries
// together stay within a number of bytes: those not used for longest go first.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_CACHE_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_CACHE_H

#include "tools/spherical/result.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace spherical::driver {

/// The key of everything an object depends on: `parts` (IR, options) and this compiler itself.
/// Other parts give another key, also if they are the same text in a row.
std::string cacheKey(llvm::ArrayRef<llvm::StringRef> parts);

/// Any number of processes may use the same folder at once. A folder that cannot be read or written
/// is no error: the next call compiles.
class ObjectCache {
public:
  /// The folder objects/ in $SPHERICAL_CACHE, else in ~/.cache/spherical, with at most
  /// $SPHERICAL_CACHE_SIZE bytes ("512M"), else 2 GiB; fails if that is no size. Removes what
  /// processes that were killed have left half-written.
  static Result<ObjectCache> open();

  /// The object kept under `key`, which then counts as used; nothing if there is none.
  std::optional<std::string> read(const std::string &key) const;

  /// Keeps `object` under `key`, and about no more than the bytes allowed: the folder is looked
  /// through when an eighth of what was left has been written. Any thread may.
  void write(const std::string &key, llvm::StringRef object) const;

private:
  ObjectCache(std::string folder, int64_t limit) : folder(std::move(folder)), limit(limit) {}
  std::string path(const std::string &key) const { return folder + "/" + key + ".o"; }
  void evict() const;

  std::string folder; ///< empty: nothing is kept
  int64_t limit;
  /// Bytes that may be written before the folder is looked through.
  std::shared_ptr<std::atomic<int64_t>> room = std::make_shared<std::atomic<int64_t>>(0);
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_CACHE_H
