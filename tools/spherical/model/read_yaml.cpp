//===- read_yaml.cpp - a model from YAML ----------------------------------===//
//
// One function a level of the file: model, input, layers, layer, grid,
// training. Each takes a Section, which hands out the keys of a map, remembers
// which ones it was asked for and rejects the others.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/angle.h"
#include "tools/spherical/model/yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>

namespace spherical::driver {
namespace {

/// Thrown inside this file only; readYaml turns it into an Error.
struct ModelFault {
  Position position;
  std::string message;
  std::string hint;
};

Position positionOf(const YAML::Mark &mark) {
  return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
}

Position positionOf(const YAML::Node &node) { return positionOf(node.Mark()); }

const char *describe(const YAML::Node &node) {
  switch (node.Type()) {
  case YAML::NodeType::Map:
    return "a map";
  case YAML::NodeType::Sequence:
    return "a list";
  case YAML::NodeType::Scalar:
    return "a value";
  default:
    return "nothing";
  }
}

/// The scalar's text in quotes, or what the node is instead.
std::string got(const YAML::Node &node) {
  return node.IsScalar() ? "'" + node.Scalar() + "'" : describe(node);
}

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

std::string hintFor(const std::string &word, const std::vector<std::string> &words) {
  const std::string nearest = nearestWord(word, words);
  return nearest.empty() ? "" : "did you mean '" + nearest + "'?";
}

int64_t toInteger(const YAML::Node &node, const std::string &what, int64_t low, int64_t high) {
  int64_t value = 0;
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  if (!whole || value < low || value > high)
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected an integer from " + std::to_string(low) + " to " +
                         std::to_string(high) + ", got " + got(node),
                     ""};
  return value;
}

double toNumber(const YAML::Node &node, const std::string &what) {
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw ModelFault{positionOf(node), "'" + what + "' expected a number, got " + got(node), ""};
  return value;
}

double toAngle(const YAML::Node &node, const std::string &what) {
  const std::optional<double> angle =
      node.IsScalar() ? parseAngle(node.Scalar()) : std::optional<double>();
  if (!angle)
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected an angle in radians or a multiple of pi, got " +
                         got(node),
                     "for example 0.39, pi/8 or 0.1238 pi"};
  return *angle;
}

std::string toWord(const YAML::Node &node, const std::string &what,
                   const std::vector<std::string> &words) {
  const std::string word = node.IsScalar() ? node.Scalar() : "";
  if (std::find(words.begin(), words.end(), word) == words.end())
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected " + joined(words) + ", got " + got(node),
                     hintFor(word, words)};
  return word;
}

/// A map of the file and the keys it may have.
class Section {
public:
  Section(YAML::Node node, std::string name, std::vector<std::string> keys)
      : node(node), name(std::move(name)), keys(std::move(keys)) {
    if (!node.IsMap())
      throw ModelFault{positionOf(node),
                       "'" + this->name + "' expected a map with " + joined(this->keys) + ", got " +
                           got(node),
                       ""};
    checkKeys();
  }

  bool has(const std::string &key) const { return bool(node[key]); }
  YAML::Node operator[](const std::string &key) const {
    const YAML::Node value = node[key];
    if (!value)
      throw ModelFault{positionOf(node), "'" + name + "' expected the key '" + key + "', got none",
                       ""};
    return value;
  }
  int64_t integer(const std::string &key, int64_t low, int64_t high) const {
    return toInteger((*this)[key], key, low, high);
  }
  double positive(const std::string &key, double otherwise) const {
    if (!has(key))
      return otherwise;
    const double value = toNumber(node[key], key);
    if (!(value > 0))
      throw ModelFault{positionOf(node[key]),
                       "'" + key + "' expected a number above 0, got " + got(node[key]), ""};
    return value;
  }

private:
  void checkKeys() const {
    std::vector<std::string> seen;
    for (const auto &entry : node) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
      if (std::find(keys.begin(), keys.end(), key) == keys.end())
        throw ModelFault{positionOf(entry.first),
                         "'" + name + "' has no key '" + key + "', expected " + joined(keys),
                         hintFor(key, keys)};
      if (std::find(seen.begin(), seen.end(), key) != seen.end())
        throw ModelFault{positionOf(entry.first), "'" + name + "' expected the key '" + key +
                                                      "' once, got it a second time",
                         ""};
      seen.push_back(key);
    }
  }

  const YAML::Node node;
  std::string name;
  std::vector<std::string> keys;
};

