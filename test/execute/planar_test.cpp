//===- planar_test.cpp - planar layers on every target ----------*- C++ -*-===//
//
// What no golden file has: padding, even and long kernels, strides that differ
// and exceed the kernel, more samples than lanes. Gradients equal central
// differences; planned programs and machine code equal the definitions.
//
//===----------------------------------------------------------------------===//

#include "test/execute/tensor_case.h"
#include "test/golden/cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spherical {
namespace {

using golden::Tensor;
using golden::Values;

/// A function of the arguments with one op; `$name` in its text is the name's type.
struct Case {
  std::vector<Named> arguments;
  Named result;
  std::string op;

  std::string text() const {
    return caseText(arguments, result, "  %y_out = nn." + op + "\n", /*gradient=*/true,
                    /*partial=*/false);
  }
};

double dot(const Tensor &a, const Tensor &b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.values.size(); ++i)
    sum += a.values[i] * b.values[i];
  return sum;
}

/// The slope of sum(cot y) along `direction` of one argument.
double slope(golden::Runner &runner, const Values &values, const std::string &name,
             const Tensor &direction) {
  constexpr double step = 1e-6;
  double sums[2];
  for (int side : {0, 1}) {
    Values moved = values;
    for (size_t i = 0; i < direction.values.size(); ++i)
      moved[name].values[i] += (side ? step : -step) * direction.values[i];
    sums[side] = dot(runner.run("f", moved).at("y"), values.at("cot.y"));
  }
  return (sums[1] - sums[0]) / (2 * step);
}

/// All targets on one case.
void check(const Case &test) {
  SCOPED_TRACE(test.text());
  Values values = {{"cot.y", randomTensor("cotangent", test.result.shape)}};
  for (const Named &argument : test.arguments)
    values[argument.name] = randomTensor(argument.name, argument.shape);
  const auto graph = golden::makeReferenceRunner(test.text(), "graph");
  const Values forward = graph->run("f", values), backward = graph->run("f_vjp", values);
  for (const Named &argument : test.arguments) {
    const Tensor direction = randomTensor("direction", argument.shape);
    const double expected = slope(*graph, values, argument.name, direction);
    const double got = dot(backward.at("grad." + argument.name), direction);
    EXPECT_NEAR(got, expected,
                1e-6 * std::max(1.0, std::sqrt(dot(values["cot.y"], values["cot.y"]))))
        << argument.name;
  }
  // Sums of at most some 10^4 terms: eps 6e-8 in single precision.
  const auto plan = golden::makeReferenceRunner(test.text(), "plan");
  const auto cpu = golden::makeCpuRunner(test.text(), "");
  golden::expectNear(plan->run("f", values), forward, 1e-12);
  golden::expectNear(plan->run("f_vjp", values), backward, 1e-12);
  golden::expectNear(cpu->run("f", values), forward, 2e-5);
  golden::expectNear(cpu->run("f_vjp", values), backward, 2e-5);
}

/// One axis of a convolution: image, kernel, stride, windows.
struct Axis {
  int64_t image, kernel, stride, windows;
};

/// conv2d and the conv_transpose2d of the same axes.
void checkConvolutions(int64_t samples, Axis y, Axis x, const std::string &padding) {
  const std::string rest = " bias(%b : $b) stride [" + std::to_string(y.stride) + ", " +
                           std::to_string(x.stride) + "] padding " + padding + " : $x, $w -> $y";
  const std::vector<int64_t> image = {samples, 3, y.image, x.image};
  const std::vector<int64_t> windows = {samples, 4, y.windows, x.windows};
  const std::vector<int64_t> weight = {4, 3, y.kernel, x.kernel};
  check({{{"x", image}, {"w", weight}, {"b", {4}}}, {"y", windows}, "conv2d %x, %w" + rest});
  check({{{"x", windows}, {"w", weight}, {"b", {3}}},
         {"y", image},
         "conv_transpose2d %x, %w" + rest});
}

TEST(Planar, ConvolutionsInsideOfTheImage) {
  checkConvolutions(18, {9, 3, 2, 4}, {8, 2, 1, 7}, "valid");
  checkConvolutions(3, {9, 2, 3, 3}, {7, 7, 2, 1}, "valid"); // a stride beyond the kernel
}

TEST(Planar, ConvolutionsWithPadding) {
  for (const char *padding : {"zero", "circular"}) {
    checkConvolutions(17, {6, 3, 1, 6}, {8, 3, 1, 8}, padding);
    checkConvolutions(2, {7, 4, 2, 4}, {5, 5, 2, 3}, padding);
    checkConvolutions(2, {3, 7, 1, 3}, {8, 1, 3, 3}, padding); // a kernel beyond the image
  }
}

