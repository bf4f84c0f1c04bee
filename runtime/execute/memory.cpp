//===- memory.cpp - large memory --------------------------------*- C++ -*-===//

#include "runtime/execute/memory.h"

#include "runtime/execute/error.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>
#include <utility>

#include <sys/mman.h>
#include <sys/resource.h>

namespace spherical::runtime {
namespace {

constexpr int64_t pageBytes = 4096;
constexpr int64_t hugePageBytes = int64_t(2) << 20;

/// The number after `key` ("VmRSS:") in a file of lines "key number kB", in bytes.
std::optional<int64_t> kilobytesIn(const char *path, const std::string &key) {
  std::ifstream file(path);
  std::string word;
  while (file >> word) {
    int64_t value = 0;
    if (word == key && file >> value)
      return value * 1024;
  }
  return std::nullopt;
}

/// The number that is all of a file; nothing for "max" or a file that is not there.
std::optional<int64_t> numberIn(const std::string &path) {
  std::ifstream file(path);
  int64_t value = 0;
  if (file >> value)
    return value;
  return std::nullopt;
}

/// What control group version 2 leaves, over the group of this process and all around it.
int64_t availableInControlGroups() {
  int64_t available = INT64_MAX;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.rfind("0::", 0) != 0)
      continue;
    for (std::string group = line.substr(3);;) {
      const std::string folder = "/sys/fs/cgroup" + group;
      const std::optional<int64_t> most = numberIn(folder + "/memory.max");
      const std::optional<int64_t> used = numberIn(folder + "/memory.current");
      if (most && used)
        available = std::min(available, std::max<int64_t>(0, *most - *used));
      const size_t slash = group.rfind('/');
      if (slash == std::string::npos)
        break;
      group.resize(slash);
    }
  }
  return available;
}

int64_t availableAddressSpace() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return INT64_MAX;
  const int64_t used = kilobytesIn("/proc/self/status", "VmSize:").value_or(0);
  return std::max<int64_t>(0, static_cast<int64_t>(limit.rlim_cur) - used);
}

} // namespace

std::byte *mapMemory(int64_t size, const std::string &purpose) {
  const int64_t bytes = roundUp(size, pageBytes);
  const int64_t slack = bytes >= hugePageBytes ? hugePageBytes : 0;
  void *mapped =
      mmap(nullptr, bytes + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED)
    throw Error(SPH_OUT_OF_MEMORY, "the system refuses " + bytesText(bytes) + " for " + purpose +
                                       ", " + bytesText(availableMemory()) + " are available");
  auto *start = static_cast<std::byte *>(mapped);
  if (slack == 0)
    return start;
  // Give back what lies before and after the aligned part.
  const int64_t before =
      roundUp(reinterpret_cast<int64_t>(start), hugePageBytes) - reinterpret_cast<int64_t>(start);
  if (before > 0)
    munmap(start, before);
  start += before;
  if (slack - before > 0)
    munmap(start + bytes, slack - before);
#ifdef MADV_HUGEPAGE
  madvise(start, bytes, MADV_HUGEPAGE); // advice: fine if refused
#endif
  return start;
}

void unmapMemory(std::byte *memory, int64_t bytes) { munmap(memory, roundUp(bytes, pageBytes)); }

MappedMemory::MappedMemory(int64_t size, const std::string &purpose) {
  if (size <= 0)
    return;
  start = mapMemory(size, purpose);
  bytes = roundUp(size, pageBytes);
}

MappedMemory::~MappedMemory() { release(); }

void MappedMemory::release() {
  if (start)
    unmapMemory(start, bytes);
  start = nullptr;
  bytes = 0;
}

MappedMemory::MappedMemory(MappedMemory &&other) noexcept
    : start(std::exchange(other.start, nullptr)), bytes(std::exchange(other.bytes, 0)) {}

MappedMemory &MappedMemory::operator=(MappedMemory &&other) noexcept {
  std::swap(start, other.start);
  std::swap(bytes, other.bytes);
  return *this;
}

int64_t availableMemory() {
  const int64_t system = kilobytesIn("/proc/meminfo", "MemAvailable:").value_or(INT64_MAX);
  return std::min({system, availableInControlGroups(), availableAddressSpace()});
}

int64_t residentMemory() { return kilobytesIn("/proc/self/status", "VmRSS:").value_or(0); }

int64_t peakResidentMemory() { return kilobytesIn("/proc/self/status", "VmHWM:").value_or(0); }

std::string bytesText(int64_t bytes) {
  const double value = static_cast<double>(bytes);
  char text[32];
  if (bytes >= 1000000000)
    std::snprintf(text, sizeof text, "%.1f GB", value / 1e9);
  else if (bytes >= 1000000) // a limit and what exceeds it differ
    std::snprintf(text, sizeof text, bytes < 100000000 ? "%.1f MB" : "%.0f MB", value / 1e6);
  else if (bytes >= 1000)
    std::snprintf(text, sizeof text, "%.0f kB", value / 1e3);
  else
    std::snprintf(text, sizeof text, "%d bytes", static_cast<int>(bytes));
  return text;
}

} // namespace spherical::runtime
