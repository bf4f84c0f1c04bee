//===- pack_masks.cpp - stage-pack-masks ------------------------*- C++ -*-===//
//
// The gradient of ReLU asks of a value only whether it is positive. Where an
// inverse transform with ReLU writes a function that later serves as the mask
// of a gradient, the transform also stores one bit for each value, and the mask
// is read from there:
//   y = dft real_synthesis relu          y, bits = dft real_synthesis relu positive
//   ... dft real_analysis mask y    ->   ... dft real_analysis mask bits
// The bits take a 32nd of y's memory, and the long way from
// the forward to the backward transform no longer keeps y.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/passes.h"

#include "passes/plan/buffers.h"
#include "passes/remarks.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_PACKMASKS
#include "passes/plan/passes.h.inc"
namespace {

/// Lanes that a word has bits for.
constexpr uint64_t kWordLanes = 32;

/// All accesses of one buffer.
struct Accesses {
  stage::DftOp writer; ///< the transform with ReLU that writes it, if nothing else does
  SmallVector<stage::DftOp> masked;
};

/// Adds the ops that use `memref` or views of it; false if one of them writes in another way.
bool collect(Value memref, Accesses &accesses) {
  for (OpOperand &use : memref.getUses()) {
    Operation *user = use.getOwner();
    if (auto view = dyn_cast<memref::SubViewOp>(user)) {
      if (!collect(view, accesses))
        return false;
      continue;
    }
    auto dft = dyn_cast<stage::DftOp>(user);
    if (dft && dft.getMask() == memref)
      accesses.masked.push_back(dft);
    if (dft && dft.getOutput() == memref) {
      if (accesses.writer || !dft.getRelu() || dft.getPositive())
        return false;
      accesses.writer = dft;
    } else if (hasEffect<MemoryEffects::Write>(user, memref)) {
      return false;
    }
  }
  return true;
}

/// `bits` at the position of `slice` in its buffer, where `op` stands.
Value bitsAt(stage::DftOp op, Value bits, const PointSlice &slice) {
  OpBuilder builder(op);
  for (Value index : slice.indices)
    bits = selectFirst(builder, op.getLoc(), bits, index);
  return bits;
}

/// Corrects the bytes that the sweep around `op` reads and writes.
void addTraffic(Operation *op, int64_t bytes) {
  auto sweep = op->getParentOfType<stage::SweepOp>();
  bytes += static_cast<int64_t>(sweep.getBytes());
  sweep.setBytes(std::max<int64_t>(bytes, 0));
}

void pack(memref::AllocOp alloc) {
  Accesses accesses;
  const bool known = collect(alloc, accesses);
  if (accesses.masked.empty())
    return;
  if (!known || !accesses.writer || accesses.writer.getLanes() > kWordLanes) {
    remarkNotFused(alloc, "PackMasks", "a function is kept as the mask of its gradient",
                   "it is not the result of an inverse transform with ReLU alone",
                   "put the ReLU behind the convolution");
    return;
  }
  stage::DftOp writer = accesses.writer;
  PointSlice written = pointSliceOf(writer.getOutput());
  if (!written.buffer)
    return;
  for (stage::DftOp dft : accesses.masked)
    if (pointSliceOf(dft.getMask()).indices.size() != written.indices.size())
      return;
  OpBuilder builder(alloc);
  SmallVector<int64_t> shape(alloc.getType().getShape().take_front(written.indices.size()));
  shape.append({static_cast<int64_t>(writer.getRows()), static_cast<int64_t>(writer.getN())});
  Type word = builder.getIntegerType(stage::wordBits(static_cast<int64_t>(writer.getLanes())));
  Location loc = NameLoc::get(builder.getStringAttr("relu.bits"), alloc.getLoc());
  Value bits = memref::AllocOp::create(builder, loc, MemRefType::get(shape, word));
  writer.getPositiveMutable().assign(bitsAt(writer, bits, written));
  addTraffic(writer, bytesOfBuffer(bits.getType()));
  remarkFused(alloc, "PackMasks", "one bit for each value kept for the gradient");
  for (stage::DftOp dft : accesses.masked) {
    Value mask = dft.getMask();
    dft.getMaskMutable().assign(bitsAt(dft, bits, pointSliceOf(mask)));
    eraseUnusedViews(mask);
    addTraffic(dft, bytesOfBuffer(bits.getType()) - bytesOfBuffer(alloc.getType()));
  }
}

struct PackMasks : impl::PackMasksBase<PackMasks> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      for (auto alloc : llvm::make_early_inc_range(func.getOps<memref::AllocOp>()))
        pack(alloc);
  }
};

} // namespace
} // namespace mlir::spherical
