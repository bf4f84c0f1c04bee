// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

// CHECK-LABEL: func private @types
// CHECK-SAME:    !spherical.s2<2x4, b = 8, f32>
// CHECK-SAME:    !spherical.so3<3x5, b = 256, complex<f64>>
// CHECK-SAME:    !spherical.s2_spectrum<1x1, b = 1, f64>
// CHECK-SAME:    !spherical.so3_spectrum<7x2, b = 13, complex<f32>>
func.func private @types(!spherical.s2<2x4, b = 8, f32>, !spherical.so3<3x5, b = 256, complex<f64>>,
    !spherical.s2_spectrum<1x1, b = 1, f64>, !spherical.so3_spectrum<7x2, b = 13, complex<f32>>)

// A layout is the last parameter of a type and the encoding of a tensor.
// CHECK-LABEL: func private @layouts
// CHECK-SAME:    !spherical.s2<2x4, b = 8, f32, #spherical.layout<order = [lane_group, channel, beta, alpha], lane = [batch : 2]>>
// CHECK-SAME:    !spherical.so3_spectrum<4x3, b = 6, f32, #spherical.layout<order = [in, out, coefficient], basis = real, pad = 16>>
// CHECK-SAME:    tensor<2x4xf32, #spherical.layout<order = [lane_group, channel], lane = [channel : 4, batch : 2]>>
// CHECK-SAME:    tensor<f32, #spherical.layout<order = []>>
func.func private @layouts(
    !spherical.s2<2x4, b = 8, f32, #spherical.layout<order = [lane_group, channel, beta, alpha], lane = [batch : 2]>>,
    !spherical.so3_spectrum<4x3, b = 6, f32, #spherical.layout<pad = 16, basis = real, order = [in, out, coefficient]>>,
    tensor<2x4xf32, #spherical.layout<order = [lane_group, channel], lane = [channel : 4, batch : 2], basis = complex>>,
    tensor<f32, #spherical.layout<order = []>>)
