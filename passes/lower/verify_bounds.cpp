//===- verify_bounds.cpp - what ops of a plan can reach ---------*- C++ -*-===//
//
// Types bound what an op reaches in its operands, and its verifier has checked
// that, so that views remain, where they lie in what they are a part of, and what
// tables say:
//   view      offset + size <= arena
//   subview   0 <= offset, offset + size <= source, on each axis, for all values
//             that the indices can have
//   gather    the largest index of its table < elements of its input
//   contract  the largest position of each of its problems < elements
//
//===----------------------------------------------------------------------===//

#include "passes/lower/memory_checks.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

namespace mlir::spherical {
namespace {

MemRefType memrefOf(Value value) { return cast<MemRefType>(value.getType()); }

/// Checks one planned function.
class BoundsCheck {
public:
  BoundsCheck(func::FuncOp entry, ProblemLists &problems)
      : entry(entry), problems(problems), capacity(capacityOf(entry)) {}
  LogicalResult run();

private:
  LogicalResult checkBatch();
  LogicalResult checkOp(Operation *op);
  LogicalResult checkView(memref::ViewOp op);
  LogicalResult checkSubview(memref::SubViewOp op);
  LogicalResult checkSkip(stage::SweepOp op);
  LogicalResult checkWrites(Operation *op);
  LogicalResult checkBatched(Operation *op);
  LogicalResult checkGather(stage::GatherOp op);
  LogicalResult checkDense(stage::GatherOp op, Value dense);
  LogicalResult checkContract(stage::ContractOp op);
  LogicalResult checkProblem(stage::ContractOp op, const Problem &problem, int64_t row);
  LogicalResult checkTransform(Operation *op, int64_t n, ArrayRef<int64_t> radices, Value twiddles,
                               Value roots);
  LogicalResult checkCall(LibraryCall op);

  func::FuncOp entry;
  ProblemLists &problems;
  /// Samples of the batched arguments, 0 if there are none.
  const int64_t capacity;
};

/// P6 for the function.
LogicalResult BoundsCheck::checkBatch() {
  for (BlockArgument argument : entry.getArguments()) {
    if (!entry.getArgAttr(argument.getArgNumber(), "stage.batched"))
      continue;
    const MemRefType type = memrefOf(argument);
    if (type.getRank() == 0 || type.getDimSize(0) != capacity)
      return entry.emitOpError() << "expected batched arguments of one number of samples (P6), got "
                                 << type << " beside " << capacity;
  }
  return success();
}

/// P3.
LogicalResult BoundsCheck::checkView(memref::ViewOp op) {
  const std::optional<IndexRange> offset = rangeOf(OpFoldResult(op.getByteShift()));
  const MemRefType type = op.getType(), source = memrefOf(op.getSource());
  auto arena = dyn_cast<BlockArgument>(op.getSource());
  if (!arena || !entry.getArgAttr(arena.getArgNumber(), "stage.arena"))
    return op.emitOpError() << "expected a view of the arena (P3), got one of " << source;
  if (!stage::isPlannedMemory(type))
    return op.emitOpError() << "expected a view of planned memory (P3), got " << type;
  if (!offset || offset->low != offset->high)
    return op.emitOpError() << "expected a constant offset (P3), got a variable";
  if (offset->low < 0 || offset->low % stage::kAlignment != 0)
    return op.emitOpError() << "expected an offset of a multiple of " << stage::kAlignment
                            << " bytes (P3), got " << offset->low;
  const int64_t bytes = bytesOfMemory(type);
  if (bytes <= source.getNumElements() && offset->low <= source.getNumElements() - bytes)
    return success();
  return op.emitOpError() << "expected to end within the " << source.getNumElements()
                          << " bytes of its source (P3), got " << bytes << " bytes from byte "
                          << offset->low << " on";
}

/// P4.
LogicalResult BoundsCheck::checkSubview(memref::SubViewOp op) {
  if (!op.getType().hasStaticShape())
    return op.emitOpError() << "expected static sizes (P4), got " << op.getType();
  if (!stage::isPlannedMemory(op.getSourceType()) || !stage::isPlannedMemory(op.getType()))
    return op.emitOpError() << "expected a part of planned memory (P4), got " << op.getType()
                            << " of " << op.getSourceType();
  const ArrayRef<int64_t> extents = op.getSourceType().getShape();
  const SmallVector<OpFoldResult> offsets = op.getMixedOffsets();
  for (int64_t axis = 0; axis < op.getSourceType().getRank(); ++axis) {
    const std::optional<IndexRange> offset = rangeOf(offsets[axis]);
    if (!offset)
      return op.emitOpError() << "expected an offset that is bounded by constants and indices of "
                                 "sweeps (P4), on axis "
                              << axis;
    if (op.getStaticStride(axis) != 1)
      return op.emitOpError() << "expected strides of 1 (P4), got " << op.getStaticStride(axis)
                              << " on axis " << axis;
    const int64_t size = op.getStaticSize(axis);
    if (offset->low < 0 || size < 0 || size > extents[axis] || offset->high > extents[axis] - size)
      return op.emitOpError() << "expected to lie within the " << extents[axis]
                              << " positions of axis " << axis << " (P4), got " << size
                              << " from as far as " << offset->low << " to " << offset->high
                              << " on";
  }
  return success();
}

/// P10, what `stage.skip` names.
LogicalResult BoundsCheck::checkSkip(stage::SweepOp op) {
  const Attribute given = op->getAttr(stage::kSkipAttr);
  if (!given)
    return success();
  auto skip = dyn_cast<DenseI64ArrayAttr>(given);
  if (skip && capacity > 0 && skip.size() == 2 && skip[0] >= 0 &&
      skip[0] < static_cast<int64_t>(op.getSpace().size()) && skip[1] >= 1 &&
      skip[1] <= stage::kMostPoints)
    return success();
  return op.emitOpError() << "expected `" << stage::kSkipAttr
                          << "` of an index of the sweep and a number of lanes, in a function of a "
                             "batch (P10), got "
                          << given;
}

/// P5.
LogicalResult BoundsCheck::checkWrites(Operation *op) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()) || !isWritten(operand))
      continue;
    const Value root = rootOfMemory(operand.get());
    auto argument = dyn_cast<BlockArgument>(root);
    const bool isResult = argument && argument.getOwner() == &entry.front() &&
                          entry.getArgAttr(argument.getArgNumber(), "stage.result");
    if (!isResult && !isScratch(root) && !root.getDefiningOp<memref::ViewOp>())
      return op->emitOpError()
             << "expected to write to the arena, scratch memory or a result (P5), "
                "got operand "
             << operand.getOperandNumber();
  }
  return success();
}

