//===- random_edits.h - numbers and text that somebody edits ----*- C++ -*-===//

#ifndef SPHERICAL_TEST_PLANS_RANDOM_EDITS_H
#define SPHERICAL_TEST_PLANS_RANDOM_EDITS_H

#include <cstdint>
#include <random>
#include <string>

namespace spherical::test {

/// A sequence of choices that a seed determines.
class Random {
public:
  explicit Random(uint64_t seed) : bits(seed) {}

  /// From 0 to below `most`.
  int64_t below(int64_t most) { return static_cast<int64_t>(bits() % most); }
  /// True once in n times.
  bool oneIn(int64_t n) { return below(n) == 0; }
  /// One of the elements.
  template <typename Range> auto &pick(Range &range) {
    return range[below(static_cast<int64_t>(range.size()))];
  }

  /// A number that somebody might write in place of another.
  int64_t edit(int64_t value);

private:
  std::mt19937_64 bits;
};

/// Edits a number or a line of the text, and says what.
std::string editText(std::string &text, Random &random);

} // namespace spherical::test

#endif // SPHERICAL_TEST_PLANS_RANDOM_EDITS_H
