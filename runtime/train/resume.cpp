//===- resume.cpp - going on with a run of a checkpoint ---------*- C++ -*-===//

#include "runtime/train/resume.h"

#include "runtime/train/settings.h"
#include "runtime/train/text.h"

#include <stdexcept>

namespace spherical::runtime {

RunExtent::RunExtent(const TrainOptions &options, int64_t samples)
    : batchesPerEpoch((samples - 1) / options.batchSize + 1), accumulate(options.accumulate),
      steps(options.steps > 0 ? options.steps : options.epochs * stepsPerEpoch()) {}

float rateOf(const TrainOptions &options, const RunExtent &extent, const RunPosition &position,
             int64_t planned) {
  Schedule schedule = options.schedule.over(planned, extent.steps);
  schedule.interval = options.stepEpochs * extent.stepsPerEpoch();
  return schedule.rate(position.step, planned, position.falls);
}

void checkSaved(const RunPosition &saved, const RunPosition &fresh, const TrainOptions &options,
                const RunExtent &extent) {
  const std::string who = options.checkpoint + ": the run to resume ";
  auto expect = [&](const char *what, auto before, auto now) {
    if (before != now)
      throw std::runtime_error(who + "had " + what + " " + std::to_string(before) + ", got " +
                               std::to_string(now));
  };
  expect("the seed", saved.seed, fresh.seed);
  expect("the batch size", saved.batchSize, fresh.batchSize);
  expect("as batches of a step", saved.accumulate, fresh.accumulate);
  if (saved.data != fresh.data)
    throw std::runtime_error(who + "had other training data; expected those of its --data, "
                                   "--examples and --validation");
  if (saved.batch >= extent.batchesPerEpoch)
    throw std::runtime_error(who + "had longer epochs");
  if (saved.epochMetrics.classes != fresh.epochMetrics.classes)
    throw std::runtime_error(who + "had other classes");
  if (saved.step <= extent.steps)
    return;
  const std::string done = std::to_string(saved.step);
  if (options.steps > 0)
    throw std::runtime_error(who + "has done " + done + " steps, expected as many at least, got " +
                             std::to_string(options.steps));
  throw std::runtime_error(
      who + "is in epoch " + std::to_string(extent.epochsOf(saved.step)) + " (" + done +
      " steps are done), expected as many epochs at least, got " + std::to_string(options.epochs));
}

int64_t plannedAgain(const RunPosition &saved, const RunPosition &fresh) {
  return saved.settings == fresh.settings ? saved.planned : fresh.planned;
}

bool hasSameMetric(const RunPosition &saved, const RunPosition &fresh) {
  const auto isSame = [&](const char *setting) {
    const auto before = saved.settings.find(setting), now = fresh.settings.find(setting);
    return before == saved.settings.end() || now == fresh.settings.end()
               ? before == saved.settings.end() && now == fresh.settings.end()
               : before->second == now->second;
  };
  return isSame(validationMetricSetting) && isSame(validationDataSetting);
}

std::string resumedText(const RunPosition &saved, const RunPosition &fresh,
                        const TrainOptions &options, const RunExtent &extent) {
  const int64_t planned = plannedAgain(saved, fresh);
  std::string text = "resumed from " + options.checkpoint + " after step " +
                     std::to_string(saved.step) + " of " + std::to_string(planned);
  const std::string changed = settingChanges(saved.settings, fresh.settings);
  if (changed.empty())
    return text;
  text += "; changed: " + changed;
  if (saved.step > 0 && saved.step < planned)
    text += "; the learning rate was " + scientificText(saved.learningRate) +
            " in the last step and is " + scientificText(rateOf(options, extent, saved, planned)) +
            " in the next";
  return text;
}

} // namespace spherical::runtime
