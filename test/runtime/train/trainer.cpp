//===- trainer.cpp ----------------------------------------------*- C++ -*-===//

#include "runtime/train/trainer.h"

#include "runtime/data/safetensors.h"
#include "runtime/train/evaluate.h"
#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/train/fake_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <limits>
#include <sstream>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

/// A log without its times.
std::string withoutSeconds(const std::string &log) {
  std::istringstream in(log);
  std::string line, result;
  while (std::getline(in, line))
    result += line.substr(0, line.rfind(',')) + "\n";
  return result;
}

struct EpochNumbers : RunObserver {
  void afterEpoch(const EpochReport &report, const Evaluation *) override {
    seen.push_back(report.epoch);
  }
  std::vector<int64_t> seen;
};

TEST(Train, Learns) {
  const SphericalImages images = patterns(203, 3), unseen = patterns(300, 3, 1);
  FakeNetwork network(3, 3);
  std::ostringstream messages;
  TrainOptions options = quietOptions();
  options.messages = &messages;
  EpochNumbers epochs;
  options.observers = {&epochs};
  const TrainResult result = train(network, images, options);
  EXPECT_EQ(result.reason, StopReason::Finished);
  EXPECT_EQ(result.steps, 4 * 26);
  EXPECT_EQ(result.last.epoch, 4);
  EXPECT_GT(result.last.accuracy, 0.9);
  EXPECT_EQ(epochs.seen, (std::vector<int64_t>{1, 2, 3, 4}));
  EXPECT_THAT(messages.str(), HasSubstr("epoch 4/4: loss 0."));
  EXPECT_GT(evaluate(network, unseen).metrics.accuracy(), 0.9);
}

TEST(Train, BitsDoNotDependOnTheWorkers) {
  const SphericalImages images = patterns(203, 3);
  FakeNetwork one(3, 3), three(3, 3), other(3, 3);
  TrainOptions options = quietOptions();
  train(one, images, options);
  options.workers = 3;
  train(three, images, options);
  EXPECT_EQ(one.weights, three.weights);
  options.seed = 12;
  train(other, images, options);
  EXPECT_NE(one.weights, other.weights);
}

// Whatever the step at which the run is interrupted, and wherever in an epoch.
TEST(Train, ResumedRunsGiveTheSameBits) {
  const SphericalImages images = patterns(75, 2); // 10 steps an epoch, the last of 3 samples
  const TemporaryFolder folder;
  TrainOptions options = quietOptions();
  options.log = folder.file("whole.csv");
  FakeNetwork whole(2, 3);
  const TrainResult expected = train(whole, images, options);
  ASSERT_EQ(expected.steps, 40);
  options.checkpoint = folder.file("run.safetensors");
  for (const int64_t stop : {1, 9, 10, 11, 25, 39}) {
    options.log = folder.file("parts.csv");
    options.resume = false;
    FakeNetwork first(2, 3);
    first.beforeStep = [stop](int64_t step) {
      if (step == stop)
        std::raise(SIGINT);
    };
    const TrainResult part = train(first, images, options);
    EXPECT_EQ(part.reason, StopReason::Interrupted);
    EXPECT_EQ(part.steps, stop);
    options.resume = true;
    FakeNetwork second(2, 3);
    const TrainResult rest = train(second, images, options);
    EXPECT_EQ(rest.reason, StopReason::Finished);
    EXPECT_EQ(rest.steps, 40);
    EXPECT_EQ(second.weights, whole.weights) << "stopped after step " << stop;
    EXPECT_EQ(second.momentum, whole.momentum);
    EXPECT_EQ(rest.last.loss, expected.last.loss);
    EXPECT_EQ(rest.last.accuracy, expected.last.accuracy);
    EXPECT_EQ(withoutSeconds(fileText(folder.file("parts.csv"))),
              withoutSeconds(fileText(folder.file("whole.csv"))));
  }
}

TEST(Train, AFinishedRunCanBeResumedForMoreEpochs) {
  const SphericalImages images = patterns(30, 2);
  const TemporaryFolder folder;
  TrainOptions options = quietOptions();
  options.schedule.kind = ScheduleKind::Constant;
  options.checkpoint = folder.file("run");
  FakeNetwork parts(2, 3), whole(2, 3);
  train(parts, images, options);
  options.resume = true;
  EXPECT_EQ(train(parts, images, options).steps, 16); // nothing left to do
  options.epochs = 6;
  EXPECT_EQ(train(parts, images, options).steps, 24);
  options.resume = false;
  train(whole, images, options);
  EXPECT_EQ(parts.weights, whole.weights);
}

