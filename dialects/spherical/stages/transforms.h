//===- transforms.h - Fourier transforms as stages --------------*- C++ -*-===//
//
// The two halves of a transform, of which the ops that have one are made: between
// a spectrum and the half-transformed function [n][beta][alpha] (on S2
// [m][beta]), which is scratch memory, and between that and the function's rows.
// (math.md, sections 2, 3 and 5; index_tables.cpp has the columns)
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_STAGES_TRANSFORMS_H
#define SPHERICAL_DIALECTS_SPHERICAL_STAGES_TRANSFORMS_H

#include "dialects/spherical/stages/stage_builder.h"
#include "runtime/layout.h"

namespace mlir::spherical {

/// Tables of `stage.dft`: twiddles of all passes, and roots if a prime radix needs them.
struct DftTables {
  Value twiddles = {}, roots = {};
};

/// Those of transforms of n points in these radices.
DftTables dftTables(StageBuilder &stages, int64_t n, ArrayRef<int64_t> radices, Type element);

/// Extents and tables of a transform between a grid of b and `result` degrees.
struct Transform {
  bool analysis; ///< from function to spectrum
  bool so3;
  int64_t b, n, degrees, orders, result;
  int64_t lanes;
  bool ringLanes = false; ///< lanes hold latitudes of one function, as ringInLanes says (layout.h)
  int64_t anchors = 0;    ///< the distance of the degrees that the table has, 0: it has all
  bool parity = false;    ///< on S2: the half-transformed function is that of `parity` (stage.dft)
  bool transposed = false; ///< the table has degrees of a latitude side by side, as sums take them
  SmallVector<int64_t> radices;
  Type element;
  Type stored; ///< of the half-transformed function, `element` or bf16
  DftTables dft;
  Value wigner, problems;
  SparseTables map; ///< between the columns of the Wigner products and the real basis

  /// Latitudes, or groups of them in lanes.
  int64_t rings() const { return ringLanes ? 2 * ::spherical::runtime::ringGroups(b, lanes) : n; }
  /// Rows of the function.
  int64_t rows() const { return so3 ? n * n : n; }
  /// Values of a column: re and im of +m and of -m on SO(3).
  int64_t width() const { return so3 ? 4 : 2; }
  /// Products with Wigner functions: one of each (n, m), on S2 of each m, or two for parity, where
  /// an analysis has none of the odd degrees from the last one on.
  int64_t products() const {
    const int64_t each = so3 ? orders * orders : parity ? 2 * orders : orders;
    return each - (parity && analysis && orders == degrees ? 1 : 0);
  }
  /// Columns (n, m)[l], or (m)[l] on S2.
  int64_t columns() const;
  int64_t coefficients() const;
};

/// A transform with its tables, by the radices of the op's choice, or none for one by a library.
/// `forward`: the Fourier transform or, for a synthesis, its adjoint; else the inverse one. `high`
/// is that of the forward transform. `allRows`: all rows of the function are there at once. Fails
/// after a diagnostic at `op` if no radices were chosen or its values are not in lanes.
FailureOr<Transform> makeTransform(StageBuilder &stages, Operation *op, const Signal &function,
                                   const Signal &spectrum, bool analysis, bool forward,
                                   HighAttr high, bool allRows);

/// Scratch of a half-transformed function of so many orders: [n][rows and padding][2].
MemRefType halfType(const Transform &t, int64_t orders);
/// The orders of the transform in such memory, without padding.
Value halfOf(StageBuilder &stages, const Transform &t, Value half);
/// Scratch behind the half-transformed function: columns, and on SO(3) the bins of one order.
SmallVector<Type> productScratch(const Transform &t);

/// From a spectrum to the columns of the products with Wigner functions, and back.
void emitColumns(StageBuilder &stages, const Transform &t, Value spectrum, Value columns);
void emitCoefficients(StageBuilder &stages, const Transform &t, Value columns, Value spectrum);
/// The products of order n, on S2 product number n, or all of them if it is null, between columns
/// and bins [m][ring][width], in the direction of the transform.
void emitWignerProduct(StageBuilder &stages, const Transform &t, Value columns, Value bins,
                       Value n);
/// On SO(3) all of order n between half-transformed functions and columns, by way of its bins.
void emitOrder(StageBuilder &stages, const Transform &t, Value half, Value columns, Value bins,
               Value n);

/// From a spectrum to the half-transformed function.
void emitHalfSynthesis(StageBuilder &stages, const Transform &t, Value spectrum, Value half,
                       ValueRange scratch);
/// From the half-transformed function to the spectrum.
void emitHalfAnalysis(StageBuilder &stages, const Transform &t, Value half, Value spectrum,
                      ValueRange scratch);
/// What a transform does to the values of rows that it makes or reads.
struct RowOptions {
  Value mask, positive; ///< of stage.dft, or none
  bool relu = false;
};
/// From a half-transformed function to rows, or the reverse; of so many rows.
void emitRows(StageBuilder &stages, const Transform &t, Value half, Value function, int64_t rows,
              const RowOptions &options = {});

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_STAGES_TRANSFORMS_H
