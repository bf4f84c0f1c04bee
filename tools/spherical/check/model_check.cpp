//===- model_check.cpp - all checks of a model ----------------------------===//

#include "tools/spherical/check/model_check.h"

#include "tools/spherical/check/equivariance.h"
#include "tools/spherical/check/gradients.h"
#include "tools/spherical/check/layer_network.h"
#include "tools/spherical/check/numbers_report.h"
#include "tools/spherical/check/pictures.h"
#include "tools/spherical/check/running_statistics.h"
#include "tools/spherical/check/signals.h"
#include "tools/spherical/check/whole.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/driver/self_check.h"
#include "tools/spherical/driver/tolerance.h"
#include "tools/spherical/parameters.h"

#include "runtime/data/files.h"
#include "runtime/train/progress.h"
#include "runtime/train/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

using runtime::Tensor;

std::string errorText(double error) {
  char text[24];
  std::snprintf(text, sizeof text, "%.1e", error);
  return text;
}

/// A model with the values of its parameters and states.
struct LoadedModel {
  std::unique_ptr<Session> session;
  TensorMap parameters;
};

/// The model for a target; `entries` are those that will run of it as it is.
Result<LoadedModel> loadModel(const CheckOptions &options, const std::string &target,
                              const std::vector<std::string> &entries = {}) {
  SessionOptions settings = options.session;
  settings.target = target;
  settings.entries = entries;
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
  Result<TensorMap> values =
      parameterValues(*parameters, options.weights, model, options.digits.seed);
  if (!values)
    return values.error();
  return LoadedModel{std::move(*session), std::move(*values)};
}

/// The same, taken apart.
Result<std::unique_ptr<LayerNetwork>> loadNetwork(const CheckOptions &options,
                                                  const std::string &target, bool gradients) {
  Result<LoadedModel> model = loadModel(options, target);
  if (!model)
    return model.error();
  return LayerNetwork::create(std::move(model->session), std::move(model->parameters), gradients);
}

/// Multiplications of a sample by the definitions (driver/self_check.h) up to which they check the
/// whole network, and single layers: there are some tens of runs.
constexpr double affordable = 5e8, affordableAlone = 1e8;
/// Rotations of networks whose definitions are slow, at most.
constexpr int64_t fewRotations = 2;

/// The checks of one model, one after the other.
class ModelCheck {
public:
  ModelCheck(const CheckOptions &options, LayerNetwork &network)
      : options(options), network(network),
        target(options.session.target == "reference" ? "" : options.session.target) {
    std::vector<GraphLayer> layers;
    for (const LayerProgram &program : network.layers())
      layers.push_back(program.layer);
    slow = !target.empty() && definitionCost(layers) > affordable;
  }

