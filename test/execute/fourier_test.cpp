//===- fourier_test.cpp - planar convolutions by transforms ------*- C++ -*-===//
//
// conv2d, conv_transpose2d and conv2d_grad_weight by Fourier transforms of tiles:
// planned programs, machine code and emulated kernels equal the definitions in
// fp64. Tiles inside of images and at all edges, single ones that are larger than
// the image, kernels of odd and even sides, fewer samples than lanes and more.
//
//===----------------------------------------------------------------------===//

#include "test/execute/correlation_case.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

/// Each value is a sum of four transforms, of which each of 2 log2 T steps rounds some five times:
/// 40 eps of 6e-8 of the largest value, and a product's.
constexpr double kTolerance = 3e-6;

/// The three convolutions of a shape, with bias and activation where there can be one.
void checkAll(const CorrelationCase &shape, bool emulated = false) {
  expectConvolutions(shape, "fourier", kTolerance, emulated);
  expectGradient(shape, "fourier", kTolerance, emulated);
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
  expectGradient({18, {6, 3, 4}, {6, 3, 4}, "valid", "8", 24, 20}, "fourier", kTolerance, false);
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