/// P6: only gathers stop at the run-time count of samples.
LogicalResult BoundsCheck::checkBatched(Operation *op) {
  auto gather = dyn_cast<stage::GatherOp>(op);
  for (OpOperand &use : op->getOpOperands()) {
    const Value operand = use.get();
    if (!isa<MemRefType>(operand.getType()) || !isBatched(entry, operand))
      continue;
    const bool dense = gather && &use == denseSide(gather);
    if (!dense)
      return op->emitOpError() << "reads or writes batched samples, expected only the dense side "
                                  "of 'stage.gather' to do so (P6)";
    for (Value part = operand; auto view = part.getDefiningOp<memref::SubViewOp>();
         part = view.getSource())
      if (!isConstantIntValue(view.getMixedOffsets().front(), 0) ||
          view.getStaticSize(0) != capacity || view.getType().getDimSize(0) != capacity)
        return op->emitOpError() << "expected all samples of a batched argument (P6), got "
                                 << operand.getType();
  }
  return success();
}

/// P6: the samples that a gather reaches on its dense side.
LogicalResult BoundsCheck::checkDense(stage::GatherOp op, Value dense) {
  const std::optional<IndexRange> group = rangeOf(OpFoldResult(op.getGroup()));
  const int64_t samples = memrefOf(dense).getDimSize(0);
  const auto lanes = static_cast<int64_t>(op.getLanes());
  if (!group || group->low < 0 || group->high > stage::kMostPoints)
    return op.emitOpError() << "expected a group that is bounded by constants and indices of "
                               "sweeps, from 0 on (P6)";
  const bool batched = isBatched(entry, dense);
  if (op.getAll() && batched)
    return op.emitOpError() << "expected no `all` on the samples of a batched argument (P6)";
  // A group may end beyond the last row where the op stops there, but has one.
  const bool stops = op.getAll() || batched || (capacity > 0 && samples >= capacity);
  const int64_t groups = stops ? llvm::divideCeil(samples, lanes) : samples / lanes;
  if (group->high < groups)
    return success();
  return op.emitOpError() << "reaches sample " << group->high * lanes + lanes - 1 << " of "
                          << samples << " of its dense side (P6)";
}

