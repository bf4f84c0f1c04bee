//===- boundary_test.cpp - boundaries on every target -----------*- C++ -*-===//
//
// Each form of spherical.boundary against its definition.
//
//===----------------------------------------------------------------------===//

#include "test/execute/op_cases.h"
#include "test/golden/cases.h"
#include "test/golden/program_text.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

using golden::Values;

struct Form {
  std::string name, input, result, extra; ///< kinds of signals, and "function" or none
  int64_t inputDegrees, resultDegrees;
  std::string attributes, region;
  int64_t grid = 6;
};

constexpr int64_t kBatch = 3, kChannels = 2;
/// Transforms of two passes, which may meet in registers.
constexpr int64_t kWideGrid = 10;

const char *const relu = R"(  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %r = arith.maximumf %v, %zero : f32
    spherical.yield %r : f32
)";
const char *const keep = R"(  ^bb0(%v: f32, %y: f32):
    %zero = arith.constant 0.0 : f32
    %bit = arith.cmpf ogt, %y, %zero : f32
    %r = arith.select %bit, %v, %zero : f32
    spherical.yield %r : f32
)";
const char *const polynomial = R"(  ^bb0(%v: f32):
    %half = arith.constant 0.5 : f32
    %s = arith.addf %v, %half : f32
    %r = arith.mulf %s, %v : f32
    spherical.yield %r : f32
)";
const char *const shortcut = R"(  ^bb0(%v: f32, %y: f32):
    %zero = arith.constant 0.0 : f32
    %s = arith.addf %v, %y : f32
    %r = arith.maximumf %s, %zero : f32
    spherical.yield %r : f32
)";

std::vector<Form> formsOn(const std::string &manifold) {
  const std::string function = manifold, spectrum = manifold + "_spectrum";
  return {
      {"relu", spectrum, spectrum, "", 6, 4, "", relu},
      {"relu of few degrees", spectrum, spectrum, "", 3, 6, "", relu},
      {"relu, function kept", spectrum, function, "", 5, 6, "", relu},
      {"relu of a function", function, spectrum, "", 6, 5, "", relu},
      {"aliases", spectrum, spectrum, "", 6, 8, " high quadrature", relu},
      {"gradient", spectrum, spectrum, "function", 4, 6, " {adjoint}", keep},
      {"gradient of aliases", spectrum, spectrum, "function", 8, 6, " high quadrature {adjoint}",
       keep},
      {"gradient from a function", function, spectrum, "function", 6, 6, " {adjoint}", keep},
      {"gradient to a function", spectrum, function, "function", 4, 6, " {adjoint}", keep},
      {"relu of many degrees", spectrum, spectrum, "", 10, 7, "", relu, kWideGrid},
      {"relu of one degree", spectrum, spectrum, "", 1, 10, "", relu, kWideGrid},
      {"relu, one degree left", spectrum, spectrum, "", 10, 1, "", relu, kWideGrid},
      {"polynomial", spectrum, spectrum, "", 6, 4, "", polynomial},
      {"polynomial of a function", function, spectrum, "", 6, 4, "", polynomial},
      {"shortcut", spectrum, spectrum, "function", 6, 5, "", shortcut},
      {"shortcut, function kept", spectrum, function, "function", 6, 6, "", shortcut},
  };
}

/// A function of one boundary.
std::string functionOf(const Form &form, const std::string &entry, const Slot &input,
                       const Slot &extra, const Slot &result) {
  std::vector<golden::NamedType> types = {{"a", input.type, "input"}};
  std::string with;
  if (!form.extra.empty()) {
    types.push_back({"b", extra.type, "input"});
    with = " with(%b : " + extra.type + ")";
  }
  const std::string body = "  %y_out = spherical.boundary %a" + with + " grid " +
                           std::to_string(form.grid) + form.attributes + " : " + input.type +
                           " -> " + result.type + " {\n" + form.region + "  }\n";
  return golden::functionText(entry, types, {{"y", result.type}}, body, false);
}

/// Kernels between calls of the library, on the strict emulation.
driver::SessionOptions byLibrary() {
  driver::SessionOptions options;
  options.target = "cuda-emulated:strict";
  options.choose = {"*:algorithm=cufft"};
  return options;
}

/// Machine code that takes one way of all boundaries.
std::unique_ptr<golden::Runner> makeCpuRunner(const std::string &text, const char *algorithm) {
  driver::SessionOptions options;
  options.choose = {std::string("*:algorithm=") + algorithm};
  return golden::makeCompiledRunner(text, options);
}

void check(const std::string &manifold) {
  std::mt19937_64 engine(11);
  const std::vector<Form> forms = formsOn(manifold);
  std::string text;
  std::vector<Values> values;
  for (const Form &form : forms) {
    const Slot input = signal(form.input, kBatch, kChannels, form.inputDegrees, "f32"),
               extra = signal(manifold, kBatch, kChannels, form.grid, "f32"),
               result = signal(form.result, kBatch, kChannels, form.resultDegrees, "f32");
    text += functionOf(form, "f" + std::to_string(values.size()), input, extra, result);
    values.push_back({{"a", randomOf(input, engine)}});
    if (!form.extra.empty())
      values.back()["b"] = randomOf(extra, engine);
  }
  const auto definition = golden::makeReferenceRunner(text, "graph"),
             planned = golden::makeReferenceRunner(text, "plan"), cpu = makeCpuRunner(text, "fft"),
             emulated = golden::makeEmulatedRunner(text, true),
             library = golden::makeCompiledRunner(text, byLibrary());
  const bool onSO3 = manifold == "so3";
  const auto byOrders = onSO3 ? makeCpuRunner(text, "order_tasks") : nullptr,
             brief = onSO3 ? makeCpuRunner(text, "fft_bfloat16") : nullptr;
  for (size_t i = 0; i < forms.size(); ++i) {
    SCOPED_TRACE(manifold + ": " + forms[i].name);
    const std::string entry = "f" + std::to_string(i);
    const Values expected = definition->run(entry, values[i]);
    golden::expectNear(planned->run(entry, values[i]), expected, 1e-12);
    const Values found = cpu->run(entry, values[i]);
    golden::expectNear(found, expected, 2e-5);
    if (byOrders) // the same sums in the same order
      EXPECT_EQ(byOrders->run(entry, values[i]).at("y").values, found.at("y").values);
    if (brief) // numbers of 8 bits, of which many are added
      golden::expectNear(brief->run(entry, values[i]), expected, 0x1p-8);
    golden::expectNear(emulated->run(entry, values[i]), expected, 2e-5);
    golden::expectNear(library->run(entry, values[i]), expected, 2e-5);
  }
}

TEST(Boundary, OnTheSphere) { check("s2"); }
TEST(Boundary, OnTheRotationGroup) { check("so3"); }

} // namespace
} // namespace spherical
