// RUN: spherical-opt %s --spherical-differentiate-functions --split-input-file --verify-diagnostics | FileCheck %s

// One case a rule: what @<name>_vjp computes from the cotangent, its last argument.

!s8 = !spherical.s2<2x3, b = 8, f32>
!r8 = !spherical.so3<2x3, b = 8, f32>
!s6 = !spherical.s2_spectrum<2x3, b = 6, f32>
!c6 = !spherical.s2_spectrum<2x3, b = 6, complex<f32>>
!r6 = !spherical.so3_spectrum<2x3, b = 6, f32>
!r9 = !spherical.so3_spectrum<2x3, b = 9, f32>
!y6 = !spherical.so3_spectrum<3x5, b = 6, f32>
!z6 = !spherical.so3_spectrum<2x5, b = 6, f32>

// Linear ops become their adjoints, with the same attributes.
// CHECK-LABEL: func @so3_ft_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.so3_ft %[[G]] high quadrature {adjoint} : !spherical.so3_spectrum<2x3, b = 9, f32> -> !spherical.so3<2x3, b = 8, f32>
func.func @so3_ft(%x: !r8) -> !r9 attributes {spherical.gradient} {
  %y = spherical.so3_ft %x high quadrature : !r8 -> !r9
  return %y : !r9
}

// CHECK-LABEL: func @s2_ft_adjoint_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.s2_ft %[[G]] : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 6, f32>
func.func @s2_ft_adjoint(%x: !s6) -> !s8 attributes {spherical.gradient} {
  %y = spherical.s2_ft %x {adjoint} : !s6 -> !s8
  return %y : !s8
}

// CHECK-LABEL: func @s2_ift_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.s2_ift %[[G]] {adjoint} : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 6, complex<f32>>
func.func @s2_ift(%x: !c6) -> !s8 attributes {spherical.gradient} {
  %y = spherical.s2_ift %x : !c6 -> !s8
  return %y : !s8
}

// CHECK-LABEL: func @so3_ift_adjoint_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.so3_ift %[[G]] : !spherical.so3_spectrum<2x3, b = 9, f32> -> !spherical.so3<2x3, b = 8, f32>
func.func @so3_ift_adjoint(%x: !r8) -> !r9 attributes {spherical.gradient} {
  %y = spherical.so3_ift %x {adjoint} : !r8 -> !r9
  return %y : !r9
}

// CHECK-LABEL: func @kernel_ft_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.kernel_ft %[[G]] grid <so3_soft<1>> scale 2.500000e-01 {adjoint} : !spherical.so3_spectrum<3x5, b = 6, f32> -> tensor<3x5x8xf32>
func.func @kernel_ft(%k: tensor<3x5x8xf32>) -> !y6 attributes {spherical.gradient} {
  %y = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.25 : tensor<3x5x8xf32> -> !y6
  return %y : !y6
}

