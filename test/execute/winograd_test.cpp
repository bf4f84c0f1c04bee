//===- winograd_test.cpp - planar convolutions by minimal filters -*- C++ -*-===//
//
// conv2d and conv_transpose2d by Winograd's minimal filters: planned programs and machine code
// equal the definitions in fp64. Blocks of tiles inside of images and at all edges, tiles that are
// larger than the image, kernels of all sides, fewer samples than lanes and more, and channels in
// the lanes.
//
//===----------------------------------------------------------------------===//

#include "test/execute/correlation_case.h"

#include "dialects/nn/fourier.h"
#include "dialects/nn/winograd.h"
#include "test/golden/cases.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace spherical {
namespace {

/// A result is a sum over channels of products of combinations whose factors are up to some 10 for
/// tiles of 6, and that cancel: eps of 6e-8 of the largest value, times 10 in each axis.
constexpr double kTolerance = 6e-6;

/// Factors for tiles of 7 and 8 are twice as large in each axis.
void check(const CorrelationCase &shape) {
  const double tolerance = shape.radices >= "7" ? 4 * kTolerance : kTolerance;
  expectConvolutions(shape, "winograd", tolerance, /*emulated=*/false);
}

/// The same in steps of these strides.
void check(CorrelationCase shape, std::array<int64_t, 2> stride) {
  shape.stride = stride;
  SCOPED_TRACE(shape.by("winograd"));
  check(shape);
}

TEST(Winograd, ConvolutionsInsideOfTheImage) {
  check({18, {19, 3, 17}, {21, 3, 19}, "valid", "6"});
  check({3, {12, 3, 10}, {30, 3, 28}, "valid", "4"});
  check({33, {14, 2, 13}, {11, 3, 9}, "valid", "6"});
  check({5, {14, 1, 14}, {13, 5, 9}, "valid", "6"});
  check({18, {19, 5, 15}, {21, 4, 18}, "valid", "8"});
}

TEST(Winograd, ConvolutionsWithZerosAround) {
  check({17, {13, 3, 13}, {22, 3, 22}, "zero", "6"});
  check({16, {13, 3, 13}, {22, 2, 22}, "zero", "4"});
  check({2, {3, 4, 3}, {2, 3, 2}, "zero", "6"}); // a tile beyond the image
  check({17, {13, 6, 13}, {12, 7, 12}, "zero", "8"});
}

TEST(Winograd, ConvolutionsAroundTheSphere) {
  check({17, {13, 3, 13}, {22, 3, 22}, "circular", "6"});
  check({9, {7, 3, 7}, {11, 3, 11}, "circular", "4"});
  check({4, {20, 3, 20}, {3, 3, 3}, "circular", "6"}); // a tile that winds around twice
  check({19, {9, 5, 9}, {14, 5, 14}, "circular", "8"});
}

// Odd lengths, whose points leave out 0.
TEST(Winograd, OddLengths) {
  check({17, {13, 3, 13}, {22, 3, 22}, "zero", "5"});
  check({3, {13, 5, 13}, {12, 4, 12}, "circular", "7"});
}

// Phases of equal and of different numbers of values, and of one; of images that end in each phase,
// inside of tiles and beyond them.
TEST(Winograd, Strides) {
  for (const int64_t side : {13, 14, 15, 16, 17, 18})
    check({3, {side, 3, (side - 3) / 2 + 1}, {side + 6, 3, (side + 3) / 2 + 1}, "valid", "4"},
          {2, 2});
  check({18, {31, 7, 13}, {40, 7, 17}, "valid", "6"}, {2, 2});
  check({18, {31, 4, 14}, {40, 4, 19}, "valid", "5"}, {2, 2});
  check({5, {29, 5, 9}, {31, 9, 6}, "valid", "6"}, {3, 4});
  check({5, {29, 2, 28}, {31, 6, 9}, "valid", "4"}, {1, 3});
  check({5, {9, 9, 1}, {31, 3, 15}, "valid", "8"}, {2, 2});
}

TEST(Winograd, StridesWithZerosAround) {
  for (const int64_t side : {11, 12, 13, 14})
    for (const int64_t kernel : {3, 4, 5, 7})
      check({3,
             {side, kernel, (side + 1) / 2},
             {side + 4, kernel, (side + 5) / 2},
             "zero",
             kernel > 4 ? "6" : "4"},
            {2, 2});
  check({17, {20, 7, 7}, {19, 8, 7}, "zero", "5"}, {3, 3});
  check({2, {3, 4, 2}, {2, 3, 1}, "zero", "6"}, {2, 2}); // a tile beyond the image
  check({4, {17, 3, 17}, {23, 5, 12}, "zero", "6"}, {1, 2});
  check({4, {26, 9, 7}, {23, 9, 8}, "zero", "5"}, {4, 3});
}

TEST(Winograd, StridesAroundTheSphere) {
  check({17, {13, 3, 7}, {22, 3, 11}, "circular", "4"}, {2, 2});
  check({9, {7, 5, 4}, {12, 5, 6}, "circular", "6"}, {2, 2});
  check({3, {12, 7, 4}, {12, 7, 4}, "circular", "5"}, {3, 3});
  check({4, {20, 3, 10}, {4, 3, 2}, "circular", "6"}, {2, 2}); // winds around twice
}

/// A gradient is a sum over as many values as a lane group has positions, too.
void checkGradient(CorrelationCase shape, std::array<int64_t, 2> stride = {1, 1}) {
  shape.stride = stride;
  SCOPED_TRACE(shape.by("winograd"));
  expectGradient(shape, "winograd", (shape.radices >= "7" ? 4 : 1) * 2 * kTolerance,
                 /*emulated=*/false);
}

TEST(Winograd, GradientsOfWeights) {
  checkGradient({18, {19, 3, 17}, {21, 3, 19}, "valid", "6"});
  checkGradient({9, {12, 3, 10}, {30, 3, 28}, "valid", "4"});
  checkGradient({33, {14, 2, 14}, {11, 3, 11}, "zero", "5"});
  checkGradient({17, {13, 6, 13}, {12, 7, 12}, "zero", "8"});
  checkGradient({5, {3, 4, 3}, {2, 3, 2}, "zero", "6"}); // a tile beyond the image
  checkGradient({19, {9, 5, 9}, {14, 5, 14}, "circular", "7"});
  checkGradient({4, {20, 3, 20}, {3, 3, 3}, "circular", "6"}); // winds around twice
  // In parts: of lane groups, and of rows of tiles, the last of which is smaller.
  checkGradient({40, {19, 3, 17}, {23, 3, 21}, "valid", "4", 290, 2});
  checkGradient({16, {29, 3, 27}, {31, 3, 29}, "valid", "4", 320, 2});
}

TEST(Winograd, GradientsOfWeightsInSteps) {
  checkGradient({18, {31, 7, 13}, {40, 7, 17}, "valid", "6"}, {2, 2});
  checkGradient({5, {29, 5, 9}, {31, 9, 6}, "valid", "6"}, {3, 4});
  checkGradient({17, {13, 3, 7}, {22, 4, 11}, "zero", "4"}, {2, 2});
  checkGradient({3, {12, 7, 4}, {12, 7, 4}, "circular", "5"}, {3, 3});
  checkGradient({9, {7, 5, 4}, {13, 5, 7}, "circular", "6"}, {2, 2});
}

TEST(Winograd, EpiloguesWithOtherValues) {
  for (const int64_t samples : {19, 2}) {
    const CorrelationCase shape{samples, {10, 3, 10}, {9, 3, 9}, "zero", "6", 5, 18};
    const std::vector<Named> arguments = {
        shape.image(), shape.weight(), {"b", {18}, false}, {"r", shape.windows().shape}};
    expectDefinitions(caseText(arguments, {"y", shape.windows().shape},
                               "  %0 = nn.conv2d %x, %w bias(%b : $b)" + shape.by("winograd") +
                                   "$x, $w -> $y\n  %1 = nn.add %0, %r : $r\n"
                                   "  %2 = nn.relu %1 : $r\n  %y_out = nn.sub %2, %r : $r\n",
                               false, true),
                      arguments, kTolerance, /*emulated=*/false);
  }
}

TEST(Winograd, ChannelsInTheLanes) {
  check({1, {9, 3, 7}, {11, 3, 9}, "valid", "6", 5, 19});
  check({1, {13, 3, 13}, {22, 3, 22}, "zero", "4", 37, 20});
  check({2, {13, 3, 13}, {11, 2, 11}, "circular", "6", 16, 33});
  check({3, {6, 3, 4}, {7, 3, 5}, "valid", "4", 24, 40});
  check({1, {21, 7, 11}, {19, 7, 10}, "zero", "6", 18, 33}, {2, 2});
  check({2, {12, 3, 5}, {13, 5, 3}, "valid", "5", 37, 16}, {2, 4});
}

double roundingOf(int64_t length, int64_t kernel, int64_t stride = 1) {
  return mlir::nn::squaredRounding({{.kernel = kernel, .stride = stride}, length});
}

/// The error of a convolution relative to its values, both as root mean squares.
double errorOf(const CorrelationCase &shape, const std::string &algorithm,
               const std::string &processor) {
  const std::vector<Named> arguments = {shape.image(), shape.weight()};
  const std::string text =
      caseText(arguments, {"y", shape.windows().shape},
               "  %y_out = nn.conv2d %x, %w" + shape.by(algorithm) + "$x, $w -> $y\n", false, true);
  golden::Values values;
  for (const Named &argument : arguments)
    values[argument.name] = randomTensor(argument.name, argument.shape);
  const golden::Values exact = golden::makeReferenceRunner(text, "graph")->run("f", values);
  const golden::Values found = golden::makeCpuRunner(text, processor)->run("f", values);
  double error = 0, sum = 0;
  for (size_t i = 0; i < exact.at("y").values.size(); ++i) {
    const double value = exact.at("y").values[i];
    error += std::pow(found.at("y").values[i] - value, 2), sum += value * value;
  }
  return std::sqrt(error / sum);
}

// Of values that know nothing of each other, a sum of n products is off by u sqrt(n / 6) relative
// to its own size, u = 2^-24 (each of its n steps by u / sqrt(3) of the sum so far). Positions of
// tiles are sums of C products each, results are sums of these whose squares add up to 5/3 of a
// result's in both axes with T = 4, to 4.78 with T = 6, and for 5 x 5 values with T = 8 to 19.07;
// the six maps before and behind round some u each.
TEST(Winograd, ErrorsBesideThoseOfSums) {
  EXPECT_NEAR(roundingOf(4, 3), 5 / 3.0, 1e-12);
  EXPECT_NEAR(roundingOf(6, 3), 4.78, 1e-3);
  EXPECT_NEAR(roundingOf(8, 5), 19.07, 2e-3);
  // In steps of two the mean of both phases, by their values.
  EXPECT_NEAR(roundingOf(6, 7, 2), (4 * roundingOf(6, 4) + 3 * roundingOf(5, 3)) / 7, 1e-12);
  constexpr double u = 0x1p-24, channels = 96;
  CorrelationCase shape{16, {14, 3, 14}, {14, 3, 14}, "zero", "", 96, 7};
  for (const std::string processor : {"", "x86-64-v3"}) {
    SCOPED_TRACE(processor);
    const double rounding = u * (std::sqrt(channels / 6) + std::sqrt(6));
    shape.radices = "";
    const double sums = errorOf(shape, "rows", processor);
    EXPECT_LT(sums, u * std::sqrt(9 * channels / 6));
    shape.radices = "4, 4";
    const double fourier = errorOf(shape, "fourier", processor);
    EXPECT_LT(fourier, mlir::nn::kFourierRounding * sums);
    shape.radices = "4";
    const double small = errorOf(shape, "winograd", processor);
    EXPECT_LT(small, 5 / 3.0 * rounding);
    shape.radices = "6";
    const double large = errorOf(shape, "winograd", processor);
    EXPECT_LT(large, 4.78 * rounding);
    EXPECT_GT(large, small);
    CorrelationCase five = shape;
    five.y.kernel = five.x.kernel = 5, five.radices = "8";
    const double longest = errorOf(five, "winograd", processor);
    EXPECT_LT(longest, 19.07 * rounding);
    EXPECT_GT(longest, large);
    CorrelationCase steps = shape;
    steps.y = steps.x = {27, 7, 14}, steps.stride = {2, 2}, steps.radices = "8";
    const double strided = errorOf(steps, "winograd", processor);
    EXPECT_LT(strided, roundingOf(8, 7, 2) * rounding);
    RecordProperty("errors" + processor, std::to_string(1e7 * sums) + ", by Fourier transforms " +
                                             std::to_string(1e7 * fourier) + ", by filters " +
                                             std::to_string(1e7 * small) + ", " +
                                             std::to_string(1e7 * large) + ", of 5 x 5 " + std::to_string(1e7 * longest) +
                                             " and of 7 x 7 in steps of two " +
                                             std::to_string(1e7 * strided) + " times 1e-7");
  }
}

} // namespace
} // namespace spherical
