//===- targets_test.cpp - layers, losses and steps on every target -*- C++ -*-===//
//
// Networks with the statistics, projections, losses and steps that no reference
// file has: the graph by definition in fp64, the same planned, and the cpu, there
// bit for bit for any number of threads.
//
//===----------------------------------------------------------------------===//

#include "test/execute/model_run.h"

#include "runtime/data/conversion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace spherical {
namespace {

using driver::Executable;
using driver::Session;
using driver::TensorMap;
using runtime::DType;
using runtime::Tensor;

/// More than one lane group of 16, and samples beyond the count in the last one.
constexpr int64_t samples = 18;
constexpr double learningRate = 0.05;

/// Arguments of a batch norm of `channels` channels.
std::string normArguments(const std::string &name, int64_t channels) {
  const std::string type = "tensor<" + std::to_string(channels) + "xf32>";
  std::string text;
  for (const char *part : {"weight", "bias", "running_mean", "running_var"}) {
    const bool state = std::string(part).starts_with("running");
    text += ", %" + name + "_" + part + ": " + type + " {spherical.role = \"" +
            (state ? "state" : "parameter") + "\", spherical.name = \"" + name + "." + part + "\"}";
  }
  return text;
}

std::string kernelArgument(const std::string &name, const std::string &shape) {
  return ", %" + name + ": tensor<" + shape +
         "xf32> {spherical.role = \"parameter\", spherical.name = \"" + name + "\"}";
}

std::string norm(const std::string &name, const std::string &how) {
  return "%" + name + "_weight, %" + name + "_bias, %" + name + "_running_mean, %" + name +
         "_running_var " + how;
}

const std::string so3Grid =
    "grid <so3_near_identity<beta = 2, alpha = 3, gamma = 3, max_beta = 0.7, max_gamma = 6.0>>";

/// A segmenter: statistics by area and by grid on functions, in the spectrum where no ReLU follows.
std::string segmenter(const std::string &attributes) {
  return R"(module attributes {spherical.phase = "graph"} {
  func.func @forward(%x: tensor<20x2x8x8xf32> {spherical.role = "input", spherical.name = "x"})" +
         kernelArgument("k0", "2x3x6") + normArguments("bn0", 3) + kernelArgument("k1", "3x5x18") +
         normArguments("bn1", 5) + kernelArgument("k2", "5x4x18") + normArguments("bn2", 4) +
         kernelArgument("k3", "4x3x18") + normArguments("bn3", 3) +
         R"() -> (tensor<20x3x8x8xf32> {spherical.name = "logits"}) attributes {)" + attributes +
         R"(} {
    %f = spherical.samples %x : tensor<20x2x8x8xf32> -> !spherical.s2<20x2, b = 4, f32>
    %0 = spherical.s2_conv %f, %k0 grid <s2_near_identity<beta = 2, alpha = 3, max_beta = 0.7>>
        : !spherical.s2<20x2, b = 4, f32> -> !spherical.so3<20x3, b = 3, f32>
    %1 = nn.batch_norm %0, )" +
         norm("bn0", "statistics area") + R"( : !spherical.so3<20x3, b = 3, f32>, tensor<3xf32>
    %2 = nn.relu %1 : !spherical.so3<20x3, b = 3, f32>
    %3 = spherical.so3_conv %2, %k1 )" +
         so3Grid + R"( : !spherical.so3<20x3, b = 3, f32> -> !spherical.so3<20x5, b = 3, f32>
    %4 = nn.batch_norm %3, )" +
         norm("bn1", "statistics grid") + R"( : !spherical.so3<20x5, b = 3, f32>, tensor<5xf32>
    %5 = nn.relu %4 : !spherical.so3<20x5, b = 3, f32>
    %6 = spherical.so3_conv %5, %k2 )" +
         so3Grid + R"( : !spherical.so3<20x5, b = 3, f32> -> !spherical.so3<20x4, b = 2, f32>
    %7 = nn.batch_norm %6, )" +
         norm("bn2", "statistics area") + R"( : !spherical.so3<20x4, b = 2, f32>, tensor<4xf32>
    %8 = spherical.so3_to_s2 %7, %k3 )" +
         so3Grid + R"( high zero projection orbit_mean
        : !spherical.so3<20x4, b = 2, f32> -> !spherical.s2<20x3, b = 4, f32>
    %9 = nn.batch_norm %8, )" +
         norm("bn3", "statistics area") + R"( : !spherical.s2<20x3, b = 4, f32>, tensor<3xf32>
    %y = spherical.samples %9 : !spherical.s2<20x3, b = 4, f32> -> tensor<20x3x8x8xf32>
    return %y : tensor<20x3x8x8xf32>
  }
})";
}

const char *const networks[] = {
    "spherical.loss = #nn.loss<cross_entropy, weights = area, ignore = 255, "
    "class_weights = [0.5, 1.0, 2.0]>, "
    "spherical.optimizer = #nn.optimizer<weight_decay = 0.3, clip = 0.01>",
    "spherical.loss = #nn.loss<cross_entropy, ignore = 1>, "
    "spherical.optimizer = #nn.optimizer<clip = 1000.0>",
    "spherical.loss = #nn.loss<mean_squared_error, weights = area>, "
    "spherical.optimizer = #nn.optimizer<weight_decay = 0.3>",
    "spherical.loss = #nn.loss<mean_absolute_error, weights = area>, "
    "spherical.optimizer = #nn.optimizer<clip = 1.0>",
    "spherical.loss = #nn.loss<mean_squared_error>",
    "spherical.loss = \"mean_absolute_error\""};

