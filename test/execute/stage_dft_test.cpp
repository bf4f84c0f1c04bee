//===- stage_dft_test.cpp - compiled transforms against their sums --------===//
//
// stage.dft in all kinds, lengths and lane widths against the sums of its
// description, evaluated in double.
//
//===----------------------------------------------------------------------===//

#include "test/execute/stage_program.h"
#include "test/execute/twiddles.h"

#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>
#include <sstream>

using namespace spherical::test;
using Cx = std::complex<double>;

namespace {

struct Shape {
  std::string kind;
  std::vector<int64_t> radices;
  int64_t limit, rows, orders, lanes;
  bool flag; ///< mask or relu
  bool parity = false;

  int64_t n() const { return lengthOf(radices); }
  bool real() const { return kind.starts_with("real"); }
  bool mirrored() const { return kind.starts_with("complex"); }
  int64_t grid() const { return orders * rows * n() * (real() ? 1 : 2) * lanes; }
  int64_t spectrum() const { return orders * limit * rows * (mirrored() ? 4 : 2) * lanes; }
  bool analysis() const { return kind.ends_with("analysis"); }
  int64_t twiddles() const { return twiddleCount(radices); }
  bool roots() const {
    return std::any_of(radices.begin(), radices.end(), [](int64_t r) { return r > 16; });
  }
};

/// A function @name(in, twiddles, roots, mask) -> out that holds one transform.
std::string entryText(const std::string &name, const Shape &s, const std::string &element) {
  int64_t in = s.analysis() ? s.grid() : s.spectrum(), out = s.analysis() ? s.spectrum() : s.grid();
  auto buffer = [&](int64_t size) {
    return "memref<" + std::to_string(size) + "x" + element + ">";
  };
  std::string tw = "memref<" + std::to_string(s.twiddles()) + "x2x" + element + ">";
  std::string roots = "memref<" +
                      std::to_string(std::max<int64_t>(1, spherical::runtime::rootCount(s.n()))) +
                      "x2x" + element + ">";
  std::ostringstream text, radices;
  for (int64_t radix : s.radices)
    radices << (radices.str().empty() ? "" : ", ") << radix;
  bool mask = s.flag && s.analysis();
  text << "func.func @" << name << "(%arena: memref<64xi8> {stage.arena}, %x: " << buffer(in)
       << ", %t: " << tw << ", %r: " << roots << ", %m: " << buffer(in) << ", %y: " << buffer(out)
       << " {stage.result}) {\n  stage.sweep \"dft\" (%i) in [1] chunk 1 flop 0 bytes 0 {\n"
       << "    stage.dft " << s.kind << " %x -> %y twiddles %t"
       << (s.roots() ? " roots %r : " + roots : "") << (mask ? " mask %m : " + buffer(in) : "")
       << " {n = " << s.n() << ", limit = " << s.limit << ", rows = " << s.rows
       << ", orders = " << s.orders << ", radices = array<i64: " << radices.str()
       << ">, lanes = " << s.lanes << (s.flag && !mask ? ", relu" : "")
       << (s.parity ? ", parity" : "") << "} : " << buffer(in) << ", " << buffer(out) << ", " << tw
       << "\n  }\n  return\n}\n";
  return text.str();
}

/// The description's sums for one lane.
template <typename T> class Definition {
public:
  Definition(const Shape &s, const Array<T> &in, const Array<T> &mask, int64_t lane)
      : s(s), in(in), mask(mask), w(lane) {}

  std::vector<double> values() {
    if (s.kind == "real_analysis")
      realAnalysis();
    else if (s.kind == "real_synthesis")
      realSynthesis();
    else if (s.kind == "complex_analysis")
      complexAnalysis();
    else if (s.kind == "complex_synthesis")
      complexSynthesis();
    else if (s.kind == "plain_analysis")
      plainAnalysis();
    else
      plainSynthesis();
    return out;
  }

private:
  double at(int64_t i) const { return in[i * s.lanes + w]; }
  Cx pair(int64_t i) const { return {at(i), at(i + 1)}; }
  Cx unit(double turns) const { return std::polar(1.0, 2 * std::numbers::pi * turns); }

  void realAnalysis() {
    for (int64_t k = 0; k < s.limit; ++k)
      for (int64_t j = 0; j < s.rows; ++j) {
        if (!s.parity) {
          put(rowSum(k, j));
          continue;
        }
        // Position 2q has the sum of rows q and rows - 1 - q, 2q + 1 their difference.
        Cx one = rowSum(k, j / 2), other = rowSum(k, s.rows - 1 - j / 2);
        put(j % 2 == 0 ? one + other : one - other);
      }
  }
  Cx rowSum(int64_t k, int64_t j) {
    Cx sum = 0;
    for (int64_t a = 0; a < n; ++a)
      if (!s.flag || mask[(j * n + a) * s.lanes + w] > 0)
        sum += at(j * n + a) * unit(-double(k * a % n) / double(n));
    return sum;
  }
  /// Bin k of row j that a real synthesis reads.
  Cx realBin(int64_t k, int64_t j) {
    if (!s.parity)
      return pair(2 * (k * s.rows + j));
    const int64_t first = 2 * (k * s.rows + 2 * std::min(j, s.rows - 1 - j));
    return 2 * j < s.rows ? pair(first) + pair(first + 2) : pair(first) - pair(first + 2);
  }
  void realSynthesis() {
    for (int64_t j = 0; j < s.rows; ++j)
      for (int64_t a = 0; a < n; ++a) {
        double sum = realBin(0, j).real();
        for (int64_t k = 1; k < s.limit; ++k) {
          const bool middle = 2 * k == n; // its own mirror image: once, of its real part
          const Cx value = middle ? Cx(realBin(k, j).real()) : 2.0 * realBin(k, j);
          sum += (value * unit(double(k * a % n) / double(n))).real();
        }
        out.push_back(s.flag ? std::max(sum, 0.0) : sum);
      }
  }
  Cx bin(int64_t o, int64_t j, int64_t k) {
    Cx sum = 0;
    for (int64_t a = 0; a < n; ++a)
      sum += pair(2 * ((o * s.rows + j) * n + a)) * unit(-double(k * a % n) / double(n));
    return sum;
  }
  void complexAnalysis() {
    for (int64_t o = 0; o < s.orders; ++o)
      for (int64_t k = 0; k < s.limit; ++k)
        for (int64_t j = 0; j < s.rows; ++j) {
          put(bin(o, j, k));
          put(bin(o, s.rows - 1 - j, -k));
        }
  }
  void complexSynthesis() {
    for (int64_t o = 0; o < s.orders; ++o)
      for (int64_t j = 0; j < s.rows; ++j)
        for (int64_t a = 0; a < n; ++a) {
          Cx sum = 0;
          for (int64_t k = 0; k < s.limit; ++k) {
            int64_t plane = (o * s.limit + k) * s.rows;
            Cx root = unit(double(k * a % n) / double(n));
            sum += pair(4 * (plane + j)) * root;
            if (k > 0)
              sum += pair(4 * (plane + s.rows - 1 - j) + 2) * std::conj(root);
          }
          put(sum);
        }
  }
  void plainAnalysis() {
    for (int64_t k = 0; k < n; ++k)
      for (int64_t j = 0; j < s.rows; ++j)
        put(bin(0, j, k));
  }
  void plainSynthesis() {
    for (int64_t j = 0; j < s.rows; ++j)
      for (int64_t a = 0; a < n; ++a) {
        Cx sum = 0;
        for (int64_t k = 0; k < n; ++k)
          sum += pair(2 * (k * s.rows + j)) * unit(double(k * a % n) / double(n));
        put(sum);
      }
  }
  void put(Cx value) {
    out.push_back(value.real());
    out.push_back(value.imag());
  }

  const Shape &s;
  const Array<T> &in, &mask;
  int64_t w, n = s.n();
  std::vector<double> out;
};

/// Largest difference over largest value, in the last lane and the first.
template <typename T>
double relativeError(const Shape &s, const Array<T> &in, const Array<T> &mask,
                     const Array<T> &out) {
  double worst = 0, largest = 0;
  for (int64_t lane : {int64_t(0), s.lanes - 1}) {
    std::vector<double> expected = Definition<T>(s, in, mask, lane).values();
    for (size_t i = 0; i < expected.size(); ++i) {
      worst = std::max(worst, std::abs(out[int64_t(i) * s.lanes + lane] - expected[i]));
      largest = std::max(largest, std::abs(expected[i]));
    }
  }
  return worst / std::max(largest, 1e-30); // relu may leave nothing but zeros
}

const std::vector<std::vector<int64_t>> kSplits = {
    {2},     {3},     {4},     {5},      {6},      {7},      {8},       {9},        {10},
    {11},    {12},    {13},    {14},     {15},     {16},     {5, 4},    {4, 5},     {11, 2},
    {17, 2}, {2, 17}, {10, 6}, {10, 10}, {101, 2}, {2, 101}, {8, 8, 8}, {4, 17, 2}, {3, 2, 5, 2},
    {2, 37}, {19, 17}};

std::vector<Shape> shapes(int64_t lanes) {
  std::vector<Shape> all;
  for (size_t split = 0; split < kSplits.size(); ++split)
    for (const char *kind : {"real_analysis", "real_synthesis", "complex_analysis",
                             "complex_synthesis", "plain_analysis", "plain_synthesis"}) {
      Shape s{kind, kSplits[split], 1, 4, 1, lanes, false};
      const bool few = split % 3 == 1, allBins = split % 3 == 2;
      s.limit = few ? std::max<int64_t>(1, s.n() / 3) : s.n() / 2 + (allBins && s.real());
      s.flag = few && s.real();
      s.parity = s.real() && split % 2 == 1;
      if (!s.real())
        s.rows = 3;
      if (s.mirrored())
        s.orders = 2;
      else if (!s.real())
        s.limit = s.n();
      all.push_back(s);
    }
  return all;
}

template <typename T> void checkAll(int64_t lanes, const std::string &cpu) {
  if (!canRun(cpu))
    return;
  const std::string element = sizeof(T) == 4 ? "f32" : "f64";
  const double eps = sizeof(T) == 4 ? FLT_EPSILON : DBL_EPSILON;
  std::vector<Shape> all = shapes(lanes);
  std::string body;
  for (size_t i = 0; i < all.size(); ++i)
    body += entryText("e" + std::to_string(i), all[i], element);
  StageProgram program(body, cpu);
  std::printf("%s %s x %lld: %zu kernels, %.1f s\n", cpu.c_str(), element.c_str(),
              static_cast<long long>(lanes), all.size(), program.compileSeconds());
  for (size_t i = 0; i < all.size(); ++i) {
    const Shape &s = all[i];
    Array<T> in(s.analysis() ? s.grid() : s.spectrum(), 7 + i), mask(in.size(), 99 + i);
    Array<T> out(s.analysis() ? s.spectrum() : s.grid());
    Array<T> twiddles = twiddleTable<T>(s.radices), roots = rootTable<T>(s.n());
    program.run("e" + std::to_string(i), {in.get(), twiddles.get(), roots.get(), mask.get()},
                {out.get()});
    // Each output sums n inputs; every pass adds a few roundings, a direct prime pass its radix.
    double tolerance = eps * 2;
    for (int64_t radix : s.radices)
      tolerance += eps * (radix > 16 ? std::sqrt(double(radix)) : 2);
    EXPECT_LT(relativeError(s, in, mask, out), tolerance)
        << s.kind << " n = " << s.n() << " first radix " << s.radices[0];
  }
}

/// A function @f(spectrum, twiddles, values) -> (function, bits, with bits, with values): ReLU
/// behind a synthesis from bins that are 6 rows apart, then two analyses of `values` where the
/// function is positive, to bins 6 rows apart and to contiguous ones.
std::string maskText(int64_t lanes, const std::string &element) {
  std::string w = std::to_string(lanes), v = w + "x" + element;
  std::string bin = std::to_string(12 * lanes), strided = "memref<5x4x2x" + v + ", strided<[" +
                                                          bin + ", " + std::to_string(2 * lanes) +
                                                          ", " + w + ", 1]>>";
  std::string part = " [0, 0, 0, 0] [5, 4, 2, " + w + "] [1, 1, 1, 1] : memref<5x6x2x" + v +
                     "> to " + strided + "\n";
  std::string shape =
                  "{n = 12, limit = 5, rows = 4, orders = 1, radices = array<i64: 4, 3>, lanes = " +
                  w,
              grid = "memref<4x12x" + v + ">", table = "memref<15x2x" + element + ">";
  std::string bits = "memref<4x12xi16>";
  return "func.func @f(%f: memref<5x6x2x" + v + ">, %t: " + table + ", %x: " + grid +
         ", %y: " + grid + " {stage.result}, %b: " + bits + " {stage.result}, %g: memref<5x6x2x" +
         v + "> {stage.result}, %h: memref<5x4x2x" + v +
         "> {stage.result}) {\n stage.sweep \"s\" (%i) in [1] chunk 1 flop 0 bytes 0 {\n" +
         "%0 = memref.subview %f" + part + "%1 = memref.subview %g" + part +
         "stage.dft real_synthesis %0 -> %y twiddles %t positive %b : " + bits + shape +
         ", relu} : " + strided + ", " + grid + ", " + table + "\n" +
         "stage.dft real_analysis %x -> %1 twiddles %t mask %b : " + bits + shape + "} : " + grid +
         ", " + strided + ", " + table + "\n" +
         "stage.dft real_analysis %x -> %h twiddles %t mask %y : " + grid + shape + "} : " + grid +
         ", memref<5x4x2x" + v + ">, " + table + "\n }\n return\n}\n";
}

// Bits and values of a mask are the same mask: the results are the same to the last bit.
template <typename T> void checkMask(int64_t lanes, const std::string &cpu) {
  if (!canRun(cpu))
    return;
  StageProgram program(maskText(lanes, sizeof(T) == 4 ? "f32" : "f64"), cpu);
  Shape s{"real_synthesis", {4, 3}, 5, 4, 1, lanes, true};
  Array<T> spectrum(5 * 6 * 2 * lanes, 5), values(s.grid(), 6), function(s.grid());
  Array<T> byBits(spectrum.size()), byValues(s.spectrum()), twiddles = twiddleTable<T>(s.radices);
  Array<uint16_t> bits(4 * 12);
  program.run("f", {spectrum.get(), twiddles.get(), values.get()},
              {function.get(), bits.get(), byBits.get(), byValues.get()});
  int64_t positive = 0;
  for (int64_t i = 0; i < s.grid(); ++i) {
    bool bit = bits[i / lanes] >> (i % lanes) & 1;
    EXPECT_EQ(bit, function[i] > 0) << i;
    positive += bit;
  }
  EXPECT_GT(positive, s.grid() / 4);
  EXPECT_LT(positive, 3 * s.grid() / 4);
  for (int64_t k = 0; k < 5; ++k)
    for (int64_t i = 0; i < 8 * lanes; ++i)
      EXPECT_EQ(byBits[k * 12 * lanes + i], byValues[k * 8 * lanes + i]) << k << ", " << i;
}

TEST(StageDft, MaskOfBits) {
  checkMask<float>(16, "x86-64-v4");
  checkMask<float>(8, "x86-64-v3");
  checkMask<float>(4, "native");
  checkMask<float>(2, "native");
  checkMask<float>(1, "native");
  checkMask<double>(8, "native");
}

TEST(StageDft, Float32Lanes16OnAvx512) { checkAll<float>(16, "x86-64-v4"); }
TEST(StageDft, Float32Lanes8OnAvx2) { checkAll<float>(8, "x86-64-v3"); }
TEST(StageDft, Float32Lanes4) { checkAll<float>(4, "native"); }
TEST(StageDft, Float32Lanes1) { checkAll<float>(1, "native"); }
TEST(StageDft, Float64Lanes8) { checkAll<double>(8, "native"); }

} // namespace
