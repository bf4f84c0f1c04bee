//===- trainer.cpp - the training loop --------------------------*- C++ -*-===//

#include "runtime/train/trainer.h"

#include "runtime/data/batches.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/console.h"
#include "runtime/train/evaluate.h"
#include "runtime/train/initialize.h"
#include "runtime/train/interrupt.h"
#include "runtime/train/log.h"
#include "runtime/train/resume.h"
#include "runtime/train/settings.h"
#include "runtime/train/step_plan.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <chrono>
#include <cmath>
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
}

/// One run of `train`.
class Run {
public:
  Run(Executable &executable, const SampleSource &samples, const TrainOptions &options)
      : executable(executable), samples(samples), options(options),
        outputs(options.batchSize * executable.classes() * executable.points()),
        predictions(executable.points()), extent(options, samples.count()),
        console(options.messages, options.progress, executable.target()),
        position(firstPosition()) {
    openObservers();
  }

  TrainResult train();

private:
  RunPosition firstPosition();
  void openObservers();
  void step(const Batch &batch);
  void addSamples(const Batch &batch, double loss);
  bool lowerPlan();
  void sayEpoch();
  void endEpoch();
  void writeRecord();
  void save();
  bool mustStop();
  void showProgress();
  EpochReport report() const;
  bool segments() const { return executable.target() == TargetKind::PointClasses; }
  bool givesValues() const { return isNumeric(executable.target()); }
  Metrics noMetrics() const { return Metrics(givesValues() ? 0 : executable.classes()); }
  double now() const { return options.clock ? options.clock() : machineSeconds(); }
  bool isDone() const { return position.step >= plan.steps(); }

  Executable &executable;
  const SampleSource &samples;
  const TrainOptions &options;
  std::vector<float> outputs;
  std::vector<int32_t> predictions; // of one sample
  RunExtent extent;
  RunConsole console;
  RunPosition position;
  StepPlan plan{position.planned, 60.0 * options.minutes, options.steps > 0};
  std::optional<TrainingLog> log;
  std::vector<RunObserver *> observers = options.observers;
  InterruptGuard interrupt;
  TrainResult result;
  std::vector<float> stepSeconds;
  double start = now();
  double epochStart = start;
  double lastSave = start;
};

RunPosition Run::firstPosition() {
  RunPosition fresh;
  fresh.seed = options.seed;
  fresh.batchSize = options.batchSize;
  fresh.planned = extent.steps;
  fresh.epochMetrics = fresh.windowMetrics = noMetrics();
  fresh.settings = runSettings(options);
  if (!options.checkpoint.empty())
    fresh.data = samples.fingerprint();
  if (!options.resume) {
    initializeParameters(executable, options.seed);
    return fresh;
  }
  RunPosition saved = loadCheckpoint(options.checkpoint, executable);
  checkSaved(saved, fresh, options, extent);
  console.say(resumedText(saved, fresh, options, extent));
  saved.planned = plannedAgain(saved, fresh);
  saved.settings = fresh.settings;
  return saved;
}

void Run::openObservers() {
  if (!options.log.empty())
    observers.push_back(&log.emplace(options.log, executable.target()));
  for (RunObserver *observer : observers)
    observer->begin(options.resume ? std::optional(position.step) : std::nullopt);
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
  return result;
}

void Run::step(const Batch &batch) {
  position.learningRate = rateOf(options, extent, position.step, plan.steps());
  const double begin = machineSeconds();
  const float loss = executable.trainStep(batch.x.data(), batch.targets(), batch.count,
                                          position.learningRate, outputs.data());
  stepSeconds.push_back(static_cast<float>(machineSeconds() - begin));
  if (!std::isfinite(loss))
    throw std::runtime_error("the loss is not finite at step " + std::to_string(position.step + 1) +
                             " (learning rate " + exactText(position.learningRate) +
                             "); try a smaller learning rate");
  addSamples(batch, loss);
  ++position.step;
  ++position.batch;
}

