//===- read_layers.cpp - the layers of a model from YAML ------------------===//
//
// One function a layer or so. Each takes a Section, which hands out the keys of a
// map and rejects the others.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/yaml_section.h"

#include <algorithm>

namespace spherical::driver {
namespace {

std::vector<std::vector<double>> readPoints(const YAML::Node &node, bool onSO3) {
  const size_t columns = onSO3 ? 3 : 2;
  if (!node.IsSequence() || node.size() == 0)
    throw ModelFault{positionOf(node), "'points' expected a list of points, got " + got(node), ""};
  std::vector<std::vector<double>> points;
  for (const YAML::Node &row : node) {
    if (!row.IsSequence() || row.size() != columns)
      throw ModelFault{positionOf(row),
                       "a kernel point expected " +
                           std::string(onSO3 ? "[beta, alpha, gamma]" : "[beta, alpha]") +
                           ", got " +
                           (row.IsSequence() ? std::to_string(row.size()) + " numbers" : got(row)),
                       ""};
    std::vector<double> &point = points.emplace_back();
    for (const YAML::Node &angle : row)
      point.push_back(toAngle(angle,
                              point.empty()       ? "beta"
                              : point.size() == 1 ? "alpha"
                                                  : "gamma",
                              point.empty() ? colatitude : twoTurns));
  }
  return points;
}

/// The keys that a grid of this kind may have.
std::vector<std::string> gridKeys(const std::string &kind, bool onSO3) {
  if (kind == "soft")
    return {"kind", "bandlimit"};
  if (kind == "points")
    return {"kind", "points"};
  std::vector<std::string> keys = {"kind", "beta", "alpha", "max_beta"};
  if (onSO3)
    keys.insert(keys.end(), {"gamma", "max_gamma"});
  return keys;
}

/// Distances from the equator, and the largest of angles gamma that go to both sides.
constexpr Interval fromEquator = {.low = 0, .high = std::numbers::pi / 2};
constexpr Interval largestGamma = {.low = 0, .high = 2 * std::numbers::pi};

KernelGrid readGrid(const YAML::Node &node, bool onSO3) {
  const std::vector<std::string> kinds = {"near_identity", "equatorial", "soft", "points"};
  if (!node.IsMap()) {
    const std::string kind = toWord(node, "grid", kinds);
    if (kind == "soft" || kind == "points")
      throw ModelFault{positionOf(node),
                       "'grid' expected the key '" +
                           std::string(kind == "soft" ? "bandlimit" : "points") + "' for kind " +
                           kind + ", got none",
                       "write grid: {kind: " + kind + ", ...}"};
    return defaultGrid(kind, onSO3);
  }
  if (!node["kind"])
    throw ModelFault{positionOf(node), "'grid' expected the key 'kind', got none", ""};
  const std::string kind = toWord(node["kind"], "kind", kinds);
  const Section section(node, "grid", gridKeys(kind, onSO3));
  KernelGrid grid = defaultGrid(kind, onSO3);
  if (kind == "soft")
    grid.bandLimit = section.integer("bandlimit", 1, maxBandLimit);
  if (kind == "points")
    grid.points = readPoints(section["points"], onSO3);
  if (section.has("beta"))
    grid.beta = section.integer("beta", 1, maxGridCount);
  if (section.has("alpha"))
    grid.alpha = section.integer("alpha", 1, maxGridCount);
  if (section.has("gamma"))
    grid.gamma = section.integer("gamma", 1, maxGridCount);
  else if (onSO3 && kind == "near_identity")
    grid.gamma = grid.alpha;
  if (const int64_t points = gridPoints(grid, onSO3); points > maxGridPoints)
    throw ModelFault{positionOf(node),
                     "'grid' expected at most " + std::to_string(maxGridPoints) + " points, got " +
                         std::to_string(points),
                     ""};
  if (section.has("max_beta"))
    grid.maxBeta =
        toAngle(section["max_beta"], "max_beta", kind == "equatorial" ? fromEquator : colatitude);
  if (section.has("max_gamma"))
    grid.maxGamma = toAngle(section["max_gamma"], "max_gamma", largestGamma);
  return grid;
}

const std::vector<std::string> highs = {"zero", "quadrature", "truncated"};

void readConvolution(const YAML::Node &node, Layer &layer) {
  const bool onSO3 = layer.kind != LayerKind::S2Conv;
  std::vector<std::string> keys = {"channels", "bandlimit", "grid", "bias"};
  if (onSO3)
    keys.push_back("high");
  if (layer.kind == LayerKind::SO3ToS2)
    keys.push_back("projection");
  const Section section(node, layerName(layer.kind), keys);
  layer.channels = section.integer("channels", 1, maxExtent);
  layer.bandLimit = section.integer("bandlimit", 1, maxBandLimit);
  layer.bandLimitPosition = positionOf(section["bandlimit"]);
  layer.grid =
      section.has("grid") ? readGrid(section["grid"], onSO3) : defaultGrid("near_identity", onSO3);
  if (section.has("bias"))
    layer.bias = toBool(section["bias"], "bias");
  if (section.has("high"))
    layer.high = toWord(section["high"], "high", highs);
  if (section.has("projection"))
    layer.projection =
        toWord(section["projection"], "projection", {"sum_n", "orbit_mean", "invariant"});
}

void readBatchNorm(const YAML::Node &node, Layer &layer) {
  const Section section(node, "batch_norm", {"eps", "momentum", "statistics"});
  layer.epsilon = section.number("eps", layer.epsilon, positive);
  layer.momentum =
      section.number("momentum", layer.momentum, {.low = 0, .high = 1, .openLow = true});
  if (section.has("statistics"))
    layer.statistics = toWord(section["statistics"], "statistics", {"area", "grid"});
}

void readLeakyReLU(const YAML::Node &node, Layer &layer) {
  const Section section(node, "leaky_relu", {"slope"});
  layer.slope = toNumber(section["slope"], "slope", {.low = 0, .high = 1, .openHigh = true});
}

void readRotate(const YAML::Node &node, Layer &layer) {
  if (!node.IsSequence() || node.size() != 3)
    throw ModelFault{positionOf(node),
                     "'rotate' expected [alpha, beta, gamma], got " +
                         (node.IsSequence() ? std::to_string(node.size()) + " angles" : got(node)),
                     ""};
  for (size_t i = 0; i < 3; ++i)
    layer.angles[i] = toAngle(node[i], "rotate", {});
}

/// `residual: [layers]`, or a map with the shortcut's rule for missing degrees and bias beside
/// them.
void readResidual(const YAML::Node &node, Layer &layer) {
  YAML::Node block = node;
  layer.bias = false;
  if (node.IsMap()) {
    const Section section(node, "residual", {"layers", "high", "bias"});
    block.reset(section["layers"]);
    if (section.has("bias"))
      layer.bias = toBool(section["bias"], "bias");
    if (section.has("high"))
      layer.high = toWord(section["high"], "high", highs);
  }
  if (!block.IsSequence() || block.size() == 0)
    throw ModelFault{positionOf(block), "'residual' expected a list of layers, got " + got(block),
                     "for example residual: [so3_conv: {channels: 8, bandlimit: 6}, relu]"};
  for (const YAML::Node &inner : block)
    layer.block.push_back(readLayer(inner));
}

void readLinear(const YAML::Node &node, Layer &layer) {
  if (node.IsScalar()) {
    layer.channels = toInteger(node, "linear", 1, maxExtent);
    return;
  }
  const Section section(node, "linear", {"channels"});
  layer.channels = section.integer("channels", 1, maxExtent);
}

void readResample(const YAML::Node &node, Layer &layer) {
  layer.bandLimit = toInteger(node, "resample", 1, maxBandLimit);
  layer.bandLimitPosition = positionOf(node);
}

/// Channels, windows and what else the planar layer `layer.kind` has, as far as it is in `keys`.
void readWindows(const YAML::Node &node, Layer &layer, const std::vector<std::string> &keys) {
  const Section section(node, layerName(layer.kind), keys);
  const bool convolves = keys.front() == "channels";
  if (convolves)
    layer.channels = section.integer("channels", 1, maxExtent);
  layer.kernel = section.integer("kernel", 1, maxImageSize);
  layer.stride = convolves ? 1 : layer.kernel;
  if (section.has("stride"))
    layer.stride = section.integer("stride", 1, maxImageSize);
  if (section.has("padding"))
    layer.padding = toWord(section["padding"], "padding", {"valid", "zero", "circular"});
  if (section.has("output_padding"))
    layer.outputPadding = section.integer("output_padding", 0, maxImageSize);
  if (section.has("bias"))
    layer.bias = toBool(section["bias"], "bias");
}

void readConcat(const YAML::Node &node, Layer &layer) {
  if (!node.IsSequence() || node.size() == 0)
    throw ModelFault{positionOf(node), "'concat' expected a list of layers, got " + got(node),
                     "for example concat: [conv2d: {channels: 8, kernel: 3, padding: zero}, relu]"};
  for (const YAML::Node &inner : node)
    layer.block.push_back(readLayer(inner));
}

/// The settings of a layer of images.
void readPlanar(const YAML::Node &node, Layer &layer) {
  switch (layer.kind) {
  case LayerKind::Conv2d:
    return readWindows(node, layer, {"channels", "kernel", "stride", "padding", "bias"});
  case LayerKind::ConvTranspose2d:
    return readWindows(node, layer,
                       {"channels", "kernel", "stride", "padding", "output_padding", "bias"});
  case LayerKind::Down:
    return readWindows(node, layer, {"channels", "kernel", "stride", "bias"});
  case LayerKind::Up:
    return readWindows(node, layer, {"channels", "kernel", "stride", "output_padding", "bias"});
  case LayerKind::MaxPool:
  case LayerKind::AvgPool:
    return readWindows(node, layer, {"kernel", "stride"});
  case LayerKind::Concat:
    return readConcat(node, layer);
  default:
    layer.size = toInteger(node, layerName(layer.kind), 1, maxImageSize);
  }
}

LayerKind toLayerKind(const YAML::Node &node) {
  std::vector<std::string> names;
  for (LayerKind kind : layerKinds())
    names.push_back(layerName(kind));
  const std::string word = node.IsScalar() ? node.Scalar() : "";
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end())
    throw ModelFault{positionOf(node), "expected a layer (" + joined(names) + "), got " + got(node),
                     hintFor(word, names)};
  return layerKinds()[found - names.begin()];
}

void readSettings(const YAML::Node &settings, Layer &layer) {
  switch (layer.kind) {
  case LayerKind::S2Conv:
  case LayerKind::SO3Conv:
  case LayerKind::SO3ToS2:
    return readConvolution(settings, layer);
  case LayerKind::BatchNorm:
    return readBatchNorm(settings, layer);
  case LayerKind::LeakyReLU:
    return readLeakyReLU(settings, layer);
  case LayerKind::Linear:
    return readLinear(settings, layer);
  case LayerKind::Resample:
    return readResample(settings, layer);
  case LayerKind::Rotate:
    return readRotate(settings, layer);
  case LayerKind::Residual:
    return readResidual(settings, layer);
  case LayerKind::Conv2d:
  case LayerKind::ConvTranspose2d:
  case LayerKind::Down:
  case LayerKind::Up:
  case LayerKind::MaxPool:
  case LayerKind::AvgPool:
  case LayerKind::Upsample:
  case LayerKind::Concat:
    return readPlanar(settings, layer);
  case LayerKind::GlobalAvgPool:
  case LayerKind::OrbitMean:
  case LayerKind::ReLU:
  case LayerKind::GELU:
  case LayerKind::Integrate:
    throw ModelFault{positionOf(settings),
                     "'" + std::string(layerName(layer.kind)) + "' expected no settings, got " +
                         got(settings),
                     ""};
  }
}

bool needsSettings(LayerKind kind) {
  switch (kind) {
  case LayerKind::ReLU:
  case LayerKind::LeakyReLU:
  case LayerKind::GELU:
  case LayerKind::Integrate:
  case LayerKind::OrbitMean:
  case LayerKind::BatchNorm:
  case LayerKind::GlobalAvgPool:
    return false;
  default:
    return true;
  }
}

} // namespace

Layer readLayer(const YAML::Node &node) {
  const bool plain = node.IsScalar();
  if (!plain && !(node.IsMap() && node.size() == 1))
    throw ModelFault{
        positionOf(node),
        "expected one layer, 'name' or 'name: settings', got " +
            (node.IsMap() ? "a map of " + std::to_string(node.size()) + " keys" : got(node)),
        "the settings of a layer are a map in braces after its name"};
  const YAML::Node name = plain ? node : node.begin()->first;
  const YAML::Node settings = plain ? YAML::Node() : node.begin()->second;
  Layer layer;
  layer.kind = toLayerKind(name);
  layer.position = positionOf(name);
  if (!settings.IsNull())
    readSettings(settings, layer);
  else if (needsSettings(layer.kind))
    throw ModelFault{layer.position, "'" + name.Scalar() + "' expected settings, got none",
                     "for example linear: 10 or so3_conv: {channels: 32, bandlimit: 6}"};
  return layer;
}

} // namespace spherical::driver
