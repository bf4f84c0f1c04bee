//===- correlation.h - convolutions in tiles --------------------*- C++ -*-===//
//
// Overlap-save (Oppenheim and Schafer 2010, section 8.7): an axis of the result is cut into blocks,
// each of which is made from T values of the input,
//   y[p] = sum_{r < k} w[r] x[p + r],  p < T - k + 1,
// for all of them at once, by Fourier transforms of length T or by other transforms.
// In steps of s, y[p] is a sum over x[p s + r]; an adjoint makes s results from each step of its
// input.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_CORRELATION_H
#define SPHERICAL_DIALECTS_NN_CORRELATION_H

#include "dialects/nn/planar.h"

#include <algorithm>
#include <optional>

namespace mlir::nn {

/// One axis of a correlation in tiles, in steps of `down` values of the input and `up` results.
/// Results of step n are sums over values n down - before + r, r < window, of `in`, 0 outside or,
/// circular, modulo `in`.
struct TileAxis {
  int64_t in = 1, out = 1, kernel = 1, before = 0;
  bool circular = false;
  bool adjoint = false; ///< of a convolution; the kernel is turned
  int64_t stride = 1;   ///< of the convolution
  int64_t phase = 0;    ///< of an adjoint: result t of a step sums values phase + t, modulo the
                        ///< stride, of the kernel and those strides behind it
  int64_t length = 1;   ///< T, at least `window`
  int64_t unit = 1;     ///< results that belong together; as many as T makes are a multiple of it

  /// A window of the convolution.
  Windows windows() const { return {.kernel = kernel, .stride = stride}; }
  int64_t down() const { return adjoint ? 1 : stride; }
  int64_t up() const { return adjoint ? stride : 1; }
  /// Values of the input that the results of a step are sums of.
  int64_t window() const;
  int64_t tiles() const;
  /// Results from one tile to the next, at most those of T and a multiple of `unit`: as few tiles
  /// as can be, as equal as can be.
  int64_t step() const;
  /// How many `unit` there are, the last of which may have fewer results.
  int64_t units() const;
  /// Values of the input of as many results.
  int64_t inputOf(int64_t results) const { return results / up() * down(); }
  /// Results of a tile.
  int64_t sizeOf(int64_t tile) const { return std::min(step(), out - tile * step()); }
};

/// A convolution or its adjoint as correlations of both axes, without lengths.
struct Correlation {
  TileAxis rows, columns;

  int64_t tiles() const { return rows.tiles() * columns.tiles(); }
  void setLength(int64_t length) { rows.length = columns.length = length; }
  bool hasStride() const { return rows.stride > 1 || columns.stride > 1; }
  /// The most values of the kernel that a result of a phase has.
  int64_t parts() const;
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

/// Nothing if a stride is beyond its kernel, or an adjoint goes around an image that is no multiple
/// of its stride.
std::optional<Correlation> correlationOf(const Planar &planar, bool adjoint);
/// Nothing if a stride is above 1.
std::optional<Correlation> denseCorrelationOf(const Planar &planar, bool adjoint);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_CORRELATION_H
