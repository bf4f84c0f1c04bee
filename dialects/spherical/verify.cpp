//===- verify.cpp - constraints of the transforms and layers ----*- C++ -*-===//
//
// The numbered constraints of transform_ops.td and convolution_ops.td; those of
// the other ops are in verify_signals.cpp.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

using namespace mlir;
using namespace mlir::spherical;

//===----------------------------------------------------------------------===//
// Transforms
//===----------------------------------------------------------------------===//

/// The two sides of a transform, whichever of them is the operand.
namespace {
struct Sides {
  Signal function, spectrum;
};
} // namespace

/// `from` and `to` name the constraint's two sides: C3 of every transform.
static FailureOr<Sides> verifySides(Operation *op, bool onSO3, bool toSpectrum) {
  const Type input = op->getOperand(0).getType(), result = op->getResult(0).getType();
  const Signal from = *getSignal(input), to = *getSignal(result);
  if (from.onSO3() == onSO3 && to.onSO3() == onSO3 && from.isSpectrum() != toSpectrum &&
      to.isSpectrum() == toSpectrum)
    return toSpectrum ? Sides{from, to} : Sides{to, from};
  const StringRef manifold = onSO3 ? "so3" : "s2";
  const std::string function = ("!spherical." + manifold).str();
  const std::string spectrum = ("!spherical." + manifold + "_spectrum").str();
  op->emitOpError() << "expected to go from " << (toSpectrum ? function : spectrum) << " to "
                    << (toSpectrum ? spectrum : function) << " (C3), got " << input << " -> "
                    << result;
  return failure();
}

static LogicalResult verifySameExtents(Operation *op, const Sides &sides) {
  const auto &[function, spectrum] = sides;
  if (function.batch == spectrum.batch && function.channels == spectrum.channels &&
      function.realElement() == spectrum.realElement())
    return success();
  return op->emitOpError() << "expected input and result of the same batch, channels and precision "
                              "(C1), got "
                           << op->getOperand(0).getType() << " -> " << op->getResult(0).getType();
}

/// `high` is there exactly if degrees from the band-limit `have` on are asked for (C2).
static LogicalResult verifyHigh(Operation *op, std::optional<High> high, int64_t have,
                                int64_t want) {
  if (high && want <= have)
    return op->emitOpError() << "expected no `high` without degrees from " << have
                             << " on (C2), got " << stringifyHigh(*high);
  if (high || want <= have)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError() << "expected `high` to say what degrees "
                                                    << have << " and up hold (C2), got none";
  diagnostic.attachNote(op->getLoc())
      << "zero fills them with zeros (the paper); quadrature is what the public PyTorch code "
         "computes, truncated what it trains with";
  return diagnostic;
}

template <typename Op> static LogicalResult verifyAnalysis(Op op, bool onSO3) {
  FailureOr<Sides> sides = verifySides(op, onSO3, /*toSpectrum=*/!op.getAdjoint());
  if (failed(sides) || failed(verifySameExtents(op, *sides)))
    return failure();
  if (sides->function.isComplex() && !sides->spectrum.isComplex())
    return op.emitOpError() << "expected a complex spectrum of a complex function (C4), got "
                            << op.getInput().getType() << " -> " << op.getType();
  return verifyHigh(op, op.getHigh(), sides->function.bandLimit, sides->spectrum.bandLimit);
}

LogicalResult S2FTOp::verify() { return verifyAnalysis(*this, /*onSO3=*/false); }

LogicalResult SO3FTOp::verify() { return verifyAnalysis(*this, /*onSO3=*/true); }

template <typename Op> static LogicalResult verifySynthesis(Op op, bool onSO3) {
  FailureOr<Sides> sides = verifySides(op, onSO3, /*toSpectrum=*/op.getAdjoint());
  if (failed(sides) || failed(verifySameExtents(op, *sides)))
    return failure();
  if (sides->function.isComplex() && !sides->spectrum.isComplex())
    return op.emitOpError() << "expected a complex spectrum of a complex function (C2), got "
                            << op.getInput().getType() << " -> " << op.getType();
  return success();
}

LogicalResult S2IFTOp::verify() { return verifySynthesis(*this, /*onSO3=*/false); }

LogicalResult SO3IFTOp::verify() { return verifySynthesis(*this, /*onSO3=*/true); }

