//===- planned_memory.h - what ops of a plan read and write -----*- C++ -*-===//
//
// Views lead from every operand to a root: an argument, a view of the arena, a
// scratch buffer or a table. What an op reaches is a box of the root, each axis
// from a position that is linear in the indices of sweeps and loops.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_PLANNED_MEMORY_H
#define SPHERICAL_PASSES_LOWER_PLANNED_MEMORY_H

#include "passes/lower/index_range.h"

#include <vector>

namespace mlir::spherical {

/// constant + sum of factor times index. Indices are those of sweeps, variables of loops of more
/// than one iteration, and results of maps that are not linear.
struct LinearIndex {
  int64_t constant = 0;
  SmallVector<std::pair<Value, int64_t>, 2> terms;

  /// Adds `factor` times another.
  void add(const LinearIndex &other, int64_t factor = 1);
  bool operator==(const LinearIndex &) const = default;
};

/// The linear form of an index whose range is known (`rangeOf`).
LinearIndex linearOf(OpFoldResult index);

/// Positions first ... first + size - 1 of an axis, or of these the first and others that are a
/// multiple of `step` behind it.
struct Span {
  LinearIndex first;
  int64_t size = 1, step = 1;
  bool operator==(const Span &) const = default;
};

/// Positions of an axis, those of them that lie within others where these are known to be fewer.
struct AxisSpan : Span {
  std::optional<Span> within = {};
  bool operator==(const AxisSpan &) const = default;
};

/// What an op reaches of the root of one operand.
struct MemoryAccess {
  OpOperand *operand = nullptr;
  bool writes = false;
  Value root;
  /// Of each axis of the root: the operand, or what a gather or a map reaches of it, where that is
  /// less and a box.
  std::vector<AxisSpan> axes;
  /// The root's axis of each of the operand's axes.
  SmallVector<int64_t, 4> rootAxes;

  Operation *op() const { return operand->getOwner(); }
  MemRefType type() const { return cast<MemRefType>(operand->get().getType()); }
  ArrayRef<int64_t> rootShape() const { return cast<MemRefType>(root.getType()).getShape(); }
};

/// Whether a stage op writes this operand.
bool isWritten(OpOperand &operand);

/// The side of a gather that holds samples in rows of the first axis, null if it has no such side.
OpOperand *denseSide(stage::GatherOp gather);

/// The box of the root of `memref` that views of it lead to.
MemoryAccess accessOf(OpOperand &operand);

/// All memrefs that a stage op uses, with what views of them lead to.
SmallVector<MemoryAccess> viewsOf(Operation *stageOp);

/// The same, narrowed to the samples of a gather's group and to the positions of a map.
SmallVector<MemoryAccess> accessesOf(Operation *stageOp);

/// The root that a memref is a view of.
Value rootOfMemory(Value memref);

/// Whether the root is the scratch memory of a sweep.
bool isScratch(Value root);

/// The bytes of the arena at which a root lies; nothing if it is not of the arena.
std::optional<IndexRange> arenaBytesOf(Value root);

/// The argument that a result may be in the memory of (`spherical.replaces`), or the root itself.
Value sharedRoot(Value root);

/// Bytes of a static memref.
int64_t bytesOfMemory(MemRefType type);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_PLANNED_MEMORY_H
