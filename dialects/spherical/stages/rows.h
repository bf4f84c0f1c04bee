//===- rows.h - large sums and maps, shared out by rows ---------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_STAGES_ROWS_H
#define SPHERICAL_DIALECTS_SPHERICAL_STAGES_ROWS_H

#include "dialects/spherical/stages/stage_builder.h"

namespace mlir::spherical {

/// A value with a batch in lanes as rows that tasks share: [groups][channels][rows][points]W. Rows
/// are the first axis behind the channels of functions and tensors (the latitudes beta), else one.
struct Rows {
  int64_t groups = 1, channels = 1, rows = 1, points = 1, lanes = 1;

  int64_t elements() const { return rows * points; }
  int64_t bytes() const { return points * lanes * 4; }
};

/// The rows of a value.
Rows rowsOf(StageBuilder &stages, Type type);

/// Inputs of a map over one row, in the order of the region's arguments.
struct RowOperands {
  SmallVector<Value> rows;         ///< with lanes, of the rows' shape
  SmallVector<Value> channels;     ///< one value for each channel
  SmallVector<Value> latitudes;    ///< one for each row
  SmallVector<Value> coefficients; ///< one for each point of a row
  SmallVector<Value> scalars;      ///< one
  Value count;                     ///< of samples, to be last: others count as 0
};

/// Sums of each row into partials [channels][groups][rows], one for each of the region's values.
void sumRows(StageBuilder &stages, StringRef name, const Rows &rows, const RowOperands &operands,
             ValueRange partials, Scalars scalars);
/// Values of `out`, row by row.
void mapRows(StageBuilder &stages, StringRef name, const Rows &rows, const RowOperands &operands,
             Value out, Scalars scalars);
/// For each channel, totals of partials (times the rows' weights, if any) and `more` values to
/// outputs; those of rank 0 are the same for all channels.
void totalRows(StageBuilder &stages, StringRef name, const Rows &rows, ValueRange partials,
               Value weights, ValueRange more, ValueRange outputs, Scalars scalars);
/// total = sum over [...][rows] of partials, times the weights of the rows if there are any.
void addUp(StageBuilder &stages, Value partials, Value weights, Value total);
/// w_j of the latitudes of a grid of 2b = rows, which add up to 1 over a function.
Value latitudeWeights(StageBuilder &stages, int64_t rows, bool so3, Type element);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_STAGES_ROWS_H
