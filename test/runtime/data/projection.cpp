//===- projection.cpp -------------------------------------------*- C++ -*-===//

#include "runtime/data/projection.h"

#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

constexpr double pi = std::numbers::pi;

/// Smooth asymmetric images of 9 x 7 pixels.
LabelledImages testImages(int64_t count) {
  LabelledImages images{count, 9, 7, {}, {}};
  for (int64_t k = 0; k < count; ++k) {
    images.labels.push_back(static_cast<uint8_t>(k % 10));
    for (int64_t row = 0; row < 9; ++row)
      for (int64_t column = 0; column < 7; ++column)
        images.pixels.push_back(static_cast<uint8_t>(127 + 80 * std::sin(0.9 * row + k) +
                                                     47 * std::cos(0.7 * column * (1 + k % 3))));
  }
  return images;
}

/// Pixel (row, column), 0 outside.
double pixel(const LabelledImages &images, int64_t k, double row, double column) {
  if (row < 0 || column < 0 || row >= images.rows || column >= images.columns)
    return 0;
  return images.image(k)[static_cast<int64_t>(row) * images.columns + static_cast<int64_t>(column)];
}

/// The definition, point by point: f(R^-1 x) before rounding.
double definition(const LabelledImages &images, int64_t k, const Rotation &rotation, double beta,
                  double alpha) {
  const std::array<double, 9> m = rotation.matrix();
  const double p[3] = {std::sin(beta) * std::cos(alpha), std::sin(beta) * std::sin(alpha),
                       std::cos(beta)};
  double q[3];
  for (int i = 0; i < 3; ++i)
    q[i] = m[i] * p[0] + m[3 + i] * p[1] + m[6 + i] * p[2];
  // The longer side of the image spans -1.5 ... 1.5 in the plane.
  const double perUnit = std::max(images.rows, images.columns) / 3.0;
  const double column = 2 * q[0] / (1 - q[2]) * perUnit + images.columns / 2.0 - 0.5;
  const double row = 2 * q[1] / (1 - q[2]) * perUnit + images.rows / 2.0 - 0.5;
  const double c = std::floor(column), r = std::floor(row);
  const double right = column - c, down = row - r;
  return (1 - down) * ((1 - right) * pixel(images, k, r, c) + right * pixel(images, k, r, c + 1)) +
         down * ((1 - right) * pixel(images, k, r + 1, c) + right * pixel(images, k, r + 1, c + 1));
}

void expectDefinition(const LabelledImages &images, const std::vector<Rotation> &rotations,
                      int64_t b) {
  const SphericalImages result = projectImages(images, rotations, {.bandLimit = b});
  ASSERT_EQ(result.count, images.count);
  for (int64_t k = 0; k < images.count; ++k)
    for (int64_t j = 0; j < 2 * b; ++j)
      for (int64_t i = 0; i < 2 * b; ++i) {
        const double expected = definition(images, k, rotations.empty() ? Rotation() : rotations[k],
                                           pi * (2 * j + 1) / (4 * b), 2 * pi * i / (2 * b));
        // Rounding half up is within half a step of the exact value.
        ASSERT_NEAR(result.sample(k)[j * 2 * b + i], expected, 0.5 + 1e-6)
            << "sample " << k << ", beta " << j << ", alpha " << i;
      }
}

TEST(Projection, FollowsItsDefinition) {
  expectDefinition(testImages(2), {}, 13);
  expectDefinition(testImages(6), uniformRotations(6, 2, 0), 13);
  expectDefinition(testImages(1), {}, 1);
}

TEST(Projection, TheIdentityIsARotation) {
  const LabelledImages images = testImages(3);
  EXPECT_EQ(projectImages(images, {}, {.bandLimit = 20}).pixels,
            projectImages(images, std::vector<Rotation>(3), {.bandLimit = 20}).pixels);
}

// Rotating by one grid step about the z axis moves every value to the next alpha.
TEST(Projection, RotatesInTheRightSense) {
  constexpr int64_t b = 12, side = 2 * b;
  const LabelledImages images = testImages(1);
  const double half = pi / side; // half of the step 2 pi / (2b)
  const std::vector<Rotation> step = {Rotation{std::cos(half), 0, 0, std::sin(half)}};
  const SphericalImages before = projectImages(images, {}, {.bandLimit = b});
  const SphericalImages after = projectImages(images, step, {.bandLimit = b});
  for (int64_t j = 0; j < side; ++j)
    for (int64_t i = 0; i < side; ++i)
      EXPECT_NEAR(after.sample(0)[j * side + (i + 1) % side], before.sample(0)[j * side + i], 1);
}

