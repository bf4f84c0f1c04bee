//===- stream_rows.cpp - stage-stream-rows ----------------------*- C++ -*-===//
//
// A function in scratch memory that one stage makes row by row and the next
// stage uses row by row is never there as a whole: a loop makes and uses a few
// rows at a time, which stay in the first-level cache.
//   dft real_synthesis %half -> %grid        for t: dft real_synthesis %half[t] -> %rows
//   map sum %grid -> %sums              ->          map sum %rows -> %sums[t]
//
// A transform of mirrored rows takes some from either end of the function: gathers between files
// and lanes do, too.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/passes.h"

#include "dialects/spherical/work.h"
#include "passes/plan/buffers.h"
#include "passes/plan/scratch_functions.h"
#include "passes/remarks.h"

#include <numeric>

namespace mlir::spherical {
#define GEN_PASS_DEF_STREAMROWS
#include "passes/plan/passes.h.inc"
namespace {

bool isRealTransform(Operation *op) {
  auto dft = dyn_cast<stage::DftOp>(op);
  return dft && stage::isReal(dft.getKind());
}

/// The spectrum of a real transform.
OpOperand &binsOf(stage::DftOp dft) {
  return stage::isAnalysis(dft.getKind()) ? dft.getOutputMutable() : dft.getInputMutable();
}

/// A stage as a loop over equal parts of the function `grid`, which it makes or uses. `mirrored`:
/// of a part, one half are rows from the first on and the other their mirror images.
class Stream {
public:
  Stream(Operation *op, Value grid, bool mirrored) : op(op), grid(grid), mirrored(mirrored) {}

  /// The most parts that the stage can be cut into, all numbers that divide it being possible
  /// too; 1 if it cannot.
  int64_t parts();
  /// Makes part number `part` of `count`, of which `rows` is the function.
  void emit(OpBuilder &builder, Value part, int64_t count, Value rows);

private:
  int64_t transformParts(stage::DftOp dft);
  int64_t mapParts(stage::MapOp map);
  int64_t gatherParts(stage::GatherOp gather);
  /// Whether operand `index` of a map is the same for all positions of the first dimension.
  bool isFixed(stage::MapOp map, unsigned index);
  /// `memref` cut along an axis.
  Value cut(OpBuilder &builder, Value memref, int64_t axis, Value part, int64_t count);
  void emitGather(OpBuilder &builder, Value part, int64_t count, Value rows);

