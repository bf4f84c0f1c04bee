//===- verify_signals.cpp - constraints of the other ops --------*- C++ -*-===//
//
// The numbered constraints of spectral_ops.td and signal_ops.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include <cmath>

using namespace mlir;
using namespace mlir::spherical;

//===----------------------------------------------------------------------===//
// Spectra
//===----------------------------------------------------------------------===//

/// The result of a product must have these extents, on SO(3) or where `like` is.
static LogicalResult verifyProduct(SpectralMatmulOp op, StringRef constraint, bool fits,
                                   int64_t batch, int64_t channels, bool onSO3) {
  const Signal out = *getSignal(op.getType());
  if (fits && out.batch == batch && out.channels == channels && out.onSO3() == onSO3)
    return success();
  StringRef rule = "lhs <BxI>, rhs <IxO> on its manifold, result <BxO> on SO(3)";
  if (constraint == "C3")
    rule = "lhs <BxO> on SO(3), rhs <IxO>, result <BxI> on rhs's manifold";
  if (constraint == "C4")
    rule = "lhs <BxO> on SO(3), rhs <BxI>, result <IxO> on rhs's manifold";
  return op.emitOpError() << "form " << stringifyProductForm(op.getForm()) << " expected " << rule
                          << " (" << constraint << "), got " << op.getLhs().getType() << ", "
                          << op.getRhs().getType() << " -> " << op.getType();
}

LogicalResult SpectralMatmulOp::verify() {
  const Signal lhs = *getSignal(getLhs().getType()), rhs = *getSignal(getRhs().getType()),
               out = *getSignal(getType());
  for (const Signal &other : {rhs, out})
    if (other.bandLimit != lhs.bandLimit || other.element != lhs.element)
      return emitOpError() << "expected spectra of the same band-limit and element (C1), got "
                           << getLhs().getType() << ", " << getRhs().getType() << " -> "
                           << getType();
  switch (getForm()) {
  case ProductForm::Forward:
    return verifyProduct(*this, "C2", lhs.onSO3() == rhs.onSO3() && lhs.channels == rhs.batch,
                         lhs.batch, rhs.channels, /*onSO3=*/true);
  case ProductForm::GradInput:
    return verifyProduct(*this, "C3", lhs.onSO3() && lhs.channels == rhs.channels, lhs.batch,
                         rhs.batch, rhs.onSO3());
  case ProductForm::GradKernel:
    return verifyProduct(*this, "C4", lhs.onSO3() && lhs.batch == rhs.batch, rhs.channels,
                         lhs.channels, rhs.onSO3());
  }
  llvm_unreachable("all forms are covered");
}

/// C1 of truncate and pad, and C2 in the words of the caller.
static LogicalResult verifyDegrees(Operation *op, bool lower) {
  const Type input = op->getOperand(0).getType(), result = op->getResult(0).getType();
  const Signal in = *getSignal(input), out = *getSignal(result);
  if (in.withBandLimit(out.bandLimit).withLayout({}).get(op->getContext()) !=
      withLayout(result, {}))
    return op->emitOpError() << "expected spectra on the same manifold, of the same batch, "
                                "channels and element (C1), got "
                             << input << " -> " << result;
  if (lower ? out.bandLimit > in.bandLimit : out.bandLimit < in.bandLimit)
    return op->emitOpError() << "expected a band-limit of at " << (lower ? "most" : "least")
                             << " the input's, " << in.bandLimit << " (C2), got " << out.bandLimit;
  return success();
}

LogicalResult TruncateOp::verify() { return verifyDegrees(*this, /*lower=*/true); }

LogicalResult PadOp::verify() { return verifyDegrees(*this, /*lower=*/false); }

/// `complex` must be the type of `real` with the complex element (C1).
static LogicalResult verifyParts(Operation *op, Type complex, Type real) {
  if (isComplex(complex) && withLayout(withRealElement(complex), {}) == withLayout(real, {}))
    return success();
  return op->emitOpError()
         << "expected a complex type and the same with the real element (C1), got "
         << op->getOperand(0).getType() << " -> " << op->getResult(0).getType();
}

LogicalResult RealPartOp::verify() { return verifyParts(*this, getInput().getType(), getType()); }

LogicalResult ImagPartOp::verify() { return verifyParts(*this, getInput().getType(), getType()); }

LogicalResult ComplexOp::verify() { return verifyParts(*this, getType(), getRe().getType()); }

//===----------------------------------------------------------------------===//
// Biases, samples, layouts
//===----------------------------------------------------------------------===//

static LogicalResult verifyBias(Operation *op, Type type, Type bias) {
  const Signal signal = *getSignal(type);
  auto expected = RankedTensorType::get({signal.channels}, signal.element);
  if (withLayout(bias, {}) == expected)
    return success();
  return op->emitOpError() << "expected the bias of " << type << " to be a " << expected
                           << " (C1), got " << bias;
}

LogicalResult AddBiasOp::verify() {
  return verifyBias(*this, getInput().getType(), getBias().getType());
}

LogicalResult BiasGradOp::verify() { return verifyBias(*this, getInput().getType(), getType()); }

LogicalResult SamplesOp::verify() {
  const Type input = getInput().getType();
  std::optional<Signal> signal = getSignal(input);
  const Type other = signal ? Type(getType()) : input;
  if (!signal)
    signal = getSignal(getType());
  if (!signal || getSignal(other))
    return emitOpError() << "expected a function and the tensor of its samples (C1), got " << input
                         << " -> " << getType();
  auto expected = RankedTensorType::get(signal->fileShape(), signal->realElement());
  if (withLayout(other, {}) == expected)
    return success();
  return emitOpError() << "expected " << expected << ", the samples of "
                       << signal->get(getContext()) << " (C1), got " << other;
}

LogicalResult RotateOp::verify() {
  ArrayRef<double> angles = getAngles();
  if (angles.size() == 3 && llvm::all_of(angles, [](double a) { return std::isfinite(a); }))
    return success();
  return emitOpError() << "expected three finite angles (C1), got " << getAnglesAttr();
}

LogicalResult ConvertLayoutOp::verify() {
  const Type input = getInput().getType();
  if (withLayout(input, {}) == withLayout(getType(), {}))
    return success();
  return emitOpError() << "expected the same type up to the layout (C1), got " << input << " -> "
                       << getType();
}
