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

static bool isPositions(PackingForm form) {
  return form == PackingForm::Positions || form == PackingForm::TransposedPositions;
}

bool PackingAttr::isTransposed() const {
  return getForm() == PackingForm::Phases || getForm() == PackingForm::TransposedTaps ||
         getForm() == PackingForm::TransposedPositions;
}

bool PackingAttr::isFor(ArrayRef<int64_t> stride) const {
  if (!isPositions(getForm()) && getForm() != PackingForm::Phases)
    return true;
  return getStride().empty() ? llvm::all_equal({stride[0], stride[1], int64_t(1)})
                             : getStride() == stride;
}

PackingAttr PackingAttr::getTaps() const {
  const PackingForm form = isTransposed() ? PackingForm::TransposedTaps : PackingForm::Taps;
  return get(getContext(), form, getLanes(), ArrayRef<int64_t>(), /*length=*/0);
}

LogicalResult PackingAttr::verify(function_ref<InFlightDiagnostic()> emitError, PackingForm form,
                                  int64_t lanes, ArrayRef<int64_t> stride, int64_t length) {
  if (lanes < 1 || lanes > 64 || !llvm::isPowerOf2_64(lanes))
    return emitError() << "expected lanes to be a power of two up to 64 (C1), got " << lanes;
  const bool positions = isPositions(form), phases = form == PackingForm::Phases;
  if (positions ? !isWinogradLength(length) : length != 0)
    return emitError() << "expected " << stringifyPackingForm(form) << " to have "
                       << (positions ? "a length from 4 to 8" : "no length") << " (C4), got "
                       << length;
  auto isStride = [](int64_t s) { return s > 0 && s <= kMostStride; };
  const bool all = stride.size() == 2 && llvm::all_of(stride, isStride);
  const bool above = llvm::any_of(stride, [](int64_t s) { return s > 1; });
  if (phases ? all : stride.empty() || (positions && all && above))
    return success();
  return emitError() << "expected " << stringifyPackingForm(form) << " to have "
                     << (phases      ? "a stride of two integers from 1 to 1024"
                         : positions ? "no stride, or two integers from 1 to 1024, not both 1,"
                                     : "no stride")
                     << " (C2), got [" << stride << "]";
}

/// An axis, 0 or 1, of minimal filters for a packed weight of this shape.
static FilterAxis filterAxis(PackingAttr packing, ArrayRef<int64_t> shape, int64_t axis) {
  ArrayRef<int64_t> stride = packing.getStride();
  return {TileAxis{.kernel = shape[axis + 2],
                   .adjoint = packing.isTransposed(),
                   .stride = stride.empty() ? 1 : stride[axis]},
          packing.getLength()};
}

std::array<FilterAxis, 2> mlir::nn::filtersOf(PackingAttr packing, ArrayRef<int64_t> shape) {
  return {filterAxis(packing, shape, 0), filterAxis(packing, shape, 1)};
}

LogicalResult PackingAttr::verifyEncoding(ArrayRef<int64_t> shape, Type element,
                                          function_ref<InFlightDiagnostic()> emitError) const {
  if (shape.size() != 4 || !isa<FloatType>(element) ||
      llvm::any_of(shape, [](int64_t extent) { return extent <= 0; }))
    return emitError() << "expected a packed weight to have four axes of real values (C3), got ["
                       << shape << "] of " << element;
  if (!isPositions(getForm()))
    return success();
  for (const FilterAxis &filter : filtersOf(*this, shape))
    if (!filter.exists())
      return emitError() << "expected positions to have a length above the kernel's sides in steps "
                            "of the stride, these no shorter than it, and at most "
                         << kMostPositions << " of an axis (C4), got " << getLength() << " for "
                         << filter.axis.kernel << " in steps of " << filter.axis.stride;
  return success();
}

SmallVector<int64_t> PackingAttr::getMemoryShape(ArrayRef<int64_t> shape) const {
  const bool transposed = isTransposed();
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
    return {rows.phases(), columns.phases(), outGroups, rows.parts(), inGroups, columns.parts(),
            depth,         lanes};
  }
  case PackingForm::Taps:
  case PackingForm::TransposedTaps:
    return {shape[2], shape[3], inGroups, depth, outGroups, lanes};
  case PackingForm::Positions:
  case PackingForm::TransposedPositions: {
    const auto [y, x] = filtersOf(*this, shape);
    return {y.positions(), x.positions(), inGroups, depth, outGroups, lanes};
  }
  }
  llvm_unreachable("every form has its memory");
}

int64_t PackingAttr::getDepth(int64_t in) const {
  const bool windows = getForm() == PackingForm::Windows || getForm() == PackingForm::Phases;
  return windows ? packedDepth(in, getLanes()) : std::min(in, getLanes());
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

namespace mlir::nn {

/// The packing of a convolution: in a direct way, or by transforms of tiles.
template <typename Op>
static PackingAttr packingOf(Op op, PackingForm direct, PackingForm taps, PackingForm positions) {
  if (!spherical::hasChannelLanes(op.getType()))
    return {};
  MLIRContext *context = op.getContext();
  const int64_t lanes = spherical::lanesOf(op.getType());
  const auto choice = op->template getAttrOfType<spherical::ChoiceAttr>("spherical.choice");
  const bool adjoint = isa<ConvTranspose2dOp>(op.getOperation());
  if (choice && choice.getAlgorithm() == kWinograd)
    if (const auto correlation = correlationOf(planarOf(op), adjoint))
      if (const std::optional<int64_t> length = winogradLength(choice, *correlation))
        return PackingAttr::get(
            context, positions, lanes,
            correlation->hasStride() ? op.getStride() : ArrayRef<int64_t>(), *length);
  if (choice && choice.getAlgorithm() == kFourier)
    return PackingAttr::get(context, taps, lanes, ArrayRef<int64_t>(), 0);
  return PackingAttr::get(context, direct, lanes, adjoint ? op.getStride() : ArrayRef<int64_t>(),
                          0);
}

PackingAttr packingOf(Conv2dOp op) {
  return packingOf(op, PackingForm::Windows, PackingForm::Taps, PackingForm::Positions);
}

PackingAttr packingOf(ConvTranspose2dOp op) {
  return packingOf(op, PackingForm::Phases, PackingForm::TransposedTaps,
                   PackingForm::TransposedPositions);
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
