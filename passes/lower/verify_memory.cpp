//===- verify_memory.cpp - spherical-verify-memory --------------*- C++ -*-===//
//
// Machine code trusts a plan, which may come from a file that somebody edited:
// this pass shows that nothing in it leaves its memory. Types bound what an op
// reaches in its operands, and its verifier has checked that, so that views
// remain, where they lie in what they are a part of, and what tables say:
//   view      offset + size <= arena
//   subview   0 <= offset, offset + size <= source, on each axis, for all values
//             that the indices can have
//   gather    the largest index of its table < elements of its input
//   contract  the largest position of each of its problems < elements
//
//===----------------------------------------------------------------------===//

#include "passes/lower/index_range.h"
#include "passes/lower/passes.h"
#include "passes/lower/planned_tables.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_VERIFYMEMORY
#include "passes/lower/passes.h.inc"
namespace {

MemRefType memrefOf(Value value) { return cast<MemRefType>(value.getType()); }

int64_t bytesOf(MemRefType type) {
  return type.getNumElements() * type.getElementTypeBitWidth() / 8;
}

/// Checks one planned function.
class EntryCheck {
public:
  EntryCheck(func::FuncOp entry, const IntegerTables &tables) : entry(entry), tables(tables) {}
  LogicalResult run();

private:
  LogicalResult checkArguments();
  LogicalResult checkOp(Operation *op);
  LogicalResult checkBatched(Operation *op);
  LogicalResult checkView(memref::ViewOp op);
  LogicalResult checkSubview(memref::SubViewOp op);
  LogicalResult checkSweep(stage::SweepOp op);
  LogicalResult checkGather(stage::GatherOp op);
  LogicalResult checkDense(stage::GatherOp op, Value dense);
  LogicalResult checkContract(stage::ContractOp op);
  bool isBatched(Value memref);

  func::FuncOp entry;
  const IntegerTables &tables;
  /// Samples of the batched arguments, 0 if there are none.
  int64_t capacity = 0;
};

LogicalResult EntryCheck::checkArguments() {
  for (BlockArgument argument : entry.getArguments()) {
    const unsigned index = argument.getArgNumber();
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type || !type.hasStaticShape() || !type.getLayout().isIdentity())
      return entry.emitOpError() << "expected arguments of static row-major memrefs, got "
                                 << argument.getType();
    auto bytes = entry->getAttrOfType<IntegerAttr>("stage.arena_bytes");
    if (entry.getArgAttr(index, "stage.arena") && (!bytes || bytes.getInt() != bytesOf(type)))
      return entry.emitOpError() << "expected `stage.arena_bytes` to be the size of the arena, "
                                 << bytesOf(type) << ", got " << (bytes ? bytes.getInt() : 0);
    if (!entry.getArgAttr(index, "stage.batched"))
      continue;
    const int64_t samples = type.getRank() > 0 ? type.getDimSize(0) : 0;
    if (samples < 1 || (capacity != 0 && capacity != samples))
      return entry.emitOpError() << "expected batched arguments of one number of samples, got "
                                 << type << " beside " << capacity;
    capacity = samples;
  }
  return success();
}

LogicalResult EntryCheck::checkView(memref::ViewOp op) {
  const std::optional<IndexRange> offset = rangeOf(OpFoldResult(op.getByteShift()));
  const MemRefType type = op.getType(), source = memrefOf(op.getSource());
  if (!offset || offset->low != offset->high || !type.hasStaticShape())
    return op.emitOpError() << "expected a constant offset and a static shape, got " << type;
  const int64_t elementBytes = type.getElementTypeBitWidth() / 8;
  if (offset->low < 0 || elementBytes < 1 || offset->low % elementBytes != 0)
    return op.emitOpError() << "expected an offset of a multiple of " << elementBytes
                            << " bytes, got " << offset->low;
  if (bytesOf(type) <= bytesOf(source) && offset->low <= bytesOf(source) - bytesOf(type))
    return success();
  return op.emitOpError() << "expected to end within the " << bytesOf(source)
                          << " bytes of its source, got " << bytesOf(type) << " bytes from byte "
                          << offset->low << " on";
}

