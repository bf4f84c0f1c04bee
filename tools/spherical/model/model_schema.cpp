//===- model_schema.cpp - the maps of a model file ------------------------===//
//
// The keys of a model file and of its maps `input` and `loss`.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/schema.h"
#include "tools/spherical/model/training.h"

#include <algorithm>
#include <climits>

namespace spherical::driver {
namespace {

void readClassWeights(const YAML::Node &node, LossDescription &loss) {
  loss.balanced = node.IsScalar() && node.Scalar() == "balanced";
  if (loss.balanced)
    return;
  if (!node.IsSequence() || node.size() == 0)
    throw ModelFault{positionOf(node),
                     "'class_weights' expected a list of numbers or balanced, got " +
                         (node.IsSequence() ? "an empty list" : got(node)),
                     ""};
  std::vector<double> &weights = loss.classWeights;
  Parts parts;
  for (const YAML::Node &entry : node)
    parts.attempt([&] { weights.push_back(toNumber(entry, "class_weights", classWeight)); });
  parts.finish();
  if (std::ranges::all_of(weights, [](double weight) { return weight == 0; }))
    throw ModelFault{positionOf(node), "'class_weights' expected a weight above 0, got 0 for all",
                     "without class_weights all classes weigh the same"};
}

/// A key that only one loss has.
Key<LossDescription> ofLoss(const std::string &kind, Key<LossDescription> key) {
  key.meaning += "; with " + kind + " only";
  key.read = [kind, name = key.name, read = key.read](const YAML::Node &node,
                                                      LossDescription &loss) {
    if (loss.kind != kind)
      throw ModelFault{positionOf(node),
                       "'" + name + "' expected the loss " + kind + ", got " + loss.kind, ""};
    read(node, loss);
  };
  return key;
}

/// "a, b, c or a map".
std::string joinedOrMap(std::vector<std::string> words) {
  words.push_back("a map");
  return joined(words);
}

void readLoss(const YAML::Node &node, ModelDescription &model) {
  model.loss.position = positionOf(node);
  if (node.IsScalar())
    model.loss.kind = toWord(node, "loss", lossKinds());
  else
    readKeys(node, "loss", lossKeys(), model.loss);
}

void readName(const YAML::Node &node, ModelDescription &model) {
  model.name = node.IsScalar() ? node.Scalar() : "";
  const bool valid =
      !model.name.empty() && !std::isdigit(model.name[0]) &&
      std::ranges::all_of(model.name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
  if (!valid)
    throw ModelFault{positionOf(node),
                     "'name' expected letters, digits and underscores, got " + got(node), ""};
}

void readTask(const YAML::Node &node, ModelDescription &model) {
  const std::string task = toWord(node, "task", {"classification", "segmentation", "regression"});
  model.task = task == "segmentation" ? Task::Segmentation
               : task == "regression" ? Task::Regression
                                      : Task::Classification;
  model.loss.kind = defaultLoss(model.task);
}

void readInput(const YAML::Node &node, ModelDescription &model) {
  model.inputPosition = positionOf(node);
  readKeys(node, "input", inputKeys(), model);
  if (node["size"] && node["bandlimit"]) {
    model.inputSize = {};
    model.inputBandLimit = 0; // what flows is open
    throw ModelFault{positionOf(node["size"]), "'input' expected 'bandlimit' or 'size', got both",
                     "the image of band-limit b has size 2b"};
  }
  if (!node["size"] && !node["bandlimit"])
    throw ModelFault{positionOf(node), "'input' expected the key 'bandlimit', got none", ""};
}

void readLayers(const YAML::Node &node, ModelDescription &model) {
  model.layersPosition = positionOf(node);
  if (!node.IsSequence() || node.size() == 0)
    throw ModelFault{positionOf(node),
                     "'layers' expected a list of layers, got " +
                         (node.IsSequence() ? "an empty list" : got(node)),
                     ""};
  Parts parts;
  bool right = true; // a layer's shape depends on all before it
  for (const YAML::Node &entry : node)
    if (Layer layer; !parts.attempt([&] { layer = readLayer(entry); }))
      right = false;
    else if (right)
      model.layers.push_back(layer);
  parts.finish();
}

void readTraining(const YAML::Node &node, ModelDescription &model) {
  readKeys(node, "training", trainingKeys(), model.training);
}

} // namespace

const std::vector<Key<ModelDescription>> &modelKeys() {
  static const Keys<ModelDescription> key;
  static const std::vector<Key<ModelDescription>> keys = {
      {{"name", "letters, digits and underscores", byDefault(ModelDescription().name),
        "what the compiled library and weights are called by"},
       readName},
      {{"task", "classification, segmentation or regression", byDefault("classification"),
        "a class for each sample, or for each point of the input's grid; or numbers, for each "
        "sample or for each point"},
       readTask},
      key.integer("batch", &ModelDescription::batch, 1, maxExtent, "samples in a step"),
      {{"input", "map", "", "what goes in"}, readInput},
      {{"layers", "list of layers", "", "in order"}, readLayers},
      {{"loss", joinedOrMap(lossKinds()),
        byDefault(std::string(defaultLoss(Task::Classification)) + ", of regression " +
                  defaultLoss(Task::Regression)),
        "what training makes small"},
       readLoss},
      {{"training", "map", "their defaults without it", "how `train` updates the weights"},
       readTraining}};
  return keys;
}

const std::vector<Key<ModelDescription>> &inputKeys() {
  static const Keys<ModelDescription> key;
  static const std::vector<Key<ModelDescription>> keys = {
      key.integer("channels", &ModelDescription::inputChannels, 1, maxExtent,
                  "of each sample: 1 for digits, 3 for RGB"),
      otherwise(key.integer("bandlimit", &ModelDescription::inputBandLimit, 1, maxBandLimit,
                            "a function on S2 on the grid of this band-limit, 2b x 2b samples; "
                            "for layers of images, an image of side 2b"),
                "or `size`"),
      otherwise(key.size("size", &ModelDescription::inputSize, maxImageSize,
                         "side of an image, or its rows and columns, for layers of images"),
                "or `bandlimit`")};
  return keys;
}

const std::vector<Key<LossDescription>> &lossKeys() {
  static const Keys<LossDescription> key;
  static const std::vector<Key<LossDescription>> keys = {
      otherwise(key.word("kind", &LossDescription::kind, lossKinds(),
                         "cross_entropy compares with labels, of which -1 counts for nothing; the "
                         "others with targets of the output's shape, of which NaN does"),
                "that of the task by default"),
      {{"weights", "grid or area", byDefault("grid"),
        "how points weigh: all the same, or as their area on the sphere; area only of models "
        "that end on S2 or in an image"},
       [](const YAML::Node &node, LossDescription &loss) {
         loss.area = toWord(node, "weights", {"grid", "area"}) == "area";
       }},
      ofLoss("cross_entropy", {{"ignore", integerText(INT32_MIN, INT32_MAX), "no label by default",
                                "label of samples or points that do not count, beside -1"},
                               [](const YAML::Node &node, LossDescription &loss) {
                                 loss.ignore = toInteger(node, "ignore", INT32_MIN, INT32_MAX);
                               }}),
      ofLoss("cross_entropy",
             {{"class_weights",
               "list of a " + numberText(classWeight) + " for each class, or balanced",
               "1 for all by default",
               "factors of the classes; balanced: N / (K n) of a class with n of the N labels of "
               "the training part, for K classes"},
              readClassWeights}),
      ofLoss("cross_entropy", key.number("label_smoothing", &LossDescription::labelSmoothing, decay,
                                         "share of the truth that all classes have together")),
      ofLoss("huber", key.number("delta", &LossDescription::delta, positive,
                                 "error at which the square turns into a straight line"))};
  return keys;
}

} // namespace spherical::driver