/// Values that depend on the argument's name alone. Adam has moments already: it would divide
/// gradients that are 0 but for rounding by their own size. Labels are 0, 1, 2, the
/// one to ignore and -1, of targets some are missing; or all are.
enum class Labels { Mixed, OnlyIgnored };
TensorMap argumentsOf(const driver::Signature &signature, double ignored, Labels labels) {
  return randomArguments(signature, samples,
                         [&](const driver::EntryValue &value, const std::vector<int64_t> &shape,
                             double normal, std::mt19937_64 &bits) {
                           const bool all = labels == Labels::OnlyIgnored;
                           if (value.role == "label" && shape.size() == 4) // a target
                             return all || bits() % 4 == 3 ? std::nan("") : normal;
                           if (value.role == "label") {
                             const uint64_t drawn = bits() % 8;
                             return drawn == 7          ? runtime::missingLabel
                                    : all || drawn == 6 ? ignored
                                                        : static_cast<double>(drawn % 3);
                           }
                           if (value.role == "moment" && shape.empty())
                             return 3.0; // steps before this one
                           if (value.role == "state" || value.name.starts_with("adam.v."))
                             return 0.5 + std::abs(normal); // a variance
                           if (value.role == "learning_rate")
                             return learningRate;
                           return value.role == "count" ? static_cast<double>(samples) : normal;
                         });
}

/// Runs an entry of a program on a target, from its text after a phase.
TensorMap run(const std::string &text, const std::string &target, const std::string &phase,
              const std::string &entry, int64_t threads = 0, Labels labels = Labels::Mixed) {
  driver::SessionOptions options;
  options.target = target;
  options.threads = threads;
  auto session = parse("targets.mlir", text, options);
  if (!phase.empty()) {
    expectValue(session->runTo(phase));
    session = parse("targets.mlir", session->text(true), options);
  }
  const double ignored = text.find("ignore = 255") != std::string::npos ? 255.0 : 1.0;
  const auto executable = expectValue(Executable::create(*session, entry));
  const auto signature = expectValue(executable->signature(entry));
  return expectValue(executable->run(entry, argumentsOf(signature, ignored, labels), samples));
}

/// Each result within the tolerance, relative to its largest value; `zero` is allowed in any case.
void expectNear(const TensorMap &results, const TensorMap &expected, double tolerance,
                double zero) {
  EXPECT_EQ(results.size(), expected.size());
  for (const auto &[name, tensor] : results) {
    const Tensor x = runtime::converted(tensor, DType::F64);
    const Tensor y = runtime::converted(expected.at(name), DType::F64);
    ASSERT_EQ(x.shape, y.shape) << name;
    double off = 0.0, largest = 0.0;
    for (size_t i = 0; i < x.as<double>().size(); ++i) {
      const double distance = std::abs(x.as<double>()[i] - y.as<double>()[i]);
      off = std::isfinite(distance) ? std::max(off, distance)
                                    : std::numeric_limits<double>::infinity();
      largest = std::max(largest, std::abs(y.as<double>()[i]));
    }
    EXPECT_LE(off, tolerance * largest + zero) << name;
  }
}

// Sums of some 10^4 terms in another order: 1e4 eps at the worst.
TEST(Targets, PlannedProgramsEqualTheDefinitions) {
  for (const char *network : networks)
    for (const char *entry : {"loss_and_gradients", "train_step"}) {
      SCOPED_TRACE(std::string(network) + " " + entry);
      const TensorMap expected = run(segmenter(network), "reference", "", entry);
      expectNear(run(segmenter(network), "reference", "fuse", entry), expected, 1e-10, 1e-12);
      expectNear(run(segmenter(network), "reference", "plan", entry), expected, 1e-10, 1e-12);
    }
}

// The same sums in single precision, their errors random: 1e2 eps, amplified by the statistics of
// four layers.
TEST(Targets, CpuEqualsTheDefinitions) {
  for (const char *network : networks)
    for (const char *entry : {"loss_and_gradients", "train_step"}) {
      SCOPED_TRACE(std::string(network) + " " + entry);
      expectNear(run(segmenter(network), "cpu", "", entry),
                 run(segmenter(network), "reference", "", entry), 1e-4, 1e-6);
    }
}

TEST(Targets, BitsDoNotDependOnThreads) {
  for (const char *network : {networks[0], networks[2]}) {
    const TensorMap one = run(segmenter(network), "cpu", "", "train_step", 1);
    for (int64_t threads : {2, 5})
      for (const auto &[name, tensor] : run(segmenter(network), "cpu", "", "train_step", threads))
        EXPECT_EQ(tensor.bytes, one.at(name).bytes) << name << ", " << threads << " threads";
  }
}

// Nothing to learn from: the loss and all gradients are 0, not 0 / 0.
TEST(Targets, OnlyIgnoredLabelsGiveZeros) {
  for (const char *loss : {"#nn.loss<cross_entropy, ignore = 255>", "\"mean_squared_error\"",
                           "#nn.loss<mean_absolute_error, weights = area>"})
    for (const char *target : {"reference", "cpu"})
      for (const auto &[name, tensor] : run(segmenter(std::string("spherical.loss = ") + loss),
                                            target, std::string(target) == "cpu" ? "" : "plan",
                                            "loss_and_gradients", 0, Labels::OnlyIgnored)) {
        const Tensor doubles = runtime::converted(tensor, DType::F64);
        if (name.starts_with("grad.") || name == "loss")
          for (double number : doubles.as<double>())
            ASSERT_EQ(number, 0.0) << name << " on " << target << " of " << loss;
      }
}

} // namespace
} // namespace spherical
