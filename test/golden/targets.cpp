//===- targets.cpp - compiled targets under test ----------------*- C++ -*-===//

#include "test/golden/targets.h"

#include "test/golden/programs.h"

#include "runtime/math/quadrature.h"
#include "runtime/math/wigner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace spherical::golden {
namespace {

std::vector<double> productGrid(const std::string &what, int64_t b) {
  if (what == "beta")
    return runtime::softBeta(b);
  if (what == "alpha") {
    std::vector<double> alpha;
    for (int64_t i = 0; i < 2 * b; ++i) {
      const double angle = std::arg(runtime::rootOfUnity(i, 2 * b));
      alpha.push_back(angle < 0 ? angle + 2 * std::numbers::pi : angle);
    }
    return alpha;
  }
  if (what == "dh_weights")
    return runtime::dhWeights(b);
  return what == "s2_weights" ? runtime::s2Weights(b) : runtime::so3Weights(b);
}

/// What became of one file.
struct Outcome {
  bool passed = false;
  int64_t tensors = 0, equal = 0;
};

Outcome runFile(const std::string &name, const std::vector<Target> &targets) {
  const File file(name);
  Outcome outcome;
  const int before =
      testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
  for (const Target &target : targets) {
    try {
      EXPECT_TRUE(checkCase(file, target)) << "no test knows the operator of " << name;
    } catch (const std::exception &error) {
      ADD_FAILURE() << name << ": " << error.what();
    }
  }
  const std::vector<std::string> unread = file.unread();
  for (const std::string &tensor : file.names()) {
    const bool wasRead = std::find(unread.begin(), unread.end(), tensor) == unread.end();
    EXPECT_TRUE(wasRead) << name << ": nobody read '" << tensor << "'";
    ++outcome.tensors;
    outcome.equal += wasRead;
  }
  const int after =
      testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
  outcome.passed = after == before;
  return outcome;
}

} // namespace

void runAll(const std::string &name, const std::vector<Target> &targets) {
  int64_t files = 0, passed = 0, tensors = 0, equal = 0;
  for (const std::string &file : fileNames()) {
    SCOPED_TRACE(file);
    const Outcome outcome = runFile(file, targets);
    ++files;
    passed += outcome.passed;
    tensors += outcome.tensors;
    equal += outcome.passed ? outcome.tensors : 0;
  }
  std::printf("golden %s: %ld of %ld files, %ld of %ld tensors\n", name.c_str(), passed, files,
              equal, tensors);
}

Target compiledTarget(const driver::SessionOptions &options) {
  return {[options](const std::string &text) { return makeCompiledRunner(text, options); },
          productGrid,
          runtime::wignerD,
          gridPoints,
          1e-4,
          true};
}

} // namespace spherical::golden
