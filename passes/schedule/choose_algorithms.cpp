//===- choose_algorithms.cpp - spherical-choose-algorithms ------*- C++ -*-===//
//
// Asks each op for the ways to compute it and writes on it the one with the
// least predicted time, or the one that was asked for, and why.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/passes.h"

#include "dialects/spherical/dialect.h"
#include "passes/remarks.h"
#include "passes/schedule/machine.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace mlir::spherical {
#define GEN_PASS_DEF_CHOOSEALGORITHMS
#include "passes/schedule/passes.h.inc"
namespace {

int64_t product(ArrayRef<int64_t> factors) {
  int64_t result = 1;
  for (int64_t factor : factors)
    result *= factor;
  return result;
}

/// "2 passes of 4 x 5, the fastest of 6; 1.2 flop a byte, bound by memory".
std::string reasonOf(const Candidate &chosen, size_t candidates, bool given,
                     const Machine &machine) {
  std::string reason = chosen.reason;
  if (given)
    reason += ", given by hand";
  else if (candidates > 1)
    reason += llvm::formatv(", the fastest of {0}", candidates);
  if (!reason.empty())
    reason += "; ";
  double intensity = static_cast<double>(chosen.flop) / std::max<int64_t>(chosen.bytes, 1);
  bool compute = intensity > machine.gigaflop / machine.gigabytes;
  return reason + llvm::formatv("{0:f1} flop a byte, bound by {1}", intensity,
                                compute ? "arithmetic" : "memory")
                      .str();
}

struct ChooseAlgorithms : impl::ChooseAlgorithmsBase<ChooseAlgorithms> {
  using ChooseAlgorithmsBase::ChooseAlgorithmsBase;

  void runOnOperation() override {
    const FailureOr<Machine> machine = getMachine(cpu, [&] { return getOperation().emitError(); });
    if (failed(machine))
      return signalPassFailure();
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      auto width = func->getAttrOfType<IntegerAttr>("spherical.lanes");
      for (Operation &op : func.front().without_terminator())
        if (auto computed = dyn_cast<Schedulable>(op);
            computed && failed(choose(computed, *machine, width ? width.getInt() : 1)))
          return signalPassFailure();
    }
  }

  /// The radices of the op's attribute, or of the option if they fit; none if nothing was given.
  FailureOr<SmallVector<int64_t>> givenRadices(Operation *op, ArrayRef<Candidate> candidates) {
    const int64_t length = product(candidates.front().radices);
    if (auto choice = op->getAttrOfType<ChoiceAttr>("spherical.choice");
        choice && !choice.getRadices().empty() && !candidates.front().radices.empty()) {
      if (product(choice.getRadices()) != length)
        return op->emitOpError("expected `radices` with product ")
               << length << ", got " << product(choice.getRadices());
      return SmallVector<int64_t>(choice.getRadices());
    }
    SmallVector<int64_t> option(radices.begin(), radices.end());
    if (candidates.front().radices.empty() || product(option) != length)
      option.clear();
    return option;
  }

  LogicalResult choose(Schedulable op, const Machine &machine, int64_t lanes) {
    const SmallVector<Candidate> candidates = op.getCandidates(machine);
    if (candidates.empty())
      return success();
    FailureOr<SmallVector<int64_t>> given = givenRadices(op, candidates);
    if (failed(given))
      return failure();
    const Candidate *chosen =
        given->empty()
            ? llvm::min_element(
                  candidates,
                  [](const Candidate &a, const Candidate &b) { return a.seconds < b.seconds; })
            : llvm::find_if(candidates, [&](const Candidate &c) { return c.radices == *given; });
    if (chosen == candidates.end())
      return op->emitOpError("expected `radices` up to 16, or larger primes, got ") << *given;
    const std::string reason = reasonOf(*chosen, candidates.size(), !given->empty(), machine);
    if (candidates.size() > 1)
      remarkChosen(op, "ChooseAlgorithms",
                   op->getName().getStringRef() + " by " + chosen->algorithm, reason);
    Builder builder(op);
    op->setAttr("spherical.choice",
                ChoiceAttr::get(&getContext(), builder.getStringAttr(chosen->algorithm),
                                chosen->radices, chosen->lanes ? chosen->lanes : lanes,
                                chosen->tasks, chosen->flop, chosen->bytes,
                                std::llround(chosen->seconds * 1e9),
                                builder.getStringAttr(reason)));
    return success();
  }
};

} // namespace
} // namespace mlir::spherical
