//===- emit_projections.cpp - from SO(3) to S2, and rotations ---*- C++ -*-===//
//
// Sums over orders, means over the orbits of SO(2), products with the columns
// that are left of projected kernels, and products with one constant matrix a
// degree: all in the real basis, as lists of small products
// (runtime/math/problem_tables.cpp).
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"
#include "passes/plan/scalars.h"

#include "runtime/layout.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

void Emitter::emitThinMatmul(ThinMatmulOp op) {
  bool gradKernel = op.getForm() == ProductForm::GradKernel;
  Signal lhs = *getSignal(op.getLhs().getType()), rhs = *getSignal(op.getRhs().getType());
  int64_t in = gradKernel ? rhs.channels : rhs.batch;
  int64_t out = gradKernel ? lhs.channels : rhs.channels, count = 0;
  for (int64_t l = 0; l < lhs.bandLimit; ++l)
    count += gradKernel ? in : llvm::divideCeil(2 * l + 1, kOrdersOfTask);
  emitBlockProduct("thin_matmul", op, {in, out, /*so3=*/true, /*thin=*/true}, count);
}

/// Factors e_n of a sum over orders, and the problems of all degrees.
std::pair<Value, Value> Emitter::projectionTables(int64_t degrees, int64_t projection, bool adjoint,
                                                  bool transposed, Type element) {
  Value orders = table("projection_orders", {{"degrees", degrees}, {"projection", projection}},
                       {2 * degrees - 1}, element);
  Value problems = table("projection_problems",
                         {{"degrees", degrees}, {"adjoint", adjoint}, {"transposed", transposed}},
                         {degrees, stage::kProblemFields}, builder.getI32Type());
  return {orders, problems};
}

void Emitter::emitOrderSum(StringRef name, Operation *op, int64_t projection, bool adjoint) {
  Type type = op->getOperand(0).getType();
  Signal signal = *getSignal(type);
  Extents e = extentsOf(type);
  auto [factors, problems] = projectionTables(signal.bandLimit, projection, adjoint,
                                              /*transposed=*/false, elementOf(type));
  Value in = buffer(op->getOperand(0)), out = buffer(op->getResult(0));
  Value orders = factors, list = problems;
  sweep(name, {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    contract(stage::ContractKind::Scalar, orders, slice(in, at), list, slice(out, at), e.lanes);
  });
}

/// On kernel spectra, which have no lanes.
void Emitter::emitProjectKernel(ProjectKernelOp op) {
  Signal from = *getSignal(op.getInput().getType()), to = *getSignal(op.getType());
  int64_t projection = op.getProjection() == Projection::SumN ? 1 : 2;
  auto [factors, problems] = projectionTables(from.bandLimit, projection, op.getAdjoint(),
                                              /*transposed=*/true, elementOf(from.element));
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  Value orders = factors, list = problems;
  sweep("project_kernel", {to.batch, to.channels}, {}, [&](ValueRange at, ValueRange) {
    contract(stage::ContractKind::Scalar, orders, slice(in, at), list, slice(out, at), 1);
  });
}

/// The mean over gamma of a function, or a value for all of it.
void Emitter::emitOrbitMean(SO3OrbitMeanOp op) {
  Signal signal = *getSignal(op.getType());
  Extents e = extentsOf(op.getType());
  Type element = elementOf(op.getType());
  int64_t n = 2 * signal.bandLimit, points = n * n;
  double share = 1.0 / static_cast<double>(n);
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  auto scaled = [&](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    return SmallVector<Value>{s.mul(v[0], s.constant(element, share))};
  };
  SmallVector<int64_t> space = {points, n, e.lanes};
  AffineMap all = flat(space);
  AffineMap mean =
      AffineMap::get(3, 0, builder.getAffineDimExpr(0) * e.lanes + builder.getAffineDimExpr(2));
  sweep("so3_orbit_mean", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    if (op.getAdjoint())
      map(space, slice(in, at), slice(out, at), {mean, all}, scaled, std::nullopt, e.lanes);
    else
      map(space, slice(in, at), slice(out, at), {all, mean}, scaled, stage::Combine::Sum, e.lanes);
  });
}

/// One matrix a degree for all samples and channels.
void Emitter::emitRotate(RotateOp op) {
  Signal signal = *getSignal(op.getType());
  Extents e = extentsOf(op.getType());
  ArrayRef<double> angles = op.getAngles();
  std::pair<StringRef, int64_t> matrix[] = {{"degrees", signal.bandLimit}, {"transposed", 0}};
  // conj(D) in the real basis: a kernel's table of the one point (beta, alpha, gamma).
  Value rotation = table("so3_kernel", matrix, {1, padded(so3Size(signal.bandLimit))},
                         elementOf(op.getType()), {angles[1], angles[0], angles[2]});
  Value problems =
      table("rotation_problems", {{"so3", signal.onSO3()}, {"degrees", signal.bandLimit}},
            {signal.bandLimit, stage::kProblemFields}, builder.getI32Type());
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  sweep("rotate", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    contract(stage::ContractKind::Scalar, rotation, slice(in, at), problems, slice(out, at),
             e.lanes);
  });
}

LogicalResult Emitter::emitProjection(Operation *op) {
  if (auto matmul = dyn_cast<ThinMatmulOp>(op)) {
    emitThinMatmul(matmul);
  } else if (auto sum = dyn_cast<SumNOp>(op)) {
    emitOrderSum("sum_n", op, sum.getOdd() ? 3 : 1, sum.getAdjoint());
  } else if (auto mean = dyn_cast<SO3OrbitMeanOp>(op)) {
    if (getSignal(mean.getType())->isSpectrum())
      emitOrderSum("so3_orbit_mean", op, 2, mean.getAdjoint());
    else
      emitOrbitMean(mean);
  } else if (auto project = dyn_cast<ProjectKernelOp>(op)) {
    emitProjectKernel(project);
  } else if (auto rotate = dyn_cast<RotateOp>(op);
             rotate && getSignal(rotate.getType())->isSpectrum()) {
    emitRotate(rotate);
  } else {
    return failure();
  }
  return success();
}

} // namespace mlir::spherical
