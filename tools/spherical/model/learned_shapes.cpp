//===- learned_shapes.cpp - what the layers of a model learn --------------===//
//
// The one place that says how many numbers a layer learns: the graph takes its
// arguments from here, and so does all that counts them.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/description.h"

namespace spherical::driver {

int64_t gridPoints(const KernelGrid &grid, bool onSO3) {
  if (grid.kind == "points")
    return static_cast<int64_t>(grid.points.size());
  if (grid.kind == "soft") {
    const int64_t side = 2 * grid.bandLimit;
    return side * side * (onSO3 ? side : 1);
  }
  return grid.beta * grid.alpha * (onSO3 ? grid.gamma : 1);
}

Layer shortcutConvolution(const Layer &layer) {
  Layer mix = layer;
  mix.kind = LayerKind::Conv2d;
  mix.kernel = mix.stride = 1;
  return mix;
}

std::vector<Extents> learnedShapes(const Layer &layer, const LayerShape &in,
                                   const LayerShape &out) {
  const bool onImages = in.kind == LayerShape::Image;
  std::vector<Extents> shapes;
  switch (layer.kind) {
  case LayerKind::S2Conv:
  case LayerKind::SO3Conv:
  case LayerKind::SO3ToS2:
    shapes = {{in.channels, out.channels, gridPoints(layer.grid, layer.kind != LayerKind::S2Conv)}};
    break;
  case LayerKind::Residual:
    if (onImages && in == out)
      return {};
    if (onImages)
      return learnedShapes(shortcutConvolution(layer), in, out);
    shapes = {{in.channels, out.channels, 1}};
    break;
  case LayerKind::Conv2d:
  case LayerKind::Down:
    shapes = {{out.channels, in.channels, layer.kernel, layer.kernel}};
    break;
  case LayerKind::ConvTranspose2d:
  case LayerKind::Up:
    shapes = {{in.channels, out.channels, layer.kernel, layer.kernel}};
    break;
  case LayerKind::BatchNorm:
    return {{in.channels}, {in.channels}};
  case LayerKind::Linear:
    return {{out.channels, in.channels}, {out.channels}};
  default:
    return {};
  }
  if (layer.bias)
    shapes.push_back({out.channels});
  if (layer.kind == LayerKind::Down || layer.kind == LayerKind::Up)
    for (Extents &shape : learnedShapes(shortcutConvolution(layer), in, out))
      shapes.push_back(std::move(shape));
  return shapes;
}

int64_t learnedNumbers(const Layer &layer, const LayerShape &in, const LayerShape &out) {
  int64_t numbers = 0;
  for (const Extents &shape : learnedShapes(layer, in, out)) {
    int64_t product = 1;
    for (const int64_t extent : shape)
      product *= extent;
    numbers += product;
  }
  return numbers;
}

} // namespace spherical::driver
