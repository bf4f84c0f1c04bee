//===- network_test.cpp - layers of a head, loss, optimizer -----*- C++ -*-===//

#include "runtime/reference/network.h"
#include "test/golden/golden_file.h"

#include <gtest/gtest.h>

#include <cmath>

namespace spherical::reference {
namespace {

// All sums have fewer than 200 terms.
constexpr double bound = 1e-12;

void expectEqual(const golden::File &file, const char *name, const Values &values) {
  EXPECT_LT(golden::relativeError(values, file.read(name).values), bound) << name;
}

TEST(Network, ReluAgreesWithGoldenFile) {
  const golden::File file("relu");
  const Values &x = file.read("in.x").values;
  expectEqual(file, "out.y", relu(x));
  expectEqual(file, "grad.x", reluGrad(file.read("cot.y").values, x));
  expectEqual(file, "grad.x", reluGrad(file.read("cot.y").values, relu(x)));
  EXPECT_TRUE(file.unread().empty());
}

TEST(Network, LinearAgreesWithGoldenFile) {
  const golden::File file("linear");
  const Values &x = file.read("in.x").values, &w = file.read("in.weight").values;
  const Values &g = file.read("cot.y").values;
  expectEqual(file, "out.y", linear(5, 7, 4, x, w, file.read("in.bias").values));
  expectEqual(file, "grad.x", linearGradInput(5, 7, 4, g, w));
  expectEqual(file, "grad.weight", linearGradWeight(5, 7, 4, g, x));
  expectEqual(file, "grad.bias", channelSum({5, 4, 1}, g));
  EXPECT_TRUE(file.unread().empty());
}

TEST(Network, BatchNormTrainAgreesWithGoldenFiles) {
  for (auto [name, batch] :
       {std::pair{"2d", Batch{8, 5, 1}}, {"4d", Batch{3, 4, 30}}, {"5d", Batch{2, 3, 64}}}) {
    const golden::File file(std::string("batch_norm_train_") + name);
    const Values &x = file.read("in.x").values, &w = file.read("in.weight").values;
    const BatchNormTrain step = batchNormTrain(batch, sampleMeasure(batch.inner), x, w, file.read("in.bias").values,
                                               file.read("in.running_mean").values,
                                               file.read("in.running_var").values, 1e-5, 0.1);
    expectEqual(file, "out.y", step.y);
    expectEqual(file, "out.running_mean", step.runningMean);
    expectEqual(file, "out.running_var", step.runningVar);
    const BatchNormGrad grad = batchNormGrad(batch, sampleMeasure(batch.inner), file.read("cot.y").values, x, w, step.batchMean,
                                             step.inverseDeviation, true);
    expectEqual(file, "grad.x", grad.x);
    expectEqual(file, "grad.weight", grad.weight);
    expectEqual(file, "grad.bias", grad.bias);
    EXPECT_TRUE(file.unread().empty());
  }
}

TEST(Network, BatchNormEvalAgreesWithGoldenFile) {
  const golden::File file("batch_norm_eval_2d");
  const Batch batch{8, 5, 1};
  const Values &x = file.read("in.x").values, &w = file.read("in.weight").values;
  const Values &mean = file.read("in.running_mean").values;
  Values inverse = file.read("in.running_var").values;
  expectEqual(file, "out.y",
              batchNorm(batch, sampleMeasure(batch.inner), x, w, file.read("in.bias").values, mean, inverse, 1e-5));
  for (double &value : inverse)
    value = 1 / std::sqrt(value + 1e-5);
  const BatchNormGrad grad =
      batchNormGrad(batch, sampleMeasure(batch.inner), file.read("cot.y").values, x, w, mean, inverse, false);
  expectEqual(file, "grad.x", grad.x);
  expectEqual(file, "grad.weight", grad.weight);
  expectEqual(file, "grad.bias", grad.bias);
  EXPECT_TRUE(file.unread().empty());
}

TEST(Network, CrossEntropyAgreesWithGoldenFiles) {
  for (auto [name, batch] : {std::pair{"2d", Batch{6, 10, 1}}, {"4d", Batch{3, 11, 64}}}) {
    const golden::File file(std::string("cross_entropy_") + name);
    const Values &logits = file.read("in.logits").values, &labels = file.read("in.labels").values;
    expectEqual(file, "out.loss", {crossEntropy(batch, {}, logits, labels)});
    expectEqual(file, "grad.logits", crossEntropyGrad(batch, {}, 1.0, logits, labels));
    EXPECT_TRUE(file.unread().empty());
  }
}

TEST(Network, CrossEntropyOfAHopelessLabelIsFinite) {
  EXPECT_DOUBLE_EQ(crossEntropy({1, 2, 1}, {}, {2000.0, -2000.0}, {1.0}), 4000.0);
}

TEST(Network, AdamAgreesWithGoldenFile) {
  const golden::File file("adam");
  Values p = file.read("in.p").values, m(p.size()), v(p.size());
  const Values &g = file.read("in.g").values;
  Values ps, ms, vs;
  for (int64_t t = 1; t <= 10; ++t) {
    const auto first = g.begin() + (t - 1) * p.size();
    adamStep({}, t, Values(first, first + p.size()), p, m, v);
    ps.insert(ps.end(), p.begin(), p.end());
    ms.insert(ms.end(), m.begin(), m.end());
    vs.insert(vs.end(), v.begin(), v.end());
  }
  expectEqual(file, "out.p", ps);
  expectEqual(file, "out.m", ms);
  expectEqual(file, "out.v", vs);
  EXPECT_TRUE(file.unread().empty());
}

} // namespace
} // namespace spherical::reference
