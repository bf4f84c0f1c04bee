//===- series_lanes_test.cpp - boundaries of all samples' channels --------===//
//
// Between products of spectra channels of one sample follow those of the other in the
// lanes: the products around a ReLU and all of their gradients equal the definitions in
// fp64, with a full and a partial batch, channels that fill lane groups, leave some lanes
// empty, and need several groups, single and double precision, on AVX-512 and AVX2.
//
//===----------------------------------------------------------------------===//

#include "test/execute/op_cases.h"
#include "test/execute/stage_program.h"
#include "test/golden/cases.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

using golden::Values;

/// A spectrum x times a kernel, ReLU on a grid, times another kernel, and the gradients that g has.
struct Chain {
  int64_t batch, channels, lanes;
  std::string element;

  Slot spectrum(int64_t first, int64_t second, int64_t degrees) const {
    return signal("so3_spectrum", first, second, degrees, element);
  }
  Slot x() const { return spectrum(batch, 2, 4); }
  Slot k() const { return spectrum(2, channels, 4).whole(); }
  Slot z() const { return spectrum(batch, channels, 4); }
  Slot f() const { return spectrum(batch, channels, 3); }
  Slot l() const { return spectrum(channels, 3, 3).whole(); }
  Slot y() const { return spectrum(batch, 3, 3); }

  std::string text(const std::string &name) const;
};

std::string Chain::text(const std::string &name) const {
  const std::string size = std::to_string(batch) + "x" + std::to_string(channels);
  const std::string mask = "!spherical.so3<" + size + ", b = 5, i1>";
  const std::string series = "spherical.series_lanes = " + std::to_string(lanes) + " : i64";
  auto product = [](const std::string &result, const std::string &operands, const Slot &a,
                    const Slot &b, const Slot &c) {
    return "  " + result + " = spherical.spectral_matmul " + operands + " : " + a.type + ", " +
           b.type + " -> " + c.type + "\n";
  };
  auto argument = [](const std::string &name, const Slot &slot) {
    return "%" + name + ": " + slot.type + " {spherical.name = \"" + name +
           (slot.batched ? "\", spherical.role = \"input\"}" : "\"}");
  };
  auto result = [](const std::string &name, const Slot &slot) {
    return slot.type + " {spherical.name = \"" + name + "\"}";
  };
  return "func.func @" + name + "(" + argument("x", x()) + ", " + argument("g", y()) + ", " +
         argument("k", k()) + ", " + argument("l", l()) + ") -> (" + result("y", y()) + ", " +
         result("dl", l()) + ", " + result("dk", k()) + ", " + result("dx", x()) +
         ") attributes {spherical.channel_lanes = " + std::to_string(lanes) + " : i64} {\n" +
         product("%z", "%x, %k", x(), k(), z()) + "  %f, %mask = spherical.boundary %z grid 5 {" +
         series + "} : " + z().type + " -> " + f().type + ", " + mask +
         " {\n  ^bb0(%v: " + element + "):\n" + "    %zero = arith.constant 0.0 : " + element +
         "\n    %r = arith.maximumf %v, %zero : " + element +
         "\n    spherical.yield %r : " + element + "\n  }\n" +
         product("%y", "%f, %l", f(), l(), y()) +
         product("%df", "%g, %l form grad_input", y(), l(), f()) +
         "  %dz = spherical.boundary %df with(%mask : " + mask + ") grid 5 {adjoint, " + series +
         "} : " + f().type + " -> " + z().type + " {\n  ^bb0(%v: " + element + ", %bit: i1):\n" +
         "    %zero = arith.constant 0.0 : " + element +
         "\n    %r = arith.select %bit, %v, %zero : " + element +
         "\n    spherical.yield %r : " + element + "\n  }\n" +
         product("%dl", "%g, %f form grad_kernel", y(), f(), l()) +
         product("%dk", "%dz, %x form grad_kernel", z(), x(), k()) +
         product("%dx", "%dz, %k form grad_input", z(), k(), x()) +
         "  return %y, %dl, %dk, %dx : " + y().type + ", " + l().type + ", " + k().type + ", " +
         x().type + "\n}\n";
}

class SeriesLanes : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    if (!test::canRun(GetParam()))
      GTEST_SKIP() << "this machine has no " << GetParam();
  }

  void check(const std::vector<Chain> &chains, double tolerance) {
    std::mt19937_64 engine(5);
    std::string text;
    for (size_t i = 0; i < chains.size(); ++i)
      text += chains[i].text("f" + std::to_string(i));
    driver::SessionOptions options;
    options.cpu = GetParam();
    const auto cpu = golden::makeCompiledRunner(text, options);
    const auto reference = golden::makeReferenceRunner(text, "graph"),
               planned = golden::makeReferenceRunner(text, "plan");
    for (size_t i = 0; i < chains.size(); ++i)
      for (const int64_t missing : {0, 1, 2}) {
        if (missing >= chains[i].batch)
          continue;
        SCOPED_TRACE(chains[i].text("f") + std::to_string(missing) + " samples less");
        Chain given = chains[i];
        given.batch -= missing;
        const Values inputs = {{"x", randomOf(given.x(), engine)},
                               {"g", randomOf(given.y(), engine)},
                               {"k", randomOf(given.k(), engine)},
                               {"l", randomOf(given.l(), engine)}};
        const std::string entry = "f" + std::to_string(i);
        const Values expected = reference->run(entry, inputs);
        golden::expectNear(cpu->run(entry, inputs), expected, tolerance);
        golden::expectNear(planned->run(entry, inputs), expected, 1e-12);
      }
  }
};

// Sums of some 300 products, of a transform and its inverse, in single precision: eps 6e-8.
TEST_P(SeriesLanes, SinglePrecision) {
  check({{5, 12, 16, "f32"},
         {3, 5, 16, "f32"},
         {2, 16, 16, "f32"},
         {3, 21, 16, "f32"},
         {5, 3, 8, "f32"},
         {1, 7, 8, "f32"},
         {18, 2, 8, "f32"}},
        5e-5);
}

TEST_P(SeriesLanes, DoublePrecision) {
  check({{5, 6, 8, "f64"}, {3, 11, 8, "f64"}, {3, 3, 4, "f64"}}, 1e-13);
}

INSTANTIATE_TEST_SUITE_P(Processors, SeriesLanes, testing::Values("x86-64-v4", "x86-64-v3"),
                         [](const auto &info) {
                           return std::string(info.param) == "x86-64-v4" ? "Avx512" : "Avx2";
                         });

} // namespace
} // namespace spherical
