//===- equivariance.cpp -----------------------------------------*- C++ -*-===//

#include "runtime/train/equivariance.h"

#include "runtime/reference/grid.h"
#include "runtime/reference/transform.h"
#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/train/fake_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace spherical::runtime {
namespace {

/// The function x . v on the sphere: sampled on the grid of b.
std::vector<reference::Complex> dipole(int64_t b, const std::array<double, 3> &v) {
  std::vector<reference::Complex> values;
  for (const double beta : reference::softBeta(b))
    for (const double alpha : reference::softAlpha(b))
      values.push_back(std::sin(beta) * (std::cos(alpha) * v[0] + std::sin(alpha) * v[1]) +
                       std::cos(beta) * v[2]);
  return values;
}

// f(x) = x . v gives f(R^-1 x) = x . (R v): the sense of the rotation and all its angles.
TEST(RotateSpectra, RotatesADipole) {
  constexpr int64_t b = 4;
  const reference::Transform transform{reference::Domain::S2, 1, b, b, reference::High::Zero};
  const std::array<double, 3> v = {0.3, -1.1, 0.7};
  const auto spectra = reference::analysis(transform, dipole(b, v));
  for (const Rotation &rotation : uniformRotations(5, 1, 0)) {
    const std::array<double, 9> m = rotation.matrix();
    std::array<double, 3> rotated = {};
    for (int i = 0; i < 9; ++i)
      rotated[i / 3] += m[i] * v[i % 3];
    const auto expected = dipole(b, rotated);
    const auto got = reference::synthesis(transform, rotateSpectra(spectra, 1, b, rotation));
    // 16 coefficients, each off by a small multiple of eps times |v| = 1.3.
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(std::abs(got[i] - expected[i]), 0.0, 1e-13);
  }
}

/// A network whose logits are 0 and the integrals of x and of x^2 over the sphere, which rotations
/// of a function with degrees below b leave alone; or, if broken, two values on the grid.
class Integrals : public FakeNetwork {
public:
  Integrals(int64_t b, bool broken)
      : FakeNetwork(b, 3, 4), b(b), broken(broken), latitude(reference::s2Weights(b)) {}

  void forward(const float *x, int64_t count, float *logits) override {
    firstValues.insert(x[0]);
    for (int64_t i = 0; i < count; ++i) {
      const float *sample = x + i * inputs;
      double mean = 0, square = 0;
      for (int64_t k = 0; k < inputs; ++k) {
        mean += latitude[k / (2 * b)] * sample[k];
        square += latitude[k / (2 * b)] * sample[k] * sample[k];
      }
      logits[3 * i] = broken ? sample[0] : static_cast<float>(mean);
      logits[3 * i + 1] = broken ? sample[2 * b * b] : static_cast<float>(10 * square);
      logits[3 * i + 2] = 0.0f;
    }
  }

  /// The values at the first grid point of the first sample in all calls.
  std::set<float> firstValues;

private:
  int64_t b;
  bool broken;
  std::vector<double> latitude;
};

TEST(EquivarianceError, OfInvariantsIsRounding) {
  const SphericalImages images = patterns(6, 5);
  Integrals network(5, false);
  const EquivarianceError error =
      equivarianceError(network, StoredSamples(images), {.rotations = 21});
  EXPECT_EQ(error.errors.size(), 21u);
  // Inputs and logits of size 1 are rounded to fp32 once each. Over 100 grid points the inputs'
  // rounding averages out below the last bit of the logits, so that 0 is a possible outcome:
  // that the inputs were rotated shows in their values instead.
  EXPECT_LT(error.median, 10 * 6e-8);
  EXPECT_EQ(network.firstValues.size(), 22u);
}

TEST(EquivarianceError, OfOtherOutputsIsNot) {
  const SphericalImages images = patterns(6, 5);
  Integrals network(5, true);
  EXPECT_GT(equivarianceError(network, StoredSamples(images), {.rotations = 20}).median, 0.3);
}

TEST(EquivarianceError, NeedsAScale) {
  const SphericalImages images = patterns(3, 2);
  FakeNetwork network(2, 3); // all weights are zero
  EXPECT_THAT(messageOf([&] { equivarianceError(network, StoredSamples(images), {}); }),
              ::testing::HasSubstr("has no scale"));
}

} // namespace
} // namespace spherical::runtime
