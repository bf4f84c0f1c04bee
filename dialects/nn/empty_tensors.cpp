//===- empty_tensors.cpp - layers on tensors without elements ---*- C++ -*-===//
//
// What is left of a layer whose input has no channels: its bias and epilogue, or the
// other inputs.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

namespace mlir::nn {

static Value zeros(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape, Type like) {
  auto type = RankedTensorType::get(shape, cast<ShapedType>(like).getElementType());
  return spherical::ZeroOp::create(builder, loc, type);
}

/// One input, which is 0, has the bias as result.
Value LinearOp::buildOfNothing(OpBuilder &builder) {
  RankedTensorType type = getType();
  return spherical::copyEpilogue(
      *this, LinearOp::create(builder, getLoc(), type,
                              zeros(builder, getLoc(), {type.getDimSize(0), 1}, type),
                              zeros(builder, getLoc(), {type.getDimSize(1), 1}, type), getBias()));
}

/// The bias, if there is one, at each position, by a convolution of one channel that is 0.
static Value biasAlone(OpBuilder &builder, spherical::Epilogued layer, Value bias) {
  const Location loc = layer.getLoc();
  auto image = cast<RankedTensorType>(layer->getResult(0).getType());
  if (!bias && layer.getEpilogue().empty())
    return zeros(builder, loc, image.getShape(), image);
  SmallVector<int64_t> shape(image.getShape());
  shape[1] = 1;
  return spherical::copyEpilogue(
      layer, Conv2dOp::create(builder, loc, image, zeros(builder, loc, shape, image),
                              zeros(builder, loc, {image.getDimSize(1), 1, 1, 1}, image), bias,
                              ArrayRef<int64_t>{1, 1}, Padding::Valid));
}

Value Conv2dOp::buildOfNothing(OpBuilder &builder) { return biasAlone(builder, *this, getBias()); }

Value ConvTranspose2dOp::buildOfNothing(OpBuilder &builder) {
  return biasAlone(builder, *this, getBias());
}

Value UpsampleNearestOp::buildOfNothing(OpBuilder &builder) {
  return biasAlone(builder, *this, Value());
}

Value ConcatOp::buildOfNothing(OpBuilder &builder) {
  SmallVector<Value> rest;
  for (Value input : getInputs())
    if (cast<ShapedType>(input.getType()).getNumElements() > 0)
      rest.push_back(input);
  return ConcatOp::create(builder, getLoc(), getType(), rest);
}

} // namespace mlir::nn
