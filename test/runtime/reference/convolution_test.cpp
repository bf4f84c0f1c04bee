//===- convolution_test.cpp - convolutions ----------------------*- C++ -*-===//

#include "runtime/reference/convolution.h"
#include "runtime/reference/network.h"
#include "test/golden/golden_file.h"
#include "test/runtime/reference/random_values.h"

#include <gtest/gtest.h>

namespace spherical::reference {
namespace {

Convolution layerOf(const golden::File &file) {
  const auto &a = file.attributes;
  const bool s2 = a.at("op") == "s2_conv";
  Convolution layer{s2 ? Domain::S2 : Domain::SO3,
                    2,
                    2,
                    3,
                    a.at("b_in"),
                    a.at("b_out"),
                    a.value("high", "zero") == "quadrature" ? High::Quadrature : High::Zero,
                    {}};
  const golden::Tensor &grid = file.read("grid");
  for (size_t at = 0; at < grid.values.size(); at += grid.shape[1])
    layer.points.push_back({grid.values[at], grid.values[at + 1], s2 ? 0.0 : grid.values[at + 2]});
  return layer;
}

// Sums of at most 2 * 12^3 terms on both sides.
void expectGolden(const std::string &name) {
  constexpr double bound = 1e-11;
  const golden::File file(name);
  const Convolution layer = layerOf(file);
  const auto x = toComplex(file.read("in.x").values);
  const auto &kernels = file.read("in.kernel").values;
  const Batch batch{2, 3, 8 * layer.bOut * layer.bOut * layer.bOut};
  const auto y =
      addBias(batch, realParts(convolution(layer, x, kernels)), file.read("in.bias").values);
  EXPECT_LT(golden::relativeError(y, file.read("out.y").values), bound) << name;
  const auto &g = file.read("cot.y").values;
  const ConvolutionGrad grad = convolutionGrad(layer, toComplex(g), x, kernels);
  EXPECT_LT(golden::relativeError(realParts(grad.x), file.read("grad.x").values), bound) << name;
  EXPECT_LT(golden::relativeError(grad.kernels, file.read("grad.kernel").values), bound) << name;
  EXPECT_LT(golden::relativeError(channelSum(batch, g), file.read("grad.bias").values), bound);
  // The gradient that forgets the degrees from bIn on belongs to weights trained elsewhere.
  for (const std::string &other : file.unread())
    EXPECT_EQ(other, "grad_truncated.x") << name;
}

TEST(Convolution, AgreesWithGoldenFiles) {
  int64_t files = 0;
  for (const std::string &name : golden::fileNames())
    if (name.starts_with("s2_conv") || name.starts_with("so3_conv") ||
        name.starts_with("so3_shortcut"))
      ++files, expectGolden(name);
  EXPECT_EQ(files, 12);
}

} // namespace
} // namespace spherical::reference
