//===- ring_tables.h - tables of transforms on users' grids -----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_MATH_RING_TABLES_H
#define SPHERICAL_RUNTIME_MATH_RING_TABLES_H

#include "runtime/grid_layout.h"
#include "runtime/math/tables.h"

#include <cstdint>
#include <optional>

namespace spherical::runtime {

/// The grid that the parameters grid (a GridKind), rows, columns and nside of a table name. Throws
/// std::invalid_argument if there is no such grid on the sphere.
SampleGrid tableGrid(const TableSpec &spec);

/// Number of elements of a table of function values, nothing if the kind is none of those in
/// ring_tables.cpp. Errors are std::invalid_argument.
std::optional<int64_t> ringValuesSize(const TableSpec &spec);

/// Fills such a table, of T = float or double.
template <typename T> void fillRingValues(const TableSpec &spec, T *out, int threads);

/// The same of tables of positions and their coefficients.
std::optional<int64_t> ringIndexSize(const TableSpec &spec);
void fillRingIndex(const TableSpec &spec, void *out);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_RING_TABLES_H
