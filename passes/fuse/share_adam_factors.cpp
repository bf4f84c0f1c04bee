//===- share_adam_factors.cpp - spherical-share-adam-factors ----*- C++ -*-===//
//
// Takes a step of Adam (Kingma and Ba 2015) apart into what the parameter decides
// and what all parameters share, the corrections 1 / (1 - beta^t) above all:
//   adam(p, g, m, v, t, rate)  ->  adam_update(p, g, m, v, adam_factors(t, rate))
// Equal factors are computed once, before the first update that needs them.
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_SHAREADAMFACTORS
#include "passes/fuse/passes.h.inc"
namespace {

/// The factors of an update: equal ones of the block, or its own before it.
Value factorsOf(nn::AdamOp adam, SmallVectorImpl<nn::AdamFactorsOp> &factors) {
  OpBuilder builder(adam);
  auto type = RankedTensorType::get({4}, getElementTypeOrSelf(adam.getParam().getType()));
  auto own = nn::AdamFactorsOp::create(builder, adam.getStep().getLoc(), type, adam.getStep(),
                                       adam.getLearningRate(), adam.getScale(), adam.getBeta1Attr(),
                                       adam.getBeta2Attr(), adam.getWeightDecayAttr());
  for (nn::AdamFactorsOp other : factors)
    if (OperationEquivalence::isEquivalentTo(own, other, OperationEquivalence::IgnoreLocations)) {
      own.erase();
      return other;
    }
  factors.push_back(own);
  return own;
}

struct ShareAdamFactors : impl::ShareAdamFactorsBase<ShareAdamFactors> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (Block &block : function.getBody()) {
        SmallVector<nn::AdamFactorsOp> factors;
        for (auto adam : llvm::make_early_inc_range(block.getOps<nn::AdamOp>()))
          replace(adam, factorsOf(adam, factors));
      }
  }

  void replace(nn::AdamOp adam, Value factors) {
    OpBuilder builder(adam);
    auto update = nn::AdamUpdateOp::create(
        builder, adam.getLoc(), adam.getResultTypes(),
        ValueRange{adam.getParam(), adam.getGrad(), adam.getM(), adam.getV(), factors});
    update.setScaled(adam.getScale() != nullptr);
    update.setBeta1Attr(adam.getBeta1Attr());
    update.setBeta2Attr(adam.getBeta2Attr());
    update.setEpsAttr(adam.getEpsAttr());
    adam->replaceAllUsesWith(update);
    adam.erase();
  }
};

} // namespace
} // namespace mlir::spherical
