//===- verify_written.cpp - what is read has been written -------*- C++ -*-===//
//
// Arena, scratch memory and results begin undefined, and buffers of the arena
// lie on others. Sweep after sweep this keeps, for every root, boxes of what has
// been written since its memory was last another's. What an op reads is looked for
// at the first and the last point, where it must have been written before by the
// same point or by earlier sweeps; then over all points and iterations, since what
// other points write no point reads (P9).
//
//===----------------------------------------------------------------------===//

#include "passes/lower/memory_checks.h"
#include "passes/lower/reached_elements.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

#include "llvm/ADT/MapVector.h"

namespace mlir::spherical {
namespace {

/// Boxes by root.
using Written = llvm::DenseMap<Value, WrittenBoxes>;

Box wholeOf(MemRefType type) {
  Box box;
  for (int64_t extent : type.getShape())
    box.push_back({0, extent - 1, 1});
  return box;
}

std::string textOf(const Box &box) {
  std::string text = "[";
  for (auto [axis, range] : llvm::enumerate(box)) {
    text += (axis == 0 ? "" : ", ") + std::to_string(range.low);
    if (range.high != range.low)
      text += " to " + std::to_string(range.high);
    if (range.step != 1)
      text += " by " + std::to_string(range.step);
  }
  return text + "]";
}

/// Checks one planned function for one count of samples.
class WrittenCheck {
public:
  WrittenCheck(func::FuncOp entry, ReachedElements &reached, int64_t count);
  LogicalResult run();

private:
  /// What a run through a body is for: to check what each op reads, then to add what it writes; or
  /// one of these.
  enum class Mode { Both, Write, Read };

  LogicalResult checkSweep(stage::SweepOp sweep);
  int64_t lastOf(stage::SweepOp sweep, size_t index) const;
  LogicalResult runBody(Block &block, Place &place, Mode mode);
  LogicalResult runLoop(scf::ForOp loop, Place &place, Mode mode);
  LogicalResult readAll(ArrayRef<MemoryAccess> accesses, const Place &place, Mode mode);
  LogicalResult read(const MemoryAccess &access, const Box &box, Mode mode);
  Written &now() { return onePoint ? point : sweep; }
  WrittenBoxes passOn(ArrayRef<MemoryAccess> accesses, Value root, WrittenBoxes elements);
  void writeAll(ArrayRef<MemoryAccess> accesses, const Place &place);
  void keep(Value root, Box box);
  bool startsUndefined(Value root);

