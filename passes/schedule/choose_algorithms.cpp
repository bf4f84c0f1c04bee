//===- choose_algorithms.cpp - spherical-choose-algorithms ------*- C++ -*-===//
//
// Writes on each op what it will do and why: the split of its short transforms
// with the least modelled time, its operations and bytes, and which of the two
// bounds it on this machine.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/passes.h"

#include "passes/schedule/cost_model.h"
#include "passes/schedule/radices.h"

#include "llvm/Support/FormatVariadic.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_CHOOSEALGORITHMS
#include "passes/schedule/passes.h.inc"
namespace {

StringRef algorithmOf(Operation *op) {
  if (transformLength(op))
    return "fft";
  if (isa<SpectralMatmulOp>(op))
    return "real_blocks";
  if (isa<ThinMatmulOp>(op))
    return "real_columns";
  if (isa<RotateOp>(op))
    return "real_matrix";
  if (isa<SumNOp, ProjectKernelOp>(op))
    return "order_sums";
  if (isa<KernelFTOp>(op))
    return "dense_points";
  if (isa<nn::LinearOp, nn::LinearGradInputOp, nn::LinearGradWeightOp>(op))
    return "dense";
  if (isa<nn::Conv2dOp, nn::Conv2dGradWeightOp>(op))
    return "rows";
  if (isa<nn::ConvTranspose2dOp>(op))
    return "phases";
  return "pointwise";
}

/// "2 passes (4 x 5) over lanes, 1.2 flop a byte: memory-bound".
std::string reasonOf(Operation *op, ArrayRef<int64_t> radices, bool given, const Cost &cost,
                     const Machine &machine) {
  std::string reason;
  if (!radices.empty()) {
    reason = radices.size() == 1 ? "1 pass" : llvm::formatv("{0} passes", radices.size()).str();
    reason += llvm::formatv(" of {0:$[ x ]}{1}", llvm::make_range(radices.begin(), radices.end()),
                            given ? ", given by hand" : ", least butterflies and trips to cache")
                  .str();
    reason += "; ";
  } else if (isa<SpectralMatmulOp>(op)) {
    reason = "a quarter of the complex products; ";
  } else if (isa<ThinMatmulOp>(op)) {
    reason = "one order of the kernel in place of all; ";
  } else if (isa<ConvertLayoutOp>(op)) {
    reason = "neighbours differ in layout; ";
  } else if (isa<KernelFTOp>(op)) {
    reason = "scattered points: one dense product; ";
  }
  double intensity = static_cast<double>(cost.flop) / std::max<int64_t>(cost.bytes, 1);
  bool compute = intensity > machine.gigaflop / machine.gigabytes;
  return reason + llvm::formatv("{0:f1} flop a byte, bound by {1}", intensity,
                                compute ? "arithmetic" : "memory")
                      .str();
}

struct ChooseAlgorithms : impl::ChooseAlgorithmsBase<ChooseAlgorithms> {
  using ChooseAlgorithmsBase::ChooseAlgorithmsBase;

  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      auto width = func->getAttrOfType<IntegerAttr>("spherical.lanes");
      for (Operation &op : func.front().without_terminator())
        if (isa<SphericalDialect, nn::NNDialect>(op.getDialect()) && !isa<SamplesOp>(op) &&
            failed(choose(&op, width ? width.getInt() : 1)))
          return signalPassFailure();
    }
  }

  /// Radices of the op's attribute, of the option, or by cost; whether they were given.
  FailureOr<std::pair<SmallVector<int64_t>, bool>> radicesOf(Operation *op) {
    int64_t n = transformLength(op);
    if (n == 0)
      return std::pair(SmallVector<int64_t>(), false);
    if (auto choice = op->getAttrOfType<ChoiceAttr>("spherical.choice");
        choice && !choice.getRadices().empty()) {
      SmallVector<int64_t> given(choice.getRadices());
      if (product(given) == n)
        return std::pair(given, true);
      return op->emitOpError("expected `radices` with product ") << n << ", got " << product(given);
    }
    SmallVector<int64_t> option(radices.begin(), radices.end());
    if (!option.empty() && product(option) == n)
      return std::pair(option, true);
    return std::pair(chooseRadices(n), false);
  }

  static int64_t product(ArrayRef<int64_t> factors) {
    int64_t result = 1;
    for (int64_t factor : factors)
      result *= factor;
    return result;
  }

  LogicalResult choose(Operation *op, int64_t lanes) {
    FailureOr<std::pair<SmallVector<int64_t>, bool>> found = radicesOf(op);
    if (failed(found))
      return failure();
    auto &[split, given] = *found;
    Machine machine = getMachine(cpu);
    Cost cost = costOf(op, split);
    // The kernel's transform has no batch: lanes run over its coefficients.
    if (isa<KernelFTOp>(op))
      lanes = machine.vectorBytes * 8 / elementBits(op->getOperand(0).getType());
    Builder builder(op);
    op->setAttr("spherical.choice",
                ChoiceAttr::get(&getContext(), builder.getStringAttr(algorithmOf(op)), split, lanes,
                                cost.tasks, cost.flop, cost.bytes,
                                builder.getStringAttr(reasonOf(op, split, given, cost, machine))));
    return success();
  }
};

} // namespace
} // namespace mlir::spherical
