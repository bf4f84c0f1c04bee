//===- projections.cpp - from SO(3) to S2, and rotations --------*- C++ -*-===//
//
// Sums over orders, means over the orbits of SO(2), products with the columns
// that are left of projected kernels, and products with one constant matrix a
// degree: all in the real basis, as lists of small products
// (runtime/math/problem_tables.cpp).
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "runtime/layout.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

/// Factors e_n of a sum over orders, and the problems of all degrees.
static std::pair<Value, Value> projectionTables(StageBuilder &stages, int64_t degrees,
                                                int64_t projection, bool adjoint, bool transposed,
                                                Type element) {
  Value orders =
      stages.table("projection_orders", {{"degrees", degrees}, {"projection", projection}},
                   {2 * degrees - 1}, element);
  Value problems = stages.problems(
      "projection_problems",
      {{"degrees", degrees}, {"adjoint", adjoint}, {"transposed", transposed}}, degrees);
  return {orders, problems};
}

static void emitOrderSum(StageBuilder &stages, StringRef name, Operation *op, int64_t projection,
                         bool adjoint) {
  Type type = op->getOperand(0).getType();
  Signal signal = *getSignal(type);
  Extents e = extentsOf(type);
  auto [factors, problems] = projectionTables(stages, signal.bandLimit, projection, adjoint,
                                              /*transposed=*/false, stages.elementOf(type));
  Value in = stages.buffer(op->getOperand(0)), out = stages.buffer(op->getResult(0));
  Value orders = factors, list = problems;
  stages.sweep(name, {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, orders, stages.slice(in, at), list,
             stages.slice(out, at), e.lanes);
  });
}

/// On kernel spectra, which have no lanes.
LogicalResult ProjectKernelOp::emitStages(StageBuilder &stages) {
  Signal from = *getSignal(getInput().getType()), to = *getSignal(getType());
  int64_t projection = getProjection() == Projection::SumN ? 1 : 2;
  auto [factors, problems] = projectionTables(stages, from.bandLimit, projection, getAdjoint(),
                                              /*transposed=*/true, stages.elementOf(from.element));
  Value in = stages.buffer(getInput()), out = stages.buffer(getResult());
  Value orders = factors, list = problems;
  stages.sweep("project_kernel", {to.batch, to.channels}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, orders, stages.slice(in, at), list,
             stages.slice(out, at), 1);
  });
  return success();
}

/// The mean over gamma of a function, or a value for all of it.
static void emitOrbitMean(StageBuilder &stages, SO3OrbitMeanOp op) {
  Signal signal = *getSignal(op.getType());
  Extents e = extentsOf(op.getType());
  Type element = stages.elementOf(op.getType());
  int64_t n = 2 * signal.bandLimit, points = n * n;
  double share = 1.0 / static_cast<double>(n);
  Value in = stages.buffer(op.getInput()), out = stages.buffer(op.getResult());
  auto scaled = [&](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    return SmallVector<Value>{s.mul(v[0], s.constant(element, share))};
  };
  SmallVector<int64_t> space = {points, n, e.lanes};
  AffineMap all = stages.flat(space);
  AffineMap mean =
      AffineMap::get(3, 0, stages.getAffineDimExpr(0) * e.lanes + stages.getAffineDimExpr(2));
  stages.sweep("so3_orbit_mean", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    if (op.getAdjoint())
      stages.map(space, stages.slice(in, at), stages.slice(out, at), {mean, all}, scaled,
                 std::nullopt, e.lanes);
    else
      stages.map(space, stages.slice(in, at), stages.slice(out, at), {all, mean}, scaled,
                 stage::Combine::Sum, e.lanes);
  });
}

/// One matrix a degree for all samples and channels.
LogicalResult RotateOp::emitStages(StageBuilder &stages) {
  Signal signal = *getSignal(getType());
  Extents e = extentsOf(getType());
  ArrayRef<double> angles = getAngles();
  std::pair<StringRef, int64_t> matrix[] = {{"degrees", signal.bandLimit}, {"transposed", 0}};
  // conj(D) in the real basis: a kernel's table of the one point (beta, alpha, gamma).
  Value rotation = stages.table("so3_kernel", matrix, {1, padded(so3Size(signal.bandLimit))},
                                stages.elementOf(getType()), {angles[1], angles[0], angles[2]});
  Value problems =
      stages.problems("rotation_problems", {{"so3", signal.onSO3()}, {"degrees", signal.bandLimit}},
                      signal.bandLimit);
  Value in = stages.buffer(getInput()), out = stages.buffer(getResult());
  stages.sweep("rotate", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, rotation, stages.slice(in, at), problems,
             stages.slice(out, at), e.lanes);
  });
  return success();
}

LogicalResult SumNOp::emitStages(StageBuilder &stages) {
  emitOrderSum(stages, "sum_n", *this, getOdd() ? 3 : 1, getAdjoint());
  return success();
}

LogicalResult SO3OrbitMeanOp::emitStages(StageBuilder &stages) {
  if (getSignal(getType())->isSpectrum())
    emitOrderSum(stages, "so3_orbit_mean", *this, 2, getAdjoint());
  else
    emitOrbitMean(stages, *this);
  return success();
}

} // namespace mlir::spherical
