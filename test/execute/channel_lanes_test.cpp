//===- channel_lanes_test.cpp - planar layers of few samples ----*- C++ -*-===//
//
// Few samples leave the lanes to channels. Convolutions by each algorithm, their gradients, pools,
// resizing and sums equal the definitions in fp64: channels that fill lane groups, that leave some
// of the last one empty, and that are fewer than half of the lanes; one sample and several.
//
//===----------------------------------------------------------------------===//

#include "test/execute/tensor_case.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

/// Sums of up to 3000 products, or of four transforms: eps 6e-8 in single precision.
constexpr double kTolerance = 2e-5;

/// The result of an op by its compiled stages and by the reference, behind others: as a function
/// that packs its weights, and as @forward, for which @prepare does.
void check(const std::vector<Named> &arguments, const Named &result, const std::string &op,
           const std::string &before = "") {
  const std::string text = caseText(arguments, result, before + "  %y_out = nn." + op + "\n",
                                    /*gradient=*/false, /*partial=*/true);
  expectDefinitions(text, arguments, kTolerance, /*emulated=*/false);
  std::string forward = text;
  forward.replace(forward.find("@f("), 3, "@forward(");
  if (arguments.size() > 1 && !arguments[1].batched)
    expectDefinitions(forward, arguments, kTolerance, /*emulated=*/false, "forward");
}

/// One axis of a convolution: image, kernel, stride, windows.
struct Axis {
  int64_t image, kernel, stride, windows;
};

struct Shape {
  int64_t samples, in, out;
  Axis y, x;
  std::string padding;
};

/// A convolution, its adjoint and the gradient of its weight, if there is one, by an algorithm of
/// tiles with its radices, or in the direct way.
void checkConvolutions(const Shape &s, const std::string &radices = "",
                       const std::string &tiles = "fourier") {
  auto by = [&](const std::string &direct) {
    const std::string choice =
        radices.empty() ? "\"" + direct + "\"" : "\"" + tiles + "\", radices = [" + radices + "]";
    return " stride [" + std::to_string(s.y.stride) + ", " + std::to_string(s.x.stride) +
           "] padding " + s.padding +
           " {spherical.choice = #spherical.choice<algorithm = " + choice + ", reason = \"\">} : ";
  };
  const Named image{"x", {s.samples, s.in, s.y.image, s.x.image}};
  const Named windows{"x", {s.samples, s.out, s.y.windows, s.x.windows}};
  const Named weight{"w", {s.out, s.in, s.y.kernel, s.x.kernel}, false};
  check({image, weight, {"b", {s.out}, false}}, {"y", windows.shape},
        "conv2d %x, %w bias(%b : $b)" + by("rows") + "$x, $w -> $y");
  check({windows, weight, {"b", {s.in}, false}}, {"y", image.shape},
        "conv_transpose2d %x, %w bias(%b : $b)" + by("phases") + "$x, $w -> $y");
  if (tiles == "winograd")
    return;
  check({{"g", windows.shape}, image}, {"y", weight.shape, false},
        "conv2d_grad_weight %g, %x" + by("rows") + "$g, $x -> $y");
}

TEST(ChannelLanes, ConvolutionsOfWindows) {
  checkConvolutions({1, 3, 4, {9, 5, 1, 5}, {11, 4, 1, 8}, "valid"});
  checkConvolutions({1, 20, 37, {9, 3, 1, 9}, {10, 4, 1, 10}, "zero"});
  checkConvolutions({3, 37, 16, {7, 2, 1, 7}, {8, 3, 1, 8}, "circular"});
  checkConvolutions({2, 5, 19, {8, 1, 1, 8}, {7, 1, 1, 7}, "valid"});
}

TEST(ChannelLanes, ConvolutionsInSteps) {
  checkConvolutions({1, 1, 13, {19, 5, 2, 8}, {17, 3, 3, 5}, "valid"});
  checkConvolutions({1, 33, 18, {10, 3, 2, 5}, {12, 4, 2, 6}, "zero"});
  checkConvolutions({5, 16, 32, {9, 2, 3, 3}, {12, 3, 2, 6}, "circular"});
  checkConvolutions({1, 4, 21, {12, 1, 2, 6}, {9, 1, 4, 3}, "valid"});
}

