//===- batches.cpp ----------------------------------------------*- C++ -*-===//

#include "runtime/data/batches.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace spherical::runtime {
namespace {

/// `count` samples of band-limit 1 (4 values), value v of sample k is 4 k + v.
SphericalImages numbered(int64_t count) {
  SphericalImages images{count, 1, 1, {}, {}};
  for (int64_t i = 0; i < 4 * count; ++i)
    images.pixels.push_back(static_cast<uint8_t>(i));
  for (int64_t k = 0; k < count; ++k)
    images.labels.push_back(static_cast<int32_t>(100 + k));
  return images;
}

struct Step {
  int64_t epoch, number;
  std::vector<int64_t> indices;
  bool operator==(const Step &) const = default;
};

/// The samples of up to `limit` batches.
std::vector<Step> steps(const SphericalImages &images, const BatchOptions &options, size_t limit) {
  const StoredSamples samples(images);
  BatchLoader loader(samples, options);
  std::vector<Step> result;
  while (result.size() < limit) {
    const Batch *batch = loader.next();
    if (!batch)
      break;
    result.push_back({batch->epoch,
                      batch->number,
                      {batch->indices.begin(), batch->indices.begin() + batch->count}});
    for (int64_t i = 0; i < batch->count; ++i) {
      EXPECT_EQ(batch->labels[i], 100 + batch->indices[i]);
      EXPECT_EQ(batch->x[4 * i + 3], pixelValue(images.pixels[4 * batch->indices[i] + 3]));
    }
  }
  return result;
}

TEST(Batches, PixelsBecomeNumbersUpToOne) {
  EXPECT_EQ(pixelValue(0), 0.0f);
  EXPECT_EQ(pixelValue(255), 1.0f);
  EXPECT_EQ(pixelValue(51), 0.2f);
}

TEST(Batches, AnEpochHoldsEachSampleOnce) {
  const SphericalImages images = numbered(23);
  const auto all = steps(images, {.batchSize = 5, .seed = 3, .lastEpoch = 1}, 100);
  ASSERT_EQ(all.size(), 10u);
  for (int64_t epoch = 0; epoch < 2; ++epoch) {
    std::vector<int64_t> seen;
    for (int64_t number = 0; number < 5; ++number) {
      const Step &step = all[5 * epoch + number];
      EXPECT_EQ(step.epoch, epoch);
      EXPECT_EQ(step.number, number);
      EXPECT_EQ(step.indices.size(), number == 4 ? 3u : 5u);
      seen.insert(seen.end(), step.indices.begin(), step.indices.end());
    }
    EXPECT_FALSE(std::is_sorted(seen.begin(), seen.end()));
    std::sort(seen.begin(), seen.end());
    for (int64_t k = 0; k < 23; ++k)
      EXPECT_EQ(seen[k], k);
  }
  EXPECT_NE(all[0].indices, all[5].indices);
}

TEST(Batches, WithoutShufflingTheOrderIsThatOfTheData) {
  const SphericalImages images = numbered(5);
  const auto all = steps(images, {.batchSize = 2, .shuffle = false, .lastEpoch = 0}, 100);
  const std::vector<Step> expected = {{0, 0, {0, 1}}, {0, 1, {2, 3}}, {0, 2, {4}}};
  EXPECT_EQ(all, expected);
}

TEST(Batches, DoNotDependOnTheWorkers) {
  const SphericalImages images = numbered(17);
  const auto one = steps(images, {.batchSize = 4, .seed = 8, .workers = 1, .ahead = 1}, 40);
  EXPECT_EQ(one, steps(images, {.batchSize = 4, .seed = 8, .workers = 2, .ahead = 4}, 40));
  EXPECT_EQ(one, steps(images, {.batchSize = 4, .seed = 8, .workers = 5, .ahead = 40}, 40));
  EXPECT_NE(one, steps(images, {.batchSize = 4, .seed = 9}, 40));
}

TEST(Batches, ResumeInTheMiddleOfAnEpoch) {
  const SphericalImages images = numbered(17);
  const auto whole = steps(images, {.batchSize = 4, .seed = 8}, 30);
  const auto rest =
      steps(images, {.batchSize = 4, .seed = 8, .firstEpoch = 2, .firstNumber = 3}, 17);
  EXPECT_EQ(rest, std::vector<Step>(whole.begin() + 13, whole.end()));
}

TEST(Batches, CanBeLeftAtAnyTime) {
  const SphericalImages images = numbered(17);
  const StoredSamples samples(images);
  for (int taken = 0; taken < 20; ++taken) {
    BatchLoader loader(samples, {.batchSize = 3, .workers = 3, .ahead = 2});
    for (int i = 0; i < taken; ++i)
      ASSERT_NE(loader.next(), nullptr);
  }
}

TEST(Batches, RejectImpossibleOptions) {
  const SphericalImages full = numbered(17), empty = numbered(0);
  const StoredSamples images(full), none(empty);
  EXPECT_THROW(BatchLoader(none, {}), std::invalid_argument);
  EXPECT_THROW(BatchLoader(images, {.batchSize = 0}), std::invalid_argument);
  EXPECT_THROW(BatchLoader(images, {.batchSize = 4, .firstNumber = 5}), std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
