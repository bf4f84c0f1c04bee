//===- training_test.cpp - compiled models learn and are tested -*- C++ -*-===//
//
// From a model file through the compiler into the training loop, for every kind of target, with
// every fifth of them missing.
//
//===----------------------------------------------------------------------===//

#include "test/execute/model_run.h"
#include "test/runtime/train/memory_samples.h"

#include "runtime/data/random.h"
#include "runtime/train/evaluate.h"
#include "runtime/train/program_executable.h"
#include "runtime/train/trainer.h"
#include "tools/spherical/driver/artifact.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace spherical {
namespace {

using namespace runtime;

constexpr int64_t sampleCount = 27, bandLimit = 4, points = 4 * bandLimit * bandLimit;

/// Samples of two channels. Values are the mean of a channel and a constant, fields a channel and
/// its square, classes the sign of the first channel, or of its mean.
MemorySamples samplesOf(SampleLayout layout) {
  MemorySamples samples(layout);
  const RandomNumbers numbers(6, RandomStream::Subset);
  for (int64_t i = 0; i < sampleCount * layout.values(); ++i)
    samples.x.push_back(static_cast<float>(numbers.normal(i) + (i / points % 4 < 2 ? 0.5 : -0.5)));
  const auto missing = [&](int64_t k) { return numbers.below(1000000 + k, 5) == 0; };
  for (int64_t i = 0; i < sampleCount; ++i) {
    const float *x = samples.x.data() + i * layout.values();
    double mean = 0.0;
    for (int64_t p = 0; p < points; ++p)
      mean += x[p] / static_cast<double>(points);
    for (int64_t p = 0; p < layout.labels(); ++p)
      samples.labels.push_back(missing(i * points + p)                   ? missingLabel
                               : (layout.segmented ? x[p] : mean) > 0.0f ? 1
                                                                         : 0);
    for (int64_t at = 0; at < layout.targetValues(); ++at) {
      const int64_t output = at / layout.targetPoints(), p = at % layout.targetPoints();
      const double field = output == 0 ? x[p] : x[p] * x[p];
      const double value = layout.segmented ? field : output == 0 ? 3 * mean : 2.0;
      samples.values.push_back(missing(i * 2 * points + at)
                                   ? std::numeric_limits<float>::quiet_NaN()
                                   : static_cast<float>(value));
    }
  }
  return samples;
}

/// The loss of the first epoch.
struct FirstLoss : RunObserver {
  void afterEpoch(const EpochReport &report, const Evaluation *) override {
    loss = report.epoch == 1 ? report.loss : loss;
  }
  double loss = 0.0;
};

/// Trains the model and tests it on the samples it was trained on; the losses must have fallen to
/// the part `share` of those of the first epoch. Validations between the epochs prepare values from
/// the weights that they find.
Evaluation trainAndTest(const std::string &text, const SampleLayout &layout, double share) {
  const auto session = parse("model.yaml", text, {});
  const auto loaded = expectValue(driver::LoadedProgram::load(*session));
  ProgramExecutable network(loaded->program());
  const MemorySamples samples = samplesOf(layout);
  EXPECT_EQ(network.target(), layout.target());
  FirstLoss first;
  TrainOptions options;
  options.batchSize = network.capacity(); // 8 + 8 + 8 + 3
  options.epochs = 60;
  options.schedule.base = 0.02;
  options.progress = false;
  options.observers = {&first};
  options.validation = &samples;
  const TrainResult result = train(network, samples, options);
  EXPECT_LT(result.last.loss, share * first.loss);
  return evaluate(network, samples);
}

const std::string head = "batch: 8\ninput: {channels: 2, bandlimit: 4}\nlayers:\n"
                         "  - s2_conv: {channels: 6, bandlimit: 4}\n  - relu\n";
const std::string toField = "  - so3_to_s2: {channels: 2, bandlimit: 4}\n";
const std::string toFeatures = "  - integrate\n  - linear: 2\n";

TEST(Training, Classes) {
  const Evaluation result =
      trainAndTest("task: classification\n" + head + toFeatures, {2, bandLimit, false, 2}, 0.7);
  EXPECT_LT(result.metrics.count, sampleCount);
  EXPECT_GT(result.metrics.accuracy(), 0.8);
}

TEST(Training, ClassesOfPoints) {
  const Evaluation result = trainAndTest("task: segmentation\n" + head + toField +
                                             "loss: {weights: area, class_weights: [1, 2]}\n",
                                         {2, bandLimit, true, 2}, 0.9);
  EXPECT_LT(result.metrics.count, sampleCount * points);
  EXPECT_GT(result.area.accuracy(), 0.6);
}

TEST(Training, Values) {
  const Evaluation result =
      trainAndTest("task: regression\n" + head + toFeatures, {2, bandLimit, false, 0, 2}, 0.3);
  EXPECT_LT(result.errors.outputs[0].count, sampleCount);
  EXPECT_GT(result.errors.outputs[0].determination(), 0.5);
  EXPECT_LT(result.errors.outputs[1].meanAbsoluteError(), 0.3);
}

TEST(Training, Fields) {
  const Evaluation result = trainAndTest("task: regression\n" + head + toField +
                                             "loss: {kind: mean_absolute_error, weights: area}\n",
                                         {2, bandLimit, true, 0, 2}, 0.9);
  EXPECT_LT(result.errors.count(), 2 * sampleCount * points);
  EXPECT_GT(result.areaErrors.determination(), 0.0);
}

/// A convolution to so many channels, ReLU and one back, on images in batches; how well it
/// predicts.
double determinationOfImages(const std::string &batch, const std::string &channels, double share) {
  const std::string text =
      "task: regression\nbatch: " + batch +
      "\ninput: {channels: 2, size: 8}\nlayers:\n  - conv2d: {channels: " + channels +
      ", kernel: 1}\n  - relu\n  - conv2d: {channels: 2, kernel: 1}\n";
  const Evaluation result = trainAndTest(text, {2, bandLimit, true, 0, 2}, share);
  return result.errors.outputs[0].determination();
}

TEST(Training, Images) { EXPECT_GT(determinationOfImages("8", "8", 0.2), 0.9); }

// Few samples leave the lanes to channels: @prepare packs the weights, again after each step.
TEST(Training, SingleImages) { EXPECT_GT(determinationOfImages("1", "20", 0.5), 0.9); }

} // namespace
} // namespace spherical
