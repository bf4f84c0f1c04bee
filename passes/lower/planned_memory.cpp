//===- planned_memory.cpp - what ops of a plan read and write ---*- C++ -*-===//

#include "passes/lower/planned_memory.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

#include "llvm/ADT/TypeSwitch.h"

namespace mlir::spherical {

void LinearIndex::add(const LinearIndex &other, int64_t factor) {
  constant += factor * other.constant;
  for (auto [index, times] : other.terms) {
    auto *known = llvm::find_if(terms, [&](auto &term) { return term.first == index; });
    if (known == terms.end())
      known = &terms.emplace_back(index, 0);
    known->second += factor * times;
  }
  llvm::erase_if(terms, [](auto &term) { return term.second == 0; });
}

/// False for quotients and remainders, whose parts are not linear.
static bool addLinear(AffineExpr expr, int64_t factor, ArrayRef<LinearIndex> operands,
                      unsigned dimensions, LinearIndex &sum) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    sum.constant += factor * constant.getValue();
    return true;
  }
  if (auto dimension = dyn_cast<AffineDimExpr>(expr)) {
    sum.add(operands[dimension.getPosition()], factor);
    return true;
  }
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr)) {
    sum.add(operands[dimensions + symbol.getPosition()], factor);
    return true;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  if (expr.getKind() == AffineExprKind::Add)
    return addLinear(binary.getLHS(), factor, operands, dimensions, sum) &&
           addLinear(binary.getRHS(), factor, operands, dimensions, sum);
  auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS());
  return expr.getKind() == AffineExprKind::Mul && constant &&
         addLinear(binary.getLHS(), factor * constant.getValue(), operands, dimensions, sum);
}

LinearIndex linearOf(OpFoldResult index) {
  const std::optional<IndexRange> range = rangeOf(index);
  if (range && range->low == range->high)
    return {range->low, {}};
  auto value = cast<Value>(index);
  if (auto apply = value.getDefiningOp<affine::AffineApplyOp>()) {
    SmallVector<LinearIndex> operands;
    for (Value operand : apply.getMapOperands())
      operands.push_back(linearOf(operand));
    const AffineMap map = apply.getAffineMap();
    LinearIndex sum;
    if (addLinear(map.getResult(0), 1, operands, map.getNumDims(), sum))
      return sum;
  }
  return {0, {{value, 1}}};
}

bool isWritten(OpOperand &operand) {
  const Value value = operand.get();
  return TypeSwitch<Operation *, bool>(operand.getOwner())
      .Case<stage::DftOp, stage::DftMapOp>([&](auto dft) {
        const unsigned number = operand.getOperandNumber();
        return number == dft.getOutputMutable().getOperandNumber() ||
               (dft.getPositive() && number + 1 == dft->getNumOperands());
      })
      .Case([&](LibraryCall call) {
        return operand.getOperandNumber() + 1 == call->getNumOperands();
      })
      .Case([&](stage::ContractOp contract) {
        return operand.getOperandNumber() == contract.getCMutable().getOperandNumber();
      })
      .Case([&](stage::MapOp map) { return operand.getOperandNumber() >= map.getInputs().size(); })
      .Case([&](stage::GatherOp gather) {
        return operand.getOperandNumber() == gather.getOutputMutable().getOperandNumber();
      })
      .Case([&](stage::FillOp fill) { return value == fill.getOutput(); })
      .Default([](Operation *) { return false; });
}

Value rootOfMemory(Value memref) {
  while (auto view = memref.getDefiningOp<memref::SubViewOp>())
    memref = view.getSource();
  return memref;
}

MemoryAccess accessOf(OpOperand &operand) {
  SmallVector<memref::SubViewOp> views;
  Value memref = operand.get();
  while (auto view = memref.getDefiningOp<memref::SubViewOp>()) {
    views.push_back(view);
    memref = view.getSource();
  }
  MemoryAccess access{&operand, isWritten(operand), memref, {}, {}};
  for (int64_t extent : cast<MemRefType>(memref.getType()).getShape()) {
    access.rootAxes.push_back(static_cast<int64_t>(access.axes.size()));
    access.axes.push_back({{{}, extent}});
  }
  for (memref::SubViewOp view : llvm::reverse(views)) {
    const llvm::SmallBitVector dropped = view.getDroppedDims();
    SmallVector<int64_t, 4> kept;
    for (auto [axis, offset] : llvm::enumerate(view.getMixedOffsets())) {
      AxisSpan &span = access.axes[access.rootAxes[axis]];
      span.first.add(linearOf(offset));
      span.size = view.getStaticSize(axis);
      if (!dropped[axis])
        kept.push_back(access.rootAxes[axis]);
    }
    access.rootAxes = kept;
  }
  return access;
}

