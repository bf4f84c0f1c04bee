//===- buffers.cpp - views of buffers in planned functions ------*- C++ -*-===//

#include "passes/plan/buffers.h"

namespace mlir::spherical {

Value rootOf(Value memref) {
  while (auto view = memref.getDefiningOp<memref::SubViewOp>())
    memref = view.getSource();
  return memref;
}

/// The position of the first axis that a view selects and drops, null for any other view.
static Value selectedIndex(memref::SubViewOp view) {
  auto source = view.getSourceType();
  if (view.getType().getShape() != source.getShape().drop_front() ||
      view.getStaticSizes().front() != 1)
    return {};
  for (auto [offset, size, extent] :
       llvm::zip(view.getStaticOffsets().drop_front(), view.getStaticSizes().drop_front(),
                 source.getShape().drop_front()))
    if (offset != 0 || size != extent)
      return {};
  return dyn_cast<Value>(view.getMixedOffsets().front());
}

PointSlice pointSliceOf(Value memref) {
  SmallVector<Value> indices;
  while (auto view = memref.getDefiningOp<memref::SubViewOp>()) {
    Value index = selectedIndex(view);
    if (!index)
      return {};
    indices.insert(indices.begin(), index);
    memref = view.getSource();
  }
  return {memref, indices};
}

Value selectFirst(OpBuilder &builder, Location loc, Value source, Value index) {
  auto type = cast<MemRefType>(source.getType());
  SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0)), sizes;
  SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
  for (int64_t extent : type.getShape())
    sizes.push_back(builder.getIndexAttr(extent));
  offsets[0] = index;
  sizes[0] = builder.getIndexAttr(1);
  MemRefType result = memref::SubViewOp::inferRankReducedResultType(type.getShape().drop_front(),
                                                                    type, offsets, sizes, strides);
  return memref::SubViewOp::create(builder, loc, result, source, offsets, sizes, strides);
}

Value rangeOf(OpBuilder &builder, Location loc, Value source, int64_t axis, OpFoldResult first,
              int64_t size) {
  auto type = cast<MemRefType>(source.getType());
  SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0)), sizes;
  SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
  for (int64_t extent : type.getShape())
    sizes.push_back(builder.getIndexAttr(extent));
  offsets[axis] = first;
  sizes[axis] = builder.getIndexAttr(size);
  return memref::SubViewOp::create(builder, loc, source, offsets, sizes, strides);
}

void replaceBuffer(Value old, Value now) {
  for (OpOperand &use : llvm::make_early_inc_range(old.getUses())) {
    auto view = dyn_cast<memref::SubViewOp>(use.getOwner());
    if (!view) {
      use.set(now);
      continue;
    }
    OpBuilder builder(view);
    auto offsets = view.getMixedOffsets(), sizes = view.getMixedSizes(),
         strides = view.getMixedStrides();
    MemRefType type = memref::SubViewOp::inferRankReducedResultType(
        view.getType().getShape(), cast<MemRefType>(now.getType()), offsets, sizes, strides);
    Value copy =
        memref::SubViewOp::create(builder, view.getLoc(), type, now, offsets, sizes, strides);
    replaceBuffer(view, copy);
    view.erase();
  }
}

void eraseUnusedViews(Value memref) {
  auto view = memref.getDefiningOp<memref::SubViewOp>();
  while (view && view->use_empty()) {
    auto source = view.getSource().getDefiningOp<memref::SubViewOp>();
    view->erase();
    view = source;
  }
}

int64_t bytesOfBuffer(Type memref) {
  auto type = cast<MemRefType>(memref);
  return type.getNumElements() * type.getElementTypeBitWidth() / 8;
}

} // namespace mlir::spherical
