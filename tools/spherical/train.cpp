//===- train.cpp - `spherical train` --------------------------------------===//

#include "tools/spherical/train_command.h"

#include "tools/spherical/driver/artifact.h"
#include "tools/spherical/driver/layers.h"

#include <memory>

namespace spherical::driver {
namespace {

Status train(TrainCommand &options) {
  try {
    if (Status status = readPlaces(options); !status)
      return status;
    Result<std::unique_ptr<Session>> session = Session::load(options.file, options.session);
    if (!session)
      return session.error();
    if (Status status = resolveSettings(options, **session); !status)
      return status;
    const runtime::ModelRecord model = (*session)->record();
    runtime::setModel(options.training.origin, model);
    if (Status status = claimPlaces(options, model); !status)
      return status;
    const Result<std::optional<OwnData>> own = openOwnData(options, **session);
    if (!own)
      return own.error();
    const Result<std::optional<ModelInterface>> interface = modelInterface(**session);
    if (!interface)
      return interface.error();
    if (Status status = balanceClasses(options, **session, *own, *interface); !status)
      return status;
    options.loss = (*session)->loss();
    const std::string end = placeOfEnd(**session); // compiling leaves nothing of the graph
    Result<std::unique_ptr<LoadedProgram>> loaded = LoadedProgram::load(**session);
    if (!loaded)
      return loaded.error();
    return trainProgram(options, (*loaded)->program(), end, *own, *interface);
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
  spherical train model.yaml --run runs/first --validation 0.1 --early-stopping accuracy --patience 5
  spherical train --resume runs/first
  spherical train model.yaml --from weights.safetensors --fresh 'head.*' --freeze 'input_layer.*'
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
  addTrainingOverrides(command, options.overrides);
  command.add_option("--from", options.startWeights, "weights to start from, by name")
      ->group("Training");
  command
      .add_option("--fresh", options.fresh,
                  "values that do not come from them: names with * and ?, as 'head.*'")
      ->group("Training")
      ->expected(1)
      ->take_all()
      ->needs("--from");
  command
      .add_option("--run", options.run,
                  "folder for all files of the run: settings, model, metrics, events for "
                  "TensorBoard, checkpoint, best and last weights; without a value, "
                  "runs/MODEL-DATE")
      ->expected(0, 1);
  command.add_option("--checkpoint", training.checkpoint, "file to keep the run in")
      ->check(tensorFile());
  command.add_option("--checkpoint-minutes", training.checkpointMinutes, "between two checkpoints")
      ->capture_default_str()
      ->transform(number(notNegative));
  command
      .add_option("--resume", options.resume,
                  "go on with the run in this folder, or from the checkpoint, if there is one")
      ->expected(0, 1);
  command.add_flag("--force", options.force, "replace weights, checkpoint and log of earlier runs");
  command.add_option("--log", training.log, "file for the numbers: .csv, .json or .jsonl")
      ->check(endsIn({".csv", ".json", ".jsonl"}));
  for (const char *name : {"--output", "--checkpoint", "--log"})
    command.get_option("--run")->excludes(name);
}

} // namespace

void addTrainCommand(Commands &commands) {
  auto options = std::make_shared<TrainCommand>();
  options->session.entries = {"train_step", "accumulate_step", "update_step"};
  CLI::App &command =
      commands.add("train", "train a model on your data, or on digits on the sphere", examples,
                   [options] { return train(*options); });
  options->command = &command;
  command.add_option("FILE", options->file, "model: .yaml, or .mlir of any phase")
      ->default_str("that of the run to resume");
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
