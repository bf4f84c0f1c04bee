//===- epilogue.h - ops that act on their values behind ---------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_EPILOGUE_H
#define SPHERICAL_DIALECTS_INTERFACES_EPILOGUE_H

#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"

namespace mlir::spherical {

/// E1 to E4 of an op with the interface; emits an error at the op, or in its region.
LogicalResult verifyEpilogue(Operation *op);

/// Reads `epilogue(%value, %extra = %operand, ...) { ... }`, or nothing, of an op whose result has
/// the type `result`.
ParseResult parseEpilogue(OpAsmParser &parser,
                          SmallVectorImpl<OpAsmParser::UnresolvedOperand> &extras,
                          SmallVectorImpl<Type> &types, Region &region, Type result);
void printEpilogue(OpAsmPrinter &printer, Operation *op, ValueRange extras, TypeRange types,
                   Region &region, Type result);

/// Names the arguments of the region for the printed form.
void nameEpilogue(Region &region, function_ref<void(Value, StringRef)> setName);

} // namespace mlir::spherical

#include "dialects/interfaces/epilogue.h.inc"

namespace mlir::spherical {

/// Whether the epilogue, if there is one, keeps zeros where the extras are 0 whose index among the
/// op's operands `isZero` accepts.
bool epilogueKeepsZeros(Epilogued op, llvm::function_ref<bool(unsigned)> isZero);

/// Lets `to`, which has no epilogue, apply the one of `from`, if it has one; returns its result.
Value copyEpilogue(Epilogued from, Epilogued to);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_INTERFACES_EPILOGUE_H
