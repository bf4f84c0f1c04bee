//===- empty_lanes_test.cpp - what ops make of zeros ------------*- C++ -*-===//
//
// What ops say of lanes without a sample, against their definitions.
//
//===----------------------------------------------------------------------===//

#include "test/passes/lower/reference/parsed_module.h"

#include "dialects/spherical/signal.h"
#include "runtime/reference/spectrum.h"

#include "llvm/ADT/StringSet.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mlir::spherical {
namespace {

/// An op on arguments %a, %b, ... of these types, and the types of its results.
struct Line {
  std::string op;
  std::vector<std::string> arguments, results;
};

/// Regions of boundaries, and an epilogue that adds %c.
const std::string relu = R"( {
    ^bb0(%v: f32):
      %zero = arith.constant 0.0 : f32
      %w = arith.maximumf %v, %zero : f32
      spherical.yield %w : f32
    })",
                  keep = R"( {
    ^bb0(%v: f32, %x: f32):
      %zero = arith.constant 0.0 : f32
      %positive = arith.cmpf ogt, %x, %zero : f32
      %w = arith.select %positive, %v, %zero : f32
      spherical.yield %w : f32
    })",
                  sum = R"( {
    ^bb0(%v: f32, %x: f32):
      %w = arith.addf %v, %x : f32
      spherical.yield %w : f32
    })",
                  epilogue = R"( epilogue(%v, %x = %c) {
      %least = arith.constant -1.0 : f32
      %w = arith.addf %v, %x : f32
      %u = arith.maximumf %w, %least : f32
      nn.yield %u : f32
    })";

const std::string row = "tensor<2x3xf32>", other = "tensor<2x5xf32>", weight = "tensor<5x3xf32>",
                  channels = "tensor<3xf32>", image = "tensor<2x3x4x4xf32>",
                  pooled = "tensor<2x3x2x2xf32>", filter = "tensor<5x3x2x2xf32>",
                  convolved = "tensor<2x5x3x3xf32>", s2 = "!spherical.s2<2x3, b = 2, f32>",
                  so3 = "!spherical.so3<2x3, b = 2, f32>",
                  s2Hat = "!spherical.s2_spectrum<2x3, b = 2, f32>",
                  so3Hat = "!spherical.so3_spectrum<2x3, b = 2, f32>",
                  so3Out = "!spherical.so3_spectrum<2x5, b = 2, f32>",
                  s2Out = "!spherical.s2_spectrum<2x5, b = 2, f32>",
                  so3Kernel = "!spherical.so3_spectrum<3x5, b = 2, f32>",
                  s2Kernel = "!spherical.s2_spectrum<3x5, b = 2, f32>";

