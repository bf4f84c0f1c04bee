//===- index_tables.h - lists of small matrix products ----------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_MATH_INDEX_TABLES_H
#define SPHERICAL_RUNTIME_MATH_INDEX_TABLES_H

#include "runtime/math/tables.h"
#include "runtime/problem.h"

#include <cstdint>
#include <optional>

namespace spherical::runtime {

/// Number of problems of a problem table, nothing if the kind is none. Kinds: problem_tables.cpp.
std::optional<int64_t> problemCount(const TableSpec &spec);

/// Writes all problems. Throws std::invalid_argument if a field is above kMostOfField.
void fillProblems(const TableSpec &spec, Problem *out);

/// Number of elements of a table of nearest positions, nothing if the kind is none. Kinds:
/// nearest_tables.cpp.
std::optional<int64_t> nearestSize(const TableSpec &spec);

/// Writes such a table, of any element that `fillTable` allows.
void fillNearest(const TableSpec &spec, void *out);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_INDEX_TABLES_H
