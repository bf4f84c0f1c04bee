//===- weights.cpp - `spherical weights` ----------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"
#include "tools/spherical/public_names.h"

#include "runtime/data/foreign_files.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::Tensor;
using runtime::TensorFile;

struct WeightsOptions {
  std::string direction, model, input, output, naming, high, prefix;
  bool anyModel = false;
};

constexpr std::string_view counterEnding = ".num_batches_tracked";
/// Before the names of counters in the metadata of our files.
const std::string counterPrefix = "pytorch.";

/// A parameter or state and its place in the public state dict.
struct Correspondence {
  std::string ours, theirs;
  std::vector<int64_t> ourShape, theirShape;
};

/// The shape of a bias in the public code: broadcast over the axes of the layer's result.
std::vector<int64_t> biasShape(const GraphParameter &parameter,
                               const std::vector<GraphLayer> &layers) {
  const std::string layer = parameter.name.substr(0, parameter.name.rfind('.'));
  for (const GraphLayer &other : layers)
    if (other.name == layer && parameter.name.ends_with(".bias") && other.output.isFunction() &&
        other.op != "batch_norm") {
      std::vector<int64_t> shape(other.output.onSO3 ? 5 : 4, 1);
      shape[1] = parameter.shape[0];
      return shape;
    }
  return parameter.shape;
}

/// The model's side of both directions.
struct Model {
  std::string file;
  runtime::ModelRecord record;
  std::vector<GraphLayer> layers;
  std::vector<GraphParameter> parameters;

  static Result<Model> load(const std::string &file);
  /// Where each parameter is in a naming; fails at the first that has no place.
  Result<std::vector<Correspondence>> correspondences(const std::string &naming,
                                                      const std::string &prefix) const;
  /// The naming that networks like this one have.
  std::string usualNaming() const;
};

Result<Model> Model::load(const std::string &file) {
  Result<std::unique_ptr<Session>> session = Session::load(file, SessionOptions());
  if (!session)
    return session.error();
  Result<std::vector<GraphLayer>> layers = graphLayers(**session);
  if (!layers)
    return layers.error();
  Result<std::vector<GraphParameter>> parameters = graphParameters(**session);
  if (!parameters)
    return parameters.error();
  return Model{file, (*session)->record(), std::move(*layers), std::move(*parameters)};
}

Result<std::vector<Correspondence>> Model::correspondences(const std::string &naming,
                                                           const std::string &prefix) const {
  std::vector<Correspondence> places;
  for (const GraphParameter &parameter : parameters) {
    const std::string name = publicName(naming, parameter.name);
    if (name.empty())
      return Error{file + ": error: '" + parameter.name + "' has no counterpart in the naming " +
                   naming + " of the public code"};
    places.push_back(
        {parameter.name, prefix + name, parameter.shape, biasShape(parameter, layers)});
  }
  return places;
}

std::string Model::usualNaming() const {
  const auto has = [this](const char *start) {
    return std::ranges::any_of(parameters, [start](const GraphParameter &parameter) {
      return parameter.name.starts_with(start);
    });
  };
  return has("head.bn") ? "deep" : has("head.fc") ? "original" : "segmenter";
}

/// What the layers with a growing band-limit do must be stated for weights from outside.
Status checkHigh(const WeightsOptions &options, const Model &model) {
  for (const GraphLayer &layer : model.layers) {
    if (layer.high.empty())
      continue;
    const std::string from = std::to_string(layer.input.bandLimit);
    if (!options.high.empty() && layer.high != options.high)
      return Error{layer.place + ": error: '" + layer.op + "' expected high: " + options.high +
                   " as --high says, got " + layer.high};
    if (options.high.empty() && layer.high == "zero") {
      std::fprintf(
          stderr,
          "%s: warning: degrees %s and up are zero here; the public code computes "
          "'high: truncated' (state the rule that the weights were trained with by --high)\n",
          layer.place.c_str(), from.c_str());
      return Done{};
    }
  }
  return Done{};
}

Error tensorError(const std::string &file, const std::string &name, const std::string &message) {
  return Error{file + ": error: '" + name + "' " + message};
}

