//===- maps_test.cpp - maps, fills and loops of stages ----------*- C++ -*-===//

#include "test/passes/lower/reference/parsed_module.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mlir::spherical {
namespace {

using Doubles = std::vector<double>;

Doubles runY(ParsedModule &parsed, const NamedTensors &inputs) {
  const NamedTensors results = parsed.run("f", inputs);
  EXPECT_EQ(results.count("y"), 1u) << parsed.diagnostics;
  return results.count("y") ? results.at("y").values : Doubles();
}

// The sum over rows of max(x - bias, 0), a bias a column.
TEST(Maps, ReductionsOverwriteTheirOutput) {
  ParsedModule parsed(R"(
func.func @f(%arena: memref<64xi8> {stage.arena}, %x: memref<3x2xf32> {spherical.name = "x"},
    %b: memref<2xf32> {spherical.name = "b"},
    %y: memref<2xf32> {stage.result, spherical.name = "y"}) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 1 bytes 1 {
    stage.map [3, 2] ins(%x, %b : memref<3x2xf32>, memref<2xf32>) outs(%y : memref<2xf32>)
        maps [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>, affine_map<(r, c) -> (c)>]
        combine sum {
    ^bb0(%xs: f32, %bs: f32):
      %zero = arith.constant 0.0 : f32
      %d = arith.subf %xs, %bs : f32
      %m = arith.maximumf %d, %zero : f32
      stage.yield %m : f32
    }
  }
  return
})");
  EXPECT_EQ(runY(parsed, {{"x", {{3, 2}, {1, 2, 3, 4, 5, 6}}}, {"b", {{2}, {2, 3}}}}),
            (Doubles{4, 4}));
}

TEST(Maps, TakeTheLargestOverAReduction) {
  ParsedModule parsed(R"(
func.func @f(%arena: memref<64xi8> {stage.arena}, %x: memref<2x3xf32> {spherical.name = "x"},
    %y: memref<2xf32> {stage.result, spherical.name = "y"}) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 1 bytes 1 {
    stage.map [2, 3] ins(%x : memref<2x3xf32>) outs(%y : memref<2xf32>)
        maps [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>] combine max {
    ^bb0(%xs: f32):
      stage.yield %xs : f32
    }
  }
  return
})");
  EXPECT_EQ(runY(parsed, {{"x", {{2, 3}, {-3, -1, -2, 4, 6, 5}}}}), (Doubles{-1, 6}));
}

// Sweep indices, a map's own index, loops and fills: y[i][j] = 10 i + j where i < j, else -1.
TEST(Maps, UseIndicesOfTheirSweepAndSpace) {
  ParsedModule parsed(R"(
func.func @f(%arena: memref<64xi8> {stage.arena},
    %y: memref<2x3xf32> {stage.result, spherical.name = "y"}) {
  stage.sweep "s" (%i) in [2] chunk 1 flop 1 bytes 1 scratch (%s: memref<3xf32>) {
    stage.fill %s with -1.0 : f32 : memref<3xf32>
    %lower = arith.constant 0 : index
    %upper = arith.constant 2 : index
    %step = arith.constant 1 : index
    scf.for %n = %lower to %upper step %step {
      %o = affine.apply affine_map<(d) -> (d + 1)>(%n)
      %e = memref.subview %s[%o] [1] [1] : memref<3xf32> to memref<1xf32, strided<[1], offset: ?>>
      stage.fill %e with -1.0 : f32 : memref<1xf32, strided<[1], offset: ?>>
    }
    %row = memref.subview %y[%i, 0] [1, 3] [1, 1]
        : memref<2x3xf32> to memref<3xf32, strided<[1], offset: ?>>
    stage.map [3] ins(%s : memref<3xf32>) outs(%row : memref<3xf32, strided<[1], offset: ?>>)
        maps [affine_map<(j) -> (j)>, affine_map<(j) -> (j)>] {
    ^bb0(%old: f32):
      %ten = arith.constant 10 : i64
      %j = stage.index 0
      %ii = arith.index_cast %i : index to i64
      %jj = arith.index_cast %j : index to i64
      %p = arith.muli %ii, %ten : i64
      %q = arith.addi %p, %jj : i64
      %v = arith.sitofp %q : i64 to f32
      %less = arith.cmpi slt, %i, %j : index
      %r = arith.select %less, %v, %old : f32
      stage.yield %r : f32
    }
  }
  return
})");
  EXPECT_EQ(runY(parsed, {}), (Doubles{-1, 1, 2, -1, -1, 12}));
}

// Integers are those of 32 bits: 2^31 - 1 and 1 make -2^31; without a sign -1 is the largest.
TEST(Maps, ComputeWithIntegersModuloTheirWidth) {
  ParsedModule parsed(R"(
func.func @f(%arena: memref<64xi8> {stage.arena}, %x: memref<3xi32> {spherical.name = "x"},
    %y: memref<3xi32> {stage.result, spherical.name = "y"}) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 1 bytes 1 {
    stage.map [3] ins(%x : memref<3xi32>) outs(%y : memref<3xi32>)
        maps [affine_map<(j) -> (j)>, affine_map<(j) -> (j)>] {
    ^bb0(%v: i32):
      %one = arith.constant 1 : i32
      %three = arith.constant 3 : i32
      %next = arith.addi %v, %one : i32
      %product = arith.muli %v, %three : i32
      %below = arith.cmpi ult, %v, %three : i32
      %r = arith.select %below, %product, %next : i32
      stage.yield %r : i32
    }
  }
  return
})");
  EXPECT_EQ(runY(parsed, {{"x", {{3}, {2147483647, -1, 2}}}}), (Doubles{-2147483648.0, 0, 6}));
}

TEST(Maps, ValuesThatNothingWroteAreNoNumbers) {
  ParsedModule parsed(R"(
func.func @f(%arena: memref<64xi8> {stage.arena},
    %y: memref<1xf32> {stage.result, spherical.name = "y"}) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 1 bytes 1 scratch (%s: memref<1xf32>) {
    stage.map [1] ins(%s : memref<1xf32>) outs(%y : memref<1xf32>)
        maps [affine_map<(j) -> (j)>, affine_map<(j) -> (j)>] {
    ^bb0(%old: f32):
      stage.yield %old : f32
    }
  }
  return
})");
  EXPECT_TRUE(std::isnan(runY(parsed, {}).at(0)));
}

} // namespace
} // namespace mlir::spherical
