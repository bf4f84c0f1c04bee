//===- fake_regressor.h - a small regression network for tests --*- C++ -*-===//
//
// Linear regression by gradient descent: of whole samples on all of their values, or of each point
// on the value there.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_RUNTIME_TRAIN_FAKE_REGRESSOR_H
#define SPHERICAL_TEST_RUNTIME_TRAIN_FAKE_REGRESSOR_H

#include "runtime/train/executable.h"

#include <cmath>
#include <cstring>
#include <functional>

namespace spherical::runtime {

class FakeRegressor : public Executable {
public:
  FakeRegressor(int64_t bandLimit, int64_t outputCount, bool field, int64_t batchCapacity = 8)
      : side(2 * bandLimit), outputCount(outputCount), field(field), batchCapacity(batchCapacity),
        weights(outputCount * (1 + inputs())) {
    ParameterSpec spec;
    spec.name = "weight";
    spec.role = "parameter";
    spec.element = Element::F32;
    spec.shape = {outputCount, 1 + inputs()};
    specs.push_back(spec);
  }

  int64_t capacity() const override { return batchCapacity; }
  std::vector<int64_t> sampleShape() const override { return {1, side, side}; }
  int64_t classes() const override { return outputCount; }
  int64_t points() const override { return field ? side * side : 1; }
  TargetKind target() const override { return field ? TargetKind::Field : TargetKind::Values; }
  const std::vector<ParameterSpec> &kept() const override { return specs; }
  void read(size_t, std::span<std::byte> out) const override {
    std::memcpy(out.data(), weights.data(), out.size());
  }
  void write(size_t, std::span<const std::byte> values) override {
    std::memcpy(weights.data(), values.data(), values.size());
  }

  void forward(const float *x, int64_t count, float *outputs) override {
    eachOutput(count, [&](int64_t at, int64_t output, int64_t first) {
      const float *w = weights.data() + output * (1 + inputs());
      outputs[at] = w[0];
      for (int64_t k = 0; k < inputs(); ++k)
        outputs[at] += w[1 + k] * x[first + k];
    });
  }

  float trainStep(const float *x, const Targets &targets, int64_t count, float learningRate,
                  float *outputs) override {
    if (beforeStep)
      beforeStep(++steps);
    forward(x, count, outputs);
    const std::span<const float> wanted = std::get<std::span<const float>>(targets);
    std::vector<float> gradient(weights.size());
    float loss = 0.0f, present = 0.0f;
    eachOutput(count, [&](int64_t at, int64_t, int64_t) { present += !std::isnan(wanted[at]); });
    eachOutput(count, [&](int64_t at, int64_t output, int64_t first) {
      if (std::isnan(wanted[at]))
        return;
      const float error = outputs[at] - wanted[at];
      loss += error * error / present;
      float *g = gradient.data() + output * (1 + inputs());
      g[0] += 2 * error / present;
      for (int64_t k = 0; k < inputs(); ++k)
        g[1 + k] += 2 * error * x[first + k] / present;
    });
    for (size_t k = 0; k < weights.size(); ++k)
      weights[k] -= learningRate * gradient[k];
    return loss;
  }

  std::function<void(int64_t)> beforeStep; ///< with the number of the step, from 1
  int64_t steps = 0;
  int64_t side, outputCount;
  bool field;
  int64_t batchCapacity;
  std::vector<float> weights;

private:
  int64_t inputs() const { return field ? 1 : side * side; }

  /// Calls visit(place of the output, which it is, place of its first input).
  template <typename Visit> void eachOutput(int64_t count, Visit visit) const {
    for (int64_t i = 0; i < count; ++i)
      for (int64_t output = 0; output < outputCount; ++output)
        for (int64_t p = 0; p < points(); ++p)
          visit((i * outputCount + output) * points() + p, output,
                field ? i * side * side + p : i * side * side);
  }

  std::vector<ParameterSpec> specs;
};

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_TRAIN_FAKE_REGRESSOR_H
