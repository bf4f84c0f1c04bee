//===- digest.cpp ---------------------------------------------------------===//

#include "tools/spherical/model/digest.h"

#include "test/runtime/data/temporary_folder.h"
#include "tools/spherical/driver/session.h"
#include "tools/spherical/generate/search.h"
#include "tools/spherical/model/yaml.h"

#include <gtest/gtest.h>

#include <set>

namespace spherical::driver {
namespace {

using runtime::makeFile;
using runtime::TemporaryFolder;

std::unique_ptr<Session> load(const std::string &text, const std::string &name,
                              const SessionOptions &options = {}) {
  const TemporaryFolder folder;
  makeFile(folder.file(name), text);
  Result<std::unique_ptr<Session>> session = Session::load(folder.file(name), options);
  EXPECT_TRUE(session) << (session ? "" : session.error().message);
  return session ? std::move(*session) : nullptr;
}

std::string digestOf(const std::string &yaml) { return load(yaml, "m.yaml")->record().graph; }

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  const size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

const char *const model = R"(name: net
batch: 4
input: {channels: 1, bandlimit: 6}
layers:
  - s2_conv: {channels: 3, bandlimit: 4, grid: {kind: near_identity, beta: 2, alpha: 6, max_beta: 0.5}}
  - leaky_relu: {slope: 0.25}
  - so3_conv: {channels: 2, bandlimit: 5, high: quadrature}
  - rotate: [0.5, 0, 0]
  - integrate
  - batch_norm
  - linear: 10
)";

// The text is the definition: if this test fails, weights that people have are refused.
TEST(GraphDigest, IsThatOfATextInWordsOfItsOwn) {
  const auto session = load(model, "m.yaml");
  EXPECT_EQ(graphText(session->module()), R"(spherical graph 1
0: input x f32[N,1,12,12]
1: parameter input_layer.kernel f32[1,3,12]
2: parameter input_layer.bias f32[3]
3: parameter hidden_layers.0.kernel f32[3,2,192]
4: parameter hidden_layers.0.bias f32[2]
5: parameter head.bn0.weight f32[2]
6: parameter head.bn0.bias f32[2]
7: state head.bn0.running_mean f32[2]
8: state head.bn0.running_var f32[2]
9: parameter head.fc0.weight f32[10,2]
10: parameter head.fc0.bias f32[10]
11: spherical.samples(0) -> s2 f32[N,1] b 6
12: spherical.s2_conv(11, 1) grid s2_near_identity 2 6 0 0x1p-1 0x0p+0 -> so3 f32[N,3] b 4
13: spherical.add_bias(12, 2) -> so3 f32[N,3] b 4
14: nn.leaky_relu(13) slope 0x1p-2 -> so3 f32[N,3] b 4
15: spherical.so3_conv(14, 3) grid so3_near_identity 3 8 8 0x1.921fb54442d18p-2 0x1.921fb54442d18p+2 high quadrature -> so3 f32[N,2] b 5
16: spherical.add_bias(15, 4) -> so3 f32[N,2] b 5
17: spherical.rotate(16) angles [0x1p-1,0x0p+0,0x0p+0] -> so3 f32[N,2] b 5
18: spherical.so3_integrate(17) -> f32[N,2]
19: nn.batch_norm(18, 5, 6, 7, 8) eps 0x1.4f8b588e368f1p-17 momentum 0x1.999999999999ap-4 statistics area -> f32[N,2]
20: nn.linear(19, 9, 10) -> f32[N,10]
return 20
)");
  EXPECT_EQ(session->record().graph, "2b3544db21f578fc3e87a70f12823900");
  EXPECT_EQ(session->record().name, "net");
}

TEST(GraphDigest, IsThatOfTheGraphAlone) {
  const std::string digest = digestOf(model);
  EXPECT_EQ(digest.size(), 32u);
  EXPECT_EQ(digestOf(replaced(model, "name: net", "name: other")), digest);
  EXPECT_EQ(digestOf(replaced(model, "batch: 4", "batch: 7 # samples")), digest);
  EXPECT_EQ(digestOf(std::string(model) + "loss: {ignore: 3}\ntraining: {clip: 1}\n"), digest);
  EXPECT_EQ(digestOf(replaced(model, "max_beta: 0.5", "max_beta: 0.50")), digest);
}

// All that decides what weights mean, and that shapes may not tell.
TEST(GraphDigest, ChangesWithEveryPartOfTheGraph) {
  std::set<std::string> digests = {digestOf(model)};
  const std::pair<const char *, const char *> changes[] = {
      {"max_beta: 0.5", "max_beta: 0.5000000000000001"},
      {"kind: near_identity", "kind: equatorial"},
      {"beta: 2, alpha: 6", "beta: 6, alpha: 2"},
      {"slope: 0.25", "slope: 0.5"},
      {"leaky_relu: {slope: 0.25}", "relu"},
      {"high: quadrature", "high: truncated"},
      {", high: quadrature", ""},
      {"[0.5, 0, 0]", "[0, 0.5, 0]"},
      {"[0.5, 0, 0]", "[0, 0, 0.5]"},
      {"batch_norm", "batch_norm: {eps: 1e-4}"},
      {"linear: 10", "linear: 11"},
      {"channels: 1, bandlimit: 6", "channels: 1, bandlimit: 7"},
      {"  - rotate: [0.5, 0, 0]\n", ""}};
  for (const auto &[from, to] : changes)
    EXPECT_TRUE(digests.insert(digestOf(replaced(model, from, to))).second) << from << to;
}

// Wiring: the same ops and parameters, added to other values.
TEST(GraphDigest, ChangesWithTheWiring) {
  const std::string start = "func.func @forward(%x: tensor<2x3xf32> {spherical.role = \"input\", "
                            "spherical.name = \"x\"}) -> tensor<2x3xf32> {\n"
                            "  %a = nn.relu %x : tensor<2x3xf32>\n"
                            "  %b = nn.gelu %x : tensor<2x3xf32>\n";
  std::set<std::string> digests;
  for (const char *end : {"%c = nn.sub %a, %b : tensor<2x3xf32>\nreturn %c : tensor<2x3xf32>",
                          "%c = nn.sub %b, %a : tensor<2x3xf32>\nreturn %c : tensor<2x3xf32>",
                          "%c = nn.sub %a, %b : tensor<2x3xf32>\nreturn %b : tensor<2x3xf32>"}) {
    const auto session =
        load("module attributes {spherical.phase = \"graph\"} {" + start + end + "}}", "m.mlir");
    EXPECT_TRUE(digests.insert(session->record().graph).second) << end;
  }
  EXPECT_FALSE(digests.contains(""));
}

// Printed and read again, in any form that MLIR has; and carried along to later phases.
TEST(GraphDigest, IsTheSameInEveryForm) {
  const auto session = load(model, "m.yaml");
  const std::string digest = session->record().graph;
  EXPECT_EQ(load(session->text(true), "m.mlir")->record().graph, digest);
  EXPECT_EQ(load(session->text(false), "m.mlir")->record().graph, digest);
  EXPECT_EQ(load(session->bytecode(), "m.mlirbc")->record().graph, digest);
  EXPECT_EQ(digestOf(*session->yaml()), digest);
  ASSERT_TRUE(session->runTo("plan"));
  EXPECT_EQ(session->record().graph, digest);
  EXPECT_EQ(load(session->text(false), "m.mlir")->record().graph, digest);
}

// What the fuse phase makes of layers is no network's own: there are no words for it.
TEST(GraphDigest, HasNoWordsForEpilogues) {
  const std::string start =
                        "module attributes {spherical.phase = \"graph\"} {\n"
                        "func.func @forward(%x: tensor<2x3x4x4xf32> {spherical.role = \"input\", "
                        "spherical.name = \"x\"}) -> tensor<2x3x8x8xf32> {\n"
                        "  %y = nn.upsample_nearest %x : tensor<2x3x4x4xf32> -> "
                        "tensor<2x3x8x8xf32>",
                    end = "\n  return %y : tensor<2x3x8x8xf32>\n}}";
  EXPECT_EQ(load(start + end, "m.mlir")->record().graph.size(), 32u);
  const std::string epilogue = " epilogue(%v) { nn.yield %v : f32 }";
  EXPECT_EQ(load(start + epilogue + end, "m.mlir")->record().graph, "");
}

// As many networks as `spherical generate` was asked for: on README's line and on the paper's
// ranges.
TEST(GraphDigest, TellsDrawnModelsApart) {
  using enum Architecture;
  for (const Recipe &recipe : {Recipe{CNN, Task::Classification, 110'000, 120'000, 50, 10},
                               Recipe{CNN, Task::Segmentation, 200'000, 220'000},
                               Recipe{S2CNN, Task::Segmentation, 200'000, 220'000}}) {
    const auto drawn = searchModels(recipe, {.seed = 3, .models = 20});
    ASSERT_TRUE(drawn) << drawn.error().message;
    EXPECT_EQ(drawn->shortage, "");
    std::set<std::string> digests;
    for (const DrawnModel &found : drawn->models)
      digests.insert(digestOf(writeYaml(found.model)));
    EXPECT_EQ(digests.size(), 20u);
    EXPECT_FALSE(digests.contains(""));
  }
}

// Planar layers, projections and shortcuts have words, too.
TEST(GraphDigest, AllModelsHaveOne) {
  const char *const models[] = {
      ("task: segmentation\ninput: {size: 12}\nlayers:\n  - conv2d: {channels: 4, kernel: 3, "
       "padding: "
       "circular}\n  - max_pool: {kernel: 2}\n  - down: {channels: 5, kernel: 2}\n  - residual: "
       "[conv2d: {channels: 5, kernel: 1}]\n  - up: {channels: 4, kernel: 2}\n  - avg_pool: "
       "{kernel: "
       "2, stride: 1}\n  - concat: [gelu]\n  - upsample: 12\n  - conv_transpose2d: {channels: 3, "
       "kernel: 1}\n"),
      ("task: segmentation\ninput: {bandlimit: 5}\nlayers:\n  - s2_conv: {channels: 3, bandlimit: "
       "4}\n"
       "  - residual: {layers: [so3_conv: {channels: 3, bandlimit: 4}], bias: true}\n  - "
       "batch_norm\n"
       "  - resample: 5\n  - so3_to_s2: {channels: 4, bandlimit: 5, projection: orbit_mean}\n"),
      ("input: {size: 8}\nlayers:\n  - conv2d: {channels: 4, kernel: 3}\n  - global_avg_pool\n"
       "  - linear: 3\n")};
  for (const char *text : models) {
    const auto session = load(text, "m.yaml");
    EXPECT_EQ(session->record().graph.size(), 32u) << text;
    EXPECT_EQ(load(session->text(true), "m.mlir")->record().graph, session->record().graph) << text;
  }
}

} // namespace
} // namespace spherical::driver