// From outside, below the south pole, with +x to the right and +y down.
TEST(Projection, ReadsRightlyFromOutside) {
  LabelledImages images{1, 28, 28, std::vector<uint8_t>(28 * 28), {0}};
  images.pixels[3 * 28 + 22] = 255; // upper right
  constexpr int64_t b = 60, side = 2 * b;
  const SphericalImages result = projectImages(images, {}, {.bandLimit = b});
  const auto brightest = std::max_element(result.pixels.begin(), result.pixels.end());
  const int64_t at = brightest - result.pixels.begin();
  const double beta = pi * (2 * (at / side) + 1) / (4 * b), alpha = 2 * pi * (at % side) / side;
  // The pixel's centre in the plane, and the polar angle of a point at that distance.
  const double x = (22.5 / 28 - 0.5) * 3, y = (3.5 / 28 - 0.5) * 3;
  EXPECT_NEAR(beta, pi - 2 * std::atan(std::hypot(x, y) / 2), pi / side);
  EXPECT_NEAR(alpha, 2 * pi + std::atan2(y, x), 2 * pi / side);
}

TEST(Projection, StaysWithin74DegreesOfThePoleAlongTheAxes) {
  const LabelledImages white{1, 28, 28, std::vector<uint8_t>(28 * 28, 255), {0}};
  constexpr int64_t b = 90, side = 2 * b;
  const SphericalImages result = projectImages(white, {}, {.bandLimit = b});
  for (int64_t j = 0; j < side; ++j) {
    const double fromPole = 180 - 180.0 * (2 * j + 1) / (4 * b);
    const uint8_t value = result.sample(0)[j * side]; // alpha = 0
    if (fromPole < 71.5)                              // half a pixel before the edge
      EXPECT_EQ(value, 255) << fromPole;
    if (fromPole > 76.5)
      EXPECT_EQ(value, 0) << fromPole;
  }
}

TEST(Projection, BytesDoNotDependOnTheThreads) {
  const LabelledImages images = testImages(50);
  const std::vector<Rotation> rotations = uniformRotations(50, 1, 0);
  EXPECT_EQ(projectImages(images, rotations, {.bandLimit = 15, .threads = 1}).pixels,
            projectImages(images, rotations, {.bandLimit = 15, .threads = 2}).pixels);
  EXPECT_EQ(projectImages(images, rotations, {.bandLimit = 15, .threads = 1}).pixels,
            projectImages(images, rotations, {.bandLimit = 15, .threads = 7}).pixels);
}

// The data of a seed are part of what this project promises: these bytes never change.
TEST(Projection, BytesAreTheSameOnEveryMachine) {
  LabelledImages images{40, 28, 28, std::vector<uint8_t>(40 * 28 * 28), std::vector<uint8_t>(40)};
  for (size_t i = 0; i < images.pixels.size(); ++i)
    images.pixels[i] = static_cast<uint8_t>(i * 2654435761u >> 24);
  const SphericalImages result =
      projectImages(images, uniformRotations(40, 0, 1), {.bandLimit = 30});
  uint64_t hash = 1469598103934665603u;
  for (const uint8_t value : result.pixels)
    hash = (hash ^ value) * 1099511628211u;
  EXPECT_EQ(hash, 3674521770437109910u);
}

TEST(Projection, RejectsWhatDoesNotFit) {
  using ::testing::HasSubstr;
  const LabelledImages images = testImages(2);
  EXPECT_THAT(messageOf([&] { projectImages(images, {}, {.bandLimit = 0}); }),
              HasSubstr("expected a band-limit of 1 to 256, got 0"));
  EXPECT_THAT(messageOf([&] { projectImages(images, {}, {.bandLimit = 257}); }),
              HasSubstr("got 257"));
  EXPECT_THAT(messageOf([&] { projectImages(images, {}, {.halfWidth = 0.0}); }),
              HasSubstr("expected a positive half-width"));
  EXPECT_THAT(messageOf([&] { projectImages(images, std::vector<Rotation>(1), {}); }),
              HasSubstr("expected 2 rotations, one for each image, got 1"));
}

} // namespace
} // namespace spherical::runtime
