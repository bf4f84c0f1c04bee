//===- agreement_test.cpp - targets accept and refuse the same ---*- C++ -*-===//
//
// Draws programs of one op, with extents from 0 on, and inputs with and without
// faults. The reference and the cpu compute the same, or refuse in the same words.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/conversion.h"
#include "runtime/reference/spectrum.h"
#include "tools/spherical/driver/execute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include <unistd.h>

namespace spherical {
namespace {

using driver::EntryValue;
using driver::Executable;
using driver::Session;
using driver::TensorMap;
using runtime::DType;
using runtime::Tensor;

/// A function of one op: its line, and the types of its arguments and results. {N} is a drawn
/// extent, {0} the type of argument 0, {r0} that of result 0.
struct Form {
  std::string line;
  std::vector<std::string> arguments, results;
};

const std::string image = "tensor<{N}x{C}x{H}x{W}xf32>", rows = "tensor<{N}x{C}xf32>",
                  channels = "tensor<{C}xf32>", scalar = "tensor<f32>", count = "tensor<i64>";

/// Ops value by value on tensors of any rank, and sums over all of them.
std::vector<Form> pointwiseForms() {
  std::vector<Form> forms;
  for (const std::string &type :
       {scalar, channels, rows, std::string("tensor<{N}x{C}x{H}xf32>"), image,
        std::string("tensor<{N}x{C}xf64>"), std::string("!spherical.s2<{P}x{Q}, b = {B}, f32>"),
        std::string("!spherical.so3<{P}x{Q}, b = {B}, f32>")}) {
    const bool tensor = type.starts_with("tensor");
    for (const char *op : {"nn.relu %a0", "nn.leaky_relu %a0 slope 0.1", "nn.gelu %a0"})
      forms.push_back({op + std::string(" : {0}"), {type}, {type}});
    for (const char *op : {"nn.add %a0, %a1", "nn.sub %a0, %a1", "nn.gelu_grad %a0, %a1",
                           "nn.leaky_relu_grad %a0, %a1 slope 0.1"})
      forms.push_back({op + std::string(" : {0}"), {type, type}, {type}});
    forms.push_back({"nn.relu_grad %a0, %a1 : {0}, {1}", {type, type}, {type}});
    forms.push_back({"spherical.zero : {r0}", {}, {type}});
    if (tensor && type.find("f32") != std::string::npos)
      forms.push_back({"nn.sum_squares %a0 : {0} -> {r0}", {type}, {scalar}});
  }
  return forms;
}

std::vector<Form> layerForms() {
  const std::string weight = "tensor<{O}x{C}xf32>", outputs = "tensor<{N}x{O}xf32>";
  std::vector<Form> forms = {
      {"nn.linear %a0, %a1, %a2 : {0}, {1}, {2} -> {r0}",
       {rows, weight, "tensor<{O}xf32>"},
       {outputs}},
      {"nn.linear_grad_input %a0, %a1 : {0}, {1} -> {r0}", {outputs, weight}, {rows}},
      {"nn.linear_grad_weight %a0, %a1 : {0}, {1} -> {r0}", {outputs, rows}, {weight}},
      {"nn.sum_batch %a0 : {0} -> {r0}", {rows}, {channels}},
      {"nn.sum_channels %a0 : {0} -> {r0}", {image}, {channels}},
      {"nn.global_avg_pool %a0 : {0} -> {r0}", {image}, {rows}},
      {"nn.global_avg_pool %a0 {adjoint} : {0} -> {r0}", {rows}, {image}},
      {"nn.clip_factor %a0 max_norm 1.0 : {0}", {scalar}, {scalar}},
      {"nn.clip_factor %a0 scale %a1 max_norm 1.0 : {0}", {scalar, scalar}, {scalar}},
      {"nn.increment %a0 : {0}", {count}, {count}},
      {"nn.increment %a0 by %a1 : {0}", {count, count}, {count}},
      {"nn.mean_scale %a0 : {0} -> {r0}", {count}, {"tensor<f64>"}},
      {"nn.average_factor %a0 decay 0.9 : {0} -> {r0}", {count}, {scalar}},
      {"nn.moving_average %a0, %a1, %a2 : {0}, {2}", {image, image, scalar}, {image}},
      {"nn.accumulate %a0, %a1, %a2, %a3 : {0}, {2}", {image, image, count, count}, {image}},
      {"nn.sgd %a0, %a1, %a2 scale(%a3 : {3}) {weight_decay = 0.{O}} : {0}, {2}",
       {rows, rows, scalar, "tensor<f64>"},
       {rows}},
      {"nn.sgd_momentum %a0, %a1, %a2, %a3 momentum 0.5 nesterov : {0}, {3}",
       {rows, rows, rows, scalar},
       {rows, rows}},
      {"arith.constant dense<{O}.5> : {r0}", {}, {image}},
      {"arith.constant dense<[0.5, -1.0, {N}.0]> : {r0}", {}, {"tensor<{P}xf32>"}},
      {"arith.constant dense<[[1.5], [{C}.0]]> : {r0}", {}, {"tensor<2x1xf64>"}},
      {"arith.constant dense<{O}> : {r0}", {}, {"tensor<{N}xi32>"}},
      {"arith.constant dense<[1, {P}]> : {r0}", {}, {"tensor<2xi64>"}},
      {"nn.adam %a0, %a1, %a2, %a3, %a4, %a5 : {0}, {4}, {5}",
       {rows, rows, rows, rows, count, scalar},
       {rows, rows, rows}},
      {"nn.adam_factors %a0, %a1 scale(%a2 : {2}) {weight_decay = 0.{O}} : {0}, {1} -> {r0}",
       {count, scalar, "tensor<f64>"},
       {"tensor<4xf32>"}},
      {"nn.adam_update %a0, %a1, %a2, %a3, %a4 scaled : {0}, {4}",
       {rows, rows, rows, rows, "tensor<4xf32>"},
       {rows, rows, rows}},
      {"nn.concat %a0, %a1 : {0}, {1} -> {r0}",
       {image, "tensor<{N}x{O}x{H}x{W}xf32>"},
       {"tensor<{N}x{C+O}x{H}x{W}xf32>"}},
      {"nn.slice_channels %a0 first {O} : {0} -> {r0}", {"tensor<{N}x{C+O}x{H}x{W}xf32>"}, {image}},
      {"nn.upsample_nearest %a0 : {0} -> {r0}", {image}, {"tensor<{N}x{C}x{H+K}x{W+L}xf32>"}},
      {"nn.upsample_nearest %a0 {adjoint} : {0} -> {r0}",
       {"tensor<{N}x{C}x{H+K}x{W+L}xf32>"},
       {image}}};
  for (const std::string &x : {rows, image}) {
    const std::string labels = x == rows ? "tensor<{N}xi32>" : "tensor<{N}x{H}x{W}xi32>";
    forms.push_back({"nn.batch_norm %a0, %a1, %a2, %a3, %a4 : {0}, {1}",
                     {x, channels, channels, channels, "tensor<{C}xf32>"},
                     {x}});
    forms.push_back({"nn.batch_norm_train %a0, %a1, %a2, %a3, %a4, %a5 : {0}, {1}, {5}",
                     {x, channels, channels, channels, channels, count},
                     {x, channels, channels, channels, channels}});
    forms.push_back({"nn.batch_norm_grad %a0, %a1, %a2, %a3, %a4 : {0}, {2}",
                     {x, x, channels, channels, channels},
                     {x, channels, channels}});
    forms.push_back(
        {"nn.batch_norm_grad %a0, %a1, %a2, %a3, %a4 count(%a5 : {5}) {training} : {0}, {2}",
         {x, x, channels, channels, channels, count},
         {x, channels, channels}});
    for (const std::string op : {"nn.mean_squared_error", "nn.mean_absolute_error"})
      for (const std::string weights : {"", " weights area"}) {
        forms.push_back(
            {op + " %a0, %a1, %a2" + weights + " : {0}, {2} -> {r0}", {x, x, count}, {scalar}});
        forms.push_back({op + "_grad %a0, %a1, %a2, %a3" + weights + " : {0}, {1}, {3}",
                         {scalar, x, x, count},
                         {x}});
      }
    for (const char *ignore : {"", " ignore 255", " ignore -1", " ignore 0"}) {
      forms.push_back(
          {"nn.cross_entropy %a0, %a1, %a2" + std::string(ignore) + " : {0}, {1}, {2} -> {r0}",
           {x, labels, count},
           {scalar}});
      forms.push_back({"nn.cross_entropy_grad %a0, %a1, %a2, %a3" + std::string(ignore) +
                           " : {0}, {1}, {2}, {3}",
                       {scalar, x, labels, count},
                       {x}});
    }
  }
  return forms;
}

/// Layers that add another value to theirs and take the larger of that and 0.
std::vector<Form> epilogueForms() {
  const std::string epilogue = " epilogue(%v, %e = %a3) {\n %z = arith.constant 0.0 : f32\n"
                               " %s = arith.addf %v, %e : f32\n"
                               " %m = arith.maximumf %s, %z : f32\n nn.yield %m : f32\n }",
                    convolved = "tensor<{N}x{O}x{Y}x{X}xf32>", outputs = "tensor<{N}x{O}xf32>",
                    rule = " stride [{S}, {S}] padding {V} : ";
  return {{"nn.conv2d %a0, %a1 bias(%a2 : {2})" + rule + "{0}, {1} -> {r0}" + epilogue,
           {image, "tensor<{O}x{C}x{K}x{L}xf32>", "tensor<{O}xf32>", convolved},
           {convolved}},
          {"nn.conv_transpose2d %a0, %a1 bias(%a2 : {2})" + rule + "{0}, {1} -> {r0}" + epilogue,
           {convolved, "tensor<{O}x{C}x{K}x{L}xf32>", channels, image},
           {image}},
          {"nn.linear %a0, %a1, %a2 : {0}, {1}, {2} -> {r0}" + epilogue,
           {rows, "tensor<{O}x{C}xf32>", "tensor<{O}xf32>", outputs},
           {outputs}}};
}

/// Layers with windows; {Y} and {X} are as many as fit, {V} is the rule for the border.
std::vector<Form> windowForms() {
  const std::string pooled = "tensor<{N}x{C}x{Y}x{X}xf32>",
                    convolved = "tensor<{N}x{O}x{Y}x{X}xf32>",
                    weight = "tensor<{O}x{C}x{K}x{L}xf32>", stride = " stride [{S}, {S}] ",
                    rule = stride + "padding {V} : ", window = " window [{K}, {L}]" + stride;
  return {
      {"nn.conv2d %a0, %a1" + rule + "{0}, {1} -> {r0}", {image, weight}, {convolved}},
      {"nn.conv2d %a0, %a1 bias(%a2 : {2})" + rule + "{0}, {1} -> {r0}",
       {image, weight, "tensor<{O}xf32>"},
       {convolved}},
      {"nn.conv_transpose2d %a0, %a1" + rule + "{0}, {1} -> {r0}", {convolved, weight}, {image}},
      {"nn.conv_transpose2d %a0, %a1 bias(%a2 : {2})" + rule + "{0}, {1} -> {r0}",
       {convolved, weight, channels},
       {image}},
      {"nn.conv2d_grad_weight %a0, %a1" + rule + "{0}, {1} -> {r0}", {convolved, image}, {weight}},
      {"nn.max_pool2d %a0" + window + ": {0} -> {r0}", {image}, {pooled}},
      {"nn.max_pool2d_grad %a0, %a1" + window + ": {0}, {1}", {pooled, image}, {image}},
      {"nn.avg_pool2d %a0" + window + ": {0} -> {r0}", {image}, {pooled}},
      {"nn.avg_pool2d %a0" + window + "{adjoint} : {0} -> {r0}", {pooled}, {image}}};
}

std::vector<Form> sphereForms() {
  const std::string s2 = "!spherical.s2<{P}x{Q}, b = {B}, f32>",
                    so3 = "!spherical.so3<{P}x{Q}, b = {B}, f32>",
                    s2Hat = "!spherical.s2_spectrum<{P}x{Q}, b = {B}, f32>",
                    so3Hat = "!spherical.so3_spectrum<{P}x{Q}, b = {B}, f32>",
                    lower = "!spherical.s2_spectrum<{P}x{Q}, b = {D}, f32>",
                    panorama = "tensor<{P}x{Q}x{2B}x{2B}xf32>", angles = "tensor<{P}x3xf32>",
                    picture = "<equirectangular, {2B}x{2B}>", pixels = "tensor<{P}x{Q}x48xf32>";
  return {{"spherical.s2_ft %a0 : {0} -> {r0}", {s2}, {s2Hat}},
          {"spherical.s2_ft %a0 : {0} -> {r0}", {s2}, {lower}},
          {"spherical.s2_ift %a0 : {0} -> {r0}", {s2Hat}, {s2}},
          {"spherical.s2_ift %a0 : {0} -> {r0}", {lower}, {s2}},
          {"spherical.so3_ft %a0 : {0} -> {r0}", {so3}, {so3Hat}},
          {"spherical.so3_ift %a0 : {0} -> {r0}", {so3Hat}, {so3}},
          {"spherical.truncate %a0 : {0} -> {r0}", {s2Hat}, {lower}},
          {"spherical.pad %a0 : {0} -> {r0}", {lower}, {s2Hat}},
          {"spherical.rotate %a0 by [0.1, 0.2, 0.3] : {0}", {s2Hat}, {s2Hat}},
          {"spherical.rotate %a0 by [0.1, 0.2, 0.3] : {0}", {so3}, {so3}},
          {"spherical.grid_ft %a0 grid " + picture + " : {0} -> {r0}", {panorama}, {s2Hat}},
          {"spherical.grid_ft %a0 grid <healpix_ring, 2> : {0} -> {r0}", {pixels}, {lower}},
          {"spherical.grid_ift %a0 grid <healpix_nested, 2> : {0} -> {r0}", {lower}, {pixels}},
          {"spherical.interpolate %a0 grid " + picture + " : {0} -> {r0}", {panorama}, {s2}},
          {"spherical.rotate_by %a0, %a1 : {0}, {1}", {s2Hat, angles}, {s2Hat}},
          {"spherical.so3_integrate %a0 : {0} -> {r0}", {so3}, {"tensor<{P}x{Q}xf32>"}},
          {"spherical.so3_orbit_mean %a0 : {0} -> {r0}", {so3}, {s2}},
          {"spherical.sum_n %a0 : {0} -> {r0}", {so3Hat}, {s2Hat}},
          {"spherical.add_bias %a0, %a1 : {0}, {1}", {s2, "tensor<{Q}xf32>"}, {s2}},
          {"spherical.bias_grad %a0 : {0} -> {r0}", {so3}, {"tensor<{Q}xf32>"}},
          {"spherical.samples %a0 : {0} -> {r0}", {s2}, {"tensor<{P}x{Q}x{2B}x{2B}xf32>"}},
          {"spherical.resample %a0 : {0} -> {r0}", {s2}, {"!spherical.s2<{P}x{Q}, b = {D}, f32>"}}};
}

using Words = std::map<std::string, std::string>;

/// `text` with each {key} replaced.
std::string filled(std::string text, const Words &words) {
  for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at)) {
    const size_t end = text.find('}', at);
    const auto word = words.find(text.substr(at + 1, end - at - 1));
    if (word == words.end())
      ++at; // an attribute dictionary
    else
      text.replace(at, end - at + 1, word->second);
  }
  return text;
}

