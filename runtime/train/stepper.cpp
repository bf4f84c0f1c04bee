//===- stepper.cpp - one batch after the other ------------------*- C++ -*-===//

#include "runtime/train/stepper.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace spherical::runtime {

Stepper::Stepper(Executable &executable, const TrainOptions &options, const RunExtent &extent)
    : executable(executable), options(options), extent(extent),
      outputs(options.batchSize * executable.classes() * executable.points()),
      predictions(executable.points()) {}

bool Stepper::take(const Batch &batch, RunPosition &position, int64_t planned) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  const float rate = rateOf(options, extent, position, planned);
  stepped = extent.endsStep(position.batch);
  const float loss =
      extent.accumulate > 1
          ? executable.accumulate(batch.x.data(), batch.targets(), batch.count, outputs.data())
          : executable.trainStep(batch.x.data(), batch.targets(), batch.count, rate,
                                 outputs.data());
  position.learningRate = rate;
  if (!std::isfinite(loss))
    return false;
  if (extent.accumulate > 1 && stepped)
    executable.update(rate);
  stepSeconds += std::chrono::duration<float>(Clock::now() - begin).count();
  if (stepped) {
    seconds.push_back(stepSeconds);
    stepSeconds = 0.0f;
    ++position.step;
  }
  addSamples(batch, loss, position);
  ++position.batch;
  return true;
}

/// Adds the samples of a batch of the mean loss `loss`. Each target takes the batch's mean: the sum
/// over the epoch is the same.
void Stepper::addSamples(const Batch &batch, double loss, RunPosition &position) {
  const int64_t points = executable.points(), size = executable.classes() * points;
  for (int64_t i = 0; i < batch.count; ++i) {
    const auto sample = std::span<const float>(outputs).subspan(i * size, size);
    if (isNumeric(executable.target())) {
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

} // namespace spherical::runtime
