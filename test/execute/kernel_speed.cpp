//===- kernel_speed.cpp - speed of single kernels -------------------------===//
//
// Prints GFLOP/s of compiled transforms and products on one core: nominal
// 5 n log2 n operations for a complex transform, 2 for a multiply-add.
//
//===----------------------------------------------------------------------===//

#include "test/execute/stage_program.h"

#include "runtime/math/primes.h"
#include "runtime/problem.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <sstream>

using namespace spherical::test;
using spherical::runtime::Problem;

namespace {

int64_t kLanes = 16;

std::string f32(int64_t size) { return "memref<" + std::to_string(size) + "xf32>"; }

double bestSeconds(const std::function<void()> &body) {
  double best = 1e30;
  for (int64_t i = 0; i < 20; ++i) {
    auto start = std::chrono::steady_clock::now();
    body();
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

void contractSpeed(const char *what, bool reduce, const std::string &cpu, const Problem &problem,
                   int64_t count, int64_t a, int64_t b, int64_t c) {
  std::string types =
      f32(a) + ", " + f32(b) + ", memref<" + std::to_string(count) + "x18xi64>, " + f32(c);
  std::string text = "func.func @f(%a: " + f32(a) + ", %b: " + f32(b) + ", %p: memref<" +
                     std::to_string(count) + "x18xi64>, %c: " + f32(c) +
                     " {stage.result}) {\n stage.sweep \"s\" (%i) in [1] chunk 1 flop 0 bytes 0 {\n"
                     "stage.contract " +
                     (reduce ? "reduce" : "scalar") +
                     " %a, %b, %p -> %c {lanes = " + std::to_string(kLanes) + "} : " + types +
                     "\n }\n return\n}\n";
  StageProgram program(text, cpu);
  Array<float> A(a, 1), B(b, 2), C(c);
  std::vector<Problem> problems(count, problem);
  double flop = 2.0 * count * kLanes;
  for (int64_t extent : {problem.R1, problem.R0, problem.K1, problem.K0, problem.N})
    flop *= double(extent);
  int64_t repeat = std::max<int64_t>(1, int64_t(2e7 / flop));
  double seconds = bestSeconds([&] {
                     for (int64_t i = 0; i < repeat; ++i)
                       program.run("f", {A.get(), B.get(), problems.data()}, {C.get()});
                   }) /
                   double(repeat);
  std::printf("%-44s %8.1f GFLOP/s\n", what, flop / seconds * 1e-9);
}

/// Block product of degree l, I inputs, O outputs: rows (o, n), depth (i, k), columns m.
void blockProduct(const std::string &cpu, int l, int inputs, int outputs) {
  int d = 2 * l + 1, block = d * d, padded = (block + 15) / 16 * 16;
  Problem p;
  p.R1 = outputs, p.R0 = p.K0 = p.N = d, p.K1 = inputs;
  p.aR1 = padded, p.aR0 = d, p.aK1 = outputs * padded, p.aK0 = 1;
  p.bK1 = block, p.bK0 = 1, p.bV = d;
  p.cR1 = block, p.cR0 = 1, p.cV = d;
  std::string what = "block product l = " + std::to_string(l) + ", " + std::to_string(inputs) +
                     " -> " + std::to_string(outputs) + " " + cpu;
  contractSpeed(what.c_str(), false, cpu, p, 1, int64_t(inputs) * outputs * padded,
                int64_t(inputs) * block * kLanes, int64_t(outputs) * block * kLanes);
}

/// Gradient of the kernel: rows (i, k), depth (group, m), columns n of one o.
void kernelGradient(const std::string &cpu, int l, int inputs, int groups) {
  int d = 2 * l + 1, block = d * d;
  Problem p;
  p.R1 = inputs, p.R0 = p.K0 = p.N = d, p.K1 = groups;
  p.aR1 = block, p.aR0 = 1, p.aK1 = inputs * block, p.aK0 = d;
  p.bK1 = block, p.bK0 = d, p.bV = 1;
  p.cR1 = block, p.cR0 = 1, p.cV = d;
  std::string what = "kernel gradient l = " + std::to_string(l) + " " + cpu;
  contractSpeed(what.c_str(), true, cpu, p, 1, int64_t(inputs) * groups * block * kLanes,
                int64_t(groups) * block * kLanes, int64_t(inputs) * block);
}

/// Wigner sums of one (m, n): rows l, depth j, four columns; `count` times.
void wignerSums(const std::string &cpu, int rows, int depth) {
  Problem p;
  p.R1 = p.K1 = 1, p.R0 = rows, p.K0 = depth, p.N = 4;
  p.aR0 = depth, p.aK0 = 1;
  p.bK0 = p.cR0 = 4, p.bV = p.cV = 1;
  std::string what =
      "Wigner sums " + std::to_string(rows) + " x " + std::to_string(depth) + " x 4 " + cpu;
  contractSpeed(what.c_str(), false, cpu, p, 100, int64_t(rows) * depth, 4 * depth * kLanes,
                4 * rows * kLanes);
}

void dftSpeed(const std::string &kind, const std::vector<int64_t> &radices,
              const std::string &cpu) {
  bool real = kind.starts_with("real"), analysis = kind.ends_with("analysis");
  int64_t n = 1, twiddles = 0;
  std::ostringstream list;
  for (int64_t radix : radices) {
    list << (n > 1 ? ", " : "") << radix;
    n *= radix;
  }
  for (int64_t length = n, i = 0; i < int64_t(radices.size()); length /= radices[i++])
    twiddles += length;
  int64_t rows = 1200 / n * 2, orders = 1, limit = n / 2;
  int64_t grid = orders * rows * n * (real ? 1 : 2) * kLanes;
  int64_t spectrum = orders * limit * rows * (real ? 2 : 4) * kLanes;
  int64_t in = analysis ? grid : spectrum, out = analysis ? spectrum : grid;
  std::string table = "memref<" + std::to_string(twiddles) + "x2xf32>";
  const int64_t rootCount = std::max<int64_t>(1, spherical::runtime::rootCount(n));
  std::string roots = "memref<" + std::to_string(rootCount) + "x2xf32>";
  bool prime = !spherical::runtime::largePrimes(n).empty();
  std::string text =
      "func.func @f(%x: " + f32(in) + ", %t: " + table + ", %r: " + roots + ", %y: " + f32(out) +
      " {stage.result}) {\n stage.sweep \"s\" (%i) in [1] chunk 1 flop 0 bytes 0 {\n"
      "stage.dft " +
      kind + " %x -> %y twiddles %t " + (prime ? "roots %r : " + roots : "") +
      " {n = " + std::to_string(n) + ", limit = " + std::to_string(limit) +
      ", rows = " + std::to_string(rows) + ", orders = " + std::to_string(orders) +
      ", radices = array<i64: " + list.str() + ">, lanes = " + std::to_string(kLanes) +
      "} : " + f32(in) + ", " + f32(out) + ", " + table + "\n }\n return\n}\n";
  StageProgram program(text, cpu);
  Array<float> x(in, 1), y(out), t(2 * twiddles, 3), r(2 * rootCount, 4);
  double flop = 5.0 * n * std::log2(double(n)) * kLanes * rows * orders / (real ? 2 : 1);
  int64_t repeat = std::max<int64_t>(1, int64_t(1e7 / flop));
  double seconds = bestSeconds([&] {
                     for (int64_t i = 0; i < repeat; ++i)
                       program.run("f", {x.get(), t.get(), r.get()}, {y.get()});
                   }) /
                   double(repeat);
  std::printf("%-18s n = %3lld (%s) %s %8.1f nominal GFLOP/s\n", kind.c_str(),
              static_cast<long long>(n), list.str().c_str(), cpu.c_str(), flop / seconds * 1e-9);
}

} // namespace

int main() {
  for (const char *cpu : {"x86-64-v4", "x86-64-v3"}) {
    if (!canRun(cpu))
      continue;
    kLanes = std::string(cpu) == "x86-64-v4" ? 16 : 8;
    for (int l : {2, 5, 9, 20, 30})
      blockProduct(cpu, l, 10, 12);
    for (int l : {5, 9, 20})
      kernelGradient(cpu, l, 10, 2);
    wignerSums(cpu, 10, 20);
    wignerSums(cpu, 25, 60);
    for (const char *kind :
         {"real_analysis", "real_synthesis", "complex_analysis", "complex_synthesis"}) {
      dftSpeed(kind, {12}, cpu);
      dftSpeed(kind, {5, 4}, cpu);
      dftSpeed(kind, {10, 6}, cpu);
      dftSpeed(kind, {10, 10}, cpu);
      dftSpeed(kind, {2, 37}, cpu);
      dftSpeed(kind, {101, 2}, cpu);
    }
  }
  return 0;
}
