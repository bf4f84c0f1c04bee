//===- sums_test.cpp - reductions of many terms in single precision -------===//
//
// Each reducing op at a large extent, on positive numbers: what a chain of n
// additions loses grows with n, so that 10^4 terms are off by 10^-6 to 10^-4.
// And inputs whose squares or sums are no numbers in single precision, though the
// results are.
//
//===----------------------------------------------------------------------===//

#include "test/golden/cases.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <random>

namespace spherical {
namespace {

using golden::Tensor;
using golden::Values;
using Shape = std::vector<int64_t>;

/// An argument or result: its name, type and extents in files.
struct Named {
  std::string name, type;
  Shape shape;
};

Named tensor(const std::string &name, const Shape &shape, const std::string &element = "f32") {
  std::string type = "tensor<";
  for (int64_t extent : shape)
    type += std::to_string(extent) + "x";
  return {name, type + element + ">", shape};
}

/// A function with an angle of 2b samples on S2 or SO(3).
Named function(const std::string &name, bool so3, int64_t batch, int64_t channels, int64_t b) {
  Shape shape = {batch, channels, 2 * b, 2 * b};
  if (so3)
    shape.push_back(2 * b);
  return {name,
          std::string(so3 ? "!spherical.so3<" : "!spherical.s2<") + std::to_string(batch) + "x" +
              std::to_string(channels) + ", b = " + std::to_string(b) + ", f32>",
          shape};
}

/// A function of the arguments; `$name` in its body is the name's type.
std::string textOf(const std::vector<Named> &arguments, const std::vector<Named> &results,
                   std::string body, bool gradient) {
  std::string in, out, values, types;
  auto fill = [&](const Named &value) {
    for (size_t at; (at = body.find("$" + value.name)) != std::string::npos;)
      body.replace(at, value.name.size() + 1, value.type);
  };
  for (const Named &a : arguments) {
    in += (in.empty() ? "%" : ", %") + a.name + ": " + a.type + " {spherical.name = \"" + a.name +
          "\"}";
    fill(a);
  }
  for (const Named &r : results) {
    out += (out.empty() ? "" : ", ") + r.type + " {spherical.name = \"" + r.name + "\"}";
    values += (values.empty() ? "%" : ", %") + r.name;
    types += (types.empty() ? "" : ", ") + r.type;
    fill(r);
  }
  return "func.func @f(" + in + ") -> (" + out + ")" +
         (gradient ? " attributes {spherical.gradient}" : "") + " {\n  " + body + "\n  return " +
         values + " : " + types + "\n}\n";
}

/// Single-precision numbers in [0, scale), different for each name.
Tensor positive(const Named &value, double scale = 1.0) {
  std::seed_seq seed(value.name.begin(), value.name.end());
  std::mt19937_64 bits(seed);
  std::uniform_real_distribution<double> uniform(0.0, scale);
  Tensor tensor{value.shape, {}};
  int64_t size = 1;
  for (int64_t extent : value.shape)
    size *= extent;
  for (int64_t i = 0; i < size; ++i)
    tensor.values.push_back(static_cast<float>(uniform(bits)));
  return tensor;
}

/// The roundings of a chain of n additions of positive terms are random and at most eps / 2 of the
/// sum so far: together some sqrt(n / 12) eps / 2 of the total, if all of them are of one sign.
/// Chains are of 32 terms in maps (0.8 eps) and of up to 256 in products (2.3 eps); some steps
/// before and behind the sum add 1 eps. The bounds are three times that.
constexpr double ofMaps = 4 * FLT_EPSILON, ofProducts = 8 * FLT_EPSILON;

/// One program on cpu against its equations in double precision, and its gradients.
void check(const std::vector<Named> &arguments, const std::vector<Named> &results,
           const std::string &body, bool gradient = false, Values values = {},
           double bound = ofMaps) {
  SCOPED_TRACE(body);
  for (const Named &argument : arguments)
    values.emplace(argument.name, positive(argument));
  for (const Named &result : results)
    values.emplace("cot." + result.name, positive({"cot." + result.name, "", result.shape}));
  const std::string text = textOf(arguments, results, body, gradient);
  const auto reference = golden::makeReferenceRunner(text, "graph");
  const auto cpu = golden::makeCpuRunner(text, "");
  golden::expectNear(cpu->run("f", values), reference->run("f", values), bound);
  if (gradient)
    golden::expectNear(cpu->run("f_vjp", values), reference->run("f_vjp", values), bound);
}

TEST(Sums, Pools) {
  check({tensor("x", {3, 2, 101, 97})}, {tensor("y", {3, 2})},
        "%y = nn.global_avg_pool %x : $x -> $y");
  check({tensor("x", {2, 2, 67, 59})}, {tensor("y", {2, 2, 7, 5})},
        "%y = nn.avg_pool2d %x window [61, 55] stride [1, 1] : $x -> $y");
  check({tensor("x", {3, 2, 97, 89})}, {tensor("y", {3, 2, 2, 1})},
        "%y = nn.upsample_nearest %x {adjoint} : $x -> $y");
}

TEST(Sums, Integrals) {
  check({function("x", true, 2, 3, 18)}, {tensor("y", {2, 3})},
        "%y = spherical.so3_integrate %x : $x -> $y");
  check({function("x", true, 18, 3, 9)}, {tensor("y", {3})},
        "%y = spherical.bias_grad %x : $x -> $y");
  check({tensor("x", {5, 3, 61, 83})}, {tensor("y", {3})}, "%y = nn.sum_channels %x : $x -> $y");
  check({tensor("x", {3001, 3})}, {tensor("y", {3})}, "%y = nn.sum_batch %x : $x -> $y");
}

TEST(Sums, Norms) {
  check({tensor("x", {3, 211, 101})}, {tensor("y", {}, "f64")},
        "%y = nn.sum_squares %x : $x -> $y");
}

/// Values below `scale` of one input of normalisation.
Values normValues(const Named &x, double scale) {
  const int64_t channels = x.shape[1];
  Values values = {{"n", {{}, {static_cast<double>(x.shape[0])}}}, {"x", positive(x, scale)}};
  values["mean"] = {{channels}, std::vector<double>(channels, static_cast<float>(scale / 4))};
  values["inverse"] = {{channels}, std::vector<double>(channels, static_cast<float>(1 / scale))};
  return values;
}

/// Normalisation in training, of one input.
void checkNorm(const Named &x, const std::string &measure, double scale = 1.0) {
  const Shape channels = {x.shape[1]};
  std::vector<Named> results = {x, tensor("m", channels), tensor("s", channels),
                                tensor("m1", channels)};
  results[0].name = "y";
  if (scale * scale < FLT_MAX) // else the running variance is no number
    results.push_back(tensor("v1", channels));
  check({x, tensor("w", channels), tensor("b", channels), tensor("mean", channels),
         tensor("var", channels), tensor("n", {}, "i64")},
        results,
        "%y, %m, %s, %m1, %v1 = nn.batch_norm_train %x, %w, %b, %mean, %var, %n " + measure +
            " : $x, $w, $n",
        false, normValues(x, scale));
}

void checkNormGrad(const Named &x, const std::string &measure, double scale = 1.0) {
  const Shape channels = {x.shape[1]};
  std::vector<Named> arguments = {x,
                                  x,
                                  tensor("w", channels),
                                  tensor("mean", channels),
                                  tensor("inverse", channels),
                                  tensor("n", {}, "i64")};
  std::vector<Named> results = {x, tensor("gw", channels), tensor("gb", channels)};
  arguments[1].name = "g", results[0].name = "gx";
  check(arguments, results,
        "%gx, %gw, %gb = nn.batch_norm_grad %g, %x, %w, %mean, %inverse count(%n : $n) " + measure +
            " {training} : $x, $w",
        false, normValues(x, scale));
}

/// The statistics of a spectrum.
void checkSpectrumNorm(double scale) {
  const Named x = function("x", true, 3, 2, 7);
  std::vector<Named> results;
  for (const char *name : {"m", "s", "m1"})
    results.push_back(tensor(name, {2}));
  check({x, tensor("w", {2}), tensor("n", {}, "i64")}, results,
        "%h = spherical.so3_ft %x : $x -> !spherical.so3_spectrum<3x2, b = 6, f32>\n  "
        "%y, %m, %s, %m1, %v1 = nn.batch_norm_train %h, %w, %w, %w, %w, %n : "
        "!spherical.so3_spectrum<3x2, b = 6, f32>, $w, $n",
        false, normValues(x, scale));
}

TEST(Sums, BatchNormalisation) {
  checkSpectrumNorm(1);
  for (auto check : {checkNorm, checkNormGrad}) {
    check(tensor("x", {5, 3, 101, 67}), "", 1);
    check(function("x", false, 5, 3, 30), "statistics area", 1);
    check(function("x", true, 3, 2, 11), "statistics grid", 1);
    check(tensor("x", {3001, 3}), "", 1);
  }
}

TEST(Sums, Losses) {
  Values values = {{"n", {{}, {5}}}, {"l", {{5, 60, 60}, {}}}};
  for (int64_t i = 0; i < 5 * 60 * 60; ++i)
    values["l"].values.push_back(static_cast<double>(i * i % 7));
  check({tensor("z", {5, 7, 60, 60}), tensor("l", {5, 60, 60}, "i32"), tensor("n", {}, "i64")},
        {tensor("y", {})},
        "%y = nn.cross_entropy %z, %l, %n weights area class_weights [1, 2, 3, 4, 5, 6, 7] : "
        "$z, $l, $n -> $y",
        true, values);
  values["n"].values = {18};
  values["l"] = {{18}, {3, 999, 0, 17, 4, 4, 1, 2, 77, 998, 500, 501, 32, 31, 8, 9, 10, 11}};
  check({tensor("z", {18, 1000}), tensor("l", {18}, "i32"), tensor("n", {}, "i64")},
        {tensor("y", {})}, "%y = nn.cross_entropy %z, %l, %n : $z, $l, $n -> $y", true, values);
  values["n"].values = {5};
  check({tensor("z", {5, 3, 60, 60}), tensor("t", {5, 3, 60, 60}), tensor("n", {}, "i64")},
        {tensor("y", {})}, "%y = nn.mean_squared_error %z, %t, %n : $z, $n -> $y", true, values);
}

TEST(Sums, Products) {
  check({tensor("x", {35, 2001}), tensor("w", {601, 2001}), tensor("b", {601})},
        {tensor("y", {35, 601})}, "%y = nn.linear %x, %w, %b : $x, $w, $b -> $y", true, {},
        ofProducts);
  check({tensor("x", {3, 2, 67, 59}), tensor("w", {3, 2, 4, 3}), tensor("b", {3})},
        {tensor("y", {3, 3, 64, 57})},
        "%y = nn.conv2d %x, %w bias(%b : $b) stride [1, 1] padding valid : $x, $w -> $y", true, {},
        ofProducts);
  check({tensor("x", {2, 301, 7, 6}), tensor("w", {140, 301, 3, 2})}, {tensor("y", {2, 140, 5, 5})},
        "%y = nn.conv2d %x, %w stride [1, 1] padding valid : $x, $w -> $y", true, {}, ofProducts);
}

TEST(Sums, SphericalConvolutions) {
  check({function("x", true, 2, 201, 2), {"k", "tensor<201x3x6xf32>", {201, 3, 6}}},
        {function("y", true, 2, 3, 2)},
        "%y = spherical.so3_conv %x, %k grid <so3_near_identity<beta = 1, alpha = 3, gamma = 2, "
        "max_beta = 0.7, max_gamma = 1.0>> : $x, $k -> $y",
        true, {}, ofProducts);
}

// Squares of 1e20 are no numbers in single precision, and neither is a sum of 10^4 numbers of 1e35.
TEST(Sums, OfLargeNumbers) {
  for (auto check : {checkNorm, checkNormGrad}) {
    check(function("x", false, 2, 3, 4), "statistics area", 1e20);
    check(tensor("x", {2, 3, 9, 8}), "", 1e20);
  }
  checkNorm(tensor("x", {2, 3, 101, 97}), "", 1e35);
  checkSpectrumNorm(1e20);
  const Named x = tensor("x", {7, 5, 3}), n = tensor("n", {}, "i64");
  check({x}, {tensor("f", {}, "f64")},
        "%s = nn.sum_squares %x : $x -> tensor<f64>\n  "
        "%f = nn.clip_factor %s max_norm 1.0 : tensor<f64>",
        false, {{"x", positive(x, 1e25)}});
  Named t = x;
  t.name = "t";
  check({x, t, n}, {tensor("y", {})}, "%y = nn.mean_squared_error %x, %t, %n : $x, $n -> $y", false,
        {{"x", positive(x, 3e19)}, {"t", positive(t, 3e19)}, {"n", {{}, {7}}}});
}

} // namespace
} // namespace spherical
