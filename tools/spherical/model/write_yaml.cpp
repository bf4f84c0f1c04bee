//===- write_yaml.cpp - a model as YAML -----------------------------------===//

#include "tools/spherical/model/angle.h"
#include "tools/spherical/model/yaml.h"

namespace spherical::driver {

static std::string writeGrid(const KernelGrid &grid, bool onSO3) {
  const KernelGrid defaults = defaultGrid(grid.kind, onSO3);
  if (grid.kind == "soft")
    return "{kind: soft, bandlimit: " + std::to_string(grid.bandLimit) + "}";
  if (grid.kind == "points") {
    std::string text = "{kind: points, points: [";
    for (size_t i = 0; i < grid.points.size(); ++i) {
      text += i == 0 ? "[" : ", [";
      for (size_t j = 0; j < grid.points[i].size(); ++j)
        text += (j == 0 ? "" : ", ") + printAngle(grid.points[i][j]);
      text += "]";
    }
    return text + "]}";
  }
  if (grid == defaults)
    return grid.kind;
  std::string text = "{kind: " + grid.kind;
  if (grid.beta != defaults.beta)
    text += ", beta: " + std::to_string(grid.beta);
  if (grid.alpha != defaults.alpha)
    text += ", alpha: " + std::to_string(grid.alpha);
  const int64_t gamma = grid.kind == "near_identity" && onSO3 ? grid.alpha : defaults.gamma;
  if (grid.gamma != gamma)
    text += ", gamma: " + std::to_string(grid.gamma);
  if (grid.maxBeta != defaults.maxBeta)
    text += ", max_beta: " + printAngle(grid.maxBeta);
  if (grid.maxGamma != defaults.maxGamma)
    text += ", max_gamma: " + printAngle(grid.maxGamma);
  return text + "}";
}

static std::string writeConvolution(const Layer &layer) {
  const bool onSO3 = layer.kind == LayerKind::SO3Conv;
  std::string text = ": {channels: " + std::to_string(layer.channels) +
                     ", bandlimit: " + std::to_string(layer.bandLimit);
  if (!(layer.grid == defaultGrid("near_identity", onSO3)))
    text += ", grid: " + writeGrid(layer.grid, onSO3);
  if (!layer.high.empty())
    text += ", high: " + layer.high;
  if (!layer.bias)
    text += ", bias: false";
  return text + "}";
}

/// What follows the layer's name.
static std::string writeSettings(const Layer &layer) {
  const Layer defaults;
  switch (layer.kind) {
  case LayerKind::S2Conv:
  case LayerKind::SO3Conv:
    return writeConvolution(layer);
  case LayerKind::Resample:
    return ": " + std::to_string(layer.bandLimit);
  case LayerKind::Linear:
    return ": " + std::to_string(layer.channels);
  case LayerKind::BatchNorm:
    if (layer.epsilon == defaults.epsilon && layer.momentum == defaults.momentum)
      return "";
    return ": {eps: " + printNumber(layer.epsilon) + ", momentum: " + printNumber(layer.momentum) +
           "}";
  case LayerKind::ReLU:
  case LayerKind::Integrate:
    return "";
  }
  return "";
}

static std::string writeTraining(const TrainingDescription &training) {
  const TrainingDescription defaults;
  std::string text =
      "training: {optimizer: adam, learning_rate: " + printNumber(training.learningRate);
  if (training.beta1 != defaults.beta1)
    text += ", beta1: " + printNumber(training.beta1);
  if (training.beta2 != defaults.beta2)
    text += ", beta2: " + printNumber(training.beta2);
  if (training.epsilon != defaults.epsilon)
    text += ", eps: " + printNumber(training.epsilon);
  return text + "}\n";
}

std::string writeYaml(const ModelDescription &model) {
  std::string text = "name: " + model.name + "\ntask: classification\n";
  text += "batch: " + std::to_string(model.batch) + "\n";
  text += "input: {channels: " + std::to_string(model.inputChannels) +
          ", bandlimit: " + std::to_string(model.inputBandLimit) + "}\nlayers:\n";
  for (const Layer &layer : model.layers)
    text += std::string("  - ") + layerName(layer.kind) + writeSettings(layer) + "\n";
  return text + "loss: cross_entropy\n" + writeTraining(model.training);
}

} // namespace spherical::driver
