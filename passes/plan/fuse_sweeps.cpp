//===- fuse_sweeps.cpp - stage-fuse-sweeps ----------------------*- C++ -*-===//
//
// A buffer that one sweep writes and only one later sweep reads, each point of
// the space its own part, need not exist: the two sweeps become one, in which
// the part of a point is scratch memory.
//   sweep "a" (%g, %c) { ... -> buffer[%g, %c] }
//   sweep "b" (%g, %c) { buffer[%g, %c] -> ... }
//     ->  sweep "a + b" (%g, %c) scratch (%part) { ... -> %part; %part -> ... }
// So the functions between an inverse transform with ReLU and the next forward
// transform, and their gradients, leave the arena.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/passes.h"

#include "passes/plan/buffers.h"
#include "passes/remarks.h"

#include "llvm/ADT/SetVector.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FUSESWEEPS
#include "passes/plan/passes.h.inc"
namespace {

/// Whether `result` is an argument that may be the memory of the argument `other`: that which it
/// replaces.
bool replaces(Value result, Value other) {
  auto x = dyn_cast<BlockArgument>(result), y = dyn_cast<BlockArgument>(other);
  if (!x || !y)
    return false;
  auto function = cast<func::FuncOp>(x.getOwner()->getParentOp());
  auto replaced = function.getArgAttrOfType<StringAttr>(x.getArgNumber(), "spherical.replaces");
  return replaced && replaced == function.getArgAttr(y.getArgNumber(), "spherical.name");
}

/// Buffers and arguments that an op of the function, a sweep mostly, reads and writes.
struct Traffic {
  llvm::SmallSetVector<Value, 8> reads, writes;

  explicit Traffic(Operation *op) {
    std::optional<SmallVector<MemoryEffects::EffectInstance>> effects = getEffectsRecursively(op);
    known = effects.has_value();
    for (MemoryEffects::EffectInstance &effect :
         effects.value_or(SmallVector<MemoryEffects::EffectInstance>())) {
      Value root = effect.getValue() ? rootOf(effect.getValue()) : Value();
      if (root && root.getParentBlock() == op->getBlock()) // else it is scratch
        (isa<MemoryEffects::Read>(effect.getEffect()) ? reads : writes).insert(root);
    }
  }

  /// Whether the order of the two matters.
  bool dependsOn(const Traffic &other) const {
    return !known || !other.known || !conflicts(other).empty();
  }

  /// The buffers, of this and of the other, that may be the same memory and that one of them
  /// writes.
  SmallVector<std::pair<Value, Value>> conflicts(const Traffic &other) const {
    SmallVector<std::pair<Value, Value>> pairs;
    addOverlaps(writes, other.writes, pairs);
    addOverlaps(writes, other.reads, pairs);
    addOverlaps(reads, other.writes, pairs);
    return pairs;
  }

