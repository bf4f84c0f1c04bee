//===- verify_grids.cpp - constraints of grid_ops.td ------------*- C++ -*-===//

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/sample_grid.h"
#include "dialects/spherical/signal.h"

using namespace mlir;
using namespace mlir::spherical;

using ::spherical::runtime::SampleGrid;

/// `tensor` must be fields of the grid with the extents of `signal` (C1).
static LogicalResult verifyFields(Operation *op, const SampleGrid &grid, Type tensor,
                                  const Signal &signal) {
  SmallVector<int64_t> shape = {signal.batch, signal.channels};
  if (grid.isHealpix())
    shape.push_back(grid.points());
  else
    shape.append({grid.rows, grid.columns});
  const Type expected = RankedTensorType::get(shape, signal.realElement());
  if (withLayout(tensor, {}) == expected && !signal.isComplex())
    return success();
  return op->emitOpError() << "expected fields '" << expected << "' beside a real "
                           << (signal.isSpectrum() ? "spectrum" : "function") << " (C1), got "
                           << op->getOperand(0).getType() << " -> " << op->getResult(0).getType();
}

/// C1, C3 and C4; the spectrum's parameters, if they hold.
static FailureOr<Signal> verifyTransform(Operation *op, const SampleGrid &grid, bool toSpectrum) {
  const Type input = op->getOperand(0).getType(), result = op->getResult(0).getType();
  const std::optional<Signal> from = getSignal(input), to = getSignal(result);
  if (from.has_value() == toSpectrum || to.has_value() != toSpectrum) {
    op->emitOpError() << "expected to go from " << (toSpectrum ? "fields to their" : "a")
                      << " spectrum" << (toSpectrum ? "" : " to fields") << " (C3), got " << input
                      << " -> " << result;
    return failure();
  }
  const Signal spectrum = toSpectrum ? *to : *from;
  if (failed(verifyFields(op, grid, toSpectrum ? input : result, spectrum)))
    return failure();
  const int64_t values = ::spherical::runtime::ringTableValues(grid, spectrum.bandLimit);
  if (values > ::spherical::runtime::kMostRingTableValues) {
    op->emitOpError() << "expected tables of at most "
                      << ::spherical::runtime::kMostRingTableValues << " numbers (C4), got "
                      << values;
    return failure();
  }
  return spectrum;
}

LogicalResult GridFTOp::verify() {
  const SampleGrid grid = sampleGridOf(getGrid());
  const FailureOr<Signal> spectrum = verifyTransform(*this, grid, /*toSpectrum=*/!getAdjoint());
  if (failed(spectrum))
    return failure();
  if (spectrum->bandLimit <= grid.bandLimit())
    return success();
  InFlightDiagnostic diagnostic = emitOpError()
                                  << "expected a band-limit of at most " << grid.bandLimit()
                                  << ", which the grid carries (C2), got " << spectrum->bandLimit;
  diagnostic.attachNote() << "analyse to " << grid.bandLimit()
                          << " degrees and `pad` the spectrum, or use a finer grid";
  return diagnostic;
}

LogicalResult GridIFTOp::verify() {
  return verifyTransform(*this, sampleGridOf(getGrid()), /*toSpectrum=*/getAdjoint());
}

LogicalResult InterpolateOp::verify() {
  return verifyFields(*this, sampleGridOf(getGrid()), getInput().getType(), *getSignal(getType()));
}

/// A real spectrum, and three angles for each sample (C1).
static LogicalResult verifyAngles(Operation *op, Type input, Type angles) {
  const Signal signal = *getSignal(input);
  const Type expected = RankedTensorType::get({signal.batch, 3}, signal.realElement());
  if (!signal.isComplex() && withLayout(angles, {}) == expected)
    return success();
  return op->emitOpError() << "expected a real spectrum and angles '" << expected
                           << "', three for each sample (C1), got " << input << ", " << angles;
}

LogicalResult RotateByOp::verify() {
  return verifyAngles(*this, getInput().getType(), getAngles().getType());
}

LogicalResult RotateZOp::verify() {
  if (failed(verifyAngles(*this, getInput().getType(), getAngles().getType())))
    return failure();
  if (getAt() < 0 || getAt() > 2)
    return emitOpError() << "expected `at` to be 0, 1 or 2 (C2), got " << getAt();
  return success();
}
