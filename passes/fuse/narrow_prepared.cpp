//===- narrow_prepared.cpp - what @forward reads of a kernel ----*- C++ -*-===//
//
// A prepared spectrum of which @forward reads the lower degrees only, or a projection
// to S2, is truncated or projected by @prepare, where that then moves on into the
// transform.
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/narrow_prepared.h"

#include "passes/fuse/degrees.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::spherical {

/// The largest band-limit to which all uses of `argument` truncate it, 0 if one reads all of it.
static int64_t largestTruncation(BlockArgument argument) {
  int64_t limit = 0;
  for (Operation *user : argument.getUsers()) {
    auto truncate = dyn_cast<TruncateOp>(user);
    if (!truncate)
      return 0;
    limit = std::max(limit, bandLimit(truncate.getResult()));
  }
  return limit;
}

/// The projection that all uses of `argument` make of it, if there is one.
static ProjectionAttr commonProjection(BlockArgument argument) {
  ProjectionAttr projection;
  for (Operation *user : argument.getUsers()) {
    auto project = dyn_cast<ProjectKernelOp>(user);
    if (!project || project.getAdjoint() ||
        (projection && project.getProjectionAttr() != projection))
      return {};
    projection = project.getProjectionAttr();
  }
  return projection;
}

/// Lets @prepare return `map` of its result `index`, which becomes the type of `argument` of
/// @forward; each use of that is replaced by what `use` makes of it.
static void mapPrepared(func::FuncOp prepare, unsigned index, BlockArgument argument,
                        function_ref<Value(IRRewriter &, Value)> map,
                        function_ref<Value(IRRewriter &, Operation *)> use) {
  IRRewriter rewriter(prepare.getContext());
  Operation *end = prepare.getBody().front().getTerminator();
  rewriter.setInsertionPoint(end);
  OpOperand &result = end->getOpOperand(index);
  result.set(map(rewriter, result.get()));
  auto retype = [](func::FuncOp function) {
    Block &body = function.getBody().front();
    function.setType(FunctionType::get(function.getContext(), body.getArgumentTypes(),
                                       body.getTerminator()->getOperandTypes()));
  };
  argument.setType(result.get().getType());
  retype(prepare);
  retype(cast<func::FuncOp>(argument.getOwner()->getParentOp()));
  for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
    rewriter.setInsertionPoint(user);
    rewriter.replaceOp(user, use(rewriter, user));
  }
}

/// Calls `change(prepare, index, argument)` for each prepared argument of @forward and the result
/// of @prepare that it is, until one of them returns true; whether one did.
static bool changePrepared(ModuleOp module,
                           function_ref<bool(func::FuncOp, unsigned, BlockArgument)> change) {
  auto forward = module.lookupSymbol<func::FuncOp>("forward");
  auto prepare = module.lookupSymbol<func::FuncOp>("prepare");
  if (!forward || !prepare || forward.isExternal() || prepare.isExternal())
    return false;
  bool changed = false;
  for (BlockArgument argument : forward.getArguments()) {
    auto name = forward.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "spherical.name");
    if (!name || argument.use_empty())
      continue;
    for (unsigned index = 0; index < prepare.getNumResults(); ++index)
      if (prepare.getResultAttr(index, "spherical.name") == name)
        changed |= change(prepare, index, argument);
  }
  return changed;
}

bool narrowPrepared(ModuleOp module) {
  return changePrepared(module, [](func::FuncOp prepare, unsigned index, BlockArgument argument) {
    int64_t limit = largestTruncation(argument);
    if (limit == 0)
      return false;
    mapPrepared(
        prepare, index, argument,
        [&](IRRewriter &rewriter, Value value) {
          return changeDegrees(rewriter, value.getLoc(), value, limit);
        },
        [&](IRRewriter &rewriter, Operation *user) {
          return changeDegrees(rewriter, user->getLoc(), argument, bandLimit(user->getResult(0)));
        });
    return true;
  });
}

bool projectPrepared(ModuleOp module) {
  return changePrepared(module, [](func::FuncOp prepare, unsigned index, BlockArgument argument) {
    ProjectionAttr projection = commonProjection(argument);
    if (!projection)
      return false;
    Type type = (*argument.user_begin())->getResult(0).getType();
    mapPrepared(
        prepare, index, argument,
        [&](IRRewriter &rewriter, Value value) -> Value {
          return ProjectKernelOp::create(rewriter, value.getLoc(), type, value, projection,
                                         UnitAttr());
        },
        [&](IRRewriter &, Operation *) -> Value { return argument; });
    return true;
  });
}

} // namespace mlir::spherical
