//===- projection_test.cpp - from SO(3) to S2 -------------------*- C++ -*-===//

#include "runtime/reference/convolution.h"
#include "runtime/reference/network.h"
#include "runtime/reference/product.h"
#include "runtime/reference/projection.h"
#include "test/golden/golden_file.h"
#include "test/runtime/reference/random_values.h"

#include <gtest/gtest.h>

namespace spherical::reference {
namespace {

// Sums of at most 9 terms.
TEST(Projection, SumOverNAgreesWithGoldenFile) {
  const golden::File file("so3_sum_n_L5");
  const auto x = file.read("in.x").asComplex(), g = file.read("cot.y").asComplex();
  EXPECT_LT(golden::relativeError(sumOrders(Orders::All, 4, 5, x), file.read("out.y").asComplex()),
            1e-14);
  EXPECT_LT(golden::relativeError(sumOrdersAdjoint(Orders::All, 4, 5, g),
                                  file.read("grad.x").asComplex()),
            1e-14);
  EXPECT_TRUE(file.unread().empty());
}

TEST(Projection, OrbitMeanAgreesWithGoldenFile) {
  const golden::File file("so3_orbit_mean_b5");
  const auto x = toComplex(file.read("in.x").values), g = toComplex(file.read("cot.y").values);
  EXPECT_LT(golden::relativeError(realParts(orbitMean(4, 5, x)), file.read("out.y").values), 1e-14);
  EXPECT_LT(golden::relativeError(realParts(orbitMeanAdjoint(4, 5, g)), file.read("grad.x").values),
            1e-14);
  EXPECT_TRUE(file.unread().empty());
}

// Sums of at most 2 * 12^3 terms.
TEST(Projection, ConvolutionAgreesWithGoldenFiles) {
  for (const char *name :
       {"so3_to_s2_b4_b4", "so3_to_s2_b6_b4", "so3_to_s2_b5_b8", "so3_to_s2_b5_b8_quadrature"}) {
    const golden::File file(name);
    Convolution layer{Domain::SO3, 2, 2, 3, file.attributes.at("b_in"), file.attributes.at("b_out"),
                      High::Zero,  {}};
    if (file.attributes.value("high", "zero") == "quadrature")
      layer.high = High::Quadrature;
    const golden::Tensor &grid = file.read("grid");
    for (size_t at = 0; at < grid.values.size(); at += 3)
      layer.points.push_back({grid.values[at], grid.values[at + 1], grid.values[at + 2]});
    const auto y =
        projectedConvolution(layer, Projection::SumN, toComplex(file.read("in.x").values),
                             file.read("in.kernel").values);
    const Batch batch{2, 3, 4 * layer.bOut * layer.bOut};
    EXPECT_LT(golden::relativeError(addBias(batch, realParts(y), file.read("in.bias").values),
                                    file.read("out.y").values),
              1e-11)
        << name;
  }
}

/// Spectra of `count` real functions.
std::vector<Complex> hermitianSpectra(int64_t count, int64_t degrees, uint64_t seed) {
  const int64_t size = spectrumSize(Domain::SO3, degrees);
  const std::vector<Complex> values = randomComplex(count * size, seed);
  std::vector<Complex> result;
  for (int64_t c = 0; c < count; ++c)
    for (const Complex &value : hermitianPart(Domain::SO3, degrees, &values[c * size]))
      result.push_back(value);
  return result;
}

// The sum over all n is E + iP with E over even n and P = -i times that over odd n, and both are
// spectra of real functions.
TEST(Projection, EvenAndOddOrdersAreRealAndImaginaryPart) {
  constexpr int64_t degrees = 4;
  const auto z = hermitianSpectra(1, degrees, 1);
  const auto all = sumOrders(Orders::All, 1, degrees, z);
  const auto even = sumOrders(Orders::Even, 1, degrees, z);
  const auto odd = sumOrders(Orders::Odd, 1, degrees, z);
  for (const auto &part : {even, odd})
    EXPECT_LT(golden::relativeError(hermitianPart(Domain::S2, degrees, part.data()), part), 1e-15);
  for (size_t i = 0; i < all.size(); ++i)
    EXPECT_LT(std::abs(all[i] - even[i] - Complex(0, 1) * odd[i]), 1e-14);
}

// <P z, h> = <z, P^T h> for the real inner product.
TEST(Projection, AdjointsAreAdjoint) {
  constexpr int64_t count = 3, degrees = 4;
  const auto z = randomComplex(count * spectrumSize(Domain::SO3, degrees), 2);
  const auto h = randomComplex(count * spectrumSize(Domain::S2, degrees), 3);
  for (Orders orders : {Orders::All, Orders::Even, Orders::Odd, Orders::Zero}) {
    EXPECT_NEAR(innerProduct(sumOrders(orders, count, degrees, z), h),
                innerProduct(z, sumOrdersAdjoint(orders, count, degrees, h)), 1e-12);
    EXPECT_NEAR(innerProduct(projectKernel(orders, count, degrees, z), h),
                innerProduct(z, projectKernelAdjoint(orders, count, degrees, h)), 1e-12);
  }
}

// Projecting a product is multiplying by a projected kernel, forward and backward.
TEST(Projection, MovesIntoTheKernel) {
  const Product extents{Domain::SO3, 2, 3, 4, 4};
  const auto x = hermitianSpectra(2 * 3, 4, 4), y = hermitianSpectra(3 * 4, 4, 5);
  const auto g = randomComplex(2 * 4 * spectrumSize(Domain::S2, 4), 6);
  for (Orders orders : {Orders::Even, Orders::Zero}) {
    const auto c = projectKernel(orders, 3 * 4, 4, y);
    EXPECT_LT(golden::relativeError(thinProduct(extents, x, c),
                                    sumOrders(orders, 2 * 4, 4, product(extents, x, y))),
              1e-14);
    const auto wide = sumOrdersAdjoint(orders, 2 * 4, 4, g);
    EXPECT_LT(golden::relativeError(thinProductGradInput(extents, g, c),
                                    productGradInput(extents, wide, y)),
              1e-14);
    EXPECT_LT(golden::relativeError(
                  projectKernelAdjoint(orders, 3 * 4, 4, thinProductGradKernel(extents, g, x)),
                  productGradKernel(extents, wide, x)),
              1e-14);
  }
}

} // namespace
} // namespace spherical::reference
