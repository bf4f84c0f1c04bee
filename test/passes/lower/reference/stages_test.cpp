//===- stages_test.cpp - stages on buffers ----------------------*- C++ -*-===//
//
// Small planned functions with values that can be worked out by hand.
//
//===----------------------------------------------------------------------===//

#include "test/passes/lower/reference/parsed_module.h"

#include "runtime/problem.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace mlir::spherical {
namespace {

using ::spherical::runtime::Problem;
using Doubles = std::vector<double>;

/// Runs @f and returns its result "y".
Doubles runY(ParsedModule &parsed, const NamedTensors &inputs) {
  const NamedTensors results = parsed.run("f", inputs);
  EXPECT_EQ(results.count("y"), 1u) << parsed.diagnostics;
  return results.count("y") ? results.at("y").values : Doubles();
}

void expectNear(const Doubles &got, const Doubles &expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], expected[i], 1e-14) << i;
}

/// One stage.dft of n = 4 samples from %x to %y.
std::string dftText(const std::string &op, const std::string &in, const std::string &out) {
  return R"(
stage.table @w : memref<4x2xf32> = #stage.table<"twiddles", {n = 4, radix0 = 4}>
func.func @f(%arena: memref<64xi8> {stage.arena}, %x: memref<)" +
         in + R"(xf32> {spherical.name = "x"},
    %y: memref<)" +
         out + R"(xf32> {stage.result, spherical.name = "y"}) {
  %t = stage.table_ref @w : memref<4x2xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 1 bytes 1 {
    stage.dft )" +
         op + ", radices = array<i64: 4>} : memref<" + in + "xf32>, memref<" + out +
         "xf32>, memref<4x2xf32>\n  }\n  return\n}\n";
}

// Row 0 is 1 + cos, row 1 is sin: bins 0 and 1 are (4, 2) and (0, -2i); one lane.
TEST(Stages, RealAnalysisSumsAgainstTheConjugateWave) {
  ParsedModule parsed(dftText("real_analysis %x -> %y twiddles %t {n = 4, limit = 2, rows = 2, "
                              "orders = 1, lanes = 1",
                              "2x4x1", "2x2x2x1"));
  expectNear(runY(parsed, {{"x", {{2, 4, 1}, {2, 1, 0, 1, 0, 1, 0, -1}}}}),
             {4, 0, 0, 0, 2, 0, 0, -2});
}

TEST(Stages, RealSynthesisDoublesTheUpperBins) {
  ParsedModule parsed(dftText("real_synthesis %x -> %y twiddles %t {n = 4, limit = 2, rows = 2, "
                              "orders = 1, lanes = 1, relu",
                              "2x2x2x1", "2x4x1"));
  // The imaginary part of bin 0 does not enter; negative values are cut.
  expectNear(runY(parsed, {{"x", {{2, 2, 2, 1}, {1, 9, 0, 9, 1, 0, 0, -1}}}}),
             {3, 1, 0, 1, 0, 2, 0, 0});
}

// x = e^{2 pi i a/4} in row 0, e^{-2 pi i a/4} in row 1: bin +1 of row 0 and bin -1 of row 1, which
// stands in columns 2 and 3 of row 0.
TEST(Stages, ComplexAnalysisMirrorsTheRowsOfNegativeBins) {
  ParsedModule parsed(dftText("complex_analysis %x -> %y twiddles %t {n = 4, limit = 2, rows = 2, "
                              "orders = 1, lanes = 1",
                              "1x2x4x2x1", "1x2x2x4x1"));
  const Doubles x = {1, 0, 0, 1, -1, 0, 0, -1, 1, 0, 0, -1, -1, 0, 0, 1};
  expectNear(runY(parsed, {{"x", {{1, 2, 4, 2, 1}, x}}}),
             {0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 4, 0, 0, 0, 0, 0});
}

TEST(Stages, ComplexSynthesisReadsNegativeBinsFromTheMirroredRow) {
  ParsedModule parsed(dftText("complex_synthesis %x -> %y twiddles %t {n = 4, limit = 2, rows = 2, "
                              "orders = 1, lanes = 1",
                              "1x2x2x4x1", "1x2x4x2x1"));
  // Order 0: columns 2 and 3 do not enter. Order 1 of row 0: bin 1 of row 0 and bin -1 of row 1.
  expectNear(
      runY(parsed, {{"x", {{1, 2, 2, 4, 1}, {0, 0, 9, 9, 0, 0, 9, 9, 1, 0, 1, 0, 0, 0, 0, 0}}}}),
      {1, 0, 0, 1, -1, 0, 0, -1, 1, 0, 0, -1, -1, 0, 0, 1});
}

