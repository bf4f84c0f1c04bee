//===- train_setup.cpp - `spherical train` before it compiles -------------===//

#include "tools/spherical/train_command.h"

#include "tools/spherical/own_data_checks.h"
#include "tools/spherical/run_files.h"

#include "runtime/data/batches.h"
#include "runtime/spherical_runtime.h"

#include <cstdio>
#include <filesystem>

namespace spherical::driver {
namespace {

/// What options hold that may do without a value, and do.
constexpr const char *noValue = "true";

/// The options of the run that --resume names, and its files.
Status resumeFolder(TrainCommand &options) {
  const std::string path = options.resume;
  if (options.command->count("--run") > 0 && !options.run.empty() && options.run != path)
    return commandError("--resume: expected no other --run, got '" + options.run + "'");
  options.folder = std::make_unique<RunFolder>(path);
  if (Status there = options.folder->check(/*resume=*/true, /*force=*/false, ""); !there)
    return there;
  const runtime::RunRecord run = runtime::readRun(path);
  takeOptions(*options.command, run.options);
  if (options.file.empty())
    options.file = keptModel(path);
  std::error_code error;
  if (run.folder != std::filesystem::current_path(error).string())
    std::fprintf(stderr, "spherical: note: the run began in '%s', from where its paths go\n",
                 run.folder.c_str());
  for (const char *name : {"--output", "--checkpoint", "--log"})
    if (options.command->count(name) > 0)
      return commandError(std::string("--resume: expected no ") + name +
                          " beside the folder of a run, which has its files");
  options.record.graph = run.graph;
  options.record.seconds = run.seconds;
  options.record.started = run.started;
  options.record.steps = run.steps;
  options.record.planned = run.planned;
  options.record.epochs = run.epochs;
  options.record.metric = run.metric;
  options.record.best = run.best;
  return Done{};
}

/// Where the run is, if it has a folder: its files take the place of those that options name.
Status openFolder(TrainCommand &options, const runtime::ModelRecord &model) {
  const bool resumes = !options.resume.empty();
  if (!resumes && options.command->count("--run") == 0)
    return Done{};
  if (!resumes) {
    options.folder = std::make_unique<RunFolder>(options.run.empty() ? freshRunFolder(options.file)
                                                                     : options.run);
    if (Status free = options.folder->check(/*resume=*/false, options.force, options.file); !free)
      return free;
  }
  runtime::RunRecord &record = options.record;
  if (resumes && !record.graph.empty() && !model.graph.empty() && record.graph != model.graph)
    return commandError("--resume: expected the model of the run in '" + options.folder->path +
                            "', got another one in '" + options.file + "'",
                        "without a model the run goes on with its own");
  record.name = model.name;
  record.model = options.file;
  record.graph = model.graph;
  record.versions = {{"spherical", SPHERICAL_VERSION}, {"runtime", sph_version()}};
  std::error_code error;
  record.folder = std::filesystem::current_path(error).string();
  for (const auto &[name, values] : givenOptions(*options.command))
    record.options[name] = values;
  options.training.checkpoint = options.folder->file(runtime::run_files::checkpoint);
  options.training.log = options.folder->file(runtime::run_files::metrics);
  options.training.keepPrevious = true;
  options.training.resume = resumes && std::filesystem::exists(options.training.checkpoint);
  std::printf("run: %s\n", options.folder->path.c_str());
  if (resumes && !options.training.resume)
    std::printf("no checkpoint in '%s' to resume from: the run starts afresh\n",
                options.folder->path.c_str());
  return Done{};
}

/// The probe of a default name is the folder's.
Status claimNamedFiles(TrainCommand &options, const runtime::ModelRecord &model) {
  const bool isDefault = options.output.empty() && options.training.checkpoint.empty();
  RunFiles files = {isDefault ? freshWeights(options.file) : options.output,
                    options.training.checkpoint, options.training.log, options.training.resume,
                    options.force};
  Status status = claimFiles(files, model);
  options.training.resume = files.resume;
  return status;
}

/// How many labels of each class the samples have.
std::vector<int64_t> labelCounts(const runtime::SampleSource &samples, int64_t classes,
                                 int workers) {
  std::vector<int64_t> counts(classes);
  runtime::BatchLoader loader(samples, {.shuffle = false, .lastEpoch = 0, .workers = workers});
  while (const runtime::Batch *batch = loader.next())
    for (const int32_t label :
         std::span(batch->labels).first(batch->count * samples.layout().labels()))
      if (label >= 0 && label < classes)
        ++counts[label];
  return counts;
}

/// What the command line says of a schedule, or of early stopping, that the training does not have.
Status checkGiven(const TrainCommand &options) {
  const std::string schedule = runtime::scheduleKindName(options.training.schedule.kind);
  const auto expect = [&](const char *name, const std::vector<std::string> &owners) {
    if (!options.given.contains(name) || std::ranges::count(owners, schedule) > 0)
      return Status(Done{});
    return Status(commandError(std::string(name) + ": expected the schedule " + joined(owners) +
                               ", got " + schedule));
  };
  if (Status status = expect("--step-epochs", {"step"}); !status)
    return status;
  if (Status status = expect("--factor", {"step", "plateau"}); !status)
    return status;
  if (Status status = expect("--plateau-patience", {"plateau"}); !status)
    return status;
  if (options.given.contains("--patience") && options.training.patience == 0)
    return commandError("--patience: expected --early-stopping with a metric, got none");
  return Done{};
}

} // namespace

Status readPlaces(TrainCommand &options) {
  const auto valueOf = [&](const char *name, std::string &value) {
    if (value == noValue)
      value.clear();
    const bool isModel =
        value.ends_with(".yaml") || value.ends_with(".yml") || value.ends_with(".mlir");
    if (isModel && options.file.empty())
      return Status(
          commandError(std::string(name) + ": expected a folder, got the model '" + value + "'",
                       "the model goes before it"));
    return Status(Done{});
  };
  if (Status status = valueOf("--run", options.run); !status)
    return status;
  if (Status status = valueOf("--resume", options.resume); !status)
    return status;
  for (const auto &[name, values] : givenOptions(*options.command))
    options.given.insert(name);
  options.training.resume = options.command->count("--resume") > 0;
  if (options.resume.empty() && !options.run.empty() && options.training.resume)
    options.resume = options.run;
  if (!options.resume.empty())
    return resumeFolder(options);
  if (options.file.empty())
    return commandError("expected FILE, got none", "'spherical train --help' lists options");
  if (options.training.resume && options.training.checkpoint.empty())
    return commandError("expected --checkpoint with the file to resume from, got none");
  return Done{};
}

Status claimPlaces(TrainCommand &options, const runtime::ModelRecord &model) {
  if (Status status = openFolder(options, model); !status)
    return status;
  return options.folder ? Done{} : claimNamedFiles(options, model);
}

Status resolveSettings(TrainCommand &options, Session &session) {
  const Result<TrainingDescription> training = applyOverrides(session, options.overrides);
  if (!training)
    return training.error();
  if (Status status = setLoopOptions(*training, options.training); !status)
    return status;
  if (training->epochs > 0 && options.command->count("--epochs") == 0)
    options.training.epochs = training->epochs;
  if (training->seed && options.command->count("--seed") == 0)
    options.digits.seed = static_cast<uint64_t>(*training->seed);
  if (Status status = checkGiven(options); !status)
    return status;
  const Result<ValidationSource> validation = parseValidation(training->validation);
  if (!validation)
    return validation.error();
  options.validation = *validation;
  if (!validation->isNone())
    session.addEntry("forward");
  options.description = *training;
  options.training.settings = session.trainingSettings();
  if (!training->validation.empty())
    options.training.settings["validation"] = training->validation;
  options.record.settings = settingTexts(*training);
  options.record.settings["epochs"] = std::to_string(options.training.epochs);
  if (options.training.steps > 0) { // in their place
    options.record.settings.erase("epochs");
    options.record.settings["steps"] = std::to_string(options.training.steps);
  }
  options.record.settings["seed"] = std::to_string(options.digits.seed);
  options.record.settings["loss"] = options.training.settings["loss"];
  options.record.seed = options.digits.seed;
  return Done{};
}

Status expectLabels(const LossDescription &loss) {
  if (loss.kind == LossDescription().kind)
    return Done{};
  return commandError(
      "expected the loss cross_entropy to train on digits, which have labels, got " + loss.kind,
      "--data names samples with values as targets");
}

Result<std::optional<OwnData>> openOwnData(TrainCommand &options, Session &session) {
  const Result<bool> takesOwn = takesOwnData(options.digits, options.own);
  if (!takesOwn)
    return takesOwn.error();
  options.digits.rotate = !options.own.rotate.empty();
  const Result<std::optional<ModelInterface>> model = modelInterface(session);
  if (!model)
    return model.error();
  if (!*takesOwn) {
    if (Status labels = expectLabels(session.loss()); !labels)
      return labels.error();
    if (Status fits = *model ? checkDigitInput(**model) : Status(Done{}); !fits)
      return fits.error();
    return std::optional<OwnData>();
  }
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

Status balanceClasses(TrainCommand &options, Session &session, const std::optional<OwnData> &own,
                      const std::optional<ModelInterface> &model) {
  if (!model || !session.loss().balanced)
    return Done{};
  const int64_t classes = model->output[0];
  const int workers = options.training.workers;
  if (!own) {
    DigitOptions digits = options.digits;
    digits.heldOut = options.validation.share;
    const auto samples =
        openDigits(digits, runtime::Split::Train, model->input[1] / 2, model->output.size() > 1);
    if (!samples)
      return samples.error();
    return session.balanceClasses(labelCounts(**samples, classes, workers));
  }
  ValidationSource share = options.validation;
  if (share.share == 0)
    share = {};
  const Result<DividedData> divided =
      divideOwnData(share, *own, options.digits, options.own, model, options.session, {});
  if (!divided)
    return divided.error();
  return session.balanceClasses(labelCounts(divided->trainingOf(own->source()), classes, workers));
}

} // namespace spherical::driver
