//===- join_transforms.cpp - stage-join-transforms --------------*- C++ -*-===//
//
// A function in scratch memory that a synthesis along rows makes and an analysis
// uses need not be there: where the one's last butterflies have their results, the
// other's first ones begin.
//   dft real_synthesis %half -> %grid {relu}
//   dft real_analysis %grid -> %half          ->   dft_map %half -> %half {relu}
//
//===----------------------------------------------------------------------===//

#include "passes/plan/passes.h"

#include "dialects/spherical/radices.h"
#include "passes/plan/buffers.h"
#include "passes/plan/scratch_functions.h"
#include "passes/remarks.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_JOINTRANSFORMS
#include "passes/plan/passes.h.inc"
namespace {

/// Whether two positions are the same wherever they are used.
bool isSamePosition(OpFoldResult a, OpFoldResult b) {
  if (isEqualConstantIntOrValue(a, b))
    return true;
  auto valueOf = [](OpFoldResult position) { return dyn_cast<Value>(position); };
  Value left = valueOf(a), right = valueOf(b);
  auto x = left ? left.getDefiningOp<affine::AffineApplyOp>() : nullptr;
  auto y = right ? right.getDefiningOp<affine::AffineApplyOp>() : nullptr;
  return x && y && x.getAffineMap() == y.getAffineMap() && x.getMapOperands() == y.getMapOperands();
}

/// Where a view of as many axes as its root begins on each of them: the offsets that are not zero.
using Offsets = SmallVector<SmallVector<OpFoldResult, 2>>;

std::optional<Offsets> offsetsOf(Value memref) {
  const auto rank = static_cast<size_t>(cast<MemRefType>(memref.getType()).getRank());
  Offsets offsets(rank);
  while (auto view = memref.getDefiningOp<memref::SubViewOp>()) {
    if (view.getMixedOffsets().size() != rank)
      return std::nullopt;
    for (auto [axis, offset] : llvm::enumerate(view.getMixedOffsets()))
      if (!isConstantIntValue(offset, 0))
        offsets[axis].push_back(offset);
    memref = view.getSource();
  }
  return offsets;
}

/// Whether the bins of two real transforms lie apart, or each row of one where the other has it.
bool mayBeInPlace(Value in, Value out) {
  if (rootOf(in) != rootOf(out))
    return true;
  const std::optional<Offsets> from = offsetsOf(in), to = offsetsOf(out);
  const auto strides = [](Value bins) {
    return cast<MemRefType>(bins.getType()).getStridesAndOffset().first;
  };
  return from && to && strides(in) == strides(out) &&
         llvm::equal(*from, *to, [](const auto &a, const auto &b) {
           return llvm::equal(a, b, isSamePosition);
         });
}

/// The two transforms, if one op can do their work.
std::optional<std::pair<stage::DftOp, stage::DftOp>> joinable(const ScratchFunction &function) {
  auto synthesis = dyn_cast<stage::DftOp>(function.maker);
  auto analysis = dyn_cast<stage::DftOp>(function.user);
  if (!synthesis || !analysis || synthesis.getKind() != stage::DftKind::RealSynthesis ||
      analysis.getKind() != stage::DftKind::RealAnalysis || synthesis.getParity() ||
      analysis.getParity() || synthesis.getOutput() != function.grid ||
      analysis.getInput() != function.grid)
    return std::nullopt;
  const bool isOne = synthesis.getN() == analysis.getN() &&
                     synthesis.getRows() == analysis.getRows() &&
                     synthesis.getLanes() == analysis.getLanes() &&
                     synthesis.getRadices() == analysis.getRadices();
  const bool isMapped = !analysis.getMask() || (analysis.hasMaskBits() && !synthesis.getRelu());
  if (!isOne || !isMapped || !canMeet(synthesis.getRadices()) ||
      !mayBeInPlace(synthesis.getInput(), analysis.getOutput()))
    return std::nullopt;
  return std::pair(synthesis, analysis);
}

struct JoinTransforms : impl::JoinTransformsBase<JoinTransforms> {
  void runOnOperation() override {
    getOperation().walk([](stage::SweepOp sweep) {
      for (size_t i = 0; i < sweep.getScratch().size();) {
        std::optional<ScratchFunction> function = scratchFunctionOf(sweep, sweep.getScratch()[i]);
        auto both = function ? joinable(*function) : std::nullopt;
        if (!both) {
          ++i;
          continue;
        }
        auto [synthesis, analysis] = *both;
        remarkFused(sweep, "JoinTransforms",
                    "values of a function are in registers alone, between two transforms");
        OpBuilder builder(analysis);
        stage::DftMapOp::create(builder, analysis.getLoc(), synthesis.getInput(),
                                analysis.getOutput(), synthesis.getTwiddles(), analysis.getMask(),
                                synthesis.getPositive(), synthesis.getN(), synthesis.getLimit(),
                                analysis.getLimit(), synthesis.getRows(), synthesis.getRadices(),
                                synthesis.getLanes(), synthesis.getRelu());
        analysis.erase();
        synthesis.erase();
        sweep.getBody().front().eraseArgument(function->grid.getArgNumber());
      }
    });
  }
};

} // namespace
} // namespace mlir::spherical
