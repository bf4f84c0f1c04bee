//===- padding.cpp - lanes without a sample ---------------------*- C++ -*-===//
//
// Lanes behind the last sample start as zeros. Linear maps, gradients and ReLUs
// keep them, biases do not; sums over the batch need them.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/padding.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"

namespace mlir::spherical {
namespace {

/// Ops whose results are zero where their first operand is: gradients, whose other operands say
/// where it goes, products with what has no batch, and maps of zero to zero.
bool followsFirst(Operation *op) {
  if (auto conv = dyn_cast<nn::Conv2dOp>(op))
    return !conv.getBias();
  if (auto conv = dyn_cast<nn::ConvTranspose2dOp>(op))
    return !conv.getBias();
  if (auto boundary = dyn_cast<BoundaryOp>(op))
    return boundary.isIdentity() || boundary.isRelu() || boundary.getKeepMask();
  return isa<S2IFTOp, SO3IFTOp, SpectralMatmulOp, ThinMatmulOp, SumNOp, SamplesOp, nn::ReluOp,
             nn::ReluGradOp, nn::LeakyReluOp, nn::LeakyReluGradOp, nn::GeluOp, nn::GeluGradOp,
             nn::LinearGradInputOp, nn::BatchNormGradOp, nn::MaxPool2dOp, nn::MaxPool2dGradOp,
             nn::AvgPool2dOp, nn::GlobalAvgPoolOp, nn::UpsampleNearestOp, nn::SliceChannelsOp>(op);
}

/// Ops that are zero where all of their operands are.
bool followsAll(Operation *op) { return op->hasTrait<RealLinear>() || isa<nn::ConcatOp>(op); }

/// Ops that count samples themselves, or read them from a file.
bool isAlwaysClean(Operation *op) {
  if (auto grad = dyn_cast<nn::BatchNormGradOp>(op))
    return grad.getCount() != nullptr;
  return isa<RealPartOp, ImagPartOp, nn::CrossEntropyGradOp, nn::MeanSquaredErrorGradOp,
             nn::BatchNormTrainOp>(op);
}

/// Whether the op adds up over lanes without counting the samples in them.
bool addsUpLanes(Operation *op, const llvm::DenseMap<Value, Place> &places) {
  if (isa<SamplesOp, ComplexOp, RealPartOp, ImagPartOp>(op))
    return false;
  const bool counts = llvm::any_of(op->getOperandTypes(), [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.getElementType().isInteger(64);
  });
  return !counts && llvm::any_of(op->getResults(), [&](Value result) {
    return places.lookup(result) != Place::Lanes;
  });
}

} // namespace

llvm::DenseSet<Operation *> findSumsOfPadding(func::FuncOp func,
                                              const llvm::DenseMap<Value, Place> &places) {
  llvm::DenseSet<Value> clean;
  llvm::DenseSet<Operation *> sums;
  for (Operation &op : func.front().without_terminator()) {
    // What lies elsewhere is converted; what is read elsewhere, as a bias, is in every lane.
    SmallVector<Place> read = operandPlaces(&op, places);
    auto isClean = [&](unsigned index) {
      Value operand = op.getOperand(index);
      return read[index] == Place::Lanes &&
             (places.lookup(operand) != Place::Lanes || clean.contains(operand));
    };
    const bool first = followsFirst(&op) && isClean(0);
    const bool all =
        followsAll(&op) && llvm::all_of(llvm::seq<unsigned>(0, op.getNumOperands()), isClean);
    if (first || all || isAlwaysClean(&op))
      clean.insert(op.result_begin(), op.result_end());
    if (!read.empty() && read[0] == Place::Lanes && !isClean(0) && addsUpLanes(&op, places))
      sums.insert(&op);
  }
  return sums;
}

} // namespace mlir::spherical
