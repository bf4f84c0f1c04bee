//===- equivariance_test.cpp - rotated inputs, layer by layer ---*- C++ -*-===//
//
// Each layer without ReLU on the reference target: rotating a band-limited input
// rotates the result, up to rounding; with up-sampling by quadrature it does not.
// The error is |layer(R x) - R layer(x)| / |layer(x) - mean layer(x)|.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/random.h"
#include "runtime/data/rotation.h"
#include "test/golden/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>

namespace spherical {
namespace {

using golden::Tensor;
using golden::Values;

constexpr int64_t batch = 1, channels = 2;

/// A layer from functions of b on a domain: `text` has %f, the function, and defines %y of
/// `result`.
struct Layer {
  std::string name, domain, result, text;
  int64_t b;
  std::vector<int64_t> kernel; // shape of %k, empty without one
  bool invariant = false;      // the result does not rotate
};

std::string number(int64_t value) { return std::to_string(value); }

std::string signalType(const std::string &kind, int64_t count, int64_t b) {
  return "!spherical." + kind + "<" + number(batch) + "x" + number(count) + ", b = " + number(b) +
         ", f64>";
}

std::string tensorType(const std::vector<int64_t> &shape) {
  std::string text = "tensor<";
  for (int64_t extent : shape)
    text += number(extent) + "x";
  return text + "f64>";
}

std::vector<int64_t> fileShape(const std::string &result, int64_t count, int64_t b) {
  std::vector<int64_t> shape = {batch, count};
  if (result != "tensor")
    shape.insert(shape.end(), result == "s2" ? 2 : 3, 2 * b);
  return shape;
}

/// A convolution of the graph level from band-limit bIn to bOut.
Layer convolution(const std::string &op, int64_t bIn, int64_t bOut, const std::string &high = "",
                  const std::string &projection = "") {
  const std::string domain = op == "s2_conv" ? "s2" : "so3";
  const std::string result = op == "so3_to_s2" ? "s2" : "so3";
  const bool shortcut = op == "so3_shortcut";
  const std::string in = signalType(domain, channels, bIn), out = signalType(result, 3, bOut);
  const int64_t points = shortcut ? 1 : domain == "s2" ? 10 : 20;
  const std::string grid = " grid <" + domain + "_near_identity<beta = 2, alpha = 5" +
                           (domain == "s2" ? "" : ", gamma = 2") + ", max_beta = 0.7>>";
  Layer layer{op + " " + number(bIn) + "->" + number(bOut) + " " + high + projection,
              domain,
              result,
              "",
              bIn,
              {channels, 3, points}};
  layer.text = "  %y = spherical." + op + " %f, %k" + (shortcut ? "" : grid) +
               (bOut > bIn ? " high " + high : "") +
               (projection.empty() ? "" : " projection " + projection) + " : " + in +
               (shortcut ? ", " + tensorType(layer.kernel) : "") + " -> " + out + "\n";
  return layer;
}

/// Batch normalisation with the statistics of its input, which a rotation must not change.
Layer normalisation(const std::string &statistics, int64_t b) {
  const std::string type = signalType("so3", channels, b), c = tensorType({channels});
  return {"batch_norm " + statistics + " " + number(b),
          "so3",
          "so3",
          "  %n_count = arith.constant dense<1> : tensor<i64>\n"
          "  %n:5 = nn.batch_norm_train %f, %k, %k, %k, %k, %n_count statistics " +
              statistics + " : " + type + ", " + c + ", tensor<i64>\n" +
              "  %y = spherical.rotate %n#0 by [0.0, 0.0, 0.0] : " + type + "\n",
          b,
          {channels}};
}

/// The type of %y, read off the end of the layer's text.
std::string resultType(const Layer &layer) {
  const size_t arrow = layer.text.rfind("-> ");
  const size_t colon = layer.text.rfind(" : ");
  const size_t from = arrow != std::string::npos ? arrow + 3 : colon + 3;
  return layer.text.substr(from, layer.text.find('\n', from) - from);
}

/// `text` with every %name in it followed by `suffix` but %k and %c, which both copies share.
std::string renamed(std::string text, const std::string &suffix) {
  for (const char *name : {"%f", "%y", "%n"})
    for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += 2 + suffix.size())
      text.insert(at + 2, suffix);
  return text;
}

/// @f(spectrum, kernel) -> layer(x) rotated and layer(x rotated).
std::string programText(const Layer &layer, const runtime::EulerAngles &angles) {
  const std::string spectrum = signalType(layer.domain + "_spectrum", channels, layer.b);
  const std::string function = signalType(layer.domain, channels, layer.b);
  const std::string result = resultType(layer);
  char by[120];
  std::snprintf(by, sizeof by, " by [%.17g, %.17g, %.17g] : ", angles.alpha, angles.beta,
                angles.gamma);
  const std::string kernel =
      layer.kernel.empty() ? "" : ", %k: " + tensorType(layer.kernel) + " {spherical.name = \"k\"}";
  const std::string ift = " = spherical." + layer.domain + "_ift ";
  return "func.func @f(%x: " + spectrum + " {spherical.name = \"x\"}" + kernel + ") -> (" + result +
         " {spherical.name = \"a\"}, " + result + " {spherical.name = \"b\"}) {\n" + "  %f0" + ift +
         "%x : " + spectrum + " -> " + function + "\n" + renamed(layer.text, "0") +
         "  %xr = spherical.rotate %x" + by + spectrum + "\n  %f1" + ift + "%xr : " + spectrum +
         " -> " + function + "\n" + renamed(layer.text, "1") +
         (layer.invariant ? "" : "  %r = spherical.rotate %y0" + (by + result) + "\n") +
         "  return " + (layer.invariant ? "%y0" : "%r") + ", %y1 : " + result + ", " + result +
         "\n}\n";
}

Tensor randomTensor(const std::vector<int64_t> &shape, std::mt19937_64 &random) {
  Tensor tensor{shape, {}};
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  std::normal_distribution<double> normal;
  for (int64_t i = 0; i < size; ++i)
    tensor.values.push_back(normal(random));
  return tensor;
}

double norm(const std::vector<double> &values) {
  double sum = 0.0;
  for (double value : values)
    sum += value * value;
  return std::sqrt(sum);
}

/// The distance of two results in units of what the second varies by. Samples are compared, not
/// weighted by area: near the poles they count more than they should.
double relativeDistance(const std::vector<double> &a, const std::vector<double> &b) {
  double mean = 0.0;
  for (double value : b)
    mean += value / static_cast<double>(b.size());
  std::vector<double> difference(a), varying(b);
  for (size_t i = 0; i < a.size(); ++i) {
    difference[i] -= b[i];
    varying[i] -= mean;
  }
  return norm(difference) / norm(varying);
}

/// The errors of `count` uniformly random rotations, in order.
std::vector<double> equivarianceErrors(const Layer &layer, int64_t count) {
  std::mt19937_64 random(7);
  const int64_t b = layer.b;
  // The spectrum of a random real function, by the analysis of its samples.
  const std::string kind = layer.domain;
  const std::string function = signalType(kind, channels, b);
  const std::string spectrum = signalType(kind + "_spectrum", channels, b);
  const auto analysis = golden::makeReferenceRunner(
      "func.func @f(%f: " + function + " {spherical.name = \"f\"}) -> (" + spectrum +
          " {spherical.name = \"x\"}) {\n  %x = spherical." + kind + "_ft %f : " + function +
          " -> " + spectrum + "\n  return %x : " + spectrum + "\n}\n",
      "graph");
  Values inputs = analysis->run("f", {{"f", randomTensor(fileShape(kind, channels, b), random)}});
  if (!layer.kernel.empty())
    inputs["k"] = randomTensor(layer.kernel, random);
  std::vector<double> errors;
  for (const runtime::Rotation &rotation : runtime::uniformRotations(count, 11, 0)) {
    const auto runner =
        golden::makeReferenceRunner(programText(layer, rotation.eulerAngles()), "graph");
    const Values results = runner->run("f", inputs);
    errors.push_back(relativeDistance(results.at("b").values, results.at("a").values));
  }
  std::sort(errors.begin(), errors.end());
  return errors;
}

/// The layers without up-sampling by quadrature, at a few band-limits, odd ones too.
std::vector<Layer> exactLayers() {
  std::vector<Layer> layers;
  for (int64_t b : {4, 7}) {
    layers.push_back(convolution("s2_conv", b, b));
    layers.push_back(convolution("s2_conv", b, b - 2));
    for (const char *op : {"so3_conv", "so3_shortcut"}) {
      layers.push_back(convolution(op, b, b));
      layers.push_back(convolution(op, b, b - 1));
      layers.push_back(convolution(op, b, b + 2, "zero"));
    }
    for (const char *projection : {"sum_n", "orbit_mean", "invariant"}) {
      layers.push_back(convolution("so3_to_s2", b, b - 1, "", projection));
      layers.push_back(convolution("so3_to_s2", b, b + 2, "zero", projection));
    }
    const std::string so3 = signalType("so3", channels, b), s2 = signalType("s2", channels, b);
    layers.push_back({"so3_orbit_mean " + number(b),
                      "so3",
                      "s2",
                      "  %y = spherical.so3_orbit_mean %f : " + so3 + " -> " + s2 + "\n",
                      b,
                      {}});
    layers.push_back({"resample " + number(b),
                      "so3",
                      "so3",
                      "  %y = spherical.resample %f : " + so3 + " -> " +
                          signalType("so3", channels, b + 1) + "\n",
                      b,
                      {}});
    layers.push_back(normalisation("area", b));
    const std::string pooled = tensorType({batch, channels});
    layers.push_back({"so3_integrate " + number(b),
                      "so3",
                      "tensor",
                      "  %y = spherical.so3_integrate %f : " + so3 + " -> " + pooled + "\n",
                      b,
                      {},
                      true});
  }
  return layers;
}

// Sums of some 10^3 terms of eps 1e-16 whose magnitudes exceed the result's by a factor 10 at most.
TEST(Equivariance, HoldsToRoundingWithoutAliases) {
  for (const Layer &layer : exactLayers()) {
    const std::vector<double> errors = equivarianceErrors(layer, 50);
    std::printf("%-32s median %.1e  largest %.1e\n", layer.name.c_str(), errors[25], errors[49]);
    EXPECT_LT(errors[49], 1e-12) << layer.name;
  }
}

// Degrees from b_in on hold aliases of the coarse grid, which do not rotate with the input.
TEST(Equivariance, IsLostByQuadrature) {
  for (const char *op : {"so3_conv", "so3_to_s2"}) {
    const Layer layer = convolution(op, 4, 6, "quadrature");
    const std::vector<double> errors = equivarianceErrors(layer, 50);
    std::printf("%-32s median %.1e  largest %.1e\n", layer.name.c_str(), errors[25], errors[49]);
    EXPECT_GT(errors[25], 1e-5) << layer.name;
  }
}

// Means over the samples of a grid weigh the poles too much, and change as the input rotates.
TEST(Equivariance, IsLostByMeansOverTheGrid) {
  const std::vector<double> errors = equivarianceErrors(normalisation("grid", 4), 50);
  std::printf("batch_norm grid 4: median %.1e  largest %.1e\n", errors[25], errors[49]);
  EXPECT_GT(errors[25], 1e-5);
}

} // namespace
} // namespace spherical