  func::FuncOp entry;
  ReachedElements &reached;
  const int64_t count;
  Written written;                              ///< before the sweep at hand
  Written point;                                ///< by the point at hand
  Written sweep;                                ///< by all points of the sweep at hand
  bool onePoint = true;                         ///< whether a run is for one point or for all
  llvm::DenseMap<Value, Value> resultOf;        ///< of the arguments that results replace
  llvm::DenseMap<Value, SmallVector<Value>> on; ///< buffers that lie on each other
  llvm::DenseMap<Operation *, SmallVector<MemoryAccess>> accesses;
};

WrittenCheck::WrittenCheck(func::FuncOp entry, ReachedElements &reached, int64_t count)
    : entry(entry), reached(reached), count(count) {
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

/// The last value of an index whose points run.
int64_t WrittenCheck::lastOf(stage::SweepOp sweep, size_t index) const {
  const int64_t last = sweep.getSpace()[index] - 1;
  auto skip = sweep->getAttrOfType<DenseI64ArrayAttr>(stage::kSkipAttr);
  if (skip && skip[0] == static_cast<int64_t>(index))
    return std::min(last, (count - 1) / skip[1]);
  return last;
}

LogicalResult WrittenCheck::read(const MemoryAccess &access, const Box &box, Mode mode) {
  const Value root = access.root;
  if (const Value result = resultOf.lookup(root);
      result && (written[result].meets(box) || (mode == Mode::Both && now()[result].meets(box))))
    return access.op()->emitOpError()
           << "expected to read no argument whose result has been written (P10), got operand "
           << access.operand->getOperandNumber() << " at " << textOf(box);
  if (!startsUndefined(root) || written[root].covers(box, &now()[root]))
    return success();
  return access.op()->emitOpError()
         << "expected to read what has been written before (P10), got operand "
         << access.operand->getOperandNumber() << " at " << textOf(box) << " of " << root.getType();
}

LogicalResult WrittenCheck::readAll(ArrayRef<MemoryAccess> accesses, const Place &place,
                                    Mode mode) {
  if (passesOn(accesses))
    return success();
  for (const MemoryAccess &access : accesses) {
    if (access.writes || !(startsUndefined(access.root) || resultOf.contains(access.root)))
      continue;
    SmallVector<Box> boxes;
    if (const auto elements = reached.elementsOf(access, place))
      boxes.append(elements->parts().begin(), elements->parts().end());
    else
      boxes.push_back(ReachedElements::hullOf(access, place));
    for (const Box &box : boxes)
      if (failed(read(access, box, mode)))
        return failure();
  }
  return success();
}

/// Of elements that an op passes on, those that are defined in all inputs. In the root the others
/// are undefined from here on, whatever they were before.
WrittenBoxes WrittenCheck::passOn(ArrayRef<MemoryAccess> accesses, Value root,
                                  WrittenBoxes elements) {
  WrittenBoxes undefined = elements;
  for (const MemoryAccess &input : accesses)
    if (!input.writes && startsUndefined(input.root)) {
      WrittenBoxes given = written[input.root];
      for (const Box &part : now()[input.root].parts())
        given.add(part);
      elements = elements.intersection(given);
    }
  for (const Box &part : elements.parts())
    undefined.remove(part);
  for (const Box &part : undefined.parts())
    for (Written *known : {&written, &now()})
      (*known)[root].remove(part);
  return elements;
}

/// What is not known to be written all over counts as not written.
void WrittenCheck::writeAll(ArrayRef<MemoryAccess> accesses, const Place &place) {
  const bool passes = passesOn(accesses);
  for (const MemoryAccess &access : accesses) {
    if (!access.writes)
      continue;
    std::optional<WrittenBoxes> defined = reached.elementsOf(access, place);
    if (!defined)
      continue;
    if (passes)
      defined = passOn(accesses, access.root, *defined);
    for (const Box &part : defined->parts())
      now()[access.root].add(part);
  }
}

/// Checks the first iteration, the last behind all others, then what all of them read.
LogicalResult WrittenCheck::runLoop(scf::ForOp loop, Place &place, Mode mode) {
  const Value variable = loop.getInductionVar();
  const IndexRange range = *rangeOf(OpFoldResult(variable));
  const int64_t step = *getConstantIntValue(loop.getStep());
  auto run = [&](int64_t low, int64_t high, Mode part) {
    place.indices[variable] = {low, high, low == high ? 1 : step};
    return runBody(*loop.getBody(), place, part);
  };
  if (mode != Mode::Both || range.low == range.high)
    return run(range.low, range.high, mode);
  return success(succeeded(run(range.low, range.low, Mode::Both)) &&
                 succeeded(run(range.low, range.high - step, Mode::Write)) &&
                 succeeded(run(range.high, range.high, Mode::Both)) &&
                 succeeded(run(range.low, range.high, Mode::Read)));
}

LogicalResult WrittenCheck::runBody(Block &block, Place &place, Mode mode) {
  for (Operation &op : block) {
    if (auto loop = dyn_cast<scf::ForOp>(op)) {
      if (failed(runLoop(loop, place, mode)))
        return failure();
      continue;
    }
    if (!stage::computesOnMemory(&op))
      continue;
    SmallVector<MemoryAccess> &all = accesses[&op];
    if (all.empty())
      all = viewsOf(&op);
    if (mode != Mode::Write && failed(readAll(all, place, mode)))
      return failure();
    if (mode != Mode::Read)
      writeAll(all, place);
  }
  return success();
}

/// The memory that a call of a library leaves undefined, or null.
static Value undefinedBy(stage::SweepOp op) {
  LibraryCall call = op.getCall();
  const Value overwritten = call ? call.getOverwritten() : Value();
  return overwritten ? rootOfMemory(overwritten) : Value();
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
  onePoint = true;
  for (const bool isLast : {false, true}) {
    point.clear();
    for (auto [number, index] : llvm::enumerate(op.getIndices())) {
      const int64_t at = isLast ? lastOf(op, number) : 0;
      place.indices[index] = {at, at, 1};
    }
    if (failed(runBody(op.getBody().front(), place, Mode::Both)))
      return failure();
  }
  onePoint = false;
  for (auto [number, index] : llvm::enumerate(op.getIndices()))
    place.indices[index] = {0, lastOf(op, number), 1};
  for (const Mode mode : {Mode::Write, Mode::Read})
    if (failed(runBody(op.getBody().front(), place, mode)))
      return failure();
  for (auto &[root, boxes] : sweep)
    if (!isScratch(root))
      for (const Box &box : boxes.parts())
        keep(root, box);
  if (Value root = undefinedBy(op))
    written[root].clear();
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
  ReachedElements reached(problems);
  if (failed(WrittenCheck(entry, reached, std::max<int64_t>(capacity, 1)).run()))
    return failure();
  if (capacity > 1 && dependsOnCount(entry))
    return WrittenCheck(entry, reached, 1).run();
  return success();
}

} // namespace mlir::spherical