/// P6 and P7.
LogicalResult BoundsCheck::checkGather(stage::GatherOp op) {
  const bool toLanes = op.getMode() == stage::GatherMode::ToLanes;
  if (OpOperand *dense = denseSide(op); dense && failed(checkDense(op, dense->get())))
    return failure();
  if (!op.getIndices())
    return success();
  const auto indices = problems.tables.indicesOf(op.getIndices());
  if (!indices)
    return op.emitOpError() << "expected `indices` of a table of i32 (P7), got another memref";
  const MemRefType in = memrefOf(op.getInput());
  int64_t elements = in.getNumElements();
  if (toLanes)
    elements /= in.getDimSize(0);
  else if (op.getMode() != stage::GatherMode::Scalar)
    elements /= static_cast<int64_t>(op.getLanes());
  for (int32_t index : *indices)
    if (index < 0 || index >= elements)
      return op.emitOpError() << "expected indices below the " << elements
                              << " positions of in (P7), got " << index;
  return success();
}

/// The table that a memref is, null for another one or a part.
static stage::TableAttr tableOf(Value memref) {
  auto ref = memref.getDefiningOp<stage::TableRefOp>();
  auto table = ref ? SymbolTable::lookupNearestSymbolFrom<stage::TableOp>(ref, ref.getTableAttr())
                   : stage::TableOp();
  return table ? table.getValue() : stage::TableAttr();
}

/// P7: whether a table is what its kind says.
static bool isTable(stage::TableAttr table, StringRef kind,
                    ArrayRef<std::pair<std::string, int64_t>> parameters) {
  return table && table.getKind() == kind && llvm::all_of(parameters, [&](const auto &parameter) {
           return table.getParameter(parameter.first) == parameter.second;
         });
}

/// P7: blocks of anchors are those of a whole table, in which the problems count them.
static LogicalResult checkAnchors(stage::ContractOp op) {
  const int64_t distance = (*op.getAnchors())[0], vectors = (*op.getAnchors())[1];
  const auto lanes = static_cast<int64_t>(op.getLanes());
  const stage::TableAttr list = tableOf(rootOfMemory(op.getProblems()));
  if (isTable(list, "wigner_problems",
              {{"anchors", distance}, {"lanes", lanes}, {"rings", vectors}}) &&
      isTable(tableOf(op.getAnchored()->get()), "so3_wigner",
              {{"anchors", distance},
               {"lanes", lanes},
               {"b", list.getParameter("b")},
               {"degrees", list.getParameter("degrees")},
               {"orders", list.getParameter("orders")}}))
    return success();
  return op.emitOpError() << "expected whole tables of kinds so3_wigner and wigner_problems with "
                             "anchors = "
                          << distance << ", lanes = " << lanes << ", rings = " << vectors
                          << " and equal degrees (P7), got others";
}

/// P7.
LogicalResult BoundsCheck::checkContract(stage::ContractOp op) {
  const auto list = problems.tables.problemsOf(op.getProblems());
  if (!list || !stage::isProblemList(memrefOf(rootOfMemory(op.getProblems()))))
    return op.emitOpError()
           << "expected `problems` of a table of problems (P7), got another memref";
  if (op.getAnchors() && failed(checkAnchors(op)))
    return failure();
  for (auto [row, problem] : llvm::enumerate(*list))
    if (failed(checkProblem(op, problem, static_cast<int64_t>(row))))
      return failure();
  if (const auto row = problems.findRepeated(op))
    return op.emitOpError() << "expected no element of c to be written twice (P7), got one in "
                               "problem "
                            << *row;
  return success();
}

