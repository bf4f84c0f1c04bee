//===- correlation.cpp - convolutions of stride 1 in tiles ------*- C++ -*-===//

#include "dialects/nn/correlation.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::nn {

int64_t TileAxis::tiles() const { return llvm::divideCeil(out, length - kernel + 1); }

int64_t TileAxis::step() const { return llvm::alignTo(llvm::divideCeil(out, tiles()), unit); }

static TileAxis axisOf(const Windows &windows, bool adjoint, bool circular) {
  if (adjoint)
    return {windows.windows, windows.extent, windows.kernel, windows.kernel - 1 - windows.before,
            circular};
  return {windows.extent, windows.windows, windows.kernel, windows.before, circular};
}

std::optional<Correlation> correlationOf(const Planar &planar, bool adjoint) {
  if (planar.rows.stride != 1 || planar.columns.stride != 1)
    return std::nullopt;
  const bool circular = planar.padding == Padding::Circular;
  return Correlation{axisOf(planar.rows, adjoint, false), axisOf(planar.columns, adjoint, circular),
                     adjoint};
}

} // namespace mlir::nn
