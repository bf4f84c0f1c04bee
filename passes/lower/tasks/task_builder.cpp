//===- task_builder.cpp - planned memory inside a function ------*- C++ -*-===//

#include "passes/lower/tasks/task_builder.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::spherical {

bool isResultArgument(func::FuncOp entry, unsigned index) {
  return static_cast<bool>(entry.getArgAttr(index, "stage.result"));
}
bool isArenaArgument(func::FuncOp entry, unsigned index) {
  return static_cast<bool>(entry.getArgAttr(index, "stage.arena"));
}

int64_t frameIndex(func::FuncOp entry, unsigned index) {
  const bool result = isResultArgument(entry, index);
  int64_t before = 0;
  for (unsigned i = 0; i < index; ++i)
    if (!isArenaArgument(entry, i) && isResultArgument(entry, i) == result)
      ++before;
  return before;
}

bool isPlannedView(Operation *op) {
  return isa<memref::ViewOp, memref::SubViewOp, stage::TableRefOp>(op);
}

LogicalResult verifyPlanned(func::FuncOp entry) {
  if (!entry.getResultTypes().empty() || !entry.getBody().hasOneBlock())
    return entry.emitOpError() << "expected a planned function without results, got "
                               << entry.getFunctionType();
  for (Operation &op : entry.getBody().front()) {
    auto view = dyn_cast<memref::ViewOp>(op);
    if (view && !view.getByteShift().getDefiningOp<arith::ConstantOp>())
      return op.emitOpError() << "expected a constant offset in a planned function, got a variable";
    if (!isPlannedView(&op) && !isa<stage::SweepOp, arith::ConstantOp, func::ReturnOp>(op))
      return op.emitOpError() << "has no place in a planned function (not supported)";
  }
  return success();
}

std::string symbolOf(stage::SweepOp sweep) {
  std::string name = sweep.getStage().str();
  for (char &letter : name)
    if (!llvm::isAlnum(letter))
      letter = '_';
  return name;
}

std::string kernelSymbol(func::FuncOp entry, stage::SweepOp sweep, int64_t index) {
  return (entry.getSymName() + "_" + Twine(index) + "_" + symbolOf(sweep)).str();
}

