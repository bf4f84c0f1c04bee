//===- cases.cpp - what every golden case demands of a target ---*- C++ -*-===//

#include "test/golden/cases.h"

#include "test/golden/programs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spherical::golden {
namespace {

/// The learning rate of all cases.
constexpr double learningRate = 1e-3;

/// Fails unless `got` equals `expected` up to `tolerance` times its largest value and `slack`.
void expectNear(const std::string &name, const Tensor &got, const Tensor &expected,
                double tolerance, double slack = 0.0) {
  EXPECT_EQ(got.shape, expected.shape) << name;
  double largest = 0.0;
  for (double value : expected.values)
    largest = std::max(largest, std::abs(value));
  const double error = relativeError(got.values, expected.values);
  EXPECT_LE(error * (largest > 1e-300 ? largest : 1.0), tolerance * largest + slack) << name;
}

/// The same for the tensor of a file.
void expectNear(const File &file, const std::string &tensor, const Tensor &got, double tolerance,
                double slack = 0.0) {
  expectNear(tensor, got, file.read(tensor), tolerance, slack);
}

void checkGrids(const File &file, const Target &target) {
  for (const std::string &what : file.names()) {
    const std::vector<double> values = target.grid(what, file.attributes.at("b"));
    expectNear(file, what, {{static_cast<int64_t>(values.size())}, values}, target.tolerance);
  }
}

void checkKernelGrid(const File &file, const Target &target) {
  expectNear(file, "grid", {file.read("grid").shape, target.points(file.attributes.at("grid"))},
             target.tolerance);
}

/// d.<l>[point, m + l, n + l] and D.<l> = e^{i m alpha} d e^{i n gamma}.
void checkWigner(const File &file, const Target &target) {
  const std::vector<double> &alpha = file.read("alpha").values, &beta = file.read("beta").values;
  const std::vector<double> &gamma = file.read("gamma").values;
  for (int64_t l : file.attributes.at("degrees").get<std::vector<int64_t>>()) {
    Tensor d{file.read("d." + std::to_string(l)).shape, {}}, D{d.shape, {}};
    D.shape.push_back(2);
    for (size_t p = 0; p < beta.size(); ++p)
      for (int64_t m = -l; m <= l; ++m)
        for (int64_t n = -l; n <= l; ++n) {
          d.values.push_back(target.wignerD(l, m, n, beta[p]));
          const auto value = std::polar(1.0, m * alpha[p] + n * gamma[p]) * d.values.back();
          D.values.insert(D.values.end(), {value.real(), value.imag()});
        }
    expectNear(file, "d." + std::to_string(l), d, target.tolerance);
    if (file.has("D." + std::to_string(l)))
      expectNear(file, "D." + std::to_string(l), D, target.tolerance);
  }
}

void checkOperator(const File &file, const Program &program, const Target &target) {
  const std::unique_ptr<Runner> runner = target.compile(program.text);
  for (const Call &call : program.calls) {
    Values inputs = call.constants;
    for (const auto &[name, tensor] : call.inputs)
      inputs[name] = file.read(tensor);
    const Values results = runner->run(call.entry, inputs);
    for (const auto &[name, tensor] : call.outputs)
      expectNear(file, tensor, results.at(name), target.tolerance);
  }
  // Convolutions and kernel transforms name the points of the attribute `grid`; that of a shortcut
  // is the identity.
  if (file.has("grid") && file.attributes.contains("grid"))
    checkKernelGrid(file, target);
  else if (file.has("grid"))
    expectNear(file, "grid", {{1, 3}, {0.0, 0.0, 0.0}}, target.tolerance);
}

/// Row t of a tensor [steps, n].
Tensor row(const Tensor &tensor, int64_t t) {
  const int64_t n = tensor.shape.at(1);
  return {{n}, {tensor.values.begin() + t * n, tensor.values.begin() + (t + 1) * n}};
}

void checkAdam(const File &file, const Target &target) {
  const Tensor &g = file.read("in.g");
  const int64_t steps = g.shape.at(0), n = g.shape.at(1);
  const std::unique_ptr<Runner> runner = target.compile(adamText(n));
  const Tensor zeros{{n}, std::vector<double>(n)};
  Values state = {{"p", file.read("in.p")}, {"m", zeros}, {"v", zeros}}, all;
  for (int64_t t = 0; t < steps; ++t) {
    Values inputs = state;
    inputs["g"] = row(g, t);
    inputs["step"] = {{}, {static_cast<double>(t + 1)}};
    inputs["learning_rate"] = {{}, {learningRate}};
    state = runner->run("f", inputs);
    for (const auto &[name, value] : state) {
      all[name].shape = {t + 1, n};
      all[name].values.insert(all[name].values.end(), value.values.begin(), value.values.end());
    }
  }
  for (const auto &[name, value] : all)
    expectNear(file, "out." + name, value, target.tolerance);
}

/// The tensors of a network's file by the names of programs, for prefix "param." and "state.".
Values parametersOf(const File &file) {
  Values values;
  for (const std::string &name : file.names())
    if (name.starts_with("param.") || name.starts_with("state."))
      values[name.substr(6)] = file.read(name);
  return values;
}

/// The largest size of a gradient of a parameter.
double largestGradient(const File &file) {
  double largest = 0.0;
  for (const std::string &name : file.names())
    if (name.starts_with("grad.") && name != "grad.batch.x")
      for (double value : file.read(name).values)
        largest = std::max(largest, std::abs(value));
  return largest;
}

void checkGradients(const File &file, Runner &runner, const Values &inputs, const Target &target) {
  const Values results = runner.run("loss_and_gradients", inputs);
  expectNear(file, "out.logits", results.at("logits"), target.tolerance);
  expectNear(file, "out.loss", results.at("loss"), target.tolerance);
  expectNear(file, "grad_logits", results.at("grad.logits"), target.tolerance);
  expectNear(file, "grad.batch.x", results.at("grad.x"), target.tolerance);
  // A gradient that is zero but for rounding is measured against the largest of them all.
  const double slack = 1e-3 * target.tolerance * largestGradient(file);
  for (const std::string &name : file.names())
    if (name.starts_with("grad.") && name != "grad.batch.x")
      expectNear(file, name, results.at(name), target.tolerance, slack);
}

/// Compares a parameter after t steps, value by value. Adam divides a gradient by its own size: in
/// single precision a value whose gradient drowns in rounding moves by up to the rate a step in any
/// direction, and any other is off by a part of the rate.
void expectStepped(const File &file, const std::string &name, const std::string &parameter,
                   int64_t t, const Tensor &got) {
  constexpr double drowned = 1e-4, part = 1e-2;
  const Tensor &expected = file.read(name), &gradient = file.read("grad." + parameter);
  const double moved = learningRate * static_cast<double>(t), largest = largestGradient(file);
  ASSERT_EQ(got.shape, expected.shape) << name;
  for (size_t i = 0; i < expected.values.size(); ++i) {
    const bool isNoise = std::abs(gradient.values[i]) < drowned * largest;
    EXPECT_NEAR(got.values[i], expected.values[i], (isNoise ? 2 : part) * moved) << name;
  }
}

/// Compares parameters and states after step t with step<t>.param.* and step<t>.state.*.
void checkStep(const File &file, int64_t t, const Values &values, const Target &target) {
  const std::string prefix = "step" + std::to_string(t) + ".";
  for (const std::string &name : file.names()) {
    if (!name.starts_with(prefix))
      continue;
    const std::string own = name.substr(prefix.size() + 6);
    if (name.starts_with(prefix + "param.") && target.roundingMovesParameters)
      expectStepped(file, name, own, t, values.at(own));
    else
      expectNear(file, name, values.at(own), target.tolerance);
  }
}

/// Gradients, five steps of training and the logits after them.
void checkNetwork(const File &file, const std::string &text, const Target &target) {
  const std::unique_ptr<Runner> runner = target.compile(text);
  const Tensor &labels = file.read("batch.labels");
  Values inputs = parametersOf(file);
  inputs["x"] = file.read("batch.x");
  inputs["labels"] = labels;
  inputs["count"] = {{}, {static_cast<double>(labels.shape.at(0))}};
  inputs["learning_rate"] = {{}, {learningRate}};
  checkGradients(file, *runner, inputs, target);
  Tensor losses{file.read("losses").shape, {}};
  const int64_t steps = losses.shape.at(0) - 1;
  for (int64_t t = 1; t <= steps; ++t) {
    const Values results = runner->run("train_step", inputs);
    losses.values.push_back(results.at("loss").values.at(0));
    for (const auto &[name, value] : results)
      if (name != "loss" && name != "logits")
        inputs[name] = value;
    checkStep(file, t, inputs, target);
  }
  losses.values.push_back(runner->run("loss_and_gradients", inputs).at("loss").values.at(0));
  expectNear(file, "losses", losses, target.tolerance);
  expectNear(file, "final.eval_logits", runner->run("forward", inputs).at("logits"),
             target.tolerance);
}

} // namespace

void expectNear(const Values &got, const Values &expected, double tolerance) {
  ASSERT_EQ(got.size(), expected.size());
  for (const auto &[name, tensor] : expected) {
    ASSERT_TRUE(got.count(name)) << name;
    expectNear(name, got.at(name), tensor, tolerance);
  }
}

bool checkCase(const File &file, const Target &target) {
  const std::string op = file.attributes.at("op");
  if (const std::optional<Program> program = operatorProgram(file))
    checkOperator(file, *program, target);
  else if (op == "grids")
    checkGrids(file, target);
  else if (op == "kernel_grid")
    checkKernelGrid(file, target);
  else if (op == "wigner")
    checkWigner(file, target);
  else if (op == "adam")
    checkAdam(file, target);
  else if (op == "s2cnn_classifier")
    checkNetwork(file, classifierText(file), target);
  else if (op == "s2cnn_segmenter")
    checkNetwork(file, segmenterText(file), target);
  else if (op == "cnn_classifier")
    checkNetwork(file, planarClassifierText(file), target);
  else if (op == "cnn_segmenter")
    checkNetwork(file, planarSegmenterText(file), target);
  else
    return false;
  return true;
}

} // namespace spherical::golden
