//===- fake_segmenter.h - a small segmentation network for tests -*- C++ -*-===//
//
// Multinomial logistic regression at each point, on the value there and its square.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_RUNTIME_TRAIN_FAKE_SEGMENTER_H
#define SPHERICAL_TEST_RUNTIME_TRAIN_FAKE_SEGMENTER_H

#include "runtime/data/samples.h"
#include "runtime/train/executable.h"

#include <cmath>
#include <cstring>
#include <functional>

namespace spherical::runtime {

class FakeSegmenter : public Executable {
public:
  FakeSegmenter(int64_t bandLimit, int64_t classCount, int64_t batchCapacity = 8)
      : side(2 * bandLimit), classCount(classCount), batchCapacity(batchCapacity),
        weights(3 * classCount) {
    ParameterSpec spec;
    spec.name = "weight";
    spec.role = "parameter";
    spec.element = Element::F32;
    spec.shape = {classCount, 3};
    specs.push_back(spec);
  }

  int64_t capacity() const override { return batchCapacity; }
  std::vector<int64_t> sampleShape() const override { return {1, side, side}; }
  int64_t classes() const override { return classCount; }
  int64_t points() const override { return side * side; }
  const std::vector<ParameterSpec> &kept() const override { return specs; }
  void read(size_t, std::span<std::byte> out) const override {
    std::memcpy(out.data(), weights.data(), out.size());
  }
  void write(size_t, std::span<const std::byte> values) override {
    std::memcpy(weights.data(), values.data(), values.size());
  }

  void forward(const float *x, int64_t count, float *logits) override {
    for (int64_t i = 0; i < count; ++i)
      for (int64_t c = 0; c < classCount; ++c)
        for (int64_t p = 0; p < points(); ++p) {
          const float value = x[i * points() + p];
          logits[(i * classCount + c) * points() + p] =
              weights[3 * c] + weights[3 * c + 1] * value + weights[3 * c + 2] * value * value;
        }
  }

  float trainStep(const float *x, const Targets &targets, int64_t count, float learningRate,
                  float *logits) override {
    const std::span<const int32_t> labels = std::get<std::span<const int32_t>>(targets);
    if (beforeStep)
      beforeStep(++steps);
    forward(x, count, logits);
    const float scale = 1.0f / static_cast<float>(count * points());
    std::vector<float> gradient(weights.size());
    float loss = 0.0f;
    for (int64_t k = 0; k < count * points(); ++k) {
      const int64_t i = k / points(), p = k % points();
      auto logit = [&](int64_t c) { return logits[(i * classCount + c) * points() + p]; };
      float sum = 0.0f;
      for (int64_t c = 0; c < classCount; ++c)
        sum += std::exp(logit(c));
      loss += (std::log(sum) - logit(labels[k])) * scale;
      for (int64_t c = 0; c < classCount; ++c) {
        const float g = (std::exp(logit(c)) / sum - (c == labels[k])) * scale;
        gradient[3 * c] += g;
        gradient[3 * c + 1] += g * x[k];
        gradient[3 * c + 2] += g * x[k] * x[k];
      }
    }
    for (size_t k = 0; k < weights.size(); ++k)
      weights[k] -= learningRate * gradient[k];
    return loss;
  }

  std::function<void(int64_t)> beforeStep; ///< with the number of the step, from 1
  int64_t steps = 0;
  int64_t side, classCount, batchCapacity;
  std::vector<float> weights;

private:
  std::vector<ParameterSpec> specs;
};

/// `count` samples whose points have class k of 0 ... 3 at the value 80 k + 0 ... 9. Class 0 takes
/// half of the points.
inline SphericalImages segmentedPatterns(int64_t count, int64_t bandLimit, uint64_t seed = 0) {
  SphericalImages images{count, 1, bandLimit, {}, {}};
  const RandomNumbers numbers(seed, RandomStream::Subset);
  for (int64_t k = 0; k < count * images.points(); ++k) {
    const auto index = static_cast<uint8_t>(
        std::max<int64_t>(0, static_cast<int64_t>(numbers.below(2 * k, 6)) - 2));
    images.masks.push_back(index);
    images.pixels.push_back(static_cast<uint8_t>(80 * index + numbers.below(2 * k + 1, 10)));
  }
  images.labels.assign(count, 1);
  return images;
}

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_TRAIN_FAKE_SEGMENTER_H