static int64_t elementBytes(Type memref) {
  return cast<MemRefType>(memref).getElementTypeBitWidth() / 8;
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

/// The number of a constant index outside of sweeps.
static int64_t constantIndex(Value index) {
  auto constant = index.getDefiningOp<arith::ConstantOp>();
  assert(constant && "indices outside of sweeps are constants");
  return cast<IntegerAttr>(constant.getValue()).getInt();
}

Value FrameAddresses::pointer(Value memref) {
  if (auto argument = dyn_cast<BlockArgument>(memref))
    return pointerOfArgument(argument);
  Operation *definition = memref.getDefiningOp();
  if (auto table = dyn_cast<stage::TableRefOp>(definition))
    return pointerOfTable(table);
  CodeletBuilder c(ops, definition->getLoc(), {ops.getI8Type(), 1});
  auto number = [&](Value index) { return c.integer(constantIndex(index)); };
  if (auto subview = dyn_cast<memref::SubViewOp>(definition))
    return addressOfSubview(c, subview, pointer(subview.getSource()), number);
  auto view = cast<memref::ViewOp>(definition);
  return c.atByte(pointer(view.getSource()), number(view.getByteShift()));
}

Value FrameAddresses::pointerOfArgument(BlockArgument argument) {
  unsigned position = argument.getArgNumber();
  if (isArenaArgument(entry, position))
    return loadPointer(FrameField::Arena, std::nullopt, argument.getLoc());
  bool result = isResultArgument(entry, position);
  return loadPointer(result ? FrameField::Results : FrameField::Arguments,
                     frameIndex(entry, position), argument.getLoc());
}

Value FrameAddresses::pointerOfTable(stage::TableRefOp op) {
  int64_t index = 0;
  for (auto table : module.getOps<stage::TableOp>()) {
    if (table.getSymName() == op.getTable())
      break;
    ++index;
  }
  return loadPointer(FrameField::Tables, index, op.getLoc());
}

Value FrameAddresses::loadPointer(FrameField field, std::optional<int64_t> index, Location loc) {
  CodeletBuilder c(ops, loc, {ops.getI8Type(), 1});
  Type pointerType = LLVM::LLVMPointerType::get(ops.getContext());
  auto load = [&](Value base, int64_t offset) -> Value {
    Value address = c.atByte(base, c.integer(offset));
    return LLVM::LoadOp::create(ops, loc, pointerType, address);
  };
  Value result = load(frame, static_cast<int64_t>(field));
  return index ? load(result, 8 * *index) : result;
}

Value addressOfSubview(CodeletBuilder &c, memref::SubViewOp op, Value base,
                       llvm::function_ref<Value(Value)> integer) {
  auto [strides, start] = op.getSourceType().getStridesAndOffset();
  int64_t bytes = elementBytes(op.getSource().getType());
  Value offset = c.integer(0);
  for (auto [position, stride] : llvm::zip(op.getMixedOffsets(), strides)) {
    Value index = isa<Attribute>(position)
                      ? c.integer(cast<IntegerAttr>(cast<Attribute>(position)).getInt())
                      : integer(cast<Value>(position));
    offset = c.add(offset, c.mul(index, stride * bytes));
  }
  return c.atByte(base, offset);
}

TaskBuilder::TaskBuilder(KernelLibrary &kernels, OpBuilder &ops, Location loc, Value frame,
                         Value scratch, Outside outside, int64_t threads, Value work)
    : kernels(kernels), ops(ops), frame(frame), scratch(scratch), outside(std::move(outside)),
      threads(threads), work(work) {
  // An anchor: shared addresses are made before it, the body after it.
  prologue = arith::ConstantOp::create(ops, loc, ops.getI64IntegerAttr(0));
}

Value TaskBuilder::pointer(Value memref) {
  auto found = pointers.find(memref);
  if (found != pointers.end())
    return found->second;
  Operation *definition = memref.getDefiningOp();
  Value result;
  if (!definition || isa<func::FuncOp>(definition->getParentOp())) {
    // Shared by the sweep's points.
    OpBuilder::InsertionGuard guard(ops);
    ops.setInsertionPoint(prologue);
    result = outside(memref);
  } else {
    auto subview = cast<memref::SubViewOp>(definition);
    CodeletBuilder c = scalars(subview.getLoc());
    Value base = pointer(subview.getSource());
    result = addressOfSubview(c, subview, base,
                              [&](Value index) { return integer(index, subview.getLoc()); });
  }
  pointers[memref] = result;
  return result;
}

Value TaskBuilder::pointerOrNull(Value memref, Location loc) {
  if (memref)
    return pointer(memref);
  return LLVM::ZeroOp::create(ops, loc, LLVM::LLVMPointerType::get(ops.getContext()));
}

Value TaskBuilder::integer(Value index, Location loc) {
  if (Value mapped = indices.lookupOrNull(index))
    return arith::IndexCastOp::create(ops, loc, ops.getI64Type(), mapped);
  return scalars(loc).integer(constantIndex(index));
}

//===----------------------------------------------------------------------===//
// Bodies of sweeps
//===----------------------------------------------------------------------===//

LogicalResult TaskBuilder::emitTask(stage::SweepOp sweep, Value task) {
  auto chunk = static_cast<int64_t>(sweep.getChunk());
  if (chunk == 1)
    return emitPoint(sweep, task);
  CodeletBuilder c = scalars(sweep.getLoc());
  Value begin = c.mul(task, chunk);
  Value end = c.minimum(c.add(begin, chunk), c.integer(sweep.getPoints()));
  LogicalResult result = success();
  c.loop(begin, end, 1, [&](Value point) { result = emitPoint(sweep, point); });
  return result;
}

LogicalResult TaskBuilder::emitPoint(stage::SweepOp sweep, Value point) {
  CodeletBuilder c = scalars(sweep.getLoc());
  ArrayRef<int64_t> space = sweep.getSpace();
  for (size_t i = space.size(); i-- > 0;) {
    Value extent = c.integer(space[i]);
    Value index = i == 0 ? point : c.rem(point, extent);
    point = c.div(point, extent);
    indices.map(sweep.getIndices()[i],
                arith::IndexCastOp::create(ops, sweep.getLoc(), ops.getIndexType(), index));
  }
  if (auto skip = sweep->getAttrOfType<DenseI64ArrayAttr>(stage::kSkipAttr)) {
    // All threads of a block take the same way.
    Value group = integer(sweep.getIndices()[skip[0]], sweep.getLoc());
    Value runs = c.less(c.mul(group, skip[1]), sampleCount(sweep.getLoc()));
    LogicalResult result = success();
    c.branch(runs, [&] { result = emitBody(sweep); });
    return result;
  }
  return emitBody(sweep);
}

Value TaskBuilder::sampleCount(Location loc) {
  CodeletBuilder c = scalars(loc);
  Value field = c.atByte(frame, c.integer(static_cast<int64_t>(FrameField::Count)));
  return LLVM::LoadOp::create(ops, loc, ops.getI64Type(), field);
}

LogicalResult TaskBuilder::emitBody(stage::SweepOp sweep) {
  CodeletBuilder c = scalars(sweep.getLoc());
  SmallVector<int64_t> offsets = sweep.getScratchOffsets();
  for (auto [buffer, offset] : llvm::zip(sweep.getScratch(), offsets))
    pointers[buffer] = c.atByte(scratch, c.integer(offset));
  return emitBlock(sweep.getBody().front());
}

LogicalResult TaskBuilder::emitBlock(Block &block) {
  for (Operation &op : block)
    if (failed(emitOp(op)))
      return failure();
  return success();
}

LogicalResult TaskBuilder::emitOp(Operation &op) {
  if (isPlannedView(&op)) {
    pointer(op.getResult(0)); // here, where every later user can see it
    return success();
  }
  LogicalResult result = emitCompute(op);
  // The next stage reads what the other threads have stored.
  if (threads && stage::computesOnMemory(&op))
    CodeletBuilder(ops, op.getLoc(), {ops.getI8Type(), 1, threads}).barrier();
  return result;
}

LogicalResult TaskBuilder::emitCompute(Operation &op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](stage::DftOp dft) { return emitDft(dft), success(); })
      .Case([&](stage::DftMapOp map) { return emitDftMap(map), success(); })
      .Case([&](stage::ContractOp contract) { return emitContract(contract); })
      .Case([&](stage::GatherOp gather) { return emitGather(gather), success(); })
      .Case([&](stage::FillOp fill) { return emitFill(fill), success(); })
      .Case([&](stage::MapOp map) {
        SmallVector<Value> addresses;
        for (Value operand : map->getOperands())
          addresses.push_back(pointer(operand));
        emitMap(ops, map, addresses, indices, kernels.registers, threads);
        return success();
      })
      .Case([&](arith::ConstantOp constant) {
        ops.clone(*constant, indices);
        return success();
      })
      .Case([&](affine::AffineApplyOp apply) { return emitApply(*apply); })
      .Case([&](scf::ForOp loop) { return emitFor(*loop); })
      .Case([&](LibraryCall call) {
        InFlightDiagnostic error = call->emitOpError("is not supported on this target");
        error.attachNote() << "plan again for target cuda, or with " << call.getOption();
        return LogicalResult(error);
      })
      .Case<stage::YieldOp, scf::YieldOp>([&](Operation *) { return success(); })
      .Default([&](Operation *other) {
        return other->emitOpError() << "has no place in a stage.sweep (not supported)";
      });
}

