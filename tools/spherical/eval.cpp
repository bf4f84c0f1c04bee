//===- eval.cpp - `spherical eval` ----------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/digits.h"
#include "tools/spherical/driver/artifact.h"
#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/layers.h"
#include "tools/spherical/driver/tables.h"
#include "tools/spherical/evaluation_pictures.h"
#include "tools/spherical/network_equivariance.h"
#include "tools/spherical/output.h"
#include "tools/spherical/own_data_checks.h"
#include "tools/spherical/own_evaluation.h"
#include "tools/spherical/parameters.h"
#include "tools/spherical/pictured_data.h"
#include "tools/spherical/scores.h"
#include "tools/spherical/timings.h"

#include "runtime/data/files.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/equivariance.h"
#include "runtime/train/evaluate.h"
#include "runtime/train/evaluation_result.h"
#include "runtime/train/program_executable.h"
#include "runtime/train/record.h"
#include "runtime/train/text.h"

#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>

namespace spherical::driver {
namespace {

struct EvalOptions {
  std::string file, weights, result, predictions;
  PictureOptions pictures;
  DigitOptions digits;
  OwnDataOptions own;
  bool unrotated = false, confusion = false, anyModel = false, equivariance = false;
  int64_t rotations = 20;
  Timings timings;
  SessionOptions session;
};

/// 10000 as "10,000".
std::string grouped(int64_t number) {
  std::string text = std::to_string(number);
  for (int64_t place = static_cast<int64_t>(text.size()) - 3; place > 0; place -= 3)
    text.insert(place, ",");
  return text;
}

/// Intersections over unions; classes that no label has are left out, and named.
void printIntersections(const runtime::Metrics &metrics) {
  std::printf("mIoU: %.2f %%, non-background mIoU: %.2f %%\n",
              100 * metrics.meanIntersectionOverUnion(0),
              100 * metrics.meanIntersectionOverUnion(1));
  const std::vector<double> each = metrics.intersectionOverUnion();
  std::printf("IoU by class in %%:");
  for (size_t c = 0; c < each.size(); ++c)
    std::printf("%s %s %s", c == 0 ? "" : ",", className(static_cast<int64_t>(c), true).c_str(),
                std::isnan(each[c]) ? "-" : runtime::fixedText(100 * each[c], 2).c_str());
  std::string absent;
  for (const int64_t index : metrics.absentClasses())
    absent += (absent.empty() ? "" : ", ") + className(index, true);
  std::printf("\n");
  if (!absent.empty())
    std::printf("classes that no label has, left out of the means: %s\n", absent.c_str());
}

/// The names of the classes of `metrics`.
std::vector<std::string> classNames(const runtime::Metrics &metrics, bool segmentation) {
  std::vector<std::string> names;
  for (int64_t c = 0; c < metrics.classes; ++c)
    names.push_back(className(c, segmentation));
  return names;
}

void printResults(const EvalOptions &options, const runtime::Evaluation &result, int64_t capacity) {
  const runtime::Metrics &metrics = result.metrics;
  const bool segmentation = result.target == runtime::TargetKind::PointClasses;
  if (runtime::isNumeric(result.target)) {
    printErrors(result);
  } else {
    std::printf("%s %s %s test digits: %.1f %%\n", segmentation ? "points right on" : "accuracy on",
                grouped(result.samples).c_str(), options.unrotated ? "unrotated" : "rotated",
                100 * metrics.accuracy());
    if (segmentation)
      printIntersections(metrics);
    std::printf("loss: %.4f%s\n", metrics.loss(), segmentation ? " (mean over grid points)" : "");
  }
  const double perBatch =
      1000 * result.seconds * static_cast<double>(capacity) / static_cast<double>(result.samples);
  std::printf("inference: %.2f ms for a batch of %lld, %.0f digits per second\n", perBatch,
              static_cast<long long>(capacity),
              static_cast<double>(result.samples) / result.seconds);
  if (!options.confusion)
    return;
  std::printf("%s", metrics.confusionTable(classNames(metrics, segmentation)).c_str());
}

/// How much rotations change the logits of test digits that no other rotation has touched.
Result<double> printChange(const EvalOptions &options, runtime::Executable &network,
                           int64_t bandLimit) {
  DigitOptions plain = options.digits;
  plain.rotate = false;
  plain.examples = std::min<int64_t>(32, network.capacity());
  auto samples = openDigits(plain, runtime::Split::Test, bandLimit, false);
  if (!samples)
    return samples.error();
  const runtime::SphericalImages images = firstSamples(**samples, plain.examples);
  const runtime::EquivarianceError error = runtime::equivarianceError(
      network, runtime::StoredSamples(images),
      {.rotations = options.rotations, .samples = images.count, .seed = options.digits.seed});
  std::printf("change under rotation: %.2e (median of %lld rotations)\n", error.median,
              static_cast<long long>(options.rotations));
  return error.median;
}

/// The change under rotation where samples have one class and, if it is asked for, the equivariance
/// error of a spherical network.
Result<runtime::RotationErrors> printRotationErrors(const EvalOptions &options,
                                                    const ModelFacts &facts,
                                                    runtime::Executable &network) {
  runtime::RotationErrors errors{.rotations = options.rotations};
  if (network.target() == runtime::TargetKind::Class) {
    const Result<double> change = printChange(options, network, network.sampleShape().back() / 2);
    if (!change)
      return change.error();
    errors.change = *change;
  }
  if (options.equivariance && !facts.spherical)
    return commandError("--equivariance: expected a network on the sphere, got one of images");
  if (!options.equivariance)
    return errors;
  const Result<double> error = printNetworkEquivariance(
      {options.file, options.rotations, options.digits.seed}, options.session, options.weights);
  if (!error)
    return error.error();
  errors.equivariance = *error;
  return errors;
}

/// Sets the weights, and takes the form of the samples that they were trained with; returns how
/// they were trained. Both if the file says so.
std::optional<runtime::TrainingRecord>
bindWeights(const runtime::TensorFile &file, EvalOptions &options, runtime::Executable &network) {
  try {
    noteAbsentStates(options.weights, runtime::setKeptValues(network, file));
    if (const std::optional<runtime::DataForm> form = runtime::formOf(file.metadata)) {
      adoptForm(*form, options.digits);
      const auto model = runtime::recordedModel(file.metadata);
      std::printf("weights: %stested on samples as in their training\n",
                  model ? ("of the model '" + model->name + "', ").c_str() : "");
    } else {
      std::fprintf(stderr,
                   "spherical: note: %s does not record its model and the form of its training's "
                   "samples; options and their defaults hold\n",
                   options.weights.c_str());
    }
    return runtime::trainingOf(file);
  } catch (const std::runtime_error &error) {
    throw std::runtime_error(options.weights + ": " + error.what());
  }
}

void writeResult(const EvalOptions &options, const ModelFacts &facts,
                 const std::optional<runtime::TrainingRecord> &training,
                 const runtime::SphereGenerator &samples, const runtime::Evaluation &result,
                 const runtime::RotationErrors &errors) {
  const runtime::Metrics &metrics = result.metrics;
  const bool segmentation = samples.layout().segmented;
  runtime::EvaluationRecord record;
  record.model = facts.name;
  record.architecture = facts.spherical ? "S2CNN" : "CNN";
  record.task = segmentation ? "segmentation" : "classification";
  record.parameters = facts.parameters;
  record.training = training;
  record.test = runtime::describeData(samples);
  record.accuracy = metrics.accuracy();
  record.loss = metrics.loss();
  if (segmentation) {
    record.meanIoU = metrics.meanIntersectionOverUnion(0);
    record.nonBackgroundIoU = metrics.meanIntersectionOverUnion(1);
  }
  runtime::replaceFile(
      options.result,
      runtime::resultText(record, result, classNames(metrics, segmentation), errors));
  std::printf("result: %s\n", options.result.c_str());
}

Error givesNoClasses() {
  return commandError("expected a model that gives classes to test on digits, got one that gives "
                      "values");
}

Status evaluateProgram(EvalOptions options, const ModelFacts &facts, const std::string &end,
                       const runtime::TensorFile &weights, runtime::Program &program) {
  runtime::ProgramExecutable network(program);
  const auto training = bindWeights(weights, options, network);
  const int64_t bandLimit = network.sampleShape().back() / 2;
  DigitOptions digits = options.digits;
  digits.rotate = !options.unrotated;
  if (runtime::isNumeric(network.target()))
    return givesNoClasses();
  const bool segmentation = network.points() > 1;
  auto samples = openDigits(digits, runtime::Split::Test, bandLimit, segmentation);
  if (!samples)
    return samples.error();
  if (Status fit = checkClasses(**samples, network.classes(), end); !fit)
    return fit;
  expectWritable({options.result, options.pictures.picture});
  std::printf("data: %s\n", describeDigits(**samples).c_str());
  program.setTimers(options.timings.has_value());
  std::optional<EvaluationPictures> pictures;
  runtime::EvaluateOptions wanted{.predictions = 0};
  if (options.pictures.any()) {
    pictures.emplace(options.pictures, network, picturedData(**samples));
    wanted.onBatch = [&](const runtime::Batch &batch, std::span<const float> outputs) {
      pictures->add(batch, outputs);
    };
  }
  const runtime::Evaluation result = runtime::evaluate(network, **samples, wanted);
  printResults(options, result, network.capacity());
  if (options.timings)
    printTimings(program, "forward", *options.timings);
  const Result<runtime::RotationErrors> errors = printRotationErrors(options, facts, network);
  if (!errors)
    return errors.error();
  const runtime::MemoryReport memory = program.memory(program.entry("forward"));
  std::printf("peak memory: %s, of which the network plans %s\n",
              printBytes(static_cast<double>(memory.peakResident)).c_str(),
              printBytes(static_cast<double>(memory.total())).c_str());
  if (!options.result.empty())
    writeResult(options, facts, training, **samples, result, *errors);
  if (pictures)
    pictures->write(result);
  return Done{};
}

/// Opens data in files, if --data or the weights name such, before anything compiles.
Result<std::optional<OwnData>> openOwnData(EvalOptions &options, Session &session,
                                           const runtime::TensorFile &weights) {
  try {
    const Result<bool> takesOwn =
        takesOwnData(options.digits, options.own, runtime::setRecordOf(weights.metadata));
    if (!takesOwn)
      return takesOwn.error();
    if (!*takesOwn && !options.own.rotate.empty())
      return commandError("--rotate is about data in files, expected --data with such, got digits",
                          "digits are rotated unless --unrotated is given");
    const Result<std::optional<ModelInterface>> model = modelInterface(session);
    if (!model)
      return model.error();
    if (!*takesOwn) {
      if (*model && (*model)->values)
        return givesNoClasses();
      if (Status fits = *model ? checkDigitInput(**model) : Status(Done{}); !fits)
        return fits.error();
      return std::optional<OwnData>();
    }
    Result<OwnData> data = openTestData(options.digits, options.own, *model, weights.metadata);
    if (!data)
      return data.error();
    if (Status projected =
            project(*data, options.own, *model, options.session, options.digits.seed);
        !projected)
      return projected.error();
    return std::optional(std::move(*data));
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

OwnEvaluation ownEvaluation(const EvalOptions &options, const ModelFacts &facts) {
  return {.file = options.file,
          .weights = options.weights,
          .result = options.result,
          .predictions = options.predictions,
          .pictures = options.pictures,
          .confusion = options.confusion,
          .equivariance = options.equivariance,
          .rotations = options.rotations,
          .workers = options.own.workers,
          .seed = options.digits.seed,
          .facts = facts,
          .timings = options.timings,
          .session = options.session};
}

Status eval(EvalOptions &options) {
  if (Status drawable = checkPictures(options.pictures); !drawable)
    return drawable;
  const Result<TrainedModel> trained =
      loadTrained(options.file, options.session, options.weights, options.anyModel);
  if (!trained)
    return trained.error();
  Session &session = *trained->session;
  const runtime::TensorFile &weights = trained->weights;
  const Result<std::optional<OwnData>> own = openOwnData(options, session, weights);
  if (!own)
    return own.error();
  // Compiling leaves nothing of the graph.
  const std::string end = placeOfEnd(session);
  ModelFacts facts;
  if (!options.result.empty() || options.equivariance) {
    Result<ModelFacts> known = modelFacts(session);
    if (!known)
      return known.error();
    facts = *known;
  }
  Result<std::unique_ptr<LoadedProgram>> loaded = LoadedProgram::load(session);
  if (!loaded)
    return loaded.error();
  try {
    if (*own)
      return evaluateOwnData(ownEvaluation(options, facts), **own, weights, (*loaded)->program());
    return evaluateProgram(options, facts, end, weights, (*loaded)->program());
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(Weights record how the samples of their training lay on the sphere; tests are on such samples,
unless options say otherwise. Each test digit gets its own uniformly random rotation of the seed. The
change under rotation is the median of |net(R x) - net(x)| / |net(x) - mean net(x)| over 32 digits; see
'spherical help conventions'.

Examples:
  spherical eval model.yaml --weights weights.safetensors
  spherical eval model.yaml --weights weights.safetensors --unrotated --confusion
  spherical eval model.yaml --weights weights.safetensors --result result.json --equivariance
  spherical eval model.yaml --weights weights.safetensors --data panoramas.npz --predictions p.csv
  spherical eval model.yaml --weights weights.safetensors --picture predictions.png
  spherical eval model.yaml --weights weights.safetensors --pictures figures --format pdf
  spherical eval model.yaml --weights weights.safetensors --timings    ms and GFLOP/s of each layer
)";

} // namespace

void addEvalCommand(Commands &commands) {
  auto options = std::make_shared<EvalOptions>();
  options->session.entries = {"forward"};
  CLI::App &command =
      commands.add("eval", "test a trained model on your data, or on rotated digits", examples,
                   [options] { return eval(*options); });
  command.add_option("FILE", options->file, "model: .yaml or .mlir")->required();
  command.add_option("--weights", options->weights, "safetensors of 'spherical train'")->required();
  addAnyModelOption(command, options->anyModel);
  addDigitOptions(command, options->digits);
  addOwnDataOptions(command, options->own, DataUse::Test);
  command.add_flag("--unrotated", options->unrotated, "test on digits as they are");
  command.add_flag("--confusion", options->confusion, "print the confusion matrix");
  command.add_flag("--equivariance", options->equivariance,
                   "measure the equivariance error, too, as 'spherical check' does");
  command.add_option("--rotations", options->rotations, "for the change under rotation")
      ->capture_default_str()
      ->transform(natural(1, 10000));
  command
      .add_option("--result", options->result,
                  "JSON with all metrics, the confusion matrix and figures of each class; for "
                  "'spherical report'")
      ->check(endsIn({".json"}));
  command.add_option("--predictions", options->predictions,
                     "what 'spherical predict' writes, and the labels; of data in files");
  addPictureOptions(command, options->pictures);
  addTimingsOption(command, options->timings);
  addTargetOption(command, options->session, false);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
