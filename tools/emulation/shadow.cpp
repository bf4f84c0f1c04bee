//===- shadow.cpp - who has touched which byte of memory --------*- C++ -*-===//

#include "tools/emulation/shadow.h"

#include <algorithm>
#include <new>

#include <sys/mman.h>

namespace spherical::emulation {

/// Memory of zeros, which the system gives when it is touched: in large pages, since a shadow is
/// several times as large as what it shadows.
static void *map(int64_t bytes) {
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    throw std::bad_alloc();
  madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

Shadow::Shadow(int64_t bytes)
    : words(nullptr), writerSites(nullptr), count(std::max<int64_t>(1, (bytes + 3) / 4)) {
  words = static_cast<Cell *>(map(count * sizeof(Cell)));
  writerSites = static_cast<uint32_t *>(map(count * sizeof(uint32_t)));
}

Shadow::~Shadow() {
  munmap(words, count * sizeof(Cell));
  munmap(writerSites, count * sizeof(uint32_t));
}

void Shadow::clear() {
  madvise(words, count * sizeof(Cell), MADV_DONTNEED);
  split.clear();
  for (const auto &[first, end] : forbidden)
    std::fill(words + first, words + end, Cell{.writer = kForbidden});
}

void Shadow::forbid(int64_t firstWord, int64_t endWord) {
  forbidden.emplace_back(firstWord, endWord);
  std::fill(words + firstWord, words + endWord, Cell{.writer = kForbidden});
}

Shadow::Bytes &Shadow::bytesOf(Cell &word) {
  if (word.writer < kSplit) {
    split.push_back({word, word, word, word});
    word = {.writer = kSplit | static_cast<Record>(split.size() - 1)};
  }
  return split[word.writer - kSplit];
}

} // namespace spherical::emulation
