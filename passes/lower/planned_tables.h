//===- planned_tables.h - tables of planned programs ------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_PLANNED_TABLES_H
#define SPHERICAL_PASSES_LOWER_PLANNED_TABLES_H

#include "dialects/stage/dialect.h"
#include "runtime/math/tables.h"

#include "llvm/ADT/StringMap.h"

#include <optional>
#include <vector>

namespace mlir::spherical {

/// The table as the runtime makes it.
::spherical::runtime::TableSpec tableSpecOf(stage::TableOp op);

/// The numbers of the integer tables of a module: an analysis, which passes share.
class IntegerTables {
public:
  explicit IntegerTables(Operation *module);

  /// False, after a diagnostic, if the type of a table does not hold what its kind has.
  bool isComplete() const { return complete; }

  /// The numbers of `memref`, a table or a part of one of consecutive numbers, for all values that
  /// its indices can have; nothing if it is no integer table.
  std::optional<ArrayRef<int32_t>> numbersOf(Value memref) const;

private:
  LogicalResult add(stage::TableOp op);

  llvm::StringMap<std::vector<int32_t>> numbers;
  bool complete = true;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_PLANNED_TABLES_H
