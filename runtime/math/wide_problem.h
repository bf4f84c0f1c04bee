//===- wide_problem.h - problems before they are checked --------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_MATH_WIDE_PROBLEM_H
#define SPHERICAL_RUNTIME_MATH_WIDE_PROBLEM_H

#include "runtime/math/tables.h"
#include "runtime/problem.h"

#include <limits>

namespace spherical::runtime {

/// Holds all sums of products of parameters.
__extension__ using Wide = __int128;

/// A problem before its fields are checked; extents are 1 unless they are set.
struct WideProblem : ProblemOf<Wide> {
  WideProblem() { R1 = R0 = K1 = K0 = N = 1; }
};

/// A parameter that counts something.
inline Wide extent(const TableSpec &spec, const char *name) {
  return spec.parameter(name, 1, std::numeric_limits<int32_t>::max());
}

/// A parameter that is a position or a distance of positions.
inline Wide distance(const TableSpec &spec, const char *name) {
  return spec.parameter(name, 0, kMostOfField);
}

/// Whether an optional parameter is 1.
inline bool isSet(const TableSpec &spec, const char *name) {
  return spec.parameters.count(name) && spec.parameter(name, 0, 1) == 1;
}

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_WIDE_PROBLEM_H
