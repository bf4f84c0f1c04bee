//===- train_run.cpp - `spherical train` with a compiled model ------------===//

#include "tools/spherical/train_command.h"

#include "tools/spherical/driver/artifact.h"
#include "tools/spherical/parameters.h"
#include "tools/spherical/run_files.h"
#include "tools/spherical/run_pictures.h"

#include "runtime/data/files.h"
#include "runtime/runs/event_log.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/fine_tune.h"
#include "runtime/train/program_executable.h"
#include "runtime/train/settings.h"
#include "runtime/train/text.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>

namespace spherical::driver {
namespace {

const char *reasonText(runtime::StopReason reason) {
  switch (reason) {
  case runtime::StopReason::Finished:
    return "finished";
  case runtime::StopReason::TimeLimit:
    return "time limit reached";
  case runtime::StopReason::Interrupted:
    return "stopped by the user";
  case runtime::StopReason::NoBetter:
    return "stopped early: validations got no better";
  }
  return "";
}

/// The entry that most of the training's time goes to.
const char *stepEntry(const runtime::Program &program) {
  return program.hasEntry("train_step") ? "train_step" : "accumulate_step";
}

void printBest(const runtime::TrainResult &result, const runtime::TrainOptions &options) {
  if (!result.best.exists)
    return;
  std::printf("best validation: %s %s after epoch %lld (step %lld)\n",
              runtime::validationMetricName(runtime::monitorOf(options)),
              runtime::fixedText(result.best.value, 4).c_str(),
              static_cast<long long>(result.best.epoch), static_cast<long long>(result.best.step));
}

/// How to go on with a run that has not ended.
void printContinuation(const TrainCommand &options, runtime::StopReason reason) {
  if (reason != runtime::StopReason::Interrupted && reason != runtime::StopReason::TimeLimit)
    return;
  if (options.folder)
    std::printf("go on with: spherical train --resume %s\n", options.folder->path.c_str());
  else if (!options.training.checkpoint.empty())
    std::printf("go on with: the same command and --resume\n");
}

void printResult(const runtime::TrainResult &result, runtime::Program &program, int64_t batch) {
  std::printf("training: %lld steps in %.0f s, %s\n", static_cast<long long>(result.steps),
              result.seconds, reasonText(result.reason));
  if (result.stepMs > 0)
    std::printf("training step: %.2f ms for a batch of %lld\n", result.stepMs,
                static_cast<long long>(batch));
  const runtime::MemoryReport memory = program.memory(program.entry(stepEntry(program)));
  std::printf("peak memory: %s, of which the training step plans %s\n",
              printBytes(static_cast<double>(memory.peakResident)).c_str(),
              printBytes(static_cast<double>(memory.total())).c_str());
}

/// What is about to run, before anything does.
void printPlan(const TrainCommand &options, runtime::Program &program,
               const runtime::ProgramExecutable &network) {
  int64_t parameters = 0;
  for (const runtime::ParameterSpec &value : network.kept())
    if (value.role == "parameter")
      parameters += value.size();
  const runtime::MemoryReport memory = program.memory(program.entry(stepEntry(program)));
  std::printf("%s: %lld parameters, batch %lld, %s, memory planned %s\n", options.file.c_str(),
              static_cast<long long>(parameters), static_cast<long long>(network.capacity()),
              program.machine().c_str(), printBytes(static_cast<double>(memory.total())).c_str());
  std::fflush(stdout);
}

/// Whether training compares with numbers, which digits do not have, instead of classes.
bool takesTargets(const runtime::Program &program) {
  for (const runtime::EntrySpec &entry : program.manifest().entries)
    for (const runtime::ValueSpec &argument : entry.arguments)
      if (argument.role == "label" && argument.element == runtime::Element::F32)
        return true;
  return false;
}

/// All that is resolved, in one line.
void printSettings(const TrainCommand &options) {
  std::string text;
  for (const auto &[name, value] : options.record.settings)
    text += (text.empty() ? "" : ", ") + name + " " + value;
  std::printf("settings: %s\n", text.c_str());
}

/// Weights to start from are read and tried now, and set once the seed has set all.
Status startFromWeights(TrainCommand &options, runtime::ProgramExecutable &network) {
  if (options.startWeights.empty() || options.training.resume)
    return Done{};
  const Result<runtime::TensorFile> file = readTensorFile(options.startWeights);
  if (!file)
    return file.error();
  const auto take = [&options, file = *file](runtime::Executable &started) {
    try {
      return runtime::takeWeights(started, file, options.fresh);
    } catch (const std::runtime_error &error) {
      throw std::runtime_error(options.startWeights + ": " + error.what());
    }
  };
  const runtime::TakenWeights taken = take(network);
  options.training.initialize = [take](runtime::Executable &started) { take(started); };
  std::printf("starts from: %s, %zu parameters and states, %zu fresh\n",
              options.startWeights.c_str(), taken.taken.size(), taken.fresh.size());
  return Done{};
}

/// What a file of weights says of this training.
runtime::TensorFile weightsOf(const TrainCommand &options,
                              const runtime::ProgramExecutable &network,
                              const runtime::DataRecord &data, int64_t epochs, int64_t steps,
                              bool finished) {
  runtime::TensorFile weights = runtime::keptValues(network, true);
  weights.metadata = options.training.origin;
  const std::string stopping =
      options.training.patience > 0
          ? runtime::validationMetricName(runtime::monitorOf(options.training))
          : "";
  runtime::setTraining(weights, {data, epochs, steps, finished, options.validationText, stopping});
  return weights;
}

/// Where the weights are: in the run's folder, in their own file or, if none is asked for, in the
/// checkpoint, or else in a file that is named for the model.
void writeWeights(const TrainCommand &options, const runtime::ProgramExecutable &network,
                  const runtime::DataRecord &data, const runtime::TrainResult &result) {
  const std::string &checkpoint = options.training.checkpoint;
  if (options.folder) {
    std::printf("weights: %s\n", options.folder->file(runtime::run_files::last).c_str());
    if (result.best.exists)
      std::printf("best weights: %s\n", options.folder->file(runtime::run_files::best).c_str());
    return;
  }
  if (options.output.empty() && !checkpoint.empty()) {
    std::printf("weights: in the checkpoint %s\n", checkpoint.c_str());
    return;
  }
  const std::string path = options.output.empty() ? freshWeights(options.file) : options.output;
  const bool finished = result.reason == runtime::StopReason::Finished ||
                        result.reason == runtime::StopReason::NoBetter;
  runtime::writeSafetensors(
      path, weightsOf(options, network, data, result.last.epochs, result.steps, finished));
  std::printf("weights: %s\n", path.c_str());
}

/// Without a run folder, the last good weights of a loss that was not finite go where the weights
/// would have gone.
class GoodWeights : public runtime::RunObserver {
public:
  GoodWeights(const TrainCommand &options, const runtime::ProgramExecutable &network,
              const runtime::DataRecord &data)
      : options(options), network(network), data(data) {}

