//===- kernel_grid_test.cpp - kernel points ---------------------*- C++ -*-===//

#include "runtime/reference/kernel_grid.h"
#include "test/golden/golden_file.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <numbers>

namespace spherical::reference {
namespace {

using std::numbers::pi;

void expectGolden(const std::string &name, const std::vector<Point> &points) {
  const golden::File file("kernel_grid_" + name);
  const golden::Tensor &grid = file.read("grid");
  std::vector<double> values;
  for (const Point &point : points)
    values.insert(values.end(), point.begin(), point.begin() + grid.shape.at(1));
  EXPECT_LT(golden::relativeError(values, grid.values), 8 * DBL_EPSILON) << name;
}

TEST(KernelGrid, AgreesWithGoldenFiles) {
  expectGolden("s2_near_identity_default", s2NearIdentity(pi / 8, 8, 3));
  expectGolden("s2_near_identity", s2NearIdentity(0.6, 6, 2));
  expectGolden("s2_equatorial", s2Equatorial(0.2, 8, 3));
  expectGolden("so3_near_identity_default", so3NearIdentity(pi / 8, 2 * pi, 8, 3, 8));
  expectGolden("so3_near_identity", so3NearIdentity(0.5, 1.0, 5, 2, 4));
  expectGolden("so3_equatorial", so3Equatorial(0.2, pi / 8, 6, 2, 2));
}

TEST(KernelGrid, SoftGridsHoldEveryPointOnce) {
  EXPECT_EQ(s2Soft(3).size(), 36u);
  EXPECT_EQ(so3Soft(3).size(), 216u);
  EXPECT_NE(so3Soft(3)[1][2], 0.0); // gamma is the fastest
  EXPECT_EQ(so3Soft(3)[6][2], 0.0);
  EXPECT_NE(so3Soft(3)[6][1], 0.0);
}

} // namespace
} // namespace spherical::reference
