// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-hoist-preparation | FileCheck %s

!x = !spherical.so3_spectrum<2x3, b = 4, f32>
!k = !spherical.so3_spectrum<3x3, b = 4, f32>

// The kernel's spectrum depends on a parameter alone; the bias goes into the product with x.
// CHECK-LABEL: func.func @forward(
//  CHECK-SAME:   %[[X:[^:]*]]: !spherical.so3_spectrum<2x3, b = 4, f32> {{{.*}}"input"}, %[[K:[^:]*]]: !spherical.so3_spectrum<3x3, b = 4, f32> {spherical.name = "prepared.0", spherical.role = "prepared"}, %[[B:[^:]*]]: tensor<3xf32> {spherical.name = "bias"
//  CHECK-NEXT:   %[[Z:.*]] = spherical.spectral_matmul %[[X]], %[[K]]
//  CHECK-NEXT:   %[[Y:.*]] = spherical.add_bias %[[Z]], %[[B]]
//  CHECK-NEXT:   return %[[Y]]
// CHECK-LABEL: func.func @prepare(
//  CHECK-SAME:   %[[W:[^:]*]]: tensor<3x3x8xf32> {spherical.name = "kernel", spherical.role = "parameter"}) -> (!spherical.so3_spectrum<3x3, b = 4, f32> {spherical.name = "prepared.0"})
//  CHECK-NEXT:   %[[K:.*]] = spherical.kernel_ft %[[W]]
//  CHECK-NEXT:   return %[[K]]
func.func @forward(%x: !x {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<3x3x8xf32> {spherical.role = "parameter", spherical.name = "kernel"},
                   %b: tensor<3xf32> {spherical.role = "parameter", spherical.name = "bias"}) -> !x {
  %k = spherical.kernel_ft %w grid <so3_soft<1>> scale 0.5 : tensor<3x3x8xf32> -> !k
  %z = spherical.spectral_matmul %x, %k : !x, !k -> !x
  %y = spherical.add_bias %z, %b : !x, tensor<3xf32>
  return %y : !x
}

// -----

// A chain on parameters crosses once, at its end, and a constant does not make a value prepared.
// CHECK-LABEL: func.func @forward(
//  CHECK-SAME:   %[[X:[^:]*]]: tensor<3xf32>{{.*}}, %[[P:[^:]*]]: tensor<3xf32> {spherical.name = "prepared.0"
//       CHECK:   %[[ZERO:.*]] = spherical.zero
//       CHECK:   nn.add %[[X]], %[[P]]
//       CHECK:   nn.add %{{.*}}, %[[ZERO]]
// CHECK-LABEL: func.func @prepare(
//       CHECK:   %[[R:.*]] = nn.relu
//       CHECK:   %[[S:.*]] = nn.add %[[R]], %[[R]]
//       CHECK:   return %[[S]]
func.func @forward(%x: tensor<3xf32> {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<3xf32> {spherical.role = "parameter", spherical.name = "w"}) -> tensor<3xf32> {
  %zero = spherical.zero : tensor<3xf32>
  %r = nn.relu %w : tensor<3xf32>
  %s = nn.add %r, %r : tensor<3xf32>
  %y = nn.add %x, %s : tensor<3xf32>
  %z = nn.add %y, %zero : tensor<3xf32>
  return %z : tensor<3xf32>
}

// -----

// Near miss: nothing depends on parameters alone, so there is nothing to prepare.
// CHECK-LABEL: func.func @forward(
//   CHECK-NOT: func.func @prepare
func.func @forward(%x: tensor<3xf32> {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<3xf32> {spherical.role = "parameter", spherical.name = "w"}) -> tensor<3xf32> {
  %y = nn.add %x, %w : tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @forward(%x: tensor<3xf32> {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<3xf32> {spherical.role = "parameter", spherical.name = "w"}) -> tensor<3xf32> {
  %r = nn.relu %w : tensor<3xf32>
  %y = nn.add %x, %r : tensor<3xf32>
  return %y : tensor<3xf32>
}
// expected-error @below {{expected the name @prepare to be free for what derives from @forward, got another function}}
func.func @prepare() {
  return
}
