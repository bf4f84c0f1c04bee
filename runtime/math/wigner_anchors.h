//===- wigner_anchors.h - Wigner functions from a few degrees ---*- C++ -*-===//
//
// A table of d^l_mn for all degrees of all (m, n) is larger than any cache from
// b = 64 on, and each value is read for few operations. Its three-term recursion
// in l takes three: a table of anchors has two degrees of each block of `distance`,
// and the factors of the recursion for the others,
//   row r of a block = (alpha_r cos(beta) + beta_r) row r - 1 + gamma_r row r - 2.
// Rounding grows in a block alone, and values below the range of single precision
// grow back from the next one.
//
// In vectors V of `lanes` latitudes (layout.h, ringInLanes), `rings` to a row:
//   [cosines: rings] then for (n, m), n < orders, m = n .. orders - 1, the blocks of
//   degrees m + distance i ..: [two rows: 2 rings] [factors of the others, three each,
//   as scalars, filled up to whole V]
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_MATH_WIGNER_ANCHORS_H
#define SPHERICAL_RUNTIME_MATH_WIGNER_ANCHORS_H

#include <cstdint>
#include <vector>

namespace spherical::runtime {

/// The most degrees from one pair of anchors to the next.
constexpr int64_t kMostDistance = 64;

/// A block of degrees.
struct AnchorBlock {
  int64_t distance = 0, rings = 0, lanes = 1;

  /// In vectors.
  int64_t size() const { return 2 * rings + (3 * (distance - 2) + lanes - 1) / lanes; }
};

/// A table of anchors, in vectors.
struct WignerAnchors {
  AnchorBlock block;
  int64_t degrees, orders;

  /// Blocks of (m, n), m >= n.
  int64_t blocks(int64_t m) const { return (degrees - m + block.distance - 1) / block.distance; }
  /// Where the blocks of each (n, m), n <= m, start, as so3SymmetricOffset counts pairs, and the
  /// end.
  std::vector<int64_t> offsets() const {
    std::vector<int64_t> starts = {block.rings};
    for (int64_t n = 0; n < orders; ++n)
      for (int64_t m = n; m < orders; ++m)
        starts.push_back(starts.back() + blocks(m) * block.size());
    return starts;
  }
  /// The number of (n, m), n <= m, among the offsets.
  int64_t pair(int64_t n, int64_t m) const { return n * orders - n * (n - 1) / 2 + m - n; }
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_WIGNER_ANCHORS_H
