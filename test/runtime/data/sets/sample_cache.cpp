//===- sample_cache.cpp - tests of what is kept of samples ------*- C++ -*-===//

#include "runtime/data/sets/sample_cache.h"

#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

namespace spherical::runtime {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

namespace fs = std::filesystem;

constexpr int64_t wide = int64_t(1) << 20; // four records of it go to a file of 4 MiB

/// Record i holds the number 10 i, and again at its end.
void makeTens(std::span<const int64_t> indices, int64_t bytes, std::byte *out) {
  for (const int64_t index : indices) {
    const int64_t value = 10 * index;
    std::memset(out, static_cast<int>(index), bytes);
    std::memcpy(out, &value, sizeof(value));
    std::memcpy(out + bytes - sizeof(value), &value, sizeof(value));
    out += bytes;
  }
}

SampleCache cacheOf(SampleCacheOptions options) {
  const int64_t bytes = options.recordBytes;
  return {std::move(options), [bytes](std::span<const int64_t> indices, std::byte *out) {
            makeTens(indices, bytes, out);
          }};
}

/// The numbers of records, whose bytes are those that `makeTens` gives.
std::vector<int64_t> numbersOf(const SampleCache &cache, int64_t bytes,
                               const std::vector<int64_t> &indices) {
  std::vector<std::byte> got(indices.size() * bytes), expected(got.size());
  cache.load(indices, got.data());
  makeTens(indices, bytes, expected.data());
  EXPECT_EQ(got, expected);
  std::vector<int64_t> numbers(indices.size());
  for (size_t i = 0; i < indices.size(); ++i)
    std::memcpy(&numbers[i], got.data() + i * bytes, sizeof(int64_t));
  return numbers;
}

/// The files with records below a folder, sorted.
std::vector<std::string> filesIn(const std::string &folder) {
  std::vector<std::string> files;
  for (const auto &entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".samples")
      files.push_back(entry.path().string());
  std::ranges::sort(files);
  return files;
}

TEST(SampleCache, MakesRecordsOnceWhileThereIsMemory) {
  const auto memory = std::make_shared<CacheMemory>(50);
  const SampleCache cache = cacheOf({.count = 9, .recordBytes = 24, .memory = memory});
  EXPECT_THAT(numbersOf(cache, 24, {7, 2, 5}), ElementsAre(70, 20, 50));
  EXPECT_EQ(cache.made(), 3);
  // The first two stay, the third is made whenever it is asked for.
  EXPECT_THAT(numbersOf(cache, 24, {5, 2, 7}), ElementsAre(50, 20, 70));
  EXPECT_EQ(cache.made(), 4);
  EXPECT_FALSE(memory->take(3));
  EXPECT_TRUE(memory->take(2));
}

TEST(SampleCache, MakesRecordsEachTimeWithoutMemoryAndFolder) {
  const SampleCache cache = cacheOf({.count = 3, .recordBytes = 16});
  numbersOf(cache, 16, {0, 1});
  numbersOf(cache, 16, {1});
  EXPECT_EQ(cache.made(), 3);
}

TEST(SampleCache, GivesWhatAnotherRunHasWritten) {
  const TemporaryFolder folder;
  const SampleCacheOptions options{
      .count = 7, .recordBytes = wide, .folder = folder.path(), .key = "a", .diskBytes = 64 * wide};
  const SampleCache first = cacheOf(options);
  // One record of a file brings the others along.
  numbersOf(first, wide, {5});
  EXPECT_EQ(first.made(), 3);
  numbersOf(first, wide, {6, 4, 0});
  EXPECT_EQ(first.made(), 7);
  const SampleCache second = cacheOf(options);
  EXPECT_THAT(numbersOf(second, wide, {6, 0, 3}), ElementsAre(60, 0, 30));
  EXPECT_EQ(second.made(), 0);
  SampleCacheOptions other = options;
  other.key = "b";
  const SampleCache third = cacheOf(other);
  numbersOf(third, wide, {6});
  EXPECT_EQ(third.made(), 3);
}

TEST(SampleCache, MakesDamagedFilesAgain) {
  const TemporaryFolder folder;
  std::vector<std::string> notes;
  const SampleCacheOptions options{.count = 5,
                                   .recordBytes = 32,
                                   .folder = folder.path(),
                                   .key = "a",
                                   .diskBytes = wide,
                                   .note = [&](const std::string &text) { notes.push_back(text); }};
  numbersOf(cacheOf(options), 32, {0});
  const std::string file = filesIn(folder.path()).at(0), whole = fileText(file);
  const auto expectMadeAgain = [&](const std::string &damaged) {
    makeFile(file, damaged);
    const SampleCache cache = cacheOf(options);
    numbersOf(cache, 32, {4});
    EXPECT_EQ(cache.made(), 5);
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_EQ(notes[0], file + ": damaged, made again");
    EXPECT_EQ(fileText(file), whole);
    notes.clear();
  };
  for (const size_t at :
       {size_t(0), size_t(20), size_t(30), whole.size() - 100, whole.size() - 1}) {
    SCOPED_TRACE(at);
    std::string text = whole;
    text[at] ^= 4;
    // A record is looked at when it is asked for: here the last.
    if (at != whole.size() - 100)
      expectMadeAgain(text);
  }
  expectMadeAgain(whole.substr(0, whole.size() - 1));
  expectMadeAgain(whole + "x");
  expectMadeAgain("");
  EXPECT_THAT(filesIn(folder.path()), ElementsAre(EndsWith("0.samples")));
}

TEST(SampleCache, StaysWithinItsBytes) {
  const TemporaryFolder folder;
  SampleCacheOptions options{.count = 12,
                             .recordBytes = wide,
                             .folder = folder.path(),
                             .key = "first",
                             .diskBytes = 9 * wide};
  std::vector<int64_t> all(options.count);
  std::iota(all.begin(), all.end(), int64_t(0));
  // Two files of 4 MiB and a little go into 9 MiB, the third does not.
  numbersOf(cacheOf(options), wide, all);
  EXPECT_EQ(filesIn(folder.path()).size(), 2u);
  SampleCacheOptions other = options;
  other.key = "second";
  other.count = 3;
  other.diskBytes = 10 * wide;
  {
    // One that is open stays, with all that it will take.
    const SampleCache again = cacheOf(options);
    numbersOf(again, wide, all);
    EXPECT_EQ(again.made(), 4);
    const SampleCache beside = cacheOf(other);
    numbersOf(beside, wide, {0});
    numbersOf(beside, wide, {0});
    EXPECT_EQ(beside.made(), 2);
    EXPECT_EQ(filesIn(folder.path()).size(), 2u);
  }
  // Else another takes its room, but for what is none of ours.
  makeFile(folder.file("mine.samples"), "kept");
  numbersOf(cacheOf(other), wide, {0});
  EXPECT_EQ(filesIn(folder.path()).size(), 2u);
  EXPECT_EQ(fileText(folder.file("mine.samples")), "kept");
}

// Threads and two caches, as two processes have them, in one folder.
TEST(SampleCache, IsSharedByThreads) {
  const TemporaryFolder folder;
  const SampleCacheOptions options{.count = 4000,
                                   .recordBytes = 4096,
                                   .memory = std::make_shared<CacheMemory>(1 << 20),
                                   .folder = folder.path(),
                                   .key = "a",
                                   .diskBytes = 64 * wide};
  const SampleCache one = cacheOf(options), two = cacheOf(options);
  std::vector<std::jthread> threads;
  for (int64_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int64_t i = 0; i < 50; ++i)
        numbersOf(t % 2 ? one : two, 4096, {(i * 977 + t * 131) % 4000, (i * 331) % 4000});
    });
  threads.clear();
  EXPECT_LE(one.made(), 4000 + 1024);
}

TEST(SampleCache, SaysWhereItCannotBe) {
  const TemporaryFolder folder;
  makeFile(folder.file("file"), "");
  const SampleCacheOptions options{
      .count = 1, .recordBytes = 8, .folder = folder.file("file"), .key = "a", .diskBytes = wide};
  EXPECT_THAT(messageOf([&] { cacheOf(options); }), testing::HasSubstr("file/"));
}

} // namespace
} // namespace spherical::runtime
