//===- work.cpp - sizes and traffic of values in their layouts --*- C++ -*-===//
//
// Lanes beyond the batch count too: they are computed.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/work.h"

#include "runtime/layout.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

Type realElementOf(Type type) {
  Type element = type;
  if (std::optional<Signal> signal = getSignal(type))
    element = signal->realElement();
  else if (auto shaped = dyn_cast<ShapedType>(type))
    element = shaped.getElementType();
  if (auto complex = dyn_cast<ComplexType>(element))
    element = complex.getElementType();
  return element;
}

int64_t elementBits(Type type) { return realElementOf(type).getIntOrFloatBitWidth(); }

/// Lanes of a value's layout, 0 without lanes.
int64_t lanesOf(Type type) {
  auto layout = dyn_cast_if_present<LayoutAttr>(getLayout(type));
  return layout && !layout.getLaneSizes().empty() ? layout.getLanes() : 0;
}

int64_t partsInCache(int64_t most, int64_t bytes) {
  for (int64_t parts = 1; parts < most; ++parts)
    if (most % parts == 0 && bytes / parts <= kCachedRowBytes)
      return parts;
  return most;
}

/// Whether one of these axes is in the lanes of a value.
static bool hasLanesOf(Type type, ArrayRef<StringRef> axes) {
  auto layout = dyn_cast_if_present<LayoutAttr>(getLayout(type));
  return layout && llvm::any_of(layout.getLaneAxes(), [&](StringAttr axis) {
           return llvm::is_contained(axes, axis.getValue());
         });
}

bool hasChannelLanes(Type type) { return hasLanesOf(type, {kChannelAxis, kOutAxis}); }

bool hasSeriesLanes(Type type) { return hasLanesOf(type, {kSeriesAxis}); }

int64_t laneBatch(const Signal &signal) {
  const Type type = signal.get(signal.element.getContext());
  const int64_t lanes = lanesOf(type);
  const bool samples = lanes > 0 && !hasChannelLanes(type) && !hasSeriesLanes(type);
  return samples ? llvm::alignTo(signal.batch, lanes) : signal.batch;
}

int64_t laneSeries(const Signal &signal) {
  const Type type = signal.get(signal.element.getContext());
  if (hasSeriesLanes(type))
    return llvm::alignTo(signal.batch * signal.channels, lanesOf(type));
  const int64_t channels =
      hasChannelLanes(type) ? llvm::alignTo(signal.channels, lanesOf(type)) : signal.channels;
  return laneBatch(signal) * channels;
}

int64_t coefficientsOf(const Signal &signal) {
  return signal.onSO3() ? so3Size(signal.bandLimit) : s2Size(signal.bandLimit);
}

int64_t halfCoefficientsOf(const Signal &signal) {
  return signal.onSO3() ? so3HalfSize(signal.bandLimit) : s2HalfSize(signal.bandLimit);
}

int64_t valuesOf(Type type) {
  int64_t values = 1;
  const std::optional<Signal> signal = getSignal(type);
  if (signal) {
    values = laneSeries(*signal);
    if (signal->isSpectrum())
      values *= coefficientsOf(*signal);
    else
      for (int64_t axis = 0; axis < (signal->onSO3() ? 3 : 2); ++axis)
        values *= 2 * signal->bandLimit;
  } else if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    values = tensor.getNumElements();
    if (auto own = dyn_cast_if_present<MemoryLayout>(tensor.getEncoding()))
      values = llvm::product_of(own.getMemoryShape(tensor.getShape()));
    if (int64_t lanes = lanesOf(type); lanes && hasChannelLanes(type))
      values = values / tensor.getDimSize(1) * llvm::alignTo(tensor.getDimSize(1), lanes);
    else if (lanes)
      values = values / tensor.getDimSize(0) * llvm::alignTo(tensor.getDimSize(0), lanes);
  }
  const bool pairs = isComplex(type) || (signal && signal->isSpectrum() && !getLayout(type));
  return values * (pairs ? 2 : 1);
}

int64_t bytesOf(Type type) { return valuesOf(type) * elementBits(type) / 8; }

/// Independent pieces: (lane group, channel) for most ops.
static int64_t tasksOf(Operation *op) {
  Type type = op->getNumResults() ? op->getResult(0).getType() : Type();
  std::optional<Signal> signal = type ? getSignal(type) : std::nullopt;
  if (!signal)
    return 1;
  int64_t lanes = std::max<int64_t>(lanesOf(type), 1);
  return lanesOf(type) ? laneSeries(*signal) / lanes : signal->batch;
}

Candidate direct(Operation *op, const Machine &machine, StringRef algorithm, int64_t flop,
                 StringRef reason) {
  Candidate candidate;
  candidate.algorithm = algorithm;
  candidate.reason = reason;
  for (Type type : llvm::concat<const Type>(op->getOperandTypes(), op->getResultTypes()))
    candidate.bytes += bytesOf(type);
  candidate.tasks = tasksOf(op);
  candidate.flop = flop;
  candidate.seconds =
      std::max(machine.workSeconds(static_cast<double>(flop),
                                   kProductShare * machine.busyShare(candidate.tasks)),
               machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes));
  return candidate;
}

void addLibraryProducts(Operation *op, const Machine &machine, const DenseProducts &products,
                        int64_t stages, SmallVectorImpl<Candidate> &candidates) {
  if (machine.registers > 0 || elementBits(op->getResult(0).getType()) != 32)
    return;
  // What a block of the library is taken to make, and the share of the peak that it is taken to
  // reach with enough of them.
  constexpr int64_t side = 64, depth = 512;
  constexpr double share = 0.8;
  Candidate candidate = candidates.front();
  candidate.algorithm = kLibraryProducts;
  candidate.tile.clear();
  candidate.tasks = products.batch * llvm::divideCeil(products.m, side) *
                    llvm::divideCeil(products.n, side) * llvm::divideCeil(products.k, depth);
  candidate.bytes += 2 * stages * bytesOf(op->getResult(0).getType());
  const double work = machine.workSeconds(static_cast<double>(candidate.flop),
                                          share * machine.busyShare(candidate.tasks));
  const double move = machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes);
  // What takes less than the start of a stage gains nothing by a library.
  candidate.seconds = std::max({work, move, machine.stageSeconds}) +
                      static_cast<double>(stages) * machine.stageSeconds;
  candidate.reason = "a call of cuBLAS";
  candidates.push_back(std::move(candidate));
}

Candidate onePass(Operation *op, const Machine &machine) {
  Candidate candidate = direct(op, machine, "pointwise", 0);
  candidate.flop = candidate.bytes * 8 / 32;
  candidate.seconds = machine.secondsOf(candidate.flop, candidate.bytes);
  return candidate;
}

} // namespace mlir::spherical
