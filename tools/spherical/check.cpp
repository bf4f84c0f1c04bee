//===- check.cpp - `spherical check` --------------------------------------===//
//
// Whether a network is equivariant and what is in the way, layer by layer.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/check/artifact.h"
#include "tools/spherical/check/equivariance.h"
#include "tools/spherical/check/equivariance_report.h"
#include "tools/spherical/check/gradients.h"
#include "tools/spherical/check/layer_network.h"
#include "tools/spherical/check/numbers_report.h"
#include "tools/spherical/check/signals.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"

#include "runtime/data/files.h"
#include "runtime/train/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

struct CheckOptions {
  std::string file, weights, result;
  bool anyModel = false;
  uint64_t seed = 0;
  int64_t rotations = 8, degrees = 0;
  bool withoutRelu = false;
  EquivarianceLimits limits;
  SessionOptions session;
};

/// The model, taken apart, on a target.
Result<std::unique_ptr<LayerNetwork>> loadNetwork(const CheckOptions &options,
                                                  const std::string &target, bool gradients) {
  SessionOptions settings = options.session;
  settings.target = target;
  Result<std::unique_ptr<Session>> session = Session::load(options.file, settings);
  if (!session)
    return session.error();
  const runtime::ModelRecord model =
      options.anyModel ? runtime::ModelRecord() : (*session)->record();
  if (Status status = options.withoutRelu ? removeRelu(**session) : Status(Done{}); !status)
    return status.error();
  const Result<std::vector<GraphParameter>> parameters = graphParameters(**session);
  if (!parameters)
    return parameters.error();
  Result<TensorMap> values = parameterValues(*parameters, options.weights, model, options.seed);
  if (!values)
    return values.error();
  return LayerNetwork::create(std::move(*session), std::move(*values), gradients);
}

/// The checks of one model, one after the other.
class ModelCheck {
public:
  ModelCheck(const CheckOptions &options, LayerNetwork &network)
      : options(options), network(network) {}

