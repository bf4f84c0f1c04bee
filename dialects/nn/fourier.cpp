//===- fourier.cpp - tiles of Fourier convolutions, their cost --*- C++ -*-===//
//
// With tiles of T x T, kernels of k x k and S = T - k + 1 a result takes 4 T (T / 2 + 1) / S^2
// multiply-adds for each pair of channels in place of k^2, and T complex transforms of length T
// for each tile and channel, in and out. Long tiles take few operations, short ones stay in cache.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/fourier.h"

#include "dialects/spherical/radices.h"
#include "dialects/spherical/tiles.h"
#include "dialects/spherical/work.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace mlir::nn {

using spherical::Candidate;
using spherical::Machine;

int64_t FourierShape::spectrumBytes() const {
  const int64_t length = correlation.rows.length;
  return (length / 2 + 1) * std::max(in, out) * length * 2 * lanes * valueBytes;
}

int64_t FourierShape::kernelBytes() const {
  const int64_t length = correlation.rows.length;
  return (length / 2 + 1) * length * 3 * pairs() * valueBytes;
}

bool FourierShape::sharesKernel() const { return depth > 0 || kernelBytes() > 4 * spectrumBytes(); }

bool FourierShape::addsGroupsAtOnce() const {
  return 4 * pairs() > 2 * correlation.tiles() * (in + out) * lanes;
}

namespace {
/// Work of one way, in parts that are predicted each by itself.
struct FourierWork {
  const Machine &machine;
  const FourierShape &shape;
  const spherical::Split &split;

  int64_t length() const { return shape.correlation.rows.length; }
  int64_t bins() const { return length() / 2 + 1; }
  int64_t tiles() const { return shape.correlation.tiles() * shape.groups; }
  double seconds(double operations, double share) const {
    return machine.workSeconds(operations, share * machine.busyShare(tiles()));
  }

  /// Tiles of a product: all of a lane group if they wait for each other.
  int64_t tilesTogether() const { return shape.sharesKernel() ? shape.correlation.tiles() : 1; }
  /// Sums of a gradient that are added up on the way back.
  int64_t sums() const { return shape.addsGroupsAtOnce() ? 1 : shape.groups; }
  double transformSeconds() const;
  double spectrumSeconds(bool gradient) const;
  double moveSeconds(bool gradient) const;
  spherical::TiledSeconds products(bool gradient) const;
};
} // namespace

/// Of each channel T / 2 pairs of rows and T / 2 + 1 columns, and three more trips to the cache:
/// the copy of the tile, pairs of rows taken apart, results put in place.
double FourierWork::transformSeconds() const {
  constexpr double trip = 8;
  const double n = static_cast<double>(length());
  const double transforms = split.cost * n * static_cast<double>(length() / 2 + bins());
  const double all = (transforms + 3 * trip * n * n / 2) *
                     static_cast<double>((shape.in + shape.out) * tiles() * shape.lanes);
  return seconds(all, spherical::kTransformShare);
}

/// Of kernels, or back: sums over the columns' taps for each bin of them, then over the rows'.
/// Those of a kernel have as many results as others have terms.
double FourierWork::spectrumSeconds(bool gradient) const {
  constexpr double kernelShare = 0.3;
  const TileAxis &y = shape.correlation.rows, &x = shape.correlation.columns;
  const int64_t perBin = 2 * x.kernel * y.kernel + 6 * length() * y.kernel;
  return seconds(2.0 * static_cast<double>(bins() * perBin * shape.pairs()),
                 gradient ? spherical::kProductShare : kernelShare);
}

/// The products of all bins of a tile, or of all tiles that wait for each other; the gradient's sum
/// over all tiles of its lane groups, and then over the lanes if they hold samples.
spherical::TiledSeconds FourierWork::products(bool gradient) const {
  constexpr double laneSum = 4; // cycles of a value
  const int64_t count = bins() * length();
  spherical::Products each;
  const int64_t together = tilesTogether(), depth = shape.depth;
  if (gradient && depth > 0)
    each = {2 * depth, shape.out, tiles() / sums(), 2 * count * shape.in * sums()};
  else if (gradient)
    each = {2 * shape.out, shape.in, tiles() / sums(), 2 * count * sums()};
  else if (depth > 0)
    each = {together, shape.out, 2 * shape.in * depth, 2 * count * tiles() / together};
  else
    each = {2 * shape.out, together, 2 * shape.in, count * tiles() / together};
  spherical::TiledSeconds found =
      spherical::fastestTile(machine, each, shape.lanes, shape.lanes * shape.valueBytes);
  found.seconds /= machine.busyShare(tiles());
  if (gradient && depth == 0)
    found.seconds += seconds(laneSum * 4.0 * static_cast<double>(4 * count * shape.pairs()) *
                                 static_cast<double>(sums() * shape.lanes),
                             spherical::kProductShare);
  return found;
}