constexpr int64_t maxBandLimit = 256;
constexpr int64_t maxExtent = 1 << 20;
constexpr int64_t maxGridCount = 4096;

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
                           ", got " + (row.IsSequence() ? std::to_string(row.size()) + " numbers"
                                                        : got(row)),
                       ""};
    std::vector<double> &point = points.emplace_back();
    for (const YAML::Node &angle : row)
      point.push_back(toAngle(angle, "points"));
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

KernelGrid readGrid(const YAML::Node &node, bool onSO3) {
  const std::vector<std::string> kinds = {"near_identity", "equatorial", "soft", "points"};
  if (!node.IsMap()) {
    const std::string kind = toWord(node, "grid", kinds);
    if (kind == "soft" || kind == "points")
      throw ModelFault{positionOf(node), "'grid' expected the key '" +
                                             std::string(kind == "soft" ? "bandlimit" : "points") +
                                             "' for kind " + kind + ", got none",
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
  if (section.has("max_beta"))
    grid.maxBeta = toAngle(section["max_beta"], "max_beta");
  if (section.has("max_gamma"))
    grid.maxGamma = toAngle(section["max_gamma"], "max_gamma");
  return grid;
}

bool toBool(const YAML::Node &node, const std::string &what) {
  return toWord(node, what, {"true", "false"}) == "true";
}

void readConvolution(const YAML::Node &node, Layer &layer) {
  const bool onSO3 = layer.kind == LayerKind::SO3Conv;
  std::vector<std::string> keys = {"channels", "bandlimit", "grid", "bias"};
  if (onSO3)
    keys.push_back("high");
  const Section section(node, layerName(layer.kind), keys);
  layer.channels = section.integer("channels", 1, maxExtent);
  layer.bandLimit = section.integer("bandlimit", 1, maxBandLimit);
  layer.bandLimitPosition = positionOf(section["bandlimit"]);
  layer.grid = section.has("grid") ? readGrid(section["grid"], onSO3)
                                   : defaultGrid("near_identity", onSO3);
  if (section.has("bias"))
    layer.bias = toBool(section["bias"], "bias");
  if (onSO3 && section.has("high"))
    layer.high = toWord(section["high"], "high", {"zero", "quadrature"});
}

void readBatchNorm(const YAML::Node &node, Layer &layer) {
  const Section section(node, "batch_norm", {"eps", "momentum"});
  layer.epsilon = section.positive("eps", layer.epsilon);
  layer.momentum = section.positive("momentum", layer.momentum);
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

LayerKind toLayerKind(const YAML::Node &node) {
  const std::vector<LayerKind> kinds = {
      LayerKind::S2Conv,   LayerKind::SO3Conv,   LayerKind::ReLU,  LayerKind::Integrate,
      LayerKind::Resample, LayerKind::BatchNorm, LayerKind::Linear};
  std::vector<std::string> names;
  for (LayerKind kind : kinds)
    names.push_back(layerName(kind));
  const std::string word = node.IsScalar() ? node.Scalar() : "";
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end())
    throw ModelFault{positionOf(node),
                     "expected a layer (" + joined(names) + "), got " + got(node),
                     hintFor(word, names)};
  return kinds[found - names.begin()];
}

Layer readLayer(const YAML::Node &node) {
  const bool plain = node.IsScalar();
  if (!plain && !(node.IsMap() && node.size() == 1))
    throw ModelFault{positionOf(node),
                     "expected one layer, 'name' or 'name: settings', got " +
                         (node.IsMap() ? "a map of " + std::to_string(node.size()) + " keys"
                                       : got(node)),
                     "the settings of a layer are a map in braces after its name"};
  const YAML::Node name = plain ? node : node.begin()->first;
  const YAML::Node settings = plain ? YAML::Node() : node.begin()->second;
  Layer layer;
  layer.kind = toLayerKind(name);
  layer.position = positionOf(name);
  const bool simple = layer.kind == LayerKind::ReLU || layer.kind == LayerKind::Integrate;
  if (simple && !settings.IsNull())
    throw ModelFault{positionOf(settings),
                     "'" + name.Scalar() + "' expected no settings, got " + got(settings), ""};
  if (simple || (settings.IsNull() && layer.kind == LayerKind::BatchNorm))
    return layer;
  if (settings.IsNull())
    throw ModelFault{layer.position, "'" + name.Scalar() + "' expected settings, got none",
                     "for example linear: 10 or so3_conv: {channels: 32, bandlimit: 6}"};
  if (layer.kind == LayerKind::BatchNorm)
    readBatchNorm(settings, layer);
  else if (layer.kind == LayerKind::Linear)
    readLinear(settings, layer);
  else if (layer.kind == LayerKind::Resample)
    readResample(settings, layer);
  else
    readConvolution(settings, layer);
  return layer;
}

void readTraining(const YAML::Node &node, TrainingDescription &training) {
  const Section section(node, "training",
                        {"optimizer", "learning_rate", "beta1", "beta2", "eps"});
  if (section.has("optimizer"))
    toWord(section["optimizer"], "optimizer", {"adam"});
  training.learningRate = section.positive("learning_rate", training.learningRate);
  training.beta1 = section.positive("beta1", training.beta1);
  training.beta2 = section.positive("beta2", training.beta2);
  training.epsilon = section.positive("eps", training.epsilon);
}

std::string readName(const YAML::Node &node) {
  const std::string name = node.IsScalar() ? node.Scalar() : "";
  const bool valid = !name.empty() && !std::isdigit(name[0]) &&
                     std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) || c == '_'; });
  if (!valid)
    throw ModelFault{positionOf(node),
                     "'name' expected letters, digits and underscores, got " + got(node), ""};
  return name;
}

