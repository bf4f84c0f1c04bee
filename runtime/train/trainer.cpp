//===- trainer.cpp - the training loop --------------------------*- C++ -*-===//

#include "runtime/train/trainer.h"

#include "runtime/data/batches.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/evaluate.h"
#include "runtime/train/initialize.h"
#include "runtime/train/interrupt.h"
#include "runtime/train/log.h"
#include "runtime/train/progress.h"
#include "runtime/train/settings.h"
#include "runtime/train/step_plan.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <ostream>
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
        predictions(executable.points()), epochMetrics(noMetrics()), windowMetrics(noMetrics()),
        position(firstPosition()),
        log(options.log, options.resume ? std::optional(position.step) : std::nullopt,
            executable.target()) {}

  TrainResult train();

private:
  RunPosition firstPosition();
  void checkSaved(const RunPosition &saved, const RunPosition &fresh) const;
  void sayResumed(const RunPosition &saved, int64_t planned) const;
  void step(const Batch &batch);
  bool lowerPlan();
  void sayEpoch();
  void endEpoch();
  void writeLog();
  void save();
  bool mustStop();
  void showProgress();
  EpochReport report() const;
  void addSamples(const Batch &batch, double loss);
  bool segments() const { return executable.target() == TargetKind::PointClasses; }
  bool givesValues() const { return isNumeric(executable.target()); }
  Metrics noMetrics() const { return Metrics(givesValues() ? 0 : executable.classes()); }
  std::string scoreText(const Metrics &metrics, int digits) const;
  /// Losses of classes are about 1, those of values of any size.
  std::string lossText(double loss) const {
    return givesValues() ? scientificText(loss) : fixedText(loss, 4);
  }
  /// What the run is asked for.
  int64_t askedSteps() const {
    return options.steps > 0 ? options.steps : options.epochs * batchesPerEpoch;
  }
  int64_t epochsOf(int64_t steps) const { return (steps - 1) / batchesPerEpoch + 1; }
  float rate(int64_t step, int64_t planned) const {
    return options.schedule.over(planned, askedSteps()).rate(step, planned);
  }
  double now() const { return options.clock ? options.clock() : machineSeconds(); }
  bool isDone() const { return position.step >= plan.steps(); }

  Executable &executable;
  const SampleSource &samples;
  const TrainOptions &options;
  std::vector<float> outputs;
  std::vector<int32_t> predictions; // of one sample
  Metrics epochMetrics;             // since the epoch began
  Metrics windowMetrics;            // since the last line of the log
  int64_t batchesPerEpoch = (samples.count() - 1) / options.batchSize + 1;
  RunPosition position;
  StepPlan plan{position.planned, 60.0 * options.minutes, options.steps > 0};
  TrainingLog log;
  ProgressLine progress;
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
  fresh.planned = askedSteps();
  fresh.settings = runSettings(options);
  if (!options.checkpoint.empty())
    fresh.data = samples.fingerprint();
  if (!options.resume) {
    initializeParameters(executable, options.seed);
    return fresh;
  }
  RunPosition saved = loadCheckpoint(options.checkpoint, executable);
  checkSaved(saved, fresh);
  // A run that goes on as it was keeps the plan.
  const bool keepsPlan = saved.settings == fresh.settings;
  sayResumed(saved, keepsPlan ? saved.planned : askedSteps());
  saved.planned = keepsPlan ? saved.planned : askedSteps();
  epochMetrics.count = saved.epochCount;
  epochMetrics.correct = saved.epochCorrect;
  epochMetrics.lossSum = saved.epochLossSum;
  epochMetrics.absoluteSum = saved.epochAbsoluteSum;
  epochMetrics.confusion = saved.epochConfusion;
  saved.settings = fresh.settings;
  return saved;
}

/// The run goes on as it was: only its settings may be others.
void Run::checkSaved(const RunPosition &saved, const RunPosition &fresh) const {
  auto expect = [&](const char *what, auto before, auto now) {
    if (before != now)
      throw std::runtime_error(options.checkpoint + ": the run to resume had " + what + " " +
                               std::to_string(before) + ", got " + std::to_string(now));
  };
  expect("the seed", saved.seed, fresh.seed);
  expect("the batch size", saved.batchSize, fresh.batchSize);
  expect("training data with the hash", saved.data, fresh.data);
  if (saved.batch >= batchesPerEpoch)
    throw std::runtime_error(options.checkpoint + ": the run to resume had longer epochs");
  if (saved.epochConfusion.size() != epochMetrics.confusion.size())
    throw std::runtime_error(options.checkpoint + ": the run to resume had other classes");
  if (saved.step <= askedSteps())
    return;
  const std::string done = std::to_string(saved.step);
  if (options.steps > 0)
    throw std::runtime_error(options.checkpoint + ": the run to resume has done " + done +
                             " steps, expected as many at least, got " +
                             std::to_string(options.steps));
  throw std::runtime_error(options.checkpoint + ": the run to resume is in epoch " +
                           std::to_string(epochsOf(saved.step)) + " (" + done +
                           " steps are done), expected as many epochs at least, got " +
                           std::to_string(options.epochs));
}

