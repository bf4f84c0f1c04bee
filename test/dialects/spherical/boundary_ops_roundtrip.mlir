// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

!z = !spherical.so3_spectrum<2x3, b = 9, f32>
!w = !spherical.so3_spectrum<2x3, b = 10, f32>
!f = !spherical.so3<2x3, b = 8, f32>
!bits = !spherical.so3<2x3, b = 8, i1>

// CHECK-LABEL: func @so3
//       CHECK:   %{{.*}}, %{{.*}} = spherical.boundary %{{.*}} grid 8 high quadrature : !spherical.so3_spectrum<2x3, b = 9, f32> -> !spherical.so3_spectrum<2x3, b = 10, f32>, !spherical.so3<2x3, b = 8, i1> {
//  CHECK-NEXT:   ^bb0(%[[V:.*]]: f32):
//       CHECK:     spherical.yield %{{.*}} : f32
//       CHECK:   spherical.boundary %{{.*}} with(%{{.*}} : !spherical.so3<2x3, b = 8, i1>) grid 8 high zero {adjoint} : !spherical.so3_spectrum<2x3, b = 10, f32> -> !spherical.so3_spectrum<2x3, b = 9, f32> {
//  CHECK-NEXT:   ^bb0(%{{.*}}: f32, %{{.*}}: i1):
func.func @so3(%z: !z) -> !z {
  %y, %positive = spherical.boundary %z grid 8 high quadrature : !z -> !w, !bits {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %r = arith.maximumf %v, %zero : f32
    spherical.yield %r : f32
  }
  %g = spherical.boundary %y with(%positive : !bits) grid 8 high zero {adjoint} : !w -> !z {
  ^bb0(%v: f32, %bit: i1):
    %zero = arith.constant 0.0 : f32
    %r = arith.select %bit, %v, %zero : f32
    spherical.yield %r : f32
  }
  return %g : !z
}

// Functions of either side, and scalars that are no ReLU.
// CHECK-LABEL: func @functions
//       CHECK:   spherical.boundary %{{.*}} with(%{{.*}}, %{{.*}} : !spherical.so3<2x3, b = 8, f32>, !spherical.so3<2x3, b = 8, f32>) grid 8 : !spherical.so3_spectrum<2x3, b = 9, f32> -> !spherical.so3<2x3, b = 8, f32> {
//       CHECK:   spherical.boundary %{{.*}} grid 8 : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32> {
func.func @functions(%z: !z, %a: !f) -> !spherical.so3_spectrum<2x3, b = 6, f32> {
  %f = spherical.boundary %z with(%a, %a : !f, !f) grid 8 : !z -> !f {
  ^bb0(%v: f32, %x: f32, %y: f32):
    %s = arith.addf %v, %x : f32
    %t = arith.mulf %s, %y : f32
    spherical.yield %t : f32
  }
  %w = spherical.boundary %f grid 8 : !f -> !spherical.so3_spectrum<2x3, b = 6, f32> {
  ^bb0(%v: f32):
    %t = math.exp %v : f32
    spherical.yield %t : f32
  }
  return %w : !spherical.so3_spectrum<2x3, b = 6, f32>
}
