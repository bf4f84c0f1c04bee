//===- series_lanes.cpp - spherical-series-lanes ----------------*- C++ -*-===//
//
// Channels of a sample in the lanes leave those empty that no channel is left for.
// What lies between two products of spectra treats each channel of each sample
// alike: of 8 samples with 11 channels it computes 88 series in 6 groups of 16
// lanes, and not 8 groups of 11.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/passes.h"

#include "dialects/spherical/channel_lanes.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/work.h"
#include "passes/remarks.h"
#include "passes/schedule/channel_lanes.h"
#include "passes/schedule/machine.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_SERIESLANES
#include "passes/schedule/passes.h.inc"
namespace {

using Boundaries = llvm::SetVector<Operation *>;

LaneGroups groupsOf(BoundaryOp op, int64_t lanes) {
  const Signal signal = op.getFunction();
  return laneGroupsOf(signal.batch, signal.channels, lanes);
}

/// Seconds that a spectrum takes between the lanes of a sample's channels and of all: its rows are
/// written and read.
double exchangeSeconds(Type spectrum, const Machine &machine) {
  const Signal signal = *getSignal(spectrum);
  const int64_t values = signal.batch * signal.channels * coefficientsOf(signal);
  const int64_t bytes = values * elementBits(spectrum) / 8;
  return machine.moveSeconds(static_cast<double>(2 * bytes), bytes);
}

/// Whether what makes or reads the value takes it by rows, which any lanes become in one step.
bool isByRows(Value value, Operation *reader) {
  if (value == reader->getResult(0))
    return llvm::all_of(value.getUses(), isReadByRows);
  Operation *source = value.getDefiningOp();
  return source && sidesOf(source).x == value;
}

bool gains(BoundaryOp op, const Machine &machine, int64_t lanes) {
  const LaneGroups groups = groupsOf(op, lanes);
  if (groups.ofAll == 0 || groups.ofAll >= groups.bySample)
    return false;
  double exchange = 0;
  for (Value spectrum : {op.getInput(), op.getResult()})
    if (!isByRows(spectrum, op))
      exchange += exchangeSeconds(spectrum.getType(), machine);
  const Signal signal = op.getFunction();
  const int64_t series = signal.batch * signal.channels;
  const int64_t flop = lanes * (op.getCandidates(machine).front().flop / series);
  // Groups are tasks: the last round may leave cores idle.
  const int64_t cores = machine.leastCores();
  const int64_t rounds =
      llvm::divideCeil(groups.bySample, cores) - llvm::divideCeil(groups.ofAll, cores);
  return exchange <
         machine.workSeconds(static_cast<double>(rounds * cores * flop), kTransformShare);
}

/// Whether all functions and masks that a boundary shares are other such boundaries': they have too
/// many values to be exchanged.
bool sharesFunctions(BoundaryOp op, const Boundaries &boundaries) {
  auto inside = [&](Operation *other) { return other && boundaries.contains(other); };
  return llvm::all_of(op.getExtras(), [&](Value extra) { return inside(extra.getDefiningOp()); }) &&
         (!op.getMask() || llvm::all_of(op.getMask().getUsers(), inside));
}

struct SeriesLanes : impl::SeriesLanesBase<SeriesLanes> {
  using SeriesLanesBase::SeriesLanesBase;

  void runOnOperation() override {
    FailureOr<Machine> machine = getMachine(cpu, [&] { return getOperation().emitError(); });
    if (failed(machine))
      return signalPassFailure();
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (auto lanes = func->getAttrOfType<IntegerAttr>(kChannelLanesAttr);
          lanes && !func->hasAttr("spherical.lanes"))
        mark(func, *machine, lanes);
  }

  static void mark(func::FuncOp func, const Machine &machine, IntegerAttr lanes) {
    Boundaries boundaries;
    for (auto op : func.getOps<BoundaryOp>())
      if (takesSeriesLanes(op) && op.getFunction().channels > 1 &&
          gains(op, machine, lanes.getInt()))
        boundaries.insert(op);
    while (boundaries.remove_if(
        [&](Operation *op) { return !sharesFunctions(cast<BoundaryOp>(op), boundaries); }))
      ;
    for (Operation *op : boundaries) {
      const LaneGroups groups = groupsOf(cast<BoundaryOp>(op), lanes.getInt());
      op->setAttr(kSeriesLanesAttr, lanes);
      remarkChosen(op, "SeriesLanes", "lanes of all samples' channels",
                   llvm::formatv("{0} lane groups of {1}, {2} by sample", groups.ofAll,
                                 lanes.getInt(), groups.bySample)
                       .str());
    }
  }
};

} // namespace
} // namespace mlir::spherical
