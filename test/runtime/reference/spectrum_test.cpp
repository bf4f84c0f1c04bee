//===- spectrum_test.cpp - order of coefficients ----------------*- C++ -*-===//

#include "runtime/reference/spectrum.h"
#include "runtime/reference/transform.h"
#include "test/golden/golden_file.h"
#include "test/runtime/reference/random_values.h"

#include <gtest/gtest.h>

#include <cfloat>

namespace spherical::reference {
namespace {

TEST(Spectrum, PositionsRunThroughAllCoefficientsInOrder) {
  int64_t s2 = 0, so3 = 0;
  for (int64_t l = 0; l < 6; ++l)
    for (int64_t m = -l; m <= l; ++m) {
      EXPECT_EQ(s2Position(l, m), s2);
      EXPECT_EQ(mirroredPosition(Domain::S2, l, s2++), s2Position(l, -m));
      for (int64_t n = -l; n <= l; ++n) {
        EXPECT_EQ(so3Position(l, m, n), so3);
        EXPECT_EQ(mirroredPosition(Domain::SO3, l, so3++), so3Position(l, -m, -n));
      }
    }
  EXPECT_EQ(spectrumSize(Domain::S2, 6), s2);
  EXPECT_EQ(spectrumSize(Domain::SO3, 6), so3);
}

// The real part of a function has the Hermitian part of its spectrum. Sums of (2b)^3 terms.
TEST(Spectrum, HermitianPartIsTheSpectrumOfTheRealPart) {
  for (Domain domain : {Domain::S2, Domain::SO3}) {
    const Transform transform{domain, 1, 4, 4, High::Zero};
    const auto f = randomComplex(transform.functionSize(), 11);
    const auto expected = analysis(transform, toComplex(realParts(f)));
    const auto part = hermitianPart(domain, 4, analysis(transform, f).data());
    EXPECT_LT(golden::relativeError(part, expected), 512 * DBL_EPSILON);
  }
}

} // namespace
} // namespace spherical::reference
