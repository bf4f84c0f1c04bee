//===- winograd.h - planar convolutions by minimal filtering ----*- C++ -*-===//
//
// F(m, k) makes m results of a kernel of k values from T = m + k - 1 values of the input by T
// products (Winograd 1980; Lavin and Gray 2016), in each of both axes:
//   Y = A^t ((G g G^t) . (B^t d B)) A,  d [T][T], g [k][k], Y [m][m],
// where the products of a position are one matrix product over channels. The matrices are those of
// Toom and Cook: values of polynomials at T - 1 points and at infinity, transposed.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_WINOGRAD_H
#define SPHERICAL_DIALECTS_NN_WINOGRAD_H

#include "dialects/interfaces/candidates.h"
#include "dialects/nn/correlation.h"

namespace mlir::nn {

/// The algorithm of convolutions by minimal filtering; its one radix is T: 4, 6 or 8.
inline constexpr llvm::StringLiteral kWinograd = "winograd";

/// Rows of coefficients.
using Coefficients = SmallVector<SmallVector<double>>;

/// The three matrices of F(m, k).
struct MinimalFilter {
  Coefficients input;  ///< B^t [T][T]
  Coefficients kernel; ///< G [T][k]
  Coefficients result; ///< A^t [m][T]
};

/// Whether there are points for tiles of T x T.
bool isWinogradLength(int64_t length);

/// T of a choice of this algorithm for a kernel of at most so many values a side; nothing if its
/// radices are no such T above them.
std::optional<int64_t> winogradLength(spherical::ChoiceAttr choice, int64_t kernel);

/// F(T - k + 1, k) for a T of these and k from 1 to T - 1; `turned`: value r of the kernel stands
/// at k - 1 - r.
MinimalFilter minimalFilter(int64_t length, int64_t kernel, bool turned);

/// The rounding of an axis in that of sums: the mean square, over results, of the factors that
/// numbers of random signs gain on their way,
///   1 / m sum_i sum_t A^t[i][t]^2 |G[t]|^2 |B^t[t]|^2 / k.
double squaredRounding(int64_t length, int64_t kernel);

/// Cuts both axes in blocks of tiles of T x T, each of which is a task's: as many as a cache of the
/// second level holds at half of its positions, and few enough for all workers to have some.
void setBlocks(CorrelationShape &shape, int64_t length);

/// Whether, with channels in the lanes, the kernel's positions that all blocks would read are more
/// than the positions of all tiles: these are multiplied together then. Of a shape in blocks.
bool readsPositions(const CorrelationShape &shape, int64_t length);

/// A candidate for each T that is larger than the kernel's sides, added to the direct ones, of which
/// there is one at least; none where lanes are threads.
void addWinogradCandidates(const spherical::Machine &machine, const CorrelationShape &shape,
                           SmallVectorImpl<spherical::Candidate> &candidates);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_WINOGRAD_H
