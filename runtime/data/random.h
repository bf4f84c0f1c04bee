//===- random.h - counter-based random numbers ------------------*- C++ -*-===//
//
// Philox4x32-10 (Salmon et al. 2011): the numbers are a function of (seed, stream,
// index), with no state. Any sample can be made by any thread in any order, and a
// resumed run needs nothing but its counters.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_RANDOM_H
#define SPHERICAL_RUNTIME_DATA_RANDOM_H

#include <array>
#include <cstdint>
#include <vector>

namespace spherical::runtime {

/// Philox4x32-10: four random words for each counter and key.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// What random numbers are for. Streams of one seed are independent of each other. The values
/// are part of what a seed means: append only.
enum class RandomStream : uint32_t {
  Initialisation = 0, ///< index: element of a parameter; sub-stream: hash of its name
  Shuffle = 1,        ///< index: place in the epoch; sub-stream: the epoch
  Rotation = 2,       ///< index: sample; sub-stream: which set of rotations
  Subset = 3,         ///< index: place in the full set
  Item = 4,           ///< index: 16 sample + item; sub-stream: which set of samples
  Place = 5,          ///< index: 64 (16 sample + item) + attempt; sub-stream: which set
  Model = 6,          ///< index: a number of an architecture; sub-stream: the draw
};

/// The random numbers of one (seed, stream, sub-stream): a function of `index`.
class RandomNumbers {
public:
  RandomNumbers(uint64_t seed, RandomStream stream, uint32_t subStream = 0)
      : seed(seed), stream(stream), subStream(subStream) {}

  /// Two independent words of 64 bits.
  std::array<uint64_t, 2> words(uint64_t index) const;

  /// Two independent numbers, uniform on the multiples of 2^-53 in [0, 1).
  std::array<double, 2> uniforms(uint64_t index) const;

  /// A whole number, 0 <= result < bound (bound >= 1). The bias is below bound / 2^64.
  uint64_t below(uint64_t index, uint64_t bound) const;

  /// A number of the standard normal distribution (Box and Muller 1958, on portable functions).
  double normal(uint64_t index) const;

private:
  uint64_t seed;
  RandomStream stream;
  uint32_t subStream;
};

/// A uniformly random order of 0 ... count-1 (Fisher and Yates), the same on any machine.
std::vector<int64_t> randomPermutation(int64_t count, const RandomNumbers &numbers);

/// `count` different numbers of 0 ... total-1, each subset with equal chance, ascending.
/// Throws std::invalid_argument if count > total.
std::vector<int64_t> randomSubset(int64_t count, int64_t total, const RandomNumbers &numbers);

/// A 32-bit hash of a text (FNV-1a), to make sub-streams from names.
uint32_t hashText(const char *text);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_RANDOM_H
