//===- places.h - which values have a batch in the lanes --------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_PLACES_H
#define SPHERICAL_PASSES_PLACES_H

#include "dialects/interfaces/schedulable.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/DenseMap.h"

namespace mlir::spherical {

/// Where an op of a program behind the expand phase wants its values; nothing for another op.
std::optional<LayoutConstraints> layoutConstraintsOf(Operation *op);

/// The place of every result of the function's ops and of its arguments. Arguments are File, but
/// prepared spectra, which are Kernel. Fails with an error at an op that no place is known for.
FailureOr<llvm::DenseMap<Value, Place>> inferPlaces(func::FuncOp func);

/// Where an op reads its operands, in order, if values lie at `places`.
SmallVector<Place> operandPlaces(Operation *op, const llvm::DenseMap<Value, Place> &places);

/// The place of a returned value: Kernel for spectra that `prepare` returns, else File.
Place resultPlace(func::FuncOp func, unsigned index);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_PLACES_H
