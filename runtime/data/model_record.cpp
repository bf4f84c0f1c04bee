//===- model_record.cpp - whose weights a file holds ------------*- C++ -*-===//

#include "runtime/data/model_record.h"

namespace spherical::runtime {

static constexpr const char *nameKey = "spherical.model";
static constexpr const char *graphKey = "spherical.graph";

void setModel(Metadata &metadata, const ModelRecord &model) {
  if (model.graph.empty())
    return;
  metadata[nameKey] = model.name;
  metadata[graphKey] = model.graph;
}

std::optional<ModelRecord> recordedModel(const Metadata &metadata) {
  const auto name = metadata.find(nameKey), graph = metadata.find(graphKey);
  if (name == metadata.end() || graph == metadata.end())
    return std::nullopt;
  return ModelRecord{name->second, graph->second};
}

static std::string described(const ModelRecord &model) {
  return "'" + model.name + "' (graph " + model.graph.substr(0, 12) + ")";
}

std::string otherModel(const Metadata &metadata, const ModelRecord &model) {
  const std::optional<ModelRecord> recorded = recordedModel(metadata);
  if (!recorded || model.graph.empty() || recorded->graph == model.graph)
    return "";
  return "expected weights of the model " + described(model) + ", got those of " +
         described(*recorded);
}

} // namespace spherical::runtime
