//===- layout_constraints.cpp - where values of the ops lie -----*- C++ -*-===//
//
// Values of samples have their batch in lanes; parameters, statistics and
// scalars are in file order.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

namespace mlir::nn {

using spherical::LayoutConstraints;
using spherical::Want;

static constexpr Want F = Want::File, L = Want::Lanes, S = Want::Same;

using Constraints = std::optional<LayoutConstraints>;

/// The first operands as given, the others in file order.
static Constraints constraintsOf(Operation *op, SmallVector<Want> operands,
                                 SmallVector<Want> results) {
  operands.resize(op->getNumOperands(), F);
  results.resize(op->getNumResults(), F);
  return LayoutConstraints{std::move(operands), std::move(results)};
}

/// Input, extras and result with the batch in lanes, weights in file order.
static Constraints lanesOfLayer(spherical::Epilogued op) {
  SmallVector<Want> operands(op->getNumOperands(), F);
  operands.front() = L;
  if (OperandRange extras = op.getExtras(); !extras.empty())
    std::fill_n(operands.begin() + extras.getBeginOperandIndex(), extras.size(), L);
  return LayoutConstraints{std::move(operands), {L}};
}

static Constraints lanesThroughout(Operation *op) {
  return constraintsOf(op, SmallVector<Want>(op->getNumOperands(), L), {L});
}

// Value by value: wherever the neighbours lie.

Constraints ReluOp::getLayoutConstraints() { return {{{S}, {S}}}; }
Constraints LeakyReluOp::getLayoutConstraints() { return {{{S}, {S}}}; }
Constraints GeluOp::getLayoutConstraints() { return {{{S}, {S}}}; }
Constraints ReluGradOp::getLayoutConstraints() { return {{{S, S}, {S}}}; }
Constraints LeakyReluGradOp::getLayoutConstraints() { return {{{S, S}, {S}}}; }
Constraints GeluGradOp::getLayoutConstraints() { return {{{S, S}, {S}}}; }
Constraints AddOp::getLayoutConstraints() { return {{{S, S}, {S}}}; }
Constraints SubOp::getLayoutConstraints() { return {{{S, S}, {S}}}; }

// Dense and planar layers.

Constraints PackWeightOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }

Constraints LinearOp::getLayoutConstraints() { return lanesOfLayer(*this); }
Constraints LinearGradInputOp::getLayoutConstraints() { return constraintsOf(*this, {L}, {L}); }
Constraints LinearGradWeightOp::getLayoutConstraints() { return constraintsOf(*this, {L, L}, {}); }
Constraints SumBatchOp::getLayoutConstraints() { return constraintsOf(*this, {L}, {}); }
Constraints SumChannelsOp::getLayoutConstraints() { return constraintsOf(*this, {L}, {}); }
Constraints Conv2dOp::getLayoutConstraints() { return lanesOfLayer(*this); }
Constraints ConvTranspose2dOp::getLayoutConstraints() { return lanesOfLayer(*this); }
Constraints Conv2dGradWeightOp::getLayoutConstraints() { return constraintsOf(*this, {L, L}, {}); }
Constraints MaxPool2dOp::getLayoutConstraints() { return lanesThroughout(*this); }
Constraints MaxPool2dGradOp::getLayoutConstraints() { return lanesThroughout(*this); }
Constraints AvgPool2dOp::getLayoutConstraints() { return lanesThroughout(*this); }
Constraints GlobalAvgPoolOp::getLayoutConstraints() { return lanesThroughout(*this); }
Constraints UpsampleNearestOp::getLayoutConstraints() { return lanesOfLayer(*this); }
Constraints ConcatOp::getLayoutConstraints() { return lanesThroughout(*this); }
Constraints SliceChannelsOp::getLayoutConstraints() { return lanesThroughout(*this); }

// Normalisation.

Constraints BatchNormOp::getLayoutConstraints() { return constraintsOf(*this, {L}, {L}); }
Constraints BatchNormTrainOp::getLayoutConstraints() { return constraintsOf(*this, {L}, {L}); }
Constraints BatchNormGradOp::getLayoutConstraints() { return constraintsOf(*this, {L, L}, {L}); }
Constraints InverseStdOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }

// Losses and the optimizer's step.

Constraints CrossEntropyOp::getLayoutConstraints() { return constraintsOf(*this, {L, L}, {}); }
Constraints CrossEntropyGradOp::getLayoutConstraints() {
  return constraintsOf(*this, {F, L, L}, {L});
}
Constraints MeanSquaredErrorOp::getLayoutConstraints() { return constraintsOf(*this, {L, L}, {}); }
Constraints MeanSquaredErrorGradOp::getLayoutConstraints() {
  return constraintsOf(*this, {F, L, L}, {L});
}
Constraints MeanAbsoluteErrorOp::getLayoutConstraints() { return constraintsOf(*this, {L, L}, {}); }
Constraints MeanAbsoluteErrorGradOp::getLayoutConstraints() {
  return constraintsOf(*this, {F, L, L}, {L});
}
Constraints HuberOp::getLayoutConstraints() { return constraintsOf(*this, {L, L}, {}); }
Constraints HuberGradOp::getLayoutConstraints() { return constraintsOf(*this, {F, L, L}, {L}); }
Constraints SumSquaresOp::getLayoutConstraints() {
  return constraintsOf(*this, {getCount() ? L : F}, {});
}
Constraints ClipFactorOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }
Constraints AdamFactorsOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }
Constraints AdamUpdateOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }
Constraints SgdOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }
Constraints SgdMomentumOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }
Constraints AverageFactorOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }
Constraints MovingAverageOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }
Constraints AccumulateOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }
Constraints MeanScaleOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }
Constraints IncrementOp::getLayoutConstraints() { return constraintsOf(*this, {}, {}); }

// Lanes without a sample: a bias is in all of them, an epilogue acts on all of them.

using AreZero = llvm::function_ref<bool(unsigned)>;

bool Conv2dOp::leavesEmptyLanesZero(AreZero isZero) {
  return !getBias() && isZero(0) && spherical::epilogueKeepsZeros(*this, isZero);
}
bool ConvTranspose2dOp::leavesEmptyLanesZero(AreZero isZero) {
  return !getBias() && isZero(0) && spherical::epilogueKeepsZeros(*this, isZero);
}
bool UpsampleNearestOp::leavesEmptyLanesZero(AreZero isZero) {
  return isZero(0) && spherical::epilogueKeepsZeros(*this, isZero);
}
bool BatchNormGradOp::leavesEmptyLanesZero(AreZero isZero) { return getCount() || isZero(0); }

} // namespace mlir::nn
