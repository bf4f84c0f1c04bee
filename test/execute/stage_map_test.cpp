//===- stage_map_test.cpp - compiled maps, gathers and sweeps -------------===//
//
// stage.map, stage.gather, stage.fill and the index arithmetic of sweeps,
// against plain loops.
//
//===----------------------------------------------------------------------===//

#include "test/execute/stage_program.h"

#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>

using namespace spherical::test;

namespace {

/// A function @f(arguments) with one sweep.
std::string entry(const std::string &arguments, const std::string &sweep) {
  return "func.func @f(%arena: memref<64xi8> {stage.arena}, " + arguments + ") {\n" + sweep +
         "\n return\n}\n";
}

const char *kCpus[] = {"x86-64-v4", "x86-64-v3"};

// Rows of a batch in lanes: y = exp(x) b_c, then sums over rows in each lane.
TEST(StageMap, LanesWithBroadcastAndReduction) {
  std::string text =
      entry("%x: memref<3x5x8xf32>, %b: memref<5xf32>, %y: memref<3x5x8xf32> {stage.result}, "
            "%s: memref<5x8xf32> {stage.result}, %m: memref<8xf32> {stage.result}, "
            "%t: memref<1xf32> {stage.result}",
            R"(stage.sweep "map" (%i) in [1] chunk 1 flop 0 bytes 0 {
        stage.map [3, 5, 8] ins(%x, %b : memref<3x5x8xf32>, memref<5xf32>) outs(%y :
            memref<3x5x8xf32>)
          maps [affine_map<(n, c, w) -> (n, c, w)>, affine_map<(n, c, w) -> (c)>, affine_map<(n,
              c, w) -> (n, c, w)>] lanes 8 {
        ^bb0(%a: f32, %d: f32):
          %e = math.exp %a : f32
          %p = arith.mulf %e, %d : f32
          stage.yield %p : f32
        }
        stage.map [3, 5, 8] ins(%x : memref<3x5x8xf32>) outs(%s : memref<5x8xf32>)
          maps [affine_map<(n, c, w) -> (n, c, w)>, affine_map<(n, c, w) -> (c, w)>] combine sum
              lanes 8 {
        ^bb0(%a: f32):
          stage.yield %a : f32
        }
        stage.map [15, 8] ins(%x : memref<3x5x8xf32>) outs(%m : memref<8xf32>)
          maps [affine_map<(n, w) -> (8 * n + w)>, affine_map<(n, w) -> (w)>] combine max lanes 8 {
        ^bb0(%a: f32):
          stage.yield %a : f32
        }
        stage.map [15, 8] ins(%x : memref<3x5x8xf32>) outs(%t : memref<1xf32>)
          maps [affine_map<(n, w) -> (8 * n + w)>, affine_map<(n, w) -> (0)>] combine sum lanes 8 {
        ^bb0(%a: f32):
          %q = arith.mulf %a, %a : f32
          stage.yield %q : f32
        }
      })");
  for (const char *cpu : kCpus) {
    if (!canRun(cpu))
      continue;
    Array<float> x(120, 3), b(5, 4), y(120), s(40), m(8), t(1);
    StageProgram(text, cpu).run("f", {x.get(), b.get()}, {y.get(), s.get(), m.get(), t.get()});
    double total = 0;
    for (int64_t c = 0; c < 5; ++c)
      for (int64_t w = 0; w < 8; ++w) {
        double sum = 0;
        for (int64_t n = 0; n < 3; ++n) {
          int64_t i = (n * 5 + c) * 8 + w;
          EXPECT_NEAR(y[i], std::exp(double(x[i])) * b[c], 4 * FLT_EPSILON);
          sum += x[i];
          total += double(x[i]) * x[i];
        }
        EXPECT_NEAR(s[c * 8 + w], sum, 4 * FLT_EPSILON);
      }
    for (int64_t w = 0; w < 8; ++w) {
      float largest = x[w];
      for (int64_t n = 1; n < 15; ++n)
        largest = std::max(largest, x[n * 8 + w]);
      EXPECT_EQ(m[w], largest);
    }
    EXPECT_NEAR(t[0], total, 120 * FLT_EPSILON);
  }
}