  Status run();

private:
  Status loadData();
  Status loadTarget();
  Status checkEquivariance();
  void writePictures(const NetworkErrors &errors);
  Status checkStatistics();
  Status checkNumbers();
  Status checkWhole();
  Status conclude();
  void add(Findings more) {
    findings.insert(findings.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
  }

  const CheckOptions &options;
  LayerNetwork &network;
  /// The target that is compared with the definitions, or "".
  const std::string target;
  /// Whether the definitions of the whole network are left out.
  bool slow = false;
  std::unique_ptr<LayerNetwork> compiled;
  std::optional<CheckData> data;
  /// One input.
  Tensor x;
  Findings findings;
  nlohmann::ordered_json record;
};

/// The data, if there is some, and the input for all checks.
Status ModelCheck::loadData() {
  CheckDataOptions wanted{.weights = options.weights,
                          .digits = options.digits,
                          .own = options.own,
                          .session = options.session};
  Result<LoadedModel> model = loadModel(options, "reference");
  if (!model)
    return model.error();
  const bool segmented = network.layers().back().layer.output.isFunction();
  Result<std::optional<CheckData>> loaded =
      loadCheckData(wanted, *model->session, network.input(), segmented);
  if (!loaded)
    return loaded.error();
  data = std::move(*loaded);
  const FlowType &input = network.input();
  const int64_t degrees = options.degrees > 0 ? options.degrees : input.bandLimit;
  if (!data) {
    x = randomSignals(input, 1, degrees, options.digits.seed);
    return Done{};
  }
  std::printf("data: %s\n\n", data->text.c_str());
  x = samplesOf(data->x, 0, 1);
  const FlowType fewer = {false, input.channels, degrees};
  x = withBandLimit(fewer, withBandLimit(input, x, degrees, input.channels), input.bandLimit,
                    input.channels);
  return Done{};
}

Status ModelCheck::checkEquivariance() {
  const int64_t degrees = options.degrees > 0 ? options.degrees : network.input().bandLimit;
  RotationSettings settings;
  settings.rotations = slow ? std::min(options.rotations, fewRotations) : options.rotations;
  settings.seed = options.digits.seed;
  std::printf("equivariance: |f(R x) - R f(x)| / |f(x) - mean f(x)|, %s; median of\n"
              "%lld random rotations R of %s, degrees below %lld\n\n",
              slow ? ("on " + target + " (the definitions are slow here)").c_str()
                   : "by the definitions in fp64",
              static_cast<long long>(settings.rotations),
              data ? "the first sample x of the data" : "one random function x",
              static_cast<long long>(degrees));
  std::fflush(stdout);
  if (slow) {
    settings.compiled = compiled.get();
    settings.rounding = 1e-4; // of layers in fp32, of which the largest are off by some 1e-6
  }
  runtime::ProgressLine progress;
  settings.progress = [&](const std::string &layer) {
    if (progress.due())
      progress.show("measuring " + layer);
  };
  const Result<NetworkErrors> errors = measureEquivariance(network, x, settings);
  progress.clear();
  if (!errors)
    return errors.error();
  printEquivariance(network.layers(), *errors);
  record["equivariance"] = equivarianceRecord(network.layers(), *errors);
  add(findFaults(network.layers(), *errors, options.limits));
  add(findKernelFaults(network.layers()));
  writePictures(*errors);
  return Done{};
}

void ModelCheck::writePictures(const NetworkErrors &errors) {
  std::vector<std::string> faults;
  for (const Finding &finding : findings)
    faults.push_back(finding.layer);
  if (!options.picture.empty())
    drawRotated(network.layers(), errors).write(options.picture);
  if (!options.layerPicture.empty())
    drawErrors(options.file, network.layers(), errors, faults).write(options.layerPicture);
  for (const std::string &path : {options.picture, options.layerPicture})
    if (!path.empty())
      std::printf("picture: %s\n", path.c_str());
}

/// Compiles the layers for the target.
Status ModelCheck::loadTarget() {
  if (target.empty())
    return Done{};
  runtime::ProgressLine progress;
  progress.show("compiling each layer and its gradient for " + target);
  Result<std::unique_ptr<LayerNetwork>> loaded = loadNetwork(options, target, true);
  if (!loaded)
    return loaded.error();
  compiled = std::move(*loaded);
  return Done{};
}

Status ModelCheck::checkStatistics() {
  if (!data || options.weights.empty())
    return Done{};
  const Result<StatisticsReport> report =
      compareStatistics(compiled ? *compiled : network, data->x);
  if (!report)
    return report.error();
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::printf(
      "\nweights: how far running statistics are from those of %lld samples of the data: 0.1 "
      "or so are usual\n",
      static_cast<long long>(data->x.shape[0]));
  for (const StatisticsError &norm : report->norms) {
    const GraphLayer &layer = network.layers()[norm.layer].layer;
    std::printf("  %-24s %.2f\n", layer.name.c_str(), norm.error);
    list.push_back({{"name", layer.name}, {"error", norm.error}});
  }
  if (report->norms.empty())
    std::printf("  the model has no batch_norm that tells\n");
  record["running_statistics"] = list;
  for (const WeightSuspicion &suspicion : report->suspicions) {
    const GraphLayer &layer = network.layers()[suspicion.layer].layer;
    const std::string cause = suspicion.ofPoints ? "kernel off its grid" : "mis-imported weight";
    findings.push_back({"weights", layer.name, layer.place, cause,
                        cause + ": '" + suspicion.parameter + "' fits the running statistics of '" +
                            network.layers()[suspicion.norm].layer.name + "' if it has " +
                            suspicion.order + ": they are off by " +
                            runtime::fixedText(suspicion.after, 2) + " in place of " +
                            runtime::fixedText(suspicion.before, 2),
                        "'spherical weights import' takes weights of the public code, 'spherical "
                        "compare' tells what layers gave there"});
  }
  return Done{};
}

Status ModelCheck::checkNumbers() {
  std::printf(
      "\ngradients: |<c, J v> - <J* c, v>| / |c| |J v| of random directions v, the worst of "
      "input and parameters,\nby the definitions%s\n\n",
      target.empty()
          ? ""
          : (" and on " + target + "; adjoint: the same of linear layers on " + target +
             " alone; agreement:\nof what the layer gives on " + target + " with the definitions")
                .c_str());
  std::fflush(stdout);
  const Result<std::unique_ptr<LayerNetwork>> gradients = loadNetwork(options, "reference", true);
  if (!gradients)
    return gradients.error();
  const Networks networks{&network, gradients->get(), compiled.get()};
  const Result<LayerValues> values = (slow ? *compiled : network).pass(x);
  if (!values)
    return values.error();
  std::vector<LayerNumbers> numbers;
  runtime::ProgressLine progress;
  for (size_t i = 0; i < network.layers().size(); ++i) {
    if (progress.due())
      progress.show("measuring gradients of " + network.layers()[i].layer.name);
    const LayerProgram &layer = network.layers()[i];
    Result<LayerNumbers> own =
        measureNumbers(networks, i, network.inputsOf(layer, x, *values), options.digits.seed + i,
                       !slow || definitionCost({layer.layer}) <= affordableAlone);
    if (!own)
      return own.error();
    numbers.push_back(std::move(*own));
  }
  progress.clear();
  printNumbers(network.layers(), numbers, target);
  record["layers_on_targets"] = numbersRecord(network.layers(), numbers);
  // A layer has one boundary at most, whose values are rounded at random.
  add(findNumberFaults(network.layers(), numbers, target,
                       roundingTolerance(options.session, 0x1p-24, /*terms=*/1)));
  if (slow)
    std::printf("\nleft out, as the definitions would take too long: the whole network, and layers "
                "with '-'\n");
  return target.empty() || slow ? Status(Done{}) : checkWhole();
}

/// The network as it is compiled for inference.
Status ModelCheck::checkWhole() {
  Result<LoadedModel> definition = loadModel(options, "reference", {"forward"});
  if (!definition)
    return definition.error();
  Result<LoadedModel> model = loadModel(options, target, {"forward"});
  if (!model)
    return model.error();
  const std::string end = placeOfEnd(*model->session);
  const auto byDefinition = Executable::create(*definition->session, "forward");
  if (!byDefinition)
    return byDefinition.error();
  const auto onTarget = Executable::create(*model->session, "forward");
  if (!onTarget)
    return onTarget.error();
  TensorMap arguments = model->parameters;
  arguments.insert_or_assign("x", functionsOf(network.input(), x));
  const Result<WholeAgreement> whole =
      compareWhole(**byDefinition, **onTarget, arguments, options.file, options.digits.seed,
                   roundingTolerance(options.session, 0x1p-24, kModelTerms));
  if (!whole)
    return whole.error();
  std::printf("\nthe whole network on %s agrees with the definitions to %s, allowed %s\n",
              target.c_str(), errorText(whole->error).c_str(), errorText(whole->tolerance).c_str());
  record["whole_on_target"] = {{"error", whole->error}, {"tolerance", whole->tolerance}};
  if (!(whole->error <= whole->tolerance))
    findings.push_back({"target", "forward", end, "target",
                        "the network on " + target + " differs from the definitions by " +
                            errorText(whole->error) + ", expected at most " +
                            errorText(whole->tolerance),
                        "'--without' leaves passes out, which tells the one at fault"});
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
  record["seed"] = options.digits.seed;
  record["rotations"] = options.rotations;
  for (Status (ModelCheck::*part)() :
       {&ModelCheck::loadData, &ModelCheck::loadTarget, &ModelCheck::checkEquivariance,
        &ModelCheck::checkStatistics, &ModelCheck::checkNumbers})
    if (Status status = (this->*part)(); !status)
      return status;
  return conclude();
}

} // namespace

Status checkNetwork(const CheckOptions &options) {
  const Result<std::unique_ptr<LayerNetwork>> network = loadNetwork(options, "reference", false);
  if (!network)
    return network.error();
  return ModelCheck(options, **network).run();
}

} // namespace spherical::driver
