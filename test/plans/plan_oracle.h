//===- plan_oracle.h - what becomes of a plan -------------------*- C++ -*-===//
//
// A plan, as it may stand in a file that somebody edited, is refused with a
// message, or machine code computes what the reference target computes.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_PLANS_PLAN_ORACLE_H
#define SPHERICAL_TEST_PLANS_PLAN_ORACLE_H

#include <cstdint>
#include <string>

namespace spherical::test {

enum class Verdict {
  Refused, ///< with a message, before it runs
  Equal,   ///< machine code and reference agree on random arguments
  Wrong    ///< anything else: `what` says it
};

struct Judgement {
  Verdict verdict = Verdict::Wrong;
  /// The first message of a refusal, or what is wrong. If targets are equal, how many results of
  /// how many were compared.
  std::string what;
};

/// Takes the text of a module with one planned function through parser, verifiers and code
/// generation and, if it is not refused, runs it on arguments that depend on `seed`, between guard
/// pages: on all samples and on some, on memory that holds one thing or another, the tasks from
/// both ends, results apart from and in place of what they replace. These must agree bit for bit,
/// and with the reference target:
/// - Values are equal if they differ by at most 1e-4 of the largest of the result and 1000 times
///   what the reference changes by if its arguments change by 1e-7 of their size. (Rounding in
///   single precision moves no more, unless sums of many terms cancel.)
/// - Where the reference is not finite or beyond 1e30, single precision may overflow on its way:
///   such elements are not compared. Where the arguments move the reference by more than a tenth of
///   the largest value, none is: the plan amplifies any rounding.
/// A fault ends the process.
Judgement judge(const std::string &text, uint64_t seed, const std::string &cpu = "x86-64-v3");

} // namespace spherical::test

#endif // SPHERICAL_TEST_PLANS_PLAN_ORACLE_H
