//===- kernel_transform_test.cpp - spectra of kernels -----------*- C++ -*-===//

#include "runtime/reference/kernel_transform.h"
#include "test/golden/golden_file.h"

#include <gtest/gtest.h>

namespace spherical::reference {
namespace {

std::vector<Point> pointsOf(const golden::Tensor &grid) {
  std::vector<Point> points;
  const int64_t columns = grid.shape.at(1);
  for (int64_t p = 0; p < grid.shape.at(0); ++p) {
    const double *row = &grid.values[p * columns];
    points.push_back({row[0], row[1], columns == 3 ? row[2] : 0.0});
  }
  return points;
}

// Sums of at most 40 points; the S2 values carry the factor 2L of the layer's definition.
TEST(KernelTransform, AgreesWithGoldenFiles) {
  for (const char *name : {"s2_L6", "s2_equatorial_L6", "so3_L5", "so3_equatorial_L4"}) {
    const golden::File file(std::string("kernel_fft_") + name);
    const golden::Tensor &grid = file.read("grid");
    const Domain domain = grid.shape.at(1) == 2 ? Domain::S2 : Domain::SO3;
    const auto matrix = kernelMatrix(domain, file.attributes.at("L"), pointsOf(grid), 1.0);
    const auto y = kernelTransform(6, grid.shape[0], file.read("in.kernel").values, matrix);
    EXPECT_LT(golden::relativeError(y, file.read("out.y").asComplex()), 1e-12) << name;
    const auto g = kernelTransformAdjoint(6, grid.shape[0], file.read("cot.y").asComplex(), matrix);
    EXPECT_LT(golden::relativeError(g, file.read("grad.kernel").values), 1e-12) << name;
    EXPECT_TRUE(file.unread().empty());
  }
}

TEST(KernelTransform, ScaleMultipliesTheMatrix) {
  const std::vector<Point> points = {{0.4, 1.1, 0.0}};
  const auto plain = kernelMatrix(Domain::S2, 3, points, 1.0);
  const auto scaled = kernelMatrix(Domain::S2, 3, points, -0.25);
  EXPECT_DOUBLE_EQ(plain[0].real(), 6.0);
  for (size_t i = 0; i < plain.size(); ++i)
    EXPECT_EQ(scaled[i], -0.25 * plain[i]);
}

} // namespace
} // namespace spherical::reference
