//===- verify_written.cpp - what is read has been written -------*- C++ -*-===//
//
// Arena, scratch memory and results begin undefined, and buffers of the arena
// lie on others. Sweep after sweep this keeps, for every root, boxes of what has
// been written since its memory was last another's. What an op writes counts as
// one box over all points and iterations; what it reads is looked for at the first
// and the last point, there at elements that it does read. So no plan is refused
// that reads nothing else.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/memory_checks.h"
#include "passes/lower/op_boxes.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

#include "llvm/ADT/MapVector.h"

namespace mlir::spherical {
namespace {

/// Boxes by root.
using Written = llvm::DenseMap<Value, WrittenBoxes>;

Box wholeOf(MemRefType type) {
  Box box;
  for (int64_t extent : type.getShape())
    box.push_back({0, extent - 1});
  return box;
}

std::string textOf(const Box &box) {
  std::string text = "[";
  for (auto [axis, range] : llvm::enumerate(box)) {
    text += (axis == 0 ? "" : ", ") + std::to_string(range.low);
    if (range.high != range.low)
      text += " to " + std::to_string(range.high);
  }
  return text + "]";
}

/// Checks one planned function for one count of samples.
class WrittenCheck {
public:
  WrittenCheck(func::FuncOp entry, ProblemLists &problems, int64_t count);
  LogicalResult run();

private:
  /// What a run through a sweep's body is for.
  enum class Mode { Point, AllPoints };

  LogicalResult checkSweep(stage::SweepOp sweep);
  IndexRange running(stage::SweepOp sweep, size_t index) const;
  LogicalResult runBody(Block &block, Place &place, Mode mode);
  LogicalResult runLoop(scf::ForOp loop, Place &place, Mode mode);
  LogicalResult readAll(ArrayRef<MemoryAccess> accesses, const Place &place);
  LogicalResult read(const MemoryAccess &access, const Box &box);
  void writeAll(ArrayRef<MemoryAccess> accesses, const Place &place, Mode mode);
  void keep(Value root, Box box);
  bool startsUndefined(Value root);

