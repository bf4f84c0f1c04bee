//===- fourier_test.cpp - planar convolutions by transforms ------*- C++ -*-===//
//
// conv2d, conv_transpose2d and conv2d_grad_weight by Fourier transforms of tiles:
// planned programs, machine code and emulated kernels equal the definitions in
// fp64. Tiles inside of images and at all edges, single ones that are larger than
// the image, kernels of odd and even sides, fewer samples than lanes and more.
//
//===----------------------------------------------------------------------===//

#include "test/execute/tensor_case.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

/// One axis of a convolution: image, kernel, windows.
struct Axis {
  int64_t image, kernel, windows;
};

struct Shape {
  int64_t samples;
  Axis y, x;
  std::string padding, radices;
};

/// Each value is a sum of four transforms, of which each of 2 log2 T steps rounds some five times:
/// 40 eps of 6e-8 of the largest value, and a product's.
constexpr double kTolerance = 3e-6;

void check(const std::string &text, const std::vector<Named> &arguments, bool emulated) {
  expectDefinitions(text, arguments, kTolerance, emulated);
}

/// The three convolutions of a shape, with bias and activation where there can be one.
void checkAll(const Shape &s, bool emulated = false) {
  const std::string rest =
      " stride [1, 1] padding " + s.padding +
      " {spherical.choice = #spherical.choice<algorithm = \"fourier\", radices = [" + s.radices +
      "], reason = \"\">} : ";
  const Named image{"x", {s.samples, 3, s.y.image, s.x.image}};
  const Named windows{"x", {s.samples, 4, s.y.windows, s.x.windows}};
  const Named weight{"w", {4, 3, s.y.kernel, s.x.kernel}, false};
  const std::string relu = "  %y_out = nn.relu %0 : $y\n";
  const std::vector<Named> forward = {image, weight, {"b", {4}, false}};
  check(caseText(forward, {"y", windows.shape},
                 "  %0 = nn.conv2d %x, %w bias(%b : $b)" + rest + "$x, $w -> $y\n" + relu, false,
                 true),
        forward, emulated);
  const std::vector<Named> back = {windows, weight, {"b", {3}, false}};
  check(caseText(back, {"y", image.shape},
                 "  %0 = nn.conv_transpose2d %x, %w bias(%b : $b)" + rest + "$x, $w -> $y\n" + relu,
                 false, true),
        back, emulated);
  const std::vector<Named> gradient = {{"g", windows.shape}, image};
  check(caseText(gradient, {"y", weight.shape, false},
                 "  %y_out = nn.conv2d_grad_weight %g, %x" + rest + "$g, $x -> $y\n", false, true),
        gradient, emulated);
}

TEST(Fourier, ConvolutionsInsideOfTheImage) {
  checkAll({18, {19, 5, 15}, {21, 4, 18}, "valid", "2, 4"}, /*emulated=*/true);
  checkAll({3, {12, 9, 4}, {30, 7, 24}, "valid", "4, 4"});
  checkAll({33, {14, 1, 14}, {11, 3, 9}, "valid", "10"});
}

// One sample has one lane: the spectra of the kernel are larger than those of its tiles, which wait
// for each other in two blocks.
TEST(Fourier, TilesThatShareTheKernel) {
  checkAll({1, {19, 6, 14}, {21, 4, 18}, "valid", "2, 4"}, /*emulated=*/true);
  checkAll({1, {13, 3, 13}, {22, 5, 22}, "zero", "3, 4"});
  checkAll({1, {13, 4, 13}, {22, 5, 22}, "circular", "2, 5"});
}

// The sums of a gradient of 24 by 20 channels are larger than their one tile: both lane groups are
// added up at once.
TEST(Fourier, GradientsOfManyChannels) {
  const std::vector<Named> arguments = {{"g", {18, 20, 4, 4}}, {"x", {18, 24, 6, 6}}};
  check(caseText(arguments, {"y", {20, 24, 3, 3}, false},
                 "  %y_out = nn.conv2d_grad_weight %g, %x stride [1, 1] {spherical.choice = "
                 "#spherical.choice<algorithm = \"fourier\", radices = [8], reason = \"\">} : $g, "
                 "$x -> $y\n",
                 false, true),
        arguments, false);
}

TEST(Fourier, ConvolutionsWithZerosAround) {
  checkAll({17, {13, 3, 13}, {22, 5, 22}, "zero", "3, 4"}, /*emulated=*/true);
  checkAll({2, {5, 8, 5}, {9, 6, 9}, "zero", "4, 4"}); // a tile beyond the image
}

TEST(Fourier, ConvolutionsAroundTheSphere) {
  checkAll({17, {13, 3, 13}, {22, 5, 22}, "circular", "3, 4"}, /*emulated=*/true);
  checkAll({4, {20, 7, 20}, {7, 7, 7}, "circular", "16"}); // a tile that winds around twice
}

} // namespace
} // namespace spherical
