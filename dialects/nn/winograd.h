//===- winograd.h - planar convolutions by minimal filtering ----*- C++ -*-===//
//
// Filters F(m, k) of both axes (minimal_filters.h; Lavin and Gray 2016),
//   Y = A^t ((G g G^t) . (B^t d B)) A,  d the values of a tile, g the kernel, Y the results,
// where the products of a position are one matrix product over channels.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_WINOGRAD_H
#define SPHERICAL_DIALECTS_NN_WINOGRAD_H

#include "dialects/interfaces/candidates.h"
#include "dialects/nn/minimal_filters.h"

namespace mlir::nn {

/// The algorithm of convolutions by minimal filtering; its one radix is T: 4 to 8.
inline constexpr llvm::StringLiteral kWinograd = "winograd";

/// T of a choice of this algorithm; nothing if its radices are none that has filters of both axes.
std::optional<int64_t> winogradLength(spherical::ChoiceAttr choice, const Correlation &correlation);

/// Cuts both axes in blocks of tiles, each of which is a task's: as many as a cache of the second
/// level holds a row of positions of, but eight if they are not too large, as each block reads the
/// kernel's positions; and few enough for all workers to have some.
void setBlocks(CorrelationShape &shape, int64_t length);

/// Whether, with channels in the lanes, the kernel's positions that all blocks would read are more
/// than the positions of all tiles: these are multiplied together then. Of a shape in blocks.
bool readsPositions(const CorrelationShape &shape, int64_t length);

/// Cuts both axes in blocks of one row of tiles.
void setTileRows(CorrelationShape &shape, int64_t length);

/// The tiles that a gradient adds up together.
struct GradientPart {
  int64_t groups, rows; ///< lane groups, and rows of tiles of each
};

/// As many lane groups, or of one as many rows, as 64 MiB hold the positions of, of both images;
/// one row at least. Of a shape in rows of tiles.
GradientPart gradientPart(const CorrelationShape &shape, int64_t length);

/// A candidate for each T that has filters of both axes, added to the direct ones, of which there
/// is one at least; none where lanes are threads or phases have one value. `gradient`: of the
/// kernel, none where channels are in the lanes.
void addWinogradCandidates(const spherical::Machine &machine, const CorrelationShape &shape,
                           bool gradient, SmallVectorImpl<spherical::Candidate> &candidates);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_WINOGRAD_H
