//===- cost_model.cpp - work and traffic of the ops -------------*- C++ -*-===//
//
// Operations are counted as in math.md, section 6. Lanes beyond the batch count
// too: they are computed.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/cost_model.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "passes/schedule/radices.h"
#include "runtime/layout.h"
#include "runtime/processor/processor.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

Machine getMachine(StringRef cpu) {
  // H100 (SXM), data sheet, the device as one core. Half a warp at a time where lanes are not the
  // batch: kernel spectra are padded to 16 coefficients.
  if (cpu == "sm_90")
    return {64, 66900, 3350};
  // Zen 5 at 4.2 GHz, two cores that move 32 GB/s together; AVX2 has half the width.
  bool wide = cpu == "x86-64-v4";
  if (cpu != "x86-64-v3" && cpu != "x86-64-v4")
    wide = thisProcessor().level >= CpuLevel::V4;
  return wide ? Machine{64, 267, 16} : Machine{32, 134, 16};
}

int64_t elementBits(Type type) {
  Type element = type;
  if (std::optional<Signal> signal = getSignal(type))
    element = signal->realElement();
  else if (auto shaped = dyn_cast<ShapedType>(type))
    element = shaped.getElementType();
  if (auto complex = dyn_cast<ComplexType>(element))
    element = complex.getElementType();
  return element.getIntOrFloatBitWidth();
}

/// Lanes of a value's layout, 0 without lanes.
static int64_t lanesOf(Type type) {
  auto layout = dyn_cast_if_present<LayoutAttr>(getLayout(type));
  return layout && !layout.getLaneSizes().empty() ? layout.getLanes() : 0;
}

/// The batch, rounded up to whole lane groups.
static int64_t laneBatch(const Signal &signal) {
  int64_t lanes = lanesOf(signal.get(signal.element.getContext()));
  return lanes == 0 ? signal.batch : llvm::alignTo(signal.batch, lanes);
}

static int64_t spectrumSize(const Signal &signal) {
  return signal.onSO3() ? so3Size(signal.bandLimit) : s2Size(signal.bandLimit);
}

int64_t bytesOf(Type type) {
  int64_t values = 1;
  const std::optional<Signal> signal = getSignal(type);
  if (signal) {
    values = laneBatch(*signal) * signal->channels;
    if (signal->isSpectrum())
      values *= spectrumSize(*signal);
    else
      for (int64_t axis = 0; axis < (signal->onSO3() ? 3 : 2); ++axis)
        values *= 2 * signal->bandLimit;
  } else if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    values = tensor.getNumElements();
    if (int64_t lanes = lanesOf(type))
      values = values / tensor.getDimSize(0) * llvm::alignTo(tensor.getDimSize(0), lanes);
  }
  const bool pairs = isComplex(type) || (signal && signal->isSpectrum() && !getLayout(type));
  return values * (pairs ? 2 : 1) * elementBits(type) / 8;
}

/// Function and spectrum of a transform, in this order.
static std::pair<Signal, Signal> sides(Operation *op) {
  Signal in = *getSignal(op->getOperand(0).getType()), out = *getSignal(op->getResult(0).getType());
  return in.isSpectrum() ? std::pair(out, in) : std::pair(in, out);
}

int64_t transformLength(Operation *op) {
  if (!isa<S2FTOp, S2IFTOp, SO3FTOp, SO3IFTOp>(op))
    return 0;
  return 2 * sides(op).first.bandLimit;
}

static int64_t transformTotal(Operation *op, ArrayRef<int64_t> radices) {
  auto [function, spectrum] = sides(op);
  int64_t n = 2 * function.bandLimit, b = function.bandLimit;
  int64_t degrees = spectrum.bandLimit;
  if (!isa<S2FTOp, SO3FTOp>(op))
    degrees = std::min(degrees, b);
  int64_t orders = std::min(degrees, b), dft = transformFlop(n, radices);
  int64_t series = laneBatch(function) * function.channels;
  if (!function.onSO3())
    return series * (n / 2 * dft + 2 * 2 * n * s2OrderOffset(degrees, orders));
  int64_t columns = so3OrderOffset(degrees, orders, orders, 0);
  return series * (n * n / 2 * dft + orders * n * dft + 2 * 4 * n * columns);
}

static int64_t matmulTotal(SpectralMatmulOp op) {
  Signal lhs = *getSignal(op.getLhs().getType()), rhs = *getSignal(op.getRhs().getType());
  bool so3 = rhs.onSO3();
  int64_t batch = laneBatch(lhs), total = 0;
  int64_t pairs = op.getForm() == ProductForm::GradKernel ? lhs.channels * rhs.channels
                                                          : rhs.batch * rhs.channels;
  for (int64_t l = 0, width = 1; l < lhs.bandLimit; ++l, width += 2)
    total += width * width * (so3 ? width : 1);
  return 2 * batch * pairs * total;
}

