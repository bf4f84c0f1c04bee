//===- split.cpp - tests of parts of data sets ------------------*- C++ -*-===//

#include "runtime/data/sets/split.h"

#include "runtime/data/sets/array_set.h"
#include "test/runtime/data/sets/make_files.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#include <set>

namespace spherical::runtime {
namespace {

/// 100 samples in groups of 7, of which three in a row have one time.
std::unique_ptr<DataSet> makeSet() {
  ArrayFile file{"a", {}, {}, {}};
  Tensor groups = ramp<int32_t>({100}), times = ramp<double>({100});
  for (int i = 0; i < 100; ++i) {
    groups.as<int32_t>()[i] = i / 7;
    times.as<double>()[i] = static_cast<double>((99 - i) / 3);
  }
  const Tensor x = ramp<float>({100, 1, 1});
  file.arrays["x"] = arrayInMemory("x", x.dtype, x.shape, x.bytes);
  file.arrays["groups"] = arrayInMemory("groups", groups.dtype, groups.shape, groups.bytes);
  file.arrays["times"] = arrayInMemory("times", times.dtype, times.shape, times.bytes);
  return makeArraySet(std::move(file), {});
}

constexpr std::array parts = {Part::Train, Part::Validation, Part::Test};

TEST(SamplesOf, GivesEachSampleToOnePart) {
  const auto set = makeSet();
  for (const char *text : {"sample", "group:60/20/20", "time:70/10/20", "sample:100/0/0"}) {
    const Split3 split = *parseSplit(text);
    std::multiset<int64_t> all;
    for (const Part part : parts)
      for (const int64_t sample : samplesOf(*set, split, part))
        all.insert(sample);
    EXPECT_EQ(all.size(), 100u) << text;
    EXPECT_EQ(std::set(all.begin(), all.end()).size(), 100u) << text;
    EXPECT_EQ(samplesOf(*set, split, Part::All).size(), 100u) << text;
  }
  EXPECT_EQ(samplesOf(*set, *parseSplit("sample"), Part::Train).size(), 80u);
}

TEST(SamplesOf, DependsOnTheSeedAlone) {
  const auto set = makeSet();
  Split3 split = *parseSplit("sample");
  const std::vector<int64_t> first = samplesOf(*set, split, Part::Test);
  EXPECT_EQ(samplesOf(*set, split, Part::Test), first);
  split.seed = 1;
  EXPECT_NE(samplesOf(*set, split, Part::Test), first);
}

TEST(SamplesOf, KeepsGroupsTogether) {
  const auto set = makeSet();
  std::set<int64_t> seen;
  for (const Part part : parts) {
    std::set<int64_t> groups;
    for (const int64_t sample : samplesOf(*set, *parseSplit("group:50/25/25"), part))
      groups.insert(set->groups()[sample]);
    EXPECT_GT(groups.size(), 1u);
    for (const int64_t group : groups)
      EXPECT_TRUE(seen.insert(group).second) << "group " << group << " in two parts";
  }
}

TEST(SamplesOf, TestsOnLaterTimesThanItTrainsOn) {
  const auto set = makeSet();
  double latest = -1.0;
  for (const Part part : parts) {
    double next = latest;
    for (const int64_t sample : samplesOf(*set, *parseSplit("time:50/25/25"), part)) {
      EXPECT_GT(set->times()[sample], latest);
      next = std::max(next, set->times()[sample]);
    }
    latest = next;
  }
}

TEST(SamplesOf, NeedsWhatItDividesBy) {
  ArrayFile file{"a", {}, {}, {}};
  const Tensor x = ramp<float>({4, 1, 1});
  file.arrays["x"] = arrayInMemory("x", x.dtype, x.shape, x.bytes);
  const auto set = makeArraySet(std::move(file), {});
  EXPECT_THAT(messageOf([&] { samplesOf(*set, *parseSplit("group"), Part::Train); }),
              testing::HasSubstr("expected data with groups"));
  EXPECT_THAT(messageOf([&] { samplesOf(*set, *parseSplit("time"), Part::Train); }),
              testing::HasSubstr("expected data with an array 'times', got none"));
}

TEST(ParseSplit, TakesSharesOfOneHundred) {
  EXPECT_EQ(splitText(*parseSplit("time:90/0/10")), "time:90/0/10");
  for (const char *text : {"", "day", "sample:50/50", "sample:50/40/20", "sample:80/10/10/0",
                           "sample:-10/100/10", "sample:80/10/x"})
    EXPECT_FALSE(parseSplit(text)) << text;
}

TEST(SelectSamples, RenumbersSamples) {
  const auto set = selectSamples(makeSet(), {3, 99});
  EXPECT_EQ(set->count(), 2);
  EXPECT_EQ(set->sampleName(1), "a[99]");
  EXPECT_EQ(valuesOf(*set, 1), std::vector{99.0f});
  EXPECT_EQ(set->groups(), (std::vector<int64_t>{0, 14}));
}

} // namespace
} // namespace spherical::runtime
