//===- learned_shapes.cpp - what the layers of a model learn --------------===//

#include "tools/spherical/driver/layers.h"
#include "tools/spherical/model/yaml.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace spherical::driver {
namespace {

const char *const planar = R"(
task: segmentation
input: {channels: 2, size: 12}
layers:
  - conv2d: {channels: 3, kernel: 5, bias: false}
  - batch_norm
  - residual: [conv2d: {channels: 3, kernel: 3, padding: zero}, relu]
  - residual: {bias: true, layers: [conv2d: {channels: 4, kernel: 3, stride: 2, padding: zero}]}
  - concat: [conv2d: {channels: 3, kernel: 1}]
  - down: {channels: 6, kernel: 3, bias: false}
  - up: {channels: 5, kernel: 3}
  - conv_transpose2d: {channels: 7, kernel: 4, stride: 2}
)";

const char *const grids = R"(
input: {bandlimit: 4}
layers:
  - s2_conv: {channels: 2, bandlimit: 4, grid: {kind: soft, bandlimit: 2}}
  - so3_conv: {channels: 3, bandlimit: 3, grid: {kind: soft, bandlimit: 1}}
  - so3_conv: {channels: 2, bandlimit: 3, grid: {kind: points, points: [[0.1, 1, 2], [0.2, 1, 3]]}}
  - so3_conv: {channels: 2, bandlimit: 3, grid: {kind: equatorial, alpha: 5, gamma: 3}}
  - integrate
  - linear: 3
)";

std::string contents(const std::string &path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The graph's numbers, by its arguments.
int64_t countInGraph(const std::string &text) {
  const std::string path = testing::TempDir() + "learned_shapes.yaml";
  std::ofstream(path) << text;
  const auto session = Session::load(path, SessionOptions());
  if (!session) {
    ADD_FAILURE() << session.error().message;
    return -1;
  }
  const auto parameters = graphParameters(**session);
  int64_t total = 0;
  for (const GraphParameter &parameter : *parameters) {
    int64_t numbers = parameter.role == "parameter";
    for (const int64_t extent : parameter.shape)
      numbers *= extent;
    total += numbers;
  }
  return total;
}

int64_t countInDescription(const std::string &text) {
  const auto model = readYaml(text, "model.yaml");
  if (!model) {
    ADD_FAILURE() << model.error().message;
    return -1;
  }
  return checkModel(*model)->parameters();
}

TEST(LearnedShapes, AreThoseOfTheGraph) {
  for (const std::string &text :
       {contents("test/tools/inputs/everything.yaml"), std::string(planar), std::string(grids),
        contents("examples/models/cnn_218k.yaml"),
        contents("examples/models/classifier_deep.yaml")})
    EXPECT_EQ(countInDescription(text), countInGraph(text)) << text;
}

TEST(LearnedShapes, CountWhatIsPublished) {
  EXPECT_EQ(countInDescription(contents("examples/models/segmenter_204k.yaml")), 204073);
  EXPECT_EQ(countInDescription(contents("examples/models/classifier_original.yaml")), 154550);
  EXPECT_EQ(countInDescription(contents("examples/models/classifier_deep.yaml")), 156882);
  EXPECT_EQ(countInDescription(contents("examples/models/cnn_218k.yaml")), 218144);
  EXPECT_EQ(countInDescription(contents("examples/models/cnn_1m.yaml")), 1042013);
  EXPECT_EQ(countInDescription(contents("examples/models/cnn_5m.yaml")), 5519335);
}

// The numbers of a block stand at its layers; here 3 x 2 x 25 + 3, 4 x 3 + 4 beside 4 x 3 x 9 + 4,
// and 5 x 4 + 5.
TEST(CheckModel, FollowsEachLayer) {
  const auto model = readYaml(
      "input: {channels: 2, size: 7}\nlayers:\n"
      "  - conv2d: {channels: 3, kernel: 5}\n"
      "  - residual: {bias: true, layers: [conv2d: {channels: 4, kernel: 3, padding: zero}]}\n"
      "  - global_avg_pool\n  - linear: 5\n",
      "model.yaml");
  ASSERT_TRUE(model) << model.error().message;
  const auto flow = checkModel(*model);
  std::vector<int64_t> parameters, channels;
  for (const LayerFlow &layer : flow->layers) {
    parameters.push_back(layer.parameters);
    channels.push_back(layer.after.channels);
  }
  EXPECT_EQ(parameters, (std::vector<int64_t>{153, 16, 112, 0, 25}));
  EXPECT_EQ(channels, (std::vector<int64_t>{3, 4, 4, 4, 5}));
  EXPECT_EQ(flow->parameters(), 306);
  EXPECT_EQ(flow->input, (LayerShape{LayerShape::Image, 2, 0, {7, 7}}));
  EXPECT_EQ(flow->layers[2].before, (LayerShape{LayerShape::Image, 3, 0, {3, 3}}));
  EXPECT_EQ(flow->output.channels, 5);
}

// The smallest stride that divides rows and columns alike; larger images are reached without one.
TEST(ShortcutStride, IsThatOfBothAxes) {
  EXPECT_EQ(shortcutStride({12, 20}, {6, 10}), 2);
  EXPECT_EQ(shortcutStride({11, 20}, {4, 7}), 3);
  EXPECT_EQ(shortcutStride({12, 20}, {12, 20}), 1);
  EXPECT_EQ(shortcutStride({6, 10}, {12, 10}), 1);
  EXPECT_EQ(shortcutStride({12, 20}, {6, 20}), 0);
  EXPECT_EQ(shortcutStride({12, 20}, {4, 10}), 0);
  EXPECT_EQ(shortcutStride({12, 20}, {24, 10}), 0);
}

} // namespace
} // namespace spherical::driver
