//===- fine_tune.cpp --------------------------------------------*- C++ -*-===//

#include "runtime/train/fine_tune.h"

#include "test/runtime/train/value_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A body, a head of two classes, statistics, a moment and the average of the body.
Store network() {
  Store store;
  store.declare("body.kernel", Element::F32, 3, "ones", 1.0);
  store.declare("head.weight", Element::F32, 2, "ones", 1.0);
  store.declare("body.running_mean", Element::F32, 3, "zeros", 1.0, "state");
  store.declare("adam.m.body.kernel", Element::F32, 3, "zeros", 1.0, "moment");
  store.declare("average.body.kernel", Element::F32, 3, "ones", 1.0, "average");
  return store;
}

Tensor tensor(const std::vector<float> &values) {
  return Tensor::of<float>({static_cast<int64_t>(values.size())}, values);
}

/// Weights with a head of so many classes.
TensorFile weights(int64_t classes) {
  TensorFile file;
  file.tensors.emplace("body.kernel", tensor({2, 3, 4}));
  file.tensors.emplace("body.running_mean", tensor({5, 6, 7}));
  file.tensors.emplace("head.weight", tensor(std::vector<float>(classes, 9.0f)));
  file.tensors.emplace("adam.m.body.kernel", tensor({1, 1, 1}));
  file.tensors.emplace("old.bias", tensor({1}));
  return file;
}

TEST(TakeWeights, TakesByNameAndSaysWhat) {
  Store store = network();
  const TakenWeights taken = takeWeights(store, weights(2), {});
  EXPECT_THAT(taken.taken, ElementsAre("body.kernel", "head.weight", "body.running_mean"));
  EXPECT_TRUE(taken.fresh.empty());
  EXPECT_THAT(taken.unused, ElementsAre("old.bias"));
  EXPECT_EQ(store.values<float>(0), (std::vector<float>{2, 3, 4}));
  EXPECT_EQ(store.values<float>(2), (std::vector<float>{5, 6, 7}));
  EXPECT_EQ(store.values<float>(3), (std::vector<float>{0, 0, 0})); // the training is a new one
  EXPECT_EQ(store.values<float>(4), (std::vector<float>{2, 3, 4}));
}

// As everything else that reads one as weights.
TEST(TakeWeights, TakesAveragesOfCheckpoints) {
  Store store = network();
  TensorFile checkpoint = weights(2);
  checkpoint.tensors.emplace("average.body.kernel", tensor({8, 9, 10}));
  takeWeights(store, checkpoint, {});
  EXPECT_EQ(store.values<float>(0), (std::vector<float>{2, 3, 4}));
  checkpoint.metadata["spherical.format"] = "checkpoint 4";
  takeWeights(store, checkpoint, {});
  EXPECT_EQ(store.values<float>(0), (std::vector<float>{8, 9, 10}));
}

TEST(TakeWeights, LeavesWhatIsFresh) {
  Store store = network();
  const std::vector<float> head = {7, 8};
  store.write(1, std::as_bytes(std::span(head)));
  const TakenWeights taken = takeWeights(store, weights(5), {"head.*"});
  EXPECT_THAT(taken.fresh, ElementsAre("head.weight"));
  EXPECT_EQ(store.values<float>(1), head);
  EXPECT_EQ(store.values<float>(0), (std::vector<float>{2, 3, 4}));
}

// Nothing is set when something is wrong.
TEST(TakeWeights, RefusesWhatDoesNotFit) {
  const auto refuses = [](TensorFile file, std::vector<std::string> fresh, const char *message) {
    Store store = network();
    const std::vector<float> before = store.values<float>(0);
    EXPECT_THAT([&] { takeWeights(store, file, fresh); },
                ThrowsMessage<std::runtime_error>(HasSubstr(message)));
    EXPECT_EQ(store.values<float>(0), before);
  };
  refuses(weights(5), {},
          "'head.weight' expected the shape 2, got 5; to start it afresh, name it: --fresh "
          "'head.weight'");
  TensorFile lacking = weights(2);
  lacking.tensors.erase("head.weight");
  refuses(lacking, {}, "expected a tensor 'head.weight', got none");
  refuses(weights(2), {"tail.*"},
          "expected the name of a parameter, with * and ? or without, got "
          "'tail.*'");
  refuses(weights(2), {"*"}, "expected weights to take, got patterns of all parameters");
}

} // namespace
} // namespace spherical::runtime
