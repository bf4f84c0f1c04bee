//===- winograd_kernel.cpp - kernels of minimal filters ---------*- C++ -*-===//

#include "dialects/nn/stages/linear_maps.h"
#include "dialects/nn/stages/winograd_convolutions.h"
#include "dialects/spherical/stages/rows.h"

namespace mlir::nn {

using namespace mlir::spherical;

/// out = matrix * in, along the first axis of both.
static void combineAlong(StageBuilder &stages, const Coefficients &matrix, Value in, Value out) {
  ArrayRef<int64_t> space = cast<MemRefType>(in.getType()).getShape().drop_front();
  auto place = [&](int64_t number) {
    SmallVector<AffineExpr> at = {stages.getAffineConstantExpr(number)};
    for (size_t dim = 0; dim < space.size(); ++dim)
      at.push_back(stages.getAffineDimExpr(dim));
    return at;
  };
  combine(stages, matrix, space, in, place, out, place);
}

void emitKernelPositions(StageBuilder &stages, Value taps, Value positions, const Coefficients &y,
                         const Coefficients &x) {
  auto type = cast<MemRefType>(taps.getType());
  const int64_t rows = type.getDimSize(0), columns = static_cast<int64_t>(x.size());
  auto block = [&](const RowBlock &part, Value half) {
    Value from = part.of(stages, taps, 2), to = part.of(stages, positions, 2);
    forEach(stages, rows, [&](Value r) {
      combineAlong(stages, x, stages.slice(from, r), stages.slice(half, r));
    });
    forEach(stages, columns, [&](Value j) {
      combineAlong(stages, y, stages.select(half, 1, j), stages.select(to, 1, j));
    });
  };
  constexpr int64_t values = 2048; // of a task and a tap
  const int64_t count = type.getDimSize(2);
  const int64_t each = type.getNumElements() / (rows * type.getDimSize(1) * count);
  const int64_t size = std::clamp<int64_t>(values / each, 1, count);
  auto half = [&](int64_t size) {
    SmallVector<int64_t> shape = {rows, columns, size};
    llvm::append_range(shape, type.getShape().drop_front(3));
    return MemRefType::get(shape, type.getElementType());
  };
  stages.uncountedSweep(
      "winograd.kernel", {count / size},
      [&](ValueRange at, ValueRange memory) { block({at[0], 0, size}, memory[0]); }, {half(size)});
  if (const int64_t rest = count % size)
    stages.uncountedSweep(
        "winograd.kernel", {1},
        [&](ValueRange, ValueRange memory) {
          block({Value(), count - rest, rest}, memory[0]);
        },
        {half(rest)});
}

} // namespace mlir::nn
