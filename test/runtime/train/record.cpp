//===- record.cpp -----------------------------------------------*- C++ -*-===//

#include "runtime/train/record.h"

#include <gmock/gmock.h>

namespace spherical::runtime {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// No two numbers agree, so that exchanged keys are seen.
EvaluationRecord someRecord() {
  return {.model = "net",
          .architecture = "S2CNN",
          .task = "segmentation",
          .parameters = 48188,
          .training = TrainingRecord{{"public-code", false, 600, 2, 28, 7}, 5, 95, true},
          .test = {"paper", true, 100, 3, 29, 11},
          .accuracy = 0.875,
          .loss = 0.3,
          .meanIoU = 0.625,
          .nonBackgroundIoU = 0.5};
}

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(EvaluationRecord, ReadsBackAsItWas) {
  EvaluationRecord record = someRecord();
  EXPECT_EQ(parseEvaluation(evaluationText(record)), record);
  record.training.reset();
  EXPECT_EQ(parseEvaluation(evaluationText(record)), record);
}

TEST(EvaluationRecord, SaysWhatIsWrongWithAText) {
  const std::string text = evaluationText(someRecord());
  auto reason = [](const std::string &text) { return [text] { parseEvaluation(text); }; };
  EXPECT_THAT(reason("[1, 2]"), ThrowsMessage<std::runtime_error>(HasSubstr("expected results")));
  EXPECT_THAT(reason(text.substr(0, text.size() / 2)),
              ThrowsMessage<std::runtime_error>(HasSubstr("expected results")));
  EXPECT_THAT(reason("{}"),
              ThrowsMessage<std::runtime_error>(HasSubstr("expected the format 'spherical eval")));
  EXPECT_THAT(reason(replaced(text, "\"loss\"", "\"lost\"")),
              ThrowsMessage<std::runtime_error>("expected the key 'loss', got none"));
  EXPECT_THAT(reason(replaced(text, "0.875", "\"0.875\"")),
              ThrowsMessage<std::runtime_error>("'accuracy' expected a number, got \"0.875\""));
  EXPECT_THAT(
      reason(replaced(text, "48188", "-48188")),
      ThrowsMessage<std::runtime_error>("'parameters' expected a natural number, got -48188"));
  EXPECT_THAT(reason(replaced(text, "\"test\": {", "\"test\": 3, \"rest\": {")),
              ThrowsMessage<std::runtime_error>("expected an object 'test', got 3"));
}

TEST(TrainingRecord, LiesInTheMetadataOfWeights) {
  TensorFile weights;
  EXPECT_EQ(trainingOf(weights), std::nullopt);
  const TrainingRecord training = *someRecord().training;
  setTraining(weights, training);
  EXPECT_EQ(trainingOf(weights), training);
  weights.metadata.begin()->second = "{}";
  EXPECT_THAT([&] { trainingOf(weights); },
              ThrowsMessage<std::runtime_error>("expected an object 'data', got none"));
}

TEST(DataForm, LiesInTheMetadataOfWeights) {
  Metadata metadata;
  EXPECT_EQ(formOf(metadata), std::nullopt);
  const DataForm form = {"segmentation", "paper",      "some/folder", 2, 60, 150, 30,
                         1.25,           "north-pole", "soft"};
  setForm(metadata, form);
  EXPECT_EQ(formOf(metadata), form);
  metadata.begin()->second = "{\"task\": 3}";
  EXPECT_THAT([&] { formOf(metadata); },
              ThrowsMessage<std::runtime_error>("'task' expected a string, got 3"));
}

} // namespace
} // namespace spherical::runtime
