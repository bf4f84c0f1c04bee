//===- run_weights.cpp - entries with the weights of a training -----------===//

#include "tools/spherical/run_weights.h"

#include "tools/spherical/commands.h"

#include "runtime/data/conversion.h"
#include "runtime/data/sets/preparation.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::Tensor;

/// The values of an input [N, C, ...] as the training took them.
Tensor prepared(const Tensor &input, const runtime::Preparation &preparation) {
  const auto channels = static_cast<int64_t>(preparation.channels.size());
  if (input.shape.size() < 2 || input.shape[1] != channels)
    throw std::runtime_error("expected " + std::to_string(channels) +
                             " channels, which the weights were trained on, got the shape " +
                             runtime::shapeText(input.shape));
  Tensor values = input.dtype == DType::U8 ? runtime::scaledPixels(input, DType::F32)
                                           : runtime::converted(input, DType::F32);
  const int64_t points = runtime::elementCount(std::span(input.shape).subspan(2));
  const std::span<float> numbers = values.as<float>();
  for (int64_t n = 0; n < input.shape[0]; ++n)
    preparation.apply(numbers.data() + n * channels * points, points);
  return values;
}

/// Rows `first` to `first + count` of a tensor.
Tensor rowsOf(const Tensor &tensor, int64_t first, int64_t count) {
  Tensor rows{tensor.dtype, tensor.shape, {}};
  const auto size = static_cast<int64_t>(tensor.bytes.size()) / tensor.shape[0];
  rows.shape[0] = count;
  rows.bytes.assign(tensor.bytes.begin() + first * size,
                    tensor.bytes.begin() + (first + count) * size);
  return rows;
}

void append(Tensor &whole, const Tensor &rows) {
  whole.shape[0] += rows.shape[0];
  whole.bytes.insert(whole.bytes.end(), rows.bytes.begin(), rows.bytes.end());
}

/// The samples that `inputs` hold, if the entry can take them in parts; else 0.
Result<int64_t> divisibleSamples(const Signature &signature, const TensorMap &inputs,
                                 const std::string &file) {
  if (!std::ranges::all_of(signature.results, &EntryValue::batched))
    return 0;
  int64_t samples = 0;
  for (const EntryValue &value : signature.arguments) {
    const auto found = inputs.find(value.name);
    if (!value.batched || found == inputs.end() || found->second.shape.empty())
      continue;
    const int64_t own = found->second.shape[0];
    if (samples != 0 && own != samples)
      return Error{file + ": error: '" + value.name + "' expected " + std::to_string(samples) +
                   " samples as other inputs have, got " + std::to_string(own)};
    samples = own;
  }
  return samples;
}

/// Keeps what was filled in for the first part, which is said once.
void keepInitialValues(const Signature &signature, const TensorMap &arguments, TensorMap &inputs) {
  for (const EntryValue &value : signature.arguments)
    if (value.role == "state" || value.role == "moment")
      inputs.emplace(value.name, arguments.at(value.name));
}

} // namespace

Status addWeights(TensorMap &inputs, const std::string &inputPath,
                  const runtime::TensorFile &weights, const std::string &path,
                  const Signature &signature) {
  for (const auto &[name, tensor] : weights.tensors)
    if (!inputs.emplace(name, tensor).second)
      return commandError("expected '" + name + "' in --input or in --weights, got it in both");
  try {
    const auto preparation = runtime::preparationOf(weights.metadata);
    for (const EntryValue &value : signature.arguments) {
      const auto found = inputs.find(value.name);
      if (!preparation || value.role != "input" || found == inputs.end())
        continue;
      try {
        found->second = prepared(found->second, *preparation);
      } catch (const std::runtime_error &fault) {
        return Error{inputPath + ": error: '" + value.name + "' " + fault.what()};
      }
      std::printf("input: '%s' is normalised as in the training of %s\n", value.name.c_str(),
                  path.c_str());
    }
  } catch (const std::runtime_error &fault) {
    return Error{path + ": error: " + fault.what()};
  }
  return Done{};
}

Result<TensorMap> runParts(Executable &executable, const std::string &entry, TensorMap inputs,
                           const InputOptions &options) {
  const Result<Signature> signature = executable.signature(entry);
  if (!signature)
    return signature.error();
  const Result<int64_t> samples = divisibleSamples(*signature, inputs, options.file);
  if (!samples)
    return samples.error();
  if (*samples <= signature->capacity)
    return runOnce(executable, entry, inputs, options);
  const TensorMap whole = inputs;
  TensorMap joined;
  for (int64_t first = 0; first < *samples; first += signature->capacity) {
    int64_t count = std::min(signature->capacity, *samples - first);
    for (const EntryValue &value : signature->arguments)
      if (const auto found = whole.find(value.name); value.batched && found != whole.end())
        inputs[value.name] = rowsOf(found->second, first, count);
    const Result<TensorMap> arguments = matchArguments(executable, entry, inputs, options, count);
    if (!arguments)
      return arguments.error();
    keepInitialValues(*signature, *arguments, inputs);
    Result<TensorMap> results = executable.run(entry, *arguments, count);
    if (!results)
      return results.error();
    for (auto &[name, rows] : *results)
      if (const auto [at, isFirst] = joined.try_emplace(name, std::move(rows)); !isFirst)
        append(at->second, rows);
  }
  return joined;
}

} // namespace spherical::driver
