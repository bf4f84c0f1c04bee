//===- fake_network.h - a small classifier for tests ------------*- C++ -*-===//
//
// Multinomial logistic regression with momentum, written here in plain loops, so that the loop
// around it can be tested without a compiler.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_RUNTIME_TRAIN_FAKE_NETWORK_H
#define SPHERICAL_TEST_RUNTIME_TRAIN_FAKE_NETWORK_H

#include "runtime/data/projection.h"
#include "runtime/train/executable.h"
#include "runtime/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

namespace spherical::runtime {

/// What a fake network can do besides.
struct FakeExtras {
  bool accumulates = false;
  float average = 0.0f; ///< decay of the averages of parameters; 0: none
};

class FakeNetwork : public Executable {
public:
  FakeNetwork(int64_t bandLimit, int64_t classCount, int64_t batchCapacity = 8,
              FakeExtras extras = {})
      : inputs(4 * bandLimit * bandLimit), shape{1, 2 * bandLimit, 2 * bandLimit},
        classCount(classCount), batchCapacity(batchCapacity), extras(extras),
        weights(inputs * classCount), momentum(weights.size()), sums(weights.size()),
        averages(weights.size()) {
    const std::vector<int64_t> extents = {classCount, inputs};
    declare("head.weight", "parameter", Element::F32, extents, "normal", 0.01);
    declare("moment.head.weight", "moment", Element::F32, extents, "zeros", 0);
    declare("moment.step", "moment", Element::I64, {}, "zeros", 0);
    if (extras.accumulates) {
      declare("sum.head.weight", "moment", Element::F32, extents, "zeros", 0);
      declare("sum.count", "moment", Element::I64, {}, "zeros", 0);
    }
    if (extras.average > 0.0f)
      declare("average.head.weight", "average", Element::F32, extents, "zeros", 0);
  }

  int64_t capacity() const override { return batchCapacity; }
  std::vector<int64_t> sampleShape() const override { return shape; }
  int64_t classes() const override { return classCount; }
  const std::vector<ParameterSpec> &kept() const override { return specs; }

  void read(size_t index, std::span<std::byte> out) const override {
    std::memcpy(out.data(), const_cast<FakeNetwork *>(this)->memory(index), out.size());
  }
  void write(size_t index, std::span<const std::byte> values) override {
    std::memcpy(memory(index), values.data(), values.size());
  }

  void forward(const float *x, int64_t count, float *logits) override {
    for (int64_t i = 0; i < count; ++i)
      for (int64_t c = 0; c < classCount; ++c) {
        float sum = 0.0f;
        for (int64_t k = 0; k < inputs; ++k)
          sum += weights[c * inputs + k] * x[i * inputs + k];
        logits[i * classCount + c] = sum;
      }
  }

  float trainStep(const float *x, const Targets &targets, int64_t count, float learningRate,
                  float *logits) override {
    const float loss = add(x, targets, count, logits);
    update(learningRate);
    return loss;
  }

  bool accumulates() const override { return extras.accumulates; }
  float accumulate(const float *x, const Targets &targets, int64_t count, float *logits) override {
    return add(x, targets, count, logits);
  }

  void update(float learningRate) override {
    for (size_t k = 0; k < weights.size(); ++k) {
      momentum[k] = 0.9f * momentum[k] + sums[k] / static_cast<float>(summed);
      weights[k] -= learningRate * momentum[k];
      averages[k] = extras.average * averages[k] + (1.0f - extras.average) * weights[k];
      sums[k] = 0.0f;
    }
    summed = 0;
  }

  std::vector<LayerNorm> probe(const float *x, const Targets &, int64_t count) override {
    std::vector<float> logits(count * classCount);
    forward(x, count, logits.data());
    auto squares = [](const auto &values) {
      double sum = 0.0;
      for (const float value : values)
        sum += static_cast<double>(value) * value;
      return sum;
    };
    return {{"input", 1.0, 1.0},
            {"head", squares(logits), 1.0},
            {"head.weight", squares(weights), 1.0}};
  }

  /// Called at the start of each step, or batch of a step, with their number since the kept values
  /// were new, from 1.
  std::function<void(int64_t)> beforeStep;

  int64_t inputs;
  std::vector<int64_t> shape;
  int64_t classCount, batchCapacity;
  FakeExtras extras;
  std::vector<float> weights, momentum, sums, averages;
  int64_t steps = 0, summed = 0;

private:
  /// Adds the gradients to the sums.
  float add(const float *x, const Targets &targets, int64_t count, float *logits) {
    const std::span<const int32_t> labels = std::get<std::span<const int32_t>>(targets);
    ++steps;
    if (beforeStep)
      beforeStep(steps);
    forward(x, count, logits);
    float loss = 0.0f;
    const auto labelled =
        static_cast<float>(count - std::ranges::count(labels.first(count), missingLabel));
    for (int64_t i = 0; i < count; ++i) {
      if (labels[i] == missingLabel)
        continue;
      const float *row = logits + i * classCount;
      float sum = 0.0f;
      for (int64_t c = 0; c < classCount; ++c)
        sum += std::exp(row[c]);
      loss += (std::log(sum) - row[labels[i]]) / labelled;
      for (int64_t c = 0; c < classCount; ++c) {
        const float g = (std::exp(row[c]) / sum - (c == labels[i])) / labelled;
        for (int64_t k = 0; k < inputs; ++k)
          sums[c * inputs + k] += static_cast<float>(count) * g * x[i * inputs + k];
      }
    }
    summed += count;
    return loss;
  }

  void *memory(size_t index) {
    const std::string &name = specs[index].name;
    return name == "head.weight"          ? static_cast<void *>(weights.data())
           : name == "moment.head.weight" ? static_cast<void *>(momentum.data())
           : name == "moment.step"        ? static_cast<void *>(&steps)
           : name == "sum.head.weight"    ? static_cast<void *>(sums.data())
           : name == "sum.count"          ? static_cast<void *>(&summed)
                                          : averages.data();
  }

  void declare(const char *name, const char *role, Element element, std::vector<int64_t> extents,
               const char *kind, double scale) {
    ParameterSpec spec;
    spec.name = name;
    spec.role = role;
    spec.element = element;
    spec.shape = std::move(extents);
    spec.initKind = kind;
    spec.initScale = scale;
    specs.push_back(spec);
  }

  std::vector<ParameterSpec> specs;
};

/// `count` noisy samples of 3 patterns, one for each class, on the grid of band-limit `b`.
inline SphericalImages patterns(int64_t count, int64_t b, uint64_t seed = 0) {
  SphericalImages images{count, 1, b, {}, {}};
  const RandomNumbers numbers(seed, RandomStream::Subset);
  for (int64_t k = 0; k < count; ++k) {
    images.labels.push_back(static_cast<int32_t>(numbers.below(k, 3)));
    for (int64_t i = 0; i < images.sampleSize(); ++i)
      images.pixels.push_back(static_cast<uint8_t>(
          i % 3 == images.labels[k] ? 120 + numbers.below(1000 + k * 400 + i, 100)
                                    : numbers.below(1000 + k * 400 + i, 150)));
  }
  return images;
}

/// Four short epochs that show nothing.
inline TrainOptions quietOptions() {
  TrainOptions options;
  options.batchSize = 8;
  options.epochs = 4;
  options.schedule.base = 0.05;
  options.seed = 11;
  options.logSteps = 2;
  options.progress = false;
  return options;
}

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_TRAIN_FAKE_NETWORK_H
