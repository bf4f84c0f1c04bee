//===- correlation.cpp - convolutions in tiles ------------------*- C++ -*-===//

#include "dialects/nn/correlation.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::nn {

int64_t TileAxis::window() const {
  return adjoint ? windows().partsOf(phase) + (phase > 0) : kernel;
}

int64_t TileAxis::tiles() const {
  return llvm::divideCeil(out, ((length - window()) / down() + 1) * up());
}

int64_t TileAxis::units() const { return llvm::divideCeil(out, unit); }

int64_t TileAxis::step() const { return llvm::alignTo(llvm::divideCeil(out, tiles()), unit); }

int64_t Correlation::parts() const {
  return std::max(rows.windows().parts(), columns.windows().parts());
}

/// Result o of an adjoint is a sum over inputs p with p stride - before + r = o: of result 0 the
/// last is before / stride.
static TileAxis axisOf(const Windows &windows, bool adjoint, bool circular) {
  TileAxis axis{.in = windows.extent,
                .out = windows.windows,
                .kernel = windows.kernel,
                .before = windows.before,
                .circular = circular,
                .adjoint = adjoint,
                .stride = windows.stride};
  if (!adjoint)
    return axis;
  std::swap(axis.in, axis.out);
  axis.phase = windows.before % windows.stride;
  axis.before = windows.partsOf(axis.phase) - 1 - windows.before / windows.stride;
  return axis;
}

std::optional<Correlation> correlationOf(const Planar &planar, bool adjoint) {
  const Windows &x = planar.columns;
  const bool circular = planar.padding == Padding::Circular;
  if (planar.rows.stride > planar.rows.kernel || x.stride > x.kernel ||
      (adjoint && circular && x.extent != x.windows * x.stride))
    return std::nullopt;
  return Correlation{axisOf(planar.rows, adjoint, false), axisOf(x, adjoint, circular)};
}

std::optional<Correlation> denseCorrelationOf(const Planar &planar, bool adjoint) {
  const std::optional<Correlation> correlation = correlationOf(planar, adjoint);
  return correlation && correlation->hasStride() ? std::nullopt : correlation;
}

} // namespace mlir::nn
