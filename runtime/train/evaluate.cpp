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
  const std::vector<int64_t> got = {layout.channels, layout.height(), layout.width()};
  const std::vector<int64_t> expected = executable.sampleShape();
  if (got != expected)
    throw std::runtime_error("the network expected samples of " + shapeText(expected) +
                             " (channels, beta, alpha), got " + shapeText(got));
  if (samples.count() < 1)
    throw std::runtime_error("expected at least one sample, got none");
  const bool numeric = isNumeric(executable.target());
  if (layout.target() == TargetKind::None || numeric != isNumeric(layout.target()))
    throw std::runtime_error("the network expected " +
                             std::string(targetName(executable.target())) +
                             " as target of each sample, got " + targetName(layout.target()));
  if (layout.targetPoints() != executable.points()) {
    const std::string what = numeric ? " target" : " label";
    throw std::runtime_error("the network expected " + std::to_string(executable.points()) + what +
                             (executable.points() == 1 ? "" : "s") + " for each sample, got " +
                             std::to_string(layout.targetPoints()));
  }
  if (numeric && layout.outputs != executable.classes())
    throw std::runtime_error("the network expected targets of " +
                             std::to_string(executable.classes()) + " values, got " +
                             std::to_string(layout.outputs));
  if (layout.classes > executable.classes())
    throw std::runtime_error("the network expected labels of 0 to " +
                             std::to_string(executable.classes() - 1) + ", got " +
                             std::to_string(layout.classes - 1));
}

namespace {

/// Adds samples with what the network gives for them.
class Scorer {
public:
  Scorer(const Executable &executable, const SampleLayout &layout, const EvaluateOptions &options);

  void add(const Batch &batch, std::span<const float> outputs);

  Evaluation result;

private:
  void addClasses(std::span<const float> logits, std::span<const int32_t> labels);

  const int64_t points, channels, keep;
  std::vector<double> weights; // of the points' areas; empty where samples have one target
  std::vector<int32_t> predictions;
};

Scorer::Scorer(const Executable &executable, const SampleLayout &layout,
               const EvaluateOptions &options)
    : points(executable.points()), channels(executable.classes()), keep(options.predictions),
      predictions(points) {
  const bool numeric = isNumeric(executable.target());
  const bool byArea = points > 1 && layout.onSphere && layout.bandLimit > 0;
  result.target = executable.target();
  if (byArea)
    weights = areaWeights(layout.bandLimit);
  if (numeric) {
    result.errors = ErrorMetrics(channels);
    result.areaErrors = ErrorMetrics(byArea ? channels : 0);
  } else {
    result.metrics = Metrics(channels);
    result.area = AreaMetrics(byArea ? channels : 0);
  }
}

void Scorer::addClasses(std::span<const float> logits, std::span<const int32_t> labels) {
  predictedClasses(logits, predictions);
  result.metrics.add(labels, predictions, 0.0); // looks whether there are such labels
  double loss = 0.0;
  visitScores(logits, labels, [&](size_t p, const Score &score) {
    loss += score.loss;
    result.calibration.add(score.confidence, predictions[p] == labels[p]);
  });
  result.metrics.lossSum += loss;
  if (!weights.empty())
    result.area.add(labels, predictions, weights);
  if (result.samples < keep)
    result.predictions.insert(result.predictions.end(), predictions.begin(), predictions.end());
}

void Scorer::add(const Batch &batch, std::span<const float> outputs) {
  const int64_t size = channels * points;
  for (int64_t i = 0; i < batch.count; ++i, ++result.samples) {
    const std::span<const float> sample = outputs.subspan(i * size, size);
    if (!isNumeric(result.target)) {
      addClasses(sample, std::span(batch.labels).subspan(i * points, points));
      continue;
    }
    const std::span<const float> targets = std::span(batch.values).subspan(i * size, size);
    result.errors.add(sample, targets);
    if (!weights.empty())
      result.areaErrors.add(sample, targets, weights);
  }
}

} // namespace

Evaluation evaluate(Executable &executable, const SampleSource &samples,
                    const EvaluateOptions &options) {
  using Clock = std::chrono::steady_clock;
  checkSamples(executable, samples);
  Scorer scorer(executable, samples.layout(), options);
  std::vector<float> outputs(executable.capacity() * executable.classes() * executable.points());
  BatchLoader loader(samples, {.batchSize = executable.capacity(),
                               .shuffle = false,
                               .lastEpoch = 0,
                               .workers = options.workers});
  while (const Batch *batch = loader.next()) {
    const Clock::time_point start = Clock::now();
    executable.forward(batch->x.data(), batch->count, outputs.data());
    scorer.result.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    scorer.add(*batch, outputs);
    if (options.onBatch)
      options.onBatch(*batch, outputs);
    if (options.keepGoing && !options.keepGoing(scorer.result.samples))
      break;
  }
  return std::move(scorer.result);
}

Evaluation evaluate(Executable &executable, const SphericalImages &images,
                    const EvaluateOptions &options) {
  return evaluate(executable, StoredSamples(images), options);
}

} // namespace spherical::runtime
