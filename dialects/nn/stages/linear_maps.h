//===- linear_maps.h - linear maps of a few values --------------*- C++ -*-===//
//
// Products with small constant matrices, such as those of minimal filters.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_LINEAR_MAPS_H
#define SPHERICAL_DIALECTS_NN_STAGES_LINEAR_MAPS_H

#include "dialects/nn/minimal_filters.h"
#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/stages/stage_builder.h"

namespace mlir::nn {

/// matrix * values
SmallVector<Value> product(spherical::ScalarBuilder s, Coefficients matrix, ValueRange given);

/// For a number of values the map to each from the points of a space.
using Places = function_ref<SmallVector<AffineExpr>(int64_t number)>;

/// out(r) = sum_c matrix[r][c] in(c) at each point of `space`, whose last extent is the lanes.
void combine(spherical::StageBuilder &stages, const Coefficients &matrix, ArrayRef<int64_t> space,
             Value in, Places from, Value out, Places to);

/// out = matrix * in along the first axis of both, [values]...W.
void combineAlong(spherical::StageBuilder &stages, const Coefficients &matrix, Value in, Value out);

/// out = y in x^t of both leading axes, by sweeps of this name: of [rows][columns][vectors]V or a
/// packed weight's taps or positions (#nn.packing).
void mapBothAxes(spherical::StageBuilder &stages, StringRef name, Value in, Value out,
                 const Coefficients &y, const Coefficients &x);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_LINEAR_MAPS_H
