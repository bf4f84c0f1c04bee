//===- schema.h - all that a model file may say -----------------*- C++ -*-===//
//
// The one list of the layers and keys of a model file, from which readYaml reads
// and checks files and `spherical help model` explains them.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_SCHEMA_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_SCHEMA_H

#include "tools/spherical/model/keys.h"

namespace spherical::driver {

/// A layer as a file writes it: its name alone, `name: value`, or `name: {key: value}`.
struct LayerSchema {
  LayerKind kind;
  std::string meaning;
  /// The layer, in YAML.
  std::string example;
  /// How the layer starts, before its settings are read.
  Layer initial;
  /// The form `name: value`; its values are empty if there is none.
  Key<Layer> value;
  /// The form `name: {key: value}`; empty if there is none.
  std::vector<Key<Layer>> keys;

  /// Whether the name alone is not enough.
  bool needsSettings() const;
};

/// The layers, in the order of layerKinds().
const std::vector<LayerSchema> &layerSchemas();

/// A kind of kernel grids, and where their points are.
struct GridSchema {
  std::string kind;
  std::string meaning;
};
const std::vector<GridSchema> &gridSchemas();

/// The keys of a kernel grid on S2 or SO(3).
std::vector<Key<KernelGrid>> gridKeys(const std::string &kind, bool onSO3);
/// The settings `grid` of a convolution.
Key<Layer> gridKey(bool onSO3);

/// The maps of a file: the whole, and those of the keys `input`, `loss` and `training`.
const std::vector<Key<ModelDescription>> &modelKeys();
const std::vector<Key<ModelDescription>> &inputKeys();
const std::vector<Key<LossDescription>> &lossKeys();
const std::vector<Key<TrainingDescription>> &trainingKeys();

/// One entry of `layers`.
Layer readLayer(const YAML::Node &node);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_SCHEMA_H