OpOperand *denseSide(stage::GatherOp gather) {
  if (!gather.getGroup())
    return nullptr;
  const bool toLanes = gather.getMode() == stage::GatherMode::ToLanes;
  return toLanes ? &gather.getInputMutable() : &gather.getOutputMutable();
}

/// The samples of the dense side of a gather.
static void narrowToGroup(stage::GatherOp gather, MemoryAccess &access) {
  if (access.operand != denseSide(gather))
    return;
  AxisSpan &samples = access.axes[access.rootAxes.front()];
  if (gather.getAll())
    samples.within = samples;
  const auto lanes = static_cast<int64_t>(gather.getLanes());
  if (gather.getMirrored()) {
    samples.first.add(linearOf(OpFoldResult(gather.getGroup())), -lanes);
    samples.first.constant += samples.size - lanes;
  } else {
    samples.first.add(linearOf(OpFoldResult(gather.getGroup())), lanes);
  }
  samples.size = lanes;
}

/// What divides the distances between all values of an expression; 0 if it has one.
static int64_t stepOf(AffineExpr expr, unsigned dimensions) {
  MLIRContext *context = expr.getContext();
  const SmallVector<AffineExpr> zeros(dimensions, getAffineConstantExpr(0, context));
  return (expr - expr.replaceDims(zeros)).getLargestKnownDivisor();
}

/// The least and the largest position on each axis that a map with one result for each axis has,
/// and the step between its positions.
static void narrowToMap(stage::MapOp map, MemoryAccess &access) {
  const AffineMap positions = map.getMap(access.operand->getOperandNumber());
  if (positions.getNumResults() != access.rootAxes.size())
    return;
  SmallVector<IndexRange> space;
  for (int64_t extent : map.getSpace())
    space.push_back({0, extent - 1});
  for (auto [axis, expr] : llvm::zip(access.rootAxes, positions.getResults())) {
    const std::optional<IndexRange> range = rangeOf(expr, space, {});
    if (!range)
      continue;
    access.axes[axis].first.constant += range->low;
    access.axes[axis].size = range->high - range->low + 1;
    access.axes[axis].step = stepOf(expr, positions.getNumDims());
  }
}

SmallVector<MemoryAccess> viewsOf(Operation *stageOp) {
  SmallVector<MemoryAccess> accesses;
  for (OpOperand &operand : stageOp->getOpOperands())
    if (isa<MemRefType>(operand.get().getType()))
      accesses.push_back(accessOf(operand));
  return accesses;
}

SmallVector<MemoryAccess> accessesOf(Operation *stageOp) {
  SmallVector<MemoryAccess> accesses = viewsOf(stageOp);
  for (MemoryAccess &access : accesses) {
    if (auto gather = dyn_cast<stage::GatherOp>(stageOp))
      narrowToGroup(gather, access);
    if (auto map = dyn_cast<stage::MapOp>(stageOp))
      narrowToMap(map, access);
  }
  return accesses;
}

bool isScratch(Value root) {
  auto argument = dyn_cast<BlockArgument>(root);
  return argument && isa<stage::SweepOp>(argument.getOwner()->getParentOp());
}

int64_t bytesOfMemory(MemRefType type) {
  return type.getNumElements() * type.getElementTypeBitWidth() / 8;
}

std::optional<IndexRange> arenaBytesOf(Value root) {
  auto view = root.getDefiningOp<memref::ViewOp>();
  const std::optional<int64_t> offset =
      view ? getConstantIntValue(view.getByteShift()) : std::nullopt;
  if (!offset)
    return std::nullopt;
  return IndexRange{*offset, *offset + bytesOfMemory(view.getType()) - 1};
}

Value sharedRoot(Value root) {
  auto result = dyn_cast<BlockArgument>(root);
  auto entry = result ? dyn_cast<func::FuncOp>(result.getOwner()->getParentOp()) : func::FuncOp();
  if (!entry)
    return root;
  auto replaced = entry.getArgAttrOfType<StringAttr>(result.getArgNumber(), "spherical.replaces");
  for (BlockArgument argument : entry.getArguments())
    if (replaced && !entry.getArgAttr(argument.getArgNumber(), "stage.result") &&
        replaced == entry.getArgAttr(argument.getArgNumber(), "spherical.name"))
      return argument;
  return root;
}

} // namespace mlir::spherical
