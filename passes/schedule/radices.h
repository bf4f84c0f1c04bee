//===- radices.h - how a short transform is split ---------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_SCHEDULE_RADICES_H
#define SPHERICAL_PASSES_SCHEDULE_RADICES_H

#include "mlir/Support/LLVM.h"

#include <cstdint>

namespace mlir::spherical {

/// Radices up to this are products; larger ones are primes, computed as direct sums.
inline constexpr int64_t kLargestRadix = 16;

/// Modelled floating-point operations of one pass of radix R for each complex value, twiddles
/// and the pass's trip through the cache included. `last`: no twiddles.
double passCost(int64_t radix, bool last);

/// The split of n >= 2 with the least sum of pass costs, radices ascending.
SmallVector<int64_t> chooseRadices(int64_t n);

/// Floating-point operations of a complex transform of n values split in these radices.
int64_t transformFlop(int64_t n, ArrayRef<int64_t> radices);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_RADICES_H
