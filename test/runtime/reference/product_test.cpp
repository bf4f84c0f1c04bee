//===- product_test.cpp - products of spectra -------------------*- C++ -*-===//

#include "runtime/reference/product.h"
#include "test/golden/golden_file.h"

#include <gtest/gtest.h>

namespace spherical::reference {
namespace {

// Sums of at most 3 (2l+1) products.
TEST(Product, AgreesWithGoldenFiles) {
  for (const char *name : {"s2_product_L6", "so3_product_L5"}) {
    const golden::File file(name);
    const bool s2 = std::string(name).starts_with("s2");
    const Product extents{s2 ? Domain::S2 : Domain::SO3, 2, 3, 2, s2 ? 6 : 5};
    const auto x = file.read("in.x").asComplex(), y = file.read("in.y").asComplex();
    EXPECT_LT(golden::relativeError(product(extents, x, y), file.read("out.z").asComplex()), 1e-13);
    const auto g = file.read("cot.z").asComplex();
    EXPECT_LT(
        golden::relativeError(productGradInput(extents, g, y), file.read("grad.x").asComplex()),
        1e-13);
    EXPECT_LT(
        golden::relativeError(productGradKernel(extents, g, x), file.read("grad.y").asComplex()),
        1e-13);
    EXPECT_TRUE(file.unread().empty());
  }
}

} // namespace
} // namespace spherical::reference