LogicalResult TaskBuilder::emitApply(Operation &op) {
  auto apply = cast<affine::AffineApplyOp>(op);
  SmallVector<Value> operands;
  for (Value operand : apply.getMapOperands()) {
    Value mapped = indices.lookupOrNull(operand);
    operands.push_back(mapped ? mapped
                              : arith::IndexCastOp::create(ops, op.getLoc(), ops.getIndexType(),
                                                           integer(operand, op.getLoc())));
  }
  auto results = affine::expandAffineMap(ops, op.getLoc(), apply.getAffineMap(), operands);
  if (!results)
    return op.emitOpError() << "has a map that cannot be expanded";
  indices.map(apply.getResult(), results->front());
  return success();
}

LogicalResult TaskBuilder::emitFor(Operation &op) {
  auto source = cast<scf::ForOp>(op);
  Location loc = op.getLoc();
  Type index = ops.getIndexType();
  auto bound = [&](Value value) -> Value {
    return arith::IndexCastOp::create(ops, loc, index, integer(value, loc));
  };
  auto loop = scf::ForOp::create(ops, loc, bound(source.getLowerBound()),
                                 bound(source.getUpperBound()), bound(source.getStep()));
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPointToStart(loop.getBody());
  indices.map(source.getInductionVar(), loop.getInductionVar());
  return emitBlock(*source.getBody());
}

} // namespace mlir::spherical
