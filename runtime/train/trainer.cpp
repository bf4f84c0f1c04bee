//===- trainer.cpp - the training loop --------------------------*- C++ -*-===//

#include "runtime/train/trainer.h"

#include "runtime/data/batches.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/console.h"
#include "runtime/train/divergence.h"
#include "runtime/train/evaluate.h"
#include "runtime/train/initialize.h"
#include "runtime/train/interrupt.h"
#include "runtime/train/kept_values.h"
#include "runtime/train/log.h"
#include "runtime/train/resume.h"
#include "runtime/train/settings.h"
#include "runtime/train/step_plan.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>

namespace spherical::runtime {
namespace {

using Clock = std::chrono::steady_clock;

double machineSeconds() {
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

void checkOptions(const Executable &executable, const TrainOptions &options) {
  if (options.batchSize < 1 || options.batchSize > executable.capacity())
    throw std::runtime_error(
        "expected a batch size of 1 to " + std::to_string(executable.capacity()) +
        ", for which the model was compiled, got " + std::to_string(options.batchSize));
  if (options.epochs < 1 || options.logSteps < 1)
    throw std::runtime_error("expected at least one epoch and one step for each line of the log");
  if (options.resume && options.checkpoint.empty())
    throw std::runtime_error("to resume a run, expected the name of its checkpoint, got none");
  if (options.accumulate < 1 || (options.accumulate > 1 && !executable.accumulates()))
    throw std::runtime_error("expected steps of one batch, for which the model was compiled, got " +
                             std::to_string(options.accumulate) + " batches a step");
}

/// A run that goes by validations needs some, with what it goes by.
void checkValidation(const Executable &executable, const TrainOptions &options) {
  const bool needed = options.patience > 0 || options.schedule.kind == ScheduleKind::Plateau;
  if (!options.validation && (needed || options.monitor))
    throw std::runtime_error(
        std::string("expected samples to validate with for ") +
        (options.schedule.kind == ScheduleKind::Plateau ? "schedule plateau" : "early stopping") +
        ", got none");
  if (!options.validation)
    return;
  checkSamples(executable, *options.validation);
  const std::vector<ValidationMetric> metrics = validationMetrics(options.validation->layout());
  if (!options.monitor || std::ranges::find(metrics, *options.monitor) != metrics.end())
    return;
  std::string names;
  for (const ValidationMetric metric : metrics)
    names += (names.empty() ? "" : ", ") + std::string(validationMetricName(metric));
  throw std::runtime_error("expected a metric that validations of this network give (" + names +
                           "), got " + validationMetricName(*options.monitor));
}

/// Steps from one place in memory to which a run can go back to the next.
constexpr int64_t snapshotSteps = 50;

/// One run of `train`.
class Run {
public:
  Run(Executable &executable, const SampleSource &samples, const TrainOptions &options)
      : executable(executable), samples(samples), options(options),
        extent(options, samples.count()), stepper(executable, options, extent),
        console(options.messages, options.progress, executable.target()),
        position(firstPosition()) {
    openObservers();
  }

  TrainResult train();

private:
  RunPosition firstPosition();
  void openObservers();
  std::vector<ValidationMetric> validationColumns() const {
    return options.validation ? validationMetrics(options.validation->layout())
                              : std::vector<ValidationMetric>();
  }
  void step(const Batch &batch);
  [[noreturn]] void failDiverged(const Batch &batch, bool isInUpdate);
  /// A validation's forward alone is taken for a third of a step, until one has been timed.
  PausePlan pauses() const {
    if (!options.validation)
      return {};
    const auto batches =
        static_cast<double>((options.validation->count() - 1) / options.batchSize + 1);
    return {extent.stepsPerEpoch(), batches / static_cast<double>(3 * extent.accumulate)};
  }
  bool isFinite() const { return KeptCopy(executable).isFinite(); }
  void keepInMemory();
  bool lowerPlan();
  void afterStep(const Batch &batch);
  void validate();
  void tellBest();
  void fall();
  void endEpoch();
  void writeRecord();
  void save();
  bool mustStop();
  void showProgress();
  TrainResult finish();
  EpochReport report() const;
  bool segments() const { return executable.target() == TargetKind::PointClasses; }
  bool givesValues() const { return isNumeric(executable.target()); }
  Metrics noMetrics() const { return Metrics(givesValues() ? 0 : executable.classes()); }
  double now() const { return options.clock ? options.clock() : machineSeconds(); }
  bool isDone() const { return position.step >= plan.steps() || hasStalled(); }
  /// Whether validations get no better.
  bool hasStalled() const {
    return options.patience > 0 && position.best.waited >= options.patience;
  }
  bool endsEpoch() const { return position.batch == extent.batchesPerEpoch; }

  Executable &executable;
  const SampleSource &samples;
  const TrainOptions &options;
  RunExtent extent;
  Stepper stepper;
  RunConsole console;
  RunPosition position;
  StepPlan plan{position.planned, 60.0 * options.minutes, options.steps > 0, pauses()};
  std::optional<TrainingLog> log;
  std::vector<RunObserver *> observers = options.observers;
  InterruptGuard interrupt;
  TrainResult result;
  std::optional<RunSnapshot> snapshot;
  std::optional<RunPosition> saved;     // in the checkpoint, by this process
  std::optional<Evaluation> validation; // of the epoch that ends
  std::vector<MetricScore> scores;
  bool isBest = false;
  double start = now();
  double epochStart = start;
  double lastSave = start;
};

RunPosition Run::firstPosition() {
  RunPosition fresh;
  fresh.seed = options.seed;
  fresh.batchSize = options.batchSize;
  fresh.accumulate = extent.accumulate;
  fresh.planned = extent.steps;
  fresh.epochMetrics = fresh.windowMetrics = noMetrics();
  fresh.settings = runSettings(options);
  if (!options.checkpoint.empty())
    fresh.data = samples.fingerprint();
  if (!options.resume) {
    initializeParameters(executable, options.seed);
    if (options.initialize)
      options.initialize(executable);
    return fresh;
  }
  std::string note;
  RunPosition saved = loadLastCheckpoint(options.checkpoint, executable, note);
  if (!note.empty())
    console.say(note);
  checkSaved(saved, fresh, options, extent);
  console.say(resumedText(saved, fresh, options, extent));
  saved.planned = plannedAgain(saved, fresh);
  if (!hasSameMetric(saved, fresh))
    saved.best = saved.plateau = {};
  saved.settings = fresh.settings;
  return saved;
}

void Run::openObservers() {
  if (!options.log.empty())
    observers.insert(observers.begin(), // it refuses before others write
                     &log.emplace(options.log, executable.target(), validationColumns()));
  for (RunObserver *observer : observers)
    observer->begin(options.resume ? std::optional(position.step) : std::nullopt);
  if (options.resume && position.best.exists && position.best.step == position.step)
    tellBest(); // the process before may have ended between the checkpoint and this
}

EpochReport Run::report() const {
  const Metrics &metrics = position.epochMetrics;
  EpochReport result;
  result.epoch = position.epoch + 1;
  result.epochs = extent.epochsOf(plan.steps());
  result.loss = metrics.loss();
  result.accuracy = metrics.accuracy();
  if (segments())
    result.nonBackgroundIoU = metrics.meanIntersectionOverUnion(1);
  result.meanAbsoluteError = metrics.meanAbsoluteError();
  result.seconds = now() - epochStart;
  result.step = position.step;
  result.validation = scores;
  result.isBest = isBest;
  return result;
}

void Run::step(const Batch &batch) {
  if (!stepper.take(batch, position, plan.steps()))
    failDiverged(batch, /*isInUpdate=*/false);
  if (stepper.hasStepped() && position.step % snapshotSteps == 0)
    keepInMemory();
}

/// Unless values are not finite: the next loss will not be either, and the last place is a good
/// one.
void Run::keepInMemory() {
  RunSnapshot next{position, KeptCopy(executable)};
  if (next.kept.isFinite())
    snapshot = std::move(next);
}

/// `isInUpdate`: a step has left values that are not finite, though its loss was.
void Run::failDiverged(const Batch &batch, bool isInUpdate) {
  console.clear();
  const Divergence divergence =
      goBack(executable, samples, options, extent, *snapshot, batch, position, plan.steps());
  for (RunObserver *observer : observers)
    observer->diverged(divergence.goodStep);
  const std::string what =
      isInUpdate ? "parameters are not finite after step " + std::to_string(position.step)
                 : "the loss is not finite at step " + std::to_string(position.step + 1);
  throw std::runtime_error(what + " (learning rate " + exactText(position.learningRate) + ")" +
                           (isInUpdate ? "" : divergence.where) + "; all was finite after step " +
                           std::to_string(divergence.goodStep) + "; try a smaller learning rate");
}

void Run::writeRecord() {
  const Metrics &metrics = position.windowMetrics;
  LogRecord record;
  record.step = position.step;
  record.planned = plan.steps();
  record.epoch = position.epoch + 1;
  record.learningRate = position.learningRate;
  record.loss = metrics.loss();
  record.accuracy = metrics.accuracy();
  record.meanAbsoluteError = metrics.meanAbsoluteError();
  if (segments()) {
    record.meanIoU = metrics.meanIntersectionOverUnion(0);
    record.nonBackgroundIoU = metrics.meanIntersectionOverUnion(1);
  }
  record.samples = metrics.count / executable.points();
  record.seconds = now() - start;
  record.validation = scores;
  for (RunObserver *observer : observers)
    observer->record(record);
  position.windowMetrics = noMetrics();
}

/// Looks whether the planned steps still fit; true if they do not and the plan is lower now.
bool Run::lowerPlan() {
  if (!plan.lower(position.step, now() - start))
    return false;
  console.say("plan: " + std::to_string(plan.steps()) + " of " + std::to_string(extent.steps) +
              " steps fit into " + durationText(60.0 * options.minutes) +
              ", by the speed after step " + std::to_string(position.step));
  return true;
}

/// Looks at the validation's samples with the weights that would be used; puts nothing but these
/// back.
void Run::validate() {
  if (!options.validation)
    return;
  console.clear();
  const ValidationMetric monitor = monitorOf(options);
  {
    const AveragedParameters averaged(executable);
    const auto tell = [&](const Batch &batch, std::span<const float> outputs) {
      for (RunObserver *observer : observers)
        observer->validated(batch, outputs);
    };
    validation = evaluate(executable, *options.validation,
                          {.onBatch = tell, .predictions = 0, .workers = options.workers});
  }
  for (const ValidationMetric metric : validationColumns())
    scores.push_back({metric, metricOf(*validation, metric)});
  const double value = metricOf(*validation, monitor);
  const bool higher = isHigherBetter(monitor);
  isBest = position.best.take(value, higher, position.epoch + 1, position.step);
  position.plateau.take(value, higher, position.epoch + 1, position.step);
}

/// After the checkpoint, which a process that ends between the two leaves to make this again from.
void Run::tellBest() {
  const AveragedParameters averaged(executable);
  for (RunObserver *observer : observers)
    observer->improved(position.step);
}

/// The learning rate of schedule plateau falls where validations get no better.
void Run::fall() {
  if (options.schedule.kind != ScheduleKind::Plateau ||
      position.plateau.waited < std::max<int64_t>(1, options.plateauPatience))
    return;
  ++position.falls;
  position.plateau.waited = 0;
  console.say("the learning rate falls to " +
              scientificText(rateOf(options, extent, position, plan.steps())) + ": no better " +
              validationMetricName(monitorOf(options)) + " in " +
              std::to_string(options.plateauPatience) + " epochs");
}

void Run::endEpoch() {
  result.last = report();
  console.sayEpoch(result.last);
  for (RunObserver *observer : observers)
    observer->afterEpoch(result.last, validation ? &*validation : nullptr);
  fall();
  validation.reset();
  scores.clear();
  isBest = false;
  if (!endsEpoch())
    return; // the run ends within it
  position.epochMetrics = noMetrics();
  position.batch = 0;
  ++position.epoch;
  keepInMemory();
  epochStart = now();
}

/// What follows a step: its records, the end of its epoch, checkpoints.
void Run::afterStep(const Batch &batch) {
  const bool isLower = lowerPlan();
  const double began = now();
  const bool ends = endsEpoch() || position.step >= plan.steps();
  if (ends && !isFinite()) // before anyone judges or keeps these values
    failDiverged(batch, /*isInUpdate=*/true);
  if (isLower)
    keepInMemory();
  if (ends)
    validate();
  const bool mustTell = isBest;
  if (isLower || ends || position.step % options.logSteps == 0)
    writeRecord();
  if (ends)
    endEpoch();
  else
    result.last = report();
  if (mustTell) {
    save();
    tellBest();
  }
  if (ends)
    plan.paused(began - start, now() - start);
}

void Run::save() {
  if (options.checkpoint.empty())
    return;
  position.planned = plan.steps();
  if (saved == position)
    return; // the one before would be this one
  if (!isFinite())
    return; // the file before stays; the next loss tells
  saveCheckpoint(options.checkpoint, executable, position, options.origin, options.keepPrevious);
  saved = position;
  lastSave = now();
}

bool Run::mustStop() {
  if (interrupt.interrupted())
    result.reason = StopReason::Interrupted;
  else if (!plan.fits(now() - start))
    result.reason = StopReason::TimeLimit;
  else
    return false;
  return true;
}

void Run::showProgress() {
  const double seconds = now() - start;
  const double perStep = seconds / static_cast<double>(stepper.seconds.size());
  double left = perStep * static_cast<double>(plan.steps() - position.step);
  if (options.minutes > 0.0)
    left = std::min(left, 60.0 * options.minutes - seconds);
  console.show({report(), position.batch, extent.batchesPerEpoch, perStep, left});
}

TrainResult Run::finish() {
  console.clear();
  save();
  result.steps = position.step;
  result.best = position.best;
  result.seconds = now() - start;
  std::vector<float> &seconds = stepper.seconds;
  if (!seconds.empty()) {
    const auto middle = seconds.begin() + seconds.size() / 2;
    std::nth_element(seconds.begin(), middle, seconds.end());
    result.stepMs = 1000.0 * *middle;
  }
  if (hasStalled())
    result.reason = StopReason::NoBetter;
  return result;
}

TrainResult Run::train() {
  BatchLoader loader(samples, {.batchSize = options.batchSize,
                               .seed = options.seed,
                               .firstEpoch = position.epoch,
                               .firstNumber = position.batch,
                               .lastEpoch = extent.epochsOf(extent.steps) - 1,
                               .workers = options.workers});
  result.last = report();
  keepInMemory();
  while (!isDone()) {
    const double asked = machineSeconds();
    const Batch *batch = loader.next();
    result.waitSeconds += machineSeconds() - asked;
    step(*batch);
    if (stepper.hasStepped())
      afterStep(*batch);
    if (stepper.hasStepped() && !isDone() && mustStop()) {
      if (!isFinite())
        failDiverged(*batch, /*isInUpdate=*/true);
      break;
    }
    if (now() - lastSave >= 60.0 * options.checkpointMinutes)
      save();
    if (console.isDue() && !isDone() && !stepper.seconds.empty())
      showProgress();
  }
  return finish();
}

} // namespace

void checkTraining(const Executable &executable, const SampleSource &samples,
                   const TrainOptions &options) {
  checkOptions(executable, options);
  checkSamples(executable, samples);
  checkValidation(executable, options);
}

TrainResult train(Executable &executable, const SampleSource &samples,
                  const TrainOptions &options) {
  checkTraining(executable, samples, options);
  if (!options.checkpoint.empty()) { // fail before the first step, not after hours
    const std::filesystem::path folder =
        std::filesystem::absolute(options.checkpoint).parent_path();
    if (!std::filesystem::is_directory(folder))
      throw std::runtime_error(options.checkpoint + ": expected an existing folder");
  }
  return Run(executable, samples, options).train();
}

TrainResult train(Executable &executable, const SphericalImages &images,
                  const TrainOptions &options) {
  return train(executable, StoredSamples(images), options);
}

} // namespace spherical::runtime
