//===- choose_algorithms.cpp - spherical-choose-algorithms ------*- C++ -*-===//
//
// Asks each op for the ways to compute it and writes on it the one with the
// least predicted time, or the one that was asked for, and why.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/choices.h"
#include "passes/schedule/passes.h"

#include "dialects/nn/fourier.h"
#include "dialects/nn/winograd.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/tiles.h"
#include "dialects/spherical/work.h"
#include "passes/remarks.h"
#include "passes/schedule/machine.h"
#include "passes/schedule/preferences.h"

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
  if (chosen.rounding > 1)
    reason += llvm::formatv(", rounds {0:f1} times as much as plain sums", chosen.rounding);
  if (!reason.empty())
    reason += "; ";
  double intensity = static_cast<double>(chosen.flop) / std::max<int64_t>(chosen.bytes, 1);
  bool compute = intensity > machine.gigaflop / machine.gigabytes;
  return reason + llvm::formatv("{0:f1} flop a byte, bound by {1}", intensity,
                                compute ? "arithmetic" : "memory")
                      .str();
}

} // namespace

void setChoice(Operation *op, const Candidate &chosen, size_t candidates, bool given,
               const Machine &machine, int64_t lanes) {
  const std::string reason = reasonOf(chosen, candidates, given, machine);
  if (candidates > 1)
    remarkChosen(op, "ChooseAlgorithms", op->getName().getStringRef() + " by " + chosen.algorithm,
                 reason);
  Builder builder(op);
  op->setAttr("spherical.choice",
              ChoiceAttr::get(builder.getContext(), builder.getStringAttr(chosen.algorithm),
                              chosen.radices, chosen.rows, chosen.tile,
                              chosen.lanes ? chosen.lanes : lanes, chosen.tasks, chosen.flop,
                              chosen.bytes, std::llround(chosen.seconds * 1e9),
                              builder.getStringAttr(reason)));
}

namespace {

struct ChooseAlgorithms : impl::ChooseAlgorithmsBase<ChooseAlgorithms> {
  using ChooseAlgorithmsBase::ChooseAlgorithmsBase;

  void runOnOperation() override {
    auto emitError = [&] { return getOperation().emitError(); };
    const FailureOr<Machine> machine = getMachine(cpu, emitError);
    const SmallVector<std::string> wishes(choose.begin(), choose.end());
    FailureOr<Preferences> parsed = Preferences::parse(wishes, emitError);
    if (failed(machine) || failed(parsed))
      return signalPassFailure();
    Preferences &preferences = *parsed;
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      auto width = func->getAttrOfType<IntegerAttr>("spherical.lanes");
      for (Operation &op : func.front().without_terminator())
        if (auto computed = dyn_cast<Schedulable>(op);
            computed &&
            failed(chooseFor(computed, *machine, width ? width.getInt() : 1, preferences)))
          return signalPassFailure();
    }
    if (const std::string *wish = preferences.unmet()) {
      emitError() << "expected an op with a way to compute it as '" << *wish << "' asks"
                  << (exact > 0 ? ", and that rounds as `exact` says" : "")
                  << ", got none; `spherical inspect --choices=all` lists them";
      return signalPassFailure();
    }
  }

