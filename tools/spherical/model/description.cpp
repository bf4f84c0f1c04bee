//===- description.cpp - defaults and shapes of a model -------------------===//

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

const char *layerName(LayerKind kind) {
  switch (kind) {
  case LayerKind::S2Conv:
    return "s2_conv";
  case LayerKind::SO3Conv:
    return "so3_conv";
  case LayerKind::ReLU:
    return "relu";
  case LayerKind::Integrate:
    return "integrate";
  case LayerKind::Resample:
    return "resample";
  case LayerKind::BatchNorm:
    return "batch_norm";
  case LayerKind::Linear:
    return "linear";
  }
  return "";
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

/// Number of insertions, deletions and replacements that turn `a` into `b`.
static size_t editDistance(const std::string &a, const std::string &b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

std::string nearestWord(const std::string &word, const std::vector<std::string> &words) {
  std::string best;
  size_t bestDistance = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string &candidate : words) {
    const size_t distance = editDistance(word, candidate);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

namespace {

/// Walks the layers in order, keeping the shape of what flows.
class ShapeWalk {
public:
  explicit ShapeWalk(const ModelDescription &model) : model(model) {}
  Result<std::vector<LayerShape>> run();

private:
  Status step(const Layer &layer);
  Status convolution(const Layer &layer);
  Status resample(const Layer &layer);
  Status expectKind(const Layer &layer, LayerShape::Kind kind);

  const ModelDescription &model;
  LayerShape shape;
};

const char *kindName(LayerShape::Kind kind) {
  switch (kind) {
  case LayerShape::OnS2:
    return "a function on S2";
  case LayerShape::OnSO3:
    return "a function on SO(3)";
  case LayerShape::Features:
    return "features";
  }
  return "";
}

Status ShapeWalk::expectKind(const Layer &layer, LayerShape::Kind kind) {
  if (shape.kind == kind)
    return Done{};
  std::string hint;
  if (kind == LayerShape::Features)
    hint = "'integrate' turns a function on SO(3) into features";
  else if (kind == LayerShape::OnSO3 && shape.kind == LayerShape::OnS2)
    hint = "'s2_conv' turns a function on S2 into one on SO(3)";
  return errorAt(model.file, layer.position,
                 "'" + std::string(layerName(layer.kind)) + "' expected " + kindName(kind) +
                     " as its input, got " + kindName(shape.kind),
                 hint);
}

Status ShapeWalk::convolution(const Layer &layer) {
  const bool onS2 = layer.kind == LayerKind::S2Conv;
  Status kind = expectKind(layer, onS2 ? LayerShape::OnS2 : LayerShape::OnSO3);
  if (!kind)
    return kind;
  if (onS2 && layer.bandLimit > shape.bandLimit)
    return errorAt(model.file, layer.bandLimitPosition,
                   "'s2_conv' expected bandlimit at most " + std::to_string(shape.bandLimit) +
                       ", that of its input, got " + std::to_string(layer.bandLimit));
  if (!layer.high.empty() && layer.bandLimit <= shape.bandLimit)
    return errorAt(model.file, layer.position,
                   "'so3_conv' expected 'high' only if bandlimit is above that of its input, " +
                       std::to_string(shape.bandLimit) + ", got bandlimit " +
                       std::to_string(layer.bandLimit));
  shape = {LayerShape::OnSO3, layer.channels, layer.bandLimit};
  return Done{};
}

Status ShapeWalk::resample(const Layer &layer) {
  if (shape.kind == LayerShape::Features)
    return errorAt(model.file, layer.position,
                   "'resample' expected a function on S2 or SO(3) as its input, got features");
  shape.bandLimit = layer.bandLimit;
  return Done{};
}

Status ShapeWalk::step(const Layer &layer) {
  switch (layer.kind) {
  case LayerKind::S2Conv:
  case LayerKind::SO3Conv:
    return convolution(layer);
  case LayerKind::Resample:
    return resample(layer);
  case LayerKind::ReLU:
    return Done{};
  case LayerKind::Integrate: {
    Status kind = expectKind(layer, LayerShape::OnSO3);
    shape = {LayerShape::Features, shape.channels, 0};
    return kind;
  }
  case LayerKind::BatchNorm:
    return expectKind(layer, LayerShape::Features);
  case LayerKind::Linear: {
    Status kind = expectKind(layer, LayerShape::Features);
    shape.channels = layer.channels;
    return kind;
  }
  }
  return Done{};
}

Result<std::vector<LayerShape>> ShapeWalk::run() {
  shape = {LayerShape::OnS2, model.inputChannels, model.inputBandLimit};
  std::vector<LayerShape> shapes = {shape};
  for (const Layer &layer : model.layers) {
    Status status = step(layer);
    if (!status)
      return status.error();
    shapes.push_back(shape);
  }
  if (shape.kind != LayerShape::Features) {
    const Position end = model.layers.empty() ? model.layersPosition : model.layers.back().position;
    return errorAt(model.file, end,
                   "classification expected the last layer to give features, got " +
                       std::string(kindName(shape.kind)),
                   "end with 'integrate' and 'linear: <number of classes>'");
  }
  return shapes;
}

} // namespace

Result<std::vector<LayerShape>> inferShapes(const ModelDescription &model) {
  return ShapeWalk(model).run();
}

} // namespace spherical::driver
