//===- ops.td - every op of the spherical dialect ----------*- tablegen -*-===//
//
// The families in one file, for TableGen.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_OPS
#define SPHERICAL_DIALECTS_SPHERICAL_OPS

include "dialects/spherical/boundary_ops.td"
include "dialects/spherical/convolution_ops.td"
include "dialects/spherical/grid_ops.td"
include "dialects/spherical/projection_ops.td"
include "dialects/spherical/signal_ops.td"
include "dialects/spherical/spectral_ops.td"
include "dialects/spherical/transform_ops.td"

#endif
