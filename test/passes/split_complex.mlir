// RUN: spherical-opt %s --spherical-split-complex --canonicalize | FileCheck %s

!c = !spherical.so3_spectrum<2x3, b = 4, complex<f64>>
!ck = !spherical.so3_spectrum<3x5, b = 4, complex<f64>>
!cz = !spherical.so3_spectrum<2x5, b = 4, complex<f64>>
!r = !spherical.so3_spectrum<2x3, b = 4, f64>
!f = !spherical.so3<2x3, b = 6, f64>

// A real function of a complex spectrum: the real part alone.
// CHECK-LABEL: func.func @synthesis(
//  CHECK-SAME:   %[[X:.*]]: !spherical.so3_spectrum
//       CHECK:   %[[A:.*]] = spherical.real_part %[[X]]
//       CHECK:   %[[F:.*]] = spherical.so3_ift %[[A]] : !spherical.so3_spectrum<2x3, b = 4, f64> -> !spherical.so3<2x3, b = 6, f64>
//   CHECK-NOT:   spherical.imag_part
//       CHECK:   return %[[F]]
func.func @synthesis(%x: !c) -> !f {
  %f = spherical.so3_ift %x : !c -> !f
  return %f : !f
}

// The complex spectrum of a real function has no imaginary part.
// CHECK-LABEL: func.func @analysis(
//   CHECK-DAG:   %[[A:.*]] = spherical.so3_ft %{{.*}} -> !spherical.so3_spectrum<2x3, b = 4, f64>
//   CHECK-DAG:   %[[ZERO:.*]] = spherical.zero : !spherical.so3_spectrum<2x3, b = 4, f64>
//       CHECK:   %[[X:.*]] = spherical.complex %[[A]], %[[ZERO]]
//       CHECK:   return %[[X]]
func.func @analysis(%f: !f) -> !c {
  %x = spherical.so3_ft %f : !f -> !c
  return %x : !c
}

// X Y^H = (A C^H + B D^H) + i (B C^H - A D^H).
// CHECK-LABEL: func.func @forward(
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}} %[[Y:[^:]*]]:
//   CHECK-DAG:   %[[A:.*]] = spherical.real_part %[[X]]
//   CHECK-DAG:   %[[B:.*]] = spherical.imag_part %[[X]]
//   CHECK-DAG:   %[[C:.*]] = spherical.real_part %[[Y]]
//   CHECK-DAG:   %[[D:.*]] = spherical.imag_part %[[Y]]
//   CHECK-DAG:   %[[AC:.*]] = spherical.spectral_matmul %[[A]], %[[C]] :
//   CHECK-DAG:   %[[BD:.*]] = spherical.spectral_matmul %[[B]], %[[D]] :
//   CHECK-DAG:   %[[BC:.*]] = spherical.spectral_matmul %[[B]], %[[C]] :
//   CHECK-DAG:   %[[AD:.*]] = spherical.spectral_matmul %[[A]], %[[D]] :
//   CHECK-DAG:   %[[RE:.*]] = nn.add %[[AC]], %[[BD]]
//   CHECK-DAG:   %[[IM:.*]] = nn.sub %[[BC]], %[[AD]]
//       CHECK:   spherical.complex %[[RE]], %[[IM]]
func.func @forward(%x: !c, %y: !ck) -> !cz {
  %z = spherical.spectral_matmul %x, %y : !c, !ck -> !cz
  return %z : !cz
}

// G Y = (E C - F D) + i (E D + F C).
// CHECK-LABEL: func.func @grad_input(
//  CHECK-SAME:   %[[G:[^:]*]]: {{[^%]*}} %[[Y:[^:]*]]:
//   CHECK-DAG:   %[[E:.*]] = spherical.real_part %[[G]]
//   CHECK-DAG:   %[[F:.*]] = spherical.imag_part %[[G]]
//   CHECK-DAG:   %[[C:.*]] = spherical.real_part %[[Y]]
//   CHECK-DAG:   %[[D:.*]] = spherical.imag_part %[[Y]]
//   CHECK-DAG:   %[[EC:.*]] = spherical.spectral_matmul %[[E]], %[[C]] form grad_input
//   CHECK-DAG:   %[[FD:.*]] = spherical.spectral_matmul %[[F]], %[[D]] form grad_input
//   CHECK-DAG:   %[[FC:.*]] = spherical.spectral_matmul %[[F]], %[[C]] form grad_input
//   CHECK-DAG:   %[[ED:.*]] = spherical.spectral_matmul %[[E]], %[[D]] form grad_input
//   CHECK-DAG:   %[[RE:.*]] = nn.sub %[[EC]], %[[FD]]
//   CHECK-DAG:   %[[IM:.*]] = nn.add %[[ED]], %[[FC]]
//       CHECK:   spherical.complex %[[RE]], %[[IM]]
func.func @grad_input(%g: !cz, %y: !ck) -> !c {
  %x = spherical.spectral_matmul %g, %y form grad_input : !cz, !ck -> !c
  return %x : !c
}

