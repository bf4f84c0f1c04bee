//===- read_layers.cpp - the layers of a model from YAML ------------------===//

#include "tools/spherical/model/schema.h"

#include <algorithm>

namespace spherical::driver {

static LayerKind toLayerKind(const YAML::Node &node) {
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

bool LayerSchema::needsSettings() const {
  return !value.values.empty() ||
         std::ranges::any_of(keys, [](const Key<Layer> &key) { return key.required(); });
}

static void readSettings(const YAML::Node &settings, const LayerSchema &schema, Layer &layer) {
  const std::string name = layerName(schema.kind);
  if (!schema.value.values.empty() && (schema.keys.empty() || !settings.IsMap()))
    return schema.value.read(settings, layer);
  if (!schema.keys.empty())
    return readKeys(settings, name, schema.keys, layer);
  throw ModelFault{positionOf(settings),
                   "'" + name + "' expected no settings, got " + got(settings), ""};
}

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
  const LayerSchema &schema = layerSchemas()[static_cast<size_t>(toLayerKind(name))];
  Layer layer = schema.initial;
  layer.position = positionOf(name);
  if (!settings.IsNull())
    readSettings(settings, schema, layer);
  else if (schema.needsSettings())
    throw ModelFault{layer.position, "'" + name.Scalar() + "' expected settings, got none",
                     "for example " + schema.example};
  return layer;
}

} // namespace spherical::driver
