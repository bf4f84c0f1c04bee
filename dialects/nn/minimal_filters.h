//===- minimal_filters.h - sums of products by few products -----*- C++ -*-===//
//
// F(m, k) makes m results of a kernel of k values from T = m + k - 1 values of the input by T
// products (Winograd 1980), y = A^t (G g . B^t d). The matrices are those of Toom and Cook: values
// of polynomials at T - 1 points and at infinity, transposed.
// A convolution in steps of s is a sum of s of them, of values q, q + s, ... of the kernel and of
// the input, q < s; its adjoint has those values of the kernel for each phase q of the results.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_MINIMAL_FILTERS_H
#define SPHERICAL_DIALECTS_NN_MINIMAL_FILTERS_H

#include "dialects/nn/correlation.h"

namespace mlir::nn {

/// Rows of coefficients.
using Coefficients = SmallVector<SmallVector<double>>;

/// The most positions of an axis, all of which the region of one map yields.
inline constexpr int64_t kMostPositions = 32;

/// One axis of a convolution by minimal filters, or of its adjoint.
struct FilterAxis {
  TileAxis axis;  ///< whose length is not read
  int64_t length; ///< T of the phase with the most values of the kernel

  /// Whether T is one of 4 to 8 and above these values, no phase is without any, and positions are
  /// not too many. All else asks for that.
  bool exists() const;
  /// m
  int64_t steps() const { return length - axis.windows().parts() + 1; }
  /// Products of a tile: as many as m windows in steps of the stride have values of the input.
  int64_t positions() const { return axis.stride * (steps() - 1) + axis.kernel; }
  /// Values of the input of a tile, and results.
  int64_t inputs() const { return axis.down() * (steps() - 1) + axis.window(); }
  int64_t results() const { return axis.up() * steps(); }
};

/// The three matrices of a tile, with the positions of each phase side by side.
struct MinimalFilter {
  Coefficients input;  ///< B^t [positions][values of the input]
  Coefficients kernel; ///< G [positions][values of the kernel]
  Coefficients result; ///< A^t [results][positions]
};

/// Whether T is one to choose, 4 to 8; shorter phases have filters of 3, too.
bool isWinogradLength(int64_t length);

/// The matrices of an axis that exists.
MinimalFilter minimalFilter(const FilterAxis &axis);

/// Columns as rows, of a matrix with a row.
Coefficients transposed(const Coefficients &matrix);

/// The rounding of an axis in that of sums: the mean square, over results, of the factors that
/// numbers of random signs gain on their way,
///   sum_i sum_t A^t[i][t]^2 |G[t]|^2 |B^t[t]|^2 / sum_i k_i
/// with k_i values of the kernel for result i.
double squaredRounding(const FilterAxis &axis);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_MINIMAL_FILTERS_H
