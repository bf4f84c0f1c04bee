//===- buffers.cpp - memory of planned programs as doubles ------*- C++ -*-===//

#include "passes/lower/reference/buffers.h"

namespace mlir::spherical {

thread_local bool Buffer::strayed = false;

int64_t Buffer::size() const {
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  return size;
}

double &Buffer::at(int64_t position) const {
  static thread_local double dummy;
  const int64_t index = offset + position;
  if (index < 0 || index >= static_cast<int64_t>(storage->size())) {
    strayed = true;
    return dummy;
  }
  return (*storage)[index];
}

Buffer denseBuffer(MemRefType type, std::vector<double> &storage, int64_t offset) {
  Buffer buffer{&storage, offset, llvm::to_vector(type.getShape()), {}};
  buffer.strides.resize(type.getRank());
  int64_t stride = 1;
  for (int64_t axis = type.getRank() - 1; axis >= 0; --axis) {
    buffer.strides[axis] = stride;
    stride *= type.getDimSize(axis);
  }
  return buffer;
}

/// A value known now, or an index of the frame.
static int64_t valueOf(OpFoldResult value, const Frame &frame) {
  if (auto constant = getConstantIntValue(value))
    return *constant;
  return frame.indices.lookup(cast<Value>(value));
}

static LogicalResult evaluateSubview(memref::SubViewOp op, Frame &frame) {
  const Buffer &source = frame.buffers.find(op.getSource())->second;
  Buffer view = source;
  for (auto [axis, offset] : llvm::enumerate(op.getMixedOffsets()))
    view.offset += valueOf(offset, frame) * source.strides[axis];
  auto type = op.getType();
  int64_t ignored;
  view.shape = llvm::to_vector(type.getShape());
  view.strides.clear();
  if (!type.hasStaticShape() || failed(type.getStridesAndOffset(view.strides, ignored)) ||
      llvm::is_contained(view.strides, ShapedType::kDynamic))
    return op.emitOpError() << "expected static sizes and strides, got " << type;
  frame.buffers[op.getResult()] = view;
  return success();
}

static LogicalResult evaluateApply(affine::AffineApplyOp op, Frame &frame) {
  const AffineMap map = op.getAffineMap();
  SmallVector<Attribute> operands;
  Builder builder(op.getContext());
  for (Value operand : op.getMapOperands())
    operands.push_back(builder.getIndexAttr(valueOf(operand, frame)));
  SmallVector<Attribute> results;
  if (failed(map.constantFold(operands, results)))
    return op.emitOpError() << "expected a map of integers, got " << AffineMapAttr::get(map);
  frame.indices[op.getResult()] = cast<IntegerAttr>(results[0]).getInt();
  return success();
}

LogicalResult evaluateAddress(Operation *op, Frame &frame) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](memref::SubViewOp view) { return evaluateSubview(view, frame); })
      .Case([&](affine::AffineApplyOp apply) { return evaluateApply(apply, frame); })
      .Case([&](arith::ConstantOp constant) -> LogicalResult {
        auto value = dyn_cast<IntegerAttr>(constant.getValue());
        if (!value)
          return constant.emitOpError() << "expected an index, got " << constant.getValue();
        frame.indices[constant.getResult()] = value.getInt();
        return success();
      })
      .Default([](Operation *other) {
        return other->emitOpError() << "is not supported by the reference target";
      });
}

} // namespace mlir::spherical
