//===- weights.cpp - parameters from and to tensors -------------*- C++ -*-===//

#include "runtime/execute/weights.h"

#include "runtime/data/conversion.h"
#include "runtime/data/foreign_files.h"
#include "runtime/data/model_record.h"
#include "runtime/execute/manifest_check.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace spherical::runtime {

DType dtypeOf(Element element) {
  switch (element) {
  case Element::F32:
    return DType::F32;
  case Element::F64:
    return DType::F64;
  case Element::I32:
    return DType::I32;
  case Element::I64:
    return DType::I64;
  }
  throw std::logic_error("unknown element type");
}

namespace {

/// What else the names say if one of them does not fit.
std::string adviceOf(const std::vector<ParameterSpec> &kept, const TensorFile &file) {
  std::vector<std::string> known;
  for (const ParameterSpec &spec : kept)
    known.push_back(spec.name);
  return prefixAdvice(file, known);
}

} // namespace

bool isCheckpoint(const TensorFile &file) { return file.metadata.contains(checkpointFormatKey); }

TensorFile weightsOfCheckpoint(const std::vector<ParameterSpec> &kept, TensorFile file) {
  file.metadata.erase(checkpointFormatKey);
  static constexpr std::string_view average = "average.";
  static constexpr std::string_view ofTraining[] = {"adam.", "sgd.", "grad_sum.", average};
  for (const auto &[name, tensor] : file.tensors)
    if (const auto found = name.starts_with(average)
                               ? file.tensors.find(name.substr(average.size()))
                               : file.tensors.end();
        found != file.tensors.end())
      found->second = tensor;
  std::erase_if(file.tensors, [&](const auto &entry) {
    const auto begins = [&](std::string_view prefix) { return entry.first.starts_with(prefix); };
    const auto isIt = [&](const ParameterSpec &spec) { return spec.name == entry.first; };
    return std::any_of(std::begin(ofTraining), std::end(ofTraining), begins) &&
           std::none_of(kept.begin(), kept.end(), isIt);
  });
  return file;
}

Tensor matchWeight(const ParameterSpec &spec, const Tensor &tensor) {
  const DType dtype = dtypeOf(spec.element);
  if (tensor.shape != spec.shape)
    throw std::runtime_error("'" + spec.name + "' expected " + dtypeName(dtype) + " " +
                             shapeText(spec.shape) + ", got " + dtypeName(tensor.dtype) + " " +
                             shapeText(tensor.shape));
  try {
    return weightValues(tensor, dtype);
  } catch (const std::runtime_error &error) {
    throw std::runtime_error("'" + spec.name + "' " + error.what());
  }
}

MatchedWeights matchWeights(const std::vector<ParameterSpec> &kept, const TensorFile &file,
                            bool complete) {
  if (!complete && isCheckpoint(file))
    return matchWeights(kept, weightsOfCheckpoint(kept, file));
  MatchedWeights result;
  for (const ParameterSpec &spec : kept) {
    const auto found = file.tensors.find(spec.name);
    if (found != file.tensors.end())
      result.values.emplace(spec.name, matchWeight(spec, found->second));
    else if (complete || spec.role == "parameter")
      throw std::runtime_error("expected a tensor '" + spec.name + "' (" +
                               typeText(spec.element, spec.shape) + "), got none" +
                               adviceOf(kept, file));
    else if (spec.role == "state")
      result.absentStates.push_back(spec.name);
  }
  for (const auto &[name, tensor] : file.tensors)
    if (!result.values.count(name))
      throw std::runtime_error("the network has no value '" + name + "' (" +
                               shapeText(tensor.shape) + ")" + adviceOf(kept, file));
  return result;
}

void bindWeights(Program &program, const TensorFile &file, const std::string &origin) {
  const Manifest &manifest = program.manifest();
  if (const std::string other = otherModel(file.metadata, {manifest.model, manifest.graph});
      !other.empty())
    throw Error(SPH_INVALID_ARGUMENT, origin + ": " + other);
  MatchedWeights weights;
  try {
    weights = matchWeights(manifest.parameters, file);
  } catch (const std::runtime_error &error) {
    throw Error(SPH_INVALID_ARGUMENT, origin + ": " + error.what());
  }
  std::vector<BufferView> values;
  for (const auto &[name, tensor] : weights.values)
    values.push_back({name, program.findParameter(name)->element, tensor.shape,
                      const_cast<std::byte *>(tensor.bytes.data())});
  program.bind(values);
}

TensorFile readWeights(const Program &program, bool moments) {
  TensorFile file;
  for (const ParameterSpec &parameter : program.manifest().parameters) {
    const bool ofTraining = parameter.role == "moment" || parameter.role == "average";
    if (!program.isBound(parameter.name) || (ofTraining && !moments))
      continue;
    Tensor tensor = Tensor::zeros(dtypeOf(parameter.element), parameter.shape);
    program.read({parameter.name, parameter.element, parameter.shape, tensor.bytes.data()});
    file.tensors.emplace(parameter.name, std::move(tensor));
  }
  return file;
}

} // namespace spherical::runtime
