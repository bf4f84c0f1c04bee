//===- stage_bfloat16_test.cpp - half-transformed functions in 2 bytes ----===//
//
// A transform that reads bf16 gives what it gives of the same numbers in f32, bit by
// bit; one that writes it gives the results in f32, each rounded to the nearest.
//
//===----------------------------------------------------------------------===//

#include "test/execute/stage_program.h"
#include "test/execute/twiddles.h"

#include "gtest/gtest.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <sstream>

using namespace spherical::test;

namespace {

using Words = Array<uint16_t>;

/// Rounded to the nearest, even if two are; NaN to any NaN.
uint16_t rounded(float value) {
  if (std::isnan(value))
    return 0x7fc0;
  const double exact = std::abs(static_cast<double>(value));
  const auto below = static_cast<uint16_t>(std::bit_cast<uint32_t>(std::abs(value)) >> 16);
  const auto widened = [](uint32_t word) {
    return static_cast<double>(std::bit_cast<float>(word << 16));
  };
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isinf(value))
    return sign | below;
  // The number above the largest one is where infinity would be if exponents went on.
  const double next = below == 0x7f7f ? 0x1p128 : widened(below + 1u);
  const double low = exact - widened(below), high = next - exact;
  return sign | static_cast<uint16_t>(low < high || (low == high && below % 2 == 0) ? below
                                                                                  : below + 1);
}

float widened(uint16_t word) { return std::bit_cast<float>(uint32_t(word) << 16); }

struct Shape {
  std::string op; ///< a kind of stage.dft, or dft_map
  std::vector<int64_t> radices;
  int64_t lanes;

  int64_t n() const { return lengthOf(radices); }
  int64_t rows() const { return 6; }
  int64_t limit() const { return n() / 2; }
  bool isMap() const { return op == "dft_map"; }
  bool readsHalf() const {
    return isMap() || op == "real_synthesis" || op == "complex_analysis";
  }
  bool writesHalf() const {
    return isMap() || op == "real_analysis" || op == "complex_synthesis";
  }
  bool fromSpectrum() const { return isMap() || op.ends_with("synthesis"); }
  int64_t function() const { return rows() * n() * lanes * (op.starts_with("real") ? 1 : 2); }
  int64_t spectrum() const {
    return limit() * rows() * lanes * (op.starts_with("complex") ? 4 : 2);
  }
  int64_t in() const { return fromSpectrum() ? spectrum() : function(); }
  int64_t out() const { return isMap() || !fromSpectrum() ? spectrum() : function(); }
};

/// A function @name(in, twiddles, roots) -> out.
std::string entryText(const std::string &name, const Shape &s, bool bfloat16) {
  const auto memref = [](int64_t size, bool stored) {
    return "memref<" + std::to_string(size) + (stored ? "xbf16>" : "xf32>");
  };
  const std::string in = memref(s.in(), bfloat16 && s.readsHalf());
  const std::string out = memref(s.out(), bfloat16 && s.writesHalf());
  const std::string table = memref(2 * twiddleCount(s.radices), false);
  const int64_t roots = 2 * spherical::runtime::rootCount(s.n());
  std::ostringstream text;
  text << "func.func @" << name << "(%x: " << in << ", %t: " << table
       << ", %r: " << memref(std::max<int64_t>(1, roots), false) << ", %y: " << out
       << " {stage.result}) {\n  stage.sweep \"s\" (%i) in [1] chunk 1 flop 0 bytes 0 {\n    stage."
       << (s.isMap() ? "dft_map" : "dft " + s.op) << " %x -> %y twiddles %t"
       << (roots > 0 ? " roots %r : " + memref(roots, false) : "") << " {n = " << s.n()
       << ", limit = " << s.limit() << ", rows = " << s.rows()
       << (s.isMap() ? ", result = " + std::to_string(s.limit()) : ", orders = 1")
       << ", radices = array<i64: ";
  for (size_t i = 0; i < s.radices.size(); ++i)
    text << (i > 0 ? ", " : "") << s.radices[i];
  text << ">, lanes = " << s.lanes << "} : " << in << ", " << out << ", " << table
       << "\n  }\n  return\n}\n";
  return text.str();
}

