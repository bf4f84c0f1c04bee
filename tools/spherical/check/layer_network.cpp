//===- layer_network.cpp - a network, one layer at a time -----------------===//

#include "tools/spherical/check/layer_network.h"

#include "tools/spherical/check/signals.h"

#include "runtime/data/conversion.h"

#include <algorithm>

namespace spherical::driver {

using runtime::DType;
using runtime::Tensor;

Result<std::unique_ptr<LayerNetwork>> LayerNetwork::create(std::unique_ptr<Session> model,
                                                           TensorMap parameters, bool gradients) {
  std::unique_ptr<LayerNetwork> network(new LayerNetwork);
  network->session = std::move(model);
  network->values = std::move(parameters);
  Session &session = *network->session;
  Result<std::vector<LayerProgram>> programs = addLayerPrograms(session, gradients);
  if (!programs)
    return programs.error();
  network->programs = std::move(*programs);
  if (gradients || session.options().target != "reference")
    removeForward(session);
  const std::string first = network->programs.front().entry;
  Result<std::unique_ptr<Executable>> executable =
      Executable::create(session, gradients ? first + "_vjp" : first);
  if (!executable)
    return executable.error();
  network->executable = std::move(*executable);
  return network;
}

/// As many samples as the value has: zeros behind those given, or the first ones of them.
static Tensor withSamples(const Tensor &tensor, int64_t count) {
  Tensor result = tensor;
  const auto bytes = static_cast<int64_t>(tensor.bytes.size()) / tensor.shape[0];
  result.shape[0] = count;
  result.bytes.resize(count * bytes);
  return result;
}

Result<TensorMap> LayerNetwork::runEntry(const std::string &entry, const LayerProgram &layer,
                                         const LayerValues &inputs, const TensorMap &more) {
  const Result<Signature> signature = executable->signature(entry);
  if (!signature)
    return signature.error();
  TensorMap arguments = more;
  for (size_t i = 0; i < inputs.size(); ++i)
    arguments.insert_or_assign(i == 0 ? "x" : "x" + std::to_string(i), inputs[i]);
  const int64_t count = inputs.front().shape[0];
  // Where nothing tells that the first axis is the batch, it is always whole.
  for (const EntryValue &value : signature->arguments) {
    const auto given = arguments.find(value.name);
    if (given != arguments.end() && !value.batched && !values.contains(value.name))
      given->second = withSamples(given->second, value.shape[0]);
  }
  for (const std::string &name : layer.parameters)
    arguments.emplace(name, values.at(name));
  Result<TensorMap> results = runOnce(*executable, entry, arguments, {.file = session->path()});
  if (!results)
    return results.error();
  for (auto &[name, tensor] : *results)
    if ((name == "y" || name.starts_with("grad.x")) && tensor.shape[0] > count)
      tensor = withSamples(tensor, count);
  return std::move(*results);
}

Result<Tensor> LayerNetwork::run(const LayerProgram &layer, const LayerValues &inputs,
                                 const TensorMap &changes) {
  const Result<Signature> signature = executable->signature(layer.entry);
  if (!signature)
    return signature.error();
  const int64_t total = inputs.front().shape[0];
  int64_t most = signature->capacity;
  for (const EntryValue &value : signature->arguments)
    if (value.name == "x" && !value.batched)
      most = value.shape[0];
  std::vector<Tensor> parts;
  for (int64_t first = 0; first < total; first += most) {
    LayerValues some;
    for (const Tensor &input : inputs)
      some.push_back(samplesOf(input, first, std::min(most, total - first)));
    Result<TensorMap> results = runEntry(layer.entry, layer, some, changes);
    if (!results)
      return results.error();
    parts.push_back(runtime::converted(results->at("y"), DType::F64));
  }
  return stacked(parts);
}

Result<Tensor> LayerNetwork::runChanged(int64_t index, const LayerChange &change,
                                        const Tensor &input) {
  LayerProgram changed = programs[index];
  changed.entry += change.zeroHigh ? "_zero" : "";
  changed.entry += change.batchStatistics.empty() ? "" : "_" + change.batchStatistics;
  changed.entry += change.bandLimit == 0 ? "" : "_at_" + std::to_string(change.bandLimit);
  if (Status status = addChangedLayer(*session, index, change, changed.entry); !status)
    return status.error();
  if (change.batchStatistics.empty())
    return run(changed, {input});
  std::vector<Tensor> samples;
  for (int64_t i = 0; i < input.shape[0]; ++i) {
    Result<Tensor> sample = run(changed, {samplesOf(input, i, 1)});
    if (!sample)
      return sample.error();
    samples.push_back(std::move(*sample));
  }
  return stacked(samples);
}

LayerValues LayerNetwork::inputsOf(const LayerProgram &layer, const Tensor &x,
                                   const LayerValues &results) const {
  LayerValues inputs;
  for (const LayerInput &input : layer.inputs)
    inputs.push_back(input.from < 0 ? x : results[input.from]);
  return inputs;
}

Result<LayerValues> LayerNetwork::passFrom(size_t first, const Tensor &x, LayerValues known) {
  known.resize(first);
  for (size_t i = first; i < programs.size(); ++i) {
    Result<Tensor> result = run(programs[i], inputsOf(programs[i], x, known));
    if (!result)
      return result.error();
    known.push_back(std::move(*result));
  }
  return known;
}

} // namespace spherical::driver
