//===- verify_projections.cpp - constraints of projection_ops ---*- C++ -*-===//
//
// The numbered constraints of projection_ops.td but the layer's (verify.cpp).
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

using namespace mlir;
using namespace mlir::spherical;

/// From SO(3) to S2, or with `adjoint` back; otherwise of one type (C1).
static LogicalResult verifyProjection(Operation *op, bool adjoint, StringRef what) {
  const Type input = op->getOperand(0).getType(), result = op->getResult(0).getType();
  const Signal from = *getSignal(input), to = *getSignal(result);
  if (from.onSO3() != adjoint && to.onSO3() == adjoint && from.isSpectrum() == to.isSpectrum() &&
      from.batch == to.batch && from.channels == to.channels && from.bandLimit == to.bandLimit &&
      from.element == to.element)
    return success();
  return op->emitOpError() << "expected " << what << " on " << (adjoint ? "S2" : "SO(3)")
                           << " and one on " << (adjoint ? "SO(3)" : "S2")
                           << " of the same batch, channels, band-limit and element (C1), got "
                           << input << " -> " << result;
}

LogicalResult SO3OrbitMeanOp::verify() {
  return verifyProjection(*this, getAdjoint(), "a function or spectrum");
}

LogicalResult SumNOp::verify() {
  if (failed(verifyProjection(*this, getAdjoint(), "a spectrum")))
    return failure();
  if (getOdd() && getSignal(getType())->isComplex())
    return emitOpError() << "expected `odd` on real elements only (C2), got " << getType();
  return success();
}

LogicalResult ProjectKernelOp::verify() {
  if (failed(verifyProjection(*this, getAdjoint(), "a real spectrum")))
    return failure();
  if (getSignal(getType())->isComplex())
    return emitOpError() << "expected a real spectrum (C1), got " << getType();
  if (getProjection() == Projection::Invariant)
    return emitOpError() << "expected `projection` to be sum_n or orbit_mean (C2), got invariant";
  return success();
}

//===----------------------------------------------------------------------===//
// Thin products
//===----------------------------------------------------------------------===//

namespace {
/// What a form of the product says of its three spectra.
struct ThinForm {
  StringRef constraint, rule;
  bool rhsOnSO3, resultOnSO3;
  bool extentsFit;
};
} // namespace

static ThinForm thinForm(ProductForm form, const Signal &lhs, const Signal &rhs,
                         const Signal &out) {
  switch (form) {
  case ProductForm::Forward:
    return {"C2", "lhs <BxI> on SO(3), rhs <IxO> on S2, result <BxO> on S2", false, false,
            lhs.onSO3() && lhs.channels == rhs.batch && out.batch == lhs.batch &&
                out.channels == rhs.channels};
  case ProductForm::GradInput:
    return {"C3", "lhs <BxO> on S2, rhs <IxO> on S2, result <BxI> on SO(3)", false, true,
            !lhs.onSO3() && lhs.channels == rhs.channels && out.batch == lhs.batch &&
                out.channels == rhs.batch};
  case ProductForm::GradKernel:
    return {"C4", "lhs <BxO> on S2, rhs <BxI> on SO(3), result <IxO> on S2", true, false,
            !lhs.onSO3() && lhs.batch == rhs.batch && out.batch == rhs.channels &&
                out.channels == lhs.channels};
  }
  llvm_unreachable("all forms are covered");
}

LogicalResult ThinMatmulOp::verify() {
  const Signal lhs = *getSignal(getLhs().getType()), rhs = *getSignal(getRhs().getType()),
               out = *getSignal(getType());
  for (const Signal &other : {lhs, rhs, out})
    if (other.bandLimit != lhs.bandLimit || other.element != lhs.element || other.isComplex())
      return emitOpError() << "expected spectra of the same band-limit and real element (C1), got "
                           << getLhs().getType() << ", " << getRhs().getType() << " -> "
                           << getType();
  const ThinForm form = thinForm(getForm(), lhs, rhs, out);
  if (form.extentsFit && rhs.onSO3() == form.rhsOnSO3 && out.onSO3() == form.resultOnSO3)
    return success();
  return emitOpError() << "form " << stringifyProductForm(getForm()) << " expected " << form.rule
                       << " (" << form.constraint << "), got " << getLhs().getType() << ", "
                       << getRhs().getType() << " -> " << getType();
}