/// Adds the samples of a batch of the mean loss `loss`. Each target takes the batch's mean: the sum
/// over the epoch is the same.
void Run::addSamples(const Batch &batch, double loss) {
  const int64_t points = executable.points(), size = executable.classes() * points;
  for (int64_t i = 0; i < batch.count; ++i) {
    const auto sample = std::span<const float>(outputs).subspan(i * size, size);
    if (givesValues()) {
      const auto targets = std::span(batch.values).subspan(i * size, size);
      position.epochMetrics.addValues(sample, targets, loss);
      position.windowMetrics.addValues(sample, targets, loss);
      continue;
    }
    predictedClasses(sample, predictions);
    const std::span<const int32_t> labels = std::span(batch.labels).subspan(i * points, points);
    const auto labelled = points - std::ranges::count(labels, missingLabel);
    position.epochMetrics.add(labels, predictions, loss * static_cast<double>(labelled));
    position.windowMetrics.add(labels, predictions, loss * static_cast<double>(labelled));
  }
}

void Run::writeRecord() {
  const Metrics &metrics = position.windowMetrics;
  LogRecord record{position.step,         plan.steps(),   position.epoch + 1,
                   position.learningRate, metrics.loss(), metrics.accuracy()};
  record.meanAbsoluteError = metrics.meanAbsoluteError();
  if (segments()) {
    record.meanIoU = metrics.meanIntersectionOverUnion(0);
    record.nonBackgroundIoU = metrics.meanIntersectionOverUnion(1);
  }
  record.seconds = now() - start;
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

void Run::sayEpoch() {
  result.last = report();
  console.sayEpoch(result.last);
}

void Run::endEpoch() {
  sayEpoch();
  position.epochMetrics = noMetrics();
  position.batch = 0;
  ++position.epoch;
  for (RunObserver *observer : observers)
    observer->afterEpoch(result.last);
  epochStart = now();
}

void Run::save() {
  if (options.checkpoint.empty())
    return;
  position.planned = plan.steps();
  saveCheckpoint(options.checkpoint, executable, position, options.origin);
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
  const double perStep = seconds / static_cast<double>(stepSeconds.size());
  double left = perStep * static_cast<double>(plan.steps() - position.step);
  if (options.minutes > 0.0)
    left = std::min(left, 60.0 * options.minutes - seconds);
  console.show({report(), position.batch, extent.batchesPerEpoch, perStep, left});
}

TrainResult Run::train() {
  BatchLoader loader(samples, {.batchSize = options.batchSize,
                               .seed = options.seed,
                               .firstEpoch = position.epoch,
                               .firstNumber = position.batch,
                               .lastEpoch = extent.epochsOf(extent.steps) - 1,
                               .workers = options.workers});
  result.last = report();
  while (!isDone()) {
    const double asked = machineSeconds();
    const Batch *batch = loader.next();
    result.waitSeconds += machineSeconds() - asked;
    step(*batch);
    const bool isLower = lowerPlan(), endsEpoch = position.batch == extent.batchesPerEpoch;
    if (isLower || isDone() || endsEpoch || position.step % options.logSteps == 0)
      writeRecord();
    if (endsEpoch)
      endEpoch();
    else if (isDone())
      sayEpoch();
    else
      result.last = report();
    if (!isDone() && mustStop())
      break;
    if (now() - lastSave >= 60.0 * options.checkpointMinutes)
      save();
    if (console.isDue() && !isDone())
      showProgress();
  }
  console.clear();
  save();
  result.steps = position.step;
  result.seconds = now() - start;
  if (!stepSeconds.empty()) {
    const auto middle = stepSeconds.begin() + stepSeconds.size() / 2;
    std::nth_element(stepSeconds.begin(), middle, stepSeconds.end());
    result.stepMs = 1000.0 * *middle;
  }
  return result;
}

} // namespace

TrainResult train(Executable &executable, const SampleSource &samples,
                  const TrainOptions &options) {
  checkOptions(executable, options);
  checkSamples(executable, samples);
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
