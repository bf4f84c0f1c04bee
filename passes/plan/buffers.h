//===- buffers.h - views of buffers in planned functions --------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_PLAN_BUFFERS_H
#define SPHERICAL_PASSES_PLAN_BUFFERS_H

#include "dialects/stage/dialect.h"

#include "mlir/IR/Builders.h"

namespace mlir::spherical {

/// The part of a buffer at leading positions: buffer[indices...].
struct PointSlice {
  Value buffer;
  SmallVector<Value> indices;
};

/// The buffer, scratch or argument that a memref is a view of.
Value rootOf(Value memref);

/// `memref` as a slice of its root, if all views between are single positions of a first axis.
PointSlice pointSliceOf(Value memref);

/// `source` at position `index` of its first axis, without that axis.
Value selectFirst(OpBuilder &builder, Location loc, Value source, Value index);

/// Positions first ... first + size - 1 of one axis of `source`.
Value rangeOf(OpBuilder &builder, Location loc, Value source, int64_t axis, OpFoldResult first,
              int64_t size);

/// Puts `now`, of the same shape, in the place of `old`; the types of its views follow.
void replaceBuffer(Value old, Value now);

/// Erases the view `memref`, if nothing uses it, and then the views that led to it.
void eraseUnusedViews(Value memref);

/// Bytes of a static memref.
int64_t bytesOfBuffer(Type memref);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_PLAN_BUFFERS_H
