//===- evaluate.cpp - a network on a test set -------------------*- C++ -*-===//

#include "runtime/train/evaluate.h"

#include "runtime/data/batches.h"
#include "runtime/data/safetensors.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace spherical::runtime {

void checkSamples(const Executable &executable, const SampleSource &samples) {
  const SampleLayout layout = samples.layout();
  const std::vector<int64_t> got = {layout.channels, 2 * layout.bandLimit, 2 * layout.bandLimit};
  const std::vector<int64_t> expected = executable.sampleShape();
  if (got != expected)
    throw std::runtime_error("the network expected samples of " + shapeText(expected) +
                             " (channels, beta, alpha), got " + shapeText(got));
  if (samples.count() < 1)
    throw std::runtime_error("expected at least one sample, got none");
  if (layout.labels() != executable.points())
    throw std::runtime_error("the network expected " + std::to_string(executable.points()) +
                             (executable.points() == 1 ? " label" : " labels") +
                             " for each sample, got " + std::to_string(layout.labels()));
  if (layout.classes > executable.classes())
    throw std::runtime_error("the network expected labels of 0 to " +
                             std::to_string(executable.classes() - 1) + ", got " +
                             std::to_string(layout.classes - 1));
}

namespace {

/// Adds the samples of a batch with their logits.
void addBatch(Evaluation &result, const Batch &batch, std::span<const float> logits, int64_t points,
              int64_t keep) {
  const int64_t classes = result.metrics.classes;
  std::vector<int32_t> predictions(points);
  for (int64_t i = 0; i < batch.count; ++i) {
    const std::span<const float> sample = logits.subspan(i * classes * points, classes * points);
    const std::span<const int32_t> labels = std::span(batch.labels).subspan(i * points, points);
    predictedClasses(sample, predictions);
    result.metrics.add(labels, predictions, crossEntropySum(sample, labels));
    if (result.samples++ < keep)
      result.predictions.insert(result.predictions.end(), predictions.begin(), predictions.end());
  }
}

} // namespace

Evaluation evaluate(Executable &executable, const SampleSource &samples,
                    const EvaluateOptions &options) {
  using Clock = std::chrono::steady_clock;
  checkSamples(executable, samples);
  const int64_t classes = executable.classes(), points = executable.points();
  Evaluation result{Metrics(classes), 0, {}, 0.0};
  std::vector<float> logits(executable.capacity() * classes * points);
  BatchLoader loader(samples, {.batchSize = executable.capacity(),
                               .shuffle = false,
                               .lastEpoch = 0,
                               .workers = options.workers});
  while (const Batch *batch = loader.next()) {
    const Clock::time_point start = Clock::now();
    executable.forward(batch->x.data(), batch->count, logits.data());
    result.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    addBatch(result, *batch, logits, points, options.predictions);
    if (options.keepGoing && !options.keepGoing(result.samples))
      break;
  }
  return result;
}

Evaluation evaluate(Executable &executable, const SphericalImages &images,
                    const EvaluateOptions &options) {
  return evaluate(executable, StoredSamples(images), options);
}

} // namespace spherical::runtime
