//===- network_test.cpp - layers of a head, loss, optimizer -----*- C++ -*-===//

#include "runtime/reference/network.h"
#include "runtime/reference/optimizer.h"
#include "runtime/reference/transform.h"
#include "test/golden/golden_file.h"
#include "test/runtime/reference/random_values.h"

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
    const BatchNormTrain step = batchNormTrain(
        batch, sampleMeasure(batch.inner), x, w, file.read("in.bias").values,
        file.read("in.running_mean").values, file.read("in.running_var").values, 1e-5, 0.1);
    expectEqual(file, "out.y", step.y);
    expectEqual(file, "out.running_mean", step.runningMean);
    expectEqual(file, "out.running_var", step.runningVar);
    const BatchNormGrad grad =
        batchNormGrad(batch, sampleMeasure(batch.inner), file.read("cot.y").values, x, w,
                      step.batchMean, step.inverseDeviation, true);
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
              batchNorm(batch, sampleMeasure(batch.inner), x, w, file.read("in.bias").values, mean,
                        inverse, 1e-5));
  for (double &value : inverse)
    value = 1 / std::sqrt(value + 1e-5);
  const BatchNormGrad grad = batchNormGrad(batch, sampleMeasure(batch.inner),
                                           file.read("cot.y").values, x, w, mean, inverse, false);
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

// The integral of a square by quadrature and by Parseval's sum, and what follows from it.
TEST(Network, AreaStatisticsAreThoseOfTheSpectrum) {
  constexpr int64_t b = 4, samples = 2, channels = 3;
  for (Domain domain : {Domain::S2, Domain::SO3}) {
    const Transform transform{domain, samples * channels, b, b, High::Zero};
    const auto spectra = analysis(
        transform, toComplex(realParts(randomComplex(transform.count * transform.functionSize(),
                                                     1)))); // of a real function
    const Values x = realParts(synthesis(transform, spectra));
    Values pairs;
    for (const Complex &value : spectra)
      pairs.insert(pairs.end(), {value.real(), value.imag()});
    const Values w = {0.5, 2.0, -1.0}, bias = {0.1, -0.2, 0.3}, zeros(3), ones(3, 1.0);
    const BatchNormTrain onGrid =
        batchNormTrain({samples, channels, transform.functionSize()}, areaMeasure(domain, b), x, w,
                       bias, zeros, ones, 1e-5, 0.1);
    const BatchNormTrain inSpectrum =
        batchNormTrain({samples, channels, 2 * spectrumSize(domain, b)}, spectralMeasure(domain, b),
                       pairs, w, bias, zeros, ones, 1e-5, 0.1);
    EXPECT_LT(golden::relativeError(inSpectrum.batchMean, onGrid.batchMean), 1e-12);
    EXPECT_LT(golden::relativeError(inSpectrum.runningVar, onGrid.runningVar), 1e-12);
    std::vector<Complex> normal;
    for (size_t i = 0; i < inSpectrum.y.size(); i += 2)
      normal.emplace_back(inSpectrum.y[i], inSpectrum.y[i + 1]);
    EXPECT_LT(golden::relativeError(realParts(synthesis(transform, normal)), onGrid.y), 1e-12);
  }
}

// By hand: two positions, the second ignored in the first sample; weights w_p times that of the
// class.
TEST(Network, CrossEntropyWeighsPositionsAndClasses) {
  const Batch batch{2, 2, 2};
  const LossWeights weights{{0.25, 0.75}, {1.0, 3.0}, 7};
  const Values logits = {0.0, 0.0, std::log(3.0), 0.0, 1.0, 0.0, 1.0, std::log(3.0)};
  const Values labels = {1, 7, 0, 1};
  const double expected =
      (0.75 * std::log(4.0 / 3.0) + 0.25 * std::log(2.0) + 2.25 * std::log(4.0 / 3.0)) /
      (0.75 + 0.25 + 2.25);
  EXPECT_NEAR(crossEntropy(batch, weights, logits, labels), expected, 1e-14);
  EXPECT_EQ(crossEntropyGrad(batch, weights, 1.0, logits, labels)[1], 0.0);
  EXPECT_EQ(crossEntropy(batch, weights, logits, {7, 7, 7, 7}), 0.0);
}

