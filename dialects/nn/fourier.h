//===- fourier.h - planar convolutions by tiles and transforms --*- C++ -*-===//
//
// A tile (correlation.h) is the valid part of a circular correlation of T input values with the
// kernel, a product of spectra of length T. See stages/fourier_convolutions.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_FOURIER_H
#define SPHERICAL_DIALECTS_NN_FOURIER_H

#include "dialects/interfaces/candidates.h"
#include "dialects/nn/correlation.h"

namespace mlir::nn {

/// The algorithm of convolutions by Fourier transforms of tiles; its radices are those of a tile's
/// side.
inline constexpr llvm::StringLiteral kFourier = "fourier";

/// Its rounding in that of a direct sum: 0.7 to 1.4 times as much was measured.
inline constexpr double kFourierRounding = 1.5;

/// What a correlation by Fourier transforms works on.
struct FourierShape : CorrelationShape {
  FourierShape(CorrelationShape shape) : CorrelationShape(shape) {}

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