static int64_t thinTotal(ThinMatmulOp op) {
  bool gradKernel = op.getForm() == ProductForm::GradKernel;
  Signal lhs = *getSignal(op.getLhs().getType()), rhs = *getSignal(op.getRhs().getType());
  int64_t pairs = gradKernel ? lhs.channels * rhs.channels : rhs.batch * rhs.channels;
  int64_t values = lhs.bandLimit * (4 * lhs.bandLimit * lhs.bandLimit - 1) / 3;
  return 2 * laneBatch(lhs) * pairs * values;
}

/// One small product for each degree: the orders of the result times those of the operand.
static int64_t rotationTotal(RotateOp op) {
  Signal signal = *getSignal(op.getType());
  int64_t total = 0;
  for (int64_t l = 0, width = 1; l < signal.bandLimit; ++l, width += 2)
    total += width * width * (signal.onSO3() ? width : 1);
  return 2 * laneBatch(signal) * signal.channels * total;
}

static int64_t kernelTotal(KernelFTOp op) {
  auto tensor = cast<RankedTensorType>((op.getAdjoint() ? op.getType() : op.getInput().getType()));
  Signal spectrum = *getSignal(op.getAdjoint() ? op.getInput().getType() : op.getType());
  return 2 * tensor.getNumElements() * spectrumSize(spectrum);
}

/// Each weight once for each window.
static int64_t convolutionTotal(Value windows, Value weight) {
  auto type = cast<RankedTensorType>(windows.getType());
  return 2 * type.getNumElements() / type.getDimSize(1) *
         cast<RankedTensorType>(weight.getType()).getNumElements();
}

/// Independent pieces: (lane group, channel) for most ops.
static int64_t tasksOf(Operation *op) {
  Type type = op->getNumResults() ? op->getResult(0).getType() : Type();
  std::optional<Signal> signal = type ? getSignal(type) : std::nullopt;
  if (!signal)
    return 1;
  int64_t lanes = std::max<int64_t>(lanesOf(type), 1);
  return lanesOf(type) ? llvm::divideCeil(signal->batch, lanes) * signal->channels : signal->batch;
}

/// The one coefficient of each sample and channel that biases and integrals of a spectrum touch,
/// 0 for other ops.
static int64_t lowestCoefficients(Operation *op) {
  if (!isa<AddBiasOp, BiasGradOp, SO3IntegrateOp>(op))
    return 0;
  for (Value value : {op->getOperand(0), Value(op->getResult(0))})
    if (std::optional<Signal> signal = getSignal(value.getType()); signal && signal->isSpectrum())
      return laneBatch(*signal) * signal->channels;
  return 0;
}

Cost costOf(Operation *op, ArrayRef<int64_t> radices) {
  Cost cost;
  for (Value operand : op->getOperands())
    cost.bytes += bytesOf(operand.getType());
  for (Value result : op->getResults())
    cost.bytes += bytesOf(result.getType());
  int64_t coefficients = lowestCoefficients(op);
  if (coefficients > 0)
    cost.bytes = 2 * coefficients * elementBits(op->getOperand(0).getType()) / 8;
  cost.tasks = tasksOf(op);
  cost.flop = llvm::TypeSwitch<Operation *, int64_t>(op)
                  .Case<S2FTOp, S2IFTOp, SO3FTOp, SO3IFTOp>(
                      [&](auto op) { return transformTotal(op, radices); })
                  .Case<SpectralMatmulOp>(matmulTotal)
                  .Case<ThinMatmulOp>(thinTotal)
                  .Case<RotateOp>(rotationTotal)
                  .Case<KernelFTOp>(kernelTotal)
                  .Case<nn::LinearOp, nn::LinearGradInputOp>([&](auto op) {
                    return 2 * bytesOf(op->getOperand(0).getType()) * 8 /
                           elementBits(op->getOperand(0).getType()) *
                           cast<RankedTensorType>(op.getType()).getDimSize(1);
                  })
                  .Case<nn::LinearGradWeightOp>([&](nn::LinearGradWeightOp op) {
                    return 2 * cast<RankedTensorType>(op.getType()).getNumElements() *
                           cast<RankedTensorType>(op.getInput().getType()).getDimSize(0);
                  })
                  .Case<AddBiasOp, BiasGradOp, SO3IntegrateOp>([&](Operation *) {
                    return coefficients > 0 ? coefficients : cost.bytes * 8 / 32;
                  })
                  .Case<nn::Conv2dOp>([](nn::Conv2dOp op) {
                    return convolutionTotal(op.getResult(), op.getWeight());
                  })
                  .Case<nn::ConvTranspose2dOp>([](nn::ConvTranspose2dOp op) {
                    return convolutionTotal(op.getInput(), op.getWeight());
                  })
                  .Case<nn::Conv2dGradWeightOp>([](nn::Conv2dGradWeightOp op) {
                    return convolutionTotal(op.getGrad(), op.getResult());
                  })
                  .Case<ConvertLayoutOp, SamplesOp, ZeroOp, TruncateOp, PadOp>(
                      [](auto) { return int64_t(0); })
                  .Default([&](Operation *) { return cost.bytes * 8 / 32; });
  return cost;
}

} // namespace mlir::spherical