class Drawing {
public:
  explicit Drawing(uint64_t seed) : bits(seed) {}

  int64_t below(int64_t limit) { return static_cast<int64_t>(bits() % limit); }
  template <typename T> const T &one(const std::vector<T> &choices) {
    return choices[below(static_cast<int64_t>(choices.size()))];
  }
  std::string program(const Form &form);
  TensorMap inputs(const driver::Signature &signature);
  /// Damages an input, or a name, in one of several ways.
  void damage(TensorMap &inputs);

private:
  Words words();
  Tensor values(const EntryValue &value);

  std::mt19937_64 bits;
};

Words Drawing::words() {
  const std::vector<int64_t> extents = {0, 0, 1, 1, 2, 3, 5, 18}, small = {1, 1, 2, 3};
  std::map<std::string, int64_t> sizes;
  for (const char *letter : {"N", "C", "O", "H", "W"})
    sizes[letter] = one(extents);
  if (below(3) == 0)
    sizes["W"] = sizes["H"] = 2 * one(small); // a grid
  for (const char *letter : {"P", "Q", "B", "D", "S"})
    sizes[letter] = one(small);
  for (const char *letter : {"K", "L"})
    sizes[letter] = below(4);
  const std::string border = one<std::string>({"valid", "zero", "circular"});
  const auto windows = [&](int64_t extent, int64_t kernel) {
    if (border != "valid")
      return (extent + sizes["S"] - 1) / sizes["S"];
    return extent < kernel ? 0 : (extent - kernel) / sizes["S"] + 1;
  };
  sizes["Y"] = windows(sizes["H"], sizes["K"]);
  sizes["X"] = windows(sizes["W"], sizes["L"]);
  sizes["C+O"] = sizes["C"] + sizes["O"];
  sizes["H+K"] = sizes["H"] + sizes["K"];
  sizes["W+L"] = sizes["W"] + sizes["L"];
  sizes["2B"] = 2 * sizes["B"];
  Words words = {{"V", border}};
  for (const auto &[letter, size] : sizes)
    words[letter] = std::to_string(size);
  return words;
}

