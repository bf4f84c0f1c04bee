// RUN: spherical-opt %s --spherical-form-boundaries --split-input-file | FileCheck %s

!z = !spherical.so3_spectrum<2x3, b = 4, f32>
!w = !spherical.so3_spectrum<2x3, b = 3, f32>
!f = !spherical.so3<2x3, b = 4, f32>
!z2 = !spherical.s2_spectrum<2x3, b = 4, f32>
!f2 = !spherical.s2<2x3, b = 4, f32>

// The function between two convolutions is not a value any more.
// CHECK-LABEL: func.func @between(
//  CHECK-SAME:   %[[Z:.*]]: !spherical
//  CHECK-NEXT:   %[[Y:.*]] = spherical.boundary %[[Z]] grid 4 : !spherical.so3_spectrum<2x3, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 3, f32> {
//  CHECK-NEXT:   ^bb0(%[[V:.*]]: f32):
//  CHECK-NEXT:     %[[ZERO:.*]] = arith.constant 0.0
//  CHECK-NEXT:     %[[W:.*]] = arith.maximumf %[[V]], %[[ZERO]]
//  CHECK-NEXT:     spherical.yield %[[W]] : f32
//  CHECK-NEXT:   }
//  CHECK-NEXT:   return %[[Y]]
func.func @between(%z: !z) -> !w {
  %f = spherical.so3_ift %z : !z -> !f
  %y = nn.relu %f : !f
  %x = spherical.so3_ft %y : !f -> !w
  return %x : !w
}

// Its gradient; the forward boundary gives a bit for each value, which is all that it is asked for.
// CHECK-LABEL: func.func @step(
//       CHECK:   %[[X:.*]], %[[BITS:.*]] = spherical.boundary %{{.*}} grid 4 : !spherical.so3_spectrum<2x3, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 3, f32>, !spherical.so3<2x3, b = 4, i1> {
//       CHECK:   %[[G:.*]] = spherical.boundary %{{.*}} with(%[[BITS]] : !spherical.so3<2x3, b = 4, i1>) grid 4 {adjoint} :
//  CHECK-NEXT:   ^bb0(%[[V:.*]]: f32, %[[BIT:.*]]: i1):
//       CHECK:     %[[D:.*]] = arith.select %[[BIT]], %[[V]], %{{.*}} : f32
//  CHECK-NEXT:     spherical.yield %[[D]]
//       CHECK:   return %[[X]], %[[G]]
func.func @step(%z: !z, %g: !w) -> (!w, !z) {
  %f = spherical.so3_ift %z : !z -> !f
  %y = nn.relu %f : !f
  %x = spherical.so3_ft %y : !f -> !w
  %h = spherical.so3_ft %g {adjoint} : !w -> !f
  %d = nn.relu_grad %h, %y : !f, !f
  %dz = spherical.so3_ift %d {adjoint} : !f -> !z
  return %x, %dz : !w, !z
}

// A function that something else uses is a value, of which the gradient still reads the bits.
// CHECK-LABEL: func.func @shared(
//       CHECK:   %[[Y:.*]], %[[BITS:.*]] = spherical.boundary %{{.*}} grid 4 : {{.*}} -> !spherical.so3<2x3, b = 4, f32>, !spherical.so3<2x3, b = 4, i1> {
//       CHECK:   spherical.so3_ft %[[Y]]
//       CHECK:   spherical.boundary %{{.*}} with(%[[BITS]] :
//       CHECK:   return %[[Y]]
func.func @shared(%z: !z, %g: !f) -> (!f, !w, !z) {
  %f = spherical.so3_ift %z : !z -> !f
  %y = nn.relu %f : !f
  %x = spherical.so3_ft %y : !f -> !w
  %d = nn.relu_grad %g, %y : !f, !f
  %dz = spherical.so3_ift %d {adjoint} : !f -> !z
  return %y, %x, %dz : !f, !w, !z
}

// On S2, without an analysis.
// CHECK-LABEL: func.func @synthesis(
//  CHECK-NEXT:   %[[Y:.*]] = spherical.boundary %{{.*}} grid 4 : !spherical.s2_spectrum<2x3, b = 4, f32> -> !spherical.s2<2x3, b = 4, f32> {
//       CHECK:     arith.maximumf
//       CHECK:   return %[[Y]]
func.func @synthesis(%z: !z2) -> !f2 {
  %f = spherical.s2_ift %z : !z2 -> !f2
  %y = nn.relu %f : !f2
  return %y : !f2
}

// Near miss: the values before the ReLU are needed.
// CHECK-LABEL: func.func @keeps_shared(
//       CHECK:   %[[F:.*]] = spherical.so3_ift
//       CHECK:   nn.relu %[[F]]
func.func @keeps_shared(%z: !z) -> (!f, !f) {
  %f = spherical.so3_ift %z : !z -> !f
  %y = nn.relu %f : !f
  return %f, %y : !f, !f
}

