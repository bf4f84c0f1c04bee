//===- check.cpp - whether a problem's results are right ------------------===//

#include "tools/spherical/bench/check.h"

#include "tools/spherical/discrepancy.h"
#include "tools/spherical/driver/tolerance.h"

#include "runtime/data/conversion.h"
#include "runtime/execute/program.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <cmath>

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::Tensor;

/// The largest share of zeros in a result that tells something.
constexpr double mostZeros = 0.99;

double shareOfZeros(const Tensor &tensor) {
  const Tensor doubles = runtime::converted(tensor, DType::F64);
  const std::span<const double> values = doubles.as<double>();
  return static_cast<double>(std::ranges::count(values, 0.0)) / static_cast<double>(values.size());
}

double tolerance(const Problem &problem, const SessionOptions &options) {
  return roundingTolerance(options, 0x1p-24,
                           problem.isModel() ? kModelTerms : problem.program().terms);
}

double relativeError(const Tensor &got, const Tensor &expected) {
  const Tensor ours = runtime::converted(got, DType::F64);
  const Tensor theirs = runtime::converted(expected, DType::F64);
  return distance(ours.as<double>(), theirs.as<double>()).relative;
}

void expectSameBits(const TensorMap &first, const TensorMap &second, const std::string &what,
                    Outcome &outcome) {
  for (const auto &[name, tensor] : first)
    if (tensor.bytes != second.at(name).bytes)
      fail(outcome, Verdict::Failed,
           "expected the same bits of '" + name + "'" + what + ", got others");
}

/// What a model makes of rounding errors at all, by the change of its results for arguments
/// disturbed by 16 eps: some arguments of ReLUs and pools change sides then, as they do in fp32,
/// and norms of few samples show how ill their gradients are conditioned. Every layer adds errors
/// of its own.
constexpr double disturbance = 0x1p-20;

/// The result that is worst for its tolerance: `tolerance` or, where the results for disturbed
/// arguments are given and differ by more, what those say.
Accuracy worstOf(const TensorMap &results, const TensorMap &expected, double tolerance,
                 const TensorMap *disturbed) {
  Accuracy worst{"", 0, tolerance};
  double worstRatio = -1;
  for (const auto &[name, reference] : expected) {
    const double change = disturbed ? relativeError(disturbed->at(name), reference) : 0;
    const double error = relativeError(results.at(name), reference);
    const double allowed = std::max(tolerance, kChangeMargin * change);
    const double ratio = std::isnan(error) ? INFINITY : error / allowed;
    if (ratio > worstRatio) {
      worst = {name, error, allowed};
      worstRatio = ratio;
    }
  }
  return worst;
}

} // namespace

void checkZeros(const TensorMap &results, Outcome &outcome, const TensorMap *reference) {
  const auto text = [](const Tensor &tensor) {
    return runtime::fixedText(100 * shareOfZeros(tensor), 2) + " %";
  };
  for (const auto &[name, tensor] : results)
    if (runtime::isFloat(tensor.dtype) && shareOfZeros(tensor) > mostZeros)
      fail(outcome, Verdict::Mistrusted,
           "expected at most 99 % zeros in '" + name + "', got " + text(tensor) +
               (reference ? ", the reference " + text(reference->at(name)) : ""));
}

void checkCorrect(Subject &subject, std::optional<double> limit, Outcome &outcome) {
  const Result<TensorMap> results = subject.run();
  if (!results)
    return fail(outcome, Verdict::Failed, results.error().message);
  const Result<TensorMap> expected = subject.runReference();
  if (!expected)
    return fail(outcome, Verdict::Failed, expected.error().message);
  checkZeros(*results, outcome, &*expected);
  const double allowed = limit.value_or(tolerance(outcome.problem, subject.options()));
  if (limit || !outcome.problem.isModel()) {
    outcome.accuracy = worstOf(*results, *expected, allowed, nullptr);
  } else {
    const Result<TensorMap> disturbed = subject.runReference(disturbance);
    if (!disturbed)
      return fail(outcome, Verdict::Failed, disturbed.error().message);
    outcome.accuracy = worstOf(*results, *expected, allowed, &*disturbed);
  }
  const Accuracy &worst = *outcome.accuracy;
  if (!(worst.error <= worst.tolerance))
    fail(outcome, Verdict::Failed,
         "expected '" + worst.name + "' within " + runtime::scientificText(worst.tolerance) +
             " of the reference, got " + runtime::scientificText(worst.error));
}

void checkBitwise(Subject &subject, int64_t threads, Outcome &outcome) {
  runtime::Program &program = *subject.executable().program();
  const std::string several = " on 1 thread and on " + std::to_string(threads) + " threads";
  program.shareShortEntries(true);
  TensorMap first;
  const std::pair<int64_t, std::string> runs[] = {
      {1, ""}, {threads, several}, {threads, several + " a second time"}};
  for (const auto &[workers, what] : runs) {
    program.setThreads(workers);
    Result<TensorMap> results = subject.run();
    if (!results)
      return fail(outcome, Verdict::Failed, results.error().message);
    if (first.empty())
      first = std::move(*results);
    else
      expectSameBits(first, *results, what, outcome);
  }
  program.shareShortEntries(false);
  checkZeros(first, outcome);
}

} // namespace spherical::driver
