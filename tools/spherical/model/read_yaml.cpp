//===- read_yaml.cpp - a model from YAML ----------------------------------===//
//
// One function a level of the file: model, input, loss, training; read_layers.cpp
// has the layers. Each takes a Section, which hands out the keys of a map and
// rejects the others.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/yaml.h"
#include "tools/spherical/model/yaml_section.h"

#include "runtime/data/files.h"

#include <algorithm>
#include <climits>

namespace spherical::driver {
namespace {

/// The decay of adamw unless the file says another.
constexpr double defaultWeightDecay = 0.01;
constexpr int64_t maxWarmup = 1'000'000'000;
/// The decay of a mean from step to step.
constexpr Interval decay = {.low = 0, .high = 1, .openHigh = true};

void readTraining(const YAML::Node &node, TrainingDescription &training) {
  const Section section(node, "training",
                        {"optimizer", "learning_rate", "beta1", "beta2", "eps", "weight_decay",
                         "clip", "schedule", "warmup"});
  if (section.has("optimizer"))
    training.optimizer = toWord(section["optimizer"], "optimizer", {"adam", "adamw"});
  const bool decays = training.optimizer == "adamw";
  if (section.has("weight_decay") && !decays)
    throw ModelFault{positionOf(section["weight_decay"]),
                     "'weight_decay' expected the optimizer adamw, got " + training.optimizer,
                     "write optimizer: adamw"};
  training.learningRate = section.number("learning_rate", training.learningRate, positive);
  training.beta1 = section.number("beta1", training.beta1, decay);
  training.beta2 = section.number("beta2", training.beta2, decay);
  training.epsilon = section.number("eps", training.epsilon, positive);
  training.weightDecay =
      section.number("weight_decay", decays ? defaultWeightDecay : 0, notNegative);
  training.clip = section.number("clip", training.clip, positive);
  if (section.has("schedule"))
    training.schedule = toWord(section["schedule"], "schedule", {"constant", "cosine"});
  if (section.has("warmup"))
    training.warmup = section.integer("warmup", 0, maxWarmup);
}

/// Sums of weights over all points of a batch stay finite.
constexpr Interval classWeight = {.low = 0, .high = 1e12};

std::vector<double> readClassWeights(const YAML::Node &node) {
  if (!node.IsSequence() || node.size() == 0)
    throw ModelFault{positionOf(node),
                     "'class_weights' expected a list of numbers, got " + got(node), ""};
  std::vector<double> weights;
  for (const YAML::Node &entry : node)
    weights.push_back(toNumber(entry, "class_weights", classWeight));
  if (std::ranges::all_of(weights, [](double weight) { return weight == 0; }))
    throw ModelFault{positionOf(node), "'class_weights' expected a weight above 0, got 0 for all",
                     "without class_weights all classes weigh the same"};
  return weights;
}

LossDescription readLoss(const YAML::Node &node) {
  const std::vector<std::string> kinds = {"cross_entropy", "mean_squared_error"};
  LossDescription loss;
  loss.position = positionOf(node);
  if (node.IsScalar()) {
    loss.kind = toWord(node, "loss", kinds);
    return loss;
  }
  const Section section(node, "loss", {"kind", "weights", "ignore", "class_weights"});
  if (section.has("kind"))
    loss.kind = toWord(section["kind"], "kind", kinds);
  for (const char *key : {"ignore", "class_weights"})
    if (section.has(key) && loss.kind != "cross_entropy")
      throw ModelFault{
          positionOf(section[key]),
          "'" + std::string(key) + "' expected the loss cross_entropy, got " + loss.kind, ""};
  if (section.has("weights"))
    loss.area = toWord(section["weights"], "weights", {"grid", "area"}) == "area";
  if (section.has("ignore"))
    loss.ignore = section.integer("ignore", INT32_MIN, INT32_MAX);
  if (section.has("class_weights"))
    loss.classWeights = readClassWeights(section["class_weights"]);
  return loss;
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

/// A function on S2 of a band-limit, or an image of a side or, where layers are planar, of the 2b x
/// 2b samples of a band-limit.
void readInput(const YAML::Node &node, ModelDescription &model) {
  const Section input(node, "input", {"channels", "bandlimit", "size"});
  if (input.has("channels"))
    model.inputChannels = input.integer("channels", 1, maxExtent);
  if (input.has("size") && input.has("bandlimit"))
    throw ModelFault{positionOf(input["size"]), "'input' expected 'bandlimit' or 'size', got both",
                     "the image of band-limit b has size 2b"};
  if (input.has("size")) {
    model.inputSize = input.integer("size", 1, maxImageSize);
    return;
  }
  const int64_t bandLimit = input.integer("bandlimit", 1, maxBandLimit);
  if (std::any_of(model.layers.begin(), model.layers.end(), isPlanar))
    model.inputSize = 2 * bandLimit;
  else
    model.inputBandLimit = bandLimit;
}

ModelDescription readModel(const YAML::Node &root, const std::string &file) {
  const Section section(root, "model",
                        {"name", "task", "batch", "input", "layers", "loss", "training"});
  ModelDescription model;
  model.file = file;
  if (section.has("name"))
    model.name = readName(section["name"]);
  if (section.has("task"))
    model.task =
        toWord(section["task"], "task", {"classification", "segmentation"}) == "segmentation"
            ? Task::Segmentation
            : Task::Classification;
  if (section.has("loss"))
    model.loss = readLoss(section["loss"]);
  if (section.has("batch")) {
    model.batch = section.integer("batch", 1, maxExtent);
    model.batchPosition = positionOf(section["batch"]);
  }
  model.inputPosition = positionOf(section["input"]);
  const YAML::Node layers = section["layers"];
  model.layersPosition = positionOf(layers);
  if (!layers.IsSequence() || layers.size() == 0)
    throw ModelFault{positionOf(layers), "'layers' expected a list of layers, got " + got(layers),
                     ""};
  for (const YAML::Node &layer : layers)
    model.layers.push_back(readLayer(layer));
  readInput(section["input"], model);
  if (section.has("training"))
    readTraining(section["training"], model.training);
  return model;
}

} // namespace

bool isYamlPath(const std::string &path) {
  const std::string ending = runtime::endingOf(path);
  return ending == ".yaml" || ending == ".yml";
}

Result<ModelDescription> readYaml(const std::string &text, const std::string &file, int64_t batch) {
  try {
    ModelDescription model = readModel(YAML::Load(text), file);
    if (batch > 0)
      model.batch = batch;
    Result<ModelFlow> flow = checkModel(model);
    if (!flow)
      return flow.error();
    return model;
  } catch (const ModelFault &fault) {
    return errorAt(file, fault.position, fault.message, fault.hint);
  } catch (const YAML::Exception &fault) {
    return errorAt(file, positionOf(fault.mark), "not valid YAML: " + fault.msg);
  }
}

} // namespace spherical::driver