  Operation *op;
  Value grid;
  bool mirrored;
};

int64_t Stream::parts() {
  if (isRealTransform(op))
    return transformParts(cast<stage::DftOp>(op));
  if (auto map = dyn_cast<stage::MapOp>(op))
    return mapParts(map);
  if (auto gather = dyn_cast<stage::GatherOp>(op))
    return gatherParts(gather);
  return 1;
}

int64_t Stream::transformParts(stage::DftOp dft) {
  int64_t rows = dft.getRows(), most = rows / 2;
  auto bins = cast<MemRefType>(binsOf(dft).get().getType());
  Value function = stage::isAnalysis(dft.getKind()) ? dft.getInput() : dft.getOutput();
  if (function != grid || bins.getRank() != 4 || bins.getDimSize(1) != rows ||
      bins.getDimSize(2) != 2 || mirrored != dft.getParity() ||
      (mirrored && (dft.getMask() || dft.getPositive())))
    return 1;
  for (Value bits : {dft.getMask(), dft.getPositive()})
    if (bits)
      most = std::gcd(most, cast<MemRefType>(bits.getType()).getDimSize(0));
  return most;
}

bool Stream::isFixed(stage::MapOp map, unsigned index) {
  return !map.getMap(index).isFunctionOfDim(0);
}

/// The rows of a dense side, each with all values of the axes behind it.
int64_t Stream::gatherParts(stage::GatherOp gather) {
  if (!gather.getGroup() || gather.getIndices() || gather.getCoefficients() || gather.getMirrored())
    return 1;
  const bool toLanes = gather.getMode() == stage::GatherMode::ToLanes;
  if ((toLanes ? gather.getOutput() : gather.getInput()) != grid)
    return 1;
  auto dense = cast<MemRefType>((toLanes ? gather.getInput() : gather.getOutput()).getType());
  if (dense.getRank() < 2 || (mirrored && dense.getDimSize(1) % 2 != 0))
    return 1;
  return mirrored ? dense.getDimSize(1) / 2 : dense.getDimSize(1);
}

int64_t Stream::mapParts(stage::MapOp map) {
  if (mirrored || map.getSpace().size() < 2 || map.isReduction(0))
    return 1;
  auto position = map.getBody().walk([](stage::IndexOp index) {
    return index.getDim() == 0 ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (position.wasInterrupted())
    return 1;
  int64_t extent = map.getSpace()[0];
  for (OpOperand &operand : map->getOpOperands()) {
    AffineMap access = map.getMap(operand.getOperandNumber());
    auto type = cast<MemRefType>(operand.get().getType());
    auto [strides, offset] = map.getFlatAccess(operand.getOperandNumber());
    bool rowMajor = offset == 0 && strides[0] * extent == type.getNumElements();
    if (operand.get() == grid ? !rowMajor || access.getNumResults() != 1
                              : !isFixed(map, operand.getOperandNumber()) &&
                                    (!rowMajor || type.getDimSize(0) != extent ||
                                     access.getResult(0) != getAffineDimExpr(0, map.getContext())))
      return 1;
  }
  return extent;
}

Value Stream::cut(OpBuilder &builder, Value memref, int64_t axis, Value part, int64_t count) {
  int64_t size = cast<MemRefType>(memref.getType()).getDimSize(axis) / count;
  AffineExpr first = builder.getAffineDimExpr(0) * size;
  Value offset =
      affine::AffineApplyOp::create(builder, op->getLoc(), AffineMap::get(1, 0, first), part);
  return rangeOf(builder, op->getLoc(), memref, axis, offset, size);
}

void Stream::emitGather(OpBuilder &builder, Value part, int64_t count, Value rows) {
  auto gather = cast<stage::GatherOp>(op);
  const bool toLanes = gather.getMode() == stage::GatherMode::ToLanes;
  Value dense = toLanes ? gather.getInput() : gather.getOutput();
  const int64_t all = cast<MemRefType>(dense.getType()).getDimSize(1), blocks = mirrored ? 2 : 1;
  const int64_t size = all / count / blocks;
  for (int64_t block = 0; block < blocks; ++block) {
    AffineExpr first = builder.getAffineDimExpr(0) * (block == 0 ? size : -size);
    if (block > 0)
      first = first + (all - size);
    Value offset =
        affine::AffineApplyOp::create(builder, op->getLoc(), AffineMap::get(1, 0, first), part);
    Value own = rangeOf(builder, op->getLoc(), dense, 1, offset, size), lanes = rows;
    const int64_t half = cast<MemRefType>(rows.getType()).getNumElements() / blocks;
    if (mirrored)
      lanes = rangeOf(builder, op->getLoc(), rows, 0, builder.getIndexAttr(block * half), half);
    auto copy = cast<stage::GatherOp>(builder.clone(*op));
    copy.getInputMutable().set(toLanes ? own : lanes);
    copy.getOutputMutable().set(toLanes ? lanes : own);
    copy.setCount(gather.getCount() / static_cast<uint64_t>(count * blocks));
  }
}

void Stream::emit(OpBuilder &builder, Value part, int64_t count, Value rows) {
  if (isa<stage::GatherOp>(op))
    return emitGather(builder, part, count, rows);
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    Value value = operand.get();
    if (value == grid) {
      operands.push_back(rows);
    } else if (auto dft = dyn_cast<stage::DftOp>(op)) {
      bool bins = value == binsOf(dft).get();
      bool bits = value == dft.getMask() || value == dft.getPositive();
      operands.push_back(bins || bits ? cut(builder, value, bins ? 1 : 0, part, count) : value);
    } else {
      bool fixed = isFixed(cast<stage::MapOp>(op), operand.getOperandNumber());
      operands.push_back(fixed ? value : cut(builder, value, 0, part, count));
    }
  }
  Operation *copy = builder.clone(*op);
  copy->setOperands(operands);
  if (auto dft = dyn_cast<stage::DftOp>(copy)) {
    dft.setRows(dft.getRows() / count);
    return;
  }
  auto map = cast<stage::MapOp>(copy);
  SmallVector<int64_t> space(map.getSpace());
  space[0] /= count;
  map.setSpace(space);
}

/// The two stages, which cut the function in the same way.
std::pair<Stream, Stream> streamsOf(const ScratchFunction &function) {
  const bool mirrored = llvm::any_of(ArrayRef{function.maker, function.user}, [](Operation *op) {
    auto dft = dyn_cast<stage::DftOp>(op);
    return dft && dft.getParity();
  });
  return {Stream(function.maker, function.grid, mirrored),
          Stream(function.user, function.grid, mirrored)};
}

void stream(stage::SweepOp sweep, const ScratchFunction &function, int64_t count) {
  auto [maker, user] = streamsOf(function);
  auto type = cast<MemRefType>(function.grid.getType());
  Value rows = sweep.getBody().addArgument(
      MemRefType::get({type.getNumElements() / count}, type.getElementType()),
      function.grid.getLoc());
  OpBuilder builder(function.user);
  Location loc = sweep.getLoc();
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value end = arith::ConstantIndexOp::create(builder, loc, count);
  auto loop = scf::ForOp::create(builder, loc, zero, end, one);
  builder.setInsertionPointToStart(loop.getBody());
  maker.emit(builder, loop.getInductionVar(), count, rows);
  user.emit(builder, loop.getInductionVar(), count, rows);
  function.maker->erase();
  function.user->erase();
  sweep.getBody().front().eraseArgument(function.grid.getArgNumber());
}

struct StreamRows : impl::StreamRowsBase<StreamRows> {
  void runOnOperation() override {
    getOperation().walk([](stage::SweepOp sweep) {
      for (size_t i = 0; i < sweep.getScratch().size();) {
        std::optional<ScratchFunction> function = scratchFunctionOf(sweep, sweep.getScratch()[i]);
        int64_t most = 1;
        if (function) {
          auto [maker, user] = streamsOf(*function);
          most = std::gcd(maker.parts(), user.parts());
        }
        int64_t count = most > 1 ? partsInCache(most, bytesOfBuffer(function->grid.getType())) : 1;
        if (count == 1) {
          if (function && bytesOfBuffer(function->grid.getType()) > kCachedRowBytes)
            remarkNotFused(sweep, "StreamRows", "a function is made as a whole",
                           "one of the stages that make and use it cannot be cut into rows");
          ++i;
          continue;
        }
        remarkFused(sweep, "StreamRows", "a function is made and used a few rows at a time");
        stream(sweep, *function, count);
        i = 0;
      }
    });
  }
};

} // namespace
} // namespace mlir::spherical