  bool known = true; ///< whether the effects of all ops are

private:
  using Buffers = llvm::SmallSetVector<Value, 8>;
  static void addOverlaps(const Buffers &a, const Buffers &b,
                          SmallVectorImpl<std::pair<Value, Value>> &pairs) {
    for (Value x : a)
      for (Value y : b)
        if (x == y || replaces(x, y) || replaces(y, x))
          pairs.emplace_back(x, y);
  }
};

/// "'a', 'b' and 'c'", the names of sweeps.
std::string quoted(ArrayRef<stage::SweepOp> sweeps) {
  std::string text;
  for (auto [index, op] : llvm::enumerate(sweeps)) {
    stage::SweepOp sweep = op;
    text += index == 0 ? "" : index + 1 == sweeps.size() ? " and " : ", ";
    text += ("'" + sweep.getStage() + "'").str();
  }
  return text;
}

/// Two sweeps and the buffer between them.
struct Pair {
  stage::SweepOp first, second;
  memref::AllocOp buffer;
};

/// Whether all that `sweep` uses of `memref` is the part at its own indices, so that no two of its
/// points meet there.
bool usesOwnParts(Value memref, stage::SweepOp sweep) {
  for (Operation *user : memref.getUsers()) {
    if (!sweep->isAncestor(user)) {
      if (isa<memref::SubViewOp>(user) && user->getBlock() == sweep->getBlock())
        return false; // a part that all points share
      continue;
    }
    const PointSlice slice =
        isa<memref::SubViewOp>(user) ? pointSliceOf(user->getResult(0)) : PointSlice();
    auto own = sweep.getIndices();
    if (!slice.buffer || slice.indices.size() > own.size() ||
        !llvm::equal(slice.indices, own.take_front(slice.indices.size())))
      return false;
    if (slice.indices.size() < own.size() && !usesOwnParts(user->getResult(0), sweep))
      return false;
  }
  return true;
}

/// Whether the points of the two sweeps may run in pairs: then the first sweep is not complete when
/// a point of the second runs, so that what one writes and the other uses is of that point alone.
bool mayRunInPairs(const Pair &pair) {
  Traffic first(pair.first), second(pair.second);
  if (!first.known || !second.known)
    return false;
  return llvm::all_of(first.conflicts(second), [&](std::pair<Value, Value> shared) {
    return shared.first.getType() == shared.second.getType() &&
           usesOwnParts(shared.first, pair.first) && usesOwnParts(shared.second, pair.second);
  });
}

/// Smaller buffers stay in the second-level cache anyway.
constexpr int64_t kRemarkedBytes = 256 << 10;

/// Says why the function or spectrum that a sweep writes stays in memory.
void remarkKept(memref::AllocOp alloc, const Twine &reason, const Twine &suggestion = "") {
  if (bytesOfBuffer(alloc.getType()) < kRemarkedBytes)
    return;
  remarkNotFused(alloc, "FuseSweeps", "a value goes through memory", reason, suggestion);
}

/// The sweeps that use a buffer, in order; empty if something else does.
SmallVector<stage::SweepOp> sweepsOf(memref::AllocOp alloc) {
  llvm::SmallSetVector<Operation *, 4> sweeps;
  for (Operation *user : alloc->getUsers())
    sweeps.insert(user->getParentOfType<stage::SweepOp>());
  if (sweeps.contains(nullptr))
    return {};
  auto ordered =
      llvm::map_to_vector(sweeps, [](Operation *op) { return cast<stage::SweepOp>(op); });
  llvm::sort(ordered, [](stage::SweepOp a, stage::SweepOp b) { return a->isBeforeInBlock(b); });
  return ordered;
}

/// The two sweeps that a buffer joins, if it has no other use and their points may run in pairs.
std::optional<Pair> pairOf(memref::AllocOp alloc) {
  SmallVector<stage::SweepOp> sweeps = sweepsOf(alloc);
  if (sweeps.size() > 2)
    remarkKept(alloc,
               "stages " + quoted(ArrayRef(sweeps).drop_front()) + " read what '" +
                   sweeps.front().getStage() + "' writes",
               "a value that one stage reads can stay in its cache");
  if (sweeps.size() != 2)
    return std::nullopt;
  Pair pair{sweeps[0], sweeps[1], alloc};
  if (pair.first.getCall() || pair.second.getCall())
    return std::nullopt; // a library reads and writes memory
  if (pair.first.getSpace() != pair.second.getSpace() ||
      pair.first.getIndices().size() >= static_cast<size_t>(alloc.getType().getRank())) {
    remarkKept(alloc, "the tasks of stages " + quoted(sweeps) + " are cut differently");
    return std::nullopt;
  }
  if (!usesOwnParts(alloc, pair.first) || !usesOwnParts(alloc, pair.second) ||
      !mayRunInPairs(pair)) {
    remarkKept(alloc,
               "a task of one of the stages " + quoted(sweeps) + " uses what other tasks write");
    return std::nullopt;
  }
  return pair;
}

/// Moves what `op` uses, at the level of the function, before `place`.
void hoistOperands(Operation *op, Operation *place) {
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands()) {
      Operation *definition = operand.getDefiningOp();
      if (!definition || definition->getBlock() != place->getBlock() ||
          definition->isBeforeInBlock(place))
        continue;
      definition->moveBefore(place);
      hoistOperands(definition, definition);
    }
  });
}