/// P7 for problem number `row`.
LogicalResult BoundsCheck::checkProblem(stage::ContractOp op, const Problem &problem, int64_t row) {
  for (auto [name, field] : ::spherical::runtime::kProblemFields<int64_t>)
    if (problem.*field < 0)
      return op.emitOpError() << "expected no negative field (P7), got " << name << " = "
                              << problem.*field << " in problem " << row;
  if (!writesElements(problem))
    return op.emitOpError() << "expected a problem with rows and columns (P7), got problem " << row;
  for (const ProblemOperand &operand : problemOperands(op)) {
    if (operand.name != "c" && !readsElements(problem))
      continue;
    const int64_t size = operand.type().getNumElements() / operand.width;
    if (operand.operand == op.getAnchored()) {
      const std::optional<int64_t> end = anchoredEnd(op, problem);
      if (end && *end <= size)
        continue;
      return op.emitOpError() << "expected blocks of anchors within the " << size << " vectors of "
                              << operand.name << " (P7), got problem " << row;
    }
    const std::optional<IndexRange> positions = positionsOf(operand, problem);
    if (!positions || positions->high >= size)
      return op.emitOpError() << "expected positions below the " << size << " of " << operand.name
                              << " (P7), got " << (positions ? positions->high : INT64_MAX)
                              << " in problem " << row;
    if (operand.name == "c" && positions->high >= kMostResults)
      return op.emitOpError() << "expected results within the first " << kMostResults
                              << " positions of c (not supported), got position " << positions->high
                              << " in problem " << row;
  }
  return success();
}

LogicalResult BoundsCheck::checkTransform(Operation *op, int64_t n, ArrayRef<int64_t> radices,
                                          Value twiddles, Value roots) {
  SmallVector<std::pair<std::string, int64_t>> parameters = {{"n", n}};
  for (auto [pass, radix] : llvm::enumerate(radices))
    parameters.emplace_back("radix" + std::to_string(pass), radix);
  if (!isTable(tableOf(twiddles), "twiddles", parameters))
    return op->emitOpError() << "expected `twiddles` of a table of n = " << n
                             << " and these radices (P7), got another memref";
  if (roots && !isTable(tableOf(roots), "roots", {{"n", n}}))
    return op->emitOpError() << "expected `roots` of a table of n = " << n
                             << " (P7), got another memref";
  return success();
}

/// A call that uses `in` as its own memory must not reach arguments or tables.
LogicalResult BoundsCheck::checkCall(LibraryCall op) {
  const Value overwritten = op.getOverwritten();
  if (!overwritten)
    return success();
  const Value root = rootOfMemory(overwritten);
  if (!root.getDefiningOp<memref::ViewOp>())
    return op->emitOpError()
           << "expected memory of the arena where the library may use it (P7), got "
           << root.getType();
  return success();
}

LogicalResult BoundsCheck::checkOp(Operation *op) {
  if (stage::computesOnMemory(op) && (failed(checkWrites(op)) || failed(checkBatched(op))))
    return failure();
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](memref::ViewOp view) { return checkView(view); })
      .Case([&](memref::SubViewOp view) { return checkSubview(view); })
      .Case([&](affine::AffineApplyOp apply) -> LogicalResult {
        if (rangeOf(OpFoldResult(apply.getResult())))
          return success();
        return apply.emitOpError() << "expected to be bounded by constants and indices of sweeps "
                                      "(P4)";
      })
      .Case([&](stage::SweepOp sweep) { return checkSkip(sweep); })
      .Case([&](stage::GatherOp gather) { return checkGather(gather); })
      .Case([&](stage::ContractOp contract) { return checkContract(contract); })
      .Case([&](stage::DftOp dft) {
        return checkTransform(dft, static_cast<int64_t>(dft.getN()), dft.getRadices(),
                              dft.getTwiddles(), dft.getRoots());
      })
      .Case([&](stage::DftMapOp map) {
        return checkTransform(map, static_cast<int64_t>(map.getN()), map.getRadices(),
                              map.getTwiddles(), /*roots=*/{});
      })
      .Case([&](LibraryCall call) { return checkCall(call); })
      .Default([](Operation *) { return success(); });
}

LogicalResult BoundsCheck::run() {
  if (failed(checkBatch()))
    return failure();
  const WalkResult result = entry.walk<WalkOrder::PreOrder>([&](Operation *op) {
    const bool outside = isa<func::FuncOp>(op);
    return outside || succeeded(checkOp(op)) ? WalkResult::advance() : WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

} // namespace

LogicalResult verifyBounds(func::FuncOp entry, ProblemLists &problems) {
  return BoundsCheck(entry, problems).run();
}

} // namespace mlir::spherical
