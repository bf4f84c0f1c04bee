//===- cases.h - what every golden case demands of a target -----*- C++ -*-===//

#ifndef SPHERICAL_TEST_GOLDEN_CASES_H
#define SPHERICAL_TEST_GOLDEN_CASES_H

#include "test/golden/runner.h"

#include <functional>

namespace spherical::golden {

/// A target under test: programs, and the functions that no program holds.
struct Target {
  /// Compiles a program; throws std::runtime_error with the diagnostics.
  std::function<std::unique_ptr<Runner>(const std::string &text)> compile;
  /// beta, alpha, dh_weights, s2_weights or so3_weights of a band-limit.
  std::function<std::vector<double>(const std::string &what, int64_t b)> grid;
  /// d^l_mn(beta)
  std::function<double(int64_t l, int64_t m, int64_t n, double beta)> wignerD;
  /// The points of a grid of a case, flat: beta, alpha and, on SO(3), gamma.
  std::function<std::vector<double>(const nlohmann::json &grid)> points;
  /// Largest error of a value relative to the largest of its tensor.
  double tolerance;
  /// Whether rounding lets a parameter without gradient move by up to the learning rate a step, as
  /// Adam divides by the gradient's own size.
  bool roundingMovesParameters;
};

/// Runs the case on the target and compares every tensor of the file, each by `expectNear`; throws
/// std::runtime_error if the target cannot run it. Returns false if no list of cases has its
/// operator.
bool checkCase(const File &file, const Target &target);

/// Expects the same results, each of the same shape and with each value within the tolerance,
/// relative to the largest of its tensor: zeros must be zeros, and no value may be NaN.
void expectNear(const Values &got, const Values &expected, double tolerance);

} // namespace spherical::golden

#endif // SPHERICAL_TEST_GOLDEN_CASES_H
