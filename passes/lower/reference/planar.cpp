//===- planar.cpp - planar layers by definition -----------------*- C++ -*-===//

#include "passes/lower/reference/evaluate.h"

#include "dialects/nn/planar.h"
#include "runtime/reference/planar.h"

#include <algorithm>

namespace mlir::spherical {
namespace reference = ::spherical::reference;
namespace {

using Values = std::vector<double>;

/// A tensor's extent on an axis.
int64_t extent(Value value, int64_t axis) {
  return cast<RankedTensorType>(value.getType()).getDimSize(axis);
}

/// The definition of a layer with weights [outputs, inputs, ...].
reference::PlanarConvolution layerOf(const nn::Planar &planar, Value weight, int64_t samples) {
  const nn::Windows &y = planar.rows, &x = planar.columns;
  const auto border = planar.padding == nn::Padding::Valid  ? reference::Border::Valid
                      : planar.padding == nn::Padding::Zero ? reference::Border::Zero
                                                            : reference::Border::Circular;
  return {samples,   extent(weight, 1), extent(weight, 0), y.extent, x.extent, y.windows,
          x.windows, y.kernel,          x.kernel,          y.stride, x.stride, border};
}

/// Adds the bias of each channel to [N, C, ...].
void addBias(HostTensor &tensor, const HostTensor &bias) {
  const int64_t channels = tensor.shape[1];
  const int64_t inner = tensor.size() / std::max<int64_t>(tensor.shape[0] * channels, 1);
  for (size_t i = 0; i < tensor.values.size(); ++i)
    tensor.values[i] += bias.values[i / inner % channels];
}

LogicalResult evaluateConv(nn::Conv2dOp op, Operands operands, Results &results) {
  const HostTensor &x = *operands[0];
  const auto layer = layerOf(planarOf(op), op.getWeight(), x.shape[0]);
  HostTensor y{hostShape(op.getType(), x.shape[0]),
               reference::convolution2d(layer, x.values, operands[1]->values)};
  if (op.getBias())
    addBias(y, *operands[2]);
  results.push_back(std::move(y));
  return success();
}

LogicalResult evaluateTransposed(nn::ConvTranspose2dOp op, Operands operands, Results &results) {
  const HostTensor &x = *operands[0];
  const auto layer = layerOf(planarOf(op), op.getWeight(), x.shape[0]);
  HostTensor y{hostShape(op.getType(), x.shape[0]),
               reference::convolution2dTransposed(layer, x.values, operands[1]->values)};
  if (op.getBias())
    addBias(y, *operands[2]);
  results.push_back(std::move(y));
  return success();
}

LogicalResult evaluateGradWeight(nn::Conv2dGradWeightOp op, Operands operands, Results &results) {
  const int64_t samples = std::min(operands[0]->shape[0], operands[1]->shape[0]);
  const auto layer = layerOf(planarOf(op), op.getResult(), samples);
  results.push_back(
      {hostShape(op.getType()),
       reference::convolution2dGradWeight(layer, leadingSlices(*operands[0], samples).values,
                                          leadingSlices(*operands[1], samples).values)});
  return success();
}

/// A pool with images of the type of `image`.
template <typename Op> reference::Pool poolOf(Op op, Value image, int64_t samples) {
  auto type = cast<RankedTensorType>(image.getType());
  const nn::Planar p = nn::planarOf(type, op.getWindow(), op.getStride());
  return {samples * type.getDimSize(1),
          p.rows.extent,
          p.columns.extent,
          p.rows.windows,
          p.columns.windows,
          p.rows.kernel,
          p.columns.kernel,
          p.rows.stride,
          p.columns.stride};
}

LogicalResult evaluateMaxPoolGrad(nn::MaxPool2dGradOp op, Operands operands, Results &results) {
  const int64_t samples = std::min(operands[0]->shape[0], operands[1]->shape[0]);
  results.push_back({hostShape(op.getType(), samples),
                     reference::maxPoolGrad(poolOf(op, op.getInput(), samples),
                                            leadingSlices(*operands[0], samples).values,
                                            leadingSlices(*operands[1], samples).values)});
  return success();
}

Values averaged(nn::AvgPool2dOp op, const HostTensor &x) {
  const int64_t samples = x.shape[0];
  if (op.getAdjoint())
    return reference::averagePoolAdjoint(poolOf(op, op.getResult(), samples), x.values);
  return reference::averagePool(poolOf(op, op.getInput(), samples), x.values);
}

/// The global mean is the pool with one window.
Values globalMean(nn::GlobalAvgPoolOp op, const HostTensor &x) {
  Value image = op.getAdjoint() ? op.getResult() : op.getInput();
  const int64_t height = extent(image, 2), width = extent(image, 3);
  const reference::Pool pool{
      x.shape[0] * extent(image, 1), height, width, 1, 1, height, width, 1, 1};
  return op.getAdjoint() ? reference::averagePoolAdjoint(pool, x.values)
                         : reference::averagePool(pool, x.values);
}

Values resized(nn::UpsampleNearestOp op, const HostTensor &x) {
  Value small = op.getInput(), large = op.getResult();
  if (op.getAdjoint())
    std::swap(small, large);
  const reference::Pool sizes{x.shape[0] * extent(small, 1), extent(small, 2), extent(small, 3),
                              extent(large, 2), extent(large, 3)};
  return op.getAdjoint() ? reference::nearestAdjoint(sizes, x.values)
                         : reference::nearest(sizes, x.values);
}

/// Copies channels first ... of `from` to channels target ... of `to`, `count` of them.
void copyChannels(const HostTensor &from, int64_t first, HostTensor &to, int64_t target,
                  int64_t count) {
  int64_t inner = 1;
  for (size_t axis = 2; axis < from.shape.size(); ++axis)
    inner *= from.shape[axis];
  for (int64_t n = 0; n < to.shape[0]; ++n)
    std::copy_n(from.values.begin() + (n * from.shape[1] + first) * inner, count * inner,
                to.values.begin() + (n * to.shape[1] + target) * inner);
}

LogicalResult evaluateConcat(nn::ConcatOp op, Operands operands, Results &results) {
  int64_t samples = operands[0]->shape[0], target = 0;
  for (const HostTensor *operand : operands)
    samples = std::min(samples, operand->shape[0]);
  HostTensor result = zeros(hostShape(op.getType(), samples));
  for (const HostTensor *operand : operands) {
    copyChannels(*operand, 0, result, target, operand->shape[1]);
    target += operand->shape[1];
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult evaluateSlice(nn::SliceChannelsOp op, const HostTensor &x, Results &results) {
  HostTensor result = zeros(hostShape(op.getType(), x.shape[0]));
  copyChannels(x, op.getFirst(), result, 0, result.shape[1]);
  results.push_back(std::move(result));
  return success();
}

LogicalResult evaluateSumChannels(nn::SumChannelsOp op, const HostTensor &x, Results &results) {
  HostTensor result = zeros(hostShape(op.getType()));
  const int64_t channels = x.shape[1], inner = x.shape[2] * x.shape[3];
  for (size_t i = 0; i < x.values.size(); ++i)
    result.values[i / inner % channels] += x.values[i];
  results.push_back(std::move(result));
  return success();
}

/// One value for each value of the first operand and, if there is one, of the second.
template <typename Function>
LogicalResult evaluateValues(Operation *op, Operands operands, Results &results,
                             Function function) {
  HostTensor x = *operands.front(), y = *operands.back();
  if (failed(alignSamples(op, x, y)))
    return failure();
  for (auto [value, other] : llvm::zip(x.values, y.values))
    value = function(value, other);
  results.push_back(std::move(x));
  return success();
}

LogicalResult evaluateActivation(Operation *op, Operands o, Results &results) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](nn::LeakyReluOp leaky) {
        const double slope = leaky.getSlope().convertToDouble();
        return evaluateValues(op, o, results,
                              [slope](double x, double) { return x > 0 ? x : slope * x; });
      })
      .Case([&](nn::LeakyReluGradOp leaky) {
        const double slope = leaky.getSlope().convertToDouble();
        return evaluateValues(op, o, results,
                              [slope](double g, double y) { return y > 0 ? g : slope * g; });
      })
      .Case([&](nn::GeluOp) {
        return evaluateValues(op, o, results, [](double x, double) { return reference::gelu(x); });
      })
      .Case([&](nn::GeluGradOp) {
        return evaluateValues(op, o, results,
                              [](double g, double x) { return g * reference::geluDerivative(x); });
      })
      .Default([](Operation *other) {
        return other->emitOpError() << "is no layer that the reference target knows";
      });
}

} // namespace