  func::FuncOp entry;
  ProblemLists &problems;
  const int64_t count;
  Written written;                              ///< before the sweep at hand
  Written point;                                ///< by the point at hand
  Written sweep;                                ///< by all points of the sweep at hand
  llvm::DenseMap<Value, Value> resultOf;        ///< of the arguments that results replace
  llvm::DenseMap<Value, SmallVector<Value>> on; ///< buffers that lie on each other
  llvm::DenseMap<Operation *, SmallVector<MemoryAccess>> accesses;
};

WrittenCheck::WrittenCheck(func::FuncOp entry, ProblemLists &problems, int64_t count)
    : entry(entry), problems(problems), count(count) {
  for (BlockArgument argument : entry.getArguments())
    if (Value other = sharedRoot(argument); other != argument)
      resultOf[other] = argument;
  SmallVector<std::pair<IndexRange, Value>> views;
  for (auto view : entry.getOps<memref::ViewOp>())
    views.emplace_back(*arenaBytesOf(view), view);
  llvm::sort(views, [](auto &a, auto &b) { return a.first.low < b.first.low; });
  for (size_t i = 0; i < views.size(); ++i)
    for (size_t j = i + 1; j < views.size() && views[j].first.low <= views[i].first.high; ++j) {
      on[views[i].second].push_back(views[j].second);
      on[views[j].second].push_back(views[i].second);
    }
}

/// Tables and arguments have values from the beginning.
bool WrittenCheck::startsUndefined(Value root) {
  auto argument = dyn_cast<BlockArgument>(root);
  if (!argument)
    return static_cast<bool>(root.getDefiningOp<memref::ViewOp>());
  return isScratch(root) || entry.getArgAttr(argument.getArgNumber(), "stage.result");
}

/// The values of an index whose points run.
IndexRange WrittenCheck::running(stage::SweepOp sweep, size_t index) const {
  int64_t last = sweep.getSpace()[index] - 1;
  auto skip = sweep->getAttrOfType<DenseI64ArrayAttr>(stage::kSkipAttr);
  if (skip && skip[0] == static_cast<int64_t>(index))
    last = std::min(last, (count - 1) / skip[1]);
  return {0, last};
}

LogicalResult WrittenCheck::read(const MemoryAccess &access, const Box &box) {
  const Value root = access.root;
  if (const Value result = resultOf.lookup(root);
      result && (written[result].meets(box) || point[result].meets(box)))
    return access.op()->emitOpError()
           << "expected to read no argument whose result has been written (P10), got operand "
           << access.operand->getOperandNumber() << " at " << textOf(box);
  if (!startsUndefined(root) || written[root].covers(box, &point[root]))
    return success();
  return access.op()->emitOpError()
         << "expected to read what has been written before (P10), got operand "
         << access.operand->getOperandNumber() << " at " << textOf(box) << " of " << root.getType();
}

LogicalResult WrittenCheck::readAll(ArrayRef<MemoryAccess> accesses, const Place &place) {
  if (passesOn(accesses))
    return success();
  for (const MemoryAccess &access : accesses)
    if (!access.writes && (startsUndefined(access.root) || resultOf.contains(access.root)))
      for (const Box &box : boxesRead(access, place, problems.tables))
        if (failed(read(access, box)))
          return failure();
  return success();
}

void WrittenCheck::writeAll(ArrayRef<MemoryAccess> accesses, const Place &place, Mode mode) {
  Written &now = mode == Mode::Point ? point : sweep;
  const bool passes = passesOn(accesses);
  for (const MemoryAccess &access : accesses) {
    if (!access.writes)
      continue;
    std::optional<Box> box = boxWritten(access, place);
    if (!box)
      continue;
    WrittenBoxes defined;
    defined.add(std::move(*box));
    for (const MemoryAccess &input : accesses)
      if (passes && !input.writes && startsUndefined(input.root)) {
        WrittenBoxes given = written[input.root];
        for (const Box &part : now[input.root].parts())
          given.add(part);
        defined = defined.intersection(given);
      }
    for (const Box &part : defined.parts())
      now[access.root].add(part);
  }
}

/// In the first iteration, and in the last behind all others.
LogicalResult WrittenCheck::runLoop(scf::ForOp loop, Place &place, Mode mode) {
  const Value variable = loop.getInductionVar();
  const IndexRange range = *rangeOf(OpFoldResult(variable));
  if (mode == Mode::Point) {
    place.set(variable, range.low, {range.low, range.low});
    if (failed(runBody(*loop.getBody(), place, mode)))
      return failure();
  }
  place.set(variable, range.high, range);
  return runBody(*loop.getBody(), place, mode);
}

LogicalResult WrittenCheck::runBody(Block &block, Place &place, Mode mode) {
  for (Operation &op : block) {
    if (auto loop = dyn_cast<scf::ForOp>(op)) {
      if (failed(runLoop(loop, place, mode)))
        return failure();
      continue;
    }
    if (!isStageOp(&op))
      continue;
    SmallVector<MemoryAccess> &all = accesses[&op];
    if (all.empty())
      all = problems.accessesOf(&op);
    if (mode == Mode::Point && failed(readAll(all, place)))
      return failure();
    writeAll(all, place, mode);
  }
  return success();
}

/// Adds a box; buffers that lie on its root are undefined from here on.
void WrittenCheck::keep(Value root, Box box) {
  for (Value other : on[root])
    written[other].clear();
  written[root].add(std::move(box));
}

LogicalResult WrittenCheck::checkSweep(stage::SweepOp op) {
  sweep.clear();
  Place place;
  place.count = count;
  for (const bool last : {false, true}) {
    point.clear();
    for (auto [number, index] : llvm::enumerate(op.getIndices())) {
      const IndexRange range = running(op, number);
      const int64_t at = last ? range.high : range.low;
      place.set(index, at, {at, at});
    }
    if (failed(runBody(op.getBody().front(), place, Mode::Point)))
      return failure();
  }
  point.clear();
  for (auto [number, index] : llvm::enumerate(op.getIndices()))
    place.set(index, 0, running(op, number));
  if (failed(runBody(op.getBody().front(), place, Mode::AllPoints)))
    return failure();
  for (auto &[root, boxes] : sweep)
    if (!isScratch(root))
      for (const Box &box : boxes.parts())
        keep(root, box);
  return success();
}

LogicalResult WrittenCheck::run() {
  for (auto op : entry.getOps<stage::SweepOp>())
    if (failed(checkSweep(op)))
      return failure();
  for (BlockArgument argument : entry.getArguments()) {
    const auto type = cast<MemRefType>(argument.getType());
    if (!entry.getArgAttr(argument.getArgNumber(), "stage.result") || type.getNumElements() == 0)
      continue;
    Box box = wholeOf(type);
    if (entry.getArgAttr(argument.getArgNumber(), "stage.batched"))
      box.front().high = count - 1;
    if (!written[argument].covers(box))
      return entry.emitOpError() << "expected to write all of its results (P10), got argument "
                                 << argument.getArgNumber() << " of " << type << " without some of "
                                 << textOf(box);
  }
  return success();
}

} // namespace

/// Whether what is written depends on the number of samples, other than of batched arguments.
static bool dependsOnCount(func::FuncOp entry) {
  return entry
      .walk([&](Operation *op) {
        auto gather = dyn_cast<stage::GatherOp>(op);
        OpOperand *dense = gather && !gather.getAll() ? denseSide(gather) : nullptr;
        const bool counts = dense && !isBatched(entry, dense->get());
        return counts || op->hasAttr(stage::kSkipAttr) ? WalkResult::interrupt()
                                                       : WalkResult::advance();
      })
      .wasInterrupted();
}

LogicalResult verifyWritten(func::FuncOp entry, ProblemLists &problems) {
  const int64_t capacity = capacityOf(entry);
  if (failed(WrittenCheck(entry, problems, std::max<int64_t>(capacity, 1)).run()))
    return failure();
  if (capacity > 1 && dependsOnCount(entry))
    return WrittenCheck(entry, problems, 1).run();
  return success();
}

} // namespace mlir::spherical