TEST(Network, ErrorsAreMeansOverSamplesAndChannels) {
  const Values y = {1.0, 2.0, 3.0, 4.0}, target = {0.0, 2.0, 1.0, 0.0};
  const Batch batch = {1, 2, 2};
  EXPECT_DOUBLE_EQ(meanError(ErrorKind::Squared, batch, {}, y, target), (1.0 + 4.0 + 16.0) / 4);
  EXPECT_DOUBLE_EQ(meanError(ErrorKind::Squared, batch, {0.25, 0.75}, y, target),
                   (0.25 * 1.0 + 0.25 * 4.0 + 0.75 * 16.0) / 2);
  EXPECT_DOUBLE_EQ(meanError(ErrorKind::Absolute, batch, {0.25, 0.75}, y, target),
                   (0.25 * 1.0 + 0.25 * 2.0 + 0.75 * 4.0) / 2);
  EXPECT_EQ(meanErrorGrad(ErrorKind::Absolute, batch, {}, 8.0, y, target),
            (Values{2.0, 0.0, 2.0, 2.0}));
}

// A label of -1 and a target that is NaN count for nothing: the mean is that of the others, and the
// gradient there is 0, whatever was predicted.
TEST(Network, WhatIsMissingCountsForNothing) {
  const double none = std::nan("");
  const Values logits = {0.5, none, 2.0, -1.0, none, 0.25};
  const Batch three = {3, 2, 1};
  const Values labels = {1, -1, 0}; // the second sample has logits 2 and -1
  const Values finite = {0.5, 0.0, 2.0, -1.0, 0.0, 0.25};
  const double first = crossEntropy({1, 2, 1}, {}, {0.5, 0.0}, {1});
  const double last = crossEntropy({1, 2, 1}, {}, {0.0, 0.25}, {0});
  EXPECT_DOUBLE_EQ(crossEntropy(three, {}, finite, labels), (first + last) / 2);
  EXPECT_DOUBLE_EQ(crossEntropy(three, {{}, {}, 1}, finite, labels), last); // beside `ignore`
  const Values grad = crossEntropyGrad({2, 2, 1}, {}, 1.0, {none, none, 0.0, 1.0}, {-1, 0});
  EXPECT_EQ(grad[0], 0.0);
  EXPECT_EQ(grad[1], 0.0);
  EXPECT_EQ(crossEntropy({2, 2, 1}, {}, logits, {-1, -1}), 0.0);
  for (const ErrorKind kind : {ErrorKind::Squared, ErrorKind::Absolute}) {
    const Values y = {1.0, none, 3.0}, target = {0.0, none, 1.0};
    EXPECT_DOUBLE_EQ(meanError(kind, {1, 1, 3}, {0.2, 0.5, 0.3}, y, target),
                     (0.2 * 1.0 + 0.3 * (kind == ErrorKind::Squared ? 4.0 : 2.0)) / 0.5);
    EXPECT_EQ(meanErrorGrad(kind, {1, 1, 3}, {}, 1.0, y, target)[1], 0.0);
    EXPECT_EQ(meanError(kind, {1, 1, 3}, {}, y, {none, none, none}), 0.0);
    EXPECT_EQ(meanErrorGrad(kind, {1, 1, 3}, {}, 1.0, y, {none, none, none}), Values(3));
    EXPECT_TRUE(std::isnan(meanError(kind, {1, 1, 3}, {}, y, {0.0, 0.0, 0.0}))); // a failure shows
  }
}