  void diverged(int64_t goodStep) override {
    const std::string path = options.output.empty() ? freshWeights(options.file) : options.output;
    runtime::writeSafetensors(
        path, weightsOf(options, network, data, options.training.epochs, goodStep, false));
    std::printf("weights: %s (after step %lld)\n", path.c_str(), static_cast<long long>(goodStep));
    std::fflush(stdout);
  }

private:
  const TrainCommand &options;
  const runtime::ProgramExecutable &network;
  const runtime::DataRecord &data;
};

/// Takes the run's folder, with what it records before the first step.
Status claimFolder(TrainCommand &options, runtime::Program &program,
                   const runtime::SampleSource &samples, const std::string &text) {
  const Result<std::vector<std::byte>> model = readModel(options.file); // which may lie in it
  if (!model)
    return model.error();
  if (Status claimed = options.folder->claim(); !claimed)
    return claimed;
  // Another process may have ended meanwhile.
  options.training.resume =
      !options.resume.empty() && std::filesystem::exists(options.training.checkpoint);
  runtime::RunRecord &record = options.record;
  record.modelDigest = keepModel(options.file, *model, *options.folder);
  record.data = text;
  record.dataDigest = hashText(samples.fingerprint());
  record.validation = options.validationText;
  record.machine = program.machine();
  const std::string metric =
      options.training.validation
          ? runtime::validationMetricName(runtime::monitorOf(options.training))
          : "";
  if (record.metric != metric)
    record.best = {};
  record.metric = metric;
  // The record of a new run comes before what it writes: whatever is there belongs to it.
  if (const std::string path = options.folder->file(runtime::run_files::record);
      !std::filesystem::exists(path)) {
    record.state = "running";
    runtime::replaceFile(path, runtime::runText(record));
  }
  return Done{};
}

/// Sets what `to` keeps, finite or not, to what `from` keeps under the same names.
void copyKept(const runtime::ProgramExecutable &from, runtime::ProgramExecutable &to) {
  for (size_t index = 0; index < to.kept().size(); ++index)
    for (size_t other = 0; other < from.kept().size(); ++other)
      if (from.kept()[other].name == to.kept()[index].name) {
        std::vector<std::byte> values(to.kept()[index].bytes());
        from.read(other, values);
        to.write(index, values);
      }
}

/// The norms of layers for a batch, by another compilation of the model: only a run that fails
/// needs it.
std::vector<runtime::LayerNorm> probeAgain(const TrainCommand &options,
                                           const runtime::ProgramExecutable &network,
                                           const float *x, const runtime::Targets &targets,
                                           int64_t count) {
  const auto expectDone = [](const auto &result) {
    if (!result)
      throw std::runtime_error(result.error().message);
  };
  SessionOptions wanted = options.session;
  wanted.entries = {"probe"};
  Result<std::unique_ptr<Session>> session = Session::load(options.file, wanted);
  expectDone(session);
  expectDone((*session)->setTraining(options.description));
  expectDone((*session)->setLoss(options.loss));
  Result<std::unique_ptr<LoadedProgram>> loaded = LoadedProgram::load(**session);
  expectDone(loaded);
  (*loaded)->program().allowNonFinite(true);
  runtime::ProgramExecutable second((*loaded)->program());
  copyKept(network, second);
  return second.probe(x, targets, count);
}

/// Trains with those who write the run down.
runtime::TrainResult observed(TrainCommand &options, runtime::ProgramExecutable &network,
                              runtime::Program &program, const runtime::SampleSource &samples,
                              const PicturedData &validation, const runtime::DataRecord &data) {
  options.training.probe = [&](const float *x, const runtime::Targets &targets, int64_t count) {
    return probeAgain(options, network, x, targets, count);
  };
  if (!options.folder) {
    GoodWeights good(options, network, data);
    options.training.observers = {&good};
    return runtime::train(network, samples, options.training);
  }
  RunWriter writer(*options.folder, options.record, [&](int64_t steps, bool finished) {
    return weightsOf(options, network, data, options.training.epochs, steps, finished);
  });
  runtime::EventLog events(options.folder->path, network, [&program] {
    return program.memory(program.entry(stepEntry(program))).resident;
  });
  options.training.observers = {&writer, &events};
  const std::string noPictures = whyNoPictures(network);
  if (!noPictures.empty())
    std::printf("no pictures in %s: %s\n", options.folder->path.c_str(), noPictures.c_str());
  std::optional<RunPictures> pictures;
  if (noPictures.empty() && options.training.validation)
    options.training.observers.push_back(
        &pictures.emplace(*options.folder, network, validation, events));
  const runtime::TrainResult result = runtime::train(network, samples, options.training);
  writer.finish(result, reasonText(result.reason));
  if (noPictures.empty())
    drawRunCurves(*options.folder, options.record.name);
  return result;
}

/// Trains on the samples of `all` that do not validate; `data` and `text` describe them.
Status trainOn(TrainCommand &options, runtime::ProgramExecutable &network,
               runtime::Program &program, const runtime::SampleSource &all,
               const DividedData &divided, const runtime::DataRecord &data,
               const std::string &text) {
  const runtime::SampleSource &samples = divided.trainingOf(all);
  options.training.validation = divided.validates();
  options.validationText = divided.text;
  printPlan(options, program, network);
  std::printf("data: %s\n", text.c_str());
  if (options.training.validation)
    std::printf("validation: %s\n", divided.text.c_str());
  printSettings(options);
  std::fflush(stdout);
  options.training.batchSize = network.capacity();
  options.training.seed = options.digits.seed;
  options.training.messages = &std::cout;
  if (Status status = startFromWeights(options, network); !status)
    return status;
  runtime::checkTraining(network, samples, options.training); // before anything is replaced
  if (options.folder)
    if (Status claimed = claimFolder(options, program, samples, text); !claimed)
      return claimed;
  program.setTimers(options.timings.has_value());
  const runtime::TrainResult result =
      observed(options, network, program, samples, divided.pictured, data);
  writeWeights(options, network, data, result);
  printBest(result, options.training);
  printResult(result, program, network.capacity());
  printContinuation(options, result.reason);
  if (options.timings)
    printTimings(program, stepEntry(program), *options.timings);
  return Done{};
}

Status trainOnFiles(TrainCommand &options, runtime::ProgramExecutable &network,
                    runtime::Program &program, const OwnData &own,
                    const std::optional<ModelInterface> &model) {
  Result<DividedData> divided = divideOwnData(options.validation, own, options.digits, options.own,
                                              model, options.session, options.training.origin);
  if (!divided)
    return divided.error();
  runtime::DataRecord data = ownDataRecord(own, options.digits.seed);
  data.samples = divided->trainingOf(own.source()).count();
  const Status status = trainOn(options, network, program, own.source(), *divided, data, own.text);
  printResidual(own);
  return status;
}

Status trainOnDigits(TrainCommand &options, runtime::ProgramExecutable &network,
                     runtime::Program &program, const std::string &end) {
  const int64_t bandLimit = network.sampleShape().back() / 2;
  const bool segmented = network.points() > 1;
  options.digits.heldOut = options.validation.share;
  auto samples = openDigits(options.digits, runtime::Split::Train, bandLimit, segmented);
  if (!samples)
    return samples.error();
  if (Status fit = checkClasses(**samples, network.classes(), end); !fit)
    return fit;
  const Result<DividedData> divided =
      openValidationDigits(options.validation, options.digits, bandLimit, segmented);
  if (!divided)
    return divided.error();
  runtime::setForm(options.training.origin,
                   runtime::describeForm(**samples, options.digits.folder));
  return trainOn(options, network, program, **samples, *divided, runtime::describeData(**samples),
                 describeDigits(**samples));
}

} // namespace

Status trainProgram(TrainCommand &options, runtime::Program &program, const std::string &end,
                    const std::optional<OwnData> &own, const std::optional<ModelInterface> &model) {
  if (!own && takesTargets(program))
    return commandError("expected a step that takes labels to train on digits, got one that takes "
                        "values",
                        "--data names samples with values as targets");
  runtime::ProgramExecutable network(program);
  return own ? trainOnFiles(options, network, program, *own, model)
             : trainOnDigits(options, network, program, end);
}

} // namespace spherical::driver
