//===- conversion.cpp -------------------------------------------*- C++ -*-===//

#include "runtime/data/conversion.h"

#include "runtime/data/number_types.h"
#include "test/runtime/data/temporary_folder.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace spherical::runtime {
namespace {

/// A tensor of 16-bit numbers by their bits.
Tensor bitsOf(DType dtype, std::vector<uint16_t> bits) {
  Tensor tensor = Tensor::zeros(dtype, {static_cast<int64_t>(bits.size())});
  std::memcpy(tensor.bytes.data(), bits.data(), tensor.bytes.size());
  return tensor;
}

template <typename T> Tensor tensorOf(std::vector<T> values) {
  return Tensor::of<T>({static_cast<int64_t>(values.size())}, values);
}

std::vector<double> doubles(const Tensor &tensor) {
  const Tensor wide = converted(tensor, DType::F64);
  const auto values = wide.as<double>();
  return {values.begin(), values.end()};
}

// IEEE 754: every number of 16 bits is one of 32. The bits are those of the standard's examples:
// the least subnormal, the largest subnormal, the least normal, the largest number, 1/3, -2, -0.
TEST(Conversion, WidensEveryHalf) {
  const Tensor halves =
      bitsOf(DType::F16, {0x0001, 0x03ff, 0x0400, 0x7bff, 0x3555, 0xc000, 0x8000});
  EXPECT_EQ(doubles(halves), (std::vector<double>{0x1p-24, 0x1p-14 - 0x1p-24, 0x1p-14, 65504,
                                                  0.333251953125, -2, 0}));
  EXPECT_TRUE(std::signbit(doubles(halves)[6]));
  const std::vector<double> special = doubles(bitsOf(DType::F16, {0x7c00, 0xfc00, 0x7e01}));
  EXPECT_EQ(special[0], std::numeric_limits<double>::infinity());
  EXPECT_EQ(special[1], -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(special[2]));
  // Neighbours differ by the step of their exponent.
  for (uint16_t bits = 1; bits < 0x7c00; ++bits)
    ASSERT_LT(float(Half{uint16_t(bits - 1)}), float(Half{bits})) << bits;
}

TEST(Conversion, WidensEveryBFloat16) {
  EXPECT_EQ(doubles(bitsOf(DType::BF16, {0x3f80, 0xc0a0, 0x0001})),
            (std::vector<double>{1, -5, std::bit_cast<float>(0x00010000u)}));
}

TEST(Conversion, KeepsIntegersOrRefusesThem) {
  EXPECT_EQ(converted(tensorOf<uint8_t>({0, 255}), DType::I32).as<int32_t>()[1], 255);
  EXPECT_EQ(converted(tensorOf<int64_t>({INT64_MIN}), DType::I64).as<int64_t>()[0], INT64_MIN);
  EXPECT_EQ(messageOf([] {
              converted(tensorOf<int64_t>({1, 4294967299}), DType::I32);
            }),
            "expected values of I32, got 4294967299 at position 1");
  EXPECT_EQ(messageOf([] { converted(tensorOf<uint64_t>({UINT64_MAX}), DType::I64); }),
            "expected values of I64, got 18446744073709551615 at position 0");
  EXPECT_EQ(messageOf([] {
              converted(tensorOf<double>({3, -1, 2.5}), DType::I32);
            }),
            "expected values of I32, got 2.5 at position 2");
  EXPECT_EQ(messageOf([] { converted(tensorOf<double>({0x1p63}), DType::I64); }),
            "expected values of I64, got 9.22337e+18 at position 0");
  EXPECT_EQ(converted(tensorOf<double>({-0x1p63}), DType::I64).as<int64_t>()[0], INT64_MIN);
}

TEST(Conversion, ScalesPixels) {
  const Tensor pixels = scaledPixels(tensorOf<uint8_t>({0, 51, 255}), DType::F32);
  EXPECT_EQ(pixels.as<float>()[1], 51.0f / 255);
  EXPECT_EQ(pixels.as<float>()[2], 1.0f);
}

// One rule for every command: floating-point numbers of any width, and nothing that is lost.
TEST(Conversion, WeightsAreFloatsOfAnyWidth) {
  const Tensor halves = bitsOf(DType::F16, {0x3c00, 0xb800}); // 1, -1/2
  EXPECT_EQ(weightValues(halves, DType::F32).as<float>()[1], -0.5f);
  EXPECT_EQ(weightValues(tensorOf<double>({0.1}), DType::F32).as<float>()[0], 0.1f);
  EXPECT_EQ(messageOf([] { weightValues(tensorOf<int32_t>({1}), DType::F32); }),
            "expected F32, F64, F16 or BF16, got I32");
  EXPECT_EQ(messageOf([] { weightValues(tensorOf<float>({1}), DType::I64); }),
            "expected integers, got F32");
  EXPECT_EQ(messageOf([] {
              weightValues(tensorOf<double>({0, -1e300}), DType::F32);
            }),
            "expected finite values, got -1e+300 at position 1");
  EXPECT_EQ(messageOf([&] { weightValues(bitsOf(DType::BF16, {0x7f80}), DType::F32); }),
            "expected finite values, got inf at position 0");
  EXPECT_TRUE(
      std::isnan(weightValues(tensorOf<float>({std::nanf("")}), DType::F32, true).as<float>()[0]));
}

} // namespace
} // namespace spherical::runtime