/// The tensor `name` with `shape`, reshaped to `result`.
Result<Tensor> take(const TensorFile &file, const std::string &path, const std::string &name,
                    const std::vector<int64_t> &shape, const std::vector<int64_t> &result) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) {
    std::vector<std::string> names;
    for (const auto &[other, tensor] : file.tensors)
      names.push_back(other);
    return tensorError(path, name,
                       "expected with shape " + runtime::shapeText(shape) + ", got none" +
                           guessFor(name, names));
  }
  if (found->second.shape != shape)
    return tensorError(path, name,
                       "expected shape " + runtime::shapeText(shape) + ", got " +
                           runtime::shapeText(found->second.shape));
  Result<Tensor> tensor = weightTensor(path, name, found->second);
  if (tensor)
    (*tensor).shape = result;
  return tensor;
}

/// The names that the model's parameters may have in the public code.
std::vector<std::string> publicNamesOf(const Model &model) {
  std::vector<std::string> names;
  for (const std::string &naming : publicNamings())
    for (const GraphParameter &parameter : model.parameters)
      if (const std::string name = publicName(naming, parameter.name); !name.empty())
        names.push_back(name);
  return names;
}

/// A second line for an error about a name: what stands before all names of the file.
std::string prefixNote(const WeightsOptions &options, const Model &model, const TensorFile &file) {
  const std::string prefix = runtime::foreignPrefix(file, publicNamesOf(model));
  if (prefix == options.prefix)
    return "";
  return "\n" + options.input + ": note: all names begin with '" + prefix + "', use --prefix " +
         prefix;
}

/// The naming most of whose tensors the file has.
std::string namingOf(const TensorFile &file, const Model &model, const std::string &prefix) {
  std::string best = model.usualNaming();
  size_t most = 0;
  for (const std::string &naming : publicNamings()) {
    const auto present = static_cast<size_t>(
        std::ranges::count_if(model.parameters, [&](const GraphParameter &parameter) {
          return file.tensors.contains(prefix + publicName(naming, parameter.name));
        }));
    if (present > most) {
      most = present;
      best = naming;
    }
  }
  return best;
}

/// Tensors of the public file that no parameter takes: counters go to the metadata, others are
/// errors.
Status takeRest(const TensorFile &file, const std::string &path,
                const std::vector<Correspondence> &places, TensorFile &result) {
  for (const auto &[name, tensor] : file.tensors) {
    if (std::ranges::any_of(places, [&](const auto &place) { return place.theirs == name; }))
      continue;
    if (!name.ends_with(counterEnding) || tensor.dtype != DType::I64 || tensor.size() != 1)
      return tensorError(path, name, "has no counterpart in the model");
    result.metadata[counterPrefix + name] = std::to_string(tensor.as<int64_t>()[0]);
  }
  return Done{};
}

Result<TensorFile> importWeights(const WeightsOptions &options, const Model &model,
                                 const TensorFile &file) {
  const std::string naming =
      options.naming.empty() ? namingOf(file, model, options.prefix) : options.naming;
  const auto places = model.correspondences(naming, options.prefix);
  if (!places)
    return places.error();
  TensorFile result;
  for (const Correspondence &place : *places) {
    Result<Tensor> tensor =
        take(file, options.input, place.theirs, place.theirShape, place.ourShape);
    if (!tensor && !file.tensors.contains(place.theirs))
      return Error{tensor.error().message + prefixNote(options, model, file)};
    if (!tensor)
      return tensor.error();
    result.tensors.emplace(place.ours, std::move(*tensor));
  }
  if (Status status = takeRest(file, options.input, *places, result); !status)
    return status.error();
  return result;
}

