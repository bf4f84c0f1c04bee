//===- boundary.cpp - between two products of spectra -----------*- C++ -*-===//
//
// Constraints of boundary_ops.td, and what the region of a boundary says.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/interfaces/scalars.h"
#include "dialects/spherical/signal.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::spherical;

bool BoundaryOp::hasSynthesis() { return getSignal(getInput().getType())->isSpectrum(); }

bool BoundaryOp::hasAnalysis() { return getSignal(getResult().getType())->isSpectrum(); }

Signal BoundaryOp::getFunction() {
  return getSignal(getInput().getType())->asFunction().withBandLimit(getGrid());
}

bool BoundaryOp::hasScratchRows() {
  return hasAnalysis() && (hasSynthesis() || !isAppliedByTransforms());
}

int64_t BoundaryOp::getMostParts() {
  // Transforms take rows in pairs; in memory, the rows of one latitude are the first axis.
  const Signal function = getFunction();
  const int64_t n = 2 * function.bandLimit;
  const bool inMemory =
      !hasSynthesis() || !hasAnalysis() ||
      llvm::any_of(getExtras(), [](Value extra) { return !isMask(extra.getType()); });
  if (!function.onSO3())
    return n / 2;
  return inMemory ? n : n * n / 2;
}

//===----------------------------------------------------------------------===//
// The region
//===----------------------------------------------------------------------===//

static Value yieldedBy(BoundaryOp op) {
  return cast<YieldOp>(op.getPointwise().front().getTerminator()).getValue();
}

bool BoundaryOp::isIdentity() { return yieldedBy(*this) == getPointwise().getArgument(0); }

bool BoundaryOp::isRelu() {
  auto maximum = yieldedBy(*this).getDefiningOp<arith::MaximumFOp>();
  return maximum && maximum.getLhs() == getPointwise().getArgument(0) &&
         matchPattern(maximum.getRhs(), m_AnyZeroFloat());
}

Value BoundaryOp::getKeepMask() {
  auto select = yieldedBy(*this).getDefiningOp<arith::SelectOp>();
  if (!select || select.getTrueValue() != getPointwise().getArgument(0) ||
      !matchPattern(select.getFalseValue(), m_AnyZeroFloat()))
    return {};
  Value condition = select.getCondition();
  if (auto compare = condition.getDefiningOp<arith::CmpFOp>()) {
    if (compare.getPredicate() != arith::CmpFPredicate::OGT ||
        !matchPattern(compare.getRhs(), m_AnyZeroFloat()))
      return {};
    condition = compare.getLhs();
  }
  auto argument = dyn_cast<BlockArgument>(condition);
  return argument && argument.getArgNumber() > 0 ? getExtras()[argument.getArgNumber() - 1]
                                                 : Value();
}

bool BoundaryOp::isAppliedByTransforms() {
  return isIdentity() || (hasSynthesis() && isRelu()) || (hasAnalysis() && getKeepMask());
}

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

/// C1 and C2.
static LogicalResult verifySignals(BoundaryOp op) {
  const Signal input = *getSignal(op.getInput().getType());
  if (!op.hasSynthesis() && !op.hasAnalysis())
    return op.emitOpError() << "expected input or result to be a spectrum (C2), got "
                            << op.getInput().getType() << " -> " << op.getResult().getType();
  SmallVector<Value> others(op.getExtras());
  others.push_back(op.getResult());
  if (op.getMask())
    others.push_back(op.getMask());
  for (Value value : others) {
    const Signal other = *getSignal(value.getType());
    if (other.onSO3() != input.onSO3() || other.batch != input.batch ||
        other.channels != input.channels ||
        (!isMask(value.getType()) && other.element != input.element) || input.isComplex())
      return op.emitOpError()
             << "expected signals of one manifold, batch, channels and real element "
                "(C1), got "
             << input.get(op.getContext()) << " and " << value.getType();
  }
  others.push_back(op.getInput());
  for (Value value : others) {
    const Signal signal = *getSignal(value.getType());
    if (!signal.isSpectrum() && signal.bandLimit != static_cast<int64_t>(op.getGrid()))
      return op.emitOpError() << "expected functions of the grid's band-limit " << op.getGrid()
                              << " (C2), got " << value.getType();
  }
  return success();
}

/// C3.
static LogicalResult verifyDegrees(BoundaryOp op) {
  const Signal spectrum =
      *getSignal(op.getAdjoint() ? op.getInput().getType() : op.getResult().getType());
  const bool needed =
      spectrum.isSpectrum() && spectrum.bandLimit > static_cast<int64_t>(op.getGrid());
  if (needed == op.getHigh().has_value())
    return success();
  return op.emitOpError() << "expected `high` exactly if the spectrum has degrees from "
                          << op.getGrid() << " on (C3), got " << spectrum.get(op.getContext())
                          << (needed ? " without it" : " with it");
}

LogicalResult BoundaryOp::verify() {
  if (failed(verifySignals(*this)) || failed(verifyDegrees(*this)))
    return failure();
  return success();
}

LogicalResult BoundaryOp::verifyRegions() {
  Block &body = getPointwise().front();
  SmallVector<Type> expected = {getSignal(getInput().getType())->element};
  for (Value extra : getExtras())
    expected.push_back(getSignal(extra.getType())->element);
  if (body.getArgumentTypes() != TypeRange(expected))
    return emitOpError() << "expected a region with arguments of types " << expected
                         << " (C4), got " << body.getArgumentTypes();
  if (yieldedBy(*this).getType() != expected[0])
    return emitOpError() << "expected the region to yield " << expected[0] << " (C4), got "
                         << yieldedBy(*this).getType();
  for (Operation &op : body.without_terminator())
    if (!isRealArithmetic(&op) || !isExact(&op))
      return op.emitOpError("expected scalar arithmetic in the region of a boundary (C5)");
  if (getMask() && (!isRelu() || !hasSynthesis()))
    return emitOpError("expected a spectrum and the maximum of f and 0 where a mask is asked for "
                       "(C6)");
  Value keep = hasAnalysis() ? getKeepMask() : Value();
  for (Value extra : getExtras())
    if (isMask(extra.getType()) && extra != keep)
      return emitOpError("expected a spectrum from a region that selects f or 0 by its mask (C6)");
  return success();
}
