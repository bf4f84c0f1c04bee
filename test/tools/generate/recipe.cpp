//===- recipe.cpp - the numbers of random architectures -------------------===//

#include "tools/spherical/generate/recipe.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

namespace spherical::driver {
namespace {

using Numbers = std::vector<int64_t>;

// The published networks: their kernels and strides give all 18 published numbers of channels.
TEST(BalancedChannels, AreThoseOfThePublishedNetworks) {
  EXPECT_EQ(balancedChannels(100, 11, {5, 3, 9, 7, 3}, {1, 1, 1, 1, 2}),
            (Numbers{13, 15, 22, 31, 141}));
  EXPECT_EQ(balancedChannels(100, 11, {3, 3, 5, 5, 3, 5}, {1, 1, 1, 2, 1, 1}),
            (Numbers{12, 13, 16, 77, 96, 163}));
  EXPECT_EQ(balancedChannels(100, 11, {3, 5, 3, 7, 5, 3, 3}, {1, 1, 1, 2, 1, 1, 2}),
            (Numbers{12, 15, 16, 85, 141, 191, 1100}));
}

TEST(BalancedChannels, AreExactFractions) {
  // n = 10 / 3: 9 x 100 / 100 values, exactly 9 times as many channels.
  EXPECT_EQ(balancedChannels(10, 7, {1}, {3}), (Numbers{63}));
  // n = ((10 - 4) / 2 - 2) / 1 = 1.
  EXPECT_EQ(balancedChannels(10, 7, {3, 2}, {2, 1}), (Numbers{78, 700}));
}

TEST(BalancedChannels, EndWhereNothingIsLeft) {
  EXPECT_TRUE(balancedChannels(9, 7, {5}, {1}));
  EXPECT_FALSE(balancedChannels(8, 7, {5}, {1}));     // n = 0
  EXPECT_FALSE(balancedChannels(8, 7, {7}, {1}));     // n < 0
  EXPECT_TRUE(balancedChannels(64, 256, {1}, {64}));  // 2^20
  EXPECT_FALSE(balancedChannels(64, 257, {1}, {64})); // more
  EXPECT_FALSE(balancedChannels(64, 4096, {1, 1, 1, 1, 1, 1, 1, 1}, Numbers(8, 512)));
}

// What the rule (B.3) gives for the published networks of 1M and 5.5M parameters, from a bottleneck
// of 28 and of 20.
TEST(StrideTowards, LeadsToThePublishedNetworks) {
  const auto strides = [](const Numbers &kernels, int64_t bottleneck) {
    const auto depth = static_cast<int64_t>(kernels.size());
    Numbers result;
    int64_t size = 100;
    for (int64_t i = 1; i <= depth; ++i) {
      const int64_t kernel = kernels[i - 1];
      result.push_back(strideTowards(size, kernel, 100 * (depth - i) + bottleneck * i, depth));
      size = (size - kernel) / result.back() + 1;
    }
    return result;
  };
  EXPECT_EQ(strides({3, 3, 5, 5, 3, 5}, 28), (Numbers{1, 1, 1, 2, 1, 1}));
  EXPECT_EQ(strides({3, 5, 3, 7, 5, 3, 3}, 20), (Numbers{1, 1, 1, 2, 1, 1, 2}));
}

TEST(StrideTowards, RoundsAndIsAtLeastOne) {
  EXPECT_EQ(strideTowards(10, 1, 7, 1), 2);  // 9 / 6
  EXPECT_EQ(strideTowards(10, 2, 7, 1), 1);  // 8 / 6
  EXPECT_EQ(strideTowards(10, 1, 13, 2), 2); // 9 / 5.5
  EXPECT_EQ(strideTowards(10, 9, 10, 1), 1); // 1 / 9
  EXPECT_EQ(strideTowards(5, 5, 2, 1), 1);   // 0
  EXPECT_EQ(strideTowards(100, 1, 2, 1), 99);
}

// The published network of 204k parameters.
TEST(Interpolate, GivesThePublishedBandLimitsAndFeatures) {
  EXPECT_EQ(interpolate(50, 20, 4), (Numbers{50, 42, 35, 27, 20}));
  EXPECT_EQ(interpolate(11, 14, 4), (Numbers{11, 11, 12, 13, 14}));
  EXPECT_EQ(interpolate(50, 3, 1), (Numbers{50, 3}));
}

TEST(LargestDepth, CoversThePublishedNetworks) {
  EXPECT_EQ(largestDepth(9), 1);
  EXPECT_EQ(largestDepth(10), 2);
  EXPECT_GE(largestDepth(218'144), 5);
  EXPECT_GE(largestDepth(1'042'013), 6);
  EXPECT_GE(largestDepth(5'519'335), 7);
}

std::vector<ModelDescription> drawMany(const Recipe &recipe, uint32_t draws) {
  std::vector<ModelDescription> models;
  for (uint32_t draw = 0; draw < draws; ++draw)
    if (auto model = drawModel(recipe, 5, draw))
      models.push_back(std::move(*model));
  return models;
}

/// How often each value comes up.
using Histogram = std::map<int64_t, int>;

/// Whether a draw fits together but has more weights than a program can hold.
bool isTooLarge(const Result<ModelFlow> &flow) {
  return !flow && flow.error().message.find("at most 2^31 numbers") != std::string::npos;
}

TEST(DrawModel, PlanarNumbersAreThoseOfTheProcedure) {
  const Recipe recipe{Architecture::CNN, Task::Segmentation, 1, 999'999, 50, 11};
  Histogram kernels, depths;
  for (const ModelDescription &model : drawMany(recipe, 3000)) {
    ++kernels[model.layers.front().kernel];
    ++depths[static_cast<int64_t>(model.layers.size() + 1) / 4];
    EXPECT_EQ(model.inputSize, (ImageSize{100, 100}));
    EXPECT_EQ(model.layers.back().channels, 11);
    const auto flow = checkModel(model);
    if (isTooLarge(flow))
      continue;
    ASSERT_TRUE(flow) << flow.error().message;
    EXPECT_EQ(flow->output, (LayerShape{LayerShape::Image, 11, 0, {100, 100}}));
  }
  // Deep networks with large kernels have no channels and are left out, so both favour small ones.
  EXPECT_EQ(depths.size(), 6u);
  EXPECT_NEAR(depths[1], 500, 100); // 5 deviations
  std::set<int64_t> keys;
  for (const auto &[kernel, count] : kernels) {
    keys.insert(kernel);
    EXPECT_GT(count, 400) << kernel;
  }
  EXPECT_EQ(keys, (std::set<int64_t>{1, 3, 5, 7, 9}));
}

TEST(DrawModel, SphericalNumbersAreThoseOfTheProcedure) {
  const Recipe recipe{Architecture::S2CNN, Task::Classification, 1, 999'999, 50, 11};
  Histogram bandLimits, channels, depths;
  const auto models = drawMany(recipe, 3000);
  ASSERT_EQ(models.size(), 3000u);
  for (const ModelDescription &model : models) {
    size_t last = 0; // the last convolution
    while (model.layers[last + 2].kind == LayerKind::SO3Conv)
      last += 2;
    ++depths[static_cast<int64_t>(last / 2 + 1)];
    ++bandLimits[model.layers[last].bandLimit];
    ++channels[model.layers[last].channels];
    EXPECT_TRUE(checkModel(model));
  }
  const auto expectUniform = [](const Histogram &histogram, int64_t low, int64_t high) {
    const double mean = 3000.0 / static_cast<double>(high - low + 1);
    EXPECT_EQ(histogram.begin()->first, low);
    EXPECT_EQ(histogram.rbegin()->first, high);
    for (const auto &[value, count] : histogram)
      EXPECT_NEAR(count, mean, 5 * std::sqrt(mean)) << value;
  };
  expectUniform(depths, 1, 6);
  expectUniform(bandLimits, 3, 20);
  expectUniform(channels, 11, 30);
}

// Band-limits below those of the procedure: the smallest networks that there are.
TEST(DrawModel, FitsSmallInputs) {
  for (const Architecture architecture : {Architecture::CNN, Architecture::S2CNN})
    for (const Task task : {Task::Segmentation, Task::Classification})
      for (const int64_t bandLimit : {1, 2, 3, 7})
        for (const ModelDescription &model :
             drawMany({architecture, task, 1, 9999, bandLimit, 40}, 200)) {
          const auto flow = checkModel(model);
          if (isTooLarge(flow))
            continue;
          ASSERT_TRUE(flow) << flow.error().message;
          EXPECT_EQ(flow->output.channels, 40);
        }
}

} // namespace
} // namespace spherical::driver
