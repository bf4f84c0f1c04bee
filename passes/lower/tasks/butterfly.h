//===- butterfly.h - unrolled discrete Fourier transforms -------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_BUTTERFLY_H
#define SPHERICAL_PASSES_LOWER_TASKS_BUTTERFLY_H

#include "passes/lower/tasks/codelet.h"

namespace mlir::spherical {

/// The largest radix that has an unrolled butterfly; primes above use a loop.
constexpr int64_t kLargestButterfly = 16;

/// y_r = sum_k x_k e^{sign 2 pi i k r / n} with n = x.size(), sign +1 or -1, n <=
/// kLargestButterfly. Primes use the symmetric form (real factors on sums and differences of x_k
/// and x_{n-k}); coprime products need no twiddles (Good 1958), others split as Cooley and Tukey
/// 1965.
SmallVector<Complex> butterfly(CodeletBuilder &c, ArrayRef<Complex> x, int sign);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_BUTTERFLY_H
