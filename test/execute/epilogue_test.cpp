//===- epilogue_test.cpp - layers with epilogues on every target -*- C++ -*-===//
//
// Functions whose activations and sums become epilogues: as ops of their own by
// definition in fp64, the same after each phase that knows epilogues, and as
// machine code, with a full and a partial batch; and their gradients, in which
// masks become epilogues.
//
//===----------------------------------------------------------------------===//

#include "test/execute/tensor_case.h"
#include "test/golden/cases.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

using golden::Tensor;
using golden::Values;

/// A function @f of the arguments; `$name` in its body is the type of an argument or of the result.
struct Case {
  std::vector<Named> arguments;
  Named result;
  std::string body;
  bool gradient = true; ///< whether @f_vjp is checked, too

  std::string text() const { return caseText(arguments, result, body, gradient, true); }
};

/// Values of `samples` samples of what has a batch.
Tensor valuesOf(Named value, int64_t samples) {
  if (value.batched)
    value.shape[0] = samples;
  return randomTensor(value.name, value.shape);
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
    Values values = {{"cot.y", valuesOf({"cot", test.result.shape}, samples)}};
    for (const Named &argument : test.arguments)
      values[argument.name] = valuesOf(argument, samples);
    for (const std::string &entry : entries) {
      SCOPED_TRACE(entry + " of " + std::to_string(samples));
      const Values expected = graph->run(entry, values);
      golden::expectNear(fuse->run(entry, values), expected, 1e-12);
      golden::expectNear(plan->run(entry, values), expected, 1e-12);
      golden::expectNear(cpu->run(entry, values), expected, 2e-5);
      if (cuda)
        golden::expectNear(cuda->run(entry, values), expected, 2e-5);
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
  %y_out = nn.leaky_relu %4 slope 0.01 : $x
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
  %y_out = nn.gelu %1 : $r
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
  %y_out = nn.sub %2, %r : $r
)"});
  // The result takes the place of the other value.
  check({{{"x", {18, 2, 4, 3}}, {"r", {18, 2, 9, 5}}},
         {"y", {18, 2, 9, 5}},
         R"(
  %0 = nn.gelu %r : $r
  %1 = nn.upsample_nearest %x : $x -> $r
  %2 = nn.sub %0, %1 : $r
  %y_out = nn.leaky_relu %2 slope 0.3 : $r
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
  %y_out = nn.sum_channels %3 : $x -> $y
)",
           /*gradient=*/false});
}

} // namespace
} // namespace spherical
