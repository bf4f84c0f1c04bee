//===- layout.h - sizes of grids, spectra and internal layouts --*- C++ -*-===//
//
// Where things lie in memory, for the compiler and for the tables that its
// programs read. A band-limit L is an exclusive degree bound. Orders of real
// transforms are m, n >= 0; `degrees` and `orders` say how many of each a
// transform handles (orders <= degrees).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_LAYOUT_H
#define SPHERICAL_RUNTIME_LAYOUT_H

#include <cstdint>

namespace spherical::runtime {

/// Kernel spectra and kernel tables are padded to a multiple of this many coefficients.
inline constexpr int64_t kPad = 16;

/// `value` rounded up to a multiple of kPad.
constexpr int64_t padded(int64_t value) { return (value + kPad - 1) / kPad * kPad; }

/// Coefficients of a spectrum on S2, degrees below L: L^2.
constexpr int64_t s2Size(int64_t L) { return L * L; }

/// Coefficients of a spectrum on SO(3), degrees below L: L (4 L^2 - 1) / 3.
constexpr int64_t so3Size(int64_t L) { return L * (4 * L * L - 1) / 3; }

/// Position of X_lm, |m| <= l.
constexpr int64_t s2Index(int64_t l, int64_t m) { return l * l + l + m; }

/// Position of X^l_mn, |m|, |n| <= l.
constexpr int64_t so3Index(int64_t l, int64_t m, int64_t n) {
  return so3Size(l) + (l + m) * (2 * l + 1) + (l + n);
}

/// Coefficients of orders m >= 0 of a spectrum on S2, degrees below L: L (L + 1) / 2.
constexpr int64_t s2HalfSize(int64_t L) { return L * (L + 1) / 2; }

/// Coefficients of orders m >= 0 of a spectrum on SO(3), degrees below L: L (L + 1) (4 L - 1) / 6.
constexpr int64_t so3HalfSize(int64_t L) { return L * (L + 1) * (4 * L - 1) / 6; }

static_assert(s2HalfSize(3) == 1 + 2 + 3);
static_assert(so3HalfSize(3) == 1 * 1 + 2 * 3 + 3 * 5);

/// Degrees l = m .. degrees - 1 of all orders below m: where order m starts in a list over (m, l).
constexpr int64_t s2OrderOffset(int64_t degrees, int64_t m) {
  return m * degrees - m * (m - 1) / 2;
}

/// Degrees l = max(m, n) .. degrees - 1 of all orders m below `end` of one n.
constexpr int64_t so3RowSize(int64_t degrees, int64_t n, int64_t end) {
  if (end <= n)
    return end * (degrees - n);
  return n * (degrees - n) + (end - n) * degrees - (end * (end - 1) - n * (n - 1)) / 2;
}

/// Where (n, m) starts in a list over n < orders, m < orders, l = max(m, n) .. degrees - 1.
constexpr int64_t so3OrderOffset(int64_t degrees, int64_t orders, int64_t n, int64_t m) {
  int64_t offset = so3RowSize(degrees, n, m);
  for (int64_t row = 0; row < n; ++row)
    offset += so3RowSize(degrees, row, orders);
  return offset;
}

/// Orders n whose columns lie together for each m: what a spectrum, in which n runs fastest, has in
/// one place.
constexpr int64_t kOrderBlock = 8;

/// Where (n, m), n < orders, starts in a list over blocks of n, m < orders, n in the block,
/// l = max(m, n) .. degrees - 1: the columns of Wigner products.
constexpr int64_t so3ColumnOffset(int64_t degrees, int64_t orders, int64_t n, int64_t m) {
  const int64_t first = n / kOrderBlock * kOrderBlock;
  int64_t offset = so3OrderOffset(degrees, orders, first, 0);
  for (int64_t row = first; row < first + kOrderBlock && row < orders; ++row)
    offset += so3RowSize(degrees, row, row < n ? m + 1 : m);
  return offset;
}

/// Where (n, m), m >= n, starts in a list over n < orders, m = n .. orders - 1, l = m .. degrees -
/// 1: the columns of a symmetric Wigner table.
constexpr int64_t so3SymmetricOffset(int64_t degrees, int64_t orders, int64_t n, int64_t m) {
  int64_t offset = 0;
  for (int64_t row = 0; row < n; ++row)
    offset += (orders - row) * degrees - (orders * (orders - 1) - row * (row - 1)) / 2;
  return offset + (m - n) * degrees - (m * (m - 1) - n * (n - 1)) / 2;
}

static_assert(so3OrderOffset(5, 3, 3, 0) == 5 + 4 + 3 + 4 + 4 + 3 + 3 + 3 + 3);
static_assert(so3ColumnOffset(9, 9, 8, 0) == so3OrderOffset(9, 9, 8, 0));
static_assert(so3ColumnOffset(9, 9, 1, 2) == 2 * (9 + 8 + 7 + 6 + 5 + 4 + 3 + 2) - 1 + 7);
static_assert(so3SymmetricOffset(5, 3, 3, 3) == 5 + 4 + 3 + 4 + 3 + 3);

/// Groups of W latitudes that lie in lanes together, of one half of a grid of band-limit b.
constexpr int64_t ringGroups(int64_t b, int64_t W) { return (b + W - 1) / W; }

/// The latitude in position `at` = group * W + lane of 2 ringGroups groups, or -1 if there is none:
/// the northern half from the pole on, then its mirror images, the last group first, each in the
/// lane of what it mirrors. Groups g and 2 ringGroups - 1 - g mirror each other lane by lane.
constexpr int64_t ringInLanes(int64_t b, int64_t W, int64_t at) {
  const int64_t groups = ringGroups(b, W), group = at / W;
  const bool south = group >= groups;
  const int64_t ring = (south ? 2 * groups - 1 - group : group) * W + at % W;
  return ring >= b ? -1 : south ? 2 * b - 1 - ring : ring;
}

static_assert(ringInLanes(3, 1, 4) == 4 && ringInLanes(3, 2, 3) == -1 &&
              ringInLanes(3, 2, 5) == -1);
static_assert(ringInLanes(3, 2, 2) == 2 && ringInLanes(3, 2, 4) == 3 && ringInLanes(3, 2, 6) == 5);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_LAYOUT_H
