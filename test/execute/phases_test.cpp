//===- phases_test.cpp - any phase's dump is the same program ---*- C++ -*-===//
//
// Takes the quickstart model to each phase, prints it, reads it again and runs it:
// within rounding on the reference target, bit for bit on cpu.
//
//===----------------------------------------------------------------------===//

#include "test/execute/model_run.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

using driver::Executable;
using driver::Session;
using driver::TensorMap;

const char *const model = "examples/models/quickstart.yaml";

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

Loaded loadText(const std::string &text, const std::string &target, const std::string &entry) {
  driver::SessionOptions options;
  options.target = target;
  Loaded loaded{parse("phases.mlir", text, options), nullptr};
  loaded.executable = expectValue(Executable::create(*loaded.session, entry));
  return loaded;
}

// Sums of at most 60^2 terms in another order. Gradients that are zero but for rounding are
// measured against the size of others, about 1. Adam divides a gradient by its size plus 1e-8: an
// error of 1e-12 in one that is zero moves its parameter by 1e-4 of the learning rate.
TEST(Phases, EveryDumpIsTheSameProgramOnTheReferenceTarget) {
  constexpr double tolerance = 1e-9;
  for (const std::string entry : {"forward", "loss_and_gradients", "train_step"}) {
    const double zero = entry == "train_step" ? 1e-4 * kLearningRate : 1e-12;
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
