//===- table_values.h - what tables hold ------------------------*- C++ -*-===//
//
// Without MLIR, and so with exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_TABLE_VALUES_H
#define SPHERICAL_PASSES_LOWER_TABLE_VALUES_H

#include "runtime/math/tables.h"
#include "runtime/problem.h"

namespace spherical {

/// A table's number of elements and, of i32, the indices or, of i64, the problems; the reason if it
/// cannot be made.
struct TableValues {
  int64_t size = 0;
  std::vector<int32_t> indices;
  std::vector<runtime::Problem> problems;
  std::string failure;
};

/// Lists stay empty unless the size is the expected one.
TableValues tableValues(const runtime::TableSpec &spec, int64_t expectedSize);

} // namespace spherical

#endif // SPHERICAL_PASSES_LOWER_TABLE_VALUES_H
