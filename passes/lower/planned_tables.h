//===- planned_tables.h - tables of planned programs ------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_PLANNED_TABLES_H
#define SPHERICAL_PASSES_LOWER_PLANNED_TABLES_H

#include "dialects/stage/dialect.h"
#include "runtime/math/tables.h"
#include "runtime/problem.h"

#include "llvm/ADT/StringMap.h"

#include <optional>
#include <vector>

namespace mlir::spherical {

using ::spherical::runtime::Problem;

/// The table as the runtime makes it.
::spherical::runtime::TableSpec tableSpecOf(stage::TableOp op);

/// What the integer tables of a module hold: an analysis, which passes share.
class IntegerTables {
public:
  explicit IntegerTables(Operation *module);

  /// False, after a diagnostic, if the type of a table does not hold what its kind has.
  bool isComplete() const { return complete; }

  /// The numbers of `memref`, a table of i32 or a part of one of consecutive numbers, for all
  /// values that its indices can have; nothing if it is none.
  std::optional<ArrayRef<int32_t>> indicesOf(Value memref) const;

  /// The same of a table of problems, or of consecutive rows of one.
  std::optional<ArrayRef<Problem>> problemsOf(Value memref) const;

private:
  LogicalResult add(stage::TableOp op);

  llvm::StringMap<std::vector<int32_t>> indices;
  llvm::StringMap<std::vector<Problem>> problems;
  bool complete = true;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_PLANNED_TABLES_H
