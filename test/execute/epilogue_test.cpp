//===- epilogue_test.cpp - layers with epilogues on every target -*- C++ -*-===//
//
// Functions whose activations and sums become epilogues: as ops of their own by
// definition in fp64, the same after each phase that knows epilogues, and as
// machine code, with a full and a partial batch; and their gradients, in which
// masks become epilogues.
//
//===----------------------------------------------------------------------===//

#include "test/golden/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace spherical {
namespace {

using golden::Tensor;
using golden::Values;

/// An argument, f32: its name, extents, and whether it has a batch.
struct Named {
  std::string name;
  std::vector<int64_t> shape;
  bool batched = true;

  std::string type() const {
    std::string text = "tensor<";
    for (int64_t extent : shape)
      text += std::to_string(extent) + "x";
    return text + "f32>";
  }
};

/// A function @f of the arguments; `$name` in its body is the type of an argument or of the result.
struct Case {
  std::vector<Named> arguments;
  Named result;
  std::string body;
  bool gradient = true; ///< whether @f_vjp is checked, too

  std::string text() const {
    std::string list, lines = body;
    for (const Named &value : arguments) {
      list += (list.empty() ? "%" : ", %") + value.name + ": " + value.type() +
              " {spherical.name = \"" + value.name + "\", spherical.role = \"" +
              (value.batched ? "input" : "parameter") + "\"}";
      replace(lines, value);
    }
    replace(lines, result);
    return "func.func @f(" + list + ") -> (" + result.type() + " {spherical.name = \"" +
           result.name + "\"})" + (gradient ? " attributes {spherical.gradient}" : "") + " {\n" +
           lines + "  return %" + result.name + " : " + result.type() + "\n}\n";
  }

private:
  static void replace(std::string &text, const Named &value) {
    for (size_t at; (at = text.find("$" + value.name)) != std::string::npos;)
      text.replace(at, value.name.size() + 1, value.type());
  }
};

/// Single-precision values, so that all targets get the same; of `samples` samples.
Tensor randomTensor(const Named &value, int64_t samples) {
  std::seed_seq seed(value.name.begin(), value.name.end());
  std::mt19937_64 bits(seed);
  std::normal_distribution<double> normal;
  Tensor tensor{value.shape, {}};
  if (value.batched)
    tensor.shape[0] = samples;
  int64_t size = 1;
  for (int64_t extent : tensor.shape)
    size *= extent;
  for (int64_t i = 0; i < size; ++i)
    tensor.values.push_back(static_cast<float>(normal(bits)));
  return tensor;
}

void expectEqual(const Values &got, const Values &expected, double tolerance) {
  for (const auto &[name, tensor] : expected) {
    ASSERT_EQ(got.at(name).shape, tensor.shape) << name;
    double largest = 0.0, error = 0.0;
    for (size_t i = 0; i < tensor.values.size(); ++i) {
      largest = std::max(largest, std::abs(tensor.values[i]));
      error = std::max(error, std::abs(tensor.values[i] - got.at(name).values[i]));
    }
    EXPECT_LE(error, tolerance * largest) << name;
  }
}

/// Sums of some 10^3 terms: eps 1e-16 in double precision, and 6e-8 in single precision.
void check(const Case &test, bool emulated = false) {
  SCOPED_TRACE(test.text());
  const auto graph = golden::makeReferenceRunner(test.text(), "graph");
  const auto fuse = golden::makeReferenceRunner(test.text(), "fuse");
  const auto plan = golden::makeReferenceRunner(test.text(), "plan");
  const auto cpu = golden::makeCpuRunner(test.text(), "");
  const auto cuda = emulated ? golden::makeEmulatedRunner(test.text(), true) : nullptr;
  const int64_t capacity = test.arguments.front().shape[0];
  std::vector<std::string> entries = {"f"};
  if (test.gradient)
    entries.emplace_back("f_vjp");
  for (int64_t samples : {capacity, capacity - 1}) {
    Values values = {{"cot.y", randomTensor({"cot", test.result.shape}, samples)}};
    for (const Named &argument : test.arguments)
      values[argument.name] = randomTensor(argument, samples);
    for (const std::string &entry : entries) {
      SCOPED_TRACE(entry + " of " + std::to_string(samples));
      const Values expected = graph->run(entry, values);
      expectEqual(fuse->run(entry, values), expected, 1e-12);
      expectEqual(plan->run(entry, values), expected, 1e-12);
      expectEqual(cpu->run(entry, values), expected, 2e-5);
      if (cuda)
        expectEqual(cuda->run(entry, values), expected, 2e-5);
    }
  }
}

/// A convolution with a residual, its transposed one, and activations, in `padding`.
Case chainOf(int64_t samples, const std::string &padding, int64_t rows, int64_t columns) {
  const std::string stride = " stride [2, 1] padding " + padding;
  const std::vector<int64_t> image = {samples, 3, 9, 8}, windows = {samples, 4, rows, columns};
  return {{{"x", image},
           {"r", windows},
           {"s", image},
           {"w", {4, 3, 3, 2}, false},
           {"b", {4}, false},
           {"c", {3}, false}},
          {"y", image},
          "  %0 = nn.conv2d %x, %w bias(%b : $b)" + stride + " : $x, $w -> $r\n" + R"(
  %1 = nn.add %r, %0 : $r
  %2 = nn.relu %1 : $r
  %3 = nn.conv_transpose2d %2, %w bias(%c : $c))" +
              stride + R"( : $r, $w -> $x
  %4 = nn.sub %s, %3 : $x
  %y = nn.leaky_relu %4 slope 0.01 : $x
)"};
}

