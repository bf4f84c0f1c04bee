//===- whole_set.cpp - metrics are functions of the samples ----*- C++ -*-===//
//
// 10,007 samples are no multiple of any batch size here: what is a mean of means of batches gives
// itself away.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/evaluate.h"

#include "runtime/data/random.h"
#include "runtime/train/initialize.h"
#include "test/runtime/train/fake_network.h"
#include "test/runtime/train/fake_regressor.h"
#include "test/runtime/train/fake_segmenter.h"
#include "test/runtime/train/memory_samples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace spherical::runtime {
namespace {

constexpr int64_t sampleCount = 10007;
constexpr int64_t batchSizes[] = {1, 7, 32, 1000, sampleCount};

/// Values of the grid of b = 1, and labels or targets that depend on them, but not alone. About
/// every ninth target is missing.
MemorySamples samplesOf(SampleLayout layout) {
  MemorySamples samples(layout);
  const RandomNumbers numbers(3, RandomStream::Subset);
  samples.x.resize(sampleCount * layout.values());
  for (size_t i = 0; i < samples.x.size(); ++i)
    samples.x[i] = static_cast<float>(numbers.normal(i));
  const int64_t labels = sampleCount * layout.labels(),
                values = sampleCount * layout.targetValues();
  const uint64_t base = samples.x.size();
  for (int64_t i = 0; i < labels; ++i) {
    const float x = samples.x[layout.segmented ? i : i * layout.values()];
    const bool noisy = numbers.below(base + 2 * i, 4) == 0;
    const auto drawn = static_cast<int32_t>(numbers.below(base + 2 * i + 1, layout.classes));
    const int32_t wanted = x < -0.5f ? 0 : x < 0.5f ? 1 : 2;
    samples.labels.push_back(drawn == 2 && noisy ? missingLabel : noisy ? drawn : wanted);
  }
  for (int64_t i = 0; i < values; ++i)
    samples.values.push_back(numbers.below(base + 2 * i, 9) == 0
                                 ? std::numeric_limits<float>::quiet_NaN()
                                 : 3.0f * samples.x[i % samples.x.size()] +
                                       static_cast<float>(numbers.normal(base + 2 * i + 1)));
  return samples;
}

FakeNetwork network(int64_t batchSize) {
  FakeNetwork result(1, 3, batchSize);
  for (size_t k = 0; k < result.weights.size(); ++k) // class by the first value, as the labels
    result.weights[k] = k % 4 == 0 ? static_cast<float>(k / 4) - 1.0f : 0.1f * (k % 3);
  return result;
}

FakeSegmenter segmenter(int64_t batchSize) {
  FakeSegmenter result(1, 3, batchSize);
  result.weights = {0, -1, 0, 0.5f, 0, -0.2f, 0, 1.5f, 0.1f};
  return result;
}

FakeRegressor regressor(int64_t batchSize, bool field) {
  FakeRegressor result(1, 2, field, batchSize);
  for (size_t k = 0; k < result.weights.size(); ++k)
    result.weights[k] = 0.2f * static_cast<float>((5 * k) % 7) - 0.3f;
  return result;
}

void expectSameClasses(const Evaluation &a, const Evaluation &b) {
  EXPECT_EQ(a.samples, sampleCount);
  EXPECT_EQ(a.metrics.count, b.metrics.count);
  EXPECT_EQ(a.metrics.confusion, b.metrics.confusion);
  EXPECT_EQ(a.metrics.lossSum, b.metrics.lossSum); // fp64, bit for bit
  EXPECT_EQ(a.area.confusion, b.area.confusion);
  EXPECT_EQ(a.calibration.count, b.calibration.count);
  EXPECT_EQ(a.calibration.correct, b.calibration.correct);
  EXPECT_EQ(a.calibration.confidenceSum, b.calibration.confidenceSum);
  EXPECT_EQ(a.predictions, b.predictions);
}

void expectSameErrors(const ErrorMetrics &a, const ErrorMetrics &b) {
  ASSERT_EQ(a.outputs.size(), b.outputs.size());
  for (size_t k = 0; k < a.outputs.size(); ++k) {
    EXPECT_EQ(a.outputs[k].count, b.outputs[k].count);
    EXPECT_EQ(a.outputs[k].absolute, b.outputs[k].absolute);
    EXPECT_EQ(a.outputs[k].squared, b.outputs[k].squared);
    EXPECT_EQ(a.outputs[k].determination(), b.outputs[k].determination());
  }
}

// Sums of 10^4 numbers of size 1, each off by a few eps.
constexpr double tolerance = 1e-11;

TEST(WholeSet, ClassesAreThoseOfEachSample) {
  const MemorySamples samples = samplesOf({1, 1, false, 3});
  FakeNetwork one = network(1);
  const Evaluation first = evaluate(one, samples);
  for (const int64_t batchSize : batchSizes)
    for (const int workers : {1, 3}) {
      FakeNetwork other = network(batchSize);
      expectSameClasses(evaluate(other, samples, {.workers = workers}), first);
    }
  int64_t labelled = 0, right = 0;
  double loss = 0.0, gap = 0.0;
  std::vector<double> bins(Calibration::bins);
  for (int64_t i = 0; i < sampleCount; ++i) {
    if (samples.labels[i] == missingLabel)
      continue;
    std::vector<float> logits(3);
    one.forward(samples.x.data() + 4 * i, 1, logits.data());
    double sum = 0.0, largest = 0.0;
    for (const float logit : logits)
      sum += std::exp(static_cast<double>(logit));
    for (const float logit : logits)
      largest = std::max(largest, std::exp(static_cast<double>(logit)) / sum);
    loss += std::log(sum) - logits[samples.labels[i]];
    const bool isRight = predictedClass(logits) == samples.labels[i];
    right += isRight;
    bins[static_cast<size_t>(std::ceil(15 * largest)) - 1] += isRight - largest;
    ++labelled;
  }
  for (const double bin : bins)
    gap += std::abs(bin);
  const auto n = static_cast<double>(labelled);
  EXPECT_GT(sampleCount - labelled, sampleCount / 20);
  EXPECT_EQ(first.metrics.count, labelled);
  EXPECT_EQ(first.metrics.correct, right);
  EXPECT_GT(first.metrics.accuracy(), 0.4);
  EXPECT_NEAR(first.metrics.loss(), loss / n, tolerance);
  EXPECT_NEAR(first.calibration.error(), gap / n, tolerance);
}

TEST(WholeSet, PointsAreThoseOfEachSample) {
  const MemorySamples samples = samplesOf({1, 1, true, 3});
  FakeSegmenter one = segmenter(1);
  const Evaluation first = evaluate(one, samples);
  for (const int64_t batchSize : batchSizes) {
    FakeSegmenter other = segmenter(batchSize);
    expectSameClasses(evaluate(other, samples), first);
  }
  std::vector<double> plain(9), area(9); // [label][prediction]
  for (int64_t k = 0; k < 4 * sampleCount; ++k) {
    if (samples.labels[k] == missingLabel)
      continue;
    std::vector<float> point(3);
    for (int64_t c = 0; c < 3; ++c)
      point[c] = one.weights[3 * c] + one.weights[3 * c + 1] * samples.x[k] +
                 one.weights[3 * c + 2] * samples.x[k] * samples.x[k];
    const int64_t at = 3 * samples.labels[k] + predictedClass(point);
    plain[at] += 1;
    area[at] += std::sin(std::numbers::pi * static_cast<double>(2 * (k % 4 / 2) + 1) / 4);
  }
  const auto iou = [](const std::vector<double> &m, int64_t c) {
    const double both = m[4 * c];
    return both / (m[3 * c] + m[3 * c + 1] + m[3 * c + 2] + m[c] + m[3 + c] + m[6 + c] - both);
  };
  for (int64_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(first.metrics.intersectionOverUnion()[c], iou(plain, c), tolerance);
    EXPECT_NEAR(first.area.intersectionOverUnion()[c], iou(area, c), tolerance);
  }
  EXPECT_NEAR(first.metrics.meanIntersectionOverUnion(0),
              (iou(plain, 0) + iou(plain, 1) + iou(plain, 2)) / 3, tolerance);
  double all = 0.0;
  for (const double weight : area)
    all += weight;
  EXPECT_NEAR(first.area.accuracy(), (area[0] + area[4] + area[8]) / all, tolerance);
}

TEST(WholeSet, ValuesAreThoseOfEachSample) {
  for (const bool field : {false, true}) {
    const MemorySamples samples = samplesOf({1, 1, field, 0, 2});
    FakeRegressor one = regressor(1, field);
    const Evaluation first = evaluate(one, samples);
    for (const int64_t batchSize : batchSizes) {
      FakeRegressor other = regressor(batchSize, field);
      const Evaluation result = evaluate(other, samples);
      expectSameErrors(result.errors, first.errors);
      expectSameErrors(result.areaErrors, first.areaErrors);
    }
    const int64_t points = field ? 4 : 1;
    for (int64_t output = 0; output < 2; ++output) {
      double n = 0.0, absolute = 0.0, squared = 0.0, sum = 0.0, spread = 0.0;
      std::vector<float> y(2 * points);
      const auto each = [&](auto visit) {
        for (int64_t i = 0; i < sampleCount; ++i) {
          one.forward(samples.x.data() + 4 * i, 1, y.data());
          for (int64_t p = 0; p < points; ++p)
            if (const double t = samples.values[(2 * i + output) * points + p]; !std::isnan(t))
              visit(y[output * points + p], t);
        }
      };
      each([&](double value, double t) {
        n += 1;
        absolute += std::abs(value - t);
        squared += (value - t) * (value - t);
        sum += t;
      });
      each([&](double, double t) { spread += (t - sum / n) * (t - sum / n); });
      const ErrorSums &got = first.errors.outputs[output];
      EXPECT_EQ(static_cast<double>(got.count), n);
      EXPECT_NEAR(got.meanAbsoluteError(), absolute / n, tolerance);
      EXPECT_NEAR(got.rootMeanSquareError(), std::sqrt(squared / n), tolerance);
      EXPECT_NEAR(got.determination(), 1 - squared / spread, tolerance);
    }
  }
}

// Labels that have nothing to do with the samples are met by chance: for each class the product of
// its shares among labels and predictions. Four standard deviations.
TEST(WholeSet, PermutedLabelsGiveChance) {
  MemorySamples samples = samplesOf({1, 1, false, 3});
  const std::vector<int32_t> labels = samples.labels;
  const std::vector<int64_t> order =
      randomPermutation(sampleCount, RandomNumbers(5, RandomStream::Shuffle));
  for (int64_t i = 0; i < sampleCount; ++i)
    samples.labels[i] = labels[order[i]];
  FakeNetwork trained = network(32);
  const Metrics metrics = evaluate(trained, samples).metrics;
  const auto n = static_cast<double>(metrics.count);
  double chance = 0.0;
  for (int64_t c = 0; c < 3; ++c) {
    double labelled = 0.0, predicted = 0.0;
    for (int64_t other = 0; other < 3; ++other) {
      labelled += static_cast<double>(metrics.confusion[3 * c + other]);
      predicted += static_cast<double>(metrics.confusion[3 * other + c]);
    }
    chance += labelled / n * predicted / n;
  }
  EXPECT_NEAR(metrics.accuracy(), chance, 4 * std::sqrt(chance * (1 - chance) / n));
}

} // namespace
} // namespace spherical::runtime
