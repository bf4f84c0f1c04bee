//===- train.cpp - `spherical train` --------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/digits.h"
#include "tools/spherical/driver/artifact.h"
#include "tools/spherical/driver/layers.h"
#include "tools/spherical/own_data.h"
#include "tools/spherical/run_files.h"
#include "tools/spherical/timings.h"

#include "runtime/train/checkpoint.h"
#include "runtime/train/program_executable.h"
#include "runtime/train/record.h"
#include "runtime/train/trainer.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

namespace spherical::driver {
namespace {

struct TrainCommand {
  std::string file, output, schedule;
  bool force = false;
  double learningRate = 0;
  std::optional<int64_t> warmup;
  Timings timings;
  DigitOptions digits;
  OwnDataOptions own;
  runtime::TrainOptions training;
  SessionOptions session;
};

const char *reasonText(runtime::StopReason reason) {
  switch (reason) {
  case runtime::StopReason::Finished:
    return "finished";
  case runtime::StopReason::TimeLimit:
    return "time limit reached";
  case runtime::StopReason::Interrupted:
    return "stopped by the user";
  }
  return "";
}

void printResult(const runtime::TrainResult &result, runtime::Program &program, int64_t batch) {
  std::printf("training: %lld steps in %.0f s, %s\n", static_cast<long long>(result.steps),
              result.seconds, reasonText(result.reason));
  if (result.stepMs > 0)
    std::printf("training step: %.2f ms for a batch of %lld\n", result.stepMs,
                static_cast<long long>(batch));
  const runtime::MemoryReport memory = program.memory(program.entry("train_step"));
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
  const runtime::MemoryReport memory = program.memory(program.entry("train_step"));
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

/// Where the weights are: in their own file or, if none is asked for, in the checkpoint, or else in
/// a file that is named for the model.
void writeWeights(const TrainCommand &options, const runtime::ProgramExecutable &network,
                  const runtime::DataRecord &data, const runtime::TrainResult &result) {
  const std::string &checkpoint = options.training.checkpoint;
  if (options.output.empty() && !checkpoint.empty()) {
    std::printf("weights: in the checkpoint %s\n", checkpoint.c_str());
    return;
  }
  const std::string path = options.output.empty() ? freshWeights(options.file) : options.output;
  runtime::TensorFile weights = runtime::keptValues(network, true);
  weights.metadata = options.training.origin;
  runtime::setTraining(weights, {data, result.last.epochs, result.steps,
                                 result.reason == runtime::StopReason::Finished});
  runtime::writeSafetensors(path, weights);
  std::printf("weights: %s\n", path.c_str());
}

/// Trains on `samples`, which `data` and `text` describe.
Status trainOn(TrainCommand &options, runtime::ProgramExecutable &network,
               runtime::Program &program, const runtime::SampleSource &samples,
               const runtime::DataRecord &data, const std::string &text) {
  printPlan(options, program, network);
  std::printf("data: %s\n", text.c_str());
  std::fflush(stdout);
  options.training.batchSize = network.capacity();
  options.training.seed = options.digits.seed;
  options.training.messages = &std::cout;
  program.setTimers(options.timings.has_value());
  const runtime::TrainResult result = runtime::train(network, samples, options.training);
  writeWeights(options, network, data, result);
  printResult(result, program, network.capacity());
  if (options.timings)
    printTimings(program, "train_step", *options.timings);
  return Done{};
}

/// Opens data in files, if --data names such, before anything compiles.
Result<std::optional<OwnData>> openOwnData(TrainCommand &options, Session &session) {
  const Result<bool> takesOwn = takesOwnData(options.digits, options.own);
  if (!takesOwn)
    return takesOwn.error();
  options.digits.rotate = !options.own.rotate.empty();
  if (!*takesOwn)
    return std::optional<OwnData>();
  const Result<std::optional<ModelInterface>> model = modelInterface(session);
  if (!model)
    return model.error();
  Result<OwnData> data = openTrainingData(options.digits, options.own, *model);
  if (!data)
    return data.error();
  if (Status projected = project(*data, options.own, *model, options.session, options.digits.seed);
      !projected)
    return projected.error();
  runtime::setPreparation(options.training.origin, data->preparation);
  runtime::setSetRecord(options.training.origin, data->record);
  options.training.workers = static_cast<int>(options.own.workers);
  return std::optional(std::move(*data));
}

Status trainProgram(TrainCommand &options, runtime::Program &program, const std::string &end,
                    const std::optional<OwnData> &own) {
  if (own) {
    runtime::ProgramExecutable network(program);
    const Status status = trainOn(options, network, program, own->source(),
                                  ownDataRecord(*own, options.digits.seed), own->text);
    printResidual(*own);
    return status;
  }
  if (takesTargets(program))
    return commandError("expected the loss cross_entropy to train on labels, got " +
                            options.training.settings.at("loss"),
                        "'spherical run --entry=train_step' takes targets");
  runtime::ProgramExecutable network(program);
  auto samples = openDigits(options.digits, runtime::Split::Train, network.sampleShape().back() / 2,
                            network.points() > 1);
  if (!samples)
    return samples.error();
  if (Status fit = checkClasses(**samples, network.classes(), end); !fit)
    return fit;
  runtime::setForm(options.training.origin,
                   runtime::describeForm(**samples, options.digits.folder));
  return trainOn(options, network, program, **samples, runtime::describeData(**samples),
                 describeDigits(**samples));
}

/// The command line's schedule where it says one, else the model's, else cosine.
runtime::Schedule scheduleOf(const TrainCommand &options, const TrainingDescription &model) {
  const std::string &kind = options.schedule.empty() ? model.schedule : options.schedule;
  runtime::Schedule schedule;
  schedule.kind = runtime::parseScheduleKind(kind).value_or(runtime::ScheduleKind::Cosine);
  schedule.base = options.learningRate > 0 ? options.learningRate : model.learningRate;
  schedule.warmup = options.warmup.value_or(model.warmup);
  return schedule;
}

/// The probe of a default name is the folder's.
Status claimFiles(TrainCommand &options, const runtime::ModelRecord &model) {
  const bool isDefault = options.output.empty() && options.training.checkpoint.empty();
  RunFiles files = {isDefault ? freshWeights(options.file) : options.output,
                    options.training.checkpoint, options.training.log, options.training.resume,
                    options.force};
  Status status = claimFiles(files, model);
  options.training.resume = files.resume;
  return status;
}

Status train(TrainCommand &options) {
  if (options.training.resume && options.training.checkpoint.empty())
    return commandError("expected --checkpoint with the file to resume from, got none");
  Result<std::unique_ptr<Session>> session = Session::load(options.file, options.session);
  if (!session)
    return session.error();
  options.training.schedule = scheduleOf(options, (*session)->training());
  options.training.settings = (*session)->trainingSettings();
  const runtime::ModelRecord model = (*session)->record();
  runtime::setModel(options.training.origin, model);
  try {
    if (Status status = claimFiles(options, model); !status)
      return status;
    const Result<std::optional<OwnData>> own = openOwnData(options, **session);
    if (!own)
      return own.error();
    const std::string end = placeOfEnd(**session); // compiling leaves nothing of the graph
    Result<std::unique_ptr<LoadedProgram>> loaded = LoadedProgram::load(**session);
    if (!loaded)
      return loaded.error();
    return trainProgram(options, (*loaded)->program(), end, *own);
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(Ctrl-C ends the run after the current step; with --checkpoint it can be resumed and gives the same bits as
a run that was never stopped; what --resume changes of the schedule is said. With --minutes the steps that fit,
over which the schedule stretches, are found from the speed of the first seconds, and lowered where it falls;
--steps gives their number, and the same number gives the same bits. Files of an earlier run are
replaced with --force only. The same seed gives the same weights for any number of threads.

Examples:
  spherical train model.yaml --epochs 4 --output weights.safetensors
  spherical train model.yaml --minutes 3 --data mnist --seed 1 --output weights.safetensors
  spherical train model.yaml --data panoramas.npz --split sample:80/10/10 --output weights.safetensors
  spherical train model.yaml --checkpoint run.safetensors --log run.csv
  spherical train model.yaml --checkpoint run.safetensors --resume
  spherical train model.yaml --epochs 1 --examples 3200 --timings    ms and GFLOP/s of each layer
)";

void addTrainingOptions(CLI::App &command, TrainCommand &options) {
  runtime::TrainOptions &training = options.training;
  command.add_option("--epochs", training.epochs, "times through the digits")
      ->capture_default_str()
      ->transform(natural(1, 1000000));
  command.add_option("--steps", training.steps, "steps of the run, in place of epochs")
      ->default_str("those of the epochs")
      ->transform(natural(1, 1'000'000'000'000))
      ->excludes("--epochs");
  command
      .add_option("--minutes", training.minutes,
                  "time that the epochs are shortened to fit, 0 for no limit")
      ->capture_default_str()
      ->transform(number(notNegative));
  command.add_option("--learning-rate", options.learningRate, "after warm-up")
      ->default_str("what the model says")
      ->transform(number(positive));
  command.add_option("--schedule", options.schedule, "constant, or cosine down to 0")
      ->default_str("what the model says, else cosine")
      ->transform(oneOf({"constant", "cosine"}));
  command.add_option("--warmup", options.warmup, "steps of rising learning rate")
      ->default_str("what the model says, else 0")
      ->transform(natural(0, 1'000'000'000));
  command.add_option("--checkpoint", training.checkpoint, "file to keep the run in")
      ->check(tensorFile());
  command.add_option("--checkpoint-minutes", training.checkpointMinutes, "between two checkpoints")
      ->capture_default_str()
      ->transform(number(notNegative));
  command.add_flag("--resume", training.resume, "go on from the checkpoint, if there is one");
  command.add_flag("--force", options.force, "replace weights, checkpoint and log of earlier runs");
  command.add_option("--log", training.log, "file for the numbers: .csv, .json or .jsonl")
      ->check(endsIn({".csv", ".json", ".jsonl"}));
}

} // namespace

void addTrainCommand(Commands &commands) {
  auto options = std::make_shared<TrainCommand>();
  options->session.entries = {"train_step"};
  CLI::App &command =
      commands.add("train", "train a model on your data, or on digits on the sphere", examples,
                   [options] { return train(*options); });
  command.add_option("FILE", options->file, "model: .yaml, or .mlir of any phase")->required();
  command.add_option("--output", options->output, "safetensors for the weights")
      ->check(tensorFile())
      ->default_str("the checkpoint, else a new file named for the model");
  addDigitOptions(command, options->digits);
  addOwnDataOptions(command, options->own, DataUse::Training);
  addTrainingOptions(command, *options);
  addTimingsOption(command, options->timings);
  addTargetOption(command, options->session, false);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