/// The counter of batches that PyTorch keeps beside running means.
Tensor counter(const TensorFile &file, const std::string &name) {
  int64_t value = 0;
  if (const auto found = file.metadata.find(counterPrefix + name); found != file.metadata.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
  return Tensor::scalar<int64_t>(value);
}

Result<TensorFile> exportWeights(const WeightsOptions &options, const Model &model,
                                 const TensorFile &file) {
  const std::string naming = options.naming.empty() ? model.usualNaming() : options.naming;
  const auto places = model.correspondences(naming, options.prefix);
  if (!places)
    return places.error();
  TensorFile result;
  for (const Correspondence &place : *places) {
    Result<Tensor> tensor = take(file, options.input, place.ours, place.ourShape, place.theirShape);
    if (!tensor)
      return tensor.error();
    result.tensors.emplace(place.theirs, std::move(*tensor));
    const std::string ending = ".running_var";
    if (place.theirs.ends_with(ending)) {
      const std::string name =
          place.theirs.substr(0, place.theirs.size() - ending.size()) + std::string(counterEnding);
      result.tensors.emplace(name, counter(file, name));
    }
  }
  return result;
}

Status weights(const WeightsOptions &options) {
  if (Status status = expectDifferent({"the input", options.input}, {"--output", options.output});
      !status)
    return status;
  const Result<Model> model = Model::load(options.model);
  if (!model)
    return model.error();
  const bool imports = options.direction == "import";
  if (Status status = imports ? checkHigh(options, *model) : Status(Done{}); !status)
    return status;
  try {
    const TensorFile file = runtime::readSafetensors(options.input);
    if (Status status =
            options.anyModel ? Status(Done{}) : checkModel(file, options.input, model->record);
        !status)
      return status;
    const Result<TensorFile> result =
        imports ? importWeights(options, *model, file) : exportWeights(options, *model, file);
    if (!result)
      return result.error();
    runtime::writeSafetensors(options.output, *result);
    return Done{};
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(Numbers of F32 stay the same bit for bit in both directions; F64, F16 and BF16 become F32. The public
file is a state dict saved by
  safetensors.torch.save_file(model.state_dict(), "state.safetensors")
with tensors of these names and shapes (P kernel points, C channels):
  segmenter   input_layer, hidden_layers.0 ..., output_layer: .kernel [C_in, C_out, P],
              .bias [1, C_out, 1, 1, 1], of output_layer [1, C_out, 1, 1];
              skip_layers.0.conv ...: .kernel [C_in, C_out, 1], .bias (shortcuts of residual blocks)
  original    conv1, conv2 ...: .kernel, .bias; out_layer.weight, .bias
  deep        convolutional.0, .2, .4 ...: .kernel, .bias; linear.0, .3 ...: .weight, .bias,
              .running_mean, .running_var, .num_batches_tracked; linear.1, .4 ...: .weight, .bias
The public code fills missing degrees where the band-limit grows with aliases and drops them in its
gradient ('high: truncated' in the model); the paper's rule is 'high: zero'. They give other outputs.

Examples:
  spherical weights import model.yaml state.safetensors -o weights.safetensors --high truncated
  spherical weights export model.yaml weights.safetensors -o state.safetensors
  spherical weights import model.yaml state.safetensors -o weights.safetensors --prefix module.
)";

} // namespace

void addWeightsCommand(Commands &commands) {
  auto options = std::make_shared<WeightsOptions>();
  CLI::App &command = commands.add("weights", "take weights from the public PyTorch code, or to it",
                                   examples, [options] { return weights(*options); });
  command.add_option("DIRECTION", options->direction, "import (from PyTorch) or export (to it)")
      ->required()
      ->transform(oneOf({"import", "export"}));
  command.add_option("MODEL", options->model, "model: .yaml, or .mlir of the phase graph")
      ->required();
  command.add_option("FILE", options->input, "safetensors to read")->required();
  command.add_option("-o,--output", options->output, "safetensors to write")
      ->required()
      ->check(tensorFile());
  command.add_option("--naming", options->naming, "segmenter, original or deep")
      ->default_str("the one that fits")
      ->transform(oneOf({"segmenter", "original", "deep"}));
  command.add_option("--high", options->high, "import: the up-sampling rule of the weights")
      ->transform(oneOf({"zero", "quadrature", "truncated"}));
  addAnyModelOption(command, options->anyModel);
  command.add_option("--prefix", options->prefix, "what stands before each public name");
}

} // namespace spherical::driver