/// Half-transformed tiles go to a cache and back, twice if they wait for each other, as the
/// gradient's do once, and each product reads the kernel's spectra.
double FourierWork::moveSeconds(bool gradient) const {
  const int64_t values = (shape.in + shape.out) * bins() * length() * 2 * shape.lanes;
  const int64_t tile = values * shape.valueBytes;
  const int64_t spectra = bins() * length() * (gradient ? 4 : 3) * shape.pairs() * shape.valueBytes;
  const int64_t moved = 2 * tile * tiles();
  if (gradient)
    return machine.moveSeconds(static_cast<double>(moved), tile * shape.correlation.tiles()) +
           machine.moveSeconds(static_cast<double>(2 * spectra * sums()), spectra);
  // Spectra are written before they are read, and a cache has their lines before that: of one use
  // this is most of their traffic.
  const auto kernels = static_cast<double>(2 * spectra + spectra * tiles() / tilesTogether());
  if (shape.sharesKernel())
    return machine.moveSeconds(static_cast<double>(2 * moved),
                               shape.spectrumBytes() * shape.correlation.tiles()) +
           machine.moveSeconds(kernels, spectra);
  return machine.moveSeconds(static_cast<double>(moved) + kernels, shape.spectrumBytes() + spectra);
}

static Candidate candidateOf(const Candidate &direct, const FourierWork &work, bool gradient) {
  constexpr double stages = 4; // the kernel's spectra and tiles at edges beside those inside
  Candidate candidate = direct;
  candidate.rounding = kFourierRounding;
  const spherical::TiledSeconds products = work.products(gradient);
  candidate.algorithm = kFourier;
  candidate.radices = work.split.radices;
  candidate.tile = products.tile;
  candidate.tasks = gradient || work.shape.sharesKernel() ? work.bins() : work.tiles();
  const auto n = static_cast<double>(work.length());
  const auto channels = static_cast<double>((work.shape.in + work.shape.out) * work.tiles());
  candidate.flop = work.shape.epilogueFlop +
                   static_cast<int64_t>(static_cast<double>(work.shape.lanes) *
                                        (channels * 5 * n * n * std::log2(n) +
                                         static_cast<double>(8 * work.bins() * work.length() *
                                                             work.shape.steps() * work.tiles())));
  const double computing = work.transformSeconds() + work.spectrumSeconds(gradient) +
                           products.seconds + work.moveSeconds(gradient);
  const double moving =
      work.machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes);
  candidate.seconds = std::max(computing, moving) + stages * work.machine.stageSeconds;
  // Where lanes are threads, tiles are few blocks of few warps. Nothing has been measured there:
  // they are taken only if they are asked for.
  if (work.machine.registers == 0)
    candidate.seconds = std::max(candidate.seconds, 1.01 * direct.seconds);
  candidate.reason =
      llvm::formatv("tiles of {0} x {0} by transforms of {1:$[ x ]}", work.length(),
                    llvm::make_range(work.split.radices.begin(), work.split.radices.end()))
          .str();
  if (!candidate.tile.empty())
    candidate.reason += ", " + spherical::tileText(candidate.tile);
  return candidate;
}

void addFourierCandidates(const Machine &machine, FourierShape shape, bool gradient,
                          SmallVectorImpl<Candidate> &candidates) {
  const Candidate direct = candidates.front();
  // Even, of small factors, in two passes at most; a longer tile than the image is of no use.
  for (const int64_t length : {8, 10, 12, 16, 18, 20, 24, 30, 32, 36, 40, 48}) {
    Correlation &c = shape.correlation;
    if (length < std::max(c.rows.kernel, c.columns.kernel))
      continue;
    c.setLength(length);
    for (const spherical::Split &split : spherical::splitsOf(length))
      if (split.radices.size() <= 2)
        candidates.push_back(candidateOf(direct, {machine, shape, split}, gradient));
    if (c.tiles() == 1)
      break;
  }
}

} // namespace mlir::nn
