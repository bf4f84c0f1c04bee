//===- differentiate_functions.cpp - spherical-differentiate-functions -----===//
//
// Builds the vector-Jacobian product of each function that asks for it:
//   grad.<arg> = d/d<arg> of the sum over results of <cot.<result>, result>
// with the real inner product of each type (Differentiable says which).
//
//===----------------------------------------------------------------------===//

#include "passes/batch.h"
#include "passes/differentiate/entry_builder.h"
#include "passes/differentiate/passes.h"
#include "passes/differentiate/reverse.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_DIFFERENTIATEFUNCTIONS
#include "passes/differentiate/passes.h.inc"
namespace {

constexpr llvm::StringLiteral kGradient = "spherical.gradient";

/// Checks that `function` is one block of straight-line code.
LogicalResult checkStraightLine(func::FuncOp function) {
  if (function.isExternal() || !function.getBody().hasOneBlock())
    return function.emitOpError() << "expected a body of one block to build its gradient, got "
                                  << (function.isExternal() ? "a declaration" : "several blocks");
  return success();
}

/// Takes the role of inputs from cotangents of values without the batch, as kernels and scalars:
/// they are whole always.
void markWholeCotangents(func::FuncOp function) {
  if (llvm::any_of(function.front().without_terminator(),
                   [](Operation &op) { return !layoutConstraintsOf(&op); }))
    return; // the schedule says so
  const llvm::DenseSet<Value> batched = findBatched(function, *inferPlaces(function));
  for (BlockArgument argument : function.getArguments())
    if (StringRef(argumentName(argument)).starts_with("cot.") && !batched.contains(argument))
      function.removeArgAttr(argument.getArgNumber(), "spherical.role");
}

/// Builds @<name>_vjp.
LogicalResult buildVjpFunction(func::FuncOp source) {
  std::string name = (source.getName() + "_vjp").str();
  FailureOr<bool> built = isBuilt(source, name);
  if (failed(built) || failed(checkStraightLine(source)))
    return failure();
  if (*built)
    return success();

  EntryBuilder entry(source, name);
  IRMapping mapping;
  SmallVector<Value> wanted;
  for (BlockArgument argument : source.getArguments()) {
    mapping.map(argument, entry.copyArgument(argument));
    if (hasGradient(argument.getType()))
      wanted.push_back(mapping.lookup<Value>(argument));
  }
  Block &body = source.getBody().front();
  SmallVector<Value> cotangents;
  for (OpOperand &result : body.getTerminator()->getOpOperands()) {
    Type type = result.get().getType();
    cotangents.push_back(
        hasGradient(type)
            ? entry.addArgument(type, "input",
                                "cot." + resultName(source, result.getOperandNumber()),
                                result.get().getLoc())
            : Value());
  }

  SmallVector<Operation *> ops = entry.cloneBody(body, mapping);
  ReverseMode reverse(entry.getBuilder(), wanted);
  for (auto [result, cotangent] : llvm::zip_equal(body.getTerminator()->getOperands(), cotangents))
    if (cotangent)
      reverse.accumulate(mapping.lookup(result), cotangent, result.getLoc());
  if (failed(reverse.run(ops)))
    return failure();
  for (BlockArgument argument : source.getArguments())
    if (hasGradient(argument.getType()))
      entry.addResult(reverse.lookupOrZero(mapping.lookup<Value>(argument), argument.getLoc()),
                      "grad." + argumentName(argument));
  markWholeCotangents(entry.finish());
  return success();
}

struct DifferentiateFunctions : impl::DifferentiateFunctionsBase<DifferentiateFunctions> {
  void runOnOperation() override {
    for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
      if (!function->hasAttr(kGradient))
        continue;
      if (failed(buildVjpFunction(function)))
        return signalPassFailure();
      function->removeAttr(kGradient);
    }
  }
};

} // namespace
} // namespace mlir::spherical
