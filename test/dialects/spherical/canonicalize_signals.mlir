// RUN: spherical-opt %s --canonicalize | FileCheck %s

!f = !spherical.s2<2x3, b = 4, f32>
!t = tensor<2x3x8x8xf32>
!x = !spherical.s2_spectrum<2x3, b = 4, f32>

// CHECK-LABEL: func @samples_of_samples
//  CHECK-SAME:   (%[[F:.*]]: {{.*}}, %[[T:.*]]:
//  CHECK-NEXT:   return %[[F]], %[[T]]
func.func @samples_of_samples(%f: !f, %t: !t) -> (!f, !t) {
  %0 = spherical.samples %f : !f -> !t
  %1 = spherical.samples %0 : !t -> !f
  %2 = spherical.samples %t : !t -> !f
  %3 = spherical.samples %2 : !f -> !t
  return %1, %3 : !f, !t
}

// Near miss: the same samples as another function (b = 1 on SO(3) and complex on S2 share a shape).
// CHECK-LABEL: func @samples_as_another_function
//       CHECK:   spherical.samples
//       CHECK:   spherical.samples
func.func @samples_as_another_function(%f: !spherical.so3<2x3, b = 1, f32>) -> !spherical.s2<2x3, b = 1, complex<f32>> {
  %0 = spherical.samples %f : !spherical.so3<2x3, b = 1, f32> -> tensor<2x3x2x2x2xf32>
  %1 = spherical.samples %0 : tensor<2x3x2x2x2xf32> -> !spherical.s2<2x3, b = 1, complex<f32>>
  return %1 : !spherical.s2<2x3, b = 1, complex<f32>>
}

#a = #spherical.layout<order = [lane_group, channel], lane = [batch : 2]>
#b = #spherical.layout<order = [channel, batch]>

// CHECK-LABEL: func @convert_layout
//  CHECK-SAME:   (%[[X:.*]]:
//  CHECK-NEXT:   %[[Y:.*]] = spherical.convert_layout %[[X]] : tensor<2x3xf32> -> tensor<2x3xf32, #{{.*}}order = [channel, batch]
//  CHECK-NEXT:   return %[[X]], %[[Y]]
func.func @convert_layout(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32, #b>) {
  %0 = spherical.convert_layout %x : tensor<2x3xf32> -> tensor<2x3xf32, #a>
  %1 = spherical.convert_layout %0 : tensor<2x3xf32, #a> -> tensor<2x3xf32>
  %2 = spherical.convert_layout %0 : tensor<2x3xf32, #a> -> tensor<2x3xf32, #b>
  return %1, %2 : tensor<2x3xf32>, tensor<2x3xf32, #b>
}

// CHECK-LABEL: func @zero_bias
//  CHECK-SAME:   (%[[F:.*]]:
//  CHECK-NEXT:   return %[[F]]
func.func @zero_bias(%f: !f) -> !f {
  %b = spherical.zero : tensor<3xf32>
  %0 = spherical.add_bias %f, %b : !f, tensor<3xf32>
  return %0 : !f
}

// Near miss: a bias added to zero is not zero.
// CHECK-LABEL: func @bias_of_zero
//       CHECK:   spherical.add_bias
func.func @bias_of_zero(%b: tensor<3xf32>) -> !f {
  %f = spherical.zero : !f
  %0 = spherical.add_bias %f, %b : !f, tensor<3xf32>
  return %0 : !f
}

