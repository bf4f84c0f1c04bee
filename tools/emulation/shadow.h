//===- shadow.h - who has touched which byte of memory ----------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_SHADOW_H
#define SPHERICAL_TOOLS_EMULATION_SHADOW_H

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace spherical::emulation {

/// One access: when, and by which thread of its block. Later accesses have larger records. 0 stands
/// for none.
using Record = uint32_t;

/// `stamp` counts barriers, blocks and launches.
constexpr int kThreadBits = 10;
constexpr uint32_t kMaxStamp = (1u << (31 - kThreadBits)) - 1;
constexpr Record makeRecord(uint32_t stamp, int32_t thread) {
  return stamp << kThreadBits | static_cast<Record>(thread);
}
constexpr uint32_t stampOf(Record record) { return record >> kThreadBits; }
constexpr int32_t threadOf(Record record) {
  return static_cast<int32_t>(record & ((1 << kThreadBits) - 1));
}

/// The accesses to a piece of memory that later ones are compared with.
struct Cell {
  Record writer = 0;        ///< the last one
  Record reader = 0;        ///< the last one since
  Record otherReader = 0;   ///< the last one since by another thread than `reader`
  Record earlierReader = 0; ///< the last one since of a block before that of `reader`
};

/// The cells of a piece of memory: one for each word of 4 bytes, or four where bytes of a word were
/// touched by themselves.
class Shadow {
public:
  explicit Shadow(int64_t bytes);
  ~Shadow();
  Shadow(const Shadow &) = delete;
  Shadow &operator=(const Shadow &) = delete;

  /// Forgets all accesses.
  void clear();
  /// From now on nobody may touch these words: their writer is kForbidden.
  void forbid(int64_t firstWord, int64_t endWord);

  /// Calls touch(cell, word) for the cells of `bytes` bytes at byte `offset` until it returns
  /// false. Returns whether it never did.
  template <typename Touch> bool forEach(int64_t offset, int64_t bytes, Touch touch) {
    for (const int64_t end = offset + bytes; offset < end;) {
      const int64_t first = offset % 4, last = end - offset + first < 4 ? end - offset + first : 4;
      Cell &word = words[offset / 4];
      if (word.writer == kForbidden || (last - first == 4 && word.writer < kSplit)) {
        if (!touch(word, offset / 4))
          return false;
      } else {
        Bytes &parts = bytesOf(word);
        for (int64_t i = first; i < last; ++i)
          if (!touch(parts[i], offset / 4))
            return false;
      }
      offset += last - first;
    }
    return true;
  }

  /// The cells of whole words. Those with a writer of kSplit or more have their cells elsewhere.
  Cell *words;
  static constexpr Record kSplit = Record(1) << 31, kForbidden = ~Record(0);
  /// The site of the last write to each word.
  uint32_t *writerSites;

private:
  using Bytes = std::array<Cell, 4>;

  Bytes &bytesOf(Cell &word);

  int64_t count;
  std::vector<Bytes> split; ///< by `writer` without kSplit
  std::vector<std::pair<int64_t, int64_t>> forbidden;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_SHADOW_H
