//===- write_yaml.cpp - a model as YAML -----------------------------------===//

#include "tools/spherical/model/training.h"
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
  const bool onSO3 = layer.kind != LayerKind::S2Conv;
  std::string text = ": {channels: " + std::to_string(layer.channels) +
                     ", bandlimit: " + std::to_string(layer.bandLimit);
  if (!(layer.grid == defaultGrid("near_identity", onSO3)))
    text += ", grid: " + writeGrid(layer.grid, onSO3);
  if (!layer.high.empty())
    text += ", high: " + layer.high;
  if (layer.projection != Layer().projection)
    text += ", projection: " + layer.projection;
  if (!layer.bias)
    text += ", bias: false";
  return text + "}";
}

/// ": {a, b, c}", or nothing for no settings.
static std::string braces(const std::vector<std::string> &settings) {
  std::string text;
  for (const std::string &setting : settings)
    text += (text.empty() ? ": {" : ", ") + setting;
  return text.empty() ? "" : text + "}";
}

static std::string writeBatchNorm(const Layer &layer) {
  const Layer defaults;
  std::vector<std::string> settings;
  if (layer.epsilon != defaults.epsilon)
    settings.push_back("eps: " + printNumber(layer.epsilon));
  if (layer.momentum != defaults.momentum)
    settings.push_back("momentum: " + printNumber(layer.momentum));
  if (layer.statistics != defaults.statistics)
    settings.push_back("statistics: " + layer.statistics);
  return braces(settings);
}

/// The settings of a planar layer with windows.
static std::string writeWindows(const Layer &layer) {
  std::vector<std::string> settings;
  if (layer.channels > 0)
    settings.push_back("channels: " + std::to_string(layer.channels));
  settings.push_back("kernel: " + std::to_string(layer.kernel));
  if (layer.stride != (layer.channels > 0 ? 1 : layer.kernel))
    settings.push_back("stride: " + std::to_string(layer.stride));
  if (layer.padding != Layer().padding)
    settings.push_back("padding: " + layer.padding);
  if (layer.outputPadding > 0)
    settings.push_back("output_padding: " + std::to_string(layer.outputPadding));
  if (!layer.bias)
    settings.push_back("bias: false");
  return braces(settings);
}

static std::string writeAngles(const Layer &layer) {
  std::string text;
  for (double angle : layer.angles)
    text += (text.empty() ? ": [" : ", ") + printAngle(angle);
  return text + "]";
}

static std::string writeLayers(const std::vector<Layer> &layers, const std::string &indent);

/// The list of layers, or a map of it and the settings of the shortcut.
static std::string writeResidual(const Layer &layer, const std::string &indent) {
  std::string settings;
  if (!layer.high.empty())
    settings += indent + "high: " + layer.high + "\n";
  if (layer.bias)
    settings += indent + "bias: true\n";
  std::string text = ":\n" + settings;
  if (settings.empty())
    text += writeLayers(layer.block, indent);
  else
    text += indent + "layers:\n" + writeLayers(layer.block, indent + "  ");
  text.pop_back();
  return text;
}

static std::string writeConcat(const Layer &layer, const std::string &indent) {
  std::string text = ":\n" + writeLayers(layer.block, indent);
  text.pop_back();
  return text;
}

/// What follows the layer's name, which stands behind `indent`.
static std::string writeSettings(const Layer &layer, const std::string &indent) {
  switch (layer.kind) {
  case LayerKind::S2Conv:
  case LayerKind::SO3Conv:
  case LayerKind::SO3ToS2:
    return writeConvolution(layer);
  case LayerKind::Resample:
    return ": " + std::to_string(layer.bandLimit);
  case LayerKind::Linear:
    return ": " + std::to_string(layer.channels);
  case LayerKind::LeakyReLU:
    return layer.slope == Layer().slope ? "" : ": {slope: " + printNumber(layer.slope) + "}";
  case LayerKind::BatchNorm:
    return writeBatchNorm(layer);
  case LayerKind::Rotate:
    return writeAngles(layer);
  case LayerKind::Residual:
    return writeResidual(layer, indent + "    ");
  case LayerKind::Conv2d:
  case LayerKind::ConvTranspose2d:
  case LayerKind::Down:
  case LayerKind::Up:
  case LayerKind::MaxPool:
  case LayerKind::AvgPool:
    return writeWindows(layer);
  case LayerKind::Upsample:
    return ": " + sizeSetting(layer.size);
  case LayerKind::Concat:
    return writeConcat(layer, indent + "    ");
  case LayerKind::GlobalAvgPool:
  case LayerKind::OrbitMean:
  case LayerKind::ReLU:
  case LayerKind::GELU:
  case LayerKind::Integrate:
    return "";
  }
  return "";
}

/// A line for each layer, more for layers of layers.
static std::string writeLayers(const std::vector<Layer> &layers, const std::string &indent) {
  std::string text;
  for (const Layer &layer : layers)
    text += indent + "- " + layerName(layer.kind) + writeSettings(layer, indent) + "\n";
  return text;
}

static std::string writeTraining(const TrainingDescription &training) {
  TrainingDescription defaults;
  std::string text = "training: {optimizer: " + training.optimizer +
                     ", learning_rate: " + printNumber(training.learningRate);
  const auto add = [&](const char *key, auto member) {
    if (training.*member != defaults.*member)
      text += std::string(", ") + key + ": " + settingText(training.*member);
  };
  if (training.optimizer == "adamw")
    defaults.weightDecay = -1; // always said
  eachStepSetting(add);
  add("freeze", &TrainingDescription::freeze);
  eachLoopSetting(add);
  return text + "}\n";
}

static std::string writeLoss(const LossDescription &loss) {
  std::vector<std::string> settings;
  if (loss.area)
    settings.push_back("weights: area");
  if (loss.ignore)
    settings.push_back("ignore: " + std::to_string(*loss.ignore));
  std::string weights;
  for (double weight : loss.classWeights)
    weights += (weights.empty() ? "" : ", ") + printNumber(weight);
  if (loss.balanced)
    settings.push_back("class_weights: balanced");
  else if (!weights.empty())
    settings.push_back("class_weights: [" + weights + "]");
  if (loss.labelSmoothing != 0)
    settings.push_back("label_smoothing: " + printNumber(loss.labelSmoothing));
  if (loss.delta != LossDescription().delta)
    settings.push_back("delta: " + printNumber(loss.delta));
  if (settings.empty())
    return "loss: " + loss.kind + "\n";
  settings.insert(settings.begin(), "kind: " + loss.kind);
  return "loss" + braces(settings) + "\n";
}

std::string writeYaml(const ModelDescription &model) {
  std::string text = "name: " + model.name + "\ntask: " + taskName(model.task) + "\n";
  text += "batch: " + std::to_string(model.batch) + "\n";
  text += "input: {channels: " + std::to_string(model.inputChannels) +
          (model.takesImages() ? ", size: " + sizeSetting(model.inputSize)
                               : ", bandlimit: " + std::to_string(model.inputBandLimit)) +
          "}\nlayers:\n";
  return text + writeLayers(model.layers, "  ") + writeLoss(model.loss) +
         writeTraining(model.training);
}

} // namespace spherical::driver
