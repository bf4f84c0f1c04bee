//===- program_executable.cpp -----------------------------------*- C++ -*-===//

#include "runtime/train/program_executable.h"

#include "runtime/train/checkpoint.h"
#include "runtime/train/evaluate.h"
#include "runtime/train/trainer.h"
#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/train/fake_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

constexpr int64_t inputs = 16, classCount = 3;

template <typename T> T *argument(const sph_frame *frame, int index) {
  return static_cast<T *>(frame->arguments[index]);
}
template <typename T> T *result(const sph_frame *frame, int index) {
  return static_cast<T *>(frame->results[index]);
}

// x, w -> logits = x w^T.
void forward(sph_frame *frame) {
  const float *x = argument<float>(frame, 0), *w = argument<float>(frame, 1);
  for (int64_t i = 0; i < frame->count; ++i)
    for (int64_t c = 0; c < classCount; ++c) {
      float sum = 0;
      for (int64_t k = 0; k < inputs; ++k)
        sum += x[i * inputs + k] * w[c * inputs + k];
      result<float>(frame, 0)[i * classCount + c] = sum;
    }
}

// x, labels, count, learning_rate, w, step -> loss, logits, w', step': the squared error of the
// logits to the label's unit vector, and one step down its gradient.
void trainStep(sph_frame *frame) {
  const float *x = argument<float>(frame, 0);
  const int32_t *labels = argument<int32_t>(frame, 1);
  const int64_t count = *argument<int64_t>(frame, 2);
  const float rate = *argument<float>(frame, 3), *w = argument<float>(frame, 4);
  std::vector<float> next(w, w + classCount * inputs);
  float loss = 0;
  for (int64_t i = 0; i < count; ++i)
    for (int64_t c = 0; c < classCount; ++c) {
      float logit = 0;
      for (int64_t k = 0; k < inputs; ++k)
        logit += x[i * inputs + k] * w[c * inputs + k];
      result<float>(frame, 1)[i * classCount + c] = logit;
      const float error = (logit - (labels[i] == c)) / static_cast<float>(count);
      loss += 0.5f * error * error * static_cast<float>(count);
      for (int64_t k = 0; k < inputs; ++k)
        next[c * inputs + k] -= rate * error * x[i * inputs + k];
    }
  *result<float>(frame, 0) = loss;
  std::copy(next.begin(), next.end(), result<float>(frame, 2));
  *result<int64_t>(frame, 3) = *argument<int64_t>(frame, 5) + 1;
}

constexpr const char *forwardText = R"({"name":"forward","symbol":"f","arena_bytes":0,
  "scratch_bytes":0,"stages":[],"arguments":[
    {"name":"pixels","role":"input","element":"f32","shape":[8,1,4,4],"batched":true},
    {"name":"w","role":"parameter","element":"f32","shape":[3,16],"batched":false}],
  "results":[{"name":"logits","element":"f32","shape":[8,3],"batched":true}]})";

constexpr const char *trainText = R"({"name":"train_step","symbol":"t","arena_bytes":0,
  "scratch_bytes":0,"stages":[],"arguments":[
    {"name":"pixels","role":"input","element":"f32","shape":[8,1,4,4],"batched":true},
    {"name":"digits","role":"label","element":"i32","shape":[8],"batched":true},
    {"name":"count","role":"count","element":"i64","shape":[],"batched":false},
    {"name":"rate","role":"learning_rate","element":"f32","shape":[],"batched":false},
    {"name":"w","role":"parameter","element":"f32","shape":[3,16],"batched":false},
    {"name":"step","role":"moment","element":"i64","shape":[],"batched":false}],
  "results":[
    {"name":"loss","element":"f32","shape":[],"batched":false},
    {"name":"logits","element":"f32","shape":[8,3],"batched":true},
    {"name":"w","element":"f32","shape":[3,16],"batched":false,"replaces":"w"},
    {"name":"step","element":"i64","shape":[],"batched":false,"replaces":"step"}]})";

/// A program with the given entries, separated by commas.
std::unique_ptr<Program> makeProgram(const std::string &entries) {
  const std::string manifest =
      R"({"abi":3,"model":"m","target":"cpu","cpu":"any","lanes":1,"tables":[],"entries":[)" +
      entries + R"(],"parameters":[
        {"name":"w","role":"parameter","element":"f32","shape":[3,16],
         "init":{"kind":"normal","scale":0.01}},
        {"name":"step","role":"moment","element":"i64","shape":[],
         "init":{"kind":"zeros","scale":1.0}}]})";
  return Program::fromSymbols(manifest, [](const std::string &symbol) -> void * {
    if (symbol == "f")
      return reinterpret_cast<void *>(&forward);
    return symbol == "t" ? reinterpret_cast<void *>(&trainStep) : nullptr;
  });
}

std::unique_ptr<Program> makeTrainable() {
  return makeProgram(std::string(forwardText) + "," + trainText);
}

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  return text.replace(text.find(from), from.size(), to);
}

TrainOptions options() {
  TrainOptions result;
  result.batchSize = 8;
  result.epochs = 6;
  result.schedule.base = 0.05;
  result.progress = false;
  return result;
}

