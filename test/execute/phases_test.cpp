//===- phases_test.cpp - any phase's dump is the same program ---*- C++ -*-===//
//
// Takes the quickstart model to each phase, prints it, reads it again and runs it:
// within rounding on the reference target, bit for bit on cpu.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/conversion.h"
#include "tools/spherical/driver/execute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include <unistd.h>

namespace spherical {
namespace {

using driver::Executable;
using driver::Session;
using driver::TensorMap;
using runtime::DType;
using runtime::Tensor;

constexpr double learningRate = 1e-3;
const char *const model = "examples/models/quickstart.yaml";

/// The value of a result that must not fail.
template <typename T> T expectValue(driver::Result<T> result) {
  if (!result)
    throw std::runtime_error(result.error().message);
  return std::move(*result);
}

std::unique_ptr<Session> load(const std::string &path, const std::string &target) {
  driver::SessionOptions options;
  options.target = target;
  return expectValue(Session::load(path, options));
}

/// The model's text after a phase.
std::string dumpAfter(const std::string &phase, const std::string &target) {
  const auto session = load(model, target);
  if (phase != "graph")
    expectValue(session->runTo(phase));
  return session->text(true);
}

/// A program from text, with what keeps it alive.
struct Loaded {
  std::unique_ptr<Session> session;
  std::unique_ptr<Executable> executable;
};

Loaded loadText(const std::string &text, const std::string &target, const std::string &entry) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("phases_test_" + std::to_string(getpid()) + ".mlir");
  std::ofstream(path) << text;
  Loaded loaded;
  loaded.session = load(path, target);
  std::filesystem::remove(path);
  loaded.executable = expectValue(Executable::create(*loaded.session, entry));
  return loaded;
}

/// Values for every argument of an entry that depend on its name alone, `samples` of those that are
/// batched.
TensorMap randomArguments(const driver::Signature &signature, int64_t samples) {
  TensorMap arguments;
  for (const driver::EntryValue &value : signature.arguments) {
    std::seed_seq seed(value.name.begin(), value.name.end());
    std::mt19937_64 bits(seed);
    std::normal_distribution<double> normal;
    std::vector<int64_t> shape = value.shape;
    if (value.batched)
      shape[0] = samples;
    std::vector<double> numbers(runtime::elementCount(shape));
    for (double &number : numbers) {
      number = normal(bits);
      if (value.role == "label")
        number = static_cast<double>(bits() % 10);
      else if (value.role == "state")
        number = 0.5 + std::abs(number); // a variance
      else if (value.role == "learning_rate")
        number = learningRate;
      else if (value.role == "moment")
        number = 0.0;
      else if (value.role == "count")
        number = static_cast<double>(samples);
    }
    arguments.emplace(value.name,
                      runtime::converted(Tensor::of<double>(shape, numbers), value.dtype));
  }
  return arguments;
}

TensorMap runEntry(Loaded &loaded, const std::string &entry, int64_t samples) {
  const auto signature = expectValue(loaded.executable->signature(entry));
  return expectValue(loaded.executable->run(entry, randomArguments(signature, samples), samples));
}

/// Largest difference, and largest value of b.
std::pair<double, double> difference(const Tensor &a, const Tensor &b) {
  const Tensor x = runtime::converted(a, DType::F64), y = runtime::converted(b, DType::F64);
  double off = x.shape == y.shape ? 0.0 : std::numeric_limits<double>::infinity(), largest = 0.0;
  for (size_t i = 0; off < 1e300 && i < x.as<double>().size(); ++i) {
    const double distance = std::abs(x.as<double>()[i] - y.as<double>()[i]);
    off = std::isfinite(distance) ? std::max(off, distance) : INFINITY;
    largest = std::max(largest, std::abs(y.as<double>()[i]));
  }
  return {off, largest};
}

// Sums of at most 60^2 terms in another order. Gradients that are zero but for rounding are
// measured against the size of others, about 1. Adam divides a gradient by its size plus 1e-8: an
// error of 1e-12 in one that is zero moves its parameter by 1e-4 of the learning rate.
TEST(Phases, EveryDumpIsTheSameProgramOnTheReferenceTarget) {
  constexpr double tolerance = 1e-9;
  for (const std::string entry : {"forward", "loss_and_gradients", "train_step"}) {
    const double zero = entry == "train_step" ? 1e-4 * learningRate : 1e-12;
    TensorMap expected;
    for (const std::string phase :
         {"graph", "expand", "differentiate", "fuse", "schedule", "plan"}) {
      SCOPED_TRACE(entry + " after " + phase);
      Loaded loaded = loadText(dumpAfter(phase, "reference"), "reference", entry);
      const TensorMap results = runEntry(loaded, entry, 3);
      if (expected.empty())
        expected = results;
      EXPECT_EQ(results.size(), expected.size());
      for (const auto &[name, tensor] : results) {
        const auto [off, largest] = difference(tensor, expected.at(name));
        EXPECT_LE(off, tolerance * largest + zero) << name;
      }
    }
  }
}

// The same passes run on the way, whether from the model or from a dump.
TEST(Phases, EveryDumpGivesTheSameBitsOnCpu) {
  for (const std::string entry : {"forward", "loss_and_gradients", "train_step"}) {
    TensorMap expected;
    for (const std::string phase :
         {"graph", "expand", "differentiate", "fuse", "schedule", "plan", "lower"}) {
      SCOPED_TRACE(entry + " after " + phase);
      Loaded loaded = loadText(dumpAfter(phase, "cpu"), "cpu", entry);
      const TensorMap results = runEntry(loaded, entry, 3);
      if (expected.empty())
        expected = results;
      EXPECT_EQ(results.size(), expected.size());
      for (const auto &[name, tensor] : results)
        EXPECT_EQ(tensor.bytes, expected.at(name).bytes) << name;
    }
  }
}

} // namespace
} // namespace spherical
