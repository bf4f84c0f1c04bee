//===- random.cpp -----------------------------------------------*- C++ -*-===//

#include "runtime/data/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace spherical::runtime {
namespace {

// The known answers of the authors' distribution (Random123, kat_vectors).
TEST(Philox, GivesTheKnownAnswers) {
  using Words = std::array<uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomNumbers, UniformsHaveTheRightMoments) {
  constexpr int count = 100000;
  const RandomNumbers numbers(5, RandomStream::Subset);
  double mean = 0, square = 0, product = 0;
  for (int i = 0; i < count; ++i) {
    const auto [u, v] = numbers.uniforms(i);
    ASSERT_TRUE(u >= 0.0 && u < 1.0 && v >= 0.0 && v < 1.0);
    mean += u / count;
    square += u * u / count;
    product += (u - 0.5) * (v - 0.5) / count;
  }
  // Four standard errors of each mean: variances 1/12, 4/45 and 1/144.
  EXPECT_NEAR(mean, 1.0 / 2, 4 * std::sqrt(1.0 / 12 / count));
  EXPECT_NEAR(square, 1.0 / 3, 4 * std::sqrt(4.0 / 45 / count));
  EXPECT_NEAR(product, 0.0, 4.0 / 12 / std::sqrt(count));
}

TEST(RandomNumbers, NormalsHaveTheRightMoments) {
  constexpr int count = 100000;
  const RandomNumbers numbers(6, RandomStream::Initialisation, 3);
  double first = 0, second = 0, fourth = 0;
  for (int i = 0; i < count; ++i) {
    const double x = numbers.normal(i);
    first += x / count;
    second += x * x / count;
    fourth += x * x * x * x / count;
  }
  // Variances 1, 2 and 96.
  EXPECT_NEAR(first, 0.0, 4 * std::sqrt(1.0 / count));
  EXPECT_NEAR(second, 1.0, 4 * std::sqrt(2.0 / count));
  EXPECT_NEAR(fourth, 3.0, 4 * std::sqrt(96.0 / count));
}

TEST(RandomNumbers, SeedsStreamsAndIndicesDiffer) {
  std::set<uint64_t> seen;
  for (uint64_t seed : {0ull, 1ull, 1ull << 32})
    for (auto stream : {RandomStream::Initialisation, RandomStream::Shuffle})
      for (uint32_t sub : {0u, 1u})
        for (uint64_t index : {0ull, 1ull, 1ull << 32})
          seen.insert(RandomNumbers(seed, stream, sub).words(index)[0]);
  EXPECT_EQ(seen.size(), 36u);
}

TEST(RandomNumbers, BelowReachesExactlyItsRange) {
  const RandomNumbers numbers(2, RandomStream::Subset);
  std::vector<int> hits(7);
  for (int i = 0; i < 7000; ++i)
    ++hits.at(numbers.below(i, 7));
  for (int hit : hits)
    EXPECT_NEAR(hit, 1000, 4 * std::sqrt(7000 * (1.0 / 7) * (6.0 / 7)));
  EXPECT_EQ(numbers.below(3, 1), 0u);
  // The high half of the product of two words, against the compiler's own 128 bits.
  for (int i = 0; i < 1000; ++i) {
    const uint64_t bound = numbers.words(i)[1];
    __extension__ using Wide = unsigned __int128;
    EXPECT_EQ(numbers.below(i, bound),
              static_cast<uint64_t>(Wide(numbers.words(i)[0]) * bound >> 64));
  }
}

TEST(RandomPermutation, HoldsEachNumberOnce) {
  const std::vector<int64_t> order =
      randomPermutation(1000, RandomNumbers(0, RandomStream::Shuffle, 4));
  std::vector<int64_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t i = 0; i < 1000; ++i)
    EXPECT_EQ(sorted[i], i);
  EXPECT_NE(order, randomPermutation(1000, RandomNumbers(0, RandomStream::Shuffle, 5)));
  EXPECT_TRUE(randomPermutation(0, RandomNumbers(0, RandomStream::Shuffle)).empty());
}

// Each of the 6 orders of 3 numbers has chance 1/6.
TEST(RandomPermutation, OrdersAreEquallyLikely) {
  std::map<std::vector<int64_t>, int> hits;
  for (uint32_t epoch = 0; epoch < 6000; ++epoch)
    ++hits[randomPermutation(3, RandomNumbers(9, RandomStream::Shuffle, epoch))];
  ASSERT_EQ(hits.size(), 6u);
  for (const auto &[order, hit] : hits)
    EXPECT_NEAR(hit, 1000, 4 * std::sqrt(6000.0 / 6 * 5 / 6));
}

TEST(RandomSubset, IsAscendingWithoutRepetition) {
  const auto subset = randomSubset(40, 100, RandomNumbers(0, RandomStream::Subset));
  ASSERT_EQ(subset.size(), 40u);
  for (size_t i = 1; i < subset.size(); ++i)
    EXPECT_LT(subset[i - 1], subset[i]);
  EXPECT_LT(subset.back(), 100);
  EXPECT_THROW(randomSubset(5, 4, RandomNumbers(0, RandomStream::Subset)), std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