// All three bins of 1 + cos + (-1)^a and of sin, which has no middle one.
TEST(Stages, RealAnalysisHasTheMiddleBin) {
  ParsedModule parsed(dftText("real_analysis %x -> %y twiddles %t {n = 4, limit = 3, rows = 2, "
                              "orders = 1, lanes = 1",
                              "2x4x1", "3x2x2x1"));
  expectNear(runY(parsed, {{"x", {{2, 4, 1}, {3, 0, 1, 0, 0, 1, 0, -1}}}}),
             {4, 0, 0, 0, 2, 0, 0, -2, 4, 0, 0, 0});
}

TEST(Stages, RealSynthesisTakesTheMiddleBinOnce) {
  ParsedModule parsed(dftText("real_synthesis %x -> %y twiddles %t {n = 4, limit = 3, rows = 2, "
                              "orders = 1, lanes = 1",
                              "3x2x2x1", "2x4x1"));
  // The imaginary parts of bins 0 and 2 do not enter.
  expectNear(runY(parsed, {{"x", {{3, 2, 2, 1}, {1, 9, 0, 9, 1, 0, 0, -1, 1, 9, 2, 9}}}}),
             {4, 0, 0, 0, 2, 0, 2, -4});
}

// Rows e^{2 pi i a/4} and i e^{-2 pi i a/4}: bin 1 of the one and bin 3 of the other.
TEST(Stages, PlainTransformsHaveAllBins) {
  const Doubles values = {1, 0, 0, 1, -1, 0, 0, -1, 0, 1, 1, 0, 0, -1, -1, 0};
  Doubles bins = {0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4};
  ParsedModule forward(dftText("plain_analysis %x -> %y twiddles %t {n = 4, limit = 4, rows = 2, "
                               "orders = 1, lanes = 1",
                               "2x4x2x1", "4x2x2x1"));
  expectNear(runY(forward, {{"x", {{2, 4, 2, 1}, values}}}), bins);
  ParsedModule back(dftText("plain_synthesis %x -> %y twiddles %t {n = 4, limit = 4, rows = 2, "
                            "orders = 1, lanes = 1",
                            "4x2x2x1", "2x4x2x1"));
  for (double &bin : bins)
    bin /= 4;
  expectNear(runY(back, {{"x", {{4, 2, 2, 1}, bins}}}), values);
}

const char *const contract = R"(
func.func @f(%arena: memref<64xi8> {stage.arena}, %a: memref<6xf32> {spherical.name = "a"},
    %b: memref<6x2xf32> {spherical.name = "b"}, %p: memref<1x18xi64> {spherical.name = "p"},
    %y: memref<2x2xf32> {stage.result, spherical.name = "y"}) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 1 bytes 1 {
    stage.contract scalar %a, %b, %p -> %y {lanes = 2}
        : memref<6xf32>, memref<6x2xf32>, memref<1x18xi64>, memref<2x2xf32>
  }
  return
})";

/// A list of one problem.
HostTensor listOf(const Problem &problem) {
  HostTensor list{{1, ::spherical::runtime::kProblemFieldCount}, {}};
  for (auto [name, field] : ::spherical::runtime::kProblemFields<int64_t>)
    list.values.push_back(static_cast<double>(problem.*field));
  return list;
}

/// C(r) = sum_k A(r, k) B(k): A is 2 x 3 in rows, B three lane vectors.
Problem rowsOfThree() {
  Problem p;
  p.R1 = 2, p.K1 = 3, p.R0 = p.K0 = p.N = 1;
  p.aR1 = 3, p.aK1 = 1;
  p.bOff = 1, p.bK1 = 2;
  p.cR1 = 1;
  return p;
}

TEST(Stages, ContractMultipliesAsTheProblemSays) {
  ParsedModule parsed(contract);
  EXPECT_EQ(runY(parsed, {{"a", {{6}, {1, 2, 3, 4, 5, 6}}},
                          {"b", {{6, 2}, {0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 5, 6}}},
                          {"p", listOf(rowsOfThree())}}),
            (Doubles{22, 28, 49, 64}));
}

TEST(Stages, ContractReducesOverLanes) {
  ParsedModule parsed(R"(
func.func @f(%arena: memref<64xi8> {stage.arena}, %a: memref<2x2xf32> {spherical.name = "a"},
    %b: memref<2x2xf32> {spherical.name = "b"}, %p: memref<1x18xi64> {spherical.name = "p"},
    %y: memref<1xf32> {stage.result, spherical.name = "y"}) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 1 bytes 1 {
    stage.contract reduce %a, %b, %p -> %y {lanes = 2}
        : memref<2x2xf32>, memref<2x2xf32>, memref<1x18xi64>, memref<1xf32>
  }
  return
})");
  Problem p;
  p.R1 = p.R0 = p.K0 = p.N = 1, p.K1 = 2, p.aK1 = p.bK1 = 1;
  EXPECT_EQ(runY(parsed,
                 {{"a", {{2, 2}, {1, 2, 3, 4}}}, {"b", {{2, 2}, {5, 6, 7, 8}}}, {"p", listOf(p)}}),
            (Doubles{70}));
}

