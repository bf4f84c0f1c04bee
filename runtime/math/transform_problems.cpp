//===- transform_problems.cpp - products of Fourier transforms --*- C++ -*-===//
//
// Kinds (as in problem_tables.cpp):
//   wigner_problems {so3, b, degrees, orders, analysis}
//       for n < orders (SO(3) only), m < orders: the columns of (m, n) with the Wigner table, from
//       so3ColumnOffset on.
//       analysis = 1: bins of this n, [m][2b][columns]V, to columns [(n, m, l)][columns]V;
//       analysis = 0: back. Tables are symmetric on SO(3). With the optional rings that many
//       latitudes in place of 2b. With the optional parity = 1 bins are sums and differences of
//       mirrored latitudes (stage.dft), tables half of the latitudes: two products for each order,
//       of even and of odd l - m (none of the last degree's odd ones if analysis = 1). With the
//       optional transposed = 1 (S2, analysis = 0) the table is, too. With the
//       optional ring_lanes = 1 rings are groups of latitudes in lanes, and columns scalars; from
//       bins to columns the lanes are summed (stage.contract reduce), back the table is the operand
//       with lanes. With the optional anchors = D, and lanes, it is one of anchors
//       (wigner_anchors.h): offsets in it are those of the blocks.
//   ring_problems {grid, rows, columns, nside, degrees, analysis}
//       the waves of a grid's rings (ring_tables.cpp), A the table ring_waves. analysis = 1: a
//       field in ring order, [points]V, to bins [m][rings][2]V; analysis = 0: back. Rings of one
//       class in blocks of kRingBlock.
//
//===----------------------------------------------------------------------===//

#include "runtime/math/transform_problems.h"

#include "runtime/layout.h"
#include "runtime/math/ring_tables.h"
#include "runtime/math/rings.h"
#include "runtime/math/wigner_anchors.h"

#include <algorithm>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// The products of some degrees of one (m, n), every step-th, with the rings of their parity.
struct WignerProduct {
  int64_t degrees, rings, columns, step;
  int64_t table, list, bins; ///< where their values, their columns and their bins start
  bool transposed;           ///< values of a latitude lie side by side

  WideProblem analysis() const {
    WideProblem p;
    p.R0 = degrees, p.K0 = rings, p.N = columns;
    p.aOff = table, p.aR0 = step * rings, p.aK0 = 1;
    p.bOff = bins, p.bK0 = step * columns, p.bV = 1;
    p.cOff = list, p.cR0 = step * columns, p.cV = 1;
    return p;
  }
  WideProblem synthesis() const {
    WideProblem p;
    p.R0 = rings, p.K0 = degrees, p.N = columns;
    p.aOff = table, p.aR0 = transposed ? degrees : 1, p.aK0 = transposed ? 1 : step * rings;
    p.bOff = list, p.bK0 = step * columns, p.bV = 1;
    p.cOff = bins, p.cR0 = step * columns, p.cV = 1;
    return p;
  }
  /// Rings in lanes: the columns are the scalar operand.
  WideProblem synthesisInLanes() const {
    WideProblem p;
    p.R0 = columns, p.K0 = degrees, p.N = rings;
    p.aOff = list, p.aR0 = 1, p.aK0 = step * columns;
    p.bOff = table, p.bK0 = step * rings, p.bV = 1;
    p.cOff = bins, p.cR0 = 1, p.cV = step * columns;
    return p;
  }
};

