//===- search.cpp - random architectures of a wanted size -----------------===//

#include "tools/spherical/generate/search.h"

#include "tools/spherical/model/yaml.h"

#include <gtest/gtest.h>

#include <set>

namespace spherical::driver {
namespace {

const Recipe small{Architecture::CNN, Task::Classification, 5000, 9000, 8, 10};

TEST(ParseRange, ReadsWholeNumbersWithUnits) {
  using Range = std::pair<int64_t, int64_t>;
  EXPECT_EQ(parseRange("1..2"), Range(1, 2));
  EXPECT_EQ(parseRange("200k..0.22M"), Range(200'000, 220'000));
  EXPECT_EQ(parseRange("2.5k..1M"), Range(2500, 1'000'000));
  EXPECT_EQ(parseRange("9..3"), Range(9, 3));
  for (const char *text : {"", "5", "..", "1..", "..5", "a..b", "0..5", "-1..5", "1.5..3", "1k..2K",
                           "1..2..3", "1e3..2e3", "nan..inf", "1k..1e30"})
    EXPECT_FALSE(parseRange(text)) << text;
}

TEST(SearchModels, FindsTheFirstDistinctOnesOfTheRangeInOrder) {
  const auto models = searchModels(small, {.seed = 3, .models = 4});
  ASSERT_TRUE(models) << models.error().message;
  ASSERT_EQ(models->models.size(), 4u);
  uint32_t next = 0;
  std::set<std::string> texts;
  int64_t repeats = 0;
  for (const DrawnModel &drawn : models->models) {
    for (; next < drawn.draw; ++next) { // none that was passed over fits
      const auto other = drawModel(small, 3, next);
      const auto flow = other ? checkModel(*other) : Result<ModelFlow>(Error{});
      const int64_t count = flow ? flow->parameters() : 0;
      const bool fits = count >= small.fewest && count <= small.most;
      EXPECT_TRUE(!fits || texts.count(writeYaml(*other))) << next;
      repeats += fits;
    }
    EXPECT_TRUE(texts.insert(writeYaml(drawn.model)).second) << drawn.draw;
    EXPECT_EQ(checkModel(drawn.model)->parameters(), drawn.parameters);
    EXPECT_GE(drawn.parameters, small.fewest);
    EXPECT_LE(drawn.parameters, small.most);
    next = drawn.draw + 1;
  }
  EXPECT_EQ(models->repeats, repeats);
}

TEST(SearchModels, GivesADrawAgain) {
  const auto models = searchModels(small, {.seed = 3, .models = 3});
  ASSERT_TRUE(models);
  const auto again = searchModels(small, {.seed = 3, .firstDraw = models->models[2].draw, .draws = 1});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(modelFile(again->models.front(), small, 3), modelFile(models->models[2], small, 3));
  const auto other = searchModels(small, {.seed = 4});
  ASSERT_TRUE(other);
  EXPECT_NE(writeYaml(other->models.front().model), writeYaml(models->models.front().model));
}

// The same on any machine: a draw is a function of whole numbers alone.
TEST(SearchModels, KeepsWhatASeedMeans) {
  const auto models = searchModels(small, {.seed = 3});
  ASSERT_TRUE(models);
  EXPECT_EQ(
      modelFile(models->models.front(), small, 3),
      R"(# 7,190 parameters. Drawn as in appendix B.1 of Gerken et al. 2022 (seed 3, draw 336) by
# spherical generate --architecture cnn --task classification --parameters 5000..9000 \
#   --bandlimit 8 --classes 10 --seed 3 --first-draw 336 --name model -o .
name: model
task: classification
batch: 32
input: {channels: 1, size: 16}
layers:
  - conv2d: {channels: 40, kernel: 5}
  - relu
  - conv2d: {channels: 40, kernel: 1}
  - relu
  - conv2d: {channels: 40, kernel: 1}
  - relu
  - global_avg_pool
  - batch_norm
  - linear: 40
  - relu
  - batch_norm
  - linear: 20
  - relu
  - batch_norm
  - linear: 10
loss: cross_entropy
training: {optimizer: adam, learning_rate: 0.001}
)");
}

std::string messageOf(Recipe recipe, int64_t fewest, int64_t most, const Search &search) {
  recipe.fewest = fewest;
  recipe.most = most;
  const auto models = searchModels(recipe, search);
  return models ? "found" : models.error().message;
}

TEST(SearchModels, SaysWhyThereAreNone) {
  const Recipe sphere{Architecture::S2CNN, Task::Classification, 1, 1, 8, 10};
  const Search search{.draws = 2000};
  const std::string expected = "spherical: error: '--parameters' expected a range ";
  EXPECT_EQ(messageOf(sphere, 9, 3, search), expected + "whose lower end comes first, got 9..3");
  EXPECT_EQ(messageOf(sphere, 3, 9, search),
            expected + "with models, got 3..9: 2,000 draws gave none\n"
                       "spherical: note: the smallest had 640 parameters");
  EXPECT_EQ(messageOf(sphere, 10'000'000, 20'000'000, search),
            expected + "with models, got 10,000,000..20,000,000: 2,000 draws gave none\n"
                       "spherical: note: the largest had 626,161 parameters");
  EXPECT_EQ(messageOf(sphere, 30'000, 30'001, search),
            expected + "with models, got 30,000..30,001: 2,000 draws gave none\n"
                       "spherical: note: the nearest had 28,248 and 33,116 parameters");
}

// What there is comes, with the reason why it is less: the space is used up, or was not seen whole.
TEST(SearchModels, SaysWhyThereAreFewer) {
  Recipe line{Architecture::CNN, Task::Classification, 116'834, 116'834, 50, 10};
  const auto one = searchModels(line, {.draws = 10'000, .models = 2});
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->models.size(), 1u);
  EXPECT_EQ(one->shortage,
            "expected 2 distinct models, got 1: 116,834..116,834 parameters have hardly any more, "
            "10,000 draws gave each several times; a wider --parameters has others");
  const Recipe sphere{Architecture::S2CNN, Task::Classification, 28'000, 29'000, 8, 10};
  const auto few = searchModels(sphere, {.draws = 100, .models = 90});
  ASSERT_TRUE(few) << few.error().message;
  EXPECT_EQ(few->models.size(), 1u);
  EXPECT_EQ(few->shortage,
            "expected 90 distinct models, got 1: 100 draws gave no more of 28,000..29,000 "
            "parameters; more --draws or a wider --parameters has others");
}

} // namespace
} // namespace spherical::driver