/// Brings the two sweeps together, if what lies between permits: the first behind it, or the
/// second before it.
bool bringTogether(const Pair &pair) {
  Traffic first(pair.first), second(pair.second);
  bool firstMoves = true, secondMoves = true;
  for (Operation *op = pair.first->getNextNode(); op != pair.second; op = op->getNextNode())
    if (!isMemoryEffectFree(op) && !isa<memref::AllocOp>(op)) {
      Traffic traffic(op);
      firstMoves &= !first.dependsOn(traffic);
      secondMoves &= !second.dependsOn(traffic);
    }
  if (!firstMoves && !secondMoves)
    return false;
  if (firstMoves) {
    pair.first->moveBefore(pair.second);
    return true;
  }
  hoistOperands(pair.second, pair.first);
  pair.second->moveAfter(pair.first);
  return true;
}

/// Clones the body of a sweep; `part` is what `buffer` holds at the indices.
void cloneBody(OpBuilder &builder, stage::SweepOp sweep, ArrayRef<Value> arguments, Value buffer,
               Value part) {
  IRMapping mapping;
  for (auto [old, now] : llvm::zip(sweep.getBody().getArguments(), arguments))
    mapping.map(old, now);
  SmallVector<memref::SubViewOp> parts;
  for (Operation &op : sweep.getBody().front().without_terminator()) {
    builder.clone(op, mapping)->walk([&](memref::SubViewOp view) {
      PointSlice slice = pointSliceOf(view);
      if (slice.buffer == buffer && slice.indices.size() == sweep.getSpace().size())
        parts.push_back(view);
    });
  }
  for (memref::SubViewOp view : parts) {
    replaceBuffer(view, part);
    eraseUnusedViews(view);
  }
}

stage::SweepOp fuse(const Pair &pair) {
  stage::SweepOp first = pair.first, second = pair.second;
  memref::AllocOp buffer = pair.buffer;
  OpBuilder builder(second);
  size_t rank = first.getSpace().size();
  MemRefType type = buffer.getType();
  auto part = MemRefType::get(type.getShape().drop_front(rank), type.getElementType());
  SmallVector<Type> scratch(TypeRange(ValueRange(first.getScratch())));
  llvm::append_range(scratch, TypeRange(ValueRange(second.getScratch())));
  scratch.push_back(part);
  Location loc = FusedLoc::get(builder.getContext(), {first.getLoc(), second.getLoc()});
  auto sweep = stage::SweepOp::create(
      builder, loc, (first.getStage() + " + " + second.getStage()).str(), first.getSpace(), scratch,
      [&](OpBuilder &inner, Location, ValueRange indices, ValueRange buffers) {
        size_t own = first.getScratch().size();
        SmallVector<Value> arguments(indices);
        llvm::append_range(arguments, buffers.take_front(own));
        cloneBody(inner, first, arguments, buffer, buffers.back());
        arguments.assign(indices.begin(), indices.end());
        llvm::append_range(arguments, buffers.drop_front(own).drop_back());
        cloneBody(inner, second, arguments, buffer, buffers.back());
      });
  sweep.setFlop(first.getFlop() + second.getFlop());
  int64_t saved = 2 * bytesOfBuffer(type);
  int64_t bytes = static_cast<int64_t>(first.getBytes() + second.getBytes());
  sweep.setBytes(std::max<int64_t>(bytes - saved, 0));
  sweep.setChunk(std::min(first.getChunk(), second.getChunk()));
  first.erase();
  second.erase();
  return sweep;
}

struct FuseSweeps : impl::FuseSweepsBase<FuseSweeps> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      for (auto alloc : llvm::make_early_inc_range(func.getOps<memref::AllocOp>())) {
        std::optional<Pair> pair = pairOf(alloc);
        if (!pair)
          continue;
        if (!bringTogether(*pair)) {
          remarkKept(alloc, "what runs between stages " + quoted({pair->first, pair->second}) +
                                " depends on both");
          continue;
        }
        remarkFused(alloc, "FuseSweeps",
                    "a value stays in the cache between stages " +
                        quoted({pair->first, pair->second}));
        fuse(*pair);
        alloc.erase();
      }
  }
};

} // namespace
} // namespace mlir::spherical