/// Files to lanes and back with a sum of two entries on the way; 3 samples in lane groups of 2.
const char *const lanes = R"(
func.func @f(%arena: memref<128xi8> {stage.arena},
    %x: memref<4x3xf32> {stage.batched, spherical.role = "input", spherical.name = "x"},
    %k: memref<2x2xi32> {spherical.name = "k"}, %c: memref<2x2xf32> {spherical.name = "c"},
    %y: memref<4x2xf32> {stage.batched, stage.result, spherical.name = "y"}) {
  %c64 = arith.constant 64 : index
  %view = memref.view %arena[%c64][] : memref<128xi8> to memref<2x3x2xf32>
  stage.sweep "in" (%g) in [2] chunk 1 flop 1 bytes 1 {
    %v = memref.subview %view[%g, 0, 0] [1, 3, 2] [1, 1, 1]
        : memref<2x3x2xf32> to memref<3x2xf32, strided<[2, 1], offset: ?>>
    stage.gather to_lanes %x -> %v group %g {count = 3, lanes = 2}
        : memref<4x3xf32>, memref<3x2xf32, strided<[2, 1], offset: ?>>
  }
  stage.sweep "out" (%g) in [2] chunk 1 flop 1 bytes 1 scratch (%s: memref<2x2xf32>) {
    %v = memref.subview %view[%g, 0, 0] [1, 3, 2] [1, 1, 1]
        : memref<2x3x2xf32> to memref<3x2xf32, strided<[2, 1], offset: ?>>
    stage.gather lanes %v -> %s indices %k : memref<2x2xi32> coefficients %c : memref<2x2xf32>
        {count = 2, lanes = 2} : memref<3x2xf32, strided<[2, 1], offset: ?>>, memref<2x2xf32>
    stage.gather from_lanes %s -> %y group %g {count = 2, lanes = 2}
        : memref<2x2xf32>, memref<4x2xf32>
  }
  return
})";

TEST(Stages, GathersMoveSamplesToLanesAndStopAtTheCount) {
  ParsedModule parsed(lanes);
  const HostTensor x{{3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}};
  EXPECT_EQ(runY(parsed, {{"x", x}, {"k", {{2, 2}, {0, 2, 1, 1}}}, {"c", {{2, 2}, {1, -1, 2, 0}}}}),
            (Doubles{-2, 4, -2, 10, -2, 16}));
}

// 3 samples are in both groups of 2 lanes, 2 samples in the first: then the second is not a number.
TEST(Stages, SweepsSkipGroupsWithoutSamples) {
  ParsedModule parsed(R"(
func.func @f(%arena: memref<64xi8> {stage.arena},
    %x: memref<4x1xf32> {stage.batched, spherical.role = "input", spherical.name = "x"},
    %y: memref<2xf32> {stage.result, spherical.name = "y"}) {
  stage.sweep "s" (%g) in [2] chunk 1 flop 1 bytes 1 attributes {stage.skip = array<i64: 0, 2>} {
    %v = memref.subview %y[%g] [1] [1] : memref<2xf32> to memref<1xf32, strided<[1], offset: ?>>
    stage.fill %v with 5.0 : f32 : memref<1xf32, strided<[1], offset: ?>>
  }
  return
})");
  EXPECT_EQ(runY(parsed, {{"x", {{3, 1}, {1, 2, 3}}}}), (Doubles{5, 5}));
  const Doubles two = runY(parsed, {{"x", {{2, 1}, {1, 2}}}});
  EXPECT_EQ(two.at(0), 5);
  EXPECT_TRUE(std::isnan(two.at(1)));
}

/// Expects that the product reaches out of its buffers.
void expectStrays(const Problem &problem) {
  ParsedModule parsed(contract);
  const NamedTensors results = parsed.run(
      "f", {{"a", {{6}, Doubles(6)}}, {"b", {{6, 2}, Doubles(12)}}, {"p", listOf(problem)}});
  EXPECT_TRUE(results.empty());
  EXPECT_NE(parsed.diagnostics.find("outside of its buffers"), std::string::npos)
      << parsed.diagnostics;
}

// Positions of 32 bits would be the first of the buffers again.
TEST(Stages, ReadsPastABufferAreErrors) {
  Problem p = rowsOfThree();
  p.aOff = 9;
  expectStrays(p);
  for (auto field : {&Problem::aOff, &Problem::aR1, &Problem::bK1, &Problem::cR1}) {
    p = rowsOfThree();
    p.*field = int64_t(1) << 32;
    expectStrays(p);
  }
}

} // namespace
} // namespace mlir::spherical