// No lanes: contiguous vectors with a remainder, two outputs, one in place, and a strided operand.
TEST(StageMap, DenseWithRemainderInPlace) {
  std::string text = entry(
      "%g: memref<37xf32>, %p: memref<37xf32> {stage.result}, %q: memref<37xf32> {stage.result}, "
      "%r: memref<7x37xf32> {stage.result}, %u: memref<37xf32> {stage.result}",
      R"(stage.sweep "map" (%i) in [1] chunk 1 flop 0 bytes 0 {
        stage.map [37] ins(%p, %g : memref<37xf32>, memref<37xf32>) outs(%p, %q : memref<37xf32>,
            memref<37xf32>)
          maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>,
              affine_map<(i) -> (i)>] {
        ^bb0(%a: f32, %b: f32):
          %zero = arith.constant 0.0 : f32
          %positive = arith.cmpf ogt, %b, %zero : f32
          %s = arith.select %positive, %b, %zero : f32
          %o = arith.subf %a, %s : f32
          stage.yield %o, %s : f32, f32
        }
        stage.map [7, 37] ins(%q : memref<37xf32>) outs(%r : memref<7x37xf32>)
          maps [affine_map<(j, i) -> (36 - i)>, affine_map<(j, i) -> (j, i)>] {
        ^bb0(%a: f32):
          %j = stage.index 0
          %n = arith.index_cast %j : index to i32
          %f = arith.sitofp %n : i32 to f32
          %o = arith.addf %a, %f : f32
          stage.yield %o : f32
        }
        stage.map [37, 7, 2] ins(%r : memref<7x37xf32>) outs(%u : memref<37xf32>)
          maps [affine_map<(i, j, k) -> (j, i)>, affine_map<(i, j, k) -> (i)>] combine sum {
        ^bb0(%a: f32):
          %w = stage.index 2
          %n = arith.index_cast %w : index to i64
          %f = arith.sitofp %n : i64 to f32
          %o = arith.mulf %a, %f : f32
          stage.yield %o : f32
        }
      })");
  for (const char *cpu : kCpus) {
    if (!canRun(cpu))
      continue;
    Array<float> g(37, 5), p(37, 6), before(37, 6), q(37), r(7 * 37), u(37);
    StageProgram(text, cpu).run("f", {g.get()}, {p.get(), q.get(), r.get(), u.get()});
    for (int64_t i = 0; i < 37; ++i) {
      EXPECT_EQ(q[i], std::max(g[i], 0.0f));
      EXPECT_EQ(p[i], before[i] - q[i]);
      double sum = 0;
      for (int64_t j = 0; j < 7; ++j) {
        EXPECT_EQ(r[j * 37 + i], q[36 - i] + float(j));
        sum += r[j * 37 + i];
      }
      EXPECT_NEAR(u[i], sum, 60 * FLT_EPSILON);
    }
  }
}

// Two dimensions of reduction, the last one contiguous with a remainder, in double.
TEST(StageMap, ReducesContiguousAxis) {
  std::string text = entry("%x: memref<3x4x21xf64>, %y: memref<4xf64> {stage.result}, "
                           "%z: memref<4xf64> {stage.result}",
                           R"(stage.sweep "map" (%i) in [1] chunk 1 flop 0 bytes 0 {
        stage.map [4, 3, 21] ins(%x : memref<3x4x21xf64>) outs(%y : memref<4xf64>)
          maps [affine_map<(c, n, i) -> (n, c, i)>, affine_map<(c, n, i) -> (c)>] combine sum {
        ^bb0(%a: f64):
          stage.yield %a : f64
        }
        stage.map [4, 3, 21] ins(%x : memref<3x4x21xf64>) outs(%z : memref<4xf64>)
          maps [affine_map<(c, n, i) -> (n, c, i)>, affine_map<(c, n, i) -> (c)>] combine max {
        ^bb0(%a: f64):
          stage.yield %a : f64
        }
      })");
  for (const char *cpu : kCpus) {
    if (!canRun(cpu))
      continue;
    Array<double> x(3 * 4 * 21, 9), y(4), z(4);
    StageProgram(text, cpu).run("f", {x.get()}, {y.get(), z.get()});
    for (int64_t c = 0; c < 4; ++c) {
      double sum = 0, largest = -1e300;
      for (int64_t n = 0; n < 3; ++n)
        for (int64_t i = 0; i < 21; ++i) {
          sum += x[(n * 4 + c) * 21 + i];
          largest = std::max(largest, x[(n * 4 + c) * 21 + i]);
        }
      EXPECT_NEAR(y[c], sum, 63 * DBL_EPSILON);
      EXPECT_EQ(z[c], largest);
    }
  }
}

