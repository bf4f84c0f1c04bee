//===- sample_files.cpp -----------------------------------------*- C++ -*-===//

#include "runtime/data/sample_files.h"

#include "runtime/data/batches.h"
#include "runtime/data/npy.h"
#include "test/runtime/data/item_images.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

SphereGenerator someSamples(int64_t count, bool segmented) {
  GeneratorOptions options;
  options.segmented = segmented;
  options.items = segmented ? 2 : 1;
  options.rotate = true;
  options.count = count;
  options.seed = 3;
  options.projection.bandLimit = 6;
  return SphereGenerator(rampItems(11), options);
}

TEST(SampleFiles, HoldTheSamplesForAnyNumberOfThreads) {
  const TemporaryFolder folder;
  for (const bool segmented : {false, true}) {
    const SphereGenerator samples = someSamples(300, segmented); // more than one piece
    for (const int threads : {1, 2, 5})
      writeSamples(samples, folder.file(std::to_string(threads) + ".safetensors"), threads);
    EXPECT_EQ(fileText(folder.file("1.safetensors")), fileText(folder.file("2.safetensors")));
    EXPECT_EQ(fileText(folder.file("1.safetensors")), fileText(folder.file("5.safetensors")));
    const TensorFile file = readSafetensors(folder.file("1.safetensors"));
    EXPECT_EQ(file.at("x").shape, (std::vector<int64_t>{300, 1, 12, 12}));
    EXPECT_EQ(file.at("labels").shape,
              segmented ? (std::vector<int64_t>{300, 12, 12}) : std::vector<int64_t>{300});
    std::vector<float> x(144);
    std::vector<int32_t> labels(samples.layout().labels());
    samples.load(277, x.data(), {.classes = labels.data()});
    EXPECT_EQ(0, std::memcmp(x.data(), file.at("x").as<float>().data() + 277 * 144, 144 * 4));
    EXPECT_EQ(0, std::memcmp(labels.data(),
                             file.at("labels").as<int32_t>().data() + 277 * labels.size(),
                             labels.size() * 4));
  }
}

TEST(SampleFiles, AsNumPyArrays) {
  const TemporaryFolder folder;
  const SphereGenerator samples = someSamples(5, true);
  writeSamples(samples, folder.file("s.npy"), 1);
  const std::string x = fileText(folder.file("s.npy")),
                    labels = fileText(folder.file("s.labels.npy"));
  EXPECT_EQ(x.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_THAT(x,
              HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (5, 1, 12, 12, ), }"));
  EXPECT_THAT(labels, HasSubstr("'descr': '<i4', 'fortran_order': False, 'shape': (5, 12, 12, )"));
  const size_t header = 10 + static_cast<uint8_t>(x[8]) + 256 * static_cast<uint8_t>(x[9]);
  EXPECT_EQ(header % 64, 0u);
  ASSERT_EQ(x.size(), header + 5 * 144 * 4);
  std::vector<float> values(144);
  std::vector<int32_t> classes(144);
  samples.load(4, values.data(), {.classes = classes.data()});
  EXPECT_EQ(0, std::memcmp(values.data(), x.data() + header + 4 * 144 * 4, 144 * 4));
}

TEST(SampleFiles, WritersWantAllValues) {
  const TemporaryFolder folder;
  NpyWriter writer(folder.file("a.npy"), DType::U8, std::vector<int64_t>{3});
  writer.write(std::vector<std::byte>(2));
  EXPECT_THAT(messageOf([&] { writer.commit(); }), HasSubstr("expected 3 bytes of values, got 2"));
  EXPECT_THAT(messageOf([&] { writeSamples(someSamples(1, false), folder.file("a.txt")); }),
              HasSubstr("ends in .safetensors or .npy"));
}

TEST(SampleStatistics, CountWhatIsThere) {
  const SphereGenerator samples = someSamples(400, true);
  const SampleStatistics one = measureSamples(samples, 1), three = measureSamples(samples, 3);
  EXPECT_EQ(one.count, 400);
  EXPECT_EQ(one.rotations, 400);
  EXPECT_EQ(one.differentItems, 11);
  EXPECT_EQ(std::accumulate(one.classItems.begin(), one.classItems.end(), int64_t(0)), 800);
  EXPECT_EQ(std::accumulate(one.classPoints.begin(), one.classPoints.end(), int64_t(0)), 400 * 144);
  EXPECT_EQ(one.classPoints.size(), 4u);
  EXPECT_EQ(one.overlapping, 0);
  EXPECT_EQ(one.mean, three.mean);
  EXPECT_EQ(one.classPoints, three.classPoints);
  std::vector<int64_t> all(400);
  std::iota(all.begin(), all.end(), 0);
  const SphericalImages images = samples.store(all);
  double sum = 0;
  for (const uint8_t pixel : images.pixels)
    sum += pixel / 255.0;
  EXPECT_NEAR(one.mean, sum / static_cast<double>(images.pixels.size()), 1e-7);
}

// Batches of segmented samples hold a label for each point.
TEST(Batches, OfSegmentedSamples) {
  const SphereGenerator samples = someSamples(7, true);
  BatchLoader loader(samples, {.batchSize = 3, .shuffle = false, .lastEpoch = 0, .workers = 2});
  std::vector<float> x(144);
  std::vector<int32_t> labels(144);
  int64_t seen = 0;
  while (const Batch *batch = loader.next())
    for (int64_t i = 0; i < batch->count; ++i, ++seen) {
      samples.load(seen, x.data(), {.classes = labels.data()});
      EXPECT_TRUE(std::equal(x.begin(), x.end(), batch->x.begin() + i * 144));
      EXPECT_TRUE(std::equal(labels.begin(), labels.end(), batch->labels.begin() + i * 144));
    }
  EXPECT_EQ(seen, 7);
}

} // namespace
} // namespace spherical::runtime