// Zero goes through every linear op.
// CHECK-LABEL: func @zero_through_transforms
//  CHECK-NEXT:   %[[Z:.*]] = spherical.zero : !spherical.so3<2x5, b = 3, f32>
//  CHECK-NEXT:   return %[[Z]]
func.func @zero_through_transforms(%y: !spherical.s2_spectrum<3x5, b = 3, f32>) -> !spherical.so3<2x5, b = 3, f32> {
  %t = spherical.zero : !t
  %f = spherical.samples %t : !t -> !f
  %r = spherical.resample %f : !f -> !f
  %0 = spherical.s2_ft %r : !f -> !x
  %1 = spherical.truncate %0 : !x -> !spherical.s2_spectrum<2x3, b = 2, f32>
  %2 = spherical.pad %1 : !spherical.s2_spectrum<2x3, b = 2, f32> -> !spherical.s2_spectrum<2x3, b = 3, f32>
  %3 = spherical.complex %2, %2 : !spherical.s2_spectrum<2x3, b = 3, f32> -> !spherical.s2_spectrum<2x3, b = 3, complex<f32>>
  %4 = spherical.imag_part %3 : !spherical.s2_spectrum<2x3, b = 3, complex<f32>> -> !spherical.s2_spectrum<2x3, b = 3, f32>
  %z = spherical.spectral_matmul %4, %y : !spherical.s2_spectrum<2x3, b = 3, f32>, !spherical.s2_spectrum<3x5, b = 3, f32> -> !spherical.so3_spectrum<2x5, b = 3, f32>
  %5 = spherical.so3_ift %z : !spherical.so3_spectrum<2x5, b = 3, f32> -> !spherical.so3<2x5, b = 3, f32>
  return %5 : !spherical.so3<2x5, b = 3, f32>
}

// A product with the spectrum of a zero kernel; its gradients; an integral.
// CHECK-LABEL: func @zero_kernel
//  CHECK-NEXT:   %[[Z:.*]] = spherical.zero : tensor<5xf32>
//  CHECK-NEXT:   %[[I:.*]] = spherical.zero : tensor<2x5xf32>
//  CHECK-NEXT:   return %[[Z]], %[[I]]
func.func @zero_kernel(%x: !spherical.so3<2x3, b = 4, f32>) -> (tensor<5xf32>, tensor<2x5xf32>) {
  %k = spherical.zero : tensor<3x5x8xf32>
  %y = spherical.so3_conv %x, %k grid <so3_soft<1>> : !spherical.so3<2x3, b = 4, f32> -> !spherical.so3<2x5, b = 4, f32>
  %b = spherical.bias_grad %y : !spherical.so3<2x5, b = 4, f32> -> tensor<5xf32>
  %i = spherical.so3_integrate %y : !spherical.so3<2x5, b = 4, f32> -> tensor<2x5xf32>
  return %b, %i : tensor<5xf32>, tensor<2x5xf32>
}

// A spectrum that is rotated by nothing is as it was; a function loses what its grid only aliases.
// CHECK-LABEL: func @rotate_by_nothing
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[F:[^:]*]]:
//   CHECK-NOT:   by {{.*}}_spectrum
//       CHECK:   %[[Y:.*]] = spherical.rotate %[[F]]
//       CHECK:   return %[[X]], %[[Y]]
func.func @rotate_by_nothing(%x: !spherical.so3_spectrum<2x3, b = 4, f32>, %f: !spherical.so3<2x3, b = 4, f32>) -> (!spherical.so3_spectrum<2x3, b = 4, f32>, !spherical.so3<2x3, b = 4, f32>) {
  %0 = spherical.rotate %x by [0.0, 0.0, 0.0] : !spherical.so3_spectrum<2x3, b = 4, f32>
  %1 = spherical.rotate %f by [0.0, 0.0, 0.0] : !spherical.so3<2x3, b = 4, f32>
  return %0, %1 : !spherical.so3_spectrum<2x3, b = 4, f32>, !spherical.so3<2x3, b = 4, f32>
}

// Near miss: through file order lanes without a sample become zeros.
// CHECK-LABEL: func @clear_lanes
//       CHECK:   spherical.convert_layout
//       CHECK:   spherical.convert_layout
func.func @clear_lanes(%x: tensor<3x3xf32, #a>) -> tensor<3x3xf32, #a> {
  %0 = spherical.convert_layout %x : tensor<3x3xf32, #a> -> tensor<3x3xf32>
  %1 = spherical.convert_layout %0 : tensor<3x3xf32> -> tensor<3x3xf32, #a>
  return %1 : tensor<3x3xf32, #a>
}
