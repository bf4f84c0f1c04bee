//===- tables.h - tables of planned programs by definition ------*- C++ -*-===//
//
// Tables of function values come from runtime/reference, so that a planned
// program is judged without the product's own Wigner functions; lists of
// indices are what the plan says and come from runtime/math.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_REFERENCE_TABLES_H
#define SPHERICAL_PASSES_LOWER_REFERENCE_TABLES_H

#include "runtime/math/tables.h"

#include <string>
#include <vector>

namespace spherical::reference {

/// Fills `out` with the values of a table as doubles, indices exactly. Returns an empty text, or
/// the reason why the table cannot be made.
std::string referenceTable(const runtime::TableSpec &spec, std::vector<double> &out);

} // namespace spherical::reference

#endif // SPHERICAL_PASSES_LOWER_REFERENCE_TABLES_H
