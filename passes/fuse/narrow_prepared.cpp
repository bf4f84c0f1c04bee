//===- narrow_prepared.cpp - degrees that @forward reads --------*- C++ -*-===//
//
// A prepared spectrum of which @forward reads the lower degrees only is truncated
// by @prepare, where the truncation then moves on into the transform.
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

/// Lets @prepare truncate its result `index`, which is `argument` of @forward, to `limit`.
static void truncatePrepared(func::FuncOp prepare, unsigned index, BlockArgument argument,
                             int64_t limit) {
  IRRewriter rewriter(prepare.getContext());
  Operation *end = prepare.getBody().front().getTerminator();
  rewriter.setInsertionPoint(end);
  OpOperand &result = end->getOpOperand(index);
  result.set(changeDegrees(rewriter, result.get().getLoc(), result.get(), limit));
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
    rewriter.replaceOp(
        user, changeDegrees(rewriter, user->getLoc(), argument, bandLimit(user->getResult(0))));
  }
}

bool narrowPrepared(ModuleOp module) {
  auto forward = module.lookupSymbol<func::FuncOp>("forward");
  auto prepare = module.lookupSymbol<func::FuncOp>("prepare");
  if (!forward || !prepare || forward.isExternal() || prepare.isExternal())
    return false;
  bool changed = false;
  for (BlockArgument argument : forward.getArguments()) {
    auto name = forward.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "spherical.name");
    int64_t limit = largestTruncation(argument);
    if (!name || limit == 0)
      continue;
    for (unsigned index = 0; index < prepare.getNumResults(); ++index)
      if (prepare.getResultAttr(index, "spherical.name") == name) {
        truncatePrepared(prepare, index, argument, limit);
        changed = true;
      }
  }
  return changed;
}

} // namespace mlir::spherical
