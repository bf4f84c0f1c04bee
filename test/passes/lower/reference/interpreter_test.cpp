//===- interpreter_test.cpp - binding of named values -----------*- C++ -*-===//

#include "test/passes/lower/reference/parsed_module.h"

#include "passes/pipeline.h"

#include <gtest/gtest.h>

namespace mlir::spherical {
namespace {

const char *const network = R"(
func.func @forward(%x: tensor<4x2xf32> {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<3x2xf32> {spherical.role = "parameter", spherical.name = "w"},
                   %b: tensor<3xf32> {spherical.role = "parameter", spherical.name = "b"})
    -> (tensor<4x3xf32> {spherical.name = "logits"})
    attributes {spherical.loss = "cross_entropy"} {
  %y = nn.linear %x, %w, %b : tensor<4x2xf32>, tensor<3x2xf32>, tensor<3xf32> -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
})";

NamedTensors networkInputs() {
  return {{"x", {{2, 2}, {1, 2, 3, 4}}},
          {"w", {{3, 2}, {1, 0, 0, 1, 1, 1}}},
          {"b", {{3}, {0.5, 0, -1}}},
          {"unused", {{1}, {7}}}};
}

TEST(Interpreter, RunsAnyBatchUpToTheCapacity) {
  ParsedModule parsed(network);
  const NamedTensors results = parsed.run("forward", networkInputs());
  ASSERT_EQ(results.count("logits"), 1u) << parsed.diagnostics;
  EXPECT_EQ(results.at("logits").shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(results.at("logits").values, (std::vector<double>{1.5, 2, 2, 3.5, 4, 6}));
}

TEST(Interpreter, MissingAndMisshapenInputsAreOneErrorEach) {
  ParsedModule parsed(network);
  NamedTensors inputs = networkInputs();
  inputs.erase("w");
  parsed.run("forward", inputs);
  EXPECT_EQ(parsed.diagnostics, "@forward expected 'w' of shape 3x2, got none\n");

  parsed.diagnostics.clear();
  inputs = networkInputs();
  inputs["w"] = {{2, 3}, std::vector<double>(6)};
  parsed.run("forward", inputs);
  EXPECT_EQ(parsed.diagnostics, "@forward expected 'w' of shape 3x2, got 2x3\n");

  parsed.diagnostics.clear();
  inputs = networkInputs();
  inputs["x"] = {{5, 2}, std::vector<double>(10)};
  parsed.run("forward", inputs);
  EXPECT_EQ(parsed.diagnostics, "@forward expected 'x' of shape 4x2 (or fewer samples), got 5x2\n");
}

TEST(Interpreter, UnknownEntriesListTheKnown) {
  ParsedModule parsed(network);
  parsed.run("backward", networkInputs());
  EXPECT_EQ(parsed.diagnostics, "expected an entry, one of @forward, got @backward\n");
}

/// A step of training with moments left out and a count below the batch.
TEST(Interpreter, CountDropsSamplesAndMomentsStartAtZero) {
  ParsedModule parsed(network);
  ASSERT_TRUE(succeeded(runPhases(*parsed.module, Phase::Differentiate, {}))) << parsed.diagnostics;
  NamedTensors inputs = networkInputs();
  inputs["labels"] = {{2}, {2, 0}};
  inputs["learning_rate"] = {{}, {0.1}};
  inputs["count"] = {{}, {1}};
  const NamedTensors counted = parsed.run("train_step", inputs);
  ASSERT_EQ(counted.count("w"), 1u) << parsed.diagnostics;
  inputs.erase("count");
  inputs["x"] = leadingSlices(inputs["x"], 1);
  inputs["labels"] = leadingSlices(inputs["labels"], 1);
  const NamedTensors cut = parsed.run("train_step", inputs);
  EXPECT_EQ(counted.at("w").values, cut.at("w").values);
  EXPECT_EQ(counted.at("loss").values, cut.at("loss").values);
  EXPECT_EQ(counted.at("adam.step").values, (std::vector<double>{1}));
}

/// Each step starts from what the one before left: the loss falls, the steps are counted.
TEST(Interpreter, StepsFeedTheirResultsBack) {
  ParsedModule parsed(network);
  ASSERT_TRUE(succeeded(runPhases(*parsed.module, Phase::Differentiate, {}))) << parsed.diagnostics;
  NamedTensors inputs = networkInputs();
  inputs["labels"] = {{2}, {2, 0}};
  inputs["learning_rate"] = {{}, {0.1}};
  std::vector<double> losses;
  const FailureOr<NamedTensors> results = interpretSteps(
      *parsed.module, "train_step", inputs, 5,
      [&](int64_t, const NamedTensors &step) { losses.push_back(step.at("loss").values[0]); });
  ASSERT_TRUE(succeeded(results)) << parsed.diagnostics;
  EXPECT_EQ(results->at("adam.step").values, (std::vector<double>{5}));
  EXPECT_EQ(results->at("loss.steps").values, losses);
  ASSERT_EQ(losses.size(), 5u);
  EXPECT_LT(losses[4], losses[0]);
}

const char *const spectrum = R"(
func.func @f(%x: !spherical.s2_spectrum<1x1, b = 2, f32> {spherical.name = "NAME"})
    -> (!spherical.s2_spectrum<1x1, b = 1, f32> {spherical.name = "y"}) {
  %y = spherical.truncate %x
      : !spherical.s2_spectrum<1x1, b = 2, f32> -> !spherical.s2_spectrum<1x1, b = 1, f32>
  return %y : !spherical.s2_spectrum<1x1, b = 1, f32>
})";

std::string spectrumNamed(const std::string &name) {
  std::string text = spectrum;
  return text.replace(text.find("NAME"), 4, name);
}

// X_00 of a real function is real; its imaginary part is no rounding.
TEST(Interpreter, OrdinarySpectraMustBeHermitianAndCotangentsAreMadeSo) {
  const HostTensor general{{1, 1, 4, 2}, {2, 1, 0, 0, 0, 0, 0, 0}};
  ParsedModule ordinary(spectrumNamed("x")), cotangent(spectrumNamed("cot.x"));
  EXPECT_TRUE(ordinary.run("f", {{"x", general}}).empty());
  EXPECT_NE(ordinary.diagnostics.find("expected 'x' to be the spectrum of real functions"),
            std::string::npos)
      << ordinary.diagnostics;
  const NamedTensors results = cotangent.run("f", {{"cot.x", general}});
  ASSERT_EQ(results.count("y"), 1u) << cotangent.diagnostics;
  EXPECT_EQ(results.at("y").values, (std::vector<double>{2, 0}));
}

TEST(Interpreter, PreparedValuesComeFromTheParameters) {
  ParsedModule parsed(R"(
func.func @prepare(%k: tensor<2xf32> {spherical.role = "parameter", spherical.name = "k"})
    -> (tensor<2xf32> {spherical.name = "prepared.0"}) {
  %p = nn.add %k, %k : tensor<2xf32>
  return %p : tensor<2xf32>
}
func.func @forward(%x: tensor<2xf32> {spherical.role = "input", spherical.name = "x"},
                   %p: tensor<2xf32> {spherical.role = "prepared", spherical.name = "prepared.0"})
    -> tensor<2xf32> {
  %y = nn.add %x, %p : tensor<2xf32>
  return %y : tensor<2xf32>
})");
  const HostTensor x{{2}, {1, 2}}, k{{2}, {10, 20}};
  EXPECT_EQ(parsed.run("forward", {{"x", x}, {"k", k}}).at("result0").values,
            (std::vector<double>{21, 42}));
  EXPECT_EQ(parsed.run("forward", {{"x", x}, {"prepared.0", k}}).at("result0").values,
            (std::vector<double>{11, 22}));
  EXPECT_TRUE(parsed.run("forward", {{"x", x}}).empty());
  EXPECT_EQ(parsed.diagnostics, "@prepare expected 'k' of shape 2, got none\n");
}

} // namespace
} // namespace mlir::spherical
