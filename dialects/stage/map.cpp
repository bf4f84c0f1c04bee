//===- map.cpp - builder, access and verifier of stage.map ------*- C++ -*-===//

#include "dialects/stage/dialect.h"

#include "dialects/interfaces/scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"

#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::stage {

void MapOp::build(OpBuilder &builder, OperationState &state, ArrayRef<int64_t> space,
                  ValueRange inputs, ValueRange outputs, ArrayRef<AffineMap> maps,
                  std::optional<Combine> combine, std::optional<int64_t> lanes,
                  function_ref<SmallVector<Value>(OpBuilder &, Location, ValueRange)> body) {
  state.addOperands(inputs);
  state.addOperands(outputs);
  Properties &properties = state.getOrAddProperties<Properties>();
  properties.space = builder.getDenseI64ArrayAttr(space);
  properties.maps = builder.getAffineMapArrayAttr(maps);
  properties.operandSegmentSizes = {static_cast<int32_t>(inputs.size()),
                                    static_cast<int32_t>(outputs.size())};
  if (combine)
    properties.combine = CombineAttr::get(builder.getContext(), *combine);
  if (lanes)
    properties.lanes = builder.getI64IntegerAttr(*lanes);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(state.addRegion());
  for (Value input : inputs)
    block->addArgument(cast<MemRefType>(input.getType()).getElementType(), state.location);
  SmallVector<Value> values = body(builder, state.location, block->getArguments());
  YieldOp::create(builder, state.location, values);
}

AffineMap MapOp::getMap(int64_t index) { return cast<AffineMapAttr>(getMaps()[index]).getValue(); }

/// Whether an output's map uses each dimension of the space.
static llvm::SmallBitVector usedDimensions(AffineMap map) {
  llvm::SmallBitVector used(map.getNumDims());
  for (unsigned dim = 0; dim < map.getNumDims(); ++dim)
    used[dim] = map.isFunctionOfDim(dim);
  return used;
}

bool MapOp::isReduction(int64_t dim) { return !getMap(getInputs().size()).isFunctionOfDim(dim); }

int64_t MapOp::getNumReductions() {
  return getSpace().size() - usedDimensions(getMap(getInputs().size())).count();
}

/// Adds `factor` times the linear expression to strides and offset; false if it is not linear or
/// overflows.
static bool addLinear(AffineExpr expr, int64_t factor, SmallVectorImpl<int64_t> &strides,
                      int64_t &offset) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    int64_t term;
    return !llvm::MulOverflow(factor, constant.getValue(), term) &&
           !llvm::AddOverflow(offset, term, offset);
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    int64_t &stride = strides[dim.getPosition()];
    return !llvm::AddOverflow(stride, factor, stride);
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (expr.getKind() == AffineExprKind::Add)
    return addLinear(binary.getLHS(), factor, strides, offset) &&
           addLinear(binary.getRHS(), factor, strides, offset);
  auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS());
  int64_t product;
  return expr.getKind() == AffineExprKind::Mul && constant &&
         !llvm::MulOverflow(factor, constant.getValue(), product) &&
         addLinear(binary.getLHS(), product, strides, offset);
}

std::pair<SmallVector<int64_t>, int64_t> MapOp::getFlatAccess(int64_t index) {
  AffineMap map = getMap(index);
  auto type = cast<MemRefType>((*this)->getOperand(index).getType());
  SmallVector<int64_t> axisStrides;
  int64_t ignored;
  if (map.getNumResults() == static_cast<unsigned>(type.getRank()))
    (void)type.getStridesAndOffset(axisStrides, ignored);
  else
    axisStrides.push_back(1);
  std::pair<SmallVector<int64_t>, int64_t> access(SmallVector<int64_t>(map.getNumDims(), 0), 0);
  for (auto [expr, stride] : llvm::zip(map.getResults(), axisStrides))
    addLinear(expr, stride, access.first, access.second);
  return access;
}

