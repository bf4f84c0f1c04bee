//===- transform_problems.h - products of Fourier transforms ----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_MATH_TRANSFORM_PROBLEMS_H
#define SPHERICAL_RUNTIME_MATH_TRANSFORM_PROBLEMS_H

#include "runtime/math/wide_problem.h"

#include <functional>

namespace spherical::runtime {

/// Takes the problems of a list, the first one first.
using ProblemSink = std::function<void(const WideProblem &)>;

/// The list of kind `wigner_problems`. Throws std::invalid_argument for parameters out of range.
void wignerProblems(const TableSpec &spec, const ProblemSink &sink);

/// The list of kind `ring_problems`; the same.
void ringProblems(const TableSpec &spec, const ProblemSink &sink);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_TRANSFORM_PROBLEMS_H
