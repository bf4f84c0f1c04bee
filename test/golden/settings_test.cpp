//===- settings_test.cpp - golden files under other settings --*- C++ -*-===//
//
// Passes left out, candidates forced and targets, in a covering array: any two of
// them meet. Three of its settings run with every change, the others by
//   golden_settings_test --gtest_also_run_disabled_tests
//
//===----------------------------------------------------------------------===//

#include "test/golden/settings.h"
#include "test/golden/targets.h"

#include "llvm/ADT/STLExtras.h"

#include <gtest/gtest.h>

namespace spherical::golden {
namespace {

constexpr size_t kWithEveryChange = 3;

void runSetting(size_t index) {
  const std::vector<Factor> all = factors();
  const Setting setting = coveringArray(all).at(index);
  SCOPED_TRACE(nameOf(all, setting));
  runAll(nameOf(all, setting), {compiledTarget(optionsOf(all, setting))});
}

class GoldenSettings : public testing::TestWithParam<size_t> {};
TEST_P(GoldenSettings, Pass) { runSetting(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Some, GoldenSettings, testing::Range<size_t>(0, kWithEveryChange));
INSTANTIATE_TEST_SUITE_P(DISABLED_Others, GoldenSettings,
                         testing::Range(kWithEveryChange, coveringArray(factors()).size()));

TEST(CoveringArray, HasEveryPair) {
  const std::vector<Factor> all = factors();
  const std::vector<Setting> array = coveringArray(all);
  EXPECT_LE(array.size(), 20U);
  for (size_t a = 0; a < all.size(); ++a)
    for (size_t b = a + 1; b < all.size(); ++b)
      for (size_t x = 0; x < all[a].levels.size(); ++x)
        for (size_t y = 0; y < all[b].levels.size(); ++y)
          EXPECT_TRUE(llvm::any_of(
              array, [&](const Setting &setting) { return setting[a] == x && setting[b] == y; }))
              << all[a].name << ' ' << all[a].levels[x] << ", " << all[b].name << ' '
              << all[b].levels[y];
}

/// Models that have something for every pass: more samples than lanes, functions that do not fit
/// the first-level cache, sums, means and integrals.
const char *const models[] = {R"(name: joined
batch: 40
input: {channels: 1, bandlimit: 8}
layers:
  - s2_conv: {channels: 2, bandlimit: 8}
  - relu
  - residual: [so3_conv: {channels: 2, bandlimit: 6}]
  - relu
  - integrate
  - linear: 3
)",
                              R"(name: integrals
batch: 40
input: {channels: 1, bandlimit: 8}
layers:
  - s2_conv: {channels: 2, bandlimit: 8}
  - integrate
  - linear: 3
)",
                              R"(name: means
task: segmentation
batch: 40
input: {channels: 1, bandlimit: 8}
layers:
  - s2_conv: {channels: 2, bandlimit: 4}
  - orbit_mean
  - resample: 8
)",
                              R"(name: few
batch: 5
input: {channels: 1, bandlimit: 8}
layers:
  - s2_conv: {channels: 12, bandlimit: 6}
  - relu
  - so3_conv: {channels: 12, bandlimit: 5}
  - integrate
)",
                              R"(name: image
task: segmentation
batch: 1
input: {channels: 1, size: 9}
layers:
  - conv2d: {channels: 12, kernel: 3}
  - relu
  - conv2d: {channels: 13, kernel: 3}
)",
                              R"(name: tiles
task: segmentation
batch: 32
input: {channels: 1, size: 40}
layers:
  - conv2d: {channels: 16, kernel: 3}
  - relu
  - conv2d: {channels: 16, kernel: 9}
)",
                              R"(name: wide
task: segmentation
batch: 64
input: {channels: 1, bandlimit: 16}
layers:
  - s2_conv: {channels: 8, bandlimit: 12}
  - relu
  - so3_conv: {channels: 8, bandlimit: 8, grid: {kind: near_identity}}
  - relu
  - so3_to_s2: {channels: 3, bandlimit: 16, high: zero}
)",
                              R"(name: planar
task: segmentation
batch: 4
input: {channels: 1, size: 8}
layers:
  - conv2d: {channels: 2, kernel: 3, padding: zero}
  - relu
  - conv2d: {channels: 3, kernel: 1, padding: zero}
)"};

/// The text of a planned model.
std::string planned(const std::string &model, const driver::SessionOptions &options) {
  auto session = driver::Session::parse("model.yaml", model, options);
  if (!session)
    throw std::runtime_error(session.error().message);
  if (driver::Status status = (*session)->runTo("plan"); !status)
    throw std::runtime_error(status.error().message);
  return (*session)->text(/*withLocations=*/false);
}

TEST(Settings, EachChangesAProgram) {
  std::vector<std::string> defaults;
  for (const char *model : models)
    defaults.push_back(planned(model, {}));
  const std::vector<Factor> all = factors();
  for (size_t i = 0; i < all.size(); ++i)
    for (size_t level = 1; level < all[i].levels.size(); ++level) {
      Setting setting(all.size(), 0);
      setting[i] = level;
      const driver::SessionOptions options = optionsOf(all, setting);
      // The level of this machine may be the lowest there is.
      if (options.cpu == "x86-64-v3")
        continue;
      bool changed = false;
      for (size_t model = 0; model < std::size(models) && !changed; ++model)
        changed = planned(models[model], options) != defaults[model];
      EXPECT_TRUE(changed) << nameOf(all, setting);
    }
}

} // namespace
} // namespace spherical::golden