  Status run();

private:
  Status checkEquivariance();
  Status checkNumbers();
  Status conclude();
  void add(Findings more) {
    findings.insert(findings.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
  }
  /// The target that is compared with the definitions, or "".
  std::string target() const {
    return options.session.target == "reference" ? "" : options.session.target;
  }

  const CheckOptions &options;
  LayerNetwork &network;
  Findings findings;
  nlohmann::ordered_json record;
};

Status ModelCheck::checkEquivariance() {
  const FlowType &input = network.input();
  const int64_t degrees = options.degrees > 0 ? options.degrees : input.bandLimit;
  std::printf(
      "equivariance: |f(R x) - R f(x)| / |f(x) - mean f(x)|, by the definitions in fp64;\n"
      "median of %lld random rotations R of one random function x of degrees below %lld\n\n",
      static_cast<long long>(options.rotations), static_cast<long long>(degrees));
  std::fflush(stdout);
  const runtime::Tensor x = randomSignals(input, 1, degrees, options.seed);
  RotationSettings settings;
  settings.rotations = options.rotations;
  settings.seed = options.seed;
  const Result<NetworkErrors> errors = measureEquivariance(network, x, settings);
  if (!errors)
    return errors.error();
  printEquivariance(network.layers(), *errors);
  record["equivariance"] = equivarianceRecord(network.layers(), *errors);
  add(findFaults(network.layers(), *errors, options.limits));
  add(findKernelFaults(network.layers()));
  return Done{};
}

Status ModelCheck::checkNumbers() {
  const std::string on = target();
  std::printf(
      "\ngradients: |<c, J v> - <J* c, v>| / |c| |J v| of random directions v, the worst of "
      "input and parameters,\nby the definitions%s\n\n",
      on.empty()
          ? ""
          : (" and on " + on + "; adjoint: the same of linear layers on " + on +
             " alone; agreement:\nof what the layer gives on " + on + " with the definitions")
                .c_str());
  std::fflush(stdout);
  const Result<std::unique_ptr<LayerNetwork>> gradients = loadNetwork(options, "reference", true);
  if (!gradients)
    return gradients.error();
  std::unique_ptr<LayerNetwork> compiled;
  if (!on.empty()) {
    Result<std::unique_ptr<LayerNetwork>> loaded = loadNetwork(options, on, true);
    if (!loaded)
      return loaded.error();
    compiled = std::move(*loaded);
  }
  const Networks networks{&network, gradients->get(), compiled.get()};
  const FlowType &input = network.input();
  const runtime::Tensor x = randomSignals(input, 1, input.bandLimit, options.seed);
  const Result<LayerValues> values = network.pass(x);
  if (!values)
    return values.error();
  std::vector<LayerNumbers> numbers;
  for (size_t i = 0; i < network.layers().size(); ++i) {
    Result<LayerNumbers> own = measureNumbers(
        networks, i, network.inputsOf(network.layers()[i], x, *values), options.seed + i);
    if (!own)
      return own.error();
    numbers.push_back(std::move(*own));
  }
  printNumbers(network.layers(), numbers, on);
  record["layers_on_targets"] = numbersRecord(network.layers(), numbers);
  add(findNumberFaults(network.layers(), numbers, on));
  return Done{};
}

/// Says what was found, and writes the result.
Status ModelCheck::conclude() {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::string faults;
  for (const Finding &finding : findings) {
    list.push_back({{"check", finding.check},
                    {"layer", finding.layer},
                    {"place", finding.place},
                    {"cause", finding.cause},
                    {"text", finding.text},
                    {"hint", finding.hint}});
    faults += (faults.empty() ? "" : "\n") + finding.place + ": error: '" + finding.layer + "' " +
              finding.text;
    if (!finding.hint.empty())
      faults += "\n" + finding.place + ": note: " + finding.hint;
  }
  record["faults"] = list;
  record["passed"] = findings.empty();
  if (!options.result.empty()) {
    runtime::replaceFile(options.result, record.dump(2) + "\n");
    std::printf("result: %s\n", options.result.c_str());
  }
  if (findings.empty())
    std::printf("\nall checks passed\n");
  std::fflush(stdout); // before what is wrong
  return findings.empty() ? Status(Done{}) : Status(Error{faults});
}

Status ModelCheck::run() {
  record["model"] = options.file;
  record["weights"] = options.weights;
  record["seed"] = options.seed;
  record["rotations"] = options.rotations;
  if (Status status = checkEquivariance(); !status)
    return status;
  if (Status status = checkNumbers(); !status)
    return status;
  return conclude();
}

Status check(const CheckOptions &options) {
  try {
    expectWritable({options.result});
    if (options.file.ends_with(".so") || options.file.find(".so.") != std::string::npos)
      return checkArtifact(options.file, options.session, options.result);
    const Result<std::unique_ptr<LayerNetwork>> network = loadNetwork(options, "reference", false);
    if (!network)
      return network.error();
    return ModelCheck(options, **network).run();
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(Layers are run one at a time on what they get in the network, for one random function x and several random
rotations, by the definitions in fp64. Layers that commute with rotations do so up to rounding. Of the others
the cause is found by changing them: a pointwise layer on a finer grid (aliasing), zeros for the degrees that a
growing band-limit adds (the up-sampling rule), means weighted by area (grid statistics). 'share' is what part
of the error at the end comes from a layer; all together are 100 %. Between layers a function is what its
spectrum below its band-limit says.

Gradients are compared with central differences in a random direction of the input and of each parameter, and
on the target with the layers themselves (adjoint); what layers give there with the definitions (agreement).

The exit code is 1, and each fault named with its cause, if a layer that could commute with rotations is above
--layer-limit, if the network is above --limit at its end because of pointwise layers, if a kernel's points
are not told apart, and if gradients or results are off by more than rounding.

Of a library that 'spherical compile' wrote, the results of a seed's arguments are compared with those that it
holds: it needs neither weights nor a compiler. sph_self_check of spherical_runtime.h does the same.

Examples:
  spherical check model.yaml
  spherical check model.yaml --weights weights.safetensors --result check.json
  spherical check model.yaml --without-relu --target=reference
  spherical check libmodel.so
)";

} // namespace

void addCheckCommand(Commands &commands) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App &command =
      commands.add("check", "whether a network is equivariant, and what is in the way", examples,
                   [options] { return check(*options); });
  command
      .add_option("FILE", options->file,
                  "model: .yaml, or .mlir of the phase graph; or a compiled library, .so")
      ->required();
  command.add_option("--weights", options->weights, "safetensors of 'spherical train'")
      ->default_str("those that training starts from");
  addAnyModelOption(command, options->anyModel);
  command.add_flag("--without-relu", options->withoutRelu, "remove every ReLU");
  command.add_option("--rotations", options->rotations, "how many")
      ->capture_default_str()
      ->transform(natural(1, 10000));
  command.add_option("--degrees", options->degrees, "the network's input has degrees below this")
      ->default_str("the band-limit")
      ->transform(natural(2, 256));
  command.add_option("--seed", options->seed, "of inputs, rotations and parameters")
      ->capture_default_str()
      ->transform(natural(0, anySeed));
  command
      .add_option("--limit", options->limits.end,
                  "largest error at the end that pointwise layers may make")
      ->capture_default_str()
      ->transform(number(positive));
  command
      .add_option("--layer-limit", options->limits.layer,
                  "largest error of a layer that could commute with rotations")
      ->capture_default_str()
      ->transform(number(positive));
  command.add_option("--result", options->result, "JSON with all that was measured and found")
      ->check(endsIn({".json"}));
  addTargetOption(command, options->session, true);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
