//===- planar_gradient.cpp - vector-Jacobian products -----------*- C++ -*-===//
//
// Of planar layers: conv2d, its adjoint and its gradient in the weight are each
// linear in both operands, and each gradient is another of the three.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

using namespace mlir;
using namespace mlir::nn;

using Cotangents = ArrayRef<Value>;
using Gradients = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// The gradient of the bias, if the layer has one.
template <typename Op>
static void pushBiasGradient(OpBuilder &builder, Op op, Value grad, Gradients &gradients) {
  if (op.getBias())
    gradients.push_back(SumChannelsOp::create(builder, op.getLoc(), op.getBias().getType(), grad));
}

LogicalResult Conv2dOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  Value grad = cotangents[0];
  gradients.push_back(ConvTranspose2dOp::create(builder, getLoc(), getInput().getType(), grad,
                                                getWeight(), Value(), getStride(), getPadding()));
  gradients.push_back(Conv2dGradWeightOp::create(builder, getLoc(), getWeight().getType(), grad,
                                                 getInput(), getStride(), getPadding()));
  pushBiasGradient(builder, *this, grad, gradients);
  return success();
}

LogicalResult ConvTranspose2dOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                          Gradients &gradients) {
  Value grad = cotangents[0];
  gradients.push_back(Conv2dOp::create(builder, getLoc(), getInput().getType(), grad, getWeight(),
                                       Value(), getStride(), getPadding()));
  gradients.push_back(Conv2dGradWeightOp::create(builder, getLoc(), getWeight().getType(),
                                                 getInput(), grad, getStride(), getPadding()));
  pushBiasGradient(builder, *this, grad, gradients);
  return success();
}

LogicalResult Conv2dGradWeightOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                           Gradients &gradients) {
  Value weight = cotangents[0];
  gradients.push_back(Conv2dOp::create(builder, getLoc(), getGrad().getType(), getInput(), weight,
                                       Value(), getStride(), getPadding()));
  gradients.push_back(ConvTranspose2dOp::create(builder, getLoc(), getInput().getType(), getGrad(),
                                                weight, Value(), getStride(), getPadding()));
  return success();
}

//===----------------------------------------------------------------------===//
// Pools, resizing, channels
//===----------------------------------------------------------------------===//

LogicalResult MaxPool2dOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                    Gradients &gradients) {
  gradients.push_back(MaxPool2dGradOp::create(builder, getLoc(), getInput().getType(),
                                              cotangents[0], getInput(), getWindow(), getStride()));
  return success();
}

LogicalResult AvgPool2dOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                    Gradients &gradients) {
  gradients.push_back(AvgPool2dOp::create(builder, getLoc(), getInput().getType(), cotangents[0],
                                          getWindow(), getStride(), !getAdjoint()));
  return success();
}

LogicalResult GlobalAvgPoolOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                        Gradients &gradients) {
  gradients.push_back(GlobalAvgPoolOp::create(builder, getLoc(), getInput().getType(),
                                              cotangents[0], !getAdjoint()));
  return success();
}

LogicalResult UpsampleNearestOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                          Gradients &gradients) {
  gradients.push_back(UpsampleNearestOp::create(builder, getLoc(), getInput().getType(),
                                                cotangents[0], !getAdjoint()));
  return success();
}

static int64_t channelsOf(Type type) { return cast<RankedTensorType>(type).getDimSize(1); }

LogicalResult ConcatOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  int64_t first = 0;
  for (Value input : getInputs()) {
    gradients.push_back(
        SliceChannelsOp::create(builder, getLoc(), input.getType(), cotangents[0], first));
    first += channelsOf(input.getType());
  }
  return success();
}

LogicalResult SliceChannelsOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                        Gradients &gradients) {
  auto type = cast<RankedTensorType>(getInput().getType());
  const int64_t first = getFirst(), size = channelsOf(getType());
  SmallVector<Value> parts;
  auto pushZeros = [&](int64_t channels) {
    SmallVector<int64_t> shape(type.getShape());
    shape[1] = channels;
    if (channels > 0)
      parts.push_back(spherical::ZeroOp::create(
          builder, getLoc(), RankedTensorType::get(shape, type.getElementType())));
  };
  pushZeros(first);
  parts.push_back(cotangents[0]);
  pushZeros(channelsOf(type) - first - size);
  gradients.push_back(ConcatOp::create(builder, getLoc(), type, parts));
  return success();
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

LogicalResult LeakyReluOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                    Gradients &gradients) {
  gradients.push_back(
      LeakyReluGradOp::create(builder, getLoc(), cotangents[0], getInput(), getSlopeAttr()));
  return success();
}

LogicalResult GeluOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  gradients.push_back(GeluGradOp::create(builder, getLoc(), cotangents[0], getInput()));
  return success();
}