// CHECK-LABEL: func @so3_integrate_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.so3_integrate %[[G]] {adjoint} : tensor<2x3xf32> -> !spherical.so3<2x3, b = 8, f32>
func.func @so3_integrate(%x: !r8) -> tensor<2x3xf32> attributes {spherical.gradient} {
  %y = spherical.so3_integrate %x : !r8 -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func @truncate_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.pad %[[G]] : !spherical.so3_spectrum<2x3, b = 6, f32> -> !spherical.so3_spectrum<2x3, b = 9, f32>
func.func @truncate(%x: !r9) -> !r6 attributes {spherical.gradient} {
  %y = spherical.truncate %x : !r9 -> !r6
  return %y : !r6
}

// CHECK-LABEL: func @pad_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.truncate %[[G]] : !spherical.so3_spectrum<2x3, b = 9, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32>
func.func @pad(%x: !r6) -> !r9 attributes {spherical.gradient} {
  %y = spherical.pad %x : !r6 -> !r9
  return %y : !r9
}

// Z = X Y^H: dX = dZ Y, dY = dZ^H X.
// CHECK-LABEL: func @forward_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[Y:[^:]*]]: {{[^%]*}}, %[[D:[^:]*]]:
//   CHECK-DAG:   %[[GX:.*]] = spherical.spectral_matmul %[[D]], %[[Y]] form grad_input
//   CHECK-DAG:   %[[GY:.*]] = spherical.spectral_matmul %[[D]], %[[X]] form grad_kernel
//       CHECK:   return %[[GX]], %[[GY]]
func.func @forward(%x: !r6, %y: !y6) -> !z6 attributes {spherical.gradient} {
  %z = spherical.spectral_matmul %x, %y : !r6, !y6 -> !z6
  return %z : !z6
}

// X = G Y: dG = dX Y^H, dY = G^H dX.
// CHECK-LABEL: func @grad_input_vjp
//  CHECK-SAME:   %[[G:[^:]*]]: {{[^%]*}}, %[[Y:[^:]*]]: {{[^%]*}}, %[[D:[^:]*]]:
//   CHECK-DAG:   %[[GG:.*]] = spherical.spectral_matmul %[[D]], %[[Y]] :
//   CHECK-DAG:   %[[GY:.*]] = spherical.spectral_matmul %[[G]], %[[D]] form grad_kernel
//       CHECK:   return %[[GG]], %[[GY]]
func.func @grad_input(%g: !z6, %y: !y6) -> !r6 attributes {spherical.gradient} {
  %x = spherical.spectral_matmul %g, %y form grad_input : !z6, !y6 -> !r6
  return %x : !r6
}

// Y = G^H X: dG = X dY^H, dX = G dY.
// CHECK-LABEL: func @grad_kernel_vjp
//  CHECK-SAME:   %[[G:[^:]*]]: {{[^%]*}}, %[[X:[^:]*]]: {{[^%]*}}, %[[D:[^:]*]]:
//   CHECK-DAG:   %[[GG:.*]] = spherical.spectral_matmul %[[X]], %[[D]] :
//   CHECK-DAG:   %[[GX:.*]] = spherical.spectral_matmul %[[G]], %[[D]] form grad_input
//       CHECK:   return %[[GG]], %[[GX]]
func.func @grad_kernel(%g: !z6, %x: !r6) -> !y6 attributes {spherical.gradient} {
  %y = spherical.spectral_matmul %g, %x form grad_kernel : !z6, !r6 -> !y6
  return %y : !y6
}

// A + i 0 and 0 + i B.
// CHECK-LABEL: func @real_part_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[Z:.*]] = spherical.zero
//       CHECK:   spherical.complex %[[G]], %[[Z]]
func.func @real_part(%x: !c6) -> !s6 attributes {spherical.gradient} {
  %y = spherical.real_part %x : !c6 -> !s6
  return %y : !s6
}

// CHECK-LABEL: func @imag_part_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[Z:.*]] = spherical.zero
//       CHECK:   spherical.complex %[[Z]], %[[G]]
func.func @imag_part(%x: !c6) -> !s6 attributes {spherical.gradient} {
  %y = spherical.imag_part %x : !c6 -> !s6
  return %y : !s6
}

// CHECK-LABEL: func @complex_vjp
//  CHECK-SAME:   %[[A:[^:]*]]: {{[^%]*}}, %[[B:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//   CHECK-DAG:   %[[GA:.*]] = spherical.real_part %[[G]]
//   CHECK-DAG:   %[[GB:.*]] = spherical.imag_part %[[G]]
//       CHECK:   return %[[GA]], %[[GB]]
func.func @complex(%a: !s6, %b: !s6) -> !c6 attributes {spherical.gradient} {
  %y = spherical.complex %a, %b : !s6 -> !c6
  return %y : !c6
}

// CHECK-LABEL: func @add_bias_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[B:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[GB:.*]] = spherical.bias_grad %[[G]] : !spherical.so3<2x3, b = 8, f32> -> tensor<3xf32>
//       CHECK:   return %[[G]], %[[GB]]
func.func @add_bias(%x: !r8, %b: tensor<3xf32>) -> !r8 attributes {spherical.gradient} {
  %y = spherical.add_bias %x, %b : !r8, tensor<3xf32>
  return %y : !r8
}

// CHECK-LABEL: func @bias_grad_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[Z:.*]] = spherical.zero : !spherical.so3<2x3, b = 8, f32>
//       CHECK:   spherical.add_bias %[[Z]], %[[G]]
func.func @bias_grad(%x: !r8) -> tensor<3xf32> attributes {spherical.gradient} {
  %y = spherical.bias_grad %x : !r8 -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func @samples_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.samples %[[G]] : tensor<2x3x16x16xf32> -> !spherical.s2<2x3, b = 8, f32>
func.func @samples(%x: !s8) -> tensor<2x3x16x16xf32> attributes {spherical.gradient} {
  %y = spherical.samples %x : !s8 -> tensor<2x3x16x16xf32>
  return %y : tensor<2x3x16x16xf32>
}

// -----

// Fused programs are not differentiated.
func.func @boundary(%x: !spherical.s2_spectrum<2x3, b = 6, f32>) -> !spherical.s2<2x3, b = 8, f32> attributes {spherical.gradient} {
  // expected-error @+1 {{'spherical.boundary' op has no gradient}}
  %y = spherical.boundary %x grid 8 : !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2<2x3, b = 8, f32> {
  ^bb0(%v: f32):
    spherical.yield %v : f32
  }
  return %y : !spherical.s2<2x3, b = 8, f32>
}
