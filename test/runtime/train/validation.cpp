//===- validation.cpp - runs that look at other samples ---------*- C++ -*-===//
//
// Validation, early stopping, averages, steps of several batches, and losses that are not finite.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/safetensors.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/trainer.h"
#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/train/fake_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

constexpr FakeExtras everything = {.accumulates = true, .average = 0.9f};

/// What a run said of its epochs.
struct Epochs : RunObserver {
  void afterEpoch(const EpochReport &report, const Evaluation *validation) override {
    reports.push_back(report);
    EXPECT_EQ(validation != nullptr, !report.validation.empty());
  }
  void improved(int64_t step) override { improvements.push_back(step); }
  void diverged(int64_t goodStep) override { good = goodStep; }
  std::vector<EpochReport> reports;
  std::vector<int64_t> improvements;
  int64_t good = -1;
};

TEST(Validation, ChangesNoBitOfTheTraining) {
  const SphericalImages images = patterns(75, 2), unseen = patterns(20, 2, 1);
  const StoredSamples samples(unseen);
  FakeNetwork without(2, 3, 8, everything), with(2, 3, 8, everything);
  TrainOptions options = quietOptions();
  options.accumulate = 3;
  train(without, images, options);
  Epochs epochs;
  options.validation = &samples;
  options.observers = {&epochs};
  const TrainResult result = train(with, images, options);
  EXPECT_EQ(with.weights, without.weights);
  EXPECT_EQ(with.averages, without.averages);
  EXPECT_EQ(result.steps, 4 * 4); // of 3, 3, 3 and 1 batches
  ASSERT_EQ(epochs.reports.size(), 4u);
  ASSERT_EQ(epochs.reports[3].validation.size(), 2u);
  EXPECT_EQ(epochs.reports[3].validation[1].metric, ValidationMetric::Accuracy);
  EXPECT_GT(epochs.reports[3].validation[1].value, 0.5);
  EXPECT_EQ(result.best.step, epochs.improvements.back());
}

// Steps of two batches of 4 are those of one of 8: the sums weigh batches by their samples.
TEST(Accumulation, IsOneStepOfAllItsBatches) {
  const SphericalImages images = patterns(75, 2);
  FakeNetwork whole(2, 3, 8), parts(2, 3, 4, {.accumulates = true});
  TrainOptions options = quietOptions();
  EXPECT_EQ(train(whole, images, options).steps, 40);
  options.batchSize = 4;
  options.accumulate = 2;
  EXPECT_EQ(train(parts, images, options).steps, 40);
  for (size_t k = 0; k < whole.weights.size(); ++k)
    EXPECT_NEAR(parts.weights[k], whole.weights[k], 1e-4);
  options.accumulate = 1;
  train(whole, images, options);
  options.accumulate = 2;
  EXPECT_THAT(messageOf([&] { train(whole, images, options); }),
              HasSubstr("expected steps of one batch, for which the model was compiled, got 2"));
}

// Wherever a run ends, within a step, after it or after an epoch, and without a word.
TEST(Validation, ResumedRunsGiveTheSameBits) {
  const SphericalImages images = patterns(75, 2), unseen = patterns(20, 2, 1);
  const StoredSamples samples(unseen);
  const TemporaryFolder folder;
  TrainOptions options = quietOptions();
  options.accumulate = 3;
  options.validation = &samples;
  options.patience = 2;
  options.schedule.kind = ScheduleKind::Plateau;
  options.plateauPatience = 1;
  options.monitor = ValidationMetric::Accuracy; // which soon gets no better
  options.epochs = 8;
  FakeNetwork whole(2, 3, 8, everything);
  const TrainResult expected = train(whole, images, options);
  EXPECT_EQ(expected.reason, StopReason::NoBetter);
  options.checkpoint = folder.file("run");
  options.checkpointMinutes = 0.0; // after each batch
  for (const int64_t stop : {3, 4, 10, 21}) {
    options.resume = false;
    FakeNetwork first(2, 3, 8, everything), second(2, 3, 8, everything);
    first.beforeStep = [stop](int64_t step) {
      if (step == stop)
        throw std::runtime_error("killed");
    };
    EXPECT_EQ(messageOf([&] { train(first, images, options); }), "killed");
    options.resume = true;
    const TrainResult rest = train(second, images, options);
    EXPECT_EQ(rest.steps, expected.steps);
    EXPECT_EQ(rest.best, expected.best);
    EXPECT_EQ(rest.reason, StopReason::NoBetter);
    EXPECT_EQ(second.weights, whole.weights) << "killed in batch " << stop;
    EXPECT_EQ(second.averages, whole.averages);
    EXPECT_EQ(second.momentum, whole.momentum);
  }
  FakeNetwork again(2, 3, 8, everything);
  EXPECT_EQ(train(again, images, options).reason, StopReason::NoBetter); // nothing left to do
  options.accumulate = 2;
  EXPECT_THAT(messageOf([&] { train(again, images, options); }),
              HasSubstr("the run to resume had as batches of a step 3, got 2"));
}