// G^H X = (E^H A + F^H B) + i (E^H B - F^H A).
// CHECK-LABEL: func.func @grad_kernel(
//  CHECK-SAME:   %[[G:[^:]*]]: {{[^%]*}} %[[X:[^:]*]]:
//   CHECK-DAG:   %[[E:.*]] = spherical.real_part %[[G]]
//   CHECK-DAG:   %[[F:.*]] = spherical.imag_part %[[G]]
//   CHECK-DAG:   %[[A:.*]] = spherical.real_part %[[X]]
//   CHECK-DAG:   %[[B:.*]] = spherical.imag_part %[[X]]
//   CHECK-DAG:   %[[EA:.*]] = spherical.spectral_matmul %[[E]], %[[A]] form grad_kernel
//   CHECK-DAG:   %[[FB:.*]] = spherical.spectral_matmul %[[F]], %[[B]] form grad_kernel
//   CHECK-DAG:   %[[FA:.*]] = spherical.spectral_matmul %[[F]], %[[A]] form grad_kernel
//   CHECK-DAG:   %[[EB:.*]] = spherical.spectral_matmul %[[E]], %[[B]] form grad_kernel
//   CHECK-DAG:   %[[RE:.*]] = nn.add %[[EA]], %[[FB]]
//   CHECK-DAG:   %[[IM:.*]] = nn.sub %[[EB]], %[[FA]]
//       CHECK:   spherical.complex %[[RE]], %[[IM]]
func.func @grad_kernel(%g: !cz, %x: !c) -> !ck {
  %y = spherical.spectral_matmul %g, %x form grad_kernel : !cz, !c -> !ck
  return %y : !ck
}

// Parts of chained ops meet without a complex value between them.
// CHECK-LABEL: func.func @chain(
//       CHECK:   %[[A:.*]] = spherical.real_part
//       CHECK:   spherical.so3_ift
//   CHECK-NOT:   spherical.complex
//       CHECK:   return
func.func @chain(%x: !c, %z: !c) -> !f {
  %s = nn.add %x, %z : !c
  %l = spherical.truncate %s : !c -> !spherical.so3_spectrum<2x3, b = 2, complex<f64>>
  %p = spherical.pad %l : !spherical.so3_spectrum<2x3, b = 2, complex<f64>> -> !c
  %f = spherical.so3_ift %p : !c -> !f
  return %f : !f
}

// Near miss: real spectra stay as they are.
// CHECK-LABEL: func.func @real(
//  CHECK-SAME:   %[[X:.*]]: !spherical.so3_spectrum
//  CHECK-NEXT:   %[[F:.*]] = spherical.so3_ift %[[X]]
//  CHECK-NEXT:   return %[[F]]
func.func @real(%x: !r) -> !f {
  %f = spherical.so3_ift %x : !r -> !f
  return %f : !f
}

// Sums over even n, E, and -i times sums over odd n, P: E(A) - P(B) + i (P(A) + E(B)).
// CHECK-LABEL: func.func @sum_n(
//  CHECK-SAME:   %[[X:[^:]*]]:
//   CHECK-DAG:   %[[A:.*]] = spherical.real_part %[[X]]
//   CHECK-DAG:   %[[B:.*]] = spherical.imag_part %[[X]]
//   CHECK-DAG:   %[[EA:.*]] = spherical.sum_n %[[A]] : !spherical.so3_spectrum<2x3, b = 4, f64>
//   CHECK-DAG:   %[[PA:.*]] = spherical.sum_n %[[A]] {odd}
//   CHECK-DAG:   %[[EB:.*]] = spherical.sum_n %[[B]] : !spherical.so3_spectrum<2x3, b = 4, f64>
//   CHECK-DAG:   %[[PB:.*]] = spherical.sum_n %[[B]] {odd}
//   CHECK-DAG:   %[[RE:.*]] = nn.sub %[[EA]], %[[PB]]
//   CHECK-DAG:   %[[IM:.*]] = nn.add %[[PA]], %[[EB]]
//       CHECK:   spherical.complex %[[RE]], %[[IM]]
func.func @sum_n(%x: !c) -> !spherical.s2_spectrum<2x3, b = 4, complex<f64>> {
  %y = spherical.sum_n %x : !c -> !spherical.s2_spectrum<2x3, b = 4, complex<f64>>
  return %y : !spherical.s2_spectrum<2x3, b = 4, complex<f64>>
}

// A rotation keeps spectra of real functions: part by part.
// CHECK-LABEL: func.func @rotate(
//   CHECK-DAG:   spherical.rotate %{{.*}} : !spherical.so3_spectrum<2x3, b = 4, f64>
//   CHECK-DAG:   spherical.rotate %{{.*}} : !spherical.so3_spectrum<2x3, b = 4, f64>
//       CHECK:   spherical.complex
func.func @rotate(%x: !c) -> !c {
  %y = spherical.rotate %x by [0.1, 0.2, 0.3] : !c
  return %y : !c
}

