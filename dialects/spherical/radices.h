//===- radices.h - how a short transform is split ---------------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_RADICES_H
#define SPHERICAL_DIALECTS_SPHERICAL_RADICES_H

#include "runtime/math/primes.h"

#include "mlir/Support/LLVM.h"

#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace mlir::spherical {

using ::spherical::runtime::kLargestRadix;

/// Whether values can be in registers alone where a transform's last pass and the first of its
/// adjoint meet (stage.dft_map).
bool canMeet(ArrayRef<int64_t> radices);

/// Modelled floating-point operations of a complex value's way to the cache and back.
inline constexpr double kTripCost = 8;

/// Modelled floating-point operations of one pass of radix R for each complex value, twiddles
/// and the pass's trip through the cache included. `last`: no twiddles.
double passCost(int64_t radix, bool last);

/// A split of a transform's length.
struct Split {
  SmallVector<int64_t> radices;
  double cost; ///< sum of the costs of its passes
};

/// All splits of n >= 2 in every order, the cheapest first.
SmallVector<Split> splitsOf(int64_t n);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_RADICES_H