TEST(Validation, EndsARunThatGetsNoBetter) {
  const SphericalImages images = patterns(75, 2), unseen = patterns(20, 2, 1);
  const StoredSamples samples(unseen);
  TrainOptions options = quietOptions();
  options.epochs = 50;
  options.validation = &samples;
  options.monitor = ValidationMetric::Accuracy;
  options.patience = 3;
  Epochs epochs;
  options.observers = {&epochs};
  FakeNetwork network(2, 3);
  const TrainResult result = train(network, images, options);
  EXPECT_EQ(result.reason, StopReason::NoBetter);
  EXPECT_EQ(result.best.waited, 3);
  EXPECT_EQ(epochs.reports.back().epoch, result.best.epoch + 3);
  EXPECT_EQ(epochs.improvements.back(), result.best.step);
  EXPECT_EQ(epochs.reports[result.best.epoch - 1].validation[1].value, result.best.value);
  EXPECT_TRUE(epochs.reports[result.best.epoch - 1].isBest);
  EXPECT_FALSE(epochs.reports.back().isBest);
}

// The process that saved the best may have ended before it was told.
TEST(Validation, ARunThatGoesOnAtItsBestTellsIt) {
  const SphericalImages images = patterns(75, 2), unseen = patterns(20, 2, 1);
  const StoredSamples samples(unseen);
  const TemporaryFolder folder;
  TrainOptions options = quietOptions();
  options.validation = &samples;
  options.checkpoint = folder.file("run.safetensors");
  options.epochs = 1;
  struct Dies : RunObserver {
    void improved(int64_t) override { throw std::runtime_error("ends here"); }
  } dies;
  options.observers = {&dies};
  FakeNetwork network(2, 3), again(2, 3);
  EXPECT_EQ(messageOf([&] { train(network, images, options); }), "ends here");
  Epochs epochs;
  options.observers = {&epochs};
  options.resume = true;
  const TrainResult result = train(again, images, options);
  EXPECT_EQ(epochs.improvements, std::vector<int64_t>{result.best.step});
  EXPECT_EQ(again.weights, network.weights);
}

TEST(Validation, WeightFilesHoldTheAverages) {
  const SphericalImages images = patterns(30, 2);
  FakeNetwork network(2, 3, 8, everything);
  TrainOptions options = quietOptions();
  train(network, images, options);
  const TensorFile weights = keptValues(network, /*parametersOnly=*/true);
  ASSERT_EQ(weights.tensors.size(), 1u);
  const auto values = weights.at("head.weight").as<float>();
  EXPECT_TRUE(std::ranges::equal(values, network.averages));
  EXPECT_FALSE(std::ranges::equal(values, network.weights));
}

TEST(Validation, WhatGoesByItNeedsIt) {
  const SphericalImages images = patterns(30, 2), wide = patterns(30, 3);
  const StoredSamples samples(images), other(wide);
  FakeNetwork network(2, 3);
  TrainOptions options = quietOptions();
  options.patience = 2;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("expected samples to validate with for early stopping, got none"));
  options.patience = 0;
  options.schedule.kind = ScheduleKind::Plateau;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("expected samples to validate with for schedule plateau, got none"));
  options.validation = &samples;
  options.monitor = ValidationMetric::MeanIoU;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("expected a metric that validations of this network give (loss, accuracy), "
                        "got miou"));
  options.monitor.reset();
  options.validation = &other;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("expected samples of 1x4x4"));
}

// The loss of step 33 is not finite as a weight is not since step 32: the weights after step 31 are
// the last good ones, to which the run goes back from the last place in memory.
TEST(Divergence, KeepsTheLastGoodWeightsAndNamesTheLayer) {
  const SphericalImages images = patterns(75, 2);
  FakeNetwork good(2, 3), bad(2, 3);
  TrainOptions options = quietOptions();
  options.steps = 31;
  options.schedule.kind = ScheduleKind::Constant;
  train(good, images, options);
  options.steps = 40;
  Epochs epochs;
  options.observers = {&epochs};
  bad.beforeStep = [&](int64_t step) {
    if (step == 32)
      bad.momentum[5] = std::numeric_limits<float>::infinity();
  };
  const std::string message = messageOf([&] { train(bad, images, options); });
  EXPECT_THAT(message, HasSubstr("the loss is not finite at step 33 (learning rate 0.05"));
  EXPECT_THAT(message, HasSubstr(", first at head; all was finite after step 31; try a smaller"));
  EXPECT_EQ(epochs.good, 31);
  EXPECT_EQ(bad.weights, good.weights);
}

} // namespace
} // namespace spherical::runtime
