//===- kept_scan.cpp - tests of looking once at the same files --===//

#include "runtime/data/sets/kept_scan.h"

#include "runtime/data/sets/image_file.h"
#include "runtime/data/sets/open_set.h"
#include "test/runtime/data/sets/make_files.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace spherical::runtime {
namespace {

namespace fs = std::filesystem;

/// 2 x 4 pixels of one grey.
void makePicture(const std::string &path, uint8_t grey) {
  writeIndexedPng(path, 2, 4, std::vector<uint8_t>(8, 0), std::vector<Color>{{grey, grey, grey}});
}

/// What `keptScan` finds in a folder of pictures, and how many it has looked at.
struct Look {
  SetStatistics found;
  int64_t samples = 0;
};

Look lookAt(const std::string &pictures, const std::string &cache, const SetOptions &options = {}) {
  const auto set = openSet(findSet(pictures, std::nullopt, Part::All), options);
  Look look;
  ScanOptions wanted{.mostBad = 1};
  wanted.progress = [&](int64_t done) { look.samples = done; };
  look.found = keptScan(*set, wanted, {.folder = cache, .diskBytes = 1 << 20});
  return look;
}

void expectSame(const SetStatistics &a, const SetStatistics &b) {
  EXPECT_EQ(a.good, b.good);
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  EXPECT_EQ(a.largestLabel, b.largestLabel);
  EXPECT_EQ(a.unlabelled, b.unlabelled);
  ASSERT_EQ(a.channels.size(), b.channels.size());
  EXPECT_EQ(std::memcmp(a.channels.data(), b.channels.data(),
                        a.channels.size() * sizeof(ChannelStatistics)),
            0);
}

TEST(KeptScan, LooksOnceAtTheSameFiles) {
  const TemporaryFolder folder;
  const std::string pictures = folder.file("pictures"), cache = folder.file("cache");
  for (const char *name : {"cat", "dog"}) {
    fs::create_directories(pictures + "/" + name);
    makePicture(pictures + "/" + name + "/a.png", static_cast<uint8_t>(name[0]));
  }
  const Look first = lookAt(pictures, cache), second = lookAt(pictures, cache);
  EXPECT_EQ(first.samples, 2);
  EXPECT_EQ(second.samples, 0);
  expectSame(second.found, first.found);
  // Another time of change, another question, and no folder.
  fs::last_write_time(pictures + "/cat/a.png",
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_EQ(lookAt(pictures, cache).samples, 2);
  EXPECT_EQ(lookAt(pictures, cache).samples, 0);
  EXPECT_EQ(lookAt(pictures, cache, {.ignore = 1}).samples, 2);
  EXPECT_EQ(lookAt(pictures, "").samples, 2);
}

TEST(KeptScan, SaysEachTimeWhatIsBad) {
  const TemporaryFolder folder;
  const std::string pictures = folder.file("pictures"), cache = folder.file("cache");
  fs::create_directories(pictures);
  makePicture(pictures + "/a.png", 1);
  makeFile(pictures + "/b.png", "no picture");
  for (int time = 0; time < 2; ++time) {
    const Look look = lookAt(pictures, cache);
    EXPECT_EQ(look.samples, 2);
    ASSERT_EQ(look.found.bad.size(), 1u);
    EXPECT_THAT(look.found.bad[0], testing::HasSubstr("b.png"));
  }
}

TEST(KeptScan, KnowsSelectionsApart) {
  const TemporaryFolder folder;
  const std::string pictures = folder.file("pictures");
  fs::create_directories(pictures);
  for (const char *name : {"a", "b", "c"})
    makePicture(pictures + "/" + name + ".png", 1);
  const auto stampOf = [&](std::vector<int64_t> samples) {
    return selectSamples(openSet(findSet(pictures, std::nullopt, Part::All), {}),
                         std::move(samples))
        ->stamp();
  };
  EXPECT_EQ(stampOf({0, 2}), stampOf({0, 2}));
  EXPECT_NE(stampOf({0, 2}), stampOf({0, 1}));
  EXPECT_NE(stampOf({0, 2}), stampOf({2, 0}));
}

} // namespace
} // namespace spherical::runtime
