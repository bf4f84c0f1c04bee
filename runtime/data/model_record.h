//===- model_record.h - whose weights a file holds --------------*- C++ -*-===//
//
// Weights of another network may have the same names and shapes; what they give is
// wrong then, without a word. A file of weights records its network.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_MODEL_RECORD_H
#define SPHERICAL_RUNTIME_DATA_MODEL_RECORD_H

#include <map>
#include <optional>
#include <string>

namespace spherical::runtime {

/// The metadata of a file of tensors.
using Metadata = std::map<std::string, std::string>;

/// A network: the name of its model, and the digest of its graph, which neither the file, the batch
/// nor the training section enters (tools/spherical/model/digest.h).
struct ModelRecord {
  std::string name;
  std::string graph;

  bool operator==(const ModelRecord &) const = default;
};

/// Puts the record in the metadata of a file; nothing if the model has no digest.
void setModel(Metadata &metadata, const ModelRecord &model);

/// The record in the metadata; nothing if there is none, as in weights from elsewhere.
std::optional<ModelRecord> recordedModel(const Metadata &metadata);

/// "expected weights of the model 'a' (graph 12ab...), got those of 'b' (graph 34cd...)" if the
/// file records another graph than that of `model`, else nothing. A file without a record, and a
/// model without a digest, go with any.
std::string otherModel(const Metadata &metadata, const ModelRecord &model);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_MODEL_RECORD_H
