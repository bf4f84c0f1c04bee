//===- cache_memory.h - memory that caches share ----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_CACHE_MEMORY_H
#define SPHERICAL_RUNTIME_DATA_SETS_CACHE_MEMORY_H

#include <atomic>
#include <cstdint>

namespace spherical::runtime {

/// Bytes that all caches of a run may take together. Several threads may use it at once.
class CacheMemory {
public:
  explicit CacheMemory(int64_t bytes) : left(bytes) {}

  /// Takes `bytes` if there are as many.
  bool take(int64_t bytes) {
    int64_t before = left;
    while (before >= bytes)
      if (left.compare_exchange_weak(before, before - bytes))
        return true;
    return false;
  }
  void give(int64_t bytes) { left += bytes; }

private:
  std::atomic<int64_t> left;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_CACHE_MEMORY_H
