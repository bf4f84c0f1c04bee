//===- winograd_kernel.cpp - kernels of minimal filters ---------*- C++ -*-===//

#include "dialects/nn/stages/linear_maps.h"
#include "dialects/nn/stages/winograd_convolutions.h"
#include "dialects/spherical/stages/rows.h"

namespace mlir::nn {

using namespace mlir::spherical;

void emitKernelPositions(StageBuilder &stages, Value taps, Value positions, bool turned) {
  auto type = cast<MemRefType>(taps.getType());
  ArrayRef<int64_t> shape = cast<MemRefType>(positions.getType()).getShape();
  const int64_t rows = shape[0], columns = shape[1];
  const int64_t kernelRows = type.getDimSize(0), kernelColumns = type.getDimSize(1);
  const MinimalFilter y = minimalFilter(rows, kernelRows, turned);
  const MinimalFilter x = minimalFilter(columns, kernelColumns, turned);
  // Position (i, j) is a sum of all taps with factors G_y[i][r] G_x[j][q]: columns first.
  auto both = [&](OpBuilder &b, Location l, ValueRange v) {
    const ScalarBuilder s(b, l);
    SmallVector<Value> half, all(rows * columns);
    for (int64_t r = 0; r < kernelRows; ++r)
      llvm::append_range(half, product(s, x.kernel, v.slice(r * kernelColumns, kernelColumns)));
    for (int64_t j = 0; j < columns; ++j) {
      SmallVector<Value> column;
      for (int64_t r = 0; r < kernelRows; ++r)
        column.push_back(half[r * columns + j]);
      for (auto [i, value] : llvm::enumerate(product(s, y.kernel, column)))
        all[i * columns + j] = value;
    }
    return all;
  };
  auto block = [&](const RowBlock &part) {
    Value from = part.of(stages, taps, 2), to = part.of(stages, positions, 2);
    ArrayRef<int64_t> space = cast<MemRefType>(from.getType()).getShape().drop_front(2);
    SmallVector<AffineMap> maps;
    auto add = [&](int64_t count, int64_t across) {
      for (int64_t number = 0; number < count * across; ++number) {
        SmallVector<AffineExpr> place = {stages.getAffineConstantExpr(number / across),
                                         stages.getAffineConstantExpr(number % across)};
        for (size_t dim = 0; dim < space.size(); ++dim)
          place.push_back(stages.getAffineDimExpr(dim));
        maps.push_back(AffineMap::get(space.size(), 0, place, stages.getContext()));
      }
    };
    add(kernelRows, kernelColumns), add(rows, columns);
    stages.map(space, SmallVector<Value>(kernelRows * kernelColumns, from),
               SmallVector<Value>(rows * columns, to), maps, both, std::nullopt, space.back());
  };
  constexpr int64_t values = 2048; // of a task and a tap
  const int64_t count = shape[2];
  const int64_t each = type.getNumElements() / (kernelRows * kernelColumns * count);
  const int64_t size = std::clamp<int64_t>(values / each, 1, count);
  stages.uncountedSweep("winograd.kernel", {count / size}, [&](ValueRange at, ValueRange) {
    block({at[0], 0, size});
  });
  if (count % size)
    stages.uncountedSweep("winograd.kernel", {1}, [&](ValueRange, ValueRange) {
      block({Value(), count / size * size, count % size});
    });
}

} // namespace mlir::nn
