//===- packing.cpp - weights as products read them --------------*- C++ -*-===//
//
// Which packing a convolution reads, and what memory it takes.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/packing.h"

#include "dialects/nn/channel_lanes.h"
#include "dialects/nn/fourier.h"
#include "dialects/nn/planar.h"
#include "dialects/nn/winograd.h"
#include "dialects/spherical/signal.h"
#include "dialects/spherical/work.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::nn;

//===----------------------------------------------------------------------===//
// PackingAttr
//===----------------------------------------------------------------------===//

/// Whether a weight packed like this is [I, O, K, L].
static bool isTransposed(PackingForm form) {
  return form == PackingForm::Phases || form == PackingForm::TransposedTaps;
}

LogicalResult PackingAttr::verify(function_ref<InFlightDiagnostic()> emitError, PackingForm form,
                                  int64_t lanes, ArrayRef<int64_t> stride) {
  if (lanes < 1 || lanes > 64 || !llvm::isPowerOf2_64(lanes))
    return emitError() << "expected lanes to be a power of two up to 64 (C1), got " << lanes;
  const bool phases = form == PackingForm::Phases;
  auto isStride = [](int64_t s) { return s > 0 && s <= kMostStride; };
  if (stride.size() == (phases ? 2 : 0) && llvm::all_of(stride, isStride))
    return success();
  return emitError() << "expected " << stringifyPackingForm(form) << " to have "
                     << (phases ? "a stride of two integers from 1 to 1024" : "no stride")
                     << " (C2), got [" << stride << "]";
}

LogicalResult PackingAttr::verifyEncoding(ArrayRef<int64_t> shape, Type element,
                                          function_ref<InFlightDiagnostic()> emitError) const {
  if (shape.size() == 4 && isa<FloatType>(element) &&
      llvm::all_of(shape, [](int64_t extent) { return extent > 0; }))
    return success();
  return emitError() << "expected a packed weight to have four axes of real values (C3), got ["
                     << shape << "] of " << element;
}

SmallVector<int64_t> PackingAttr::getMemoryShape(ArrayRef<int64_t> shape) const {
  const bool transposed = isTransposed(getForm());
  const int64_t in = shape[transposed ? 0 : 1], lanes = getLanes();
  const int64_t inGroups = llvm::divideCeil(in, lanes);
  const int64_t outGroups = llvm::divideCeil(shape[transposed ? 1 : 0], lanes);
  const int64_t depth = getDepth(in);
  switch (getForm()) {
  case PackingForm::Windows:
    return {outGroups, shape[2], inGroups, shape[3], depth, lanes};
  case PackingForm::Phases: {
    const int64_t y = getStride()[0], x = getStride()[1];
    const Windows rows{.kernel = shape[2], .stride = y}, columns{.kernel = shape[3], .stride = x};
    return {y, x, outGroups, rows.parts(), inGroups, columns.parts(), depth, lanes};
  }
  case PackingForm::Taps:
  case PackingForm::TransposedTaps:
    return {shape[2], shape[3], inGroups, depth, outGroups, lanes};
  }
  llvm_unreachable("every form has its memory");
}

int64_t PackingAttr::getDepth(int64_t in) const {
  const bool taps = getForm() == PackingForm::Taps || getForm() == PackingForm::TransposedTaps;
  return taps ? std::min(in, getLanes()) : packedDepth(in, getLanes());
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

namespace mlir::nn {

/// The packing of a form, `taps` by transforms of tiles and `direct` by another way.
template <typename Op>
static PackingAttr packingOf(Op op, PackingForm direct, PackingForm taps,
                             ArrayRef<int64_t> stride) {
  if (!spherical::hasChannelLanes(op.getType()))
    return {};
  const auto choice = op->template getAttrOfType<spherical::ChoiceAttr>("spherical.choice");
  const bool tiles =
      choice && (choice.getAlgorithm() == kFourier || choice.getAlgorithm() == kWinograd);
  return PackingAttr::get(op.getContext(), tiles ? taps : direct, spherical::lanesOf(op.getType()),
                          tiles ? ArrayRef<int64_t>() : stride);
}

PackingAttr packingOf(Conv2dOp op) {
  return packingOf(op, PackingForm::Windows, PackingForm::Taps, {});
}

PackingAttr packingOf(ConvTranspose2dOp op) {
  return packingOf(op, PackingForm::Phases, PackingForm::TransposedTaps, op.getStride());
}

/// The weight of a convolution, packed as its stages read it.
template <typename Op> static Value packedWeightOf(Op op, OpBuilder &builder, unsigned index) {
  const PackingAttr packing = packingOf(op);
  if (!packing || index != 1 || spherical::getLayout(op.getWeight().getType()))
    return {};
  return PackWeightOp::create(builder, op.getLoc(),
                              spherical::withLayout(op.getWeight().getType(), packing),
                              op.getWeight());
}

Value Conv2dOp::buildPrepared(OpBuilder &builder, unsigned index) {
  return packedWeightOf(*this, builder, index);
}

Value ConvTranspose2dOp::buildPrepared(OpBuilder &builder, unsigned index) {
  return packedWeightOf(*this, builder, index);
}

} // namespace mlir::nn