  /// The candidate that a choice in the file asks for, or none: it has no choice, or one that does
  /// not say how. Rows and tile are the choice's own.
  FailureOr<std::optional<Candidate>> given(Operation *op, ArrayRef<Candidate> all) {
    auto choice = op->getAttrOfType<ChoiceAttr>("spherical.choice");
    if (!choice)
      return std::optional<Candidate>();
    SmallVector<Candidate> named, others;
    for (const Candidate &candidate : all)
      if (candidate.algorithm == choice.getAlgorithm())
        named.push_back(candidate);
      else if (!candidate.onRequest)
        others.push_back(candidate);
    const StringRef algorithm = choice.getAlgorithm().getValue();
    if (named.empty() && llvm::is_contained({kLibraryTransforms, kLibraryProducts}, algorithm))
      return op->emitOpError("expected a target that has ")
             << algorithm << ", which `spherical.choice` asks for";
    if (named.empty() &&
        llvm::is_contained({kRingTransforms, kRecursionTransforms, kOrderTransforms,
                            kBfloat16Transforms, nn::kFourier, nn::kWinograd},
                           algorithm))
      return op->emitOpError("expected a way to compute it that it has here, got ")
             << algorithm << ", which `spherical.choice` asks for";
    SmallVector<Candidate> split;
    llvm::copy_if(named, std::back_inserter(split), [&](const Candidate &candidate) {
      return !candidate.radices.empty() && candidate.radices == choice.getRadices();
    });
    const ArrayRef<Candidate> candidates = !split.empty()  ? ArrayRef(split)
                                           : named.empty() ? ArrayRef(others)
                                                           : ArrayRef(named);
    const bool isSplit = !choice.getRadices().empty() && !candidates.front().radices.empty();
    if (isSplit && split.empty())
      return withRadices(op, candidates, choice);
    if (!choice.getTile().empty() && !candidates.front().tile.empty())
      return std::optional<Candidate>(withTile(candidates, choice.getTile()));
    if (isSplit)
      return withRadices(op, candidates, choice);
    if (named.empty() || others.empty())
      return std::optional<Candidate>();
    return std::optional<Candidate>(*llvm::min_element(
        candidates, [](const Candidate &a, const Candidate &b) { return a.seconds < b.seconds; }));
  }

  /// The candidate of a choice's radices, and if possible of its rows.
  static FailureOr<std::optional<Candidate>>
  withRadices(Operation *op, ArrayRef<Candidate> candidates, ChoiceAttr choice) {
    SmallVector<int64_t> lengths;
    for (const Candidate &candidate : candidates)
      if (const int64_t length = product(candidate.radices); !llvm::is_contained(lengths, length))
        lengths.push_back(length);
    if (!llvm::is_contained(lengths, product(choice.getRadices()))) {
      auto error = op->emitOpError("expected `radices` with product ");
      llvm::interleave(lengths, error, " or ");
      return error << ", got " << product(choice.getRadices());
    }
    const Candidate *found = nullptr;
    for (const Candidate &candidate : candidates)
      if (candidate.radices == choice.getRadices() &&
          (!found || candidate.rows == choice.getRows()))
        found = &candidate;
    if (!found)
      return op->emitOpError("expected `radices` up to 16, or larger primes, got ")
             << choice.getRadices();
    std::optional<Candidate> taken = *found;
    taken->rows = choice.getRows();
    return taken;
  }

  /// The candidate of a tile; of one that does not fit the registers the first, in that tile.
  static Candidate withTile(ArrayRef<Candidate> candidates, ArrayRef<int64_t> tile) {
    for (const Candidate &candidate : candidates)
      if (candidate.tile == tile)
        return candidate;
    Candidate taken = candidates.front();
    taken.tile.assign(tile.begin(), tile.end());
    taken.reason = tileText(tile);
    return taken;
  }

  LogicalResult chooseFor(Schedulable op, const Machine &machine, int64_t lanes,
                          Preferences &preferences) {
    SmallVector<Candidate> candidates = op.getCandidates(machine);
    if (candidates.empty())
      return success();
    FailureOr<std::optional<Candidate>> own = given(op, candidates);
    if (failed(own))
      return failure();
    // A choice in the file that leaves the rest open is no request for other algorithms.
    if (auto choice = op->getAttrOfType<ChoiceAttr>("spherical.choice"))
      llvm::erase_if(candidates, [&](const Candidate &candidate) {
        return candidate.onRequest && candidate.algorithm != choice.getAlgorithm();
      });
    auto roundsMore = [&](const Candidate &candidate) {
      return exact > 0 && candidate.rounding > exact;
    };
    if (*own && roundsMore(**own))
      return op->emitOpError() << llvm::formatv("expected a way to compute it that rounds at most "
                                                "{0} times as much as plain sums, "
                                                "as `exact` says, got {1} in `spherical.choice`, "
                                                "which rounds {2:f1} times as much",
                                                exact.getValue(), (*own)->algorithm,
                                                (*own)->rounding);
    llvm::erase_if(candidates, roundsMore);
    const Candidate &chosen =
        *own ? **own : preferences.choose(op, candidates, machine.leastCores());
    const auto considered =
        llvm::count_if(candidates, [](const Candidate &candidate) { return !candidate.onRequest; });
    setChoice(op, chosen, considered, *own || preferences.wasAsked(), machine, lanes);
    return success();
  }
};

} // namespace
} // namespace mlir::spherical