// A12: one line with both numbers.
TEST(Train, AResumedRunSaysWhatHasChanged) {
  const SphericalImages images = patterns(30, 2); // 4 steps an epoch
  const TemporaryFolder folder;
  std::ostringstream messages;
  TrainOptions options = quietOptions();
  options.epochs = 2;
  options.checkpoint = folder.file("run");
  options.settings["clip"] = "0";
  FakeNetwork network(2, 3);
  train(network, images, options);
  options.resume = true;
  options.messages = &messages;
  train(network, images, options);
  EXPECT_EQ(messages.str(), "resumed from " + options.checkpoint + " after step 8 of 8\n");
  messages.str("");
  options.epochs = 4;
  options.schedule.base = 0.1;
  options.settings["clip"] = "1";
  train(network, images, options);
  // Rates of a cosine: (1 + cos(7 pi / 8)) / 2 of 0.05, and (1 + cos(pi / 2)) / 2 of 0.1.
  EXPECT_THAT(messages.str(),
              ::testing::StartsWith(
                  "resumed from " + options.checkpoint +
                  " after step 8 of 16; changed: clip 0 -> 1, epochs 2 -> 4, learning rate 0.05 -> "
                  "0.1; the learning rate was 1.90e-03 in the last step and is 5.00e-02 in the "
                  "next\n"));
  options.epochs = 3;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("the run to resume is in epoch 4 (16 steps are done), expected as many "
                        "epochs at least, got 3"));
}

/// The steps of a log's lines, JSON or not.
std::vector<int64_t> stepsOf(const std::string &log) {
  std::istringstream in(log);
  std::vector<int64_t> steps;
  for (std::string line; std::getline(in, line);)
    if (const size_t digit = line.find_first_of("0123456789"); digit != std::string::npos)
      steps.push_back(std::stoll(line.substr(digit)));
  return steps;
}

// A run that ends without its last checkpoint has logged steps that come again.
TEST(Train, AResumedLogHasEachStepOnce) {
  const SphericalImages images = patterns(75, 2);
  const TemporaryFolder folder;
  for (const char *name : {"log.csv", "log.jsonl"}) {
    TrainOptions options = quietOptions();
    options.checkpoint = folder.file("run");
    options.log = folder.file(name);
    FakeNetwork network(2, 3);
    network.beforeStep = [](int64_t step) {
      if (step == 15)
        std::raise(SIGINT);
    };
    train(network, images, options);
    const std::string saved = fileText(options.checkpoint);
    options.resume = true;
    train(network, images, options);
    const std::vector<int64_t> steps = stepsOf(fileText(options.log));
    makeFile(options.checkpoint, saved); // as if the end of the run had not been saved
    makeFile(options.log, fileText(options.log) + "42,"); // a line that was cut off
    network.beforeStep = {};
    train(network, images, options);
    EXPECT_EQ(stepsOf(fileText(options.log)), steps) << name;
    EXPECT_EQ(steps.size(), 20u) << name;
  }
  TrainOptions options = quietOptions();
  options.checkpoint = folder.file("run");
  options.resume = true;
  options.log = folder.file("notes.jsonl");
  makeFile(options.log, "{\"note\": 3}\n");
  FakeNetwork network(2, 3);
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("notes.jsonl: expected a line of a log, got '{\"note\": 3}'"));
  EXPECT_EQ(fileText(options.log), "{\"note\": 3}\n");
}

// By the clock of the test 0.1 s a step, 0.2 s from step 40 on, and a limit of 12 s.
TEST(Train, FitsTheScheduleIntoTheTimeLimit) {
  const SphericalImages images = patterns(75, 2); // 10 steps an epoch
  const TemporaryFolder folder;
  std::ostringstream messages;
  double now = 1000.0;
  TrainOptions options = quietOptions();
  options.epochs = 40;
  options.minutes = 12.0 / 60;
  options.clock = [&] { return now; };
  options.messages = &messages;
  options.log = folder.file("log.csv");
  options.checkpoint = folder.file("run");
  FakeNetwork network(2, 3);
  network.beforeStep = [&](int64_t step) { now += step < 40 ? 0.1 : 0.2; };
  const TrainResult result = train(network, images, options);
  EXPECT_EQ(result.reason, StopReason::Finished);
  EXPECT_LT(result.seconds, 12.0);
  EXPECT_GT(result.seconds, 11.5);
  EXPECT_THAT(messages.str(), HasSubstr("plan: 117 of 400 steps fit into 12 s, by the speed after "
                                        "step 7\n"));
  EXPECT_THAT(messages.str(), HasSubstr("epoch 1/12: ")); // what the plan has, not what was asked
  EXPECT_THAT(messages.str(), HasSubstr("epoch 8/8: "));
  const std::string log = fileText(options.log), steps = std::to_string(result.steps);
  EXPECT_THAT(log, HasSubstr("\n7,117,1,"));
  EXPECT_THAT(log, HasSubstr("\n" + steps + "," + steps + ",8,"));

  options.resume = true; // the same command: nothing is left of the plan
  messages.str("");
  EXPECT_EQ(train(network, images, options).steps, result.steps);
  EXPECT_THAT(messages.str(), HasSubstr("after step " + steps + " of " + steps + "\n"));
}

