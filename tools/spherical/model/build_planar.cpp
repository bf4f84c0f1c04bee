//===- build_planar.cpp - layers of images as ops -------------------------===//

#include "tools/spherical/model/graph_builder.h"

#include "dialects/nn/dialect.h"

#include <cmath>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {

static ImageSize sizeOf(Value x) { return shapeOf(x).size; }

Type GraphBuilder::imageType(int64_t channels, const ImageSize &size) {
  return RankedTensorType::get({model.batch, channels, size.rows, size.columns}, element);
}

/// A network that ends in features numbers its convolutions; one that ends in an image goes from an
/// input layer down and up to an output layer.
std::string GraphBuilder::planarName(const Layer &layer) {
  const int before = planarConvolutions++;
  const bool plain = layer.kind == LayerKind::Conv2d || layer.kind == LayerKind::ConvTranspose2d;
  if (plain && endsInFeatures)
    return "conv." + std::to_string(before);
  if (before == 0 && layer.kind == LayerKind::Conv2d)
    return "input_layer";
  if (&layer == lastPlanar && plain)
    return "out_layer";
  const bool down = layer.kind == LayerKind::Conv2d || layer.kind == LayerKind::Down;
  return down ? "downsample_layers." + std::to_string(downs++)
              : "upsample_layers." + std::to_string(ups++);
}

/// The weight and bias (null if there is none) of a convolution of x or of its adjoint, whose
/// initial values are bounded as for the convolution of an image of `channels` channels.
std::pair<Value, Value> GraphBuilder::planarParameters(const std::string &name, const Layer &layer,
                                                       Value x, int64_t channels) {
  const Location loc = at(layer.position);
  const double bound = 1.0 / std::sqrt(double(channels * layer.kernel * layer.kernel));
  const std::vector<Extents> learned =
      learnedShapes(layer, shapeOf(x), {.channels = layer.channels});
  const Value weight = parameter(name + ".weight", learned[0], loc, sph::InitKind::Uniform, bound);
  const Value bias = layer.bias
                         ? parameter(name + ".bias", learned[1], loc, sph::InitKind::Uniform, bound)
                         : Value();
  return {weight, bias};
}

Value GraphBuilder::addConv2d(const std::string &name, const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  const auto [weight, bias] = planarParameters(name, layer, x, channelsOf(x));
  return nn::Conv2dOp::create(
      builder, loc, imageType(layer.channels, imageSizeAfter(layer, sizeOf(x))), x, weight, bias,
      ArrayRef<int64_t>{layer.stride, layer.stride}, *nn::symbolizePadding(layer.padding));
}

Value GraphBuilder::addConvTranspose2d(const std::string &name, const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  const auto [weight, bias] = planarParameters(name, layer, x, layer.channels);
  return nn::ConvTranspose2dOp::create(
      builder, loc, imageType(layer.channels, imageSizeAfter(layer, sizeOf(x))), x, weight, bias,
      ArrayRef<int64_t>{layer.stride, layer.stride}, *nn::symbolizePadding(layer.padding));
}

/// conv(x) + conv1x1(max_pool(x)).
Value GraphBuilder::addDown(const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  const std::string index = std::to_string(downs);
  const Value y = addConv2d(planarName(layer), layer, x);
  const Value pooled = nn::MaxPool2dOp::create(builder, loc, imageType(channelsOf(x), sizeOf(y)), x,
                                               ArrayRef<int64_t>{layer.kernel, layer.kernel},
                                               ArrayRef<int64_t>{layer.stride, layer.stride});
  const Value skip =
      addConv2d("skip_down_conv_layers." + index, shortcutConvolution(layer), pooled);
  return nn::AddOp::create(builder, loc, y.getType(), y, skip);
}

/// conv_transpose(x) + upsample_nearest(conv1x1(x)).
Value GraphBuilder::addUp(const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  const std::string index = std::to_string(ups);
  const Value y = addConvTranspose2d(planarName(layer), layer, x);
  const Value mixed = addConv2d("skip_up_conv_layers." + index, shortcutConvolution(layer), x);
  const Value skip = nn::UpsampleNearestOp::create(builder, loc, y.getType(), mixed);
  return nn::AddOp::create(builder, loc, y.getType(), y, skip);
}

/// x where the image y is of its type; else conv1x1(x) with a stride, or upsampled, to y's side.
Value GraphBuilder::addImageShortcut(const std::string &name, const Layer &layer, Value x,
                                     Value y) {
  if (x.getType() == y.getType())
    return x;
  Layer mix = shortcutConvolution(layer);
  mix.channels = channelsOf(y);
  mix.stride = shortcutStride(sizeOf(x), sizeOf(y));
  const Value shortcut = addConv2d(name, mix, x);
  if (sizeOf(shortcut) == sizeOf(y))
    return shortcut;
  return nn::UpsampleNearestOp::create(builder, at(layer.position), y.getType(), shortcut);
}

Value GraphBuilder::addPlanar(const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  const Type type = imageType(channelsOf(x), imageSizeAfter(layer, sizeOf(x)));
  const SmallVector<int64_t> window(2, layer.kernel), stride(2, layer.stride);
  switch (layer.kind) {
  case LayerKind::Conv2d:
    return addConv2d(planarName(layer), layer, x);
  case LayerKind::ConvTranspose2d:
    return addConvTranspose2d(planarName(layer), layer, x);
  case LayerKind::Down:
    return addDown(layer, x);
  case LayerKind::Up:
    return addUp(layer, x);
  case LayerKind::MaxPool:
    return nn::MaxPool2dOp::create(builder, loc, type, x, window, stride);
  case LayerKind::AvgPool:
    return nn::AvgPool2dOp::create(builder, loc, type, x, window, stride);
  case LayerKind::Upsample:
    return nn::UpsampleNearestOp::create(builder, loc, type, x);
  case LayerKind::Concat: {
    const Value y = addLayers(layer.block, x);
    return nn::ConcatOp::create(builder, loc, imageType(channelsOf(x) + channelsOf(y), sizeOf(x)),
                                ValueRange{x, y});
  }
  default:
    return nn::GlobalAvgPoolOp::create(
        builder, loc, RankedTensorType::get({model.batch, channelsOf(x)}, element), x);
  }
}

} // namespace spherical::driver
