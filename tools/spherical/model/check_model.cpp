//===- check_model.cpp - whether the layers of a model fit ----------------===//
//
// Follows what flows from the input through the layers to the loss.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/faults.h"

#include "runtime/layout.h"

#include <algorithm>
#include <numeric>

namespace spherical::driver {
namespace {

/// A value or the spectrum of a parameter has at most 2^valuePower numbers: far above any memory,
/// and far enough below 2^63 that no size of several of them in bytes overflows.
constexpr int valuePower = 40;
/// The same of a parameter: a position in it is a number of 32 bits in compiled code.
constexpr int parameterPower = 31;

/// Whether the product of the extents is at most 2^power.
bool isAtMost(int power, const Extents &extents) {
  int64_t product = 1;
  for (const int64_t extent : extents) {
    if (extent > 0 && product > (int64_t(1) << power) / extent)
      return false;
    product *= extent;
  }
  return true;
}

std::string product(const Extents &extents) {
  std::string text;
  for (const int64_t extent : extents)
    text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

/// Walks the layers in order, keeping the shape of what flows. Checks return whether all is right;
/// if not, the fault is kept.
class ShapeWalk {
public:
  explicit ShapeWalk(const ModelDescription &model) : model(model) {}
  Result<ModelFlow> run();
  std::vector<ModelFault> faultsOfLayers();

private:
  bool step(const Layer &layer);
  bool follow(const Layer &layer);
  Extents extents(const LayerShape &shape) const;
  bool sizesFit(const Layer &layer, const LayerShape &before);
  bool convolution(const Layer &layer);
  bool highFits(const Layer &layer, int64_t bandLimit);
  bool block(const Layer &layer);
  bool residual(const Layer &layer);
  bool imageShortcut(const Layer &layer, const LayerShape &before);
  bool image(const Layer &layer);
  bool concat(const Layer &layer);
  bool batchNorm(const Layer &layer);
  bool inputFits(const Layer &layer);
  bool finish();
  std::string wayToEnd() const;
  bool lossFits();
  void walk();
  void recover(const Layer &layer, const LayerShape &before);
  bool fault(Position position, const std::string &message, const std::string &hint = "");
  bool errorIn(const Layer &layer, const std::string &message, const std::string &hint = "");

  const ModelDescription &model;
  LayerShape shape;
  std::vector<LayerFlow> flows;
  std::vector<ModelFault> faults;
  /// Whether a fault leaves open what flows on, and whether what flows is what a layer behind it
  /// that took something else would give.
  bool lost = false, guessed = false;
};

std::string kindName(LayerShape::Kind kind) { return kindNames({kind}); }

bool ShapeWalk::fault(Position position, const std::string &message, const std::string &hint) {
  faults.push_back({position, message, hint});
  return false;
}

bool ShapeWalk::errorIn(const Layer &layer, const std::string &message, const std::string &hint) {
  return fault(layer.position, "'" + std::string(layerName(layer.kind)) + "' expected " + message,
               hint);
}

/// What turns a value of the kind `got` into one of the kind `wanted`, if there is such a layer.
std::string wayTo(LayerShape::Kind wanted, LayerShape::Kind got) {
  if (wanted == LayerShape::Features && got == LayerShape::Image)
    return "'global_avg_pool' turns an image into features";
  if (wanted == LayerShape::Features)
    return "'integrate' turns a function on SO(3) into features";
  if (wanted == LayerShape::OnSO3 && got == LayerShape::OnS2)
    return "'s2_conv' turns a function on S2 into one on SO(3)";
  if (wanted == LayerShape::OnS2 && got == LayerShape::OnSO3)
    return "'so3_to_s2' and 'orbit_mean' turn a function on SO(3) into one on S2";
  return "";
}

/// The layer takes what flows.
bool ShapeWalk::inputFits(const Layer &layer) {
  const std::vector<LayerShape::Kind> &taken = takenKinds(layer.kind);
  if (std::ranges::find(taken, shape.kind) != taken.end())
    return true;
  return errorIn(layer, kindNames(taken) + " as its input, got " + kindName(shape.kind),
                 taken.size() == 1 ? wayTo(taken.front(), shape.kind) : "");
}

/// `high` says what missing degrees hold, so it needs a band-limit that grows to `bandLimit`.
bool ShapeWalk::highFits(const Layer &layer, int64_t bandLimit) {
  if (layer.high.empty() || bandLimit > shape.bandLimit)
    return true;
  return errorIn(layer, "'high' only if bandlimit is above that of its input, " +
                            std::to_string(shape.bandLimit) + ", got bandlimit " +
                            std::to_string(bandLimit));
}

bool ShapeWalk::convolution(const Layer &layer) {
  const bool onS2 = layer.kind == LayerKind::S2Conv;
  if (onS2 && layer.bandLimit > shape.bandLimit)
    return fault(layer.bandLimitPosition,
                 "'s2_conv' expected bandlimit at most " + std::to_string(shape.bandLimit) +
                     ", that of its input, got " + std::to_string(layer.bandLimit));
  if (!highFits(layer, layer.bandLimit))
    return false;
  const bool toS2 = layer.kind == LayerKind::SO3ToS2;
  shape = {toS2 ? LayerShape::OnS2 : LayerShape::OnSO3, layer.channels, layer.bandLimit};
  return true;
}

/// The layers inside of a layer; what they give is of the kind of their input.
bool ShapeWalk::block(const Layer &layer) {
  const LayerShape::Kind before = shape.kind;
  bool right = true;
  for (const Layer &inner : layer.block)
    right = !lost && step(inner) && right;
  if (!right || shape.kind == before)
    return right;
  return errorIn(layer, "layers that give " + kindName(before) + ", got " + kindName(shape.kind));
}

/// The shortcut from an image of the shape `before` to what the layers give.
bool ShapeWalk::imageShortcut(const Layer &layer, const LayerShape &before) {
  if (!layer.high.empty())
    return errorIn(layer, "'high' only for functions on SO(3), got an image");
  const bool same = shape.size == before.size && shape.channels == before.channels;
  if (same && layer.bias)
    return errorIn(layer, "'bias' only for a shortcut with weights, got layers that keep the " +
                              std::to_string(before.channels) + " channels and side " +
                              sizeText(before.size) + " of their input");
  if (shortcutStride(before.size, shape.size) > 0)
    return true;
  return errorIn(layer,
                 "layers that keep the side of their input, " + sizeText(before.size) +
                     ", enlarge it or divide it by a stride, got side " + sizeText(shape.size),
                 "with 'padding: zero' a convolution without a stride keeps the side");
}

bool ShapeWalk::residual(const Layer &layer) {
  const LayerShape before = shape;
  if (!block(layer))
    return false;
  if (before.kind == LayerShape::Image)
    return imageShortcut(layer, before);
  const LayerShape after = shape;
  shape = before;
  const bool right = highFits(layer, after.bandLimit);
  shape = after;
  return right;
}

bool ShapeWalk::batchNorm(const Layer &layer) {
  const bool onFunction = shape.kind == LayerShape::OnS2 || shape.kind == LayerShape::OnSO3;
  if (layer.statistics == "grid" && !onFunction)
    return errorIn(layer, "'statistics: grid' only for functions on S2 or SO(3), got " +
                              kindName(shape.kind));
  return true;
}

/// A layer that gives an image.
bool ShapeWalk::image(const Layer &layer) {
  const bool transposed = layer.kind == LayerKind::ConvTranspose2d || layer.kind == LayerKind::Up;
  const ImageSize after = imageSizeAfter(layer, shape.size);
  const bool circular = layer.padding == "circular";
  const ImageSize &room = transposed ? after : shape.size;
  if (layer.kind == LayerKind::Upsample && !shape.size.fitsIn(after))
    return errorIn(layer, "a size of at least that of its input, " + sizeText(shape.size) +
                              ", got " + sizeText(after));
  const int64_t most = circular ? room.columns : std::min(room.rows, room.columns);
  if (after.rows < 1 || after.columns < 1 || (circular && layer.kernel > most))
    return errorIn(layer, "kernel at most " + std::to_string(most) +
                              ", the side of the image, got " + std::to_string(layer.kernel));
  if (transposed && layer.outputPadding >= layer.stride)
    return errorIn(layer, "output_padding below the stride, " + std::to_string(layer.stride) +
                              ", got " + std::to_string(layer.outputPadding));
  shape.size = after;
  if (layer.channels > 0)
    shape.channels = layer.channels;
  return true;
}

bool ShapeWalk::concat(const Layer &layer) {
  const LayerShape before = shape;
  if (!block(layer))
    return false;
  if (shape.size != before.size)
    return errorIn(layer,
                   "layers that give an image of side " + sizeText(before.size) +
                       ", as their input, got side " + sizeText(shape.size),
                   "'upsample: " + sizeSetting(before.size) + "' or 'padding: zero' keep it");
  shape.channels += before.channels;
  return true;
}

bool ShapeWalk::step(const Layer &layer) {
  const LayerShape before = shape;
  const size_t index = flows.size();
  flows.emplace_back();
  if (!inputFits(layer) || !follow(layer) || !sizesFit(layer, before)) {
    recover(layer, before);
    return false;
  }
  flows[index] = {before, shape, learnedNumbers(layer, before, shape)};
  return true;
}

/// What the layer gives as far as it says, so that those behind it are checked, too.
void ShapeWalk::recover(const Layer &layer, const LayerShape &before) {
  const std::vector<LayerShape::Kind> &taken = takenKinds(layer.kind);
  const bool fits = std::ranges::find(taken, before.kind) != taken.end();
  shape.kind = givenKind(layer.kind).value_or(fits ? before.kind : taken.front());
  guessed = guessed || !fits;
  if (layer.channels > 0)
    shape.channels = layer.channels;
  if (layer.bandLimit > 0)
    shape.bandLimit = layer.bandLimit;
  if (shape.kind == LayerShape::Image)
    lost = lost || shape.size == ImageSize() || convolvesImages(layer) ||
           layer.kind == LayerKind::Residual;
  else if (shape.kind != LayerShape::Features)
    lost = lost || shape.bandLimit == 0;
}

Extents ShapeWalk::extents(const LayerShape &value) const {
  Extents all = {model.batch, value.channels};
  const int axes = value.kind == LayerShape::Features ? 0 : value.kind == LayerShape::OnSO3 ? 3 : 2;
  if (value.kind == LayerShape::Image)
    all.insert(all.end(), {value.size.rows, value.size.columns});
  else
    all.insert(all.end(), axes, 2 * value.bandLimit);
  return all;
}

/// The layer's result, what it learns and the spectra of its kernel have few enough numbers.
bool ShapeWalk::sizesFit(const Layer &layer, const LayerShape &before) {
  for (const Extents &size : learnedShapes(layer, before, shape))
    if (!isAtMost(parameterPower, size))
      return errorIn(layer, "at most 2^" + std::to_string(parameterPower) +
                                " numbers in each of its parameters, got " + product(size));
  std::vector<Extents> sizes = {extents(shape)};
  if (isConvolution(layer))
    sizes.push_back({before.channels, shape.channels,
                     layer.kind == LayerKind::S2Conv ? runtime::s2Size(layer.bandLimit)
                                                     : runtime::so3Size(layer.bandLimit)});
  for (const Extents &size : sizes)
    if (!isAtMost(valuePower, size))
      return errorIn(layer, "at most 2^" + std::to_string(valuePower) +
                                " numbers in each of its values and spectra, got " + product(size));
  return true;
}

/// Turns the shape before the layer into the one after it.
bool ShapeWalk::follow(const Layer &layer) {
  switch (layer.kind) {
  case LayerKind::S2Conv:
  case LayerKind::SO3Conv:
  case LayerKind::SO3ToS2:
    return convolution(layer);
  case LayerKind::OrbitMean:
    shape.kind = LayerShape::OnS2;
    return true;
  case LayerKind::ReLU:
  case LayerKind::LeakyReLU:
  case LayerKind::GELU:
  case LayerKind::Rotate:
    return true;
  case LayerKind::Residual:
    return residual(layer);
  case LayerKind::Resample:
    shape.bandLimit = layer.bandLimit;
    return true;
  case LayerKind::BatchNorm:
    return batchNorm(layer);
  case LayerKind::Linear:
    shape.channels = layer.channels;
    return true;
  case LayerKind::Conv2d:
  case LayerKind::ConvTranspose2d:
  case LayerKind::Down:
  case LayerKind::Up:
  case LayerKind::MaxPool:
  case LayerKind::AvgPool:
  case LayerKind::Upsample:
    return image(layer);
  case LayerKind::Integrate:
  case LayerKind::GlobalAvgPool:
    shape = {LayerShape::Features, shape.channels, 0};
    return true;
  case LayerKind::Concat:
    return concat(layer);
  }
  return true;
}

bool ShapeWalk::lossFits() {
  const LossDescription &loss = model.loss;
  const auto weights = static_cast<int64_t>(loss.classWeights.size());
  if (weights != 0 && weights != shape.channels)
    return fault(loss.position, "'class_weights' expected " + std::to_string(shape.channels) +
                                    " numbers, one for each class, got " + std::to_string(weights));
  const bool classes = loss.kind == "cross_entropy";
  if (model.task == Task::Regression && classes)
    return fault(loss.position,
                 "regression expected the loss mean_squared_error, mean_absolute_error or huber, "
                 "got " +
                     loss.kind,
                 "task: classification or segmentation has classes");
  if (loss.area && shape.kind == LayerShape::Features)
    return fault(loss.position, "'weights: area' expected a model that ends on S2, got features",
                 model.task == Task::Classification ? "task: segmentation ends on S2" : "");
  const bool isGrid = shape.size.isSquare() && shape.size.rows % 2 == 0;
  if (loss.area && shape.kind == LayerShape::Image && !isGrid)
    return fault(loss.position,
                 "'weights: area' expected an image of 2b samples an angle, got side " +
                     sizeText(shape.size));
  return true;
}

/// What the model ends in is what its task needs.
bool ShapeWalk::finish() {
  const bool planar = model.takesImages();
  const LayerShape::Kind field = planar ? LayerShape::Image : LayerShape::OnS2;
  std::vector<LayerShape::Kind> ends;
  if (model.task != Task::Segmentation)
    ends.push_back(LayerShape::Features);
  if (model.task != Task::Classification)
    ends.push_back(field);
  if (std::ranges::find(ends, shape.kind) != ends.end())
    return lossFits();
  return fault(model.layers.empty() ? model.layersPosition : model.layers.back().position,
               std::string(taskName(model.task)) + " expected the last layer to give " +
                   kindNames(ends) + ", got " + kindName(shape.kind),
               wayToEnd());
}

/// What layers the model could end with, if there are such.
std::string ShapeWalk::wayToEnd() const {
  const bool planar = model.takesImages();
  const std::string outputs = model.task == Task::Regression ? "values" : "classes";
  const std::string features = "'integrate' and 'linear: <number of " + outputs + ">'";
  const std::string field = "'so3_to_s2: {channels: <number of " + outputs +
                            ">, bandlimit: " + std::to_string(model.inputBandLimit) + "}'";
  switch (model.task) {
  case Task::Segmentation:
    return planar ? "" : "end with " + field;
  case Task::Regression:
    return planar ? "" : "end with " + features + ", or, for a field, with " + field;
  case Task::Classification:
    break;
  }
  if (planar)
    return "end with 'global_avg_pool' and 'linear: <number of classes>'";
  return shape.kind == LayerShape::OnS2 ? "task: segmentation gives a class to each point of S2"
                                        : "end with " + features;
}

void ShapeWalk::walk() {
  shape = {model.takesImages() ? LayerShape::Image : LayerShape::OnS2, model.inputChannels,
           model.inputBandLimit, model.inputSize};
  lost = !model.takesImages() && model.inputBandLimit == 0;
  if (!isAtMost(valuePower, extents(shape)))
    lost = !fault(model.inputPosition, "'input' expected at most 2^" + std::to_string(valuePower) +
                                           " numbers, got " + product(extents(shape)));
  for (const Layer &layer : model.layers)
    if (!lost)
      step(layer);
}

std::vector<ModelFault> ShapeWalk::faultsOfLayers() {
  walk();
  return faults;
}

Result<ModelFlow> ShapeWalk::run() {
  walk();
  if (!lost && !guessed)
    finish();
  if (!faults.empty())
    return errorOf(model.file, faults);
  const LayerShape input = flows.empty() ? shape : flows.front().before;
  return ModelFlow{input, shape, std::move(flows)};
}

} // namespace

int64_t ModelFlow::parameters() const {
  return std::accumulate(
      layers.begin(), layers.end(), int64_t(0),
      [](int64_t sum, const LayerFlow &layer) { return sum + layer.parameters; });
}

Result<ModelFlow> checkModel(const ModelDescription &model) { return ShapeWalk(model).run(); }

std::vector<ModelFault> layerFaults(const ModelDescription &model) {
  return ShapeWalk(model).faultsOfLayers();
}

} // namespace spherical::driver
