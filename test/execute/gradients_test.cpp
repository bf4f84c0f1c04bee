//===- gradients_test.cpp - gradients against central differences -*- C++ -*-===//
//
// Random networks on the reference target: the gradient that the compiler builds,
// after several phases, is the slope of the function that the graph defines.
//
//===----------------------------------------------------------------------===//

#include "test/golden/golden_file.h"
#include "test/golden/runner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <sstream>

namespace spherical {
namespace {

using golden::Tensor;
using golden::Values;

/// A function @f of random layers: one input on the sphere, a tensor as result.
class RandomNetwork {
public:
  explicit RandomNetwork(uint64_t seed) : random(seed) { build(); }

  std::string text() const;
  /// Arguments by name, and a cotangent of the result as cot.y.
  Values values;

private:
  int64_t pick(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random);
  }
  Tensor randomTensor(const std::vector<int64_t> &shape);
  std::string argument(const std::string &type, const std::vector<int64_t> &shape);
  void op(const std::string &name, const std::string &rest, const std::string &result);
  std::string functionType(const std::string &kind) const;
  std::string tensorType(const std::vector<int64_t> &shape) const;
  void convolution(bool onSphere);
  void layerOnSO3();
  void layerOnTensor();
  void build();

  std::mt19937_64 random;
  std::ostringstream arguments, body;
  int64_t batch = 0, channels = 0, b = 0, count = 0;
  std::string value, type;
};

Tensor RandomNetwork::randomTensor(const std::vector<int64_t> &shape) {
  Tensor tensor{shape, {}};
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  std::normal_distribution<double> normal;
  for (int64_t i = 0; i < size; ++i)
    tensor.values.push_back(normal(random));
  return tensor;
}

std::string RandomNetwork::argument(const std::string &type, const std::vector<int64_t> &shape) {
  const std::string name = "a" + std::to_string(values.size());
  arguments << (values.empty() ? "" : ", ") << "%" << name << ": " << type
            << " {spherical.name = \"" << name << "\"}";
  values[name] = randomTensor(shape);
  return "%" + name;
}

void RandomNetwork::op(const std::string &name, const std::string &rest,
                       const std::string &result) {
  const std::string next = "%v" + std::to_string(count++);
  body << "  " << next << " = " << name << " " << value << rest << "\n";
  value = next;
  type = result;
}

std::string RandomNetwork::functionType(const std::string &kind) const {
  return "!spherical." + kind + "<" + std::to_string(batch) + "x" + std::to_string(channels) +
         ", b = " + std::to_string(b) + ", f64>";
}

std::string RandomNetwork::tensorType(const std::vector<int64_t> &shape) const {
  std::string text = "tensor<";
  for (int64_t extent : shape)
    text += std::to_string(extent) + "x";
  return text + "f64>";
}

void RandomNetwork::convolution(bool onSphere) {
  const std::string domain = onSphere ? "s2" : "so3";
  const bool equatorial = pick(0, 1) == 1;
  const std::string grid = "<" + domain +
                           (equatorial ? "_equatorial<beta = 2, alpha = 3, max_beta = 0.4"
                                       : "_near_identity<beta = 1, alpha = 5, max_beta = 0.7") +
                           (onSphere ? "" : ", gamma = 2") + ">>";
  const int64_t points = (equatorial ? 6 : 5) * (onSphere ? 1 : 2);
  const int64_t inputs = channels, bIn = b;
  channels = pick(2, 3);
  b = onSphere ? pick(2, b) : pick(2, 5);
  const std::string high = b > bIn ? (pick(0, 1) ? " high quadrature" : " high zero") : "";
  const std::string kernel =
      argument(tensorType({inputs, channels, points}), {inputs, channels, points});
  const std::string result = functionType("so3");
  op("spherical." + domain + "_conv",
     ", " + kernel + " grid " + grid + high + " : " + type + " -> " + result, result);
}

void RandomNetwork::layerOnSO3() {
  switch (pick(0, 3)) {
  case 0:
    return convolution(false);
  case 1: {
    const std::string bias = argument(tensorType({channels}), {channels});
    return op("spherical.add_bias", ", " + bias + " : " + type + ", " + tensorType({channels}),
              type);
  }
  case 2:
    return op("nn.relu", " : " + type, type);
  default: {
    b = pick(1, 5);
    const std::string result = functionType("so3");
    return op("spherical.resample", " : " + type + " -> " + result, result);
  }
  }
}

void RandomNetwork::layerOnTensor() {
  switch (pick(0, 2)) {
  case 0: {
    const int64_t inputs = channels;
    channels = pick(2, 4);
    const std::string weight = argument(tensorType({channels, inputs}), {channels, inputs});
    const std::string bias = argument(tensorType({channels}), {channels});
    const std::string result = tensorType({batch, channels});
    return op("nn.linear",
              ", " + weight + ", " + bias + " : " + type + ", " + tensorType({channels, inputs}) +
                  ", " + tensorType({channels}) + " -> " + result,
              result);
  }
  case 1:
    return op("nn.relu", " : " + type, type);
  default:
    return op("nn.add", ", " + value + " : " + type, type);
  }
}

void RandomNetwork::build() {
  batch = pick(1, 3);
  channels = pick(1, 3);
  b = pick(2, 5);
  type = functionType("s2");
  value = argument(type, {batch, channels, 2 * b, 2 * b});
  convolution(true);
  for (int64_t layers = pick(1, 4); layers > 0; --layers)
    layerOnSO3();
  const std::string pooled = tensorType({batch, channels});
  op("spherical.so3_integrate", " : " + type + " -> " + pooled, pooled);
  for (int64_t layers = pick(0, 3); layers > 0; --layers)
    layerOnTensor();
  values["cot.y"] = randomTensor({batch, channels});
}

std::string RandomNetwork::text() const {
  return "func.func @f(" + arguments.str() + ") -> (" + type +
         " {spherical.name = \"y\"}) attributes {spherical.gradient} {\n" + body.str() +
         "  return " + value + " : " + type + "\n}\n";
}

double dot(const std::vector<double> &a, const std::vector<double> &b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

/// The slope of <cot.y, f> along `direction` in one argument, by a central difference.
double slope(golden::Runner &runner, Values values, const std::string &name,
             const std::vector<double> &direction, double step) {
  double sums[2];
  const std::vector<double> centre = values.at(name).values;
  for (int side : {0, 1}) {
    for (size_t i = 0; i < centre.size(); ++i)
      values[name].values[i] = centre[i] + (side ? step : -step) * direction[i];
    sums[side] = dot(values.at("cot.y").values, runner.run("f", values).at("y").values);
  }
  return (sums[1] - sums[0]) / (2 * step);
}

// Differences of double precision with step 1e-6 are good to some 1e-9 of the gradient's norm, and
// to 1e-7 where a value crosses the kink of a ReLU within the step.
TEST(Gradients, EqualCentralDifferencesOnRandomNetworks) {
  constexpr double step = 1e-6, tolerance = 1e-6;
  int64_t slopes = 0; // gradients that are not zero
  for (uint64_t seed = 0; seed < 24; ++seed) {
    RandomNetwork network(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + network.text());
    const auto graph = golden::makeReferenceRunner(network.text(), "graph");
    for (const char *phase : {"differentiate", "fuse", "schedule", "plan"}) {
      const auto compiled = golden::makeReferenceRunner(network.text(), phase);
      const Values gradients = compiled->run("f_vjp", network.values);
      for (const auto &[name, value] : network.values) {
        if (name.starts_with("cot."))
          continue;
        const std::vector<double> &gradient = gradients.at("grad." + name).values;
        std::vector<double> direction = value.values; // unrelated to the gradient
        std::rotate(direction.begin(), direction.begin() + 1, direction.end());
        const double norm = std::sqrt(dot(gradient, gradient) * dot(direction, direction));
        slopes += norm > 0;
        EXPECT_NEAR(dot(gradient, direction), slope(*graph, network.values, name, direction, step),
                    tolerance * norm + 1e-9)
            << name << " after " << phase;
      }
    }
  }
  EXPECT_GT(slopes, 3 * 24 * 2);
}

} // namespace
} // namespace spherical