const Line lines[] = {
    {"nn.relu %a : {a}", {row}, {row}},
    {"nn.relu_grad %a, %b : {a}, {b}", {row, row}, {row}},
    {"nn.leaky_relu %a slope 0.1 : {a}", {row}, {row}},
    {"nn.leaky_relu_grad %a, %b slope 0.1 : {a}", {row, row}, {row}},
    {"nn.gelu %a : {a}", {row}, {row}},
    {"nn.gelu_grad %a, %b : {a}", {row, row}, {row}},
    {"nn.add %a, %b : {a}", {row, row}, {row}},
    {"nn.linear_grad_input %a, %b : {a}, {b} -> {r}", {other, weight}, {row}},
    {"nn.conv2d %a, %b stride [1, 1] : {a}, {b} -> {r}", {image, filter}, {convolved}},
    {"nn.conv_transpose2d %a, %b stride [1, 1] : {a}, {b} -> {r}", {convolved, filter}, {image}},
    {"nn.conv2d %a, %b stride [1, 1] : {a}, {b} -> {r}" + epilogue,
     {image, filter, convolved},
     {convolved}},
    {"nn.conv_transpose2d %a, %b stride [1, 1] : {a}, {b} -> {r}" + epilogue,
     {convolved, filter, image},
     {image}},
    {"nn.upsample_nearest %a : {a} -> {r} epilogue(%v) {\n    nn.yield %v : f32\n  }",
     {pooled},
     {image}},
    {"nn.batch_norm_grad %a, %b, %c, %d, %e : {a}, {c}",
     {row, row, channels, channels, channels},
     {row, channels, channels}},
    {"nn.max_pool2d %a window [2, 2] stride [2, 2] : {a} -> {r}", {image}, {pooled}},
    {"nn.max_pool2d_grad %a, %b window [2, 2] stride [2, 2] : {a}, {b}", {pooled, image}, {image}},
    {"nn.avg_pool2d %a window [2, 2] stride [2, 2] : {a} -> {r}", {image}, {pooled}},
    {"nn.global_avg_pool %a : {a} -> {r}", {image}, {row}},
    {"nn.upsample_nearest %a : {a} -> {r}", {pooled}, {image}},
    {"nn.slice_channels %a first 2 : {a} -> {r}", {"tensor<2x5x4x4xf32>"}, {image}},
    {"nn.concat %a, %b : {a}, {b} -> {r}", {row, other}, {"tensor<2x8xf32>"}},
    {"spherical.samples %a : {a} -> {r}", {s2}, {"tensor<2x3x4x4xf32>"}},
    {"spherical.s2_ift %a : {a} -> {r}", {s2Hat}, {s2}},
    {"spherical.so3_ift %a : {a} -> {r}", {so3Hat}, {so3}},
    {"spherical.boundary %a grid 3 : {a} -> {r}" + relu, {so3Hat}, {so3Hat}},
    {"spherical.boundary %a with(%b : {b}) grid 2 : {a} -> {r}" + keep, {s2Hat, s2}, {s2Hat}},
    {"spherical.boundary %a with(%b : {b}) grid 2 : {a} -> {r}" + sum, {s2Hat, s2}, {s2Hat}},
    {"spherical.sum_n %a : {a} -> {r}", {so3Hat}, {s2Hat}},
    {"spherical.grid_ft %a grid <equirectangular, 4x4> : {a} -> {r}", {image}, {s2Hat}},
    {"spherical.grid_ift %a grid <equirectangular, 4x4> : {a} -> {r}", {s2Hat}, {image}},
    {"spherical.interpolate %a grid <equirectangular, 4x4> : {a} -> {r}", {image}, {s2}},
    {"spherical.rotate_z %a, %b at 0 : {a}, {b}", {s2Hat, row}, {s2Hat}},
    {"spherical.spectral_matmul %a, %b : {a}, {b} -> {r}", {so3Hat, so3Kernel}, {so3Out}},
    {"spherical.spectral_matmul %a, %b form grad_input : {a}, {b} -> {r}",
     {so3Out, so3Kernel},
     {so3Hat}},
    {"spherical.thin_matmul %a, %b : {a}, {b} -> {r}", {so3Hat, s2Kernel}, {s2Out}},
};

std::string replaced(std::string text, const std::string &name, const std::string &type) {
  for (size_t at; (at = text.find("{" + name + "}")) != std::string::npos;)
    text.replace(at, name.size() + 2, type);
  return text;
}

/// @f, of one op.
std::string functionOf(const Line &line) {
  std::string op = line.op, arguments, results, values;
  for (size_t i = 0; i < line.arguments.size(); ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    op = replaced(op, name, line.arguments[i]);
    arguments += (i ? ", %" : "%") + name + ": " + line.arguments[i] + " {spherical.name = \"" +
                 name + "\"}";
  }
  for (size_t i = 0; i < line.results.size(); ++i) {
    results +=
        (i ? ", " : "") + line.results[i] + " {spherical.name = \"r" + std::to_string(i) + "\"}";
    values += (i ? ", %y#" : "%y#") + std::to_string(i);
  }
  std::string types;
  for (const std::string &type : line.results)
    types += (types.empty() ? "" : ", ") + type;
  return "func.func @f(" + arguments + ") -> (" + results +
         ") {\n  %y:" + std::to_string(line.results.size()) + " = " +
         replaced(op, "r", line.results[0]) + "\n  return " + values + " : " + types + "\n}\n";
}

/// The spectra of the real parts of functions, of which a spectrum has `pairs` (re, im).
void makeHermitian(const Signal &signal, std::vector<double> &pairs) {
  using ::spherical::reference::Domain;
  const Domain domain = signal.onSO3() ? Domain::SO3 : Domain::S2;
  const int64_t size = ::spherical::reference::spectrumSize(domain, signal.bandLimit);
  for (size_t first = 0; first < pairs.size(); first += 2 * size) {
    std::vector<Complex> spectrum;
    for (int64_t i = 0; i < size; ++i)
      spectrum.emplace_back(pairs[first + 2 * i], pairs[first + 2 * i + 1]);
    spectrum = ::spherical::reference::hermitianPart(domain, signal.bandLimit, spectrum.data());
    for (int64_t i = 0; i < size; ++i) {
      pairs[first + 2 * i] = spectrum[i].real();
      pairs[first + 2 * i + 1] = spectrum[i].imag();
    }
  }
}

