//===- training.cpp - settings of a training and their faults -------------===//

#include "tools/spherical/driver/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spherical::driver {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<Session> session(const std::string &rest) {
  auto loaded = Session::parse("model.yaml",
                               "input: {bandlimit: 4}\nlayers:\n  - s2_conv: {channels: 2, "
                               "bandlimit: 3}\n  - relu\n  - integrate\n  - linear: 3\n" +
                                   rest,
                               {});
  if (!loaded)
    throw std::runtime_error(loaded.error().message);
  return std::move(*loaded);
}

// What the command line changes is what the model says afterwards, and is written.
TEST(TrainingSettings, AreSetInPlaceOfTheModels) {
  const auto model = session("training: {optimizer: adamw, weight_decay: 0.1}\n");
  TrainingDescription training = model->training();
  EXPECT_EQ(training.weightDecay, 0.1);
  training.optimizer = "sgd";
  training.momentum = 0.5;
  training.accumulate = 3;
  training.freeze = {"*.kernel"};
  training.validation = "0.2";
  ASSERT_TRUE(model->setTraining(training));
  EXPECT_EQ(model->training().momentum, 0.5);
  EXPECT_THAT(*model->yaml(),
              HasSubstr("training: {optimizer: sgd, learning_rate: 0.001, momentum: 0.5, "
                        "weight_decay: 0.1, accumulate: 3, freeze: [\"*.kernel\"], validation: "
                        "0.2}"));
  EXPECT_EQ(model->trainingSettings().at("accumulate"), "3");
}

TEST(TrainingSettings, RefuseWhatDoesNotBelongTogether) {
  const auto model = session("");
  const auto refuses = [&](auto change, const char *message) {
    TrainingDescription training = model->training();
    change(training);
    const Status status = model->setTraining(training);
    ASSERT_FALSE(status) << message;
    EXPECT_THAT(status.error().message, HasSubstr(message));
  };
  refuses([](auto &t) { t.momentum = 0.9; }, "momentum expected the optimizer sgd, got adam");
  refuses([](auto &t) { t.optimizer = "lion"; },
          "optimizer expected adam, adamw or sgd, got 'lion'");
  refuses([](auto &t) { t.optimizer = "sgd", t.nesterov = true; },
          "nesterov expected a momentum above 0, got 0");
  refuses([](auto &t) { t.average = 1; }, "average expected a finite number of at least 0");
  refuses([](auto &t) { t.freeze = {"tail.*"}; },
          "'freeze' expected the name of a parameter, got 'tail.*'");
  EXPECT_EQ(model->training().freeze, std::vector<std::string>());
}

// By hand: 8 labels, 3 classes; the weights are 1 in the mean over the labels.
TEST(TrainingSettings, BalanceClasses) {
  const auto model = session("loss: {class_weights: balanced}\n");
  EXPECT_TRUE(model->loss().balanced);
  const Status none = model->balanceClasses({5, 0, 1});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message,
              HasSubstr("expected labels of each of the 3 classes in the training part, got none "
                        "of class 1"));
  ASSERT_FALSE(model->balanceClasses({5, 1}));
  ASSERT_TRUE(model->balanceClasses({4, 2, 2}));
  EXPECT_THAT(model->loss().classWeights, ElementsAre(8.0 / 12.0, 8.0 / 6.0, 8.0 / 6.0));
  EXPECT_FALSE(model->loss().balanced);
}

TEST(TrainingSettings, OfOtherLossesAreRefused) {
  const auto model = session("");
  LossDescription loss = model->loss();
  loss.delta = 2;
  EXPECT_FALSE(model->setLoss(loss));
  loss = model->loss();
  loss.classWeights = {1, 2};
  const Status status = model->setLoss(loss);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("class_weights expected 3 numbers"));
}

} // namespace
} // namespace spherical::driver
