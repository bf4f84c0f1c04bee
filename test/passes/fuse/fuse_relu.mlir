// RUN: spherical-opt %s --spherical-fuse-relu | FileCheck %s

!z = !spherical.so3_spectrum<2x3, b = 4, f32>
!f = !spherical.so3<2x3, b = 4, f32>
!z2 = !spherical.s2_spectrum<2x3, b = 4, f32>
!f2 = !spherical.s2<2x3, b = 4, f32>

// Values before the ReLU are never stored.
// CHECK-LABEL: func.func @forward(
//  CHECK-NEXT:   %[[Y:.*]] = spherical.so3_ift %{{.*}} {relu}
//  CHECK-NEXT:   return %[[Y]]
func.func @forward(%z: !z) -> !f {
  %f = spherical.so3_ift %z : !z -> !f
  %y = nn.relu %f : !f
  return %y : !f
}

// CHECK-LABEL: func.func @forward_s2(
//  CHECK-NEXT:   %[[Y:.*]] = spherical.s2_ift %{{.*}} {relu}
//  CHECK-NEXT:   return %[[Y]]
func.func @forward_s2(%z: !z2) -> !f2 {
  %f = spherical.s2_ift %z : !z2 -> !f2
  %y = nn.relu %f : !f2
  return %y : !f2
}

// Near miss: the values before the ReLU are needed.
// CHECK-LABEL: func.func @keeps_shared(
//       CHECK:   %[[F:.*]] = spherical.so3_ift %{{[^ ]*}} :
//       CHECK:   nn.relu %[[F]]
func.func @keeps_shared(%z: !z) -> (!f, !f) {
  %f = spherical.so3_ift %z : !z -> !f
  %y = nn.relu %f : !f
  return %f, %y : !f, !f
}

// The mask of the gradient is read with the gradient.
// CHECK-LABEL: func.func @backward(
//  CHECK-SAME:   %[[G:[^:]*]]: !spherical.so3<2x3, b = 4, f32>, %[[Y:[^:]*]]:
//  CHECK-NEXT:   %[[Z:.*]] = spherical.so3_ift %[[G]] mask(%[[Y]] : {{.*}}) {adjoint}
//  CHECK-NEXT:   return %[[Z]]
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

// Near miss: analysis is no adjoint of synthesis and takes no mask.
// CHECK-LABEL: func.func @keeps_analysis(
//       CHECK:   nn.relu_grad
func.func @keeps_analysis(%g: !f, %y: !f) -> !z {
  %d = nn.relu_grad %g, %y : !f, !f
  %z = spherical.so3_ft %d : !f -> !z
  return %z : !z
}

// Tensors have no transforms.
// CHECK-LABEL: func.func @tensors(
//       CHECK:   nn.relu %
func.func @tensors(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = nn.relu %x : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