/// The gradient of a weight of so many output and input channels, of 17 samples.
void checkGradient(int64_t out, int64_t in, Axis y, Axis x) {
  const std::vector<Named> arguments = {{"g", {17, out, y.windows, x.windows}},
                                        {"x", {17, in, y.image, x.image}}};
  const std::string strides = std::to_string(y.stride) + ", " + std::to_string(x.stride);
  expectDefinitions(
      caseText(arguments, {"y", {out, in, y.kernel, x.kernel}, false},
               "  %y_out = nn.conv2d_grad_weight %g, %x stride [" + strides +
                   "] padding valid {spherical.choice = #spherical.choice<algorithm = \"rows\", "
                   "reason = \"\">} : $g, $x -> $y\n",
               false, true),
      arguments, 2e-5, /*emulated=*/false);
}

// Output channels in blocks of 49 and 47; columns of a product are those of the kernel, or channels.
TEST(Planar, GradientsOfManyOutputs) {
  checkGradient(145, 2, {21, 5, 2, 9}, {61, 4, 3, 20});
  checkGradient(145, 7, {13, 3, 2, 6}, {22, 3, 1, 20});
}

// Sums in several segments, whose panels are packed, in blocks of columns and of depth.
TEST(Planar, ConvolutionsOfManyChannels) {
  const std::vector<int64_t> image = {17, 30, 14, 43}, weight = {145, 30, 3, 3};
  const std::vector<int64_t> rows = {17, 145, 12, 41}, steps = {17, 145, 6, 21};
  auto checkRows = [&](const std::vector<Named> &arguments, const Named &result, bool adjoint,
                       const std::string &stride) {
    const std::string by = adjoint ? "phases" : "rows";
    expectDefinitions(caseText(arguments, result,
                               "  %y_out = nn.conv" + std::string(adjoint ? "_transpose2d" : "2d") +
                                   " %x, %w stride [" + stride +
                                   "] padding valid {spherical.choice = #spherical.choice<"
                                   "algorithm = \"" + by + "\", reason = \"\">} : $x, $w -> $y\n",
                               false, true),
                      arguments, 2e-5, /*emulated=*/false);
  };
  const Named kernel{"w", weight, false};
  checkRows({{"x", image}, kernel}, {"y", rows}, false, "1, 1");
  checkRows({{"x", image}, kernel}, {"y", steps}, false, "2, 2");
  checkRows({{"x", steps}, kernel}, {"y", image}, true, "2, 2");
}

TEST(Planar, Pools) {
  const Named x{"x", {18, 3, 9, 8}}, y{"y", {18, 3, 4, 7}};
  check({{x}, y, "max_pool2d %x window [3, 2] stride [2, 1] : $x -> $y"});
  check({{x}, y, "avg_pool2d %x window [3, 2] stride [2, 1] : $x -> $y"});
  check({{{"x", y.shape}},
         {"y", x.shape},
         "avg_pool2d %x window [3, 2] stride [2, 1] {adjoint} : $x -> $y"});
  check({{x}, {"y", {18, 3, 3, 2}}, "max_pool2d %x window [2, 3] stride [3, 4] : $x -> $y"});
  check({{x}, {"y", {18, 3}}, "global_avg_pool %x : $x -> $y"});
}

// Of equal values the first in row-major order has the gradient.
TEST(Planar, TiesOfPools) {
  const std::string text = Case{{{"x", {1, 1, 3, 3}}},
                                {"y", {1, 1, 2, 2}},
                                "max_pool2d %x window [2, 2] stride [1, 1] : $x -> $y"}
                               .text();
  const Values values = {{"x", {{1, 1, 3, 3}, std::vector<double>(9, 1.0)}},
                         {"cot.y", {{1, 1, 2, 2}, {1.0, 2.0, 3.0, 4.0}}}};
  const std::vector<double> expected = {1, 2, 0, 3, 4, 0, 0, 0, 0};
  EXPECT_EQ(golden::makeReferenceRunner(text, "graph")->run("f_vjp", values).at("grad.x").values,
            expected);
  EXPECT_EQ(golden::makeCpuRunner(text, "")->run("f_vjp", values).at("grad.x").values, expected);
}

TEST(Planar, Resizing) {
  check({{{"x", {18, 2, 4, 3}}}, {"y", {18, 2, 9, 3}}, "upsample_nearest %x : $x -> $y"});
  check({{{"x", {2, 2, 9, 7}}}, {"y", {2, 2, 4, 5}}, "upsample_nearest %x {adjoint} : $x -> $y"});
  check({{{"x", {18, 2, 13, 4}}}, {"y", {18, 2, 5, 9}}, "upsample_nearest %x : $x -> $y"});
}

TEST(Planar, Channels) {
  check({{{"a", {18, 2, 4, 3}}, {"b", {18, 3, 4, 3}}},
         {"y", {18, 5, 4, 3}},
         "concat %a, %b : $a, $b -> $y"});
  check({{{"x", {18, 6, 4, 3}}}, {"y", {18, 2, 4, 3}}, "slice_channels %x first 3 : $x -> $y"});
}

TEST(Planar, Activations) {
  const Named x{"x", {18, 3, 5, 4}}, y{"y", x.shape};
  check({{x}, y, "leaky_relu %x slope 0.125 : $x"});
  check({{x}, y, "gelu %x : $x"});
}

} // namespace
} // namespace spherical