TEST(Epilogue, Convolutions) {
  check(chainOf(18, "valid", 4, 7), true);
  check(chainOf(3, "zero", 5, 8));
  check(chainOf(17, "circular", 5, 8));
}

// The constants of the activation are no numbers of single precision.
TEST(Epilogue, LinearLayers) {
  check({{{"x", {18, 5}}, {"r", {18, 7}}, {"w", {7, 5}, false}, {"b", {7}, false}},
         {"y", {18, 7}},
         R"(
  %0 = nn.linear %x, %w, %b : $x, $w, $b -> $r
  %1 = nn.add %0, %r : $r
  %y = nn.gelu %1 : $r
)"},
        true);
}

TEST(Epilogue, Resizing) {
  // One value is read twice.
  check({{{"x", {18, 2, 4, 3}}, {"r", {18, 2, 9, 5}}},
         {"y", {18, 2, 9, 5}},
         R"(
  %0 = nn.upsample_nearest %x : $x -> $r
  %1 = nn.add %0, %r : $r
  %2 = nn.relu %1 : $r
  %y = nn.sub %2, %r : $r
)"});
  // The result takes the place of the other value.
  check({{{"x", {18, 2, 4, 3}}, {"r", {18, 2, 9, 5}}},
         {"y", {18, 2, 9, 5}},
         R"(
  %0 = nn.gelu %r : $r
  %1 = nn.upsample_nearest %x : $x -> $r
  %2 = nn.sub %0, %1 : $r
  %y = nn.leaky_relu %2 slope 0.3 : $r
)"});
}

// Behind an epilogue, lanes without a sample may hold what biases and constants made of them: a sum
// over the samples must not have that.
TEST(Epilogue, LanesWithoutSamples) {
  const Named x{"x", {19, 2, 4, 3}}, w{"w", {2, 2, 1, 1}, false}, b{"b", {2}, false};
  for (const char *activation : {"relu %2", "gelu %2"})
    check({{x, w, b},
           {"y", {2}, false},
           R"(
  %0 = nn.conv2d %x, %w bias(%b : $b) stride [1, 1] : $x, $w -> $x
  %1 = nn.conv2d %x, %w stride [1, 1] : $x, $w -> $x
  %2 = nn.add %1, %0 : $x
  %3 = nn.)" + std::string(activation) +
               R"( : $x
  %y = nn.sum_channels %3 : $x -> $y
)",
           /*gradient=*/false});
}

} // namespace
} // namespace spherical