!fc = !spherical.s2<2x3, b = 4, complex<f64>>
!fr = !spherical.s2<2x3, b = 4, f64>
!sc = !spherical.s2_spectrum<2x3, b = 4, complex<f64>>

// Functions are pairs of real functions: two transforms of real functions, and no other op is
// complex.
// CHECK-LABEL: func.func @function(
//  CHECK-SAME:   %[[F:.*]]: !spherical.s2<2x3, b = 4, complex<f64>>
//   CHECK-DAG:   %[[A:.*]] = spherical.real_part %[[F]] : {{.*}} -> !spherical.s2<2x3, b = 4, f64>
//   CHECK-DAG:   %[[B:.*]] = spherical.imag_part %[[F]] : {{.*}} -> !spherical.s2<2x3, b = 4, f64>
//   CHECK-DAG:   %[[RE:.*]] = spherical.s2_ft %[[A]] : !spherical.s2<2x3, b = 4, f64> -> !spherical.s2_spectrum<2x3, b = 4, f64>
//   CHECK-DAG:   %[[IM:.*]] = spherical.s2_ft %[[B]] : !spherical.s2<2x3, b = 4, f64> -> !spherical.s2_spectrum<2x3, b = 4, f64>
//       CHECK:   spherical.complex %[[RE]], %[[IM]]
func.func @function(%f: !fc) -> !sc {
  %x = spherical.s2_ft %f : !fc -> !sc
  return %x : !sc
}

// Biases are linear together with what they are added to.
// CHECK-LABEL: func.func @bias(
//  CHECK-SAME:   %[[F:[^:]*]]: {{[^%]*}} %[[T:[^:]*]]:
//   CHECK-DAG:   %[[A:.*]] = spherical.real_part %[[F]]
//   CHECK-DAG:   %[[B:.*]] = spherical.imag_part %[[F]]
//   CHECK-DAG:   %[[C:.*]] = spherical.real_part %[[T]] : tensor<3xcomplex<f64>> -> tensor<3xf64>
//   CHECK-DAG:   %[[D:.*]] = spherical.imag_part %[[T]] : tensor<3xcomplex<f64>> -> tensor<3xf64>
//   CHECK-DAG:   %[[RE:.*]] = spherical.add_bias %[[A]], %[[C]]
//   CHECK-DAG:   %[[IM:.*]] = spherical.add_bias %[[B]], %[[D]]
//       CHECK:   spherical.complex %[[RE]], %[[IM]]
func.func @bias(%f: !fc, %b: tensor<3xcomplex<f64>>) -> !fc {
  %y = spherical.add_bias %f, %b : !fc, tensor<3xcomplex<f64>>
  return %y : !fc
}

// Tensors and differences, and an adjoint whose result is real.
// CHECK-LABEL: func.func @tensors(
//       CHECK:   nn.sub {{.*}} : tensor<2x3xf64>
//       CHECK:   nn.sub {{.*}} : tensor<2x3xf64>
//   CHECK-NOT:   nn.sub
//       CHECK:   spherical.complex {{.*}} : tensor<2x3xf64> -> tensor<2x3xcomplex<f64>>
func.func @tensors(%s: tensor<2x3xcomplex<f64>>, %t: tensor<2x3xcomplex<f64>>) -> tensor<2x3xcomplex<f64>> {
  %d = nn.sub %s, %t : tensor<2x3xcomplex<f64>>
  return %d : tensor<2x3xcomplex<f64>>
}

// CHECK-LABEL: func.func @real_adjoint(
//  CHECK-SAME:   %[[X:.*]]: !spherical.s2_spectrum
//  CHECK-NEXT:   %[[A:.*]] = spherical.real_part %[[X]]
//  CHECK-NEXT:   %[[F:.*]] = spherical.s2_ft %[[A]] {adjoint} : !spherical.s2_spectrum<2x3, b = 4, f64> -> !spherical.s2<2x3, b = 4, f64>
//  CHECK-NEXT:   return %[[F]]
func.func @real_adjoint(%x: !sc) -> !fr {
  %f = spherical.s2_ft %x {adjoint} : !sc -> !fr
  return %f : !fr
}

// Near miss: samples of a complex function lie as they are in files, pairs of numbers.
// CHECK-LABEL: func.func @samples(
//  CHECK-SAME:   %[[T:.*]]: tensor<2x3x8x8x2xf64>
//  CHECK-NEXT:   %[[F:.*]] = spherical.samples %[[T]]
//  CHECK-NEXT:   return %[[F]]
func.func @samples(%t: tensor<2x3x8x8x2xf64>) -> !fc {
  %f = spherical.samples %t : tensor<2x3x8x8x2xf64> -> !fc
  return %f : !fc
}
