//===- fourier.h - planar convolutions by tiles and transforms --*- C++ -*-===//
//
// Overlap-save (Oppenheim and Schafer 2010, section 8.7): an axis of the result is cut into blocks,
// each of which is the valid part of a circular correlation of T input values with the kernel,
//   y[p] = sum_{r < k} w[r] x[p + r],  p < T - k + 1,
// a product of spectra of length T. See stages/fourier_convolutions.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_FOURIER_H
#define SPHERICAL_DIALECTS_NN_FOURIER_H

#include "dialects/interfaces/candidates.h"
#include "dialects/nn/planar.h"

#include <optional>

namespace mlir::nn {

/// The algorithm of convolutions by Fourier transforms of tiles; its radices are those of a tile's
/// side.
inline constexpr llvm::StringLiteral kFourier = "fourier";

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

/// What a correlation works on.
struct FourierShape {
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

  /// Bytes of the half-transformed tile [T / 2 + 1][channels][T][2]W of a lane group, with as many
  /// channels as both sides have at most.
  int64_t spectrumBytes() const;
  /// Bytes of the spectra of the kernel, three planes of all bins.
  int64_t kernelBytes() const;
  /// Whether tiles wait for each other in memory, for one pass over the kernel's spectra: where
  /// these are larger than what all tiles that pass take to memory and back, or channels are in the
  /// lanes.
  bool sharesKernel() const;
  /// Whether a gradient's sums of all bins take more memory than the half transforms of a lane
  /// group: then those of all groups are added up at once.
  bool addsGroupsAtOnce() const;
};

/// A candidate for each length of a tile that can pay and each split of it, added to the direct
/// ones, of which there is one at least. `gradient`: of the kernel.
void addFourierCandidates(const spherical::Machine &machine, FourierShape shape, bool gradient,
                          SmallVectorImpl<spherical::Candidate> &candidates);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_FOURIER_H
