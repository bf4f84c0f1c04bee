//===- verify_program.cpp - what a program may consist of -------*- C++ -*-===//
//
// Passes and the interpreter each see a part of a program only; what none of them
// can take is found here, before any of them looks.
//
//===----------------------------------------------------------------------===//

#include "passes/verify_program.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/signal.h"
#include "dialects/stage/dialect.h"
#include "passes/argument_constraints.h"
#include "passes/entries.h"
#include "passes/phase.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"

#include "llvm/ADT/StringMap.h"

namespace mlir::spherical {
namespace {

bool isNumber(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    type = complex.getElementType();
  return type.isF32() || type.isF64() || type.isInteger(32) || type.isInteger(64);
}

bool isValueType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return getSignal(type).has_value();
  return tensor.hasStaticShape() && isNumber(tensor.getElementType());
}

/// Constant tensors hold numbers; of integers, one number.
LogicalResult verifyConstant(arith::ConstantOp op) {
  if (!isa<TensorType>(op.getType()))
    return success(); // of no use to any op here
  auto values = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!values || !isValueType(op.getType()) || isa<ComplexType>(values.getElementType()))
    return op.emitOpError() << "expected numbers of f32, f64, i32 or i64, got " << op.getType();
  if (isa<FloatType>(values.getElementType()) || values.isSplat() || values.empty())
    return success();
  return op.emitOpError() << "expected one integer for all elements, got several (not supported)";
}

/// Constants that an op takes for labels, a count or a step are those that it takes.
LogicalResult verifyIntegers(IntegerOperands op) {
  for (OpOperand &operand : op->getOpOperands()) {
    const std::optional<IntegerBounds> bounds = op.getIntegerBounds(operand.getOperandNumber());
    SplatElementsAttr splat;
    if (!bounds || !matchPattern(operand.get(), m_Constant(&splat)))
      continue;
    const int64_t given = splat.getSplatValue<APInt>().getSExtValue();
    if ((given < bounds->low || given > bounds->high) && bounds->other != given)
      return op->emitOpError() << "expected " << bounds->what << " from " << bounds->low << " to "
                               << bounds->high << ", got " << given;
  }
  return success();
}

LogicalResult verifyOp(Operation *op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return verifyConstant(constant);
  if (auto integers = dyn_cast<IntegerOperands>(op))
    return verifyIntegers(integers);
  if (isa<Schedulable, func::ReturnOp>(op) || isa_and_nonnull<SphericalDialect>(op->getDialect()))
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError() << "is not supported in a function";
  diagnostic.attachNote() << "functions hold ops of the dialects nn and spherical, and constants";
  return diagnostic;
}

LogicalResult verifyFunction(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError() << "expected a function of one block, got "
                                  << function.getBody().getBlocks().size();
  for (Type type : llvm::concat<const Type>(function.getArgumentTypes(), function.getResultTypes()))
    if (!isValueType(type))
      return function.emitOpError()
             << "expected arguments and results to be functions, spectra or tensors of static "
                "shape of f32, f64, i32 or i64, got "
             << type;
  for (Operation &op : function.front())
    if (failed(verifyOp(&op)))
      return failure();
  return success();
}

/// What an entry takes from @prepare is as that returns it, in memory, too.
LogicalResult verifyPrepared(ModuleOp module) {
  auto prepare = module.lookupSymbol<func::FuncOp>("prepare");
  if (!prepare)
    return success();
  llvm::StringMap<Type> returned;
  for (unsigned index = 0; index < prepare.getNumResults(); ++index)
    if (auto name = prepare.getResultAttrOfType<StringAttr>(index, "spherical.name"))
      returned[name] = prepare.getResultTypes()[index];
  for (auto function : module.getOps<func::FuncOp>())
    for (BlockArgument argument : function.getArguments()) {
      const std::string name = argumentName(argument);
      const Type type = argument.getType();
      if (argumentRole(argument) != "prepared" || !returned.count(name) || returned[name] == type)
        continue;
      return function.emitOpError() << "expected '" << name << "' as @prepare returns it, "
                                    << returned[name] << ", got " << type;
    }
  return success();
}

} // namespace

LogicalResult verifyProgram(ModuleOp module) {
  const FailureOr<Phase> phase = getPhase(module);
  if (failed(phase))
    return failure();
  if (*phase == Phase::Schedule)
    return verifyPrepared(module);
  if (*phase > Phase::Schedule) // a dump may be from the middle of the plan phase
    return success();
  for (Operation &op : llvm::make_early_inc_range(*module.getBody())) {
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function)
      return op.emitOpError() << "expected functions in a module, got something else";
    if (function.isExternal())
      function.erase();
    else if (failed(verifyFunction(function)))
      return failure();
  }
  if (module.getOps<func::FuncOp>().empty())
    return module.emitError() << "expected a function, got an empty module";
  return success();
}

} // namespace mlir::spherical
