//===- sample_grid.h - the grids of users' fields ---------------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_SAMPLE_GRID_H
#define SPHERICAL_DIALECTS_SPHERICAL_SAMPLE_GRID_H

#include "dialects/spherical/dialect.h"
#include "runtime/grid_layout.h"

namespace mlir::spherical {

/// The grid that an attribute names, with its sizes.
::spherical::runtime::SampleGrid sampleGridOf(SampleGridAttr attribute);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_SAMPLE_GRID_H
