//===- evaluate.cpp ---------------------------------------------*- C++ -*-===//

#include "runtime/train/evaluate.h"

#include "runtime/data/batches.h"
#include "runtime/train/initialize.h"
#include "test/runtime/train/fake_network.h"

#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

TEST(Evaluate, VisitsEachSampleInOrder) {
  const SphericalImages images = patterns(21, 2); // 8 + 8 + 5
  FakeNetwork network(2, 3);
  initializeParameters(network, 0);
  const Evaluation result = evaluate(network, images);
  ASSERT_EQ(result.predictions.size(), 21u);
  EXPECT_EQ(result.metrics.count, 21);
  double loss = 0;
  for (int64_t i = 0; i < 21; ++i) {
    std::vector<float> x(16), logits(3);
    convertSample(images, i, x.data());
    network.forward(x.data(), 1, logits.data());
    EXPECT_EQ(result.predictions[i], predictedClass(logits));
    loss += crossEntropy(logits, images.labels[i]) / 21;
  }
  EXPECT_NEAR(result.metrics.loss(), loss, 1e-12);
}

TEST(Evaluate, CanBeEndedEarly) {
  const SphericalImages images = patterns(21, 2);
  FakeNetwork network(2, 3);
  EXPECT_EQ(
      evaluate(network, images, {.keepGoing = [](int64_t done) { return done < 16; }}).samples, 16);
}

} // namespace
} // namespace spherical::runtime
