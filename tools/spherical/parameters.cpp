//===- parameters.cpp - weights for commands that take any model ----------===//

#include "tools/spherical/parameters.h"

#include "runtime/data/conversion.h"
#include "runtime/data/foreign_files.h"
#include "runtime/data/random.h"

#include <stdexcept>

namespace spherical::driver {

using runtime::DType;
using runtime::Tensor;

Result<runtime::TensorFile> readTensorFile(const std::string &path) {
  try {
    return runtime::readSafetensors(path);
  } catch (const std::exception &error) {
    return Error{"spherical: error: " + std::string(error.what())};
  }
}

void addAnyModelOption(CLI::App &command, bool &anyModel) {
  command.add_flag("--any-model", anyModel,
                   "take weights of another network if names and shapes fit");
}

Status checkModel(const runtime::TensorFile &file, const std::string &path,
                  const runtime::ModelRecord &model) {
  const std::string other = runtime::otherModel(file.metadata, model);
  if (other.empty())
    return Done{};
  return commandError(path + ": " + other,
                      "--any-model takes them if names and shapes fit; layers may do other things");
}

Result<TrainedModel> loadTrained(const std::string &file, const SessionOptions &options,
                                 const std::string &path, bool anyModel) {
  Result<std::unique_ptr<Session>> session = Session::load(file, options);
  if (!session)
    return session.error();
  Result<runtime::TensorFile> weights = readTensorFile(path);
  if (!weights)
    return weights.error();
  if (!anyModel)
    if (Status status = checkModel(*weights, path, (*session)->record()); !status)
      return status.error();
  return TrainedModel{std::move(*session), std::move(*weights)};
}

Result<Tensor> weightTensor(const std::string &path, const std::string &name,
                            const Tensor &tensor) {
  try {
    return runtime::weightValues(tensor, DType::F32);
  } catch (const std::runtime_error &fault) {
    return Error{path + ": error: '" + name + "' " + fault.what()};
  }
}

static Tensor initialValue(const GraphParameter &parameter, uint64_t seed) {
  const runtime::RandomNumbers random(seed, runtime::RandomStream::Initialisation,
                                      runtime::hashText(parameter.name.c_str()));
  Tensor tensor = Tensor::zeros(DType::F32, parameter.shape);
  const auto values = tensor.as<float>();
  for (size_t i = 0; i < values.size(); ++i) {
    double value = 0;
    if (parameter.init == "ones")
      value = 1;
    else if (parameter.init == "normal")
      value = random.normal(i);
    else if (parameter.init == "uniform")
      value = 2 * random.uniforms(i)[0] - 1;
    values[i] = static_cast<float>(value * parameter.scale);
  }
  return tensor;
}

static std::vector<std::string> namesOf(const std::vector<GraphParameter> &parameters) {
  std::vector<std::string> names;
  for (const GraphParameter &parameter : parameters)
    names.push_back(parameter.name);
  return names;
}

Result<TensorMap> parameterValues(const std::vector<GraphParameter> &parameters,
                                  const std::string &path, const runtime::ModelRecord &model,
                                  uint64_t seed) {
  runtime::TensorFile file;
  if (!path.empty()) {
    Result<runtime::TensorFile> read = readTensorFile(path);
    if (!read)
      return read.error();
    file = std::move(*read);
    if (Status status = checkModel(file, path, model); !status)
      return status.error();
  }
  const TensorMap &given = file.tensors;
  TensorMap values;
  std::vector<std::string> absentStates;
  for (const GraphParameter &parameter : parameters) {
    const auto found = given.find(parameter.name);
    if (found != given.end()) {
      // As they are: the reference target computes with all bits of F64.
      if (Result<Tensor> weights = weightTensor(path, parameter.name, found->second); !weights)
        return weights.error();
      values.emplace(parameter.name, found->second);
      continue;
    }
    if (!path.empty() && parameter.role != "state")
      return Error{path + ": error: '" + parameter.name + "' expected as parameter of shape " +
                   runtime::shapeText(parameter.shape) + ", got none" +
                   runtime::prefixAdvice(file, namesOf(parameters))};
    if (!path.empty())
      absentStates.push_back(parameter.name);
    values.emplace(parameter.name, initialValue(parameter, seed));
  }
  noteAbsentStates(path, absentStates);
  return values;
}

} // namespace spherical::driver
