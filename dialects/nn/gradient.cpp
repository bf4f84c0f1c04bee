//===- gradient.cpp - vector-Jacobian products ------------------*- C++ -*-===//
//
// One rule an op, first order: the ops that are gradients of a nonlinear op have
// none themselves.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::nn;

using Cotangents = ArrayRef<Value>;
using Gradients = SmallVectorImpl<Value>;

LogicalResult ReluOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  gradients.push_back(ReluGradOp::create(builder, getLoc(), cotangents[0], getResult()));
  return success();
}

/// Linear in the gradient; the derivative in y is 0 wherever it exists.
LogicalResult ReluGradOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                   Gradients &gradients) {
  gradients.push_back(ReluGradOp::create(builder, getLoc(), cotangents[0], getY()));
  gradients.push_back({});
  return success();
}

LogicalResult AddOp::buildVjp(OpBuilder &, Cotangents cotangents, Gradients &gradients) {
  gradients.append({cotangents[0], cotangents[0]});
  return success();
}

LogicalResult SubOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  Value zero = spherical::ZeroOp::create(builder, getLoc(), cotangents[0].getType());
  gradients.push_back(cotangents[0]);
  gradients.push_back(SubOp::create(builder, getLoc(), zero, cotangents[0]));
  return success();
}

//===----------------------------------------------------------------------===//
// Linear layers
//===----------------------------------------------------------------------===//

LogicalResult LinearOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  Value grad = cotangents[0];
  gradients.push_back(
      LinearGradInputOp::create(builder, getLoc(), getInput().getType(), grad, getWeight()));
  gradients.push_back(
      LinearGradWeightOp::create(builder, getLoc(), getWeight().getType(), grad, getInput()));
  gradients.push_back(SumBatchOp::create(builder, getLoc(), getBias().getType(), grad));
  return success();
}

/// x w^T, as a layer without bias.
static Value multiply(OpBuilder &builder, Location loc, Type result, Value x, Value w) {
  auto weight = cast<RankedTensorType>(w.getType());
  Type bias = RankedTensorType::get({weight.getDimSize(0)}, weight.getElementType());
  Value zero = spherical::ZeroOp::create(builder, loc, bias);
  return LinearOp::create(builder, loc, result, x, w, zero);
}

/// r = g w: dg = dr w^T, dw = g^T dr.
LogicalResult LinearGradInputOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                          Gradients &gradients) {
  gradients.push_back(multiply(builder, getLoc(), getGrad().getType(), cotangents[0], getWeight()));
  gradients.push_back(LinearGradWeightOp::create(builder, getLoc(), getWeight().getType(),
                                                 getGrad(), cotangents[0]));
  return success();
}

/// r = g^T x: dg = x dr^T, dx = g dr.
LogicalResult LinearGradWeightOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                           Gradients &gradients) {
  gradients.push_back(multiply(builder, getLoc(), getGrad().getType(), getInput(), cotangents[0]));
  gradients.push_back(
      LinearGradInputOp::create(builder, getLoc(), getInput().getType(), getGrad(), cotangents[0]));
  return success();
}

//===----------------------------------------------------------------------===//
// Batch normalisation and losses
//===----------------------------------------------------------------------===//

/// The gradients of input, weight and bias; none of the statistics, which are constants.
static void buildBatchNormGrad(OpBuilder &builder, Location loc, ArrayRef<Value> operands,
                               Value count, bool training, Measure statistics,
                               Gradients &gradients) {
  auto [grad, input, weight, mean, invStd] =
      std::tie(operands[0], operands[1], operands[2], operands[3], operands[4]);
  auto op =
      BatchNormGradOp::create(builder, loc, {input.getType(), weight.getType(), weight.getType()},
                              grad, input, weight, mean, invStd, count, training, statistics);
  gradients.append({op.getGradInput(), op.getGradWeight(), op.getGradBias(), Value(), Value()});
}

LogicalResult BatchNormOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                    Gradients &gradients) {
  Value invStd =
      InverseStdOp::create(builder, getLoc(), getVar().getType(), getVar(), getEpsAttr());
  buildBatchNormGrad(builder, getLoc(), {cotangents[0], getInput(), getWeight(), getMean(), invStd},
                     /*count=*/Value(), /*training=*/false, getStatistics(), gradients);
  return success();
}

LogicalResult BatchNormTrainOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                         Gradients &gradients) {
  if (llvm::any_of(cotangents.drop_front(), [](Value value) { return value != nullptr; }))
    return emitOpError("has no gradient through its statistics: not supported");
  buildBatchNormGrad(builder, getLoc(),
                     {cotangents[0], getInput(), getWeight(), getBatchMean(), getInvStd()},
                     getCount(), /*training=*/true, getStatistics(), gradients);
  gradients.push_back({});
  return success();
}

LogicalResult CrossEntropyOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                       Gradients &gradients) {
  gradients.push_back(CrossEntropyGradOp::create(
      builder, getLoc(), cotangents[0], getLogits(), getLabels(), getCount(), getWeightsAttr(),
      getIgnoreAttr(), getClassWeightsAttr(), getLabelSmoothingAttr()));
  gradients.append(2, Value());
  return success();
}

/// The target's gradient is that of the input, negated: by the sign of the cotangent, as the two
/// operands are no peers (a missing value is one of the target).
template <typename GradOp, typename Op, typename... Constants>
static void buildMeanErrorVjp(Op op, OpBuilder &builder, Value cotangent,
                              SmallVectorImpl<Value> &gradients, Constants... constants) {
  const auto gradient = [&](Value grad) {
    gradients.push_back(GradOp::create(builder, op.getLoc(), grad, op.getInput(), op.getTarget(),
                                       op.getCount(), constants..., op.getWeightsAttr()));
  };
  gradient(cotangent);
  const auto type = cast<RankedTensorType>(cotangent.getType());
  const auto zero = DenseElementsAttr::get(type, builder.getFloatAttr(type.getElementType(), 0.0));
  gradient(SubOp::create(builder, op.getLoc(),
                         arith::ConstantOp::create(builder, op.getLoc(), zero), cotangent));
  gradients.push_back({});
}

LogicalResult MeanSquaredErrorOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                           Gradients &gradients) {
  buildMeanErrorVjp<MeanSquaredErrorGradOp>(*this, builder, cotangents[0], gradients);
  return success();
}

LogicalResult MeanAbsoluteErrorOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                            Gradients &gradients) {
  buildMeanErrorVjp<MeanAbsoluteErrorGradOp>(*this, builder, cotangents[0], gradients);
  return success();
}

LogicalResult HuberOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  buildMeanErrorVjp<HuberGradOp>(*this, builder, cotangents[0], gradients, getDeltaAttr());
  return success();
}
