//===- radices.cpp - how a short transform is split -------------*- C++ -*-===//
//
// Butterflies of composite radix cost what their factors cost; a prime p uses
// the symmetry of its cosines, (p - 1)^2 / 2 real products for each of re and
// im. A pass reads and writes each value once, worth some 8 operations in L1 or
// L2 (measured codelets of math.md, section 9, within 20 %).
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/radices.h"

#include "llvm/ADT/STLExtras.h"

namespace mlir::spherical {

/// Operations of one butterfly of prime length, for each of its p values.
static double primeCost(int64_t p) {
  if (p == 2)
    return 2;
  return 2.0 * (p - 1) * (p - 1) / p + 4.0 * (p - 1) / p;
}

/// Operations of a butterfly, twiddles between its factors included, for each value.
static double butterflyCost(int64_t radix) {
  double cost = 0;
  int64_t rest = radix;
  for (int64_t p = 2; p <= rest; ++p)
    for (; rest % p == 0; rest /= p)
      cost += primeCost(p) + (rest != p && p != 2 ? 3 : 0);
  return cost;
}

bool canMeet(ArrayRef<int64_t> radices) {
  return radices.size() > 1 &&
         llvm::all_of(radices, [](int64_t radix) { return radix <= kLargestRadix; });
}

double passCost(int64_t radix, bool last) {
  const double twiddles = last ? 0 : 6.0 * (radix - 1) / radix;
  // Re and im of every value are live at once: 2 R of 32 registers, and some for products.
  const double spills = radix > kLargestRadix ? 0 : radix > 12 ? 6 : radix > 8 ? 2 : 0;
  return butterflyCost(radix) + kTripCost + twiddles + spills;
}

/// Adds all splits that begin with `chosen`, `n` being left.
static void collect(int64_t n, const Split &chosen, SmallVectorImpl<Split> &splits) {
  if (n == 1) {
    splits.push_back(chosen);
    return;
  }
  for (int64_t radix = 2; radix <= n; ++radix) {
    if (n % radix != 0 || (radix > kLargestRadix && !::spherical::runtime::isPrime(radix)))
      continue;
    Split longer = chosen;
    longer.radices.push_back(radix);
    longer.cost += passCost(radix, n == radix);
    collect(n / radix, longer, splits);
  }
}

SmallVector<Split> splitsOf(int64_t n) {
  SmallVector<Split> splits;
  collect(n, Split{{}, 0}, splits);
  llvm::stable_sort(splits, [](const Split &a, const Split &b) { return a.cost < b.cost; });
  return splits;
}

} // namespace mlir::spherical