/// C1 and the first half of C2 for one operand.
static LogicalResult verifyAccess(MapOp op, AffineMap map, MemRefType type) {
  if (map.getNumDims() != op.getSpace().size() || map.getNumSymbols() != 0)
    return op.emitOpError("expected maps of rank ")
           << op.getSpace().size() << " (C1), got " << AffineMapAttr::get(map);
  bool flat = map.getNumResults() == 1 && isContiguous(type);
  if (!flat && map.getNumResults() != static_cast<unsigned>(type.getRank()))
    return op.emitOpError("expected a map with one result for each axis of ")
           << type << " (C1), got " << AffineMapAttr::get(map);
  SmallVector<int64_t> strides(map.getNumDims(), 0);
  int64_t offset = 0;
  for (AffineExpr expr : map.getResults())
    if (!addLinear(expr, 1, strides, offset))
      return op.emitOpError("expected linear maps (C2), got ") << AffineMapAttr::get(map);
  return success();
}

/// C6: the axis or, for a flat map, the elements that each result counts.
static LogicalResult verifyPositions(MapOp op, int64_t operand) {
  AffineMap map = op.getMap(operand);
  auto type = cast<MemRefType>(op->getOperand(operand).getType());
  for (auto [axis, expr] : llvm::enumerate(map.getResults())) {
    bool flat = map.getNumResults() != static_cast<unsigned>(type.getRank());
    int64_t extent = flat ? type.getNumElements() : type.getDimSize(axis);
    SmallVector<int64_t> strides(map.getNumDims(), 0);
    int64_t lowest = 0;
    addLinear(expr, 1, strides, lowest);
    std::optional<int64_t> low = lowest, high = lowest;
    for (auto [stride, points] : llvm::zip(strides, op.getSpace()))
      if (std::optional<int64_t> &end = stride < 0 ? low : high; end)
        end = llvm::checkedMulAdd(stride, points - 1, *end);
    if (!low || !high || *low < 0 || *high >= extent)
      return op.emitOpError("expected positions from 0 to below ")
             << extent << " (C6), got a map to " << (low ? *low : INT64_MIN) << " ... "
             << (high ? *high : INT64_MAX) << " for operand " << operand;
  }
  return success();
}

/// C2: no two points of the dimensions that an output uses have one position. From the smallest
/// stride up, each is longer than all that the smaller ones reach.
static LogicalResult verifyOwnPositions(MapOp op, int64_t output) {
  SmallVector<std::pair<int64_t, int64_t>> steps; // stride, points
  auto [strides, offset] = op.getFlatAccess(output);
  for (auto [dim, points] : llvm::enumerate(op.getSpace()))
    if (points > 1 && !op.isReduction(dim))
      steps.emplace_back(std::abs(strides[dim]), points);
  llvm::sort(steps);
  int64_t reached = 0;
  for (auto [stride, points] : steps) {
    if (stride <= reached)
      return op.emitOpError("expected a position of its own for each point of an output (C2), got ")
             << op.getMaps()[output] << " for operand " << output;
    reached += stride * (points - 1);
  }
  return success();
}

/// C4: the last dimension is the lanes.
static LogicalResult verifyLanes(MapOp op) {
  if (!isLaneCount(*op.getLanes()))
    return op.emitOpError("expected `lanes` to be a power of two up to 64 (C4), got ")
           << *op.getLanes();
  if (op.getSpace().empty() || op.getSpace().back() != static_cast<int64_t>(*op.getLanes()))
    return op.emitOpError("expected the last extent to be `lanes` = ") << *op.getLanes() << " (C4)";
  for (int64_t i = 0, e = op->getNumOperands(); i < e; ++i) {
    int64_t stride = op.getFlatAccess(i).first.back();
    if (stride != 0 && stride != 1)
      return op.emitOpError("expected a lane stride of 0 or 1 (C4), got ")
             << stride << " for operand " << i;
  }
  return success();
}

