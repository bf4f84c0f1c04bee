//===- evaluate.h - evaluators of the reference target ----------*- C++ -*-===//
//
// One function for each family of ops on values; each calls the definitions of
// runtime/reference. Batched values hold as many samples as the caller gave:
// the batch of a type is only the most there can be.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_REFERENCE_EVALUATE_H
#define SPHERICAL_PASSES_LOWER_REFERENCE_EVALUATE_H

#include "dialects/spherical/dialect.h"
#include "passes/lower/reference/values.h"
#include "runtime/reference/projection.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::spherical {

using Operands = ArrayRef<const HostTensor *>;
using Results = SmallVectorImpl<HostTensor>;

/// Each appends the values of the op's results, or emits an error at the op and fails.
LogicalResult evaluateTransform(Operation *op, Operands operands, Results &results);
LogicalResult evaluateGrid(Operation *op, Operands operands, Results &results);
LogicalResult evaluateLayer(Operation *op, Operands operands, Results &results);
LogicalResult evaluateProjection(Operation *op, Operands operands, Results &results);
LogicalResult evaluateSpectral(Operation *op, Operands operands, Results &results);
LogicalResult evaluateSignal(Operation *op, Operands operands, Results &results);
LogicalResult evaluateNetwork(Operation *op, Operands operands, Results &results);
LogicalResult evaluateOptimizer(Operation *op, Operands operands, Results &results);
LogicalResult evaluatePlanar(Operation *op, Operands operands, Results &results);

/// Replaces each of `values` by what a region of numbers yields from it and the values of `extras`
/// at the same position; these have its shape.
LogicalResult mapNumbers(Block &region, HostTensor &values, Operands extras);

/// The orders n whose sum a projection in a kernel takes: even n, or 0.
::spherical::reference::Orders projectedOrders(Projection projection);

/// Evaluates a function on tensors and spherical types: its results for its arguments, in order.
/// An op that no family has is an error at the op.
FailureOr<SmallVector<HostTensor>> evaluateFunction(func::FuncOp function,
                                                    SmallVector<HostTensor> arguments);

/// Evaluates a planned function (dialect stage) on the same values in the same order: arguments
/// and results in file shape, batched ones with the first `count` samples only.
FailureOr<SmallVector<HostTensor>>
evaluatePlanned(func::FuncOp function, SmallVector<HostTensor> arguments, int64_t count);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_REFERENCE_EVALUATE_H