/// Rings first, first + 1, ... of a class whose waves start at `waves`.
WideProblem ringProblem(const RingClass &c, int64_t rings, int64_t degrees, bool analysis,
                        int64_t waves, int64_t first, int64_t count) {
  WideProblem p;
  p.N = count, p.aOff = waves;
  (analysis ? p.R1 : p.K1) = degrees, (analysis ? p.R0 : p.K0) = 2;
  (analysis ? p.aR1 : p.aK1) = 2 * c.length, (analysis ? p.aR0 : p.aK0) = c.length;
  (analysis ? p.K0 : p.R0) = c.length, (analysis ? p.aK0 : p.aR0) = 1;
  const Wide points = c.firstPoint + first * c.pointStep;
  const Wide bins = 2 * (c.firstRing + first * c.ringStep), binStep = 2 * c.ringStep;
  p.bOff = analysis ? points : bins, p.bV = analysis ? c.pointStep : binStep;
  p.cOff = analysis ? bins : points, p.cV = analysis ? binStep : c.pointStep;
  (analysis ? p.bK0 : p.cR0) = 1;
  (analysis ? p.cR1 : p.bK1) = 2 * rings, (analysis ? p.cR0 : p.bK0) = 1;
  return p;
}

} // namespace

void wignerProblems(const TableSpec &spec, const ProblemSink &sink) {
  const bool so3 = spec.parameter("so3", 0, 1) == 1;
  const int64_t b = spec.parameter("b", 1, 512), degrees = spec.parameter("degrees", 1, 512);
  const int64_t orders = spec.parameter("orders", 1, degrees), columns = so3 ? 4 : 2;
  const bool analysis = spec.parameter("analysis", 0, 1) == 1;
  const int64_t rows =
      spec.parameters.count("rings") ? spec.parameter("rings", 1, kMostRows) : 2 * b;
  const int64_t parts = isSet(spec, "parity") ? 2 : 1;
  const bool ringLanes = isSet(spec, "ring_lanes"), transposed = isSet(spec, "transposed");
  if (transposed && (so3 || analysis || ringLanes))
    throw std::invalid_argument("table 'wigner_problems' expected transposed of a synthesis on S2 "
                                "without ring_lanes");
  WignerAnchors anchors{{0, rows, 1}, degrees, orders};
  std::vector<int64_t> starts;
  if (spec.parameters.count("anchors")) {
    anchors.block.distance = spec.parameter("anchors", 3, kMostDistance);
    anchors.block.lanes = spec.parameter("lanes", 1, 64);
    if (!so3 || !ringLanes)
      throw std::invalid_argument("table 'wigner_problems' expected anchors with ring_lanes on "
                                  "SO(3)");
    starts = anchors.offsets();
  }
  for (int64_t n = 0; n < (so3 ? orders : 1); ++n)
    for (int64_t m = 0; m < orders; ++m) {
      const int64_t list = so3 ? so3ColumnOffset(degrees, orders, n, m) : s2OrderOffset(degrees, m);
      const int64_t table =
          so3 ? so3SymmetricOffset(degrees, orders, std::min(m, n), std::max(m, n)) : list;
      for (int64_t part = 0; part < parts; ++part) {
        WignerProduct product;
        product.degrees = (degrees - std::max(m, n) - part + parts - 1) / parts;
        product.rings = rows / parts;
        product.columns = columns;
        product.step = parts;
        const int64_t before = transposed ? part * ((degrees - m + 1) / 2) : part;
        product.table = starts.empty() ? (table + before) * product.rings
                                       : starts[anchors.pair(std::min(m, n), std::max(m, n))];
        product.transposed = transposed;
        product.list = (list + part) * columns;
        product.bins = (m * rows + part) * columns;
        if (analysis && product.degrees == 0)
          continue;
        sink(analysis    ? product.analysis()
             : ringLanes ? product.synthesisInLanes()
                         : product.synthesis());
      }
    }
}

void ringProblems(const TableSpec &spec, const ProblemSink &sink) {
  const SampleGrid grid = tableGrid(spec);
  const int64_t degrees = spec.parameter("degrees", 1, 512);
  const bool analysis = spec.parameter("analysis", 0, 1) == 1;
  int64_t waves = 0;
  for (const RingClass &c : ringClasses(grid)) {
    for (int64_t first = 0; first < c.rings; first += kRingBlock)
      sink(ringProblem(c, grid.rings(), degrees, analysis, waves, first,
                       std::min(kRingBlock, c.rings - first)));
    waves += 2 * degrees * c.length;
  }
}

} // namespace spherical::runtime
