//===- ops.td - every op of the nn dialect -----------------*- tablegen -*-===//
//
// The families in one file, for TableGen.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_OPS
#define SPHERICAL_DIALECTS_NN_OPS

include "dialects/nn/layer_ops.td"
include "dialects/nn/normalization_ops.td"
include "dialects/nn/optimizer_ops.td"
include "dialects/nn/planar_ops.td"
include "dialects/nn/training_ops.td"

#endif
