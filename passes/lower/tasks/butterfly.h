//===- butterfly.h - unrolled discrete Fourier transforms -------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_BUTTERFLY_H
#define SPHERICAL_PASSES_LOWER_TASKS_BUTTERFLY_H

#include "passes/lower/tasks/codelet.h"
#include "runtime/math/primes.h"

namespace mlir::spherical {

using ::spherical::runtime::kLargestRadix;

/// y_r = sum_k x_k e^{sign 2 pi i k r / n} with n = x.size(), sign +1 or -1, n <=
/// kLargestRadix. Primes use the symmetric form (real factors on sums and differences of x_k
/// and x_{n-k}); coprime products need no twiddles (Good 1958), others split as Cooley and Tukey
/// 1965.
SmallVector<Complex> butterfly(CodeletBuilder &c, ArrayRef<Complex> x, int sign);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_BUTTERFLY_H
