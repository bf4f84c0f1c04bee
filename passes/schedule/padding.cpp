//===- padding.cpp - lanes without a sample ---------------------*- C++ -*-===//
//
// Lanes behind the last sample start as zeros. Linear maps, gradients and ReLUs
// keep them, biases do not; sums over the batch need them.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/padding.h"

#include "dialects/interfaces/schedulable.h"

namespace mlir::spherical {
namespace {

/// Whether the op adds up over lanes without counting the samples in them.
bool addsUpLanes(Operation *op, const llvm::DenseMap<Value, Place> &places) {
  if (op->hasTrait<KeepsSamples>())
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
                                              const llvm::DenseMap<Value, Place> &places,
                                              llvm::function_ref<bool(Operation *)> sumsChannels) {
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
    auto computed = dyn_cast<Schedulable>(op);
    if (computed && computed.leavesEmptyLanesZero(isClean))
      clean.insert(op.result_begin(), op.result_end());
    if (!read.empty() && read[0] == Place::Lanes && !isClean(0) &&
        (addsUpLanes(&op, places) || sumsChannels(&op)))
      sums.insert(&op);
  }
  return sums;
}

} // namespace mlir::spherical