LogicalResult MapOp::verify() {
  if (getOutputs().empty() || getMaps().size() != (*this)->getNumOperands())
    return emitOpError("expected one map for each operand (C1), got ") << getMaps().size();
  if (llvm::any_of(getSpace(), [](int64_t extent) { return extent < 1; }))
    return emitOpError("expected extents of at least 1 (C6), got [") << getSpace() << "]";
  std::optional<int64_t> points = productOf(getSpace());
  if (!points || *points > kMostPoints)
    return emitOpError("expected at most ") << kMostPoints << " points (C6), got more";
  for (int64_t i = 0, e = (*this)->getNumOperands(); i < e; ++i)
    if (failed(
            verifyAccess(*this, getMap(i), cast<MemRefType>((*this)->getOperand(i).getType()))) ||
        failed(verifyPositions(*this, i)))
      return failure();
  int64_t inputs = getInputs().size();
  for (int64_t i = inputs, e = getMaps().size(); i < e; ++i)
    if (usedDimensions(getMap(i)) != usedDimensions(getMap(inputs)))
      return emitOpError("expected all outputs to use the same dimensions (C2)");
  for (int64_t i = inputs, e = getMaps().size(); i < e; ++i)
    if (failed(verifyOwnPositions(*this, i)))
      return failure();
  if (getCombine().has_value() != (getNumReductions() > 0))
    return emitOpError("expected `combine` exactly if there are reductions (C3), got ")
           << getNumReductions() << " reductions";
  return getLanes() ? verifyLanes(*this) : success();
}

static bool isNumber(Type type) {
  return type.isF32() || type.isF64() || type.isSignlessInteger(16) || type.isSignlessInteger(32) ||
         type.isSignlessInteger(64);
}

/// C7 for one op of the region.
static LogicalResult verifyScalarOp(MapOp map, Operation &op) {
  if (!spherical::isRealArithmetic(&op) &&
      !isa<IndexOp, arith::CmpIOp, arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::ShLIOp,
           arith::ShRUIOp, arith::ExtUIOp, arith::TruncIOp, arith::SIToFPOp, arith::IndexCastOp,
           math::PowFOp>(op))
    return op.emitOpError("is not supported in the region of a 'stage.map' (C7)");
  // Truth values are chosen by and combined, never computed with.
  bool onTruth = isa<arith::CmpFOp, arith::SelectOp, arith::AndIOp, arith::ConstantOp>(op) ||
                 (isa<arith::CmpIOp>(op) && !op.getOperand(0).getType().isInteger(1));
  auto isScalar = [&](Type type) {
    return isNumber(type) || type.isIndex() || (onTruth && type.isInteger(1));
  };
  for (TypeRange types : {TypeRange(op.getOperandTypes()), TypeRange(op.getResultTypes())})
    for (Type type : types)
      if (!isScalar(type))
        return op.emitOpError("expected scalars in the region of a 'stage.map' (C7), got ") << type;
  if (!spherical::isExact(&op))
    return op.emitOpError("expected no flags in the region of a 'stage.map' (C7)");
  if (isa<math::PowFOp>(op) && (!op.getResult(0).getType().isF64() || map.getLanes()))
    return op.emitOpError("expected f64 and a map without lanes (C7)");
  for (Value operand : op.getOperands())
    if (operand.getParentRegion() != &map.getBody() && !operand.getType().isIndex())
      return op.emitOpError("expected none but indices from outside of a 'stage.map' (C7), got ")
             << operand.getType();
  return success();
}

/// C5 and C7.
LogicalResult MapOp::verifyRegions() {
  Block &block = getBody().front();
  for (Operation &op : block.without_terminator())
    if (failed(verifyScalarOp(*this, op)))
      return failure();
  if (!isa<YieldOp>(block.getTerminator()))
    return block.getTerminator()->emitOpError("does not end the region of a 'stage.map' (C7)");
  auto elementsOf = [](ValueRange buffers) {
    return llvm::map_to_vector(
        buffers, [](Value v) { return cast<MemRefType>(v.getType()).getElementType(); });
  };
  if (block.getArgumentTypes() != TypeRange(elementsOf(getInputs())))
    return emitOpError("expected block arguments of the inputs' element types (C5)");
  if (block.getTerminator()->getOperandTypes() != TypeRange(elementsOf(getOutputs())))
    return emitOpError("expected to yield values of the outputs' element types (C5)");
  return success();
}

LogicalResult IndexOp::verify() {
  int64_t rank = cast<MapOp>((*this)->getParentOp()).getSpace().size();
  if (static_cast<int64_t>(getDim()) < 0 || static_cast<int64_t>(getDim()) >= rank)
    return emitOpError("expected a dimension below ") << rank << " (C1), got " << getDim();
  return success();
}

} // namespace mlir::stage