// Without a synthesis; y comes from elsewhere, so that its values are read.
// CHECK-LABEL: func.func @backward(
//  CHECK-SAME:   %[[G:[^:]*]]: !spherical.so3<2x3, b = 4, f32>, %[[Y:[^:]*]]:
//  CHECK-NEXT:   %[[Z:.*]] = spherical.boundary %[[G]] with(%[[Y]] : !spherical.so3<2x3, b = 4, f32>) grid 4 {adjoint}
//  CHECK-NEXT:   ^bb0(%[[V:.*]]: f32, %[[U:.*]]: f32):
//       CHECK:     %[[BIT:.*]] = arith.cmpf ogt, %[[U]], %{{.*}}
//       CHECK:     arith.select %[[BIT]], %[[V]], %{{.*}}
//       CHECK:   return %[[Z]]
func.func @backward(%g: !f, %y: !f) -> !z {
  %d = nn.relu_grad %g, %y : !f, !f
  %z = spherical.so3_ift %d {adjoint} : !f -> !z
  return %z : !z
}

// Near miss: a sum over the grid needs the masked gradient, too.
// CHECK-LABEL: func.func @keeps_other_use(
//       CHECK:   %[[D:.*]] = nn.relu_grad
//       CHECK:   spherical.so3_ift %[[D]] {adjoint}
func.func @keeps_other_use(%g: !f, %y: !f) -> (!z, tensor<3xf32>) {
  %d = nn.relu_grad %g, %y : !f, !f
  %z = spherical.so3_ift %d {adjoint} : !f -> !z
  %b = spherical.bias_grad %d : !f -> tensor<3xf32>
  return %z, %b : !z, tensor<3xf32>
}

// Near miss: the inverse transform and the adjoint of its kind are no pair.
// CHECK-LABEL: func.func @other_direction(
//       CHECK:   %[[Y:.*]] = spherical.boundary %{{.*}} grid 4 : {{.*}} -> !spherical.so3<2x3, b = 4, f32> {
//       CHECK:   spherical.so3_ift %[[Y]] {adjoint}
func.func @other_direction(%z: !z) -> !z {
  %f = spherical.so3_ift %z : !z -> !f
  %y = nn.relu %f : !f
  %x = spherical.so3_ift %y {adjoint} : !f -> !z
  return %x : !z
}

// Pointwise ops in a row are one region: here a shortcut, then a ReLU with a slope.
// CHECK-LABEL: func.func @chain(
//  CHECK-SAME:   %{{.*}}: !spherical.so3_spectrum{{.*}}, %[[S:.*]]: !spherical.so3<
//       CHECK:   spherical.boundary %{{.*}} with(%[[S]] : {{.*}}) grid 4 :
//  CHECK-NEXT:   ^bb0(%[[V:.*]]: f32, %[[U:.*]]: f32):
//       CHECK:     %[[SUM:.*]] = arith.addf %[[U]], %[[V]]
//       CHECK:     arith.select %{{.*}}, %[[SUM]]
func.func @chain(%z: !z, %s: !f) -> !w {
  %f = spherical.so3_ift %z : !z -> !f
  %a = nn.add %s, %f : !f
  %y = nn.leaky_relu %a slope 0.1 : !f
  %x = spherical.so3_ft %y : !f -> !w
  return %x : !w
}

// Two transforms that a coarse grid keeps apart.
// CHECK-LABEL: func.func @pair(
//  CHECK-SAME:   %[[Z:.*]]: !spherical
//  CHECK-NEXT:   %[[Y:.*]] = spherical.boundary %[[Z]] grid 3 high quadrature : !spherical.so3_spectrum<2x3, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 4, f32> {
//  CHECK-NEXT:   ^bb0(%[[V:.*]]: f32):
//  CHECK-NEXT:     spherical.yield %[[V]] : f32
//       CHECK:   return %[[Y]]
func.func @pair(%z: !z) -> !z {
  %f = spherical.so3_ift %z : !z -> !spherical.so3<2x3, b = 3, f32>
  %x = spherical.so3_ft %f high quadrature : !spherical.so3<2x3, b = 3, f32> -> !z
  return %x : !z
}

// Near miss: the function between the pair is returned.
// CHECK-LABEL: func.func @kept_pair(
//       CHECK:   spherical.so3_ift
//       CHECK:   spherical.so3_ft
func.func @kept_pair(%z: !z) -> (!f, !w) {
  %f = spherical.so3_ift %z : !z -> !f
  %x = spherical.so3_ft %f : !f -> !w
  return %f, %x : !f, !w
}

// Degrees that the grid cannot hold keep their rule.
// CHECK-LABEL: func.func @high(
//       CHECK:   spherical.boundary %{{.*}} grid 4 high quadrature :
func.func @high(%z: !z) -> !spherical.so3_spectrum<2x3, b = 6, f32> {
  %f = spherical.so3_ift %z : !z -> !f
  %y = nn.relu %f : !f
  %x = spherical.so3_ft %y high quadrature : !f -> !spherical.so3_spectrum<2x3, b = 6, f32>
  return %x : !spherical.so3_spectrum<2x3, b = 6, f32>
}

// Tensors have no transforms.
// CHECK-LABEL: func.func @tensors(
//       CHECK:   nn.relu %
func.func @tensors(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = nn.relu %x : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