/// Values of all sizes, with some that are special in the first ones.
Array<float> inputOf(const Shape &s, uint64_t seed) {
  Array<float> in(s.in(), seed);
  for (int64_t i = 0; i < in.size(); ++i) {
    in[i] = std::ldexp(in[i], int(i % 61) - 30);
    if (s.readsHalf())
      in[i] = widened(rounded(in[i]));
  }
  const uint32_t special[] = {0x7fffffff, 0xffffffff, 0x7f800000, 0x7f7f0000};
  for (size_t i = 0; i < std::size(special) && s.lanes > 1; ++i) // in lanes of their own
    in[int64_t(i) % s.lanes + int64_t(i) / s.lanes * s.lanes * 2] =
        std::bit_cast<float>(special[i]);
  return in;
}

void checkShape(const StageProgram &program, const Shape &s, size_t number) {
  SCOPED_TRACE(s.op + " of " + std::to_string(s.n()));
  const std::string name = std::to_string(number);
  Array<float> in = inputOf(s, 3 + number), out(s.out()), twiddles = twiddleTable<float>(s.radices),
               roots = rootTable<float>(s.n());
  program.run("f" + name, {in.get(), twiddles.get(), roots.get()}, {out.get()});
  Words shortIn(s.in()), shortOut(s.out());
  Array<float> wideOut(s.out());
  for (int64_t i = 0; i < in.size(); ++i)
    shortIn[i] = static_cast<uint16_t>(std::bit_cast<uint32_t>(in[i]) >> 16);
  program.run("b" + name,
              {s.readsHalf() ? static_cast<void *>(shortIn.get()) : in.get(), twiddles.get(),
               roots.get()},
              {s.writesHalf() ? static_cast<void *>(shortOut.get()) : wideOut.get()});
  for (int64_t i = 0; i < out.size(); ++i)
    if (s.writesHalf() && std::isnan(out[i]))
      EXPECT_TRUE(std::isnan(widened(shortOut[i]))) << i << ": " << shortOut[i];
    else if (s.writesHalf())
      EXPECT_EQ(shortOut[i], rounded(out[i])) << i << ": " << out[i];
    else if (std::isnan(out[i]))
      EXPECT_TRUE(std::isnan(wideOut[i])) << i;
    else
      EXPECT_EQ(wideOut[i], out[i]) << i;
}

void checkAll(int64_t lanes, const std::string &cpu) {
  if (!canRun(cpu))
    return;
  std::vector<Shape> all;
  for (const std::vector<int64_t> &radices :
       {std::vector<int64_t>{7, 12}, {2, 2}, {3, 5, 2}, {2, 19}})
    for (const char *op : {"real_analysis", "real_synthesis", "complex_analysis",
                           "complex_synthesis", "dft_map"})
      if (Shape shape{op, radices, lanes}; !shape.isMap() || radices.back() <= 16)
        all.push_back(shape);
  std::string text;
  for (size_t i = 0; i < all.size(); ++i)
    text += entryText("f" + std::to_string(i), all[i], false) +
            entryText("b" + std::to_string(i), all[i], true);
  const StageProgram program(text, cpu);
  for (size_t i = 0; i < all.size(); ++i)
    checkShape(program, all[i], i);
}

TEST(StageBfloat16, Lanes16OnAvx512) { checkAll(16, "x86-64-v4"); }
TEST(StageBfloat16, Lanes8OnAvx2) { checkAll(8, "x86-64-v3"); }
TEST(StageBfloat16, Lanes16ByInstructions) { checkAll(16, "native"); }
TEST(StageBfloat16, Lanes4ByInstructions) { checkAll(4, "native"); }
TEST(StageBfloat16, Lanes1) { checkAll(1, "x86-64-v4"); }

} // namespace