std::string Drawing::program(const Form &form) {
  Words words = this->words();
  std::string arguments, results, names;
  for (size_t i = 0; i < form.arguments.size(); ++i) {
    words[std::to_string(i)] = filled(form.arguments[i], words);
    arguments += (i == 0 ? "%a" : ", %a") + std::to_string(i) + ": " + words[std::to_string(i)];
  }
  for (size_t i = 0; i < form.results.size(); ++i) {
    words["r" + std::to_string(i)] = filled(form.results[i], words);
    results += (i == 0 ? "" : ", ") + words["r" + std::to_string(i)];
    names += (i == 0 ? "%r" : ", %r") + std::to_string(i);
  }
  return "func.func @f(" + arguments + ") -> (" + results + ") {\n  " + names + " = " +
         filled(form.line, words) + "\n  return " + names + " : " + results + "\n}\n";
}

Tensor Drawing::values(const EntryValue &value) {
  std::normal_distribution<double> normal;
  std::vector<double> numbers(runtime::elementCount(value.shape));
  for (double &number : numbers)
    number = runtime::isFloat(value.declared) ? std::abs(normal(bits)) + 0.1 : 1;
  if (const auto &range = value.constraints.integers; range && !value.shape.empty())
    for (double &number : numbers)
      number = static_cast<double>(range->low + below(range->high - range->low + 1));
  if (value.constraints.missing)
    for (double &number : numbers)
      if (below(4) == 0)
        number = runtime::isFloat(value.declared) ? std::nan("") : runtime::missingLabel;
  if (const auto &spectrum = value.constraints.spectrum) {
    const auto domain = spectrum->onSO3 ? reference::Domain::SO3 : reference::Domain::S2;
    const auto size = 2 * reference::spectrumSize(domain, spectrum->degrees);
    for (size_t at = 0; at < numbers.size(); at += size) {
      auto *pairs = reinterpret_cast<reference::Complex *>(&numbers[at]);
      std::ranges::copy(reference::hermitianPart(domain, spectrum->degrees, pairs), pairs);
    }
  }
  return runtime::converted(Tensor::of<double>(value.shape, numbers), value.declared);
}

