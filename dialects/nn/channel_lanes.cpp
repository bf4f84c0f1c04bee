//===- channel_lanes.cpp - planar ops with channels in the lanes ----------===//
//
// Pools, resizing and activations treat each channel alike and have a loop over
// channels, or over groups of them. Convolutions read values of the input one by one, and have
// output channels in the lanes of the other factor.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/channel_lanes.h"

#include "dialects/interfaces/epilogue.h"
#include "dialects/interfaces/pointwise.h"
#include "dialects/nn/dialect.h"

namespace mlir::nn {

using spherical::Place;

bool isImage(RankedTensorType tensor) {
  return tensor && tensor.getRank() == 4 && isa<FloatType>(tensor.getElementType());
}

void forImagesInLanes(Operation *op, ArrayRef<Place> operands, ArrayRef<Place> results,
                      function_ref<void(RankedTensorType)> visit) {
  auto see = [&](ValueRange values, ArrayRef<Place> places) {
    for (auto [value, place] : llvm::zip_equal(values, places))
      if (auto image = dyn_cast<RankedTensorType>(value.getType());
          isImage(image) && place == Place::Lanes)
        visit(image);
  };
  see(op->getOperands(), operands);
  see(op->getResults(), results);
}

/// What the region yields where all arguments are 0, or null if that is not known.
static Attribute yieldedAtZeros(Block &block) {
  llvm::DenseMap<Value, Attribute> known;
  for (BlockArgument argument : block.getArguments())
    known[argument] = Builder(block.getParentOp()->getContext()).getZeroAttr(argument.getType());
  for (Operation &op : block.without_terminator()) {
    auto operands = llvm::map_to_vector(op.getOperands(), [&](Value v) { return known.lookup(v); });
    SmallVector<OpFoldResult> folded;
    if (llvm::is_contained(operands, Attribute()) || failed(op.fold(operands, folded)) ||
        folded.size() != 1)
      continue;
    auto value = dyn_cast<Value>(folded.front());
    known[op.getResult(0)] = value ? known.lookup(value) : cast<Attribute>(folded.front());
  }
  return known.lookup(block.getTerminator()->getOperand(0));
}

/// Whether lanes without a channel hold zeros behind an op: products multiply them with zeros,
/// which makes no zeros of infinities.
static bool keepsEmptyLanes(Operation *op) {
  auto epilogued = dyn_cast<spherical::Epilogued>(op);
  if (!epilogued || epilogued.getEpilogue().empty())
    return true;
  auto number = dyn_cast_or_null<FloatAttr>(yieldedAtZeros(epilogued.getEpilogue().front()));
  return number && number.getValue().isZero();
}

bool takesChannelLanes(Operation *op, ArrayRef<Place> operands, ArrayRef<Place> results) {
  bool several = false;
  forImagesInLanes(op, operands, results,
                   [&](RankedTensorType image) { several |= image.getDimSize(1) > 1; });
  return several && keepsEmptyLanes(op) &&
         isa<Conv2dOp, ConvTranspose2dOp, Conv2dGradWeightOp, MaxPool2dOp, MaxPool2dGradOp,
             AvgPool2dOp, UpsampleNearestOp, SumChannelsOp, spherical::Pointwise>(op);
}

} // namespace mlir::nn
