//===- round_trip_test.cpp - transforms at high band-limits -----*- C++ -*-===//
//
// The quadrature of a grid is exact for its band-limit: analysis inverts
// synthesis. Two programs, as one would fold to nothing.
//
//===----------------------------------------------------------------------===//

#include "runtime/reference/spectrum.h"
#include "runtime/reference/transform.h"
#include "test/golden/runner.h"
#include "test/runtime/reference/random_values.h"

#include <gtest/gtest.h>

#include <cmath>

namespace spherical {
namespace {

using golden::Tensor;
using reference::Complex;
using reference::Domain;

std::string signalType(const std::string &kind, int64_t b) {
  return "!spherical." + kind + "<1x1, b = " + std::to_string(b) + ", f32>";
}

/// @forward and @inverse between a function of b and its spectrum of the same degrees.
std::string transformText(Domain domain, int64_t b) {
  const std::string name = domain == Domain::S2 ? "s2" : "so3";
  const std::string function = signalType(name, b), spectrum = signalType(name + "_spectrum", b);
  auto entry = [&](const std::string &entry, const std::string &op, const std::string &from,
                   const std::string &to) {
    return "func.func @" + entry + "(%x: " + from + " {spherical.name = \"x\"}) -> (" + to +
           " {spherical.name = \"y\"}) {\n  %y = spherical." + name + op + " %x : " + from +
           " -> " + to + "\n  return %y : " + to + "\n}\n";
  };
  return entry("forward", "_ft", function, spectrum) + entry("inverse", "_ift", spectrum, function);
}

/// The spectrum of a random real function.
Tensor randomSpectrum(Domain domain, int64_t b) {
  const int64_t size = reference::spectrumSize(domain, b);
  const auto values = reference::hermitianPart(domain, b, reference::randomComplex(size, 5).data());
  Tensor tensor{{1, 1, size, 2}, {}};
  for (const Complex &value : values)
    tensor.values.insert(tensor.values.end(), {value.real(), value.imag()});
  return tensor;
}

/// Largest error relative to the largest coefficient after synthesis and analysis.
double roundTripError(Domain domain, int64_t b) {
  const auto runner = golden::makeCpuRunner(transformText(domain, b), "");
  const Tensor spectrum = randomSpectrum(domain, b);
  const Tensor function = runner->run("inverse", {{"x", spectrum}}).at("y");
  const Tensor back = runner->run("forward", {{"x", function}}).at("y");
  return golden::relativeError(back.values, spectrum.values);
}

// Sums in single precision over degrees and 2b samples an angle, whose errors of eps = 6e-8 add up
// like random ones, sqrt(b) times 2l + 1 of the largest coefficient in the function and as much
// less on the way back.
constexpr double bound = 1e-4;

TEST(RoundTrip, OnTheSphereUpToBandLimit256) {
  for (int64_t b : {1, 2, 3, 17, 50, 101, 256})
    EXPECT_LT(roundTripError(Domain::S2, b), bound) << b;
}

TEST(RoundTrip, OnSO3UpToBandLimit101) {
  for (int64_t b : {1, 2, 3, 17, 50, 101})
    EXPECT_LT(roundTripError(Domain::SO3, b), bound) << b;
}

// At b = 50 the values themselves are those of the fp64 definitions, which share nothing with the
// program.
TEST(RoundTrip, FunctionsAreThoseOfTheDefinitions) {
  constexpr int64_t b = 50;
  for (Domain domain : {Domain::S2, Domain::SO3}) {
    const auto runner = golden::makeCpuRunner(transformText(domain, b), "");
    const Tensor spectrum = randomSpectrum(domain, b);
    const Tensor function = runner->run("inverse", {{"x", spectrum}}).at("y");
    const auto expected =
        reference::synthesis({domain, 1, b, b, reference::High::Zero}, spectrum.asComplex());
    EXPECT_LT(golden::relativeError(function.values, reference::realParts(expected)), bound);
  }
}

} // namespace
} // namespace spherical