TensorMap Drawing::inputs(const driver::Signature &signature) {
  TensorMap inputs;
  for (const EntryValue &value : signature.arguments)
    inputs.emplace(value.name, values(value));
  return inputs;
}

void Drawing::damage(TensorMap &inputs) {
  if (inputs.empty())
    return;
  auto victim = std::next(inputs.begin(), below(static_cast<int64_t>(inputs.size())));
  Tensor &tensor = victim->second;
  const int64_t kind = below(6);
  if (kind == 0) {
    tensor = Tensor::zeros(tensor.dtype, {7, 1, 2});
  } else if (kind == 1) {
    inputs["agr0"] = tensor;
  } else if (kind == 2) {
    inputs.erase(victim);
  } else if (kind == 3) {
    const DType other =
        one<DType>({DType::U8, DType::F16, DType::I8, DType::F64, DType::I64, DType::Bool});
    tensor = Tensor::zeros(other, tensor.shape);
  } else if (tensor.size() > 0) {
    const int64_t at = below(tensor.size());
    const std::vector<double> floats = {std::nan(""), 1e300,
                                        -std::numeric_limits<double>::infinity(), 40};
    if (runtime::isFloat(tensor.dtype)) {
      tensor = runtime::converted(tensor, DType::F64);
      tensor.as<double>()[at] = one(floats);
    } else {
      tensor = runtime::converted(tensor, DType::I64);
      tensor.as<int64_t>()[at] = one<int64_t>({-1, 0, 2, 3, 5, 18, 255, 4294967297, INT64_MIN});
    }
  }
}

