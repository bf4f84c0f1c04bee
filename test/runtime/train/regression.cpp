//===- regression.cpp - training and testing on values ----------*- C++ -*-===//

#include "runtime/train/evaluate.h"
#include "runtime/train/trainer.h"

#include "runtime/data/batches.h"
#include "runtime/data/files.h"
#include "runtime/data/random.h"
#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/train/fake_network.h"
#include "test/runtime/train/fake_regressor.h"
#include "test/runtime/train/fake_segmenter.h"
#include "test/runtime/train/memory_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <limits>
#include <sstream>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

constexpr float none = std::numeric_limits<float>::quiet_NaN();

/// Two outputs, 1 + 2 x_0 and -3 x_1 (of a field 1 + 2 x and -3 x at each point), of which about
/// every fifth is missing.
MemorySamples linearSamples(int64_t count, bool field) {
  MemorySamples samples({1, 1, field, 0, 2});
  const RandomNumbers numbers(4, RandomStream::Subset);
  for (int64_t i = 0; i < 4 * count; ++i)
    samples.x.push_back(static_cast<float>(numbers.normal(i)));
  const int64_t points = field ? 4 : 1;
  for (int64_t i = 0; i < count; ++i)
    for (int64_t at = 0; at < 2 * points; ++at) {
      const bool second = at >= points;
      const float x = samples.x[4 * i + (field ? at % points : second)];
      const bool missing = numbers.below(100000 + 2 * points * i + at, 5) == 0;
      samples.values.push_back(missing ? none : second ? -3 * x : 1 + 2 * x);
    }
  return samples;
}

TrainOptions quietOptions() {
  TrainOptions options;
  options.batchSize = 8;
  options.epochs = 30;
  options.schedule.base = 0.1;
  options.seed = 11;
  options.logSteps = 2;
  options.progress = false;
  return options;
}

TEST(Regression, LearnsValuesAndFields) {
  for (const bool field : {false, true}) {
    const TemporaryFolder folder;
    FakeRegressor network(1, 2, field);
    std::ostringstream messages;
    TrainOptions options = quietOptions();
    options.messages = &messages;
    options.log = folder.file("log.csv");
    const TrainResult result = train(network, linearSamples(43, field), options);
    EXPECT_LT(result.last.meanAbsoluteError, 0.05);
    EXPECT_THAT(messages.str(), HasSubstr(", mean absolute error "));
    EXPECT_THAT(fileText(options.log),
                HasSubstr("learning_rate,loss,mean_absolute_error,seconds\n"));
    const Evaluation evaluation = evaluate(network, linearSamples(50, field));
    EXPECT_EQ(evaluation.samples, 50);
    EXPECT_GT(evaluation.errors.determination(), 0.99);
    EXPECT_LT(evaluation.errors.rootMeanSquareError(), 0.1);
    EXPECT_EQ(evaluation.areaErrors.outputs.size(), field ? 2u : 0u);
    EXPECT_TRUE(evaluation.predictions.empty());
  }
}

TEST(Regression, ResumesWithTheSameBitsAndNumbers) {
  const TemporaryFolder folder;
  const MemorySamples samples = linearSamples(43, true);
  TrainOptions options = quietOptions();
  options.epochs = 3;
  FakeRegressor whole(1, 2, true), parts(1, 2, true);
  const TrainResult expected = train(whole, samples, options);
  options.checkpoint = folder.file("run");
  parts.beforeStep = [](int64_t step) {
    if (step == 15) // within the last epoch
      std::raise(SIGINT);
  };
  EXPECT_EQ(train(parts, samples, options).reason, StopReason::Interrupted);
  parts.beforeStep = {};
  options.resume = true;
  const TrainResult result = train(parts, samples, options);
  EXPECT_EQ(parts.weights, whole.weights);
  EXPECT_EQ(result.last.loss, expected.last.loss);
  EXPECT_EQ(result.last.meanAbsoluteError, expected.last.meanAbsoluteError);
}

TEST(Regression, RefusesOtherTargets) {
  FakeRegressor values(1, 2, false), field(1, 2, true);
  FakeNetwork classifier(1, 3);
  FakeSegmenter segmenter(1, 3);
  const auto errorOf = [](Executable &network, const SampleSource &samples) {
    return messageOf([&] { train(network, samples, quietOptions()); });
  };
  const SphericalImages images = patterns(9, 1);
  EXPECT_EQ(errorOf(values, StoredSamples(images)),
            "the network expected values as target of each sample, got a class");
  EXPECT_EQ(errorOf(segmenter, linearSamples(9, true)),
            "the network expected a class for each point as target of each sample, got values for "
            "each point");
  EXPECT_EQ(errorOf(classifier, linearSamples(9, false)),
            "the network expected a class as target of each sample, got values");
  EXPECT_EQ(errorOf(field, linearSamples(9, false)),
            "the network expected 4 targets for each sample, got 1");
  MemorySamples unknown = linearSamples(9, false);
  unknown.shape.targeted = false;
  EXPECT_EQ(errorOf(values, unknown),
            "the network expected values as target of each sample, got no target");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(BatchLoader(unknown, {}).next()->targets()));
  FakeRegressor three(1, 3, false);
  EXPECT_EQ(errorOf(three, linearSamples(9, false)),
            "the network expected targets of 3 values, got 2");
}

// What is missing counts for nothing, in whole batches too.
TEST(Regression, MissingLabelsOfClassesCountForNothingToo) {
  MemorySamples samples({1, 1, false, 3});
  const SphericalImages images = patterns(43, 1);
  for (int64_t i = 0; i < 43; ++i) {
    samples.x.resize(4 * (i + 1));
    convertSample(images, i, samples.x.data() + 4 * i);
    samples.labels.push_back(i % 3 == 0 ? missingLabel : images.labels[i]);
  }
  FakeNetwork network(1, 3);
  const TrainResult result = train(network, samples, quietOptions());
  const Evaluation evaluation = evaluate(network, samples);
  EXPECT_EQ(evaluation.metrics.count, 28);
  EXPECT_EQ(evaluation.samples, 43);
  EXPECT_EQ(evaluation.predictions.size(), 43u); // of all, with a label or without
  EXPECT_GT(result.last.loss, 0.0);
  std::ranges::fill(samples.labels, missingLabel);
  TrainOptions options = quietOptions();
  options.epochs = 1;
  const TrainResult nothing = train(network, samples, options);
  EXPECT_EQ(nothing.last.loss, 0.0);
  EXPECT_EQ(nothing.last.accuracy, 0.0);
}

} // namespace
} // namespace spherical::runtime