LogicalResult EntryCheck::checkSubview(memref::SubViewOp op) {
  if (!op.getType().hasStaticShape())
    return op.emitOpError() << "expected static sizes, got " << op.getType();
  const ArrayRef<int64_t> extents = op.getSourceType().getShape();
  const SmallVector<OpFoldResult> offsets = op.getMixedOffsets();
  for (int64_t axis = 0; axis < op.getSourceType().getRank(); ++axis) {
    const std::optional<IndexRange> offset = rangeOf(offsets[axis]);
    if (!offset)
      return op.emitOpError() << "expected an offset that is bounded by constants and indices of "
                                 "sweeps, on axis "
                              << axis;
    if (op.getStaticStride(axis) != 1)
      return op.emitOpError() << "expected strides of 1, got " << op.getStaticStride(axis)
                              << " on axis " << axis;
    const int64_t size = op.getStaticSize(axis);
    if (offset->low < 0 || size < 0 || size > extents[axis] || offset->high > extents[axis] - size)
      return op.emitOpError() << "expected to lie within the " << extents[axis]
                              << " positions of axis " << axis << ", got " << size
                              << " from as far as " << offset->low << " to " << offset->high
                              << " on";
  }
  return success();
}

LogicalResult EntryCheck::checkSweep(stage::SweepOp op) {
  auto reserved = entry->getAttrOfType<IntegerAttr>("stage.scratch_bytes");
  const int64_t scratch = op.getScratchOffsets().back();
  if (scratch > (reserved ? reserved.getInt() : 0))
    return op.emitOpError() << "expected scratch of at most the function's `stage.scratch_bytes`, "
                            << (reserved ? reserved.getInt() : 0) << ", got " << scratch;
  const Attribute given = op->getAttr(stage::kSkipAttr);
  if (!given)
    return success();
  auto skip = dyn_cast<DenseI64ArrayAttr>(given);
  if (skip && skip.size() == 2 && skip[0] >= 0 &&
      skip[0] < static_cast<int64_t>(op.getSpace().size()) && skip[1] >= 1)
    return success();
  return op.emitOpError() << "expected `" << stage::kSkipAttr
                          << "` of an index of the sweep and a number of lanes, got " << given;
}

/// Whether the memref is an argument, or a part of one, whose samples from the run-time count on do
/// not exist.
bool EntryCheck::isBatched(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>())
    memref = view.getViewSource();
  auto argument = dyn_cast<BlockArgument>(memref);
  return argument && argument.getOwner() == &entry.front() &&
         entry.getArgAttr(argument.getArgNumber(), "stage.batched");
}

/// Only gathers stop at the run-time count of samples.
LogicalResult EntryCheck::checkBatched(Operation *op) {
  auto gather = dyn_cast<stage::GatherOp>(op);
  for (Value operand : op->getOperands()) {
    if (!isa<MemRefType>(operand.getType()) || !isBatched(operand))
      continue;
    const bool dense =
        gather &&
        ((gather.getMode() == stage::GatherMode::ToLanes && operand == gather.getInput()) ||
         (gather.getMode() == stage::GatherMode::FromLanes && operand == gather.getOutput()));
    if (!dense)
      return op->emitOpError() << "reads or writes batched samples, expected only the dense side "
                                  "of 'stage.gather' to do so";
    for (Value part = operand; auto view = part.getDefiningOp<memref::SubViewOp>();
         part = view.getSource())
      if (!isConstantIntValue(view.getMixedOffsets().front(), 0) ||
          view.getStaticSize(0) != capacity || view.getType().getDimSize(0) != capacity)
        return op->emitOpError() << "expected all samples of a batched argument, got "
                                 << operand.getType();
  }
  return success();
}

/// The samples that a gather reaches on its dense side.
LogicalResult EntryCheck::checkDense(stage::GatherOp op, Value dense) {
  const std::optional<IndexRange> group = rangeOf(OpFoldResult(op.getGroup()));
  const int64_t samples = memrefOf(dense).getDimSize(0);
  const auto lanes = static_cast<int64_t>(op.getLanes());
  if (!group || group->low < 0)
    return op.emitOpError() << "expected a group that is bounded by constants and indices of "
                               "sweeps, from 0 on";
  if (op.getAll() && isBatched(dense))
    return op.emitOpError() << "expected no `all` on the samples of a batched argument";
  if (op.getAll() || isBatched(dense) || (capacity > 0 && samples >= capacity) ||
      group->high < samples / lanes)
    return success();
  return op.emitOpError() << "reaches sample " << group->high * lanes + lanes - 1 << " of "
                          << samples << " of its dense side";
}

