// RUN: spherical-opt %s --split-input-file --spherical-differentiate-functions --verify-diagnostics | FileCheck %s

!h = !spherical.s2_spectrum<2x3, b = 4, f32>
!x = tensor<2x3x9x14xf32>

// CHECK-LABEL: func @grid_ft_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.grid_ft %[[G]] grid <equirectangular, 9x14> {adjoint} : !spherical.s2_spectrum<2x3, b = 4, f32> -> tensor<2x3x9x14xf32>
func.func @grid_ft(%x: !x) -> !h attributes {spherical.gradient} {
  %y = spherical.grid_ft %x grid <equirectangular, 9x14> : !x -> !h
  return %y : !h
}

// CHECK-LABEL: func @grid_ift_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.grid_ift %[[G]] grid <equirectangular, 9x14> {adjoint} : tensor<2x3x9x14xf32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
func.func @grid_ift(%x: !h) -> !x attributes {spherical.gradient} {
  %y = spherical.grid_ift %x grid <equirectangular, 9x14> : !h -> !x
  return %y : !x
}

// -----

func.func @rotate_z(%x: !spherical.s2_spectrum<2x3, b = 4, f32>, %a: tensor<2x3xf32>) -> !spherical.s2_spectrum<2x3, b = 4, f32> attributes {spherical.gradient} {
  // expected-error @+1 {{'spherical.rotate_z' op has no gradient rule (not supported)}}
  %y = spherical.rotate_z %x, %a at 1 : !spherical.s2_spectrum<2x3, b = 4, f32>, tensor<2x3xf32>
  return %y : !spherical.s2_spectrum<2x3, b = 4, f32>
}
