// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms | FileCheck %s
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts="cpu=sm_90" --spherical-choose-algorithms="cpu=sm_90" | FileCheck %s --check-prefix=GPU

// The points of each ring are those of the others: few sums for a ring in place of 192 points. 16
// lanes for 5 output channels, 2 x 16 kernels: 2 x 32 (3 x 112 x 64 + 6 x 1771).
// CHECK-LABEL: func @product
//       CHECK:   spherical.kernel_ft {{.*}}algorithm = "separable", {{.*}}lanes = 16, {{.*}}flop = 2056320, {{.*}}reason = "3 rings of 64 points: 112 waves, 6 terms a coefficient, the fastest of
//   GPU-LABEL: func @product
//         GPU:   spherical.kernel_ft {{.*}}algorithm = "{{cublas|dense}}"
func.func @product(%k: tensor<2x5x192xf32>) -> !spherical.so3_spectrum<2x5, b = 11, f32> {
  %y = spherical.kernel_ft %k grid <so3_near_identity> scale 1.0 : tensor<2x5x192xf32> -> !spherical.so3_spectrum<2x5, b = 11, f32>
  return %y : !spherical.so3_spectrum<2x5, b = 11, f32>
}

// -----

// Two points on one ring, one on another: a dense product.
// CHECK-LABEL: func @scattered
//       CHECK:   spherical.kernel_ft {{.*}}algorithm = "dense", {{.*}}reason = "scattered points: one dense product
//   GPU-LABEL: func @scattered
func.func @scattered(%k: tensor<16x16x3xf32>) -> !spherical.so3_spectrum<16x16, b = 6, f32> {
  %y = spherical.kernel_ft %k grid <points<so3, [[0.1, 0.0, 0.0], [0.1, 1.0, 0.0], [0.2, 0.0, 0.0]]>> scale 1.0
      : tensor<16x16x3xf32> -> !spherical.so3_spectrum<16x16, b = 6, f32>
  return %y : !spherical.so3_spectrum<16x16, b = 6, f32>
}
