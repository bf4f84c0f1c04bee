//===- footprint.cpp - what a library call reads or writes ------*- C++ -*-===//

#include "tools/emulation/footprint.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace spherical::emulation {

double Footprint::spanAsNumber() const {
  auto part = [](int64_t count, int64_t step) {
    return static_cast<double>(count - 1) * static_cast<double>(step);
  };
  return part(items, itemStep) + part(rows, rowStep) + part(columns, columnStep) +
         static_cast<double>(bytes);
}

/// Items 0 and i share an element if
///   i itemStep = r rowStep + c columnStep,    |r| < rows, |c| < columns,
/// and a row is shorter than its step, so that r is one of two numbers.
int64_t Footprint::firstOverlap() const {
  const int64_t rowSpan = (columns - 1) * columnStep, itemSpan = (rows - 1) * rowStep + rowSpan;
  for (int64_t item = 1; item < items && item * itemStep <= itemSpan; ++item) {
    const int64_t offset = item * itemStep;
    const int64_t below = rowStep == 0 ? 0 : offset / rowStep;
    for (const int64_t row : {below, below + 1}) {
      const int64_t rest = std::abs(offset - row * rowStep);
      if (row < rows && rest <= rowSpan && (rest == 0 || rest % columnStep == 0))
        return item;
    }
  }
  return 0;
}

bool Footprint::overlaps(const Footprint &other) const {
  const uintptr_t first = std::max(begin, other.begin), last = std::min(end(), other.end());
  if (first >= last)
    return false;
  std::vector<bool> isOwn((last - first + 3) / 4);
  /// Calls visit(word) for the words that may belong to both.
  auto forWords = [&](const Footprint &footprint, auto visit) {
    return footprint.forEach([&](uintptr_t element) {
      for (uintptr_t word = element; word < element + footprint.bytes; word += 4)
        if (word >= first && word < last && !visit((word - first) / 4))
          return false;
      return true;
    });
  };
  forWords(*this, [&](size_t word) { return isOwn[word] = true; });
  return !forWords(other, [&](size_t word) { return !isOwn[word]; });
}

Footprint wholeFootprint(const std::string &name, const void *memory, int64_t bytes) {
  return {.name = name, .begin = reinterpret_cast<uintptr_t>(memory), .bytes = bytes};
}

} // namespace spherical::emulation