/// Values that are not 0, or zeros.
HostTensor valuesOf(Type type, bool zeros) {
  HostTensor tensor;
  const std::optional<Signal> signal = getSignal(type);
  const SmallVector<int64_t> shape =
      signal ? signal->fileShape() : llvm::to_vector(cast<RankedTensorType>(type).getShape());
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.values.resize(tensor.size());
  for (size_t i = 0; i < tensor.values.size() && !zeros; ++i)
    tensor.values[i] = 1.5 + std::sin(static_cast<double>(i));
  if (signal && signal->isSpectrum())
    makeHermitian(*signal, tensor.values);
  return tensor;
}

/// Whether all of @f's first result is 0 where the operands are of which `zeros` has a bit.
bool isZero(ParsedModule &parsed, Operation *op, unsigned zeros) {
  NamedTensors inputs;
  for (OpOperand &operand : op->getOpOperands()) {
    const unsigned index = operand.getOperandNumber();
    inputs[std::string(1, static_cast<char>('a' + index))] =
        valuesOf(operand.get().getType(), zeros >> index & 1);
  }
  const NamedTensors results = parsed.run("f", inputs);
  EXPECT_EQ(results.count("r0"), 1u) << parsed.diagnostics;
  return results.count("r0") &&
         llvm::all_of(results.at("r0").values, [](double value) { return value == 0; });
}

/// Whether the op says so.
bool saysZero(Operation *op, unsigned zeros) {
  return cast<Schedulable>(op).leavesEmptyLanesZero(
      [&](unsigned index) { return zeros >> index & 1; });
}

TEST(EmptyLanes, AreZeroWhereTheOpsSay) {
  llvm::StringSet<> seen;
  for (const Line &line : lines) {
    SCOPED_TRACE(line.op);
    ParsedModule parsed(functionOf(line));
    ASSERT_TRUE(parsed.module) << parsed.diagnostics;
    auto function = *parsed.module->getOps<func::FuncOp>().begin();
    Operation *op = &function.front().front();
    seen.insert(op->getName().getStringRef());
    const unsigned all = (1u << op->getNumOperands()) - 1;
    EXPECT_TRUE(saysZero(op, all));
    for (unsigned zeros = 0; zeros <= all; ++zeros)
      if (saysZero(op, zeros))
        EXPECT_TRUE(isZero(parsed, op, zeros)) << "operands " << zeros;
  }
  ParsedModule all("");
  for (RegisteredOperationName name : all.context.getRegisteredOperations())
    if (name.hasTrait<KeepsZeros>())
      EXPECT_TRUE(seen.contains(name.getStringRef())) << name.getStringRef().str();
}

/// What an op says and does, of zeros in its operands of which `zeros` has a bit, is not 0.
void expectAnything(const Line &line, unsigned zeros) {
  ParsedModule parsed(functionOf(line));
  ASSERT_TRUE(parsed.module) << parsed.diagnostics;
  auto function = *parsed.module->getOps<func::FuncOp>().begin();
  Operation *op = &function.front().front();
  EXPECT_FALSE(saysZero(op, zeros));
  EXPECT_FALSE(isZero(parsed, op, zeros));
}

// A bias is in every lane.
TEST(EmptyLanes, AreNotZeroBesideABias) {
  expectAnything({"nn.conv2d %a, %b bias(%c : {c}) stride [1, 1] : {a}, {b} -> {r}",
                  {image, filter, "tensor<5xf32>"},
                  {convolved}},
                 /*zeros=*/0b001);
}

// A region adds what an extra has in them, or a number.
TEST(EmptyLanes, AreNotZeroBehindARegionThatAdds) {
  expectAnything({"nn.conv2d %a, %b stride [1, 1] : {a}, {b} -> {r}" + epilogue,
                  {image, filter, convolved},
                  {convolved}},
                 /*zeros=*/0b001);
  expectAnything({"nn.upsample_nearest %a : {a} -> {r} epilogue(%v) {\n"
                  "    %one = arith.constant 1.0 : f32\n    %w = arith.addf %v, %one : f32\n"
                  "    nn.yield %w : f32\n  }",
                  {pooled},
                  {image}},
                 /*zeros=*/0b1);
  expectAnything(
      {"spherical.boundary %a with(%b : {b}) grid 2 : {a} -> {r}" + sum, {s2Hat, s2}, {s2Hat}},
      /*zeros=*/0b01);
}

} // namespace
} // namespace mlir::spherical
