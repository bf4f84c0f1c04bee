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
  int64_t unit = 1;   ///< results that belong together; T - kernel + 1 is a multiple of it

  int64_t tiles() const;
  /// Results from one tile to the next, at most T - kernel + 1 and a multiple of `unit`: as few
  /// tiles as can be, as equal as can be.
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

/// What a correlation in tiles works on.
struct CorrelationShape {
  Correlation correlation;
  int64_t in, out; ///< channels, or lane groups of them
  int64_t groups, lanes, valueBytes;
  int64_t epilogueFlop; ///< of all values of the result
  /// Input channels of a lane group, if channels are in the lanes; else 0, and groups are of
  /// samples.
  int64_t depth = 0;

  /// Multiply-adds of vectors for a number of each channel.
  int64_t steps() const { return in * out * std::max<int64_t>(1, depth); }
  /// Pairs of an input and an output channel.
  int64_t pairs() const { return steps() * (depth > 0 ? lanes : 1); }
};

/// Nothing if a stride is above 1.
std::optional<Correlation> correlationOf(const Planar &planar, bool adjoint);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_CORRELATION_H