// The weights do not fit in a cache: tasks share out the output channels.
TEST(ChannelLanes, ConvolutionsOfManyChannels) {
  checkConvolutions({1, 200, 150, {6, 3, 1, 4}, {5, 3, 1, 3}, "valid"});
  checkConvolutions({2, 150, 200, {9, 3, 2, 5}, {7, 3, 2, 4}, "zero"});
}

TEST(ChannelLanes, ConvolutionsByTransforms) {
  checkConvolutions({1, 5, 19, {19, 6, 1, 14}, {21, 4, 1, 18}, "valid"}, "2, 4");
  checkConvolutions({1, 37, 20, {13, 3, 1, 13}, {22, 5, 1, 22}, "zero"}, "3, 4");
  checkConvolutions({2, 16, 33, {13, 4, 1, 13}, {22, 5, 1, 22}, "circular"}, "2, 5");
  checkConvolutions({3, 24, 40, {6, 3, 1, 4}, {7, 3, 1, 5}, "valid"}, "8");
}

// Positions block by block, and, of larger kernels, of all tiles first.
TEST(ChannelLanes, ConvolutionsByMinimalFilters) {
  checkConvolutions({2, 5, 19, {13, 3, 1, 13}, {22, 2, 1, 22}, "circular"}, "4", "winograd");
  checkConvolutions({1, 37, 20, {13, 4, 1, 10}, {22, 5, 1, 18}, "valid"}, "8", "winograd");
  checkConvolutions({2, 80, 96, {20, 3, 1, 20}, {19, 3, 1, 19}, "circular"}, "6", "winograd");
  checkConvolutions({1, 70, 64, {23, 5, 1, 19}, {18, 5, 1, 14}, "valid"}, "8", "winograd");
}

TEST(ChannelLanes, PoolsAndResizing) {
  const Named image{"x", {2, 19, 12, 11}};
  const std::string pool = " window [3, 2] stride [2, 1] : ";
  check({image}, {"y", {2, 19, 5, 10}}, "max_pool2d %x" + pool + "$x -> $y");
  check({{"g", {2, 19, 5, 10}}, image}, {"y", image.shape},
        "max_pool2d_grad %g, %x" + pool + "$g, $x");
  check({image}, {"y", {2, 19, 5, 10}}, "avg_pool2d %x" + pool + "$x -> $y");
  check({{"x", {2, 19, 5, 10}}}, {"y", image.shape},
        "avg_pool2d %x window [3, 2] stride [2, 1] {adjoint} : $x -> $y");
  check({image}, {"y", {2, 19, 17, 8}}, "upsample_nearest %x : $x -> $y");
  check({image}, {"y", {19}, false}, "sum_channels %x : $x -> $y");
}

// Ops without a form of their own stand between others: values change their place and come back.
TEST(ChannelLanes, OtherOpsBetween) {
  const std::vector<Named> arguments = {{"x", {1, 18, 6, 5}}, {"w", {20, 18, 3, 3}, false}};
  const std::string type = "tensor<1x20x4x3xf32>", both = "tensor<1x40x4x3xf32>";
  check(arguments, {"y", {1, 18, 6, 5}},
        "conv_transpose2d %e, %w stride [1, 1] : " + type + ", $w -> $y",
        "  %c = nn.conv2d %x, %w stride [1, 1] : $x, $w -> " + type +
            "\n  %d = nn.concat %c, %c : " + type + ", " + type + " -> " + both +
            "\n  %e = nn.slice_channels %d first 7 : " + both + " -> " + type + "\n");
}

// Lanes without a channel are zeros, of which this makes infinities: such an op keeps samples.
TEST(ChannelLanes, EpiloguesThatKeepNoZeros) {
  check(
      {{"x", {1, 5, 9, 11}}, {"w", {20, 5, 3, 3}, false}, {"u", {17, 20, 3, 3}, false}},
      {"y", {1, 17, 5, 7}}, "conv2d %a, %u stride [1, 1] : tensor<1x20x7x9xf32>, $u -> $y",
      "  %a = nn.conv2d %x, %w stride [1, 1] : $x, $w -> tensor<1x20x7x9xf32> epilogue(%v) {\n"
      "    %s = arith.mulf %v, %v : f32\n    %l = math.log %s : f32\n    nn.yield %l : f32\n  }\n");
}

} // namespace
} // namespace spherical