/// What a target says of a program and of inputs: an error, or results.
struct Outcome {
  std::string error;
  TensorMap results;
};

class Target {
public:
  Target(const std::string &target, const std::string &path) {
    driver::SessionOptions options;
    options.target = target;
    auto loaded = Session::load(path, options);
    if (!loaded) {
      error = loaded.error().message;
      return;
    }
    session = std::move(*loaded);
    auto created = Executable::create(*session, "f");
    if (created)
      executable = std::move(*created);
    else
      error = created.error().message;
  }

  Outcome run(const TensorMap &inputs) {
    auto results = driver::runOnce(*executable, "f", inputs, {.file = "inputs"});
    return results ? Outcome{"", std::move(*results)} : Outcome{results.error().message, {}};
  }

  std::string error;
  std::unique_ptr<Session> session;
  std::unique_ptr<Executable> executable;
};

/// Single precision against double: sums of at most some hundred terms of the size of 1, divided by
/// deviations that may be as small as 1e-2.
void expectSame(const TensorMap &results, const TensorMap &expected) {
  ASSERT_EQ(results.size(), expected.size());
  for (const auto &[name, tensor] : expected) {
    const Tensor x = runtime::converted(results.at(name), DType::F64);
    const Tensor y = runtime::converted(tensor, DType::F64);
    ASSERT_EQ(x.shape, y.shape) << name;
    double largest = 1e-2;
    for (const double value : y.as<double>())
      largest = std::max(largest, std::abs(value));
    for (size_t i = 0; i < x.as<double>().size(); ++i) {
      ASSERT_TRUE(std::isfinite(y.as<double>()[i])) << name << " at " << i << " by definition";
      ASSERT_NEAR(x.as<double>()[i], y.as<double>()[i], 1e-4 * largest) << name << " at " << i;
    }
  }
}

