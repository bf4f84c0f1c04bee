//===- gradients_test.cpp - gradients against central differences -*- C++ -*-===//
//
// Random networks on the reference target: the gradient that the compiler builds,
// after several phases, is the slope of the function that the graph defines.
//
//===----------------------------------------------------------------------===//

#include "test/golden/golden_file.h"
#include "test/golden/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
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
  /// The arguments that have gradients.
  std::vector<std::string> active;

private:
  int64_t pick(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random);
  }
  Tensor randomTensor(const std::vector<int64_t> &shape);
  std::string argument(const std::string &type, const std::vector<int64_t> &shape);
  void op(const std::string &name, const std::string &rest, const std::string &result);
  std::string functionType(const std::string &kind) const;
  std::string tensorType(const std::vector<int64_t> &shape) const;
  std::string highText(int64_t bIn);
  void convolution(bool onSphere);
  void shortcut();
  void batchNorm();
  void layerOnSO3();
  void projection();
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
  active.push_back(name);
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
  const std::string high = highText(bIn);
  const std::string kernel =
      argument(tensorType({inputs, channels, points}), {inputs, channels, points});
  const std::string result = functionType("so3");
  op("spherical." + domain + "_conv",
     ", " + kernel + " grid " + grid + high + " : " + type + " -> " + result, result);
}

/// What a layer from bIn to b does with missing degrees; `truncated` has no exact gradient.
std::string RandomNetwork::highText(int64_t bIn) {
  return b > bIn ? (pick(0, 1) ? " high quadrature" : " high zero") : "";
}

void RandomNetwork::shortcut() {
  const int64_t inputs = channels, bIn = b;
  channels = pick(2, 3);
  b = pick(2, 5);
  const std::string kernelType = tensorType({inputs, channels, 1});
  const std::string kernel = argument(kernelType, {inputs, channels, 1});
  const std::string result = functionType("so3");
  op("spherical.so3_shortcut",
     ", " + kernel + highText(bIn) + " : " + type + ", " + kernelType + " -> " + result, result);
}

/// Normalises with the statistics of the batch, whose running ones have no gradient.
void RandomNetwork::batchNorm() {
  if (!values.count("count")) {
    arguments << ", %count: tensor<i64> {spherical.name = \"count\", spherical.role = \"count\"}";
    values["count"] = {{}, {static_cast<double>(batch)}};
  }
  const std::string c = tensorType({channels});
  const std::string weight = argument(c, {channels}), bias = argument(c, {channels});
  const std::string next = "%v" + std::to_string(count++);
  body << "  " << next << ":5 = nn.batch_norm_train " << value << ", " << weight << ", " << bias
       << ", " << bias << ", " << bias << ", %count statistics " << (pick(0, 1) ? "area" : "grid")
       << " : " << type << ", " << c << ", tensor<i64>\n";
  value = next + "#0";
}

