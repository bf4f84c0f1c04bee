//===- subset_samples.cpp - some samples of a data set ----------*- C++ -*-===//

#include "runtime/data/subset_samples.h"

#include "runtime/data/random.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace spherical::runtime {

SubsetSamples::SubsetSamples(const SampleSource &all, std::vector<int64_t> indices)
    : all(all), indices(std::move(indices)) {
  for (const int64_t index : this->indices)
    if (index < 0 || index >= all.count())
      throw std::invalid_argument("expected samples 0 to " + std::to_string(all.count() - 1) +
                                  ", got " + std::to_string(index));
}

std::vector<int64_t> SubsetSamples::inAll(std::span<const int64_t> chosen) const {
  std::vector<int64_t> result;
  for (const int64_t index : chosen)
    result.push_back(indices[index]);
  return result;
}

void SubsetSamples::load(int64_t index, float *x, Target target) const {
  all.load(indices[index], x, target);
}

void SubsetSamples::loadAll(std::span<const int64_t> chosen, int64_t epoch, float *x,
                            Target target) const {
  all.loadAll(inAll(chosen), epoch, x, target);
}

uint64_t SubsetSamples::fingerprint() const {
  return hashBytes({reinterpret_cast<const uint8_t *>(indices.data()), 8 * indices.size()},
                   all.fingerprint());
}

SphericalImages SubsetSamples::store(std::span<const int64_t> chosen) const {
  return all.store(inAll(chosen));
}

HeldOut holdOut(int64_t held, int64_t count, uint64_t seed) {
  const RandomNumbers numbers(seed, RandomStream::Subset, hashText("validation"));
  return holdOut(randomSubset(held, count, numbers), count);
}

HeldOut holdOut(std::vector<int64_t> held, int64_t count) {
  HeldOut result{std::move(held), {}};
  for (int64_t index = 0; index < count; ++index)
    if (!std::ranges::binary_search(result.held, index))
      result.others.push_back(index);
  return result;
}

} // namespace spherical::runtime
