//===- check.h - whether a problem's results are right ----------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BENCH_CHECK_H
#define SPHERICAL_TOOLS_SPHERICAL_BENCH_CHECK_H

#include "tools/spherical/bench/outcome.h"
#include "tools/spherical/bench/subject.h"

#include <optional>

namespace spherical::driver {

/// Compares results with the definitions in fp64: each may be off by `tolerance` times its norm,
/// or, without one, by what rounding explains.
void checkCorrect(Subject &subject, std::optional<double> tolerance, Outcome &outcome);

/// Compares, bit by bit, results of one thread, of `threads` threads, and of these once more.
void checkBitwise(Subject &subject, int64_t threads, Outcome &outcome);

/// Results of which more than 99 % are exactly zero tell nothing: the outcome is mistrusted. What
/// the reference gives, if it is known, is said beside.
void checkZeros(const TensorMap &results, Outcome &outcome, const TensorMap *reference = nullptr);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BENCH_CHECK_H
