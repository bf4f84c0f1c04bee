//===- networks.cpp - random architectures as models ----------------------===//

#include "tools/spherical/generate/recipe.h"

#include <algorithm>
#include <numbers>

namespace spherical::driver {
namespace {

Layer plainLayer(LayerKind kind, int64_t channels = 0) {
  Layer layer;
  layer.kind = kind;
  layer.channels = channels;
  return layer;
}

Layer windowLayer(LayerKind kind, const PlanarStep &step, int64_t channels) {
  Layer layer = plainLayer(kind, channels);
  layer.kernel = step.kernel;
  layer.stride = step.stride;
  return layer;
}

/// A convolution to `result` of a function of band-limit `before`.
Layer sphereLayer(LayerKind kind, int64_t before, const SphericalStep &result, int64_t reach) {
  Layer layer = plainLayer(kind, result.channels);
  layer.bandLimit = result.bandLimit;
  layer.grid = defaultGrid("near_identity", kind != LayerKind::S2Conv);
  const int64_t hundreds = (2 * reach + 100 * before) / (200 * before);
  layer.grid.maxBeta = static_cast<double>(hundreds) / 10'000 * std::numbers::pi;
  return layer;
}

void addActivated(std::vector<Layer> &layers, Layer layer) {
  layers.push_back(std::move(layer));
  layers.push_back(plainLayer(LayerKind::ReLU));
}

/// Three fully connected layers alternated with batch normalisation.
void addHead(std::vector<Layer> &layers, int64_t features, int64_t classes) {
  for (const int64_t width : {features, std::max(features / 2, classes)}) {
    layers.push_back(plainLayer(LayerKind::BatchNorm));
    addActivated(layers, plainLayer(LayerKind::Linear, width));
  }
  layers.push_back(plainLayer(LayerKind::BatchNorm));
  layers.push_back(plainLayer(LayerKind::Linear, classes));
}

/// Mirrors each layer down. What a window lost at the image's end comes back as output padding.
void addPlanarWayUp(const Recipe &recipe, const std::vector<PlanarStep> &steps,
                    const std::vector<ImageSize> &sizes, std::vector<Layer> &layers) {
  for (size_t i = steps.size(); i-- > 0;) {
    const bool last = i == 0;
    Layer layer = windowLayer(last ? LayerKind::ConvTranspose2d : LayerKind::Up, steps[i],
                              last ? recipe.classes : steps[i - 1].channels);
    layer.outputPadding = (sizes[i].rows - steps[i].kernel) % steps[i].stride;
    layers.push_back(std::move(layer));
    if (!last)
      layers.push_back(plainLayer(LayerKind::ReLU));
  }
}

void addSphericalWayUp(const Recipe &recipe, const std::vector<SphericalStep> &steps, int64_t reach,
                       std::vector<Layer> &layers) {
  for (size_t i = steps.size() - 1; i > 0; --i)
    addActivated(layers, sphereLayer(LayerKind::SO3Conv, steps[i].bandLimit, steps[i - 1], reach));
  layers.push_back(sphereLayer(LayerKind::SO3ToS2, steps.front().bandLimit,
                               {recipe.bandLimit, recipe.classes}, reach));
}

} // namespace

ModelDescription planarModel(const Recipe &recipe, const std::vector<PlanarStep> &steps) {
  const bool segments = recipe.task == Task::Segmentation;
  ModelDescription model;
  model.task = recipe.task;
  model.inputSize = {2 * recipe.bandLimit, 2 * recipe.bandLimit};
  std::vector<ImageSize> sizes = {model.inputSize};
  for (const PlanarStep &step : steps) {
    const bool shortcut = segments && sizes.size() > 1;
    const Layer layer =
        windowLayer(shortcut ? LayerKind::Down : LayerKind::Conv2d, step, step.channels);
    sizes.push_back(imageSizeAfter(layer, sizes.back()));
    addActivated(model.layers, layer);
  }
  if (segments) {
    addPlanarWayUp(recipe, steps, sizes, model.layers);
    return model;
  }
  model.layers.push_back(plainLayer(LayerKind::GlobalAvgPool));
  addHead(model.layers, steps.back().channels, recipe.classes);
  return model;
}

ModelDescription sphericalModel(const Recipe &recipe, const std::vector<SphericalStep> &steps,
                                int64_t reach) {
  ModelDescription model;
  model.task = recipe.task;
  model.inputBandLimit = recipe.bandLimit;
  int64_t bandLimit = recipe.bandLimit;
  for (size_t i = 0; i < steps.size(); ++i) {
    const LayerKind kind = i == 0 ? LayerKind::S2Conv : LayerKind::SO3Conv;
    addActivated(model.layers, sphereLayer(kind, bandLimit, steps[i], reach));
    bandLimit = steps[i].bandLimit;
  }
  if (recipe.task == Task::Segmentation) {
    addSphericalWayUp(recipe, steps, reach, model.layers);
    return model;
  }
  model.layers.push_back(plainLayer(LayerKind::Integrate));
  addHead(model.layers, steps.back().channels, recipe.classes);
  return model;
}

} // namespace spherical::driver
