//===- tiles.h - register tiles of matrix products --------------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_TILES_H
#define SPHERICAL_DIALECTS_SPHERICAL_TILES_H

#include "dialects/interfaces/candidates.h"

namespace mlir::spherical {

/// Sums C(r, v) that a kernel of stage.contract keeps in registers while the depth runs.
struct Tile {
  int64_t rows, columns;
};

/// The tile of kernels that nothing was chosen for, where the registers hold so many values with
/// all their lanes: accumulators, a row's worth of B and a column's worth of A fit together (LLVM
/// may load all of A and B before the first multiply-add): 5 x 4 of 32, 5 x 2 of 16.
Tile usualTile(int64_t registers);

/// Products of an op that are alike: rows of A, columns of B, and what is summed over.
struct Products {
  int64_t rows, columns, depth, count = 1;
};

/// The fastest tile of products with so many lanes, empty where lanes are threads, and the seconds
/// on one core that are predicted for it, values being in the first-level cache.
struct TiledSeconds {
  SmallVector<int64_t> tile;
  double seconds = 0;
};
TiledSeconds fastestTile(const Machine &machine, const Products &products, int64_t lanes,
                         int64_t laneBytes);

/// "tiles of 5 x 4"
std::string tileText(ArrayRef<int64_t> tile);

/// A candidate for each tile that fits the machine's registers, from the one of an op that computes
/// `products` on values of so many bytes with all lanes; the first has the usual tile. A machine
/// whose lanes are threads has the candidate alone.
SmallVector<Candidate> tileCandidates(const Candidate &one, const Machine &machine,
                                      ArrayRef<Products> products, int64_t laneBytes);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_TILES_H
