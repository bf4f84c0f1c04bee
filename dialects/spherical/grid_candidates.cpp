//===- grid_candidates.cpp - work of transforms on users' grids -*- C++ -*-===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/sample_grid.h"
#include "dialects/spherical/tiles.h"
#include "dialects/spherical/work.h"
#include "runtime/layout.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

using Candidates = SmallVector<Candidate>;

/// Dense products along the rings, then one for each order over the latitudes, or the reverse.
static Candidates ringCandidates(Operation *op, const Machine &machine, const SampleGrid &grid) {
  const Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
  const bool analysis = getSignal(to).has_value();
  const Signal spectrum = *getSignal(analysis ? to : from);
  const int64_t lanes = std::max<int64_t>(1, lanesOf(from)), degrees = spectrum.bandLimit;
  const int64_t series = laneBatch(spectrum) / lanes * spectrum.channels;
  const int64_t rings = grid.rings(), length = grid.points() / rings;
  auto product = [&](int64_t rows, int64_t columns, int64_t depth, int64_t count) {
    return analysis ? Products{rows, columns, depth, count} : Products{depth, columns, rows, count};
  };
  SmallVector<Products> products = {product(2 * degrees, kRingBlock, length,
                                            series * ((rings + kRingBlock - 1) / kRingBlock))};
  for (int64_t m = 0; m < degrees; ++m)
    products.push_back(product(degrees - m, 2, rings, series));
  const int64_t multiplyAdds =
      series * (2 * degrees * grid.points() + 2 * s2OrderOffset(degrees, degrees) * rings);
  Candidate candidate = direct(op, machine, "ring_sums", 2 * lanes * multiplyAdds,
                               "dense products along rings, then over latitudes");
  candidate.bytes += ringTableValues(grid, degrees) * elementBits(from) / 8;
  return tileCandidates(candidate, machine, products, lanes * elementBits(from) / 8);
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
  const int64_t series = laneBatch(signal) * signal.channels;
  return {direct(*this, machine, "phases",
                 series * (60 * signal.bandLimit + 4 * coefficientsOf(signal)))};
}

} // namespace mlir::spherical
