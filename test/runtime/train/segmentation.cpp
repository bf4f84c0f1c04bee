//===- segmentation.cpp - training and testing on points --------*- C++ -*-===//

#include "runtime/train/evaluate.h"
#include "runtime/train/trainer.h"

#include "runtime/data/safetensors.h"
#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/train/fake_segmenter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

TrainOptions quietOptions() {
  TrainOptions options;
  options.batchSize = 8;
  options.epochs = 40;
  options.schedule.base = 20.0;
  options.seed = 11;
  options.logSteps = 2;
  options.progress = false;
  return options;
}

TEST(Segmentation, Learns) {
  const TemporaryFolder folder;
  const SphericalImages images = segmentedPatterns(43, 3), unseen = segmentedPatterns(30, 3, 1);
  FakeSegmenter network(3, 4);
  std::ostringstream messages;
  TrainOptions options = quietOptions();
  options.messages = &messages;
  options.log = folder.file("log.csv");
  const TrainResult result = train(network, images, options);
  EXPECT_GT(result.last.nonBackgroundIoU, 0.8);
  EXPECT_THAT(messages.str(), HasSubstr("%, non-background mIoU "));
  const std::string log = fileText(options.log);
  EXPECT_THAT(log, HasSubstr("loss,accuracy,miou,non_background_miou,seconds\n"));
  const Evaluation evaluation = evaluate(network, unseen, {.predictions = 5});
  EXPECT_EQ(evaluation.samples, 30);
  EXPECT_EQ(evaluation.metrics.count, 30 * 36);
  EXPECT_EQ(evaluation.predictions.size(), 5u * 36);
  EXPECT_GT(evaluation.metrics.meanIntersectionOverUnion(1), 0.8);
}

TEST(Segmentation, EvaluationIsThatOfEachPoint) {
  const SphericalImages images = segmentedPatterns(11, 2);
  FakeSegmenter network(2, 4);
  for (size_t k = 0; k < network.weights.size(); ++k)
    network.weights[k] = 0.3f * static_cast<float>((k * 7) % 5) - 0.5f;
  const Evaluation result = evaluate(network, images);
  Metrics expected(4);
  for (int64_t i = 0; i < 11; ++i) {
    std::vector<float> x(16), logits(64);
    convertSample(images, i, x.data());
    network.forward(x.data(), 1, logits.data());
    for (int64_t p = 0; p < 16; ++p) {
      const std::vector<float> point = {logits[p], logits[16 + p], logits[32 + p], logits[48 + p]};
      const int32_t label = images.mask(i)[p];
      EXPECT_EQ(result.predictions[i * 16 + p], predictedClass(point));
      expected.add(label, predictedClass(point), crossEntropy(point, label));
    }
  }
  EXPECT_EQ(result.metrics.confusion, expected.confusion);
  EXPECT_NEAR(result.metrics.loss(), expected.loss(), 1e-12);
}

TEST(Segmentation, ResumesWithTheSameBits) {
  const TemporaryFolder folder;
  const SphericalImages images = segmentedPatterns(43, 3);
  TrainOptions options = quietOptions();
  options.epochs = 3;
  FakeSegmenter whole(3, 4), parts(3, 4);
  const TrainResult reference = train(whole, images, options);
  options.checkpoint = folder.file("run.safetensors");
  parts.beforeStep = [](int64_t step) {
    if (step == 9)
      std::raise(SIGINT);
  };
  EXPECT_EQ(train(parts, images, options).reason, StopReason::Interrupted);
  parts.weights.assign(parts.weights.size(), 0.0f);
  options.resume = true;
  const TrainResult resumed = train(parts, images, options);
  EXPECT_EQ(parts.weights, whole.weights);
  EXPECT_EQ(resumed.last.nonBackgroundIoU, reference.last.nonBackgroundIoU);
}

TEST(Segmentation, RefusesSamplesOfAnotherKind) {
  const SphericalImages segmented = segmentedPatterns(3, 2);
  SphericalImages plain = segmented;
  plain.masks.clear();
  FakeSegmenter network(2, 4), few(2, 3);
  EXPECT_THAT(messageOf([&] { evaluate(network, plain); }),
              HasSubstr("expected 16 labels for each sample, got 1"));
  EXPECT_THAT(messageOf([&] { evaluate(few, segmented); }),
              HasSubstr("expected labels of 0 to 2, got 3"));
}

} // namespace
} // namespace spherical::runtime
