//===- grid_candidates.cpp - work of transforms on users' grids -*- C++ -*-===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/radices.h"
#include "dialects/spherical/sample_grid.h"
#include "dialects/spherical/tiles.h"
#include "dialects/spherical/work.h"
#include "runtime/layout.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace mlir::spherical {

using namespace ::spherical::runtime;

using Candidates = SmallVector<Candidate>;

namespace {
/// A transform between a grid and a spectrum, one channel of one lane group after the other.
struct RingWork {
  SampleGrid grid;
  bool analysis;
  int64_t degrees, lanes, series, bytes; ///< bytes of one number

  int64_t latitudes() const { return 2 * s2OrderOffset(degrees, degrees) * grid.rings(); }
};
} // namespace

/// Dense products along the rings, then one for each order over the latitudes, or the reverse.
static Candidates denseCandidates(Operation *op, const Machine &machine, const RingWork &w) {
  auto product = [&](int64_t rows, int64_t columns, int64_t depth, int64_t count) {
    return w.analysis ? Products{rows, columns, depth, count}
                      : Products{depth, columns, rows, count};
  };
  const int64_t rings = w.grid.rings(), length = w.grid.points() / rings;
  SmallVector<Products> products = {product(2 * w.degrees, kRingBlock, length,
                                            w.series * ((rings + kRingBlock - 1) / kRingBlock))};
  for (int64_t m = 0; m < w.degrees; ++m)
    products.push_back(product(w.degrees - m, 2, rings, w.series));
  const int64_t multiplyAdds = w.series * (2 * w.degrees * w.grid.points() + w.latitudes());
  Candidate candidate = direct(op, machine, "ring_sums", 2 * w.lanes * multiplyAdds,
                               "dense products along rings, then over latitudes");
  candidate.bytes += ringTableValues(w.grid, w.degrees) * w.bytes;
  return tileCandidates(candidate, machine, products, w.lanes * w.bytes);
}

/// Whether rows can be short transforms: of one length and two at a time, of orders that these
/// tell apart, in work memory of at most 512 KiB (stage.dft). On GPUs that memory holds short rows
/// only, and dense products are what they are good at.
static bool hasShortTransforms(const Machine &machine, const RingWork &w) {
  return machine.registers > 0 && !w.grid.isHealpix() && w.grid.rows % 2 == 0 &&
         2 * w.degrees <= w.grid.columns && w.grid.columns * w.lanes * w.bytes <= 512 << 10;
}

/// The cheapest split of the rows; operations are counted as those of `s2_ft`.
static Candidate dftCandidate(Operation *op, const Machine &machine, const RingWork &w) {
  const Split split = splitsOf(w.grid.columns).front();
  const auto n = static_cast<double>(w.grid.columns);
  const auto shorts = static_cast<double>(w.series * w.lanes * w.grid.rows / 2);
  const auto products = static_cast<double>(2 * w.series * w.lanes * w.latitudes());
  Candidate candidate = direct(op, machine, kGeneratedTransforms,
                               static_cast<int64_t>(shorts * 5 * n * std::log2(n) + products));
  candidate.radices = split.radices;
  candidate.reason = llvm::formatv("short transforms of rows, {0:$[ x ]}",
                                   llvm::make_range(split.radices.begin(), split.radices.end()));
  const double busy = machine.busyShare(candidate.tasks);
  candidate.seconds =
      std::max(machine.workSeconds(split.cost * n * shorts, kTransformShare * busy) +
                   machine.workSeconds(products, kDegreeSumShare * busy),
               machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes));
  return candidate;
}

static Candidates ringCandidates(Operation *op, const Machine &machine, const SampleGrid &grid) {
  const Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
  const bool analysis = getSignal(to).has_value();
  const Signal spectrum = *getSignal(analysis ? to : from);
  const int64_t lanes = std::max<int64_t>(1, lanesOf(from));
  const RingWork work{grid,
                      analysis,
                      spectrum.bandLimit,
                      lanes,
                      laneSeries(spectrum) / lanes,
                      elementBits(from) / 8};
  Candidates candidates = denseCandidates(op, machine, work);
  if (hasShortTransforms(machine, work))
    candidates.push_back(dftCandidate(op, machine, work));
  return candidates;
}

Candidates GridFTOp::getCandidates(const Machine &machine) {
  return ringCandidates(*this, machine, sampleGridOf(getGrid()));
}

Candidates GridIFTOp::getCandidates(const Machine &machine) {
  return ringCandidates(*this, machine, sampleGridOf(getGrid()));
}

/// Four terms for each sample.
Candidates InterpolateOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "four_neighbours", 8 * valuesOf(getType()))};
}

/// A phase for each order and sample, some sixty operations, and four for each coefficient.
Candidates RotateZOp::getCandidates(const Machine &machine) {
  const Signal signal = *getSignal(getType());
  const int64_t series = laneSeries(signal);
  return {direct(*this, machine, "phases",
                 series * (60 * signal.bandLimit + 4 * coefficientsOf(signal)))};
}

} // namespace mlir::spherical
