//===- index_tables.h - lists of small matrix products ----------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_MATH_INDEX_TABLES_H
#define SPHERICAL_RUNTIME_MATH_INDEX_TABLES_H

#include "runtime/math/tables.h"

#include <cstdint>
#include <optional>

namespace spherical::runtime {

/// int32 fields of a problem: R1 R0 K1 K0 N, aOff aR1 aR0 aK1 aK0, bOff bK1 bK0 bV,
/// cOff cR1 cR0 cV; C(r,v) = sum_k A(r,k) B(k,v) at the offset plus index times stride.
inline constexpr int64_t kProblemFields = 18;

/// Number of problems of a problem table, nothing if the kind is none. Kinds: problem_tables.cpp.
std::optional<int64_t> problemCount(const TableSpec &spec);

/// Writes all problems, [problems][18]. Throws std::invalid_argument if an offset does not fit.
void fillProblems(const TableSpec &spec, int32_t *out);

/// Number of elements of a table of nearest positions, nothing if the kind is none. Kinds:
/// nearest_tables.cpp.
std::optional<int64_t> nearestSize(const TableSpec &spec);

/// Writes such a table, of any element that `fillTable` allows.
void fillNearest(const TableSpec &spec, void *out);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_INDEX_TABLES_H