LogicalResult EntryCheck::checkGather(stage::GatherOp op) {
  const bool toLanes = op.getMode() == stage::GatherMode::ToLanes;
  if (op.getGroup() && failed(checkDense(op, toLanes ? op.getInput() : op.getOutput())))
    return failure();
  if (!op.getIndices())
    return success();
  const auto indices = tables.numbersOf(op.getIndices());
  if (!indices)
    return op.emitOpError() << "expected `indices` of a table of i32, got another memref";
  const MemRefType in = memrefOf(op.getInput());
  int64_t elements = in.getNumElements();
  if (toLanes)
    elements /= in.getDimSize(0);
  else if (op.getMode() != stage::GatherMode::Scalar)
    elements /= static_cast<int64_t>(op.getLanes());
  for (int32_t index : *indices)
    if (index < 0 || index >= elements)
      return op.emitOpError() << "expected indices below the " << elements
                              << " positions of in, got " << index;
  return success();
}

/// An operand of a product: its first position and strides, as fields of a problem.
struct Access {
  Value memref;
  StringRef name;
  bool hasLanes;
  int64_t offset;
  /// Pairs of the field with an extent and that with its stride.
  SmallVector<std::pair<int64_t, int64_t>> axes;
  bool isResult = false;
};

/// The positions that a problem reaches by an access; nothing if a bound overflows.
std::optional<IndexRange> positionsOf(const Access &access, ArrayRef<int32_t> problem) {
  std::optional<IndexRange> range = IndexRange{problem[access.offset], problem[access.offset]};
  for (auto [extent, stride] : access.axes) {
    const auto steps = productOf(IndexRange{0, int64_t(problem[extent]) - 1}, problem[stride]);
    range = range && steps ? sumOf(*range, *steps) : std::nullopt;
  }
  return range;
}

LogicalResult EntryCheck::checkContract(stage::ContractOp op) {
  const auto numbers = tables.numbersOf(op.getProblems());
  if (!numbers)
    return op.emitOpError() << "expected `problems` of a table of i32, got another memref";
  const bool reduce = op.getKind() == stage::ContractKind::Reduce;
  const Access accesses[] = {{op.getA(), "a", reduce, 5, {{0, 6}, {1, 7}, {2, 8}, {3, 9}}},
                             {op.getB(), "b", true, 10, {{2, 11}, {3, 12}, {4, 13}}},
                             {op.getC(), "c", !reduce, 14, {{0, 15}, {1, 16}, {4, 17}}, true}};
  constexpr int64_t fields = stage::kProblemFields;
  for (size_t row = 0; row < numbers->size(); row += fields) {
    const ArrayRef<int32_t> problem = numbers->slice(row, fields);
    const bool writes = problem[0] > 0 && problem[1] > 0 && problem[4] > 0;
    const bool reads = writes && problem[2] > 0 && problem[3] > 0;
    for (const Access &access : accesses) {
      if (!(access.isResult ? writes : reads))
        continue;
      const int64_t elements = memrefOf(access.memref).getNumElements() /
                               (access.hasLanes ? static_cast<int64_t>(op.getLanes()) : 1);
      const std::optional<IndexRange> positions = positionsOf(access, problem);
      if (!positions || positions->low < 0 || positions->high >= elements)
        return op.emitOpError() << "expected positions below the " << elements << " of "
                                << access.name << ", got "
                                << (positions ? positions->high : INT64_MAX) << " in problem "
                                << row / fields;
    }
  }
  return success();
}

LogicalResult EntryCheck::checkOp(Operation *op) {
  for (Type type : op->getResultTypes())
    if (auto memref = dyn_cast<MemRefType>(type); memref && !memref.hasStaticShape())
      return op->emitOpError() << "expected memrefs of static shapes, got " << type;
  if (!isa<ViewLikeOpInterface>(op) && failed(checkBatched(op)))
    return failure();
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](memref::ViewOp view) { return checkView(view); })
      .Case([&](memref::SubViewOp view) { return checkSubview(view); })
      .Case([&](stage::SweepOp sweep) { return checkSweep(sweep); })
      .Case([&](stage::GatherOp gather) { return checkGather(gather); })
      .Case([&](stage::ContractOp contract) { return checkContract(contract); })
      .Default([](Operation *) { return success(); });
}

LogicalResult EntryCheck::run() {
  if (failed(checkArguments()))
    return failure();
  const WalkResult result = entry.walk<WalkOrder::PreOrder>([&](Operation *op) {
    const bool outside = isa<func::FuncOp>(op);
    return outside || succeeded(checkOp(op)) ? WalkResult::advance() : WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

struct VerifyMemory : impl::VerifyMemoryBase<VerifyMemory> {
  void runOnOperation() override {
    IntegerTables tables;
    for (auto table : getOperation().getOps<stage::TableOp>())
      if (failed(tables.add(table)))
        return signalPassFailure();
    for (auto entry : getOperation().getOps<func::FuncOp>())
      if (!entry.isExternal() && failed(EntryCheck(entry, tables).run()))
        return signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
