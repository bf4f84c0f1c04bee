//===- evaluation_result.cpp ------------------------------------*- C++ -*-===//

#include "runtime/train/evaluation_result.h"

#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/train/fake_regressor.h"
#include "test/runtime/train/fake_segmenter.h"
#include "test/runtime/train/memory_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <limits>

namespace spherical::runtime {
namespace {

using Json = nlohmann::ordered_json;

/// One sample of four points: labels 0, 0, 1 and none; the last class has no label. The network
/// says class 0 where x is below 1/2, else class 1.
Evaluation evaluatePoints() {
  MemorySamples samples({1, 1, true, 3});
  samples.x = {0, 1, 1, 0};
  samples.labels = {0, 0, 1, missingLabel};
  FakeSegmenter network(1, 3);
  network.weights = {1, 0, 0, 0, 2, 0, -9, 0, 0};
  return evaluate(network, samples);
}

EvaluationRecord recordOf(const std::string &task) {
  EvaluationRecord record;
  record.model = "m";
  record.architecture = "S2CNN";
  record.task = task;
  record.test.protocol = "paper";
  return record;
}

TEST(EvaluationResult, HoldsTheConfusionAndFiguresOfEachClass) {
  const std::vector<std::string> names = {"sea", "land", "ice"};
  const EvaluationRecord record = recordOf("segmentation");
  const std::string text = resultText(record, evaluatePoints(), names);
  EXPECT_EQ(parseEvaluation(text), record); // what reports read
  const Json json = Json::parse(text);
  EXPECT_EQ(json["confusion"], Json::parse("[[1,1,0],[0,1,0],[0,0,0]]"));
  EXPECT_EQ(json["metrics"]["samples"], 1);
  EXPECT_EQ(json["metrics"]["labels"], 3);
  EXPECT_EQ(json["metrics"]["accuracy"], 2.0 / 3);
  EXPECT_EQ(json["metrics"]["mean_iou"], 0.5);
  EXPECT_EQ(json["metrics"]["calibration_bins"], 15);
  EXPECT_NEAR(json["metrics"]["area_accuracy"], 2.0 / 3, 1e-15); // all rows of b = 1 weigh the same
  EXPECT_EQ(json["classes"][0]["name"], "sea");
  EXPECT_EQ(json["classes"][0]["labels"], 2);
  EXPECT_EQ(json["classes"][0]["predictions"], 1);
  EXPECT_EQ(json["classes"][0]["precision"], 1.0);
  EXPECT_EQ(json["classes"][0]["recall"], 0.5);
  EXPECT_EQ(json["classes"][1]["iou"], 0.5);
  EXPECT_NEAR(json["classes"][1]["area_iou"], 0.5, 1e-15);
  EXPECT_TRUE(json["classes"][2]["iou"].is_null()); // no label has it
  EXPECT_FALSE(json.contains("rotation"));
}

TEST(EvaluationResult, HoldsFiguresOfEachOutput) {
  MemorySamples samples({1, 1, true, 0, 2});
  samples.x = {0, 1, 2, 3};
  samples.values = {1, 2, 3, 5, std::numeric_limits<float>::quiet_NaN(), 4, 4, 4};
  FakeRegressor network(1, 2, true);
  network.weights = {1, 1, 4, 0}; // 1 + x and 4
  const EvaluationRecord record = recordOf("regression");
  const std::string text = resultText(record, evaluate(network, samples), {}, {.change = 0.25});
  const Json json = Json::parse(text);
  EXPECT_EQ(json["metrics"]["targets"], 7);
  EXPECT_EQ(json["metrics"]["mean_absolute_error"], 1.0 / 7);
  EXPECT_EQ(json["outputs"][0]["mean_absolute_error"], 0.25);
  EXPECT_EQ(json["outputs"][0]["root_mean_square_error"], 0.5);
  EXPECT_NEAR(json["outputs"][0]["r2"], 1 - 1 / 8.75, 1e-15);
  EXPECT_NEAR(json["outputs"][0]["area_r2"], 1 - 1 / 8.75, 1e-15);
  EXPECT_EQ(json["outputs"][1]["targets"], 3);
  EXPECT_TRUE(json["outputs"][1]["r2"].is_null()); // all targets are the same
  EXPECT_FALSE(json.contains("confusion"));
  EXPECT_FALSE(json.contains("accuracy"));
  EXPECT_EQ(json["rotation"]["change"], 0.25);
  EXPECT_TRUE(json["rotation"]["equivariance_error"].is_null());
  EXPECT_EQ(messageOf([&] { parseEvaluation(text); }),
            "expected results of classification or segmentation, got those of regression");
}

} // namespace
} // namespace spherical::runtime
