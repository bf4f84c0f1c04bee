//===- rotation_test.cpp - rotated spectra ----------------------*- C++ -*-===//

#include "runtime/reference/rotation.h"
#include "runtime/reference/transform.h"
#include "test/golden/golden_file.h"
#include "test/runtime/reference/random_values.h"

#include <gtest/gtest.h>

namespace spherical::reference {
namespace {

// Sums of some 10^3 terms.
TEST(Rotation, AgreesWithGoldenFile) {
  const golden::File file("so3_rotation_b5");
  const std::vector<double> &angles = file.read("in.angles").values;
  const Transform transform{Domain::SO3, 2, 5, 5, High::Zero};
  const auto spectra = analysis(transform, toComplex(file.read("in.x").values));
  const auto rotated = rotate(Domain::SO3, 2, 5, spectra, {angles[0], angles[1], angles[2]});
  EXPECT_LT(
      golden::relativeError(realParts(synthesis(transform, rotated)), file.read("out.y").values),
      1e-12);
  EXPECT_TRUE(file.unread().empty());
}

// The rotation by (-gamma, -beta, -alpha) is the inverse, and rotations keep the norm.
TEST(Rotation, IsUnitary) {
  constexpr int64_t degrees = 6;
  for (Domain domain : {Domain::S2, Domain::SO3}) {
    const auto x = randomComplex(2 * spectrumSize(domain, degrees), 1);
    const auto y = rotate(domain, 2, degrees, x, {0.4, 1.3, -2.0});
    EXPECT_LT(golden::relativeError(rotate(domain, 2, degrees, y, {2.0, -1.3, -0.4}), x), 1e-13);
    EXPECT_NEAR(innerProduct(y, y), innerProduct(x, x), 1e-12 * innerProduct(x, x));
  }
}

// About the polar axis, x(R^-1 Q) has the coefficients e^{-i m alpha} X_mn.
TEST(Rotation, AboutThePolarAxisIsAPhase) {
  constexpr int64_t degrees = 3;
  const auto x = randomComplex(spectrumSize(Domain::S2, degrees), 2);
  const auto y = rotate(Domain::S2, 1, degrees, x, {0.3, 0.0, 0.4});
  for (int64_t l = 0; l < degrees; ++l)
    for (int64_t m = -l; m <= l; ++m)
      EXPECT_LT(std::abs(y[s2Position(l, m)] - std::polar(1.0, -0.7 * m) * x[s2Position(l, m)]),
                1e-14);
}

} // namespace
} // namespace spherical::reference
