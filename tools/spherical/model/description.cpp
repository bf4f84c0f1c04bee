//===- description.cpp - defaults and messages of a model -----------------===//

#include "tools/spherical/model/description.h"

#include <algorithm>
#include <numbers>

namespace spherical::driver {

KernelGrid defaultGrid(const std::string &kind, bool onSO3) {
  KernelGrid grid;
  grid.kind = kind;
  if (kind == "near_identity") {
    grid.beta = 3;
    grid.alpha = 8;
    grid.maxBeta = std::numbers::pi / 8;
    grid.gamma = onSO3 ? 8 : 0;
    grid.maxGamma = onSO3 ? 2 * std::numbers::pi : 0;
  } else if (kind == "equatorial") {
    grid.beta = 1;
    grid.alpha = 32;
    grid.gamma = onSO3 ? 2 : 0;
    grid.maxGamma = onSO3 ? std::numbers::pi / 8 : 0;
  }
  return grid;
}

const std::vector<LayerKind> &layerKinds() {
  static const std::vector<LayerKind> kinds = {LayerKind::S2Conv,
                                               LayerKind::SO3Conv,
                                               LayerKind::SO3ToS2,
                                               LayerKind::OrbitMean,
                                               LayerKind::ReLU,
                                               LayerKind::LeakyReLU,
                                               LayerKind::GELU,
                                               LayerKind::Rotate,
                                               LayerKind::Residual,
                                               LayerKind::Integrate,
                                               LayerKind::Resample,
                                               LayerKind::BatchNorm,
                                               LayerKind::Linear,
                                               LayerKind::Conv2d,
                                               LayerKind::ConvTranspose2d,
                                               LayerKind::Down,
                                               LayerKind::Up,
                                               LayerKind::MaxPool,
                                               LayerKind::AvgPool,
                                               LayerKind::GlobalAvgPool,
                                               LayerKind::Upsample,
                                               LayerKind::Concat};
  return kinds;
}

const char *taskName(Task task) {
  static const char *const names[] = {"classification", "segmentation", "regression"};
  return names[static_cast<int>(task)];
}

const char *outputName(Task task) { return task == Task::Regression ? "values" : "logits"; }

const char *defaultLoss(Task task) {
  return task == Task::Regression ? "mean_squared_error" : "cross_entropy";
}

const char *layerName(LayerKind kind) {
  static const char *const names[] = {
      "s2_conv",  "so3_conv",        "so3_to_s2",        "orbit_mean", "relu",     "leaky_relu",
      "gelu",     "rotate",          "residual",         "integrate",  "resample", "batch_norm",
      "linear",   "conv2d",          "conv_transpose2d", "down",       "up",       "max_pool",
      "avg_pool", "global_avg_pool", "upsample",         "concat"};
  return names[static_cast<int>(kind)];
}

const std::vector<LayerShape::Kind> &takenKinds(LayerKind layer) {
  using Kinds = std::vector<LayerShape::Kind>;
  static const Kinds onS2 = {LayerShape::OnS2}, onSO3 = {LayerShape::OnSO3},
                     functions = {LayerShape::OnS2, LayerShape::OnSO3},
                     features = {LayerShape::Features}, image = {LayerShape::Image},
                     blocks = {LayerShape::OnSO3, LayerShape::Image},
                     any = {LayerShape::OnS2, LayerShape::OnSO3, LayerShape::Features,
                            LayerShape::Image};
  switch (layer) {
  case LayerKind::S2Conv:
    return onS2;
  case LayerKind::SO3Conv:
  case LayerKind::SO3ToS2:
  case LayerKind::OrbitMean:
  case LayerKind::Integrate:
    return onSO3;
  case LayerKind::Rotate:
  case LayerKind::Resample:
    return functions;
  case LayerKind::Residual:
    return blocks;
  case LayerKind::Linear:
    return features;
  case LayerKind::ReLU:
  case LayerKind::LeakyReLU:
  case LayerKind::GELU:
  case LayerKind::BatchNorm:
    return any;
  default:
    return image;
  }
}

std::optional<LayerShape::Kind> givenKind(LayerKind layer) {
  switch (layer) {
  case LayerKind::S2Conv:
    return LayerShape::OnSO3;
  case LayerKind::SO3ToS2:
  case LayerKind::OrbitMean:
    return LayerShape::OnS2;
  case LayerKind::Integrate:
  case LayerKind::GlobalAvgPool:
    return LayerShape::Features;
  default:
    return std::nullopt;
  }
}

std::string kindNames(const std::vector<LayerShape::Kind> &kinds) {
  if (kinds.size() == 4)
    return "anything";
  std::vector<std::string> names;
  for (const LayerShape::Kind kind : kinds)
    switch (kind) {
    case LayerShape::OnS2:
      names.push_back("a function on S2");
      break;
    case LayerShape::OnSO3:
      names.push_back(names.empty() ? "a function on SO(3)" : "SO(3)");
      break;
    case LayerShape::Features:
      names.push_back("features");
      break;
    case LayerShape::Image:
      names.push_back("an image");
      break;
    }
  return joined(names);
}

bool isConvolution(const Layer &layer) {
  return layer.kind == LayerKind::S2Conv || layer.kind == LayerKind::SO3Conv ||
         layer.kind == LayerKind::SO3ToS2;
}

bool isPlanar(const Layer &layer) { return layer.kind >= LayerKind::Conv2d; }

bool convolvesImages(const Layer &layer) {
  return layer.kind == LayerKind::Conv2d || layer.kind == LayerKind::ConvTranspose2d ||
         layer.kind == LayerKind::Down || layer.kind == LayerKind::Up;
}

std::string sizeText(const ImageSize &size) {
  const std::string rows = std::to_string(size.rows);
  return size.isSquare() ? rows : rows + " x " + std::to_string(size.columns);
}

std::string sizeSetting(const ImageSize &size) {
  return size.isSquare()
             ? sizeText(size)
             : "[" + std::to_string(size.rows) + ", " + std::to_string(size.columns) + "]";
}

/// The extent that a planar layer but upsample gives for one of `size`.
static int64_t extentAfter(const Layer &layer, int64_t size) {
  const bool valid = layer.padding == "valid";
  switch (layer.kind) {
  case LayerKind::Conv2d:
  case LayerKind::Down:
  case LayerKind::MaxPool:
  case LayerKind::AvgPool:
    if (!valid)
      return (size + layer.stride - 1) / layer.stride;
    return size < layer.kernel ? 0 : (size - layer.kernel) / layer.stride + 1;
  case LayerKind::ConvTranspose2d:
  case LayerKind::Up:
    return (size - 1) * layer.stride + (valid ? layer.kernel : 1) + layer.outputPadding;
  default:
    return size;
  }
}

ImageSize imageSizeAfter(const Layer &layer, const ImageSize &size) {
  if (layer.kind == LayerKind::Upsample)
    return layer.size;
  return {extentAfter(layer, size.rows), extentAfter(layer, size.columns)};
}

int64_t shortcutStride(const ImageSize &before, const ImageSize &after) {
  if (before.fitsIn(after))
    return 1;
  for (int64_t stride = 2; stride <= std::max(before.rows, before.columns); ++stride) {
    const ImageSize size = {(before.rows + stride - 1) / stride,
                            (before.columns + stride - 1) / stride};
    if (size == after)
      return stride;
    if (!after.fitsIn(size))
      return 0;
  }
  return 0;
}

Error errorAt(const std::string &file, Position position, const std::string &message,
              const std::string &hint) {
  const std::string place =
      file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column) + ": ";
  std::string text = place + "error: " + message;
  if (!hint.empty())
    text += "\n" + place + "note: " + hint;
  return Error{text};
}

} // namespace spherical::driver
