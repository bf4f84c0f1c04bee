//===- stage_dft_map_test.cpp - transforms there and back against sums ----===//
//
// stage.dft_map for splits of two passes and more, numbers of bins on either side
// and lane widths, with ReLU, its bits and a mask, from memory to memory with other
// rows between and in place, against the sums of its description in double.
//
//===----------------------------------------------------------------------===//

#include "test/execute/stage_program.h"
#include "test/execute/twiddles.h"

#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>
#include <complex>
#include <numbers>
#include <sstream>

using namespace spherical::test;
using Cx = std::complex<double>;

namespace {

enum class Map { None, Relu, Positive, Bits };

struct Shape {
  std::vector<int64_t> radices;
  int64_t limit, result, rows, lanes;
  Map map;
  bool inPlace; ///< else rows lie 2 further apart

  int64_t n() const { return lengthOf(radices); }
  int64_t stride() const { return inPlace ? rows : rows + 2; }
  int64_t bins() const { return std::max(limit, result); }
  int64_t twiddles() const { return twiddleCount(radices); }
};

std::string memref(std::initializer_list<int64_t> extents, const std::string &element) {
  std::string text = "memref<";
  for (int64_t extent : extents)
    text += std::to_string(extent) + "x";
  return text + element + ">";
}

/// A function @name(in, twiddles, mask) -> (out, positive).
std::string entryText(const std::string &name, const Shape &s, const std::string &element) {
  const std::string memory = memref({s.bins(), s.stride(), 2, s.lanes}, element);
  const std::string words = memref({s.rows, s.n()}, "i16");
  const std::string table = memref({s.twiddles(), 2}, element);
  std::ostringstream text;
  auto view = [&](const char *of, const char *value, int64_t bins) {
    std::ostringstream type;
    type << "memref<" << bins << "x" << s.rows << "x2x" << s.lanes << "x" << element
         << ", strided<[" << 2 * s.stride() * s.lanes << ", " << 2 * s.lanes << ", " << s.lanes
         << ", 1]>>";
    text << "    " << value << " = memref.subview " << of << "[0, 0, 0, 0] [" << bins << ", "
         << s.rows << ", 2, " << s.lanes << "] [1, 1, 1, 1] : " << memory << " to " << type.str()
         << "\n";
    return type.str();
  };
  text << "func.func @" << name << "(%x: " << memory << ", %t: " << table << ", %m: " << words
       << ", %y: " << memory << " {stage.result}, %b: " << words
       << " {stage.result}) {\n  stage.sweep \"s\" (%i) in [1] chunk 1 flop 0 bytes 0 {\n"
       << "    stage.gather lanes %x -> %y {count = " << s.bins() * s.stride() * 2
       << ", lanes = " << s.lanes << "} : " << memory << ", " << memory << "\n";
  const std::string from = view(s.inPlace ? "%y" : "%x", "%from", s.limit);
  const std::string to = view("%y", "%to", s.result);
  text << "    stage.dft_map %from -> %to twiddles %t"
       << (s.map == Map::Bits ? " mask %m : " + words : "")
       << (s.map == Map::Positive ? " positive %b : " + words : "") << " {n = " << s.n()
       << ", limit = " << s.limit << ", result = " << s.result << ", rows = " << s.rows
       << ", radices = array<i64: ";
  for (size_t i = 0; i < s.radices.size(); ++i)
    text << (i > 0 ? ", " : "") << s.radices[i];
  text << ">, lanes = " << s.lanes << (s.map == Map::Relu || s.map == Map::Positive ? ", relu" : "")
       << "} : " << from << ", " << to << ", " << table << "\n  }\n  return\n}\n";
  return text.str();
}

/// The description's sums for row j of lane w.
template <typename T> class Definition {
public:
  Definition(const Shape &s, const Array<T> &in, const Array<uint16_t> &mask, int64_t j, int64_t w)
      : s(s), in(in), n(s.n()) {
    for (int64_t a = 0; a < n; ++a) {
      f.push_back(value(j, a, w));
      const bool kept =
          s.map == Map::None || (s.map == Map::Bits ? mask[j * n + a] >> w & 1 : f.back() > 0);
      g.push_back(kept ? f.back() : 0.0);
    }
  }

  Cx bin(int64_t k) const {
    Cx sum = 0;
    for (int64_t a = 0; a < n; ++a)
      sum += g[size_t(a)] * unit(-k * a);
    return sum;
  }

  std::vector<double> f, g;

private:
  Cx unit(int64_t k) const {
    return std::polar(1.0, 2 * std::numbers::pi * double(k % n) / double(n));
  }
  double value(int64_t j, int64_t a, int64_t w) const {
    double sum = 0;
    for (int64_t k = 0; k < s.limit; ++k) {
      const int64_t at = (k * s.stride() + j) * 2;
      const Cx bin(in[at * s.lanes + w], in[(at + 1) * s.lanes + w]);
      const bool single = k == 0 || 2 * k == n; // its own mirror image: once, of its real part
      sum += single ? bin.real() * unit(k * a).real() : 2 * (bin * unit(k * a)).real();
    }
    return sum;
  }

  const Shape &s;
  const Array<T> &in;
  const int64_t n;
};

template <typename T> void checkShape(const StageProgram &program, const Shape &s, size_t number) {
  const double eps = sizeof(T) == 4 ? FLT_EPSILON : DBL_EPSILON;
  Array<T> in(s.bins() * s.stride() * 2 * s.lanes, 7 + number), out(in.size());
  Array<T> twiddles = twiddleTable<T>(s.radices);
  Array<uint16_t> mask(s.rows * s.n()), bits(s.rows * s.n());
  for (int64_t i = 0; i < mask.size(); ++i)
    mask[i] = static_cast<uint16_t>(i * 40503u + number);
  program.run("e" + std::to_string(number), {in.get(), twiddles.get(), mask.get()},
              {out.get(), bits.get()});
  double worst = 0, largest = 0;
  for (const int64_t w : {int64_t(0), s.lanes - 1})
    for (int64_t j = 0; j < s.rows; ++j) {
      const Definition<T> row(s, in, mask, j, w);
      for (int64_t k = 0; k < s.result; ++k) {
        const int64_t at = (k * s.stride() + j) * 2;
        const Cx found(out[at * s.lanes + w], out[(at + 1) * s.lanes + w]);
        worst = std::max(worst, std::abs(found - row.bin(k)));
        largest = std::max(largest, std::abs(row.bin(k)));
      }
      for (int64_t a = 0; s.map == Map::Positive && a < s.n(); ++a)
        if (std::abs(row.f[size_t(a)]) > 1e-4)
          EXPECT_EQ(bits[j * s.n() + a] >> w & 1, row.f[size_t(a)] > 0) << j << ", " << a;
    }
  // A few roundings a pass, there and back; values that change their sign are as small as these.
  EXPECT_LT(worst / largest, eps * (4.0 + 4.0 * double(s.radices.size())))
      << "n = " << s.n() << " first radix " << s.radices[0] << " bins " << s.limit << " -> "
      << s.result;
  // What lies between the rows, and behind the bins, is as it was.
  for (int64_t k = 0; k < s.bins(); ++k)
    for (int64_t j = k < s.result ? s.rows : 0; j < s.stride(); ++j)
      for (int64_t i = 0; i < 2 * s.lanes; ++i) {
        const int64_t at = (k * s.stride() + j) * 2 * s.lanes + i;
        EXPECT_EQ(out[at], in[at]) << k << ", " << j;
      }
}

std::vector<Shape> shapes(int64_t lanes) {
  const std::vector<std::vector<int64_t>> splits = {
      {2, 2}, {5, 4}, {4, 5}, {3, 7}, {7, 12}, {9, 6}, {16, 3}, {11, 2}, {8, 2, 3}, {3, 2, 5, 2}};
  std::vector<Shape> all;
  for (size_t i = 0; i < splits.size(); ++i)
    for (const Map map : {Map::None, Map::Relu, Map::Positive, Map::Bits}) {
      Shape s{splits[i], 1, 1, 4, lanes, map, all.size() % 2 == 1};
      const int64_t n = s.n(), whole = n / 2 + 1;
      const int64_t few = std::max<int64_t>(1, n / 3), most = std::max<int64_t>(1, n / 2);
      const bool one = i % 3 == 2; // bin on one side or the other
      s.limit = map == Map::None ? whole : map == Map::Relu ? (one ? 1 : few) : most;
      s.result = map == Map::None ? whole : map == Map::Positive ? (one ? 1 : few) : most;
      all.push_back(s);
    }
  return all;
}

template <typename T> void checkAll(int64_t lanes, const std::string &cpu) {
  if (!canRun(cpu))
    return;
  const std::vector<Shape> all = shapes(lanes);
  std::string body;
  for (size_t i = 0; i < all.size(); ++i)
    body += entryText("e" + std::to_string(i), all[i], sizeof(T) == 4 ? "f32" : "f64");
  StageProgram program(body, cpu);
  std::printf("%s x %lld: %zu kernels, %.1f s\n", cpu.c_str(), static_cast<long long>(lanes),
              all.size(), program.compileSeconds());
  for (size_t i = 0; i < all.size(); ++i)
    checkShape<T>(program, all[i], i);
}

TEST(StageDftMap, Float32Lanes16OnAvx512) { checkAll<float>(16, "x86-64-v4"); }
TEST(StageDftMap, Float32Lanes8OnAvx2) { checkAll<float>(8, "x86-64-v3"); }
TEST(StageDftMap, Float32Lanes4) { checkAll<float>(4, "native"); }
TEST(StageDftMap, Float32Lanes1) { checkAll<float>(1, "native"); }
TEST(StageDftMap, Float64Lanes8) { checkAll<double>(8, "native"); }

} // namespace
