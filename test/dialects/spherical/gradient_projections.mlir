// RUN: spherical-opt %s --spherical-differentiate-functions | FileCheck %s

// One case a rule: what @<name>_vjp computes from the cotangent, its last argument.

!f = !spherical.so3<2x3, b = 4, f32>
!s = !spherical.s2<2x3, b = 4, f32>
!x = !spherical.so3_spectrum<2x3, b = 4, f32>
!h = !spherical.s2_spectrum<2x3, b = 4, f32>
!y = !spherical.so3_spectrum<3x5, b = 4, f32>
!c = !spherical.s2_spectrum<3x5, b = 4, f32>
!z = !spherical.s2_spectrum<2x5, b = 4, f32>

// CHECK-LABEL: func @so3_orbit_mean_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.so3_orbit_mean %[[G]] {adjoint} : !spherical.s2<2x3, b = 4, f32> -> !spherical.so3<2x3, b = 4, f32>
func.func @so3_orbit_mean(%x: !f) -> !s attributes {spherical.gradient} {
  %y = spherical.so3_orbit_mean %x : !f -> !s
  return %y : !s
}

// CHECK-LABEL: func @sum_n_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.sum_n %[[G]] {adjoint, odd}
func.func @sum_n(%x: !x) -> !h attributes {spherical.gradient} {
  %y = spherical.sum_n %x {odd} : !x -> !h
  return %y : !h
}

// CHECK-LABEL: func @project_kernel_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.project_kernel %[[G]] projection orbit_mean {adjoint}
func.func @project_kernel(%x: !y) -> !c attributes {spherical.gradient} {
  %y = spherical.project_kernel %x projection orbit_mean : !y -> !c
  return %y : !c
}

// H = X c: dX = dH c^H, dc = X^H dH.
// CHECK-LABEL: func @thin_matmul_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[C:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[GX:.*]] = spherical.thin_matmul %[[G]], %[[C]] form grad_input
//       CHECK:   %[[GC:.*]] = spherical.thin_matmul %[[G]], %[[X]] form grad_kernel
//       CHECK:   return %[[GX]], %[[GC]]
func.func @thin_matmul(%x: !x, %c: !c) -> !z attributes {spherical.gradient} {
  %y = spherical.thin_matmul %x, %c : !x, !c -> !z
  return %y : !z
}

// X = G c^H: dG = dX c, dc = dX^H G.
// CHECK-LABEL: func @grad_input_vjp
//  CHECK-SAME:   %[[G:[^:]*]]: {{[^%]*}}, %[[C:[^:]*]]: {{[^%]*}}, %[[D:[^:]*]]:
//       CHECK:   %[[GG:.*]] = spherical.thin_matmul %[[D]], %[[C]] :
//       CHECK:   %[[GC:.*]] = spherical.thin_matmul %[[G]], %[[D]] form grad_kernel
//       CHECK:   return %[[GG]], %[[GC]]
func.func @grad_input(%g: !z, %c: !c) -> !x attributes {spherical.gradient} {
  %y = spherical.thin_matmul %g, %c form grad_input : !z, !c -> !x
  return %y : !x
}

// c = X^H G: dG = X dc, dX = G dc^H.
// CHECK-LABEL: func @grad_kernel_vjp
//  CHECK-SAME:   %[[G:[^:]*]]: {{[^%]*}}, %[[X:[^:]*]]: {{[^%]*}}, %[[D:[^:]*]]:
//       CHECK:   %[[GG:.*]] = spherical.thin_matmul %[[X]], %[[D]] :
//       CHECK:   %[[GX:.*]] = spherical.thin_matmul %[[G]], %[[D]] form grad_input
//       CHECK:   return %[[GG]], %[[GX]]
func.func @grad_kernel(%g: !z, %x: !x) -> !c attributes {spherical.gradient} {
  %y = spherical.thin_matmul %g, %x form grad_kernel : !z, !x -> !c
  return %y : !c
}

// A rotation's adjoint is its inverse.
// CHECK-LABEL: func @rotate_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   spherical.rotate %[[G]] by [-0.3, -0.2, -0.1]
func.func @rotate(%x: !x) -> !x attributes {spherical.gradient} {
  %y = spherical.rotate %x by [0.1, 0.2, 0.3] : !x
  return %y : !x
}
