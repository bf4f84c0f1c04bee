//===- networks.cpp - random architectures as models ----------------------===//

#include "tools/spherical/generate/recipe.h"

#include "tools/spherical/model/yaml.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace spherical::driver {
namespace {

/// The file's model, written anew under no name.
std::string published(const std::string &name) {
  std::ifstream file("examples/models/" + name + ".yaml");
  std::stringstream text;
  text << file.rdbuf();
  Result<ModelDescription> model = readYaml(text.str(), name);
  if (!model) {
    ADD_FAILURE() << model.error().message;
    return "";
  }
  model->name = "model";
  return writeYaml(*model);
}

// The numbers that the paper gives of its networks make these networks, whole.
TEST(PlanarModel, GivesThePublishedNetworks) {
  const Recipe recipe{Architecture::CNN, Task::Segmentation};
  EXPECT_EQ(
      writeYaml(planarModel(recipe, {{5, 1, 13}, {3, 1, 15}, {9, 1, 22}, {7, 1, 31}, {3, 2, 141}})),
      published("cnn_218k"));
  EXPECT_EQ(writeYaml(planarModel(
                recipe, {{3, 1, 12}, {3, 1, 13}, {5, 1, 16}, {5, 2, 77}, {3, 1, 96}, {5, 1, 163}})),
            published("cnn_1m"));
  EXPECT_EQ(writeYaml(planarModel(recipe, {{3, 1, 12},
                                           {5, 1, 15},
                                           {3, 1, 16},
                                           {7, 2, 85},
                                           {5, 1, 141},
                                           {3, 1, 191},
                                           {3, 2, 1100}})),
            published("cnn_5m"));
}

// The published largest betas are 6.1895 pi / b, rounded to four digits.
TEST(SphericalModel, GivesThePublishedNetwork) {
  const Recipe recipe{Architecture::S2CNN, Task::Segmentation};
  EXPECT_EQ(writeYaml(sphericalModel(recipe, {{42, 11}, {35, 12}, {27, 13}, {20, 14}}, 6'189'500)),
            published("segmenter_204k"));
}

TEST(PlanarModel, ClassifiersGoDownToAHead) {
  const Recipe recipe{Architecture::CNN, Task::Classification, 1, 1, 6, 5};
  EXPECT_EQ(writeYaml(planarModel(recipe, {{3, 1, 8}, {5, 2, 16}})),
            "name: model\ntask: classification\nbatch: 32\ninput: {channels: 1, size: 12}\n"
            "layers:\n"
            "  - conv2d: {channels: 8, kernel: 3}\n  - relu\n"
            "  - conv2d: {channels: 16, kernel: 5, stride: 2}\n  - relu\n"
            "  - global_avg_pool\n"
            "  - batch_norm\n  - linear: 16\n  - relu\n"
            "  - batch_norm\n  - linear: 8\n  - relu\n"
            "  - batch_norm\n  - linear: 5\n"
            "loss: cross_entropy\ntraining: {optimizer: adam, learning_rate: 0.001}\n");
}

TEST(SphericalModel, ClassifiersGoDownToAHead) {
  const Recipe recipe{Architecture::S2CNN, Task::Classification, 1, 1, 8, 10};
  EXPECT_EQ(
      writeYaml(sphericalModel(recipe, {{5, 10}, {3, 11}}, 1'600'000)),
      "name: model\ntask: classification\nbatch: 32\ninput: {channels: 1, bandlimit: 8}\n"
      "layers:\n"
      "  - s2_conv: {channels: 10, bandlimit: 5, grid: {kind: near_identity, max_beta: pi/5}}\n"
      "  - relu\n"
      "  - so3_conv: {channels: 11, bandlimit: 3, grid: {kind: near_identity, max_beta: 8 pi/25}}\n"
      "  - relu\n  - integrate\n"
      "  - batch_norm\n  - linear: 11\n  - relu\n"
      "  - batch_norm\n  - linear: 10\n  - relu\n" // half of 11 would be fewer than the classes
      "  - batch_norm\n  - linear: 10\n"
      "loss: cross_entropy\ntraining: {optimizer: adam, learning_rate: 0.001}\n");
}

// A window that reaches the image's end leaves none of it over, others leave up to stride - 1.
TEST(PlanarModel, GoesUpToTheSameSides) {
  const Recipe recipe{Architecture::CNN, Task::Segmentation, 1, 1, 10, 3};
  const ModelDescription model = planarModel(recipe, {{5, 4, 2}, {1, 3, 2}});
  const auto flow = checkModel(model);
  ASSERT_TRUE(flow) << flow.error().message;
  std::vector<ImageSize> sides;
  for (const LayerFlow &layer : flow->layers)
    sides.push_back(layer.after.size);
  EXPECT_EQ(sides,
            (std::vector<ImageSize>{{4, 4}, {4, 4}, {2, 2}, {2, 2}, {4, 4}, {4, 4}, {20, 20}}));
  EXPECT_EQ(model.layers[4].outputPadding, 0);
  EXPECT_EQ(model.layers[6].outputPadding, 3);
}

} // namespace
} // namespace spherical::driver