// A batch of 11 in lanes of 4, of which `count` are valid: others read as zero and are not written.
TEST(StageGather, BetweenFilesAndLanesWithCount) {
  std::string text =
      entry("%x: memref<11x2x5xf32> {stage.batched}, %l: memref<11xi32> {stage.batched}, "
            "%y: memref<3x5x4xf32> {stage.result}, %k: memref<3x1x4xi32> {stage.result}, "
            "%z: memref<11x2x3xf32> {stage.result, stage.batched}, %ix: memref<3x2xi32>, %cf: "
            "memref<3x2xf32>",
            R"(stage.sweep "gather" (%g) in [3] chunk 2 flop 0 bytes 0 {
        %xs = memref.subview %x[0, 1, 0] [11, 1, 5] [1, 1, 1] : memref<11x2x5xf32> to
            memref<11x5xf32, strided<[10, 1], offset: 5>>
        %ys = memref.subview %y[%g, 0, 0] [1, 5, 4] [1, 1, 1] : memref<3x5x4xf32> to
            memref<5x4xf32, strided<[4, 1], offset: ?>>
        stage.gather to_lanes %xs -> %ys group %g {count = 5, lanes = 4} : memref<11x5xf32,
            strided<[10, 1], offset: 5>>, memref<5x4xf32, strided<[4, 1], offset: ?>>
        %ks = memref.subview %k[%g, 0, 0] [1, 1, 4] [1, 1, 1] : memref<3x1x4xi32> to memref<4xi32,
            strided<[1], offset: ?>>
        stage.gather to_lanes %l -> %ks group %g {count = 1, lanes = 4} : memref<11xi32>,
            memref<4xi32, strided<[1], offset: ?>>
        %zs = memref.subview %z[0, 1, 0] [11, 1, 3] [1, 1, 1] : memref<11x2x3xf32> to
            memref<11x3xf32, strided<[6, 1], offset: 3>>
        stage.gather from_lanes %ys -> %zs group %g indices %ix : memref<3x2xi32> coefficients %cf
            : memref<3x2xf32> {count = 3, lanes = 4}
          : memref<5x4xf32, strided<[4, 1], offset: ?>>, memref<11x3xf32, strided<[6, 1], offset:
              3>>
      })");
  StageProgram program(text, "native");
  for (int64_t count : {1, 4, 6, 11})
    for (TaskOrder order : {TaskOrder::Forward, TaskOrder::Backward, TaskOrder::Threads}) {
      Array<float> x(110, 8), y(60, 1), z(66), cf(6, 11);
      std::vector<int32_t> labels(count), k(12, 77), ix{4, 0, 2, 2, 1, 3};
      for (int64_t s = 0; s < count; ++s)
        labels[s] = int32_t(s * s + 1);
      for (int64_t i = 0; i < 66; ++i)
        z[i] = 5;
      program.run("f", {x.get(), labels.data(), ix.data(), cf.get()}, {y.get(), k.data(), z.get()},
                  count, order);
      for (int64_t s = 0; s < 12; ++s) {
        EXPECT_EQ(k[s], s < count ? labels[s] : 0);
        for (int64_t i = 0; i < 5; ++i)
          EXPECT_EQ(y[(s / 4 * 5 + i) * 4 + s % 4], s < count ? x[s * 10 + 5 + i] : 0);
        for (int64_t i = 0; i < 3 && s < 11; ++i) {
          double sum = double(cf[2 * i]) * x[s * 10 + 5 + ix[2 * i]] +
                       double(cf[2 * i + 1]) * x[s * 10 + 5 + ix[2 * i + 1]];
          EXPECT_NEAR(z[s * 6 + 3 + i], s < count ? sum : 5, 4 * FLT_EPSILON) << s << " " << count;
          EXPECT_EQ(z[s * 6 + i], 5);
        }
      }
    }
}

// Rows of few terms and of many, of one result up to some more than are summed at a time.
TEST(StageGather, SeveralResultsOfARow) {
  constexpr int64_t rows = 3, lanes = 8, positions = 150;
  for (const int64_t terms : {1, 5, 70, 131})
    for (const int64_t results : {1, 3, 8, 19}) {
      const std::string list = "memref<3x" + std::to_string(terms), in = "memref<150x8xf32>",
                        out = "memref<" + std::to_string(rows * results) + "x8xf32>",
                        factors = list + "x" + std::to_string(results) + "xf32>";
      const std::string text = entry("%x: " + in + ", %ix: " + list + "xi32>, %cf: " + factors +
                                         ", %y: " + out + " {stage.result}",
                                     R"(stage.sweep "gather" (%g) in [1] chunk 1 flop 0 bytes 0 {
            stage.gather lanes %x -> %y indices %ix : )" +
                                         list + "xi32> coefficients %cf : " + factors +
                                         " {count = 3, lanes = 8} : " + in + ", " + out + "\n}");
      StageProgram program(text, "native");
      Array<float> x(positions * lanes, 8), cf(rows * terms * results, 11),
          y(rows * results * lanes);
      std::vector<int32_t> ix;
      for (int64_t i = 0; i < rows * terms; ++i)
        ix.push_back(int32_t(i * 37 % positions));
      program.run("f", {x.get(), ix.data(), cf.get()}, {y.get()});
      for (int64_t p = 0; p < results; ++p)
        for (int64_t i = 0; i < rows; ++i)
          for (int64_t w = 0; w < lanes; ++w) {
            double sum = 0;
            for (int64_t t = 0; t < terms; ++t)
              sum += double(cf[(i * terms + t) * results + p]) * x[ix[i * terms + t] * lanes + w];
            EXPECT_NEAR(y[(p * rows + i) * lanes + w], sum, 8 * FLT_EPSILON * std::sqrt(terms))
                << terms << " terms, result " << p << " of " << results;
          }
    }
}

