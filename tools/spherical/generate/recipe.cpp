//===- recipe.cpp - the numbers of random architectures -------------------===//

#include "tools/spherical/generate/recipe.h"

#include "runtime/data/random.h"

#include <algorithm>

namespace spherical::driver {
namespace {

constexpr int64_t mostChannels = int64_t(1) << 20;
constexpr int64_t largestKernel = 9;
constexpr int64_t smallestSide = 2, largestSide = 30;
constexpr int64_t smallestBandLimit = 3, largestBandLimit = 20;
constexpr int64_t mostBottleneckChannels = 30;
/// In millionths of pi.
constexpr int64_t smallestBeta = 125'000, largestBeta = 500'000;

/// The numbers of one draw. Each decision has an index of its own, so that none depends on how many
/// came before it.
class Dice {
public:
  Dice(uint64_t seed, uint32_t draw) : numbers(seed, runtime::RandomStream::Model, draw) {}

  enum Decision : uint64_t { Depth, Bottleneck, Channels, Beta, FirstKernel };

  /// Uniform in low ... high.
  int64_t between(uint64_t decision, int64_t low, int64_t high) const {
    return low + static_cast<int64_t>(numbers.below(decision, high - low + 1));
  }

private:
  runtime::RandomNumbers numbers;
};

std::optional<ModelDescription> drawPlanar(const Recipe &recipe, const Dice &dice, int64_t depth) {
  const int64_t input = 2 * recipe.bandLimit;
  const int64_t bottleneck =
      dice.between(Dice::Bottleneck, smallestSide, std::min(largestSide, input));
  std::vector<int64_t> kernels, strides;
  int64_t size = input;
  for (int64_t i = 0; i < depth; ++i) {
    const int64_t most = (std::min(largestKernel, size) - 1) / 2;
    const int64_t kernel = 2 * dice.between(Dice::FirstKernel + i, 0, most) + 1;
    const int64_t target = input * (depth - i - 1) + bottleneck * (i + 1);
    kernels.push_back(kernel);
    strides.push_back(strideTowards(size, kernel, target, depth));
    size = (size - kernel) / strides.back() + 1; // (B.4)
  }
  const auto channels = balancedChannels(input, recipe.classes, kernels, strides);
  if (!channels)
    return std::nullopt;
  std::vector<PlanarStep> steps;
  for (int64_t i = 0; i < depth; ++i)
    steps.push_back({kernels[i], strides[i], (*channels)[i]});
  return planarModel(recipe, steps);
}

ModelDescription drawSpherical(const Recipe &recipe, const Dice &dice, int64_t depth) {
  const int64_t bottleneck =
      dice.between(Dice::Bottleneck, std::min(smallestBandLimit, recipe.bandLimit),
                   std::min(largestBandLimit, recipe.bandLimit));
  const int64_t channels = dice.between(Dice::Channels, recipe.classes,
                                        std::max(mostBottleneckChannels, recipe.classes));
  const std::vector<int64_t> bandLimits = interpolate(recipe.bandLimit, bottleneck, depth);
  const std::vector<int64_t> features = interpolate(recipe.classes, channels, depth);
  std::vector<SphericalStep> steps;
  for (int64_t i = 1; i <= depth; ++i)
    steps.push_back({bandLimits[i], features[i]});
  return sphericalModel(recipe, steps,
                        bottleneck * dice.between(Dice::Beta, smallestBeta, largestBeta));
}

} // namespace

int64_t largestDepth(int64_t most) {
  int64_t digits = 1;
  for (; most >= 10; most /= 10)
    ++digits;
  return digits;
}

std::vector<int64_t> interpolate(int64_t from, int64_t to, int64_t steps) {
  std::vector<int64_t> points;
  for (int64_t i = 0; i <= steps; ++i)
    points.push_back((from * (steps - i) + to * i) / steps);
  return points;
}

int64_t strideTowards(int64_t size, int64_t kernel, int64_t target, int64_t divisor) {
  const int64_t numerator = divisor * (size - kernel), denominator = target - divisor;
  return std::max<int64_t>(1, (2 * numerator + denominator) / (2 * denominator));
}

std::optional<std::vector<int64_t>> balancedChannels(int64_t size, int64_t outputs,
                                                     const std::vector<int64_t> &kernels,
                                                     const std::vector<int64_t> &strides) {
  // n_i = side / product; both stay small enough that no number below leaves 64 bits: a product
  // above 2^12 would mean more than 2^20 channels.
  constexpr int64_t largestProduct = int64_t(1) << 12;
  std::vector<int64_t> channels;
  int64_t side = size, product = 1;
  for (size_t i = 0; i < kernels.size(); ++i) {
    side -= 2 * (kernels[i] - 1) * product;
    product *= strides[i];
    if (side < 1 || product > largestProduct)
      return std::nullopt;
    const int64_t values = outputs * size * size * product * product;
    channels.push_back((values + side * side - 1) / (side * side));
    if (channels.back() > mostChannels)
      return std::nullopt;
  }
  return channels;
}

std::optional<ModelDescription> drawModel(const Recipe &recipe, uint64_t seed, uint32_t draw) {
  const Dice dice(seed, draw);
  const int64_t depth = dice.between(Dice::Depth, 1, largestDepth(recipe.most));
  if (recipe.architecture == Architecture::CNN)
    return drawPlanar(recipe, dice, depth);
  return drawSpherical(recipe, dice, depth);
}

} // namespace spherical::driver