void Run::sayResumed(const RunPosition &saved, int64_t planned) const {
  if (!options.messages)
    return;
  *options.messages << "resumed from " << options.checkpoint << " after step " << saved.step
                    << " of " << planned;
  std::map<std::string, std::string> before = saved.settings, now = runSettings(options);
  if (saved.settings == now && saved.planned < planned) {
    before["planned steps"] = std::to_string(saved.planned);
    now["planned steps"] = std::to_string(planned);
  }
  if (const std::string changed = settingChanges(before, now); !changed.empty()) {
    *options.messages << "; changed: " << changed;
    if (saved.step > 0 && saved.step < planned)
      *options.messages << "; the learning rate was " << scientificText(saved.learningRate)
                        << " in the last step and is " << scientificText(rate(saved.step, planned))
                        << " in the next";
  }
  *options.messages << std::endl;
}

EpochReport Run::report() const {
  EpochReport result;
  result.epoch = position.epoch + 1;
  result.epochs = epochsOf(plan.steps());
  result.loss = epochMetrics.loss();
  result.accuracy = epochMetrics.accuracy();
  if (segments())
    result.nonBackgroundIoU = epochMetrics.meanIntersectionOverUnion(1);
  result.meanAbsoluteError = epochMetrics.meanAbsoluteError();
  result.seconds = now() - epochStart;
  return result;
}

void Run::step(const Batch &batch) {
  position.learningRate = rate(position.step, plan.steps());
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
      epochMetrics.addValues(sample, targets, loss);
      windowMetrics.addValues(sample, targets, loss);
      continue;
    }
    predictedClasses(sample, predictions);
    const std::span<const int32_t> labels = std::span(batch.labels).subspan(i * points, points);
    const auto labelled = points - std::ranges::count(labels, missingLabel);
    epochMetrics.add(labels, predictions, loss * static_cast<double>(labelled));
    windowMetrics.add(labels, predictions, loss * static_cast<double>(labelled));
  }
}

/// What the predictions of classes or values were worth, in words.
std::string Run::scoreText(const Metrics &metrics, int digits) const {
  return givesValues() ? "mean absolute error " + scientificText(metrics.meanAbsoluteError())
                       : "accuracy " + fixedText(100 * metrics.accuracy(), digits) + " %";
}

void Run::writeLog() {
  LogRecord record{position.step,         plan.steps(),         position.epoch + 1,
                   position.learningRate, windowMetrics.loss(), windowMetrics.accuracy()};
  record.meanAbsoluteError = windowMetrics.meanAbsoluteError();
  if (segments()) {
    record.meanIoU = windowMetrics.meanIntersectionOverUnion(0);
    record.nonBackgroundIoU = windowMetrics.meanIntersectionOverUnion(1);
  }
  record.seconds = now() - start;
  log.add(record);
  windowMetrics = noMetrics();
}

/// Looks whether the planned steps still fit; true if they do not and the plan is lower now.
bool Run::lowerPlan() {
  if (!plan.lower(position.step, now() - start))
    return false;
  progress.clear();
  if (options.messages)
    *options.messages << "plan: " << plan.steps() << " of " << askedSteps() << " steps fit into "
                      << durationText(60.0 * options.minutes) << ", by the speed after step "
                      << position.step << std::endl;
  return true;
}

void Run::sayEpoch() {
  result.last = report();
  progress.clear();
  if (options.messages)
    *options.messages << "epoch " << result.last.epoch << "/" << result.last.epochs << ": loss "
                      << lossText(result.last.loss) << ", " << scoreText(epochMetrics, 2)
                      << (segments() ? ", non-background mIoU " +
                                           fixedText(100 * result.last.nonBackgroundIoU, 2) + " %"
                                     : "")
                      << " (" << fixedText(result.last.seconds, 1) << " s)" << std::endl;
}

void Run::endEpoch() {
  sayEpoch();
  epochMetrics = noMetrics();
  position.batch = 0;
  ++position.epoch;
  if (options.afterEpoch)
    options.afterEpoch(result.last);
  epochStart = now();
}

void Run::save() {
  if (options.checkpoint.empty())
    return;
  position.planned = plan.steps();
  position.epochCount = epochMetrics.count;
  position.epochCorrect = epochMetrics.correct;
  position.epochLossSum = epochMetrics.lossSum;
  position.epochAbsoluteSum = epochMetrics.absoluteSum;
  position.epochConfusion = epochMetrics.confusion;
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
  progress.show("epoch " + std::to_string(position.epoch + 1) + "/" +
                std::to_string(epochsOf(plan.steps())) + ", step " +
                std::to_string(position.batch) + "/" + std::to_string(batchesPerEpoch) + ": loss " +
                lossText(epochMetrics.loss()) + ", " + scoreText(epochMetrics, 1) + ", " +
                fixedText(1000 * perStep, 1) + " ms a step, " + durationText(left) + " left");
}

TrainResult Run::train() {
  BatchLoader loader(samples, {.batchSize = options.batchSize,
                               .seed = options.seed,
                               .firstEpoch = position.epoch,
                               .firstNumber = position.batch,
                               .lastEpoch = epochsOf(askedSteps()) - 1,
                               .workers = options.workers});
  result.last = report();
  while (!isDone()) {
    const double asked = machineSeconds();
    const Batch *batch = loader.next();
    result.waitSeconds += machineSeconds() - asked;
    step(*batch);
    const bool isLower = lowerPlan();
    if (isLower || isDone() || position.step % options.logSteps == 0 ||
        position.batch == batchesPerEpoch)
      writeLog();
    if (position.batch == batchesPerEpoch)
      endEpoch();
    else if (isDone())
      sayEpoch();
    else
      result.last = report();
    if (!isDone() && mustStop())
      break;
    if (now() - lastSave >= 60.0 * options.checkpointMinutes)
      save();
    if (options.progress && progress.due() && !isDone())
      showProgress();
  }
  progress.clear();
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
