//===- fold.cpp - what the algebra gives for free ---------------*- C++ -*-===//
//
// Folds to a value that is already there; canonicalize.cpp has what makes new ops.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

using namespace mlir;
using namespace mlir::spherical;

/// Whether the value is a `spherical.zero`.
static bool isZero(Value value) { return value.getDefiningOp<ZeroOp>() != nullptr; }

//===----------------------------------------------------------------------===//
// Degrees
//===----------------------------------------------------------------------===//

OpFoldResult TruncateOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  // truncate(pad(x)) back to the degrees of x.
  auto pad = getInput().getDefiningOp<PadOp>();
  if (pad && pad.getInput().getType() == getType())
    return pad.getInput();
  return {};
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return {};
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

OpFoldResult RealPartOp::fold(FoldAdaptor) {
  auto whole = getInput().getDefiningOp<ComplexOp>();
  if (whole && whole.getRe().getType() == getType())
    return whole.getRe();
  return {};
}

OpFoldResult ImagPartOp::fold(FoldAdaptor) {
  auto whole = getInput().getDefiningOp<ComplexOp>();
  if (whole && whole.getIm().getType() == getType())
    return whole.getIm();
  return {};
}

OpFoldResult ComplexOp::fold(FoldAdaptor) {
  auto re = getRe().getDefiningOp<RealPartOp>();
  auto im = getIm().getDefiningOp<ImagPartOp>();
  if (re && im && re.getInput() == im.getInput() && re.getInput().getType() == getType())
    return re.getInput();
  return {};
}

//===----------------------------------------------------------------------===//
// Biases, samples, layouts
//===----------------------------------------------------------------------===//

OpFoldResult AddBiasOp::fold(FoldAdaptor) {
  if (isZero(getBias()))
    return getInput();
  return {};
}

/// The rotation by 0; of functions not, which loses the degrees that the grid only aliases.
OpFoldResult RotateOp::fold(FoldAdaptor) {
  if (getSignal(getType())->isSpectrum() &&
      llvm::all_of(getAngles(), [](double angle) { return angle == 0.0; }))
    return getInput();
  return {};
}

OpFoldResult SamplesOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<SamplesOp>();
  if (inner && inner.getInput().getType() == getType())
    return inner.getInput();
  return {};
}

/// Whether a value has an axis in the lanes.
static bool hasLanes(Type type) {
  auto layout = dyn_cast_if_present<LayoutAttr>(getLayout(type));
  return layout && !layout.getLaneAxes().empty();
}

OpFoldResult ConvertLayoutOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto inner = getInput().getDefiningOp<ConvertLayoutOp>();
  // From lanes to others, lanes without a sample become zeros.
  if (!inner || (hasLanes(inner.getInput().getType()) && hasLanes(getType())))
    return {};
  if (inner.getInput().getType() == getType())
    return inner.getInput();
  // Through any layouts between: their values are the same.
  getInputMutable().assign(inner.getInput());
  return getResult();
}
