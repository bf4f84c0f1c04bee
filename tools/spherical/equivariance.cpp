//===- equivariance.cpp - `spherical equivariance` ------------------------===//
//
// The errors |f(R x) - R f(x)| / |f(x) - mean f(x)| of random rotations R for each
// layer by itself and for the network up to it.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/network_equivariance.h"
#include "tools/spherical/parameters.h"

#include <cstdio>
#include <memory>
#include <optional>

namespace spherical::driver {
namespace {

struct EquivarianceCommand {
  std::string file, weights;
  int64_t rotations = 50, degrees = 0;
  uint64_t seed = 0;
  bool withoutRelu = false, anyModel = false;
  double limit = 0;
  SessionOptions session;
};

/// Whether the layer commutes with rotations but for rounding.
bool isExact(const GraphLayer &layer) {
  const bool aliases = layer.high == "quadrature" || layer.high == "truncated";
  return layer.op != "relu" && layer.op != "rotate" && !aliases;
}

std::string bandLimits(const GraphLayer &layer) {
  const std::string in = std::to_string(layer.input.bandLimit);
  return layer.output.isFunction() ? in + " -> " + std::to_string(layer.output.bandLimit) : in;
}

std::string text(const std::optional<ErrorSummary> &summary) {
  if (!summary)
    return "-                 ";
  char buffer[40];
  std::snprintf(buffer, sizeof(buffer), "%.1e  %.1e  ", summary->median, summary->largest);
  return buffer;
}

/// Prints the table; the names of exact layers above the limit.
Result<std::string> printTable(const EquivarianceCommand &options, EquivarianceTest &test,
                               const std::vector<GraphLayer> &layers) {
  std::map<std::string, FlowType> outputs;
  for (const GraphLayer &layer : layers)
    outputs[layer.name] = layer.output;
  const FlowType input = layers.front().input;
  const int64_t degrees = options.degrees > 0 ? options.degrees : input.bandLimit;
  auto network = test.errors("forward", input, degrees, outputs);
  if (!network)
    return network.error();
  std::printf("%-28s %-14s %-10s %-10s  %-18s  %s\n", "layer", "op", "band-limit", "high", "alone",
              "network up to here");
  std::string above;
  for (size_t i = 0; i < layers.size(); ++i) {
    const GraphLayer &layer = layers[i];
    std::optional<ErrorSummary> alone;
    if (layer.single && layer.input.isFunction()) {
      auto errors = test.errors("layer" + std::to_string(i), layer.input, layer.input.bandLimit,
                                {{"y", layer.output}});
      if (!errors)
        return errors.error();
      alone = summarize(errors->at("y"));
      if (options.limit > 0 && isExact(layer) && !(alone->largest <= options.limit))
        above += (above.empty() ? "" : ", ") + layer.name;
    }
    const std::string limits = layer.input.isFunction() ? bandLimits(layer) : "";
    std::printf("%-28s %-14s %-10s %-10s  %s  %s\n", layer.name.c_str(), layer.op.c_str(),
                limits.c_str(), layer.high.c_str(), text(alone).c_str(),
                text(summarize(network->at(layer.name))).c_str());
    std::fflush(stdout);
  }
  return above;
}

Status equivariance(const EquivarianceCommand &options) {
  Result<std::unique_ptr<Session>> session = Session::load(options.file, options.session);
  if (!session)
    return session.error();
  const runtime::ModelRecord model =
      options.anyModel ? runtime::ModelRecord() : (*session)->record();
  if (Status status = options.withoutRelu ? removeRelu(**session) : Status(Done{}); !status)
    return status;
  const Result<std::vector<GraphLayer>> layers = graphLayers(**session);
  if (!layers)
    return layers.error();
  const Result<std::vector<GraphParameter>> parameters = graphParameters(**session);
  if (!parameters)
    return parameters.error();
  if (layers->empty())
    return commandError("expected a model with layers, got none");
  if (!layers->front().input.isFunction())
    return commandError("expected a model whose input is a function on S2, got another input");
  Result<TensorMap> values = parameterValues(*parameters, options.weights, model, options.seed);
  if (!values)
    return values.error();
  if (Status status = tapSpectra(**session); !status)
    return status;
  Result<std::unique_ptr<Executable>> executable = Executable::create(**session, "forward");
  if (!executable)
    return executable.error();
  EquivarianceTest test({options.file, options.rotations, options.seed}, **executable,
                        std::move(*values));
  std::printf(
      "|f(R x) - R f(x)| / |f(x) - mean f(x)| of %lld random rotations R: median, largest\n\n",
      static_cast<long long>(options.rotations));
  const Result<std::string> above = printTable(options, test, *layers);
  if (!above)
    return above.error();
  if (above->empty())
    return Done{};
  char limit[32];
  std::snprintf(limit, sizeof(limit), "%g", options.limit);
  return commandError("expected errors up to " + std::string(limit) +
                      " of layers that commute with rotations, got more of " + *above);
}

const char *const examples =
    R"(Inputs are random functions with all degrees below the band-limit, so that a ReLU's aliases count in full; a
digit has less of high degrees. Layers that are linear commute with rotations up to rounding, unless
they fill missing degrees by quadrature. Without --weights, parameters are those that training starts from.

Examples:
  spherical equivariance model.yaml
  spherical equivariance model.yaml --weights weights.safetensors --degrees 8
  spherical equivariance model.yaml --without-relu --target=reference --limit 1e-12
)";

} // namespace

void addEquivarianceCommand(Commands &commands) {
  auto options = std::make_shared<EquivarianceCommand>();
  options->session.entries = {"forward"};
  CLI::App &command =
      commands.add("equivariance", "how far each layer is from commuting with rotations", examples,
                   [options] { return equivariance(*options); });
  command.add_option("FILE", options->file, "model: .yaml, or .mlir of the phase graph")
      ->required();
  command.add_option("--weights", options->weights, "safetensors of 'spherical train'");
  addAnyModelOption(command, options->anyModel);
  command.add_option("--rotations", options->rotations, "how many")
      ->capture_default_str()
      ->transform(natural(1, 10000));
  command.add_option("--degrees", options->degrees, "the network's input has degrees below this")
      ->default_str("the band-limit")
      ->transform(natural(2, 256));
  command.add_option("--seed", options->seed, "of inputs, rotations and parameters")
      ->capture_default_str()
      ->transform(natural(0, anySeed));
  command.add_flag("--without-relu", options->withoutRelu, "remove every ReLU");
  command
      .add_option("--limit", options->limit,
                  "fail if a layer that should commute has a larger error")
      ->transform(number(positive));
  addTargetOption(command, options->session, true);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
