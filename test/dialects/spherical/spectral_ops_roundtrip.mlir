// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

!x = !spherical.s2_spectrum<2x3, b = 6, f32>
!y = !spherical.s2_spectrum<3x5, b = 6, f32>
!z = !spherical.so3_spectrum<2x5, b = 6, f32>
!c = !spherical.s2_spectrum<2x3, b = 6, complex<f32>>

// CHECK-LABEL: func @spectral_matmul
//       CHECK:   spherical.spectral_matmul %{{.*}}, %{{.*}} : !spherical.s2_spectrum<2x3, b = 6, f32>, !spherical.s2_spectrum<3x5, b = 6, f32> -> !spherical.so3_spectrum<2x5, b = 6, f32>
//       CHECK:   spherical.spectral_matmul %{{.*}}, %{{.*}} form grad_input : !spherical.so3_spectrum<2x5, b = 6, f32>, !spherical.s2_spectrum<3x5, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 6, f32>
//       CHECK:   spherical.spectral_matmul %{{.*}}, %{{.*}} form grad_kernel : !spherical.so3_spectrum<2x5, b = 6, f32>, !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
func.func @spectral_matmul(%x: !x, %y: !y) -> (!x, !y) {
  %z = spherical.spectral_matmul %x, %y form forward : !x, !y -> !z
  %gx = spherical.spectral_matmul %z, %y form grad_input : !z, !y -> !x
  %gy = spherical.spectral_matmul %z, %x form grad_kernel : !z, !x -> !y
  return %gx, %gy : !x, !y
}

// CHECK-LABEL: func @degrees
//       CHECK:   spherical.truncate %{{.*}} : !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
//       CHECK:   spherical.pad %{{.*}} : !spherical.s2_spectrum<2x3, b = 4, f32> -> !spherical.s2_spectrum<2x3, b = 9, f32>
func.func @degrees(%x: !x) -> !spherical.s2_spectrum<2x3, b = 9, f32> {
  %0 = spherical.truncate %x : !x -> !spherical.s2_spectrum<2x3, b = 4, f32>
  %1 = spherical.pad %0 : !spherical.s2_spectrum<2x3, b = 4, f32> -> !spherical.s2_spectrum<2x3, b = 9, f32>
  return %1 : !spherical.s2_spectrum<2x3, b = 9, f32>
}

// CHECK-LABEL: func @parts
//       CHECK:   spherical.real_part %{{.*}} : !spherical.s2_spectrum<2x3, b = 6, complex<f32>> -> !spherical.s2_spectrum<2x3, b = 6, f32>
//       CHECK:   spherical.imag_part %{{.*}} : !spherical.s2_spectrum<2x3, b = 6, complex<f32>> -> !spherical.s2_spectrum<2x3, b = 6, f32>
//       CHECK:   spherical.complex %{{.*}}, %{{.*}} : !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 6, complex<f32>>
func.func @parts(%x: !c) -> !c {
  %a = spherical.real_part %x : !c -> !x
  %b = spherical.imag_part %x : !c -> !x
  %y = spherical.complex %b, %a : !x -> !c
  return %y : !c
}

// CHECK-LABEL: func @other_parts
//       CHECK:   spherical.real_part %{{.*}} : !spherical.so3<2x3, b = 6, complex<f64>> -> !spherical.so3<2x3, b = 6, f64>
//       CHECK:   spherical.imag_part %{{.*}} : tensor<2x3xcomplex<f32>> -> tensor<2x3xf32>
//       CHECK:   spherical.complex %{{.*}}, %{{.*}} : tensor<2x3xf32> -> tensor<2x3xcomplex<f32>>
func.func @other_parts(%x: !spherical.so3<2x3, b = 6, complex<f64>>, %t: tensor<2x3xcomplex<f32>>)
    -> (!spherical.so3<2x3, b = 6, f64>, tensor<2x3xcomplex<f32>>) {
  %a = spherical.real_part %x : !spherical.so3<2x3, b = 6, complex<f64>> -> !spherical.so3<2x3, b = 6, f64>
  %b = spherical.imag_part %t : tensor<2x3xcomplex<f32>> -> tensor<2x3xf32>
  %c = spherical.complex %b, %b : tensor<2x3xf32> -> tensor<2x3xcomplex<f32>>
  return %a, %c : !spherical.so3<2x3, b = 6, f64>, tensor<2x3xcomplex<f32>>
}
