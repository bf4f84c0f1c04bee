//===- fuse_relu.cpp - spherical-fuse-relu ----------------------*- C++ -*-===//
//
// Applies ReLU and its mask inside the transforms, so that values before the
// ReLU are never stored:
//   relu(ift(Z))                   ->  ift{relu}(Z)
//   ift{adjoint}(relu_grad(g, y))  ->  ift{adjoint} mask(y) (g)
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"

#include "dialects/nn/dialect.h"
#include "passes/fuse/degrees.h"
#include "passes/remarks.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FUSERELU
#include "passes/fuse/passes.h.inc"
namespace {

/// A ReLU behind an inverse transform that nothing else uses.
template <typename IFTOp> struct MoveReluIntoSynthesis : OpRewritePattern<nn::ReluOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::ReluOp op, PatternRewriter &rewriter) const override {
    auto ift = op.getInput().getDefiningOp<IFTOp>();
    if (!ift || ift.getAdjoint() || !ift->hasOneUse())
      return failure();
    rewriter.modifyOpInPlace(ift, [&] { ift.setRelu(true); });
    remarkFused(op, "MoveReluIntoSynthesis", "ReLU applied by the inverse transform");
    rewriter.replaceOp(op, ift.getResult());
    return success();
  }
};

/// True for an adjoint inverse transform that can still take a mask.
bool takesMask(Operation *op) {
  if (auto ift = dyn_cast<S2IFTOp>(op))
    return ift.getAdjoint() && !ift.getMask();
  if (auto ift = dyn_cast<SO3IFTOp>(op))
    return ift.getAdjoint() && !ift.getMask();
  return false;
}

/// A masked gradient that only adjoint inverse transforms use.
struct MoveMaskIntoAdjoint : OpRewritePattern<nn::ReluGradOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::ReluGradOp op, PatternRewriter &rewriter) const override {
    if (op->use_empty() || !getSignal(op.getType()) || !llvm::all_of(op->getUsers(), takesMask))
      return failure();
    for (Operation *user : llvm::make_early_inc_range(op->getUsers()))
      rewriter.modifyOpInPlace(user, [&] {
        if (auto ift = dyn_cast<S2IFTOp>(user))
          ift.getMaskMutable().assign(op.getY());
        else
          cast<SO3IFTOp>(user).getMaskMutable().assign(op.getY());
        user->setOperand(0, op.getGrad());
      });
    remarkFused(op, "MoveMaskIntoAdjoint", "ReLU's mask applied by the transform");
    rewriter.eraseOp(op);
    return success();
  }
};

/// Says why a ReLU on a sphere is a pass over its function of its own.
void remarkLeft(nn::ReluOp op) {
  Operation *producer = op.getInput().getDefiningOp();
  if (!getSignal(op.getType()) || !producer)
    return;
  const StringRef what = "ReLU stays a pass of its own";
  if (!isa<S2IFTOp, SO3IFTOp>(producer))
    remarkNotFused(op, "MoveReluIntoSynthesis", what,
                   "its input comes from " + producer->getName().getStringRef() +
                       ", not from an inverse transform",
                   "put the ReLU behind the convolution");
  else
    remarkNotFused(op, "MoveReluIntoSynthesis", what,
                   "another op uses its input as well: the function before the ReLU is needed",
                   "let the other op use the function behind the ReLU");
}

struct FuseRelu : impl::FuseReluBase<FuseRelu> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns
        .add<MoveReluIntoSynthesis<S2IFTOp>, MoveReluIntoSynthesis<SO3IFTOp>, MoveMaskIntoAdjoint>(
            &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    getOperation().walk(remarkLeft);
  }
};

} // namespace
} // namespace mlir::spherical
