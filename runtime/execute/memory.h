//===- memory.h - large memory ----------------------------------*- C++ -*-===//
//
// Arenas, tables and parameters are mapped from the system: zeroed, aligned to
// 2 MB, with huge pages where the system gives them.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_MEMORY_H
#define SPHERICAL_RUNTIME_EXECUTE_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace spherical::runtime {

/// `value` raised to a multiple of `step`.
constexpr int64_t roundUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

/// Takes memory that is zero at first, aligned to 2 MB if it is that large and to 4 kB otherwise;
/// 1 byte or more. Throws Error (SPH_OUT_OF_MEMORY) that names `purpose` and the bytes if the
/// system refuses.
std::byte *mapMemory(int64_t bytes, const std::string &purpose);
/// Gives it back; `bytes` as they were asked for.
void unmapMemory(std::byte *memory, int64_t bytes);

/// Such memory as an object. Movable.
class MappedMemory {
public:
  MappedMemory() = default;
  MappedMemory(int64_t bytes, const std::string &purpose);
  ~MappedMemory();
  MappedMemory(MappedMemory &&other) noexcept;
  MappedMemory &operator=(MappedMemory &&other) noexcept;

  /// Gives the memory back; the object is empty then.
  void release();

  std::byte *data() const { return start; }
  int64_t size() const { return bytes; }

private:
  std::byte *start = nullptr;
  int64_t bytes = 0;
};

/// Bytes that this process can still take without swapping: the least of what the system, the
/// control groups and the address-space limit leave. INT64_MAX where nothing is known.
int64_t availableMemory();

/// Bytes of physical memory that this process holds now, and the most that it has held; 0 where
/// the system does not tell.
int64_t residentMemory();
int64_t peakResidentMemory();

/// "12.3 GB", "456 MB", "7 kB" or "12 bytes"; powers of 1000.
std::string bytesText(int64_t bytes);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_MEMORY_H
