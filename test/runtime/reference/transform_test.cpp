//===- transform_test.cpp - Fourier transforms ------------------*- C++ -*-===//

#include "runtime/reference/transform.h"
#include "test/golden/golden_file.h"
#include "test/runtime/reference/random_values.h"

#include <gtest/gtest.h>

#include <cfloat>

namespace spherical::reference {
namespace {

// Golden values are sums of at most 4096 terms on both sides; 1e-12 leaves a factor of 10.
constexpr double bound = 1e-12;

Transform transformOf(const golden::File &file, const char *b) {
  const auto &a = file.attributes;
  const bool s2 = a.at("op").get<std::string>().starts_with("s2");
  return {s2 ? Domain::S2 : Domain::SO3, a.value("B", 2) * a.value("C", 2), a.at(b), a.at("L"),
          a.value("high", "zero") == "quadrature" ? High::Quadrature : High::Zero};
}

void expectAnalysis(const std::string &name) {
  const golden::File file(name);
  const Transform t = transformOf(file, "b_in");
  const auto y = analysis(t, toComplex(file.read("in.x").values));
  EXPECT_LT(golden::relativeError(y, file.read("out.y").asComplex()), bound) << name;
  const auto gx = realParts(analysisAdjoint(t, file.read("cot.y").asComplex()));
  EXPECT_LT(golden::relativeError(gx, file.read("grad.x").values), bound) << name;
  EXPECT_TRUE(file.unread().empty());
}

void expectSynthesis(const std::string &name) {
  const golden::File file(name);
  const Transform t = transformOf(file, "b_out");
  const auto y = realParts(synthesis(t, file.read("in.x").asComplex()));
  EXPECT_LT(golden::relativeError(y, file.read("out.y").values), bound) << name;
  const auto gx = synthesisAdjoint(t, toComplex(file.read("cot.y").values));
  EXPECT_LT(golden::relativeError(gx, file.read("grad.x").asComplex()), bound) << name;
  EXPECT_TRUE(file.unread().empty());
}

TEST(Transform, AgreesWithGoldenFiles) {
  int64_t files = 0;
  for (const std::string &name : golden::fileNames()) {
    if (name.starts_with("s2_fft") || name.starts_with("so3_fft"))
      ++files, expectAnalysis(name);
    if (name.starts_with("s2_ifft") || name.starts_with("so3_ifft"))
      ++files, expectSynthesis(name);
  }
  EXPECT_EQ(files, 20);
}

// Quadrature is exact for products of degree below 2b: analysis inverts synthesis. Sums of up to
// (2b)^3 terms in which errors of l eps of the Wigner functions add up like random ones.
TEST(Transform, AnalysisInvertsSynthesis) {
  for (auto [domain, b, degrees] : {std::tuple{Domain::S2, 1, 1},
                                    {Domain::S2, 50, 50},
                                    {Domain::S2, 101, 101},
                                    {Domain::S2, 256, 256},
                                    {Domain::SO3, 1, 1},
                                    {Domain::SO3, 7, 5},
                                    {Domain::SO3, 13, 13},
                                    {Domain::SO3, 50, 50}}) {
    const Transform t{domain, 1, b, degrees, High::Zero};
    const auto X = randomComplex(spectrumSize(domain, degrees), 3);
    EXPECT_LT(golden::relativeError(analysis(t, synthesis(t, X)), X), 1e-11) << b;
  }
}

// <A x, y> = <x, A* y> in complex functions, up to rounding of the two sums.
TEST(Transform, AdjointsAreAdjoint) {
  for (Domain domain : {Domain::S2, Domain::SO3})
    for (auto [b, degrees, high] :
         {std::tuple{4, 3, High::Zero}, {3, 5, High::Zero}, {3, 5, High::Quadrature}}) {
      const Transform t{domain, 2, b, degrees, high};
      const auto f = randomComplex(2 * t.functionSize(), 5);
      const auto X = randomComplex(2 * spectrumSize(domain, degrees), 6);
      EXPECT_NEAR(innerProduct(analysis(t, f), X), innerProduct(f, analysisAdjoint(t, X)), 1e-12);
      EXPECT_NEAR(innerProduct(synthesis(t, X), f), innerProduct(X, synthesisAdjoint(t, f)), 1e-9);
    }
}

TEST(Transform, IntegralAgreesWithGoldenFileAndDegreeZero) {
  const golden::File file("so3_integrate_b5");
  const auto x = toComplex(file.read("in.x").values);
  const auto y = so3Integrate(4, 5, x);
  EXPECT_LT(golden::relativeError(realParts(y), file.read("out.y").values), bound);
  const auto gx = so3IntegrateAdjoint(4, 5, toComplex(file.read("cot.y").values));
  EXPECT_LT(golden::relativeError(realParts(gx), file.read("grad.x").values), bound);
  EXPECT_TRUE(file.unread().empty());
  EXPECT_LT(golden::relativeError(analysis({Domain::SO3, 4, 5, 1, High::Zero}, x), y), bound);
}

TEST(Transform, ResampleAgreesWithGoldenFiles) {
  for (const std::string &name : golden::fileNames()) {
    if (name.find("resample") == std::string::npos)
      continue;
    const golden::File file(name);
    const auto &a = file.attributes;
    const Domain domain = name.starts_with("s2") ? Domain::S2 : Domain::SO3;
    const int64_t in = a.at("b_in"), out = a.at("b_out"), count = 2 * a.value("C", 2);
    const Transform down{domain, count, in, std::min(in, out), High::Zero};
    const Transform up{domain, count, out, std::min(in, out), High::Zero};
    const auto y = realParts(synthesis(up, analysis(down, toComplex(file.read("in.x").values))));
    EXPECT_LT(golden::relativeError(y, file.read("out.y").values), bound) << name;
    const auto g = synthesisAdjoint(up, toComplex(file.read("cot.y").values));
    EXPECT_LT(
        golden::relativeError(realParts(analysisAdjoint(down, g)), file.read("grad.x").values),
        bound)
        << name;
    EXPECT_TRUE(file.unread().empty());
  }
}

} // namespace
} // namespace spherical::reference