void RandomNetwork::layerOnSO3() {
  switch (pick(0, 6)) {
  case 0:
    return convolution(false);
  case 3:
    return shortcut();
  case 4:
    return batchNorm();
  case 5:
    return op("spherical.rotate", " by [0.3, 1.1, -0.7] : " + type, type);
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

/// To S2, by a layer or by the mean over the orbits of SO(2), and on to samples.
void RandomNetwork::projection() {
  const std::string projections[] = {"sum_n", "orbit_mean", "invariant"};
  const int64_t kind = pick(0, 3);
  if (kind == 3) {
    const std::string result = functionType("s2");
    op("spherical.so3_orbit_mean", " : " + type + " -> " + result, result);
  } else {
    const int64_t inputs = channels, bIn = b;
    channels = pick(2, 3);
    b = pick(2, 5);
    const std::string high = highText(bIn);
    const std::string kernel = argument(tensorType({inputs, channels, 10}), {inputs, channels, 10});
    const std::string result = functionType("s2");
    op("spherical.so3_to_s2",
       ", " + kernel + " grid <so3_near_identity<beta = 1, alpha = 5, max_beta = 0.7, gamma = 2>>" +
           high + " projection " + projections[kind] + " : " + type + " -> " + result,
       result);
  }
  const std::string samples = tensorType({batch, channels, 2 * b, 2 * b});
  op("spherical.samples", " : " + type + " -> " + samples, samples);
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
  if (pick(0, 1)) {
    projection();
    values["cot.y"] = randomTensor({batch, channels, 2 * b, 2 * b});
    return;
  }
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

/// An argument's value rotated by one place: a direction that is unrelated to the gradient.
std::vector<double> directionOf(const Tensor &value) {
  std::vector<double> direction = value.values;
  std::rotate(direction.begin(), direction.begin() + 1, direction.end());
  return direction;
}

/// The product of the norms of the gradient in an argument and of its direction.
double sizeOf(const Values &gradients, const std::string &name, const Tensor &value) {
  const std::vector<double> &gradient = gradients.at("grad." + name).values;
  return std::sqrt(dot(gradient, gradient) * dot(value.values, value.values));
}

/// Compares the gradients of @f in the arguments `active` with slopes, after several phases;
/// returns how many are not zero. Differences of double precision with step 1e-6 are good to some
/// 1e-9 of the gradient's norm, and to 1e-7 where a value crosses the kink of a ReLU within the
/// step. A gradient may vanish, as that of a bias before batch normalisation does. What its slope
/// then shows is rounding, which grows as the step falls: eps of a value, which normalisation
/// multiplies by up to 1 / sqrt(1e-5), over the step, as a part of the function's largest slope.
int64_t compareGradients(const std::string &text, const Values &values,
                         const std::vector<std::string> &active) {
  constexpr double step = 1e-6, tolerance = 1e-6;
  const double rounding = std::numeric_limits<double>::epsilon() / std::sqrt(1e-5) / step;
  int64_t slopes = 0;
  const auto graph = golden::makeReferenceRunner(text, "graph");
  for (const char *phase : {"differentiate", "fuse", "schedule", "plan"}) {
    const Values gradients = golden::makeReferenceRunner(text, phase)->run("f_vjp", values);
    double largest = 0.0;
    for (const std::string &name : active)
      largest = std::max(largest, sizeOf(gradients, name, values.at(name)));
    for (const std::string &name : active) {
      const std::vector<double> direction = directionOf(values.at(name));
      const double size = sizeOf(gradients, name, values.at(name));
      slopes += size > 0;
      EXPECT_NEAR(dot(gradients.at("grad." + name).values, direction),
                  slope(*graph, values, name, direction, step),
                  tolerance * size + rounding * largest + 1e-9)
          << name << " after " << phase;
    }
  }
  return slopes;
}

TEST(Gradients, EqualCentralDifferencesOnRandomNetworks) {
  int64_t slopes = 0;
  for (uint64_t seed = 0; seed < 48; ++seed) {
    RandomNetwork network(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + network.text());
    slopes += compareGradients(network.text(), network.values, network.active);
  }
  EXPECT_GT(slopes, 3 * 48 * 2);
}

/// @f: a function through its spectrum, which is normalised with the statistics of the batch.
std::string spectralNormText(const std::string &domain) {
  const std::string function = "!spherical." + domain + "<3x2, b = 3, f64>";
  const std::string spectrum = "!spherical." + domain + "_spectrum<3x2, b = 3, f64>";
  const std::string c = "tensor<2xf64>";
  const std::string tensor = domain == "s2" ? "tensor<3x2x6x6xf64>" : "tensor<3x2x6x6x6xf64>";
  return "func.func @f(%x: " + function + " {spherical.name = \"x\"}, %w: " + c +
         " {spherical.name = \"w\"}, %b: " + c +
         " {spherical.name = \"b\"}, %n: tensor<i64> {spherical.name = \"count\", spherical.role = "
         "\"count\"}) -> (" +
         tensor +
         " {spherical.name = \"y\"}) attributes {spherical.gradient} {\n  %s = spherical." +
         domain + "_ft %x : " + function + " -> " + spectrum +
         "\n  %v:5 = nn.batch_norm_train %s, %w, %b, %b, %b, %n : " + spectrum + ", " + c +
         ", tensor<i64>\n  %f = spherical." + domain + "_ift %v#0 : " + spectrum + " -> " +
         function + "\n  %y = spherical.samples %f : " + function + " -> " + tensor +
         "\n  return %y : " + tensor + "\n}\n";
}

// Mean and variance from degree 0 and Parseval's sum.
TEST(Gradients, EqualCentralDifferencesOfNormsInTheSpectrum) {
  for (const char *domain : {"s2", "so3"}) {
    std::mt19937_64 random(9);
    std::normal_distribution<double> normal;
    std::vector<int64_t> shape = {3, 2, 6, 6};
    if (domain == std::string("so3"))
      shape.push_back(6);
    Values values = {{"x", {shape, {}}},
                     {"cot.y", {shape, {}}},
                     {"w", {{2}, {0.7, -1.3}}},
                     {"b", {{2}, {0.2, 0.5}}},
                     {"count", {{}, {3.0}}}};
    for (int64_t i = 0; i < 3 * 2 * 36 * (shape.size() == 5 ? 6 : 1); ++i)
      for (const char *name : {"x", "cot.y"})
        values[name].values.push_back(normal(random));
    EXPECT_EQ(compareGradients(spectralNormText(domain), values, {"x", "w", "b"}), 12) << domain;
  }
}

/// @f of a loss `op` of %z and %t, three samples of which two are valid, with what `attributes`
/// say.
std::string lossText(const std::string &op, const std::string &attributes,
                     const std::string &target, const std::string &types) {
  return "func.func @f(%z: tensor<3x4x6x6xf64> {spherical.name = \"z\"}, %t: " + target +
         " {spherical.name = \"t\"}, %n: tensor<i64> {spherical.name = \"count\", spherical.role "
         "= \"count\"}) -> (tensor<f64> {spherical.name = \"y\"}) attributes "
         "{spherical.gradient} {\n  %y = nn." +
         op + " %z, %t, %n " + attributes + " : " + types + ", tensor<i64> -> tensor<f64>\n" +
         "  return %y : tensor<f64>\n}\n";
}

Values lossValues(bool labels) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int64_t> label(0, 3);
  Values values = {{"z", {{3, 4, 6, 6}, {}}}, {"count", {{}, {2.0}}}, {"cot.y", {{}, {1.5}}}};
  for (int64_t i = 0; i < 3 * 4 * 36; ++i)
    values["z"].values.push_back(normal(random));
  Tensor &target = values["t"];
  target.shape = labels ? std::vector<int64_t>{3, 6, 6} : std::vector<int64_t>{3, 4, 6, 6};
  for (int64_t i = 0; i < 3 * 36 * (labels ? 1 : 4); ++i)
    target.values.push_back(labels ? static_cast<double>(label(random)) : normal(random));
  return values;
}

/// Leaves out every third label or value of a target.
Values withMissing(Values values, double missing) {
  for (size_t i = 0; i < values["t"].values.size(); i += 3)
    values["t"].values[i] = missing;
  return values;
}

TEST(Gradients, EqualCentralDifferencesOfLosses) {
  for (const char *attributes :
       {"", "weights area", "ignore 3", "weights area ignore 2 class_weights [0.5, 1.0, 3.0, 2.0]",
        "weights area ignore 2 class_weights [0.5, 1.0, 3.0, 2.0] label_smoothing 0.3"})
    EXPECT_EQ(compareGradients(lossText("cross_entropy", attributes, "tensor<3x6x6xi32>",
                                        "tensor<3x4x6x6xf64>, tensor<3x6x6xi32>"),
                               lossValues(true), {"z"}),
              4)
        << attributes;
  // No difference of these values is near 0, where the absolute error has a kink.
  for (const char *op : {"mean_squared_error", "mean_absolute_error"})
    for (const char *attributes : {"", "weights area"})
      EXPECT_EQ(
          compareGradients(lossText(op, attributes, "tensor<3x4x6x6xf64>", "tensor<3x4x6x6xf64>"),
                           lossValues(false), {"z", "t"}),
          8)
          << op << " " << attributes;
  EXPECT_EQ(compareGradients(lossText("huber", "delta 0.75 weights area", "tensor<3x4x6x6xf64>",
                                      "tensor<3x4x6x6xf64>"),
                             lossValues(false), {"z", "t"}),
            8);
}

TEST(Gradients, EqualCentralDifferencesWhereTargetsAreMissing) {
  for (const char *attributes : {"", "weights area ignore 2 class_weights [0.5, 1.0, 3.0, 2.0]",
                                 "ignore 2 label_smoothing 0.1"})
    EXPECT_EQ(compareGradients(lossText("cross_entropy", attributes, "tensor<3x6x6xi32>",
                                        "tensor<3x4x6x6xf64>, tensor<3x6x6xi32>"),
                               withMissing(lossValues(true), -1), {"z"}),
              4)
        << attributes;
  for (const char *op : {"mean_squared_error", "mean_absolute_error"})
    for (const char *attributes : {"", "weights area"})
      EXPECT_EQ(
          compareGradients(lossText(op, attributes, "tensor<3x4x6x6xf64>", "tensor<3x4x6x6xf64>"),
                           withMissing(lossValues(false), std::nan("")), {"z"}),
          4)
          << op << " " << attributes;
}

} // namespace
} // namespace spherical