LogicalResult evaluatePlanar(Operation *op, Operands o, Results &results) {
  auto push = [&](Values values) {
    results.push_back({hostShape(op->getResult(0).getType(), o[0]->shape[0]), std::move(values)});
    return success();
  };
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](nn::Conv2dOp conv) { return evaluateConv(conv, o, results); })
      .Case([&](nn::ConvTranspose2dOp conv) { return evaluateTransposed(conv, o, results); })
      .Case([&](nn::Conv2dGradWeightOp conv) { return evaluateGradWeight(conv, o, results); })
      .Case([&](nn::PackWeightOp) {
        results.push_back(*o[0]); // file order, wherever it lies
        return success();
      })
      .Case([&](nn::MaxPool2dOp pool) {
        return push(
            reference::maxPool(poolOf(pool, pool.getInput(), o[0]->shape[0]), o[0]->values));
      })
      .Case([&](nn::MaxPool2dGradOp pool) { return evaluateMaxPoolGrad(pool, o, results); })
      .Case([&](nn::AvgPool2dOp pool) { return push(averaged(pool, *o[0])); })
      .Case([&](nn::GlobalAvgPoolOp pool) { return push(globalMean(pool, *o[0])); })
      .Case([&](nn::UpsampleNearestOp up) { return push(resized(up, *o[0])); })
      .Case([&](nn::ConcatOp concat) { return evaluateConcat(concat, o, results); })
      .Case([&](nn::SliceChannelsOp slice) { return evaluateSlice(slice, *o[0], results); })
      .Case([&](nn::SumChannelsOp sum) { return evaluateSumChannels(sum, *o[0], results); })
      .Default([&](Operation *other) { return evaluateActivation(other, o, results); });
}

} // namespace mlir::spherical