// A sequential loop, affine offsets, scratch memory, sparse sums on lanes and scalars, a fill.
TEST(StageSweep, LoopsScratchAndFill) {
  std::string text = entry(
      "%x: memref<2x6x4xf32>, %ix: memref<6x1xi32>, %cf: memref<6x1xf32>, "
      "%y: memref<2x6x4xf32> {stage.result}, %z: memref<51xf32> {stage.result}",
      R"(stage.sweep "loop" (%g, %h) in [2, 3] chunk 4 flop 0 bytes 0 scratch (%a: memref<3x7xf32>, %s: memref<6x4xf32>) {
        %xs = memref.subview %x[%g, 0, 0] [1, 6, 4] [1, 1, 1] : memref<2x6x4xf32> to
            memref<6x4xf32, strided<[4, 1], offset: ?>>
        stage.gather lanes %xs -> %s indices %ix : memref<6x1xi32> coefficients %cf :
            memref<6x1xf32> {count = 6, lanes = 4}
          : memref<6x4xf32, strided<[4, 1], offset: ?>>, memref<6x4xf32>
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %c2 = arith.constant 2 : index
        scf.for %k = %c0 to %c2 step %c1 {
          %row = affine.apply affine_map<(h, k) -> (2 * h + k)>(%h, %k)
          %ss = memref.subview %s[%row, 0] [1, 4] [1, 1] : memref<6x4xf32> to memref<4xf32,
              strided<[1], offset: ?>>
          %ys = memref.subview %y[%g, %row, 0] [1, 1, 4] [1, 1, 1] : memref<2x6x4xf32> to
              memref<4xf32, strided<[1], offset: ?>>
          stage.map [4] ins(%ss : memref<4xf32, strided<[1], offset: ?>>) outs(%ys : memref<4xf32,
              strided<[1], offset: ?>>)
            maps [affine_map<(w) -> (w)>, affine_map<(w) -> (w)>] lanes 4 {
          ^bb0(%v: f32):
            %n = arith.index_cast %g : index to i32
            %f = arith.sitofp %n : i32 to f32
            %o = arith.addf %v, %f : f32
            stage.yield %o : f32
          }
        }
      }
      stage.sweep "fill" (%i) in [1] chunk 1 flop 0 bytes 0 {
        stage.fill %z with 2.5 : f32 : memref<51xf32>
      })");
  for (TaskOrder order : {TaskOrder::Forward, TaskOrder::Threads}) {
    Array<float> x(48, 21), cf(6, 22), y(48), z(52);
    std::vector<int32_t> ix{5, 3, 1, 0, 2, 4};
    StageProgram(text, "native")
        .run("f", {x.get(), ix.data(), cf.get()}, {y.get(), z.get()}, 1, order);
    for (int64_t g = 0; g < 2; ++g)
      for (int64_t i = 0; i < 6; ++i)
        for (int64_t w = 0; w < 4; ++w)
          EXPECT_NEAR(y[(g * 6 + i) * 4 + w], cf[i] * x[(g * 6 + ix[i]) * 4 + w] + float(g),
                      2 * FLT_EPSILON);
    for (int64_t i = 0; i < 52; ++i)
      EXPECT_EQ(z[i], i < 51 ? 2.5f : 0.0f);
  }
}

// 5 samples are in the first two of three groups of 4 lanes: nothing writes the third.
TEST(StageSweep, SkipsGroupsWithoutSamples) {
  StageProgram program(R"(
    func.func @f(%y: memref<2x3x4xf32> {stage.result}) {
      stage.sweep "s" (%i, %g) in [2, 3] chunk 2 flop 0 bytes 0 attributes {stage.skip = array<i64: 1, 4>} {
        %0 = memref.subview %y[%i, 0, 0] [1, 3, 4] [1, 1, 1] : memref<2x3x4xf32> to memref<3x4xf32, strided<[4, 1], offset: ?>>
        %1 = memref.subview %0[%g, 0] [1, 4] [1, 1] : memref<3x4xf32, strided<[4, 1], offset: ?>> to memref<4xf32, strided<[1], offset: ?>>
        stage.fill %1 with 2.5 : f32 : memref<4xf32, strided<[1], offset: ?>>
      }
      return
    })",
                       "native");
  Array<float> y(24);
  program.run("f", {}, {y.get()}, /*count=*/5);
  for (int64_t i = 0; i < 24; ++i)
    EXPECT_EQ(y[i], i / 4 % 3 < 2 ? 2.5f : 0.0f) << i;
}

} // namespace