TEST(ProgramExecutable, TakesShapesFromTheManifest) {
  const auto program = makeTrainable();
  const ProgramExecutable network(*program);
  EXPECT_TRUE(network.canTrain());
  EXPECT_EQ(network.capacity(), 8);
  EXPECT_EQ(network.sampleShape(), (std::vector<int64_t>{1, 4, 4}));
  EXPECT_EQ(network.classes(), 3);
  EXPECT_EQ(network.kept().size(), 2u);
}

TEST(ProgramExecutable, TrainsAndEvaluates) {
  const auto program = makeTrainable();
  ProgramExecutable network(*program);
  const SphericalImages images = patterns(203, 2);
  const TrainResult result = train(network, images, options());
  EXPECT_EQ(result.steps, 6 * 26);
  EXPECT_EQ(keptValues(network).at("step").as<int64_t>()[0], 6 * 26);
  EXPECT_GT(evaluate(network, patterns(300, 2, 1)).metrics.accuracy(), 0.9);
}

TEST(ProgramExecutable, ResumedRunsGiveTheSameBits) {
  const TemporaryFolder folder;
  const SphericalImages images = patterns(75, 2);
  const auto wholeProgram = makeTrainable(), firstProgram = makeTrainable(),
             secondProgram = makeTrainable();
  ProgramExecutable whole(*wholeProgram), first(*firstProgram), second(*secondProgram);
  TrainOptions run = options();
  run.schedule.kind = ScheduleKind::Constant;
  train(whole, images, run);
  run.checkpoint = folder.file("run");
  run.epochs = 2;
  train(first, images, run);
  run.epochs = 6;
  run.resume = true;
  train(second, images, run);
  EXPECT_EQ(keptValues(second).at("w").bytes, keptValues(whole).at("w").bytes);
  EXPECT_EQ(keptValues(second).at("step").bytes, keptValues(whole).at("step").bytes);
}

TEST(ProgramExecutable, WithoutATrainStepOnlyInfers) {
  const auto program = makeProgram(forwardText);
  ProgramExecutable network(*program);
  EXPECT_FALSE(network.canTrain());
  EXPECT_THAT(messageOf([&] { train(network, patterns(8, 2), options()); }),
              HasSubstr("the artifact has no entry 'train_step'"));
}

TEST(ProgramExecutable, SegmentsIfLogitsLieOnTheGrid) {
  const std::string entry = replaced(forwardText, "[8,3]", "[8,3,4,4]");
  const std::string step = replaced(trainText, "[8,3]", "[8,3,4,4]");
  const auto forwardOnly = makeProgram(entry);
  EXPECT_EQ(ProgramExecutable(*forwardOnly).points(), 16);
  EXPECT_EQ(ProgramExecutable(*forwardOnly).classes(), 3);
  auto errorOf = [](const std::string &entries) {
    const auto program = makeProgram(entries);
    return messageOf([&] { ProgramExecutable network(*program); });
  };
  EXPECT_EQ(errorOf(entry + "," + replaced(step, "\"shape\":[8],", "\"shape\":[8,4,4],")), "");
  EXPECT_THAT(errorOf(entry + "," + step),
              HasSubstr("expected 'digits' to be i32 with 3 axes, got i32 with 1"));
  EXPECT_THAT(errorOf(replaced(forwardText, "[8,3]", "[8,3,2,2]")),
              HasSubstr("expected 'logits' on the grid of 'pixels'"));
}

TEST(ProgramExecutable, GivesValuesIfTheyAreCalledSo) {
  const std::string entry = replaced(forwardText, "logits", "values");
  const std::string step =
      replaced(replaced(trainText, "logits", "values"), R"("element":"i32","shape":[8],)",
               R"("element":"f32","shape":[8,3],)");
  const auto program = makeProgram(entry + "," + step), forwardOnly = makeProgram(entry);
  ProgramExecutable network(*program);
  EXPECT_EQ(network.target(), TargetKind::Values);
  EXPECT_EQ(ProgramExecutable(*forwardOnly).target(), TargetKind::Values);
  const auto field = makeProgram(replaced(entry, "[8,3]", "[8,3,4,4]"));
  EXPECT_EQ(ProgramExecutable(*field).target(), TargetKind::Field);
  const std::vector<int32_t> labels(8);
  std::vector<float> x(8 * 16), outputs(8 * 3);
  EXPECT_THAT(
      messageOf([&] { network.trainStep(x.data(), std::span(labels), 8, 0.1f, outputs.data()); }),
      HasSubstr("entry 'train_step' expected values as target, got another kind"));
  const auto wrong = makeProgram(entry + "," + replaced(trainText, "logits", "values"));
  EXPECT_THAT(messageOf([&] { ProgramExecutable other(*wrong); }),
              HasSubstr("expected 'digits' to be f32 with 2 axes, got i32 with 1"));
}

TEST(ProgramExecutable, RefusesOtherPrograms) {
  auto errorOf = [](const std::string &entry) {
    const auto program = makeProgram(entry);
    return messageOf([&] { ProgramExecutable network(*program); });
  };
  EXPECT_EQ(errorOf(forwardText), "");
  EXPECT_THAT(errorOf(replaced(forwardText, "[8,1,4,4]", "[8,16]")),
              HasSubstr("expected 'pixels' to be f32 with 4 axes, got f32 with 2"));
  EXPECT_THAT(errorOf(replaced(forwardText, "\"logits\"", "\"scores\"")),
              HasSubstr("expected a result 'logits', got none"));
}

} // namespace
} // namespace spherical::runtime
