//===- random.cpp - counter-based random numbers ----------------*- C++ -*-===//

#include "runtime/data/random.h"

#include "runtime/data/trigonometry.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace spherical::runtime {

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  constexpr uint64_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57;
  constexpr uint32_t weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85;
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    const uint64_t product0 = multiplier0 * counter[0];
    const uint64_t product1 = multiplier1 * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product0)};
    key = {key[0] + weyl0, key[1] + weyl1};
  }
  return counter;
}

std::array<uint64_t, 2> RandomNumbers::words(uint64_t index) const {
  const auto word = philox({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32),
                            static_cast<uint32_t>(stream), subStream},
                           {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
  return {uint64_t(word[1]) << 32 | word[0], uint64_t(word[3]) << 32 | word[2]};
}

std::array<double, 2> RandomNumbers::uniforms(uint64_t index) const {
  const auto word = words(index);
  return {static_cast<double>(word[0] >> 11) * 0x1p-53,
          static_cast<double>(word[1] >> 11) * 0x1p-53};
}

uint64_t RandomNumbers::below(uint64_t index, uint64_t bound) const {
  // The high half of a 64 x 64 bit product, in 32-bit parts so that it is plain C++.
  const uint64_t word = words(index)[0];
  const uint64_t low = (word & 0xffffffff) * (bound & 0xffffffff);
  const uint64_t cross0 = (word >> 32) * (bound & 0xffffffff) + (low >> 32);
  const uint64_t cross1 = (word & 0xffffffff) * (bound >> 32) + (cross0 & 0xffffffff);
  return (word >> 32) * (bound >> 32) + (cross0 >> 32) + (cross1 >> 32);
}

double RandomNumbers::normal(uint64_t index) const {
  const auto uniform = uniforms(index);
  const double radius = std::sqrt(-2.0 * portableLog(1.0 - uniform[0])); // 1 - u is never 0
  return radius * sinCosOfTurns(uniform[1]).cos;
}

std::vector<int64_t> randomPermutation(int64_t count, const RandomNumbers &numbers) {
  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), int64_t(0));
  for (int64_t i = count - 1; i > 0; --i)
    std::swap(order[i], order[numbers.below(i, i + 1)]);
  return order;
}

std::vector<int64_t> randomSubset(int64_t count, int64_t total, const RandomNumbers &numbers) {
  if (count < 0 || count > total)
    throw std::invalid_argument("expected a subset of at most " + std::to_string(total) + ", got " +
                                std::to_string(count));
  std::vector<int64_t> order = randomPermutation(total, numbers);
  order.resize(count);
  std::sort(order.begin(), order.end());
  return order;
}

uint32_t hashText(const char *text) {
  uint32_t hash = 2166136261u;
  for (; *text != '\0'; ++text)
    hash = (hash ^ static_cast<unsigned char>(*text)) * 16777619u;
  return hash;
}

} // namespace spherical::runtime
