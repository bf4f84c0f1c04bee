//===- emit_pointwise.cpp - value by value ----------------------*- C++ -*-===//
//
// ReLU, sums, constants and step counters.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace mlir::spherical {

/// All operands have the result's shape. Large buffers are split along their leading axes.
void Emitter::emitElementwise(StringRef name, Value result, ValueRange inputs, Scalars scalars) {
  auto type = cast<MemRefType>(result.getType());
  SmallVector<int64_t> space;
  int64_t points = type.getNumElements();
  while (space.size() < 2 && static_cast<int64_t>(space.size()) + 1 < type.getRank() &&
         points > 4096) {
    points /= type.getDimSize(space.size());
    space.push_back(type.getDimSize(space.size()));
  }
  bool whole = space.empty();
  if (whole)
    space.push_back(1);
  bool wide = points % vectorLanes == 0;
  SmallVector<int64_t> extents = {points};
  if (wide)
    extents = {points / vectorLanes, vectorLanes};
  sweep(name, space, {}, [&](ValueRange at, ValueRange) {
    auto part = [&](Value buffer) { return whole ? buffer : slice(buffer, at); };
    SmallVector<AffineMap> maps(inputs.size() + 1, flat(extents));
    map(extents, llvm::map_to_vector(inputs, part), part(result), maps, scalars, std::nullopt,
        wide ? std::optional<int64_t>(vectorLanes) : std::nullopt);
  });
}

void Emitter::emitFill(Location location, StringRef name, Value buffer, double value) {
  loc = location;
  auto type = cast<MemRefType>(buffer.getType());
  if (type.getNumElements() == 0)
    return;
  bool split = type.getRank() > 1 && type.getNumElements() > 65536;
  TypedAttr attribute =
      isa<FloatType>(type.getElementType())
          ? TypedAttr(builder.getFloatAttr(type.getElementType(), value))
          : TypedAttr(builder.getIntegerAttr(type.getElementType(), static_cast<int64_t>(value)));
  sweep(name, {split ? type.getDimSize(0) : 1}, {}, [&](ValueRange at, ValueRange) {
    stage::FillOp::create(builder, loc, split ? slice(buffer, at) : buffer, attribute);
  });
}

/// One number fills the buffer; others are a table.
LogicalResult Emitter::emitConstant(arith::ConstantOp op, Value out) {
  auto values = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!values)
    return failure();
  if (values.empty())
    return success();
  bool isFloat = isa<FloatType>(values.getElementType());
  if (values.isSplat()) {
    emitFill(loc, "constant", out,
             isFloat ? values.getSplatValue<APFloat>().convertToDouble()
                     : static_cast<double>(values.getSplatValue<APInt>().getSExtValue()));
    return success();
  }
  if (!isFloat)
    return failure();
  SmallVector<double> numbers;
  for (const APFloat &number : values.getValues<APFloat>())
    numbers.push_back(number.convertToDouble());
  auto type = cast<MemRefType>(out.getType());
  Value constants = table("constants", {}, type.getShape(), type.getElementType(), numbers);
  emitCopy(loc, constants, out, /*batched=*/false);
  return success();
}

LogicalResult Emitter::emitPointwise(Operation *op) {
  Value out = op->getNumResults() ? buffer(op->getResult(0)) : Value();
  SmallVector<Value> in =
      llvm::map_to_vector(op->getOperands(), [&](Value v) { return buffer(v); });
  if (isa<ZeroOp>(op)) {
    emitFill(loc, "zero", out, 0.0);
  } else if (isa<nn::ReluOp>(op)) {
    emitElementwise("relu", out, in, [&](OpBuilder &b, Location l, ValueRange v) {
      Value zero = constant(b, l, v[0].getType(), 0.0);
      return SmallVector<Value>{arith::MaximumFOp::create(b, l, v[0], zero)};
    });
  } else if (isa<nn::ReluGradOp>(op)) {
    emitElementwise("relu_grad", out, in, [&](OpBuilder &b, Location l, ValueRange v) {
      Value zero = constant(b, l, v[0].getType(), 0.0);
      Value positive = arith::CmpFOp::create(b, l, arith::CmpFPredicate::OGT, v[1], zero);
      return SmallVector<Value>{arith::SelectOp::create(b, l, positive, v[0], zero)};
    });
  } else if (isa<nn::AddOp>(op)) {
    emitElementwise("add", out, in, [](OpBuilder &b, Location l, ValueRange v) {
      return SmallVector<Value>{arith::AddFOp::create(b, l, v[0], v[1])};
    });
  } else if (isa<nn::SubOp>(op)) {
    emitElementwise("sub", out, in, [](OpBuilder &b, Location l, ValueRange v) {
      return SmallVector<Value>{arith::SubFOp::create(b, l, v[0], v[1])};
    });
  } else if (auto inverse = dyn_cast<nn::InverseStdOp>(op)) {
    double eps = inverse.getEps().convertToDouble();
    emitElementwise("inverse_std", out, in, [&](OpBuilder &b, Location l, ValueRange v) {
      Type type = v[0].getType();
      Value sum = arith::AddFOp::create(b, l, v[0], constant(b, l, type, eps));
      Value root = math::SqrtOp::create(b, l, sum);
      return SmallVector<Value>{arith::DivFOp::create(b, l, constant(b, l, type, 1.0), root)};
    });
  } else if (isa<nn::IncrementOp>(op)) {
    sweep("increment", {1}, {}, [&](ValueRange, ValueRange) {
      map({}, in, out, {dims(0, {}), dims(0, {})}, [](OpBuilder &b, Location l, ValueRange v) {
        Value one = arith::ConstantOp::create(b, l, b.getI64IntegerAttr(1));
        return SmallVector<Value>{arith::AddIOp::create(b, l, v[0], one)};
      });
    });
  } else if (auto constantOp = dyn_cast<arith::ConstantOp>(op)) {
    return emitConstant(constantOp, out);
  } else {
    return failure();
  }
  return success();
}

} // namespace mlir::spherical
