//===- parameters.h - weights for commands that take any model --*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_PARAMETERS_H
#define SPHERICAL_TOOLS_SPHERICAL_PARAMETERS_H

#include "tools/spherical/commands.h"
#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/layers.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// What the safetensors file `path` holds.
Result<runtime::TensorFile> readTensorFile(const std::string &path);

/// Adds --any-model, with which weights of another network are taken if they fit.
void addAnyModelOption(CLI::App &command, bool &anyModel);

/// Fails, with the names of both, if the file `path` records that it is of another network than
/// `model`.
Status checkModel(const runtime::TensorFile &file, const std::string &path,
                  const runtime::ModelRecord &model);

/// A model and what a training made of it.
struct TrainedModel {
  std::unique_ptr<Session> session;
  runtime::TensorFile weights;
};

/// Loads the model `file` and the weights in the file `path`. Fails for those of another network,
/// unless `anyModel` takes them.
Result<TrainedModel> loadTrained(const std::string &file, const SessionOptions &options,
                                 const std::string &path, bool anyModel);

/// A parameter or state of the file as F32, by the one rule for weights (conversion.h).
Result<runtime::Tensor> weightTensor(const std::string &path, const std::string &name,
                                     const runtime::Tensor &tensor);

/// The values of `parameters`: from the file `path` of weights of `model` (without a digest: of
/// any), or, if that is empty, as training starts: their initial distributions with the random
/// numbers of `seed`. States that the file lacks keep their initial values,
/// which a note says.
Result<TensorMap> parameterValues(const std::vector<GraphParameter> &parameters,
                                  const std::string &path, const runtime::ModelRecord &model,
                                  uint64_t seed);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_PARAMETERS_H