LogicalResult KernelFTOp::verify() {
  const Type from = getAdjoint() ? getType() : getInput().getType();
  const Type to = getAdjoint() ? getInput().getType() : getType();
  auto tensor = dyn_cast<RankedTensorType>(from);
  std::optional<Signal> spectrum = getSignal(to);
  if (!tensor || !spectrum)
    return emitOpError() << "expected to go from " << (getAdjoint() ? "spectrum" : "tensor")
                         << " to " << (getAdjoint() ? "tensor" : "spectrum") << " (C4), got "
                         << getInput().getType() << " -> " << getType();
  if (tensor.getRank() != 3 || tensor.getDimSize(0) != spectrum->batch ||
      tensor.getDimSize(1) != spectrum->channels)
    return emitOpError() << "expected a tensor [" << spectrum->batch << ", " << spectrum->channels
                         << ", point] beside " << to << " (C1), got " << tensor;
  if (getProjection() &&
      (getProjection() == Projection::Invariant || spectrum->onSO3() || spectrum->isComplex()))
    return emitOpError() << "expected `projection` to be sum_n or orbit_mean, to a real spectrum "
                            "on S2 (C5), got "
                         << stringifyProjection(*getProjection()) << " to " << to;
  const bool onSO3 = spectrum->onSO3() || getProjection();
  if (getGrid().onSO3() != onSO3 || getGrid().numPoints() != tensor.getDimSize(2))
    return emitOpError() << "expected a grid on " << (onSO3 ? "SO(3)" : "S2") << " of "
                         << tensor.getDimSize(2) << " points (C2), got one on "
                         << (getGrid().onSO3() ? "SO(3)" : "S2") << " of " << getGrid().numPoints();
  const Type weight = tensor.getElementType();
  if (weight != spectrum->realElement() && weight != spectrum->element)
    return emitOpError() << "expected weights of element " << spectrum->realElement()
                         << " or that of the spectrum, " << spectrum->element << " (C3), got "
                         << weight;
  return success();
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

template <typename Op> static LogicalResult verifyConvolution(Op op, bool onSO3) {
  const Signal in = *getSignal(op.getInput().getType()), out = *getSignal(op.getType());
  if (in.batch != out.batch || in.element != out.element)
    return op.emitOpError() << "expected input and result of the same batch and element (C1), got "
                            << op.getInput().getType() << " -> " << op.getType();
  if (op.getGrid().onSO3() != onSO3)
    return op.emitOpError() << "expected a grid on " << (onSO3 ? "SO(3)" : "S2") << " (C4), got "
                            << op.getGridAttr();
  auto expected =
      RankedTensorType::get({in.channels, out.channels, op.getGrid().numPoints()}, in.element);
  if (withLayout(op.getKernel().getType(), {}) == expected)
    return success();
  return op.emitOpError() << "expected kernel " << expected
                          << ", channels in x channels out x points (C3), got "
                          << op.getKernel().getType();
}

LogicalResult S2ConvOp::verify() {
  if (failed(verifyConvolution(*this, /*onSO3=*/false)))
    return failure();
  const int64_t in = getInput().getType().getBandLimit(), out = getType().getBandLimit();
  if (out > in)
    return emitOpError() << "expected a band-limit of at most the input's, " << in << " (C2), got "
                         << out;
  return success();
}

LogicalResult SO3ConvOp::verify() {
  if (failed(verifyConvolution(*this, /*onSO3=*/true)))
    return failure();
  return verifyHigh(*this, getHigh(), getInput().getType().getBandLimit(),
                    getType().getBandLimit());
}

LogicalResult SO3ToS2Op::verify() {
  if (failed(verifyConvolution(*this, /*onSO3=*/true)))
    return failure();
  return verifyHigh(*this, getHigh(), getInput().getType().getBandLimit(),
                    getType().getBandLimit());
}

LogicalResult SO3ShortcutOp::verify() {
  const Signal in = *getSignal(getInput().getType()), out = *getSignal(getType());
  if (in.batch != out.batch || in.element != out.element)
    return emitOpError() << "expected input and result of the same batch and element (C1), got "
                         << getInput().getType() << " -> " << getType();
  auto expected = RankedTensorType::get({in.channels, out.channels, 1}, in.element);
  if (withLayout(getKernel().getType(), {}) != expected)
    return emitOpError() << "expected kernel " << expected
                         << ", channels in x channels out x 1 (C3), got " << getKernel().getType();
  return verifyHigh(*this, getHigh(), in.bandLimit, out.bandLimit);
}

LogicalResult ResampleOp::verify() {
  const Signal in = *getSignal(getInput().getType()), out = *getSignal(getType());
  if (in.withBandLimit(out.bandLimit).withLayout({}).get(getContext()) == withLayout(getType(), {}))
    return success();
  return emitOpError() << "expected functions on the same manifold, of the same batch, channels "
                          "and element (C1), got "
                       << getInput().getType() << " -> " << getType();
}

LogicalResult SO3IntegrateOp::verify() {
  const Type input = getInput().getType();
  std::optional<Signal> signal = getSignal(getAdjoint() ? getType() : input);
  auto tensor = dyn_cast<RankedTensorType>(getAdjoint() ? input : Type(getType()));
  if (signal && tensor && tensor.getShape() == ArrayRef{signal->batch, signal->channels} &&
      tensor.getElementType() == signal->element)
    return success();
  InFlightDiagnostic diagnostic = emitOpError();
  diagnostic << "expected " << (getAdjoint() ? "result" : "input")
             << " on SO(3) and a tensor<batch x channels x element> as "
             << (getAdjoint() ? "input" : "result") << " (C1), got " << input << " -> "
             << getType();
  return diagnostic;
}