// By hand: of two classes each has a quarter beside the half of the label's, times the weights 1
// and 3; the mean is over the labels' weights.
TEST(Network, LabelSmoothingSharesTheTruth) {
  const Batch batch{2, 2, 1};
  const LossWeights weights{{}, {1.0, 3.0}, std::nullopt, 0.5};
  const Values logits = {0.0, std::log(3.0), 0.0, 0.0};
  const double first = std::log(4.0), second = std::log(4.0 / 3.0), half = std::log(2.0);
  EXPECT_NEAR(crossEntropy(batch, weights, logits, {0, 1}),
              (0.75 * first + 0.25 * 3.0 * second + (0.25 + 0.75 * 3.0) * half) / 4.0, 1e-14);
  const Values grad = crossEntropyGrad(batch, weights, 4.0, logits, {0, 1});
  EXPECT_NEAR(grad[0], 1.5 * 0.25 - 0.75, 1e-14);
  EXPECT_NEAR(grad[1], 1.5 * 0.75 - 0.75, 1e-14);
  EXPECT_NEAR(grad[3], 2.5 * 0.5 - 2.25, 1e-14);
  EXPECT_EQ(crossEntropyGrad(batch, weights, 4.0, logits, {-1, 1})[0], 0.0);
}

// By hand: the square up to 2, behind it the line with the slope 2.
TEST(Network, HuberTurnsIntoALine) {
  const Values y = {1.0, -2.0, 5.0, -3.0}, target(4);
  EXPECT_DOUBLE_EQ(meanError(ErrorKind::Huber, {1, 4, 1}, {}, y, target, 2.0),
                   (0.5 + 2.0 + 2.0 * 4.0 + 2.0 * 2.0) / 4);
  EXPECT_EQ(meanErrorGrad(ErrorKind::Huber, {1, 4, 1}, {}, 4.0, y, target, 2.0),
            (Values{1.0, -2.0, 2.0, -2.0}));
}

// By hand: h = 2 g + 0.5 p = 3, m' = 0.5 m + h.
TEST(Network, GradientDescentKeepsItsMomentum) {
  SgdOptions options{0.1, 0.5, 0.5, 2.0, false};
  Values p = {4.0}, m = {2.0};
  sgdStep(options, {0.5}, p, m);
  EXPECT_DOUBLE_EQ(m[0], 4.0);
  EXPECT_DOUBLE_EQ(p[0], 4.0 - 0.1 * 4.0);
  options.nesterov = true;
  p = {4.0}, m = {2.0};
  sgdStep(options, {0.5}, p, m);
  EXPECT_DOUBLE_EQ(p[0], 4.0 - 0.1 * (3.0 + 0.5 * 4.0));
}

TEST(Network, AveragesForgetTheirStartSooner) {
  EXPECT_DOUBLE_EQ(averageFactor(0.9, 1), 1 - 2.0 / 11.0);
  EXPECT_DOUBLE_EQ(averageFactor(0.9, 79), 1 - 80.0 / 89.0);
  EXPECT_DOUBLE_EQ(averageFactor(0.9, 81), 1 - 0.9);
}

// With no gradient, only the decay moves: by rate times decay times the parameter.
TEST(Network, WeightDecayIsDecoupled) {
  Values p = {2.0}, m = {0.0}, v = {0.0};
  adamStep({0.1, 0.9, 0.999, 1e-8, 0.5}, 1, {0.0}, p, m, v);
  EXPECT_DOUBLE_EQ(p[0], 2.0 - 0.1 * 0.5 * 2.0);
}

// By hand: powers 0.25 and 0.5625, h = 2 g = 1, m' = 0.5 + 0.5, v' = 0.75 * 4 + 0.25.
TEST(Network, AdamUpdatesByTheFactorsOfItsStep) {
  const AdamOptions options{0.3, 0.5, 0.75, 0.25, 0.1, 2.0};
  const AdamFactors factors = adamFactors(options, 2);
  EXPECT_DOUBLE_EQ(factors.rate, 0.3 / 0.75);
  EXPECT_DOUBLE_EQ(factors.correction, 1 / 0.4375);
  EXPECT_DOUBLE_EQ(factors.decay, 0.03);
  EXPECT_DOUBLE_EQ(factors.scale, 2.0);
  Values p = {3.0}, m = {1.0}, v = {4.0};
  adamUpdate(options, factors, {0.5}, p, m, v);
  EXPECT_DOUBLE_EQ(m[0], 1.0);
  EXPECT_DOUBLE_EQ(v[0], 3.25);
  EXPECT_DOUBLE_EQ(p[0], 3.0 - 0.4 / (std::sqrt(3.25 / 0.4375) + 0.25) - 0.03 * 3.0);
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
