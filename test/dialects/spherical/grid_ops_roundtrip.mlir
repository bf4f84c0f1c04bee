// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

!h = !spherical.s2_spectrum<2x3, b = 4, f32>

// CHECK-LABEL: func @grid_ft
//       CHECK:   spherical.grid_ft %{{.*}} grid <equirectangular, 9x14> : tensor<2x3x9x14xf32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
//       CHECK:   spherical.grid_ft %{{.*}} grid <gauss_legendre, 4x7> {adjoint} : !spherical.s2_spectrum<2x3, b = 4, f32> -> tensor<2x3x4x7xf32>
//       CHECK:   spherical.grid_ft %{{.*}} grid <healpix_nested, 2> : tensor<2x3x48xf32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
func.func @grid_ft(%x: tensor<2x3x9x14xf32>, %h: !h, %p: tensor<2x3x48xf32>) {
  %0 = spherical.grid_ft %x grid <equirectangular, 9x14> : tensor<2x3x9x14xf32> -> !h
  %1 = spherical.grid_ft %h grid <gauss_legendre, 4x7> {adjoint} : !h -> tensor<2x3x4x7xf32>
  %2 = spherical.grid_ft %p grid <healpix_nested, 2> : tensor<2x3x48xf32> -> !h
  return
}

// A spectrum of more degrees than the grid carries has values there all the same.
// CHECK-LABEL: func @grid_ift
//       CHECK:   spherical.grid_ift %{{.*}} grid <soft, 6x6> : !spherical.s2_spectrum<2x3, b = 4, f32> -> tensor<2x3x6x6xf32>
//       CHECK:   spherical.grid_ift %{{.*}} grid <healpix_ring, 1> {adjoint} : tensor<2x3x12xf32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
//       CHECK:   spherical.grid_ift %{{.*}} grid <equirectangular_poles, 5x8> : !spherical.s2_spectrum<2x3, b = 4, f32> -> tensor<2x3x5x8xf32>
//       CHECK:   spherical.grid_ift %{{.*}} grid <driscoll_healy, 8x8> : !spherical.s2_spectrum<2x3, b = 4, f32> -> tensor<2x3x8x8xf32>
func.func @grid_ift(%h: !h, %p: tensor<2x3x12xf32>) {
  %0 = spherical.grid_ift %h grid <soft, 6x6> : !h -> tensor<2x3x6x6xf32>
  %1 = spherical.grid_ift %p grid <healpix_ring, 1> {adjoint} : tensor<2x3x12xf32> -> !h
  %2 = spherical.grid_ift %h grid <equirectangular_poles, 5x8> : !h -> tensor<2x3x5x8xf32>
  %3 = spherical.grid_ift %h grid <driscoll_healy, 8x8> : !h -> tensor<2x3x8x8xf32>
  return
}

// CHECK-LABEL: func @interpolate
//       CHECK:   spherical.interpolate %{{.*}} grid <equirectangular, 9x14> : tensor<2x3x9x14xf32> -> !spherical.s2<2x3, b = 4, f32>
func.func @interpolate(%x: tensor<2x3x9x14xf32>) {
  %0 = spherical.interpolate %x grid <equirectangular, 9x14> : tensor<2x3x9x14xf32> -> !spherical.s2<2x3, b = 4, f32>
  return
}

// CHECK-LABEL: func @rotations
//       CHECK:   spherical.rotate_by %{{.*}}, %{{.*}} : !spherical.s2_spectrum<2x3, b = 4, f32>, tensor<2x3xf32>
//       CHECK:   spherical.rotate_z %{{.*}}, %{{.*}} at 2 : !spherical.s2_spectrum<2x3, b = 4, f32>, tensor<2x3xf32>
func.func @rotations(%h: !h, %a: tensor<2x3xf32>) {
  %0 = spherical.rotate_by %h, %a : !h, tensor<2x3xf32>
  %1 = spherical.rotate_z %0, %a at 2 : !h, tensor<2x3xf32>
  return
}

// CHECK-LABEL: func @attributes
//       CHECK:   a = #spherical.sample_grid<equirectangular, 16x33>
//       CHECK:   b = #spherical.sample_grid<healpix_ring, 6>
func.func @attributes() attributes {a = #spherical.sample_grid<equirectangular, 16x33>, b = #spherical.sample_grid<healpix_ring, 6>} {
  return
}