ModelDescription readModel(const YAML::Node &root, const std::string &file) {
  const Section section(root, "model",
                        {"name", "task", "batch", "input", "layers", "loss", "training"});
  ModelDescription model;
  model.file = file;
  if (section.has("name"))
    model.name = readName(section["name"]);
  if (section.has("task"))
    toWord(section["task"], "task", {"classification"});
  if (section.has("loss"))
    toWord(section["loss"], "loss", {"cross_entropy"});
  if (section.has("batch")) {
    model.batch = section.integer("batch", 1, maxExtent);
    model.batchPosition = positionOf(section["batch"]);
  }
  model.inputPosition = positionOf(section["input"]);
  const Section input(section["input"], "input", {"channels", "bandlimit"});
  if (input.has("channels"))
    model.inputChannels = input.integer("channels", 1, maxExtent);
  model.inputBandLimit = input.integer("bandlimit", 1, maxBandLimit);
  const YAML::Node layers = section["layers"];
  model.layersPosition = positionOf(layers);
  if (!layers.IsSequence() || layers.size() == 0)
    throw ModelFault{positionOf(layers), "'layers' expected a list of layers, got " + got(layers),
                     ""};
  for (const YAML::Node &layer : layers)
    model.layers.push_back(readLayer(layer));
  if (section.has("training"))
    readTraining(section["training"], model.training);
  return model;
}

} // namespace

Result<ModelDescription> readYaml(const std::string &text, const std::string &file) {
  try {
    ModelDescription model = readModel(YAML::Load(text), file);
    Result<std::vector<LayerShape>> shapes = inferShapes(model);
    if (!shapes)
      return shapes.error();
    return model;
  } catch (const ModelFault &fault) {
    return errorAt(file, fault.position, fault.message, fault.hint);
  } catch (const YAML::Exception &fault) {
    return errorAt(file, positionOf(fault.mark), "not valid YAML: " + fault.msg);
  }
}

} // namespace spherical::driver
