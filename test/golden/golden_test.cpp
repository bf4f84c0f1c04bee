//===- golden_test.cpp - every golden file through the compiler -*- C++ -*-===//
//
// Runs each case of data/ on each target, compares every tensor of it and prints
// how many there were. A tensor that nobody read is a failure.
//
//===----------------------------------------------------------------------===//

#include "test/golden/targets.h"

#include "runtime/reference/grid.h"
#include "runtime/reference/kernel_grid.h"
#include "runtime/reference/wigner.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <numbers>

namespace spherical::golden {
namespace {

std::vector<double> referenceGrid(const std::string &what, int64_t b) {
  if (what == "beta")
    return reference::softBeta(b);
  if (what == "alpha")
    return reference::softAlpha(b);
  if (what == "dh_weights")
    return reference::latitudeWeights(b);
  return what == "s2_weights" ? reference::s2Weights(b) : reference::so3Weights(b);
}

double referenceWignerD(int64_t l, int64_t m, int64_t n, double beta) {
  // A call for each value: keep what the degrees share.
  static const reference::Wigner wigner(50);
  return wigner.value(l, m, n, reference::Harmonics(beta, l + 1));
}

std::vector<double> referencePoints(const nlohmann::json &grid) {
  using std::numbers::pi;
  const std::string kind = grid.at("kind");
  const bool nearIdentity = kind.find("near_identity") != std::string::npos;
  const double maxBeta = grid.value("max_beta", nearIdentity ? pi / 8 : 0.0);
  const double maxGamma = grid.value("max_gamma", nearIdentity ? 2 * pi : pi / 8);
  const int64_t alpha = grid.value("n_alpha", nearIdentity ? 8 : 32);
  const int64_t beta = grid.value("n_beta", nearIdentity ? 3 : 1);
  const int64_t gamma = grid.value("n_gamma", nearIdentity ? alpha : 2);
  std::vector<reference::Point> points;
  if (kind == "s2_near_identity")
    points = reference::s2NearIdentity(maxBeta, alpha, beta);
  else if (kind == "s2_equatorial")
    points = reference::s2Equatorial(maxBeta, alpha, beta);
  else if (kind == "so3_near_identity")
    points = reference::so3NearIdentity(maxBeta, maxGamma, alpha, beta, gamma);
  else
    points = reference::so3Equatorial(maxBeta, maxGamma, alpha, beta, gamma);
  std::vector<double> values;
  for (const reference::Point &point : points)
    values.insert(values.end(), point.begin(), point.begin() + (kind.starts_with("s2") ? 2 : 3));
  return values;
}

/// The reference target after one phase.
Target referenceTarget(const std::string &phase) {
  return {[phase](const std::string &text) { return makeReferenceRunner(text, phase); },
          referenceGrid,
          referenceWignerD,
          referencePoints,
          1e-9,
          false};
}

Target cpuTarget(const std::string &processor) {
  driver::SessionOptions options;
  options.cpu = processor;
  return compiledTarget(options);
}

/// GPU kernels on the emulation, as precise.
Target emulatedTarget(bool strict) {
  driver::SessionOptions options;
  options.target = strict ? "cuda-emulated:strict" : "cuda-emulated";
  return compiledTarget(options);
}

TEST(Golden, Reference) {
  std::vector<Target> targets;
  for (const char *phase : {"graph", "expand", "differentiate", "fuse"})
    targets.push_back(referenceTarget(phase));
  runAll("reference, graph to fuse", targets);
}

TEST(Golden, ReferencePlanned) {
  runAll("reference, schedule and plan", {referenceTarget("schedule"), referenceTarget("plan")});
}

TEST(Golden, Cpu) { runAll("cpu", {cpuTarget("")}); }

TEST(Golden, CpuWithAvx2) { runAll("cpu x86-64-v3", {cpuTarget("x86-64-v3")}); }

// Layers and whole steps of training with the form of published codes.
TEST(Golden, CpuWithComplexProducts) {
  driver::SessionOptions options;
  options.choose = {"spectral_matmul:algorithm=complex_product"};
  for (const char *name : {"s2_conv_b8_b5", "so3_conv_b4_b6", "so3_conv_b3_b5_quadrature",
                           "net_s2cnn_classifier", "net_s2cnn_segmenter_quadrature"}) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(checkCase(File(name), compiledTarget(options)));
  }
}

TEST(Golden, CudaEmulated) { runAll("cuda-emulated", {emulatedTarget(false)}); }

/// Whether a program can be scheduled with these options.
bool fits(const std::string &text, const driver::SessionOptions &options) {
  auto session = driver::Session::parse("golden.mlir", text, options);
  return session && (*session)->runTo("schedule");
}

// Transforms by calls of the library, in all programs that have any.
TEST(Golden, CudaEmulatedByLibrary) {
  driver::SessionOptions library;
  library.target = "cuda-emulated";
  library.choose = {"*:algorithm=cufft"};
  size_t calls = 0;
  Target target = compiledTarget(library);
  target.compile = [&](const std::string &text) {
    const bool hasTransforms = fits(text, library);
    calls += hasTransforms;
    return hasTransforms ? makeCompiledRunner(text, library) : makeEmulatedRunner(text, false);
  };
  runAll("cuda-emulated, cufft", {target});
  EXPECT_GT(calls, 40U);
}

// The same of products of dense matrices: layers and whole steps of training.
TEST(Golden, CudaEmulatedByLibraryProducts) {
  driver::SessionOptions library;
  library.target = "cuda-emulated";
  library.choose = {"*:algorithm=cublas"};
  for (const char *name : {"s2_conv_b8_b5", "so3_conv_b4_b6", "so3_conv_b3_b5_quadrature",
                           "net_s2cnn_classifier", "net_s2cnn_segmenter_quadrature"}) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(checkCase(File(name), compiledTarget(library)));
  }
}

// Too long for every change (test/gpu/thorough.sh); device_test runs some files so.
TEST(Golden, DISABLED_CudaEmulatedStrict) {
  runAll("cuda-emulated:strict", {emulatedTarget(true)});
}

// One wrong sign in one expected value is noticed: the runner compares every value.
TEST(Golden, NoticesOneFlippedSign) {
  for (const char *name :
       {"so3_fft_b4_L6", "net_s2cnn_classifier", "net_s2cnn_segmenter_truncated",
        "conv2d_circular_k4x2_s2x3", "conv_transpose2d_zero_k2x5_s3x2", "gelu"}) {
    File file(name);
    for (const char *tensor : {"grad.x", "step5.param.hidden_layers.0.kernel"})
      if (file.has(tensor))
        file.negate(tensor, 7);
    testing::TestPartResultArray results;
    {
      testing::ScopedFakeTestPartResultReporter reporter(
          testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
      checkCase(file, referenceTarget("graph"));
    }
    EXPECT_EQ(results.size(), 1) << name;
  }
}

} // namespace
} // namespace spherical::golden