TEST(Train, AShorterPlanHasAShorterWarmUp) {
  const SphericalImages images = patterns(75, 2);
  const TemporaryFolder folder;
  double now = 0.0;
  TrainOptions options = quietOptions();
  options.epochs = 40;
  options.minutes = 20.0 / 60; // of 40 at 0.1 s a step
  options.schedule.warmup = 100;
  options.clock = [&] { return now; };
  options.log = folder.file("log.csv");
  options.logSteps = 1;
  FakeNetwork network(2, 3);
  network.beforeStep = [&](int64_t) { now += 0.1; };
  EXPECT_EQ(train(network, images, options).steps, 196);
  EXPECT_THAT(fileText(options.log), HasSubstr("\n48,196,5,0.048979")); // 48 of 49
  EXPECT_THAT(fileText(options.log), HasSubstr("\n49,196,5,0.0500000"));
}

TEST(Train, TheSameNumberOfStepsGivesTheSameBits) {
  const SphericalImages images = patterns(30, 2);
  TrainOptions options = quietOptions();
  options.steps = 6; // one epoch and a half
  FakeNetwork first(2, 3), second(2, 3);
  const TrainResult result = train(first, images, options);
  EXPECT_EQ(result.reason, StopReason::Finished);
  EXPECT_EQ(result.steps, 6);
  EXPECT_EQ(result.last.epochs, 2);
  options.minutes = 10; // does not change a number that is given
  train(second, images, options);
  EXPECT_EQ(first.weights, second.weights);
}

TEST(Train, StopsAtTheTimeLimit) {
  const SphericalImages images = patterns(30, 2);
  const TemporaryFolder folder;
  TrainOptions options = quietOptions();
  options.steps = 25;
  options.minutes = 1.0;
  double now = 0.0;
  options.clock = [&] { return now; };
  options.checkpoint = folder.file("run");
  FakeNetwork network(2, 3);
  network.beforeStep = [&](int64_t) { now += 7.0; };
  const TrainResult result = train(network, images, options);
  EXPECT_EQ(result.reason, StopReason::TimeLimit);
  EXPECT_EQ(result.steps, 8); // a ninth would end beyond the limit
  EXPECT_EQ(folder.files(), 1);
  options.resume = true; // steps by hand are never fewer
  EXPECT_EQ(train(network, images, options).steps, 16);
  options.steps = 15;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("has done 16 steps, expected as many at least, got 15"));
}

TEST(Train, AnInfiniteLossEndsTheRunAndKeepsTheCheckpoint) {
  const SphericalImages images = patterns(30, 2);
  const TemporaryFolder folder;
  TrainOptions options = quietOptions();
  options.checkpoint = folder.file("run");
  options.checkpointMinutes = 0.0; // after each step
  FakeNetwork network(2, 3);
  network.beforeStep = [&](int64_t step) {
    if (step == 3)
      network.weights[0] = std::numeric_limits<float>::quiet_NaN();
  };
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("the loss is not finite at step 3 (learning rate "));
  EXPECT_EQ(readSafetensors(options.checkpoint).metadata.at("spherical.step"), "2");
}

TEST(Train, RefusesWhatDoesNotFit) {
  const SphericalImages images = patterns(30, 2);
  const TemporaryFolder folder;
  FakeNetwork network(2, 3), large(3, 3), two(2, 2);
  TrainOptions options = quietOptions();
  options.batchSize = 9;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("expected a batch size of 1 to 8"));
  options = quietOptions();
  EXPECT_THAT(messageOf([&] { train(large, images, options); }),
              HasSubstr("expected samples of 1x6x6 (channels, beta, alpha), got 1x4x4"));
  EXPECT_THAT(messageOf([&] { train(two, images, options); }),
              HasSubstr("expected labels of 0 to 1, got 2"));
  options.resume = true;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("expected the name of its checkpoint"));
  options.checkpoint = folder.file("run");
  EXPECT_THAT(messageOf([&] { train(network, images, options); }), HasSubstr("cannot open"));
  options.resume = false;
  options.checkpoint = folder.file("absent/run");
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("expected an existing folder"));
  options.checkpoint.clear();
  options.log = folder.file("absent/log.csv");
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("cannot write the log"));
}

TEST(Train, RefusesTheCheckpointOfAnotherRun) {
  const SphericalImages images = patterns(30, 2), otherImages = patterns(30, 2, 5);
  const TemporaryFolder folder;
  TrainOptions options = quietOptions();
  options.checkpoint = folder.file("run");
  FakeNetwork network(2, 3);
  train(network, images, options);
  options.resume = true;
  EXPECT_THAT(messageOf([&] { train(network, otherImages, options); }),
              HasSubstr("the run to resume had other training data"));
  options.seed = 12;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("the run to resume had the seed 11, got 12"));
  options.seed = 11;
  options.batchSize = 4;
  EXPECT_THAT(messageOf([&] { train(network, images, options); }),
              HasSubstr("the run to resume had the batch size 8, got 4"));
}

TEST(Train, WritesJsonLogs) {
  const SphericalImages images = patterns(30, 2);
  const TemporaryFolder folder;
  TrainOptions options = quietOptions();
  options.epochs = 1;
  options.log = folder.file("run.jsonl");
  FakeNetwork network(2, 3);
  train(network, images, options);
  const std::string log = fileText(options.log);
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2);
  EXPECT_THAT(log, HasSubstr("{\"step\":2,\"planned_steps\":4,\"epoch\":1,\"learning_rate\":0.0"));
}

} // namespace
} // namespace spherical::runtime
