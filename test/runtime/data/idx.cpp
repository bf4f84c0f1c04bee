//===- idx.cpp --------------------------------------------------*- C++ -*-===//

#include "runtime/data/idx.h"

#include "runtime/data/random.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

IdxArray exampleImages() {
  IdxArray array{{3, 2, 5}, std::vector<uint8_t>(30)};
  std::iota(array.values.begin(), array.values.end(), uint8_t(100));
  return array;
}

TEST(Idx, ReadsBackWhatItWrote) {
  const TemporaryFolder folder;
  for (const char *name : {"plain", "packed.gz"}) {
    writeIdx(folder.file(name), exampleImages());
    const IdxArray read = readIdx(folder.file(name));
    EXPECT_EQ(read.shape, exampleImages().shape) << name;
    EXPECT_EQ(read.values, exampleImages().values) << name;
  }
  EXPECT_EQ(fileText(folder.file("plain")).substr(0, 8), std::string("\0\0\x08\x03\0\0\0\x03", 8));
  EXPECT_EQ(fileText(folder.file("packed.gz")).substr(0, 2), "\x1f\x8b");
}

TEST(Idx, EveryTruncationIsAnError) {
  const TemporaryFolder folder;
  for (const char *name : {"plain", "packed.gz"}) {
    writeIdx(folder.file(name), exampleImages());
    const std::string whole = fileText(folder.file(name));
    for (size_t size = 0; size < whole.size(); ++size) {
      // The last 8 bytes of a gzip file are its check sum and length.
      makeFile(folder.file("cut"), whole.substr(0, size));
      const std::string message = messageOf([&] { readIdx(folder.file("cut")); });
      EXPECT_NE(message, "") << name << " cut to " << size;
    }
  }
  makeFile(folder.file("cut"), fileText(folder.file("plain")).substr(0, 26));
  EXPECT_THAT(messageOf([&] { readIdx(folder.file("cut")); }),
              HasSubstr("truncated: expected 30 values, got 10"));
}

TEST(Idx, RejectsOtherFiles) {
  const TemporaryFolder folder;
  const std::string path = folder.file("f");
  auto errorOf = [&](std::string_view bytes) {
    makeFile(path, bytes);
    return messageOf([&] { readIdx(path); });
  };
  using namespace std::string_view_literals;
  EXPECT_THAT(errorOf(""), HasSubstr("not a valid IDX file"));
  EXPECT_THAT(errorOf("\0\0\x0d\x01\0\0\0\x01\0\0\0\0"sv), HasSubstr("got 0, 0, 13, 1"));
  EXPECT_THAT(errorOf("\0\0\x08\x05\0\0\0\x01"sv), HasSubstr("1 to 4 axes"));
  EXPECT_THAT(errorOf("\0\0\x08\x01\0\0\0\x02"
                      "abc"sv),
              HasSubstr("expected 2 values, got more"));
  EXPECT_THAT(errorOf("\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv),
              HasSubstr("more than 2^36 values"));
  // Claims 4 GB and holds 3 bytes: an error at once, not an allocation of 4 GB.
  EXPECT_THAT(errorOf("\0\0\x08\x01\xff\xff\xff\xff"
                      "abc"sv),
              HasSubstr("got 3"));
  EXPECT_THAT(messageOf([&] { readIdx(folder.file("absent")); }),
              HasSubstr("cannot open: No such file"));
}

TEST(Idx, DamagedGzipNeverCrashes) {
  const TemporaryFolder folder;
  writeIdx(folder.file("a.gz"), exampleImages());
  const std::string whole = fileText(folder.file("a.gz"));
  const RandomNumbers random(3, RandomStream::Subset);
  int rejected = 0;
  for (uint64_t round = 0; round < 500; ++round) {
    std::string bytes = whole;
    const auto word = random.words(round);
    bytes[word[0] % bytes.size()] ^= static_cast<char>(1 + word[1] % 255);
    makeFile(folder.file("b.gz"), bytes);
    rejected += !messageOf([&] { readIdx(folder.file("b.gz")); }).empty();
  }
  EXPECT_GT(rejected, 400); // flags and times in the gzip header carry no check
}

TEST(LabelledImages, MissingFilesAreListed) {
  const TemporaryFolder folder;
  writeIdx(folder.file("train-images-idx3-ubyte"), exampleImages());
  EXPECT_EQ(messageOf([&] { readLabelledImages(folder.path(), Split::Train); }),
            "no data in '" + folder.path() +
                "': looked for train-labels-idx1-ubyte, train-labels-idx1-ubyte.gz, "
                "train-labels.idx1-ubyte, train-labels.idx1-ubyte.gz");
  EXPECT_THAT(messageOf([&] { readLabelledImages(folder.path(), Split::Test); }),
              HasSubstr("t10k-images-idx3-ubyte.gz"));
}

TEST(LabelledImages, FilesThatDoNotFitAreRefused) {
  const TemporaryFolder folder;
  writeIdx(folder.file("train-images-idx3-ubyte"), exampleImages());
  writeIdx(folder.file("train-labels.idx1-ubyte.gz"), {{2}, {1, 2}});
  EXPECT_THAT(messageOf([&] { readLabelledImages(folder.path(), Split::Train); }),
              HasSubstr("expected one label for each of 3 images, got 2"));
  writeIdx(folder.file("train-labels.idx1-ubyte.gz"), {{3}, {1, 2, 7}});
  const LabelledImages images = readLabelledImages(folder.path(), Split::Train);
  EXPECT_EQ(images.columns, 5);
  EXPECT_EQ(images.image(2)[9], 129);
  const std::vector<int64_t> indices = {2, 0};
  const LabelledImages chosen = images.select(indices);
  EXPECT_EQ(chosen.labels, (std::vector<uint8_t>{7, 1}));
  EXPECT_EQ(chosen.image(0)[0], 120);
}

TEST(Digits, AreBundled) {
  const LabelledImages train = readLabelledImages("examples/digits", Split::Train);
  const LabelledImages test = readLabelledImages("examples/digits", Split::Test);
  EXPECT_EQ(train.count, 24000);
  EXPECT_EQ(test.count, 10000);
  EXPECT_EQ(std::vector<uint8_t>(test.labels.begin(), test.labels.begin() + 8),
            (std::vector<uint8_t>{7, 2, 1, 0, 4, 1, 4, 9})); // as published
  EXPECT_EQ(std::count(train.labels.begin(), train.labels.end(), 1), 2734);
}

TEST(Digits, AreTheDocumentedSample) {
  const char *full = std::getenv("SPHERICAL_MNIST");
  if (!full)
    GTEST_SKIP() << "SPHERICAL_MNIST names no folder with the full set";
  const LabelledImages all = readLabelledImages(full, Split::Train);
  const LabelledImages bundled = readLabelledImages("examples/digits", Split::Train);
  const LabelledImages chosen =
      all.select(randomSubset(24000, all.count, RandomNumbers(0, RandomStream::Subset)));
  EXPECT_EQ(chosen.pixels, bundled.pixels);
  EXPECT_EQ(chosen.labels, bundled.labels);
}

} // namespace
} // namespace spherical::runtime
