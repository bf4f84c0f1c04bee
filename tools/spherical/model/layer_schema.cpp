//===- layer_schema.cpp - the layers of model files -----------------------===//
//
// An entry for each layer, with its keys, in the order of LayerKind.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/schema.h"

namespace spherical::driver {
namespace {

/// A layer of this kind as it is before its settings are read.
Layer initialLayer(LayerKind kind) {
  Layer layer;
  layer.kind = kind;
  if (isConvolution(layer))
    layer.grid = defaultGrid("near_identity", kind != LayerKind::S2Conv);
  if (kind == LayerKind::Residual)
    layer.bias = false;
  return layer;
}

Key<Layer> channelsKey() {
  return required(
      Keys<Layer>().integer("channels", &Layer::channels, 1, maxExtent, "channels of the result"));
}

Key<Layer> bandLimitKey(const std::string &name, const std::string &meaning) {
  return andThen<Layer>(
      required(Keys<Layer>().integer(name, &Layer::bandLimit, 1, maxBandLimit, meaning)),
      [](const YAML::Node &node, Layer &layer) { layer.bandLimitPosition = positionOf(node); });
}

Key<Layer> highKey() {
  return otherwise(
      Keys<Layer>().word("high", &Layer::high, {"zero", "quadrature", "truncated"},
                         "what the degrees hold that a growing band-limit adds: zeros (the "
                         "paper), what the public PyTorch code computes, or that with the gradient "
                         "it trains with; only where the band-limit grows"),
      byDefault("zero"));
}

Key<Layer> biasKey(const Layer &initial, const std::string &meaning) {
  return Keys<Layer>(initial).flag("bias", &Layer::bias, meaning);
}

/// A convolution on the sphere, whose keys end in `more`.
LayerSchema convolution(LayerKind kind, const std::string &meaning, const std::string &example,
                        const std::vector<Key<Layer>> &more) {
  const Layer initial = initialLayer(kind);
  const bool onS2 = kind == LayerKind::S2Conv;
  std::vector<Key<Layer>> keys = {
      channelsKey(),
      bandLimitKey("bandlimit", onS2 ? "band-limit of the result, at most that of the input"
                                     : "band-limit of the result"),
      gridKey(!onS2), biasKey(initial, "whether each channel of the result gets a bias")};
  keys.insert(keys.end(), more.begin(), more.end());
  return {kind, meaning, example, initial, {}, keys};
}

/// A layer without settings.
LayerSchema plain(LayerKind kind, const std::string &meaning) {
  return {kind, meaning, layerName(kind), initialLayer(kind), {}, {}};
}

/// A layer whose one setting stands behind its name.
LayerSchema single(const Key<Layer> &value, LayerKind kind, const std::string &meaning,
                   const std::string &example) {
  return {kind, meaning, example, initialLayer(kind), value, {}};
}

Key<Layer> projectionKey() {
  return Keys<Layer>().word(
      "projection", &Layer::projection, {"sum_n", "orbit_mean", "invariant"},
      "how the result comes to S2: the sum of the orders n of the spectrum, the mean over gamma, "
      "or the same by a kernel averaged over gamma");
}

LayerSchema leakyReLU() {
  const Key<Layer> slope =
      Keys<Layer>().number("slope", &Layer::slope, {.low = 0, .high = 1, .openHigh = true},
                           "the factor of negative values");
  return {LayerKind::LeakyReLU,
          "max(x, slope x) at each point.",
          "leaky_relu: {slope: 0.1}",
          initialLayer(LayerKind::LeakyReLU),
          {},
          {slope}};
}

void readAngles(const YAML::Node &node, Layer &layer) {
  if (!node.IsSequence() || node.size() != 3)
    throw ModelFault{positionOf(node),
                     "'rotate' expected [alpha, beta, gamma], got " +
                         (node.IsSequence() ? std::to_string(node.size()) + " angles" : got(node)),
                     ""};
  for (size_t i = 0; i < 3; ++i)
    layer.angles[i] = toAngle(node[i], "rotate", {});
}

/// Reads the layers inside of a layer.
void readBlock(const YAML::Node &node, Layer &layer) {
  const std::string name = layerName(layer.kind);
  const LayerSchema &schema = layerSchemas()[static_cast<size_t>(layer.kind)];
  if (!node.IsSequence() || node.size() == 0)
    throw ModelFault{positionOf(node), "'" + name + "' expected a list of layers, got " + got(node),
                     "for example " + schema.example};
  Parts parts;
  for (const YAML::Node &inner : node)
    parts.attempt([&] { layer.block.push_back(readLayer(inner)); });
  parts.finish();
}

LayerSchema residual() {
  const Layer initial = initialLayer(LayerKind::Residual);
  const Key<Layer> layers = {{"layers", "list of layers", "", "those beside the shortcut"},
                             readBlock};
  return {LayerKind::Residual,
          "Adds a shortcut from the input to what the layers in the list give. On SO(3) the "
          "shortcut has weights and any channels and band-limit; of images it is the input, or, "
          "where channels or side change, a convolution of kernel 1 with a stride or an "
          "upsampling.",
          "residual: [so3_conv: {channels: 8, bandlimit: 6}, relu]",
          initial,
          {{"", "list of layers", "", "those beside the shortcut"}, readBlock},
          {layers, highKey(), biasKey(initial, "whether the shortcut has a bias")}};
}

LayerSchema batchNorm() {
  const Keys<Layer> key;
  const Key<Layer> statistics =
      key.word("statistics", &Layer::statistics, {"area", "grid"},
               "how the points of a function weigh in mean and variance: as their area, or all "
               "the same (the public PyTorch code); grid on functions only");
  return {LayerKind::BatchNorm,
          "Normalises each channel by mean and variance of the batch, in evaluation by running "
          "ones, then scales and shifts it.",
          "batch_norm: {momentum: 0.05}",
          initialLayer(LayerKind::BatchNorm),
          {},
          {key.number("eps", &Layer::epsilon, positive, "added to the variance"),
           key.number("momentum", &Layer::momentum, {.low = 0, .high = 1, .openLow = true},
                      "share of a batch in the running mean and variance"),
           statistics}};
}

LayerSchema linear() {
  LayerSchema schema = single(channelsKey(), LayerKind::Linear,
                              "weight x + bias, to so many features.", "linear: 10");
  schema.value.read = Keys<Layer>().integer("linear", &Layer::channels, 1, maxExtent, "").read;
  schema.keys = {channelsKey()};
  return schema;
}

/// A layer that slides windows over images; `padded` has `padding`, `grows` has `output_padding`.
LayerSchema windows(LayerKind kind, const std::string &meaning, const std::string &example,
                    bool padded, bool grows) {
  const Layer initial = initialLayer(kind);
  const Keys<Layer> key(initial);
  const bool convolves = convolvesImages(initial);
  const Key<Layer> kernel =
      required(key.integer("kernel", &Layer::kernel, 1, maxImageSize, "side of the windows"));
  const Key<Layer> stride =
      key.integer("stride", &Layer::stride, 1, maxImageSize, "step from window to window");
  LayerSchema schema = {kind, meaning, example, initial, {}, {}};
  if (convolves)
    schema.keys = {channelsKey(), kernel, stride};
  else
    schema.keys = {andThen<Layer>(kernel, [](const YAML::Node &,
                                             Layer &layer) { layer.stride = layer.kernel; }),
                   otherwise(stride, "the kernel by default")};
  if (padded)
    schema.keys.push_back(key.word("padding", &Layer::padding, {"valid", "zero", "circular"},
                                   "what is behind the border: nothing, so that windows stay "
                                   "inside; zeros; or columns that close and rows of zeros"));
  if (grows)
    schema.keys.push_back(key.integer("output_padding", &Layer::outputPadding, 0, maxImageSize,
                                      "rows and columns added to the result, below the stride"));
  if (convolves)
    schema.keys.push_back(biasKey(initial, "whether each channel of the result gets a bias"));
  return schema;
}

Key<Layer> sizeKey() {
  return required(Keys<Layer>().size(
      "upsample", &Layer::size, maxImageSize,
      "side of the result, or its rows and columns, at least those of the input"));
}

std::vector<LayerSchema> sphereLayers() {
  return {
      convolution(LayerKind::S2Conv, "Convolution on S2 with rotated kernels, to SO(3).",
                  "s2_conv: {channels: 8, bandlimit: 7, grid: {kind: equatorial, beta: 3}}", {}),
      convolution(LayerKind::SO3Conv, "Convolution on SO(3).",
                  "so3_conv: {channels: 12, bandlimit: 6, grid: equatorial, bias: false}",
                  {highKey()}),
      convolution(LayerKind::SO3ToS2,
                  "Convolution on SO(3) whose result is projected to S2: the last layer of a "
                  "segmenter, with a channel for each class.",
                  "so3_to_s2: {channels: 11, bandlimit: 8, projection: orbit_mean}",
                  {highKey(), projectionKey()}),
      plain(LayerKind::OrbitMean, "The mean over gamma, from SO(3) to S2."),
      plain(LayerKind::ReLU, "max(x, 0) at each point."),
      leakyReLU(),
      plain(LayerKind::GELU, "x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 at each point."),
      single({{"rotate", "[alpha, beta, gamma], angles", "", "Euler angles"}, readAngles},
             LayerKind::Rotate, "Rotates functions by R(alpha, beta, gamma).",
             "rotate: [pi/4, 0.3, 0]"),
      residual(),
      plain(LayerKind::Integrate, "The integral of each channel over SO(3): invariant features."),
      single(bandLimitKey("resample", "band-limit of the result"), LayerKind::Resample,
             "The same function on the grid of another band-limit: without the degrees from there "
             "on, or with zeros for those that are new.",
             "resample: 12"),
      batchNorm(),
      linear()};
}

std::vector<LayerSchema> planarLayers() {
  return {
      windows(LayerKind::Conv2d, "Convolution of images.",
              "conv2d: {channels: 8, kernel: 3, padding: zero}", true, false),
      windows(LayerKind::ConvTranspose2d, "The adjoint of a convolution, which enlarges images.",
              "conv_transpose2d: {channels: 8, kernel: 3, stride: 2, output_padding: 1}", true,
              true),
      windows(LayerKind::Down,
              "conv2d, plus max_pool of the same windows followed by a convolution of kernel 1.",
              "down: {channels: 8, kernel: 3, stride: 2}", false, false),
      windows(LayerKind::Up,
              "conv_transpose2d, plus a convolution of kernel 1 followed by an upsampling.",
              "up: {channels: 8, kernel: 3, stride: 2, output_padding: 1}", false, true),
      windows(LayerKind::MaxPool, "The largest value of each window.", "max_pool: {kernel: 2}",
              false, false),
      windows(LayerKind::AvgPool, "The mean of each window.", "avg_pool: {kernel: 3, stride: 2}",
              false, false),
      plain(LayerKind::GlobalAvgPool, "The mean over an image: features."),
      single(sizeKey(), LayerKind::Upsample, "Repeats pixels, to an image of so large a side.",
             "upsample: 32"),
      single(
          {{"concat", "list of layers", "", "those whose channels follow the input's"}, readBlock},
          LayerKind::Concat,
          "The channels of the input, then those that the layers in the list give.",
          "concat: [conv2d: {channels: 8, kernel: 3, padding: zero}, relu]")};
}

} // namespace

const std::vector<LayerSchema> &layerSchemas() {
  static const std::vector<LayerSchema> schemas = [] {
    std::vector<LayerSchema> all = sphereLayers();
    for (LayerSchema &schema : planarLayers())
      all.push_back(std::move(schema));
    return all;
  }();
  return schemas;
}

} // namespace spherical::driver
