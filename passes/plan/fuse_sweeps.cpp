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

#include "llvm/ADT/SetVector.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FUSESWEEPS
#include "passes/plan/passes.h.inc"
namespace {

/// Buffers and arguments that a sweep reads and writes.
struct Traffic {
  llvm::SmallSetVector<Value, 8> reads, writes;

  explicit Traffic(stage::SweepOp sweep) {
    std::optional<SmallVector<MemoryEffects::EffectInstance>> effects =
        getEffectsRecursively(sweep);
    known = effects.has_value();
    for (MemoryEffects::EffectInstance &effect :
         effects.value_or(SmallVector<MemoryEffects::EffectInstance>())) {
      Value root = effect.getValue() ? rootOf(effect.getValue()) : Value();
      if (root && root.getParentBlock() == sweep->getBlock()) // else it is scratch
        (isa<MemoryEffects::Write>(effect.getEffect()) ? writes : reads).insert(root);
    }
  }

  /// Whether the order of the two matters. Arguments may share memory: results with what they
  /// replace.
  bool dependsOn(const Traffic &other) const {
    return !known || !other.known || overlap(writes, other.writes) ||
           overlap(writes, other.reads) || overlap(reads, other.writes);
  }

private:
  bool known = true; ///< whether the effects of all ops are
  static bool overlap(const llvm::SmallSetVector<Value, 8> &a,
                      const llvm::SmallSetVector<Value, 8> &b) {
    return llvm::any_of(a, [&](Value x) {
      return llvm::any_of(
          b, [&](Value y) { return x == y || (isa<BlockArgument>(x) && isa<BlockArgument>(y)); });
    });
  }
};

/// Two sweeps and the buffer between them.
struct Pair {
  stage::SweepOp first, second;
  memref::AllocOp buffer;
};

/// Whether all uses of `memref` inside of sweeps are the part at the sweep's own indices. Adds the
/// sweeps.
bool usedPointByPoint(Value memref, llvm::SmallSetVector<Operation *, 2> &sweeps) {
  for (Operation *user : memref.getUsers()) {
    auto sweep = user->getParentOfType<stage::SweepOp>();
    if (!sweep)
      return false;
    sweeps.insert(sweep);
    if (isa<memref::SubViewOp>(user)) {
      PointSlice slice = pointSliceOf(user->getResult(0));
      ArrayRef<Value> indices = slice.indices;
      auto own = sweep.getIndices();
      if (!slice.buffer || indices.size() > own.size() ||
          !llvm::equal(indices, own.take_front(indices.size())))
        return false;
      if (indices.size() == own.size() || usedPointByPoint(user->getResult(0), sweeps))
        continue;
    }
    return false;
  }
  return true;
}

/// The two sweeps that a buffer joins, if it has no other use.
std::optional<Pair> pairOf(memref::AllocOp alloc) {
  llvm::SmallSetVector<Operation *, 2> sweeps;
  if (!usedPointByPoint(alloc, sweeps) || sweeps.size() != 2)
    return std::nullopt;
  auto first = cast<stage::SweepOp>(sweeps[0]), second = cast<stage::SweepOp>(sweeps[1]);
  if (second->isBeforeInBlock(first))
    std::swap(first, second);
  if (first.getSpace() != second.getSpace() ||
      first.getIndices().size() >= static_cast<size_t>(alloc.getType().getRank()))
    return std::nullopt;
  return Pair{first, second, alloc};
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
    if (auto between = dyn_cast<stage::SweepOp>(op)) {
      Traffic traffic(between);
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
        if (!pair || !bringTogether(*pair))
          continue;
        fuse(*pair);
        alloc.erase();
      }
  }
};

} // namespace
} // namespace mlir::spherical
