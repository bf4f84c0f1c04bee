//===- samples.cpp ----------------------------------------------*- C++ -*-===//

#include "runtime/data/samples.h"

#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

SphericalImages twoSamples(bool masks) {
  SphericalImages images{2, 1, 1, {10, 20, 30, 40, 50, 60, 70, 80}, {4, 2}};
  if (masks)
    images.masks = {0, 1, 0, 3, 2, 2, 0, 0};
  return images;
}

TEST(StoredSamples, OfClassifiedImages) {
  SphericalImages images = twoSamples(false);
  images.unit = 10.0f;
  const StoredSamples samples(images);
  EXPECT_EQ(samples.count(), 2);
  EXPECT_EQ(samples.layout().labels(), 1);
  EXPECT_EQ(samples.layout().classes, 5);
  std::vector<float> x(4);
  int32_t label;
  samples.load(1, x.data(), {.classes = &label});
  EXPECT_EQ(x, (std::vector<float>{5, 6, 7, 8}));
  EXPECT_EQ(label, 2);
}

TEST(StoredSamples, OfSegmentedImages) {
  const SphericalImages images = twoSamples(true);
  const StoredSamples samples(images);
  EXPECT_EQ(samples.layout().labels(), 4);
  EXPECT_EQ(samples.layout().classes, 4);
  std::vector<float> x(4);
  std::vector<int32_t> labels(4);
  samples.load(0, x.data(), {.classes = labels.data()});
  EXPECT_EQ(labels, (std::vector<int32_t>{0, 1, 0, 3}));
  const SphericalImages second = samples.store(std::vector<int64_t>{1});
  EXPECT_EQ(second.masks, (std::vector<uint8_t>{2, 2, 0, 0}));
  EXPECT_EQ(second.pixels, (std::vector<uint8_t>{50, 60, 70, 80}));
}

TEST(StoredSamples, FingerprintsTellDataApart) {
  const SphericalImages plain = twoSamples(false), masked = twoSamples(true);
  SphericalImages changed = twoSamples(true);
  changed.masks[7] = 1;
  EXPECT_NE(StoredSamples(plain).fingerprint(), StoredSamples(masked).fingerprint());
  EXPECT_NE(StoredSamples(changed).fingerprint(), StoredSamples(masked).fingerprint());
}

TEST(StoredSamples, RefuseWhatDoesNotFit) {
  SphericalImages images = twoSamples(true);
  images.masks.pop_back();
  EXPECT_THAT(messageOf([&] { StoredSamples samples(images); }),
              ::testing::HasSubstr("expected a mask of 4 points for each of 2 samples, got 7"));
}

} // namespace
} // namespace spherical::runtime
