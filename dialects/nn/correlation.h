//===- correlation.h - convolutions of stride 1 in tiles --------*- C++ -*-===//
//
// Overlap-save (Oppenheim and Schafer 2010, section 8.7): an axis of the result is cut into blocks,
// each of which is made from T values of the input,
//   y[p] = sum_{r < k} w[r] x[p + r],  p < T - k + 1,
// for all of them at once, by Fourier transforms of length T or by other transforms.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_CORRELATION_H
#define SPHERICAL_DIALECTS_NN_CORRELATION_H

#include "dialects/nn/planar.h"

#include <algorithm>
#include <optional>

namespace mlir::nn {

/// One axis of a correlation of stride 1 in tiles: value p of `out` is a sum over values
/// p - before + r, r < kernel, of `in`, 0 outside or, circular, modulo `in`.
struct TileAxis {
  int64_t in = 1, out = 1, kernel = 1, before = 0;
  bool circular = false;
  int64_t length = 1; ///< T, at least `kernel`

  int64_t tiles() const;
  /// Results from one tile to the next, at most T - kernel + 1: as few tiles as can be, as equal as
  /// can be.
  int64_t step() const;
  /// Results of a tile.
  int64_t sizeOf(int64_t tile) const { return std::min(step(), out - tile * step()); }
};

/// A convolution of stride 1 as correlations of both axes, without lengths.
struct Correlation {
  TileAxis rows, columns;
  bool turned = false; ///< value r of the kernel stands at kernel - 1 - r

  int64_t tiles() const { return rows.tiles() * columns.tiles(); }
  void setLength(int64_t length) { rows.length = columns.length = length; }
};

/// Nothing if a stride is above 1.
std::optional<Correlation> correlationOf(const Planar &planar, bool adjoint);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_CORRELATION_H