/// How often targets ran, refused a program, or refused its inputs.
struct Tally {
  int64_t ran = 0, programs = 0, inputs = 0;
};

class AgreementTest : public testing::Test {
protected:
  ~AgreementTest() override { std::filesystem::remove(path); }

  /// Both targets on one text; null where they refuse it, in the same words.
  std::pair<std::unique_ptr<Target>, std::unique_ptr<Target>> targets(const std::string &text) {
    std::ofstream(path) << text;
    auto reference = std::make_unique<Target>("reference", path),
         cpu = std::make_unique<Target>("cpu", path);
    EXPECT_EQ(cpu->error, reference->error);
    if (!cpu->error.empty() || !reference->error.empty())
      return {};
    return {std::move(reference), std::move(cpu)};
  }

  void compare(const Form &form, Drawing &drawing, Tally &tally) {
    const std::string text = drawing.program(form);
    SCOPED_TRACE(text);
    const auto [reference, cpu] = targets(text);
    if (!cpu) {
      ++tally.programs;
      return;
    }
    const auto signature = reference->executable->signature("f");
    ASSERT_TRUE(signature);
    for (const bool faulty : {false, true, true}) {
      TensorMap inputs = drawing.inputs(*signature);
      if (faulty)
        drawing.damage(inputs);
      const Outcome expected = reference->run(inputs), got = cpu->run(inputs);
      ASSERT_EQ(got.error, expected.error);
      ASSERT_TRUE(faulty || expected.error.empty()) << expected.error;
      ++(expected.error.empty() ? tally.ran : tally.inputs);
      if (expected.error.empty())
        expectSame(got.results, expected.results);
    }
  }

  const std::string path = std::filesystem::temp_directory_path() /
                           ("agreement_test_" + std::to_string(getpid()) + ".mlir");
};

TEST_F(AgreementTest, TargetsComputeOrRefuseTheSame) {
  const char *more = std::getenv("SPHERICAL_DRAWS"); // of each form, for a longer search
  const int drawnOfEach = more ? std::atoi(more) : 1;
  Drawing drawing(20240607);
  Tally tally;
  for (const auto &forms :
       {pointwiseForms(), layerForms(), epilogueForms(), windowForms(), sphereForms()})
    for (const Form &form : forms)
      for (int drawn = 0; drawn < drawnOfEach; ++drawn)
        compare(form, drawing, tally);
  std::printf("ran %lld times, refused %lld programs and %lld inputs\n",
              static_cast<long long>(tally.ran), static_cast<long long>(tally.programs),
              static_cast<long long>(tally.inputs));
  // Each of the three happens often, or the test shows little.
  EXPECT_GT(tally.ran, 100);
  EXPECT_GT(tally.programs, 10);
  EXPECT_GT(tally.inputs, 100);
}

} // namespace
} // namespace spherical
