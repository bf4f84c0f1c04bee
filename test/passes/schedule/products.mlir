// Two ways to multiply spectra: in the real basis, or by complex matrices as in published codes.

// RUN: spherical-opt %s --spherical-assign-layouts --spherical-choose-algorithms | FileCheck %s --check-prefixes=CHECK,REAL
// RUN: spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=spectral_matmul:algorithm=complex_product" | FileCheck %s --check-prefixes=CHECK,COMPLEX
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=sm_90 "--spherical-choose-algorithms=cpu=sm_90 choose=*:algorithm=complex_product" | FileCheck %s --check-prefixes=CHECK,GPU

!x = !spherical.so3_spectrum<3x2, b = 2, f32>
!y = !spherical.so3_spectrum<2x5, b = 2, f32>
!z = !spherical.so3_spectrum<3x5, b = 2, f32>

// The batch of 3 is in 4 lanes, L = 2 degrees have 10 coefficients, 7 of them of orders m >= 0.
// In the real basis 2 * 4 * 2 * 5 * (1 + 27) = 2240 operations, on 320 + 640 + 800 bytes (kernels
// are padded to 16, which is not counted: 400).
// Three products of half the orders take 3 * 2 * 4 * 2 * 5 * (1 * 1 + 2 * 9) = 4560; each complex
// coefficient 2 parts of 2 terms and the sum of both: 8 * 7 * 9 + 10 * 10 * 9 = 1404; the way back
// 20 * (7 * 3 + 10 * 2 * 2) = 1220. Planes of 4 * 3 * (8 * 7 + 10 * 10 + 20 * 7) = 3552 bytes are
// written and read.
// CHECK-LABEL: func @forms
//        REAL:   spherical.spectral_matmul {{.*}}algorithm = "real_blocks", {{.*}}flop = 2240, bytes = 1520, {{.*}}reason = "a quarter of the complex products, tiles of {{.*}} of the time of complex_product, the fastest of
//        REAL:   spherical.spectral_matmul {{.*}}form grad_input {{.*}}algorithm = "real_blocks"
//        REAL:   spherical.spectral_matmul {{.*}}form grad_kernel {{.*}}algorithm = "real_blocks"
//     COMPLEX:   spherical.spectral_matmul {{.*}}algorithm = "complex_product", {{.*}}flop = 7184, bytes = 8624, {{.*}}reason = "3 real products of half the orders, tiles of {{.*}}, {{.*}}given by hand, rounds 1.5 times as much as plain sums;
//     COMPLEX:   spherical.spectral_matmul {{.*}}form grad_input {{.*}}algorithm = "complex_product"
//     COMPLEX:   spherical.spectral_matmul {{.*}}form grad_kernel {{.*}}algorithm = "complex_product"
//         GPU:   spherical.spectral_matmul {{.*}}algorithm = "complex_product", {{.*}}flop = 7184, bytes = 8624, {{.*}}reason = "3 real products of half the orders, {{.*}} of the time of real_blocks, given by hand, rounds 1.5 times as much as plain sums;
//         GPU:   spherical.spectral_matmul {{.*}}form grad_input {{.*}}algorithm = "complex_product"
//         GPU:   spherical.spectral_matmul {{.*}}form grad_kernel {{.*}}algorithm = "complex_product"
func.func @forms(%x: !x, %y: !y, %g: !z) -> (!z, !x, !y) {
  %z = spherical.spectral_matmul %x, %y : !x, !y -> !z
  %gx = spherical.spectral_matmul %g, %y form grad_input : !z, !y -> !x
  %gy = spherical.spectral_matmul %g, %x form grad_kernel : !z, !x -> !y
  return %z, %gx, %gy : !z, !x, !y
}

!u = !spherical.s2_spectrum<3x2, b = 2, f32>
!v = !spherical.s2_spectrum<2x5, b = 2, f32>

// A file names the algorithm, and with it the tile or not.
// CHECK-LABEL: func @by_hand
//       CHECK:   spherical.spectral_matmul {{.*}}algorithm = "complex_product", {{.*}}reason = "3 real products of half the orders{{.*}}{{.*}}given by hand, rounds 1.5
//         GPU:   spherical.spectral_matmul {{.*}}algorithm = "complex_product"
//        REAL:   spherical.spectral_matmul {{.*}}algorithm = "complex_product", tile = [7, 3], {{.*}}{{.*}}given by hand, rounds 1.5 times as much as plain sums;
func.func @by_hand(%x: !u, %y: !v, %w: !v) -> (!z, !z) {
  %z = spherical.spectral_matmul %x, %y {spherical.choice = #spherical.choice<algorithm = "complex_product">} : !u, !v -> !z
  %v = spherical.spectral_matmul %x, %w {spherical.choice = #spherical.choice<algorithm = "complex_product", tile = [7, 3]>} : !u, !v -> !z
  return %z, %v : !z, !z
}

// What is projected out of a kernel is no square matrix in either basis: one way is left.
// CHECK-LABEL: func @columns
//       CHECK:   spherical.thin_matmul {{.*}}algorithm = "real_columns"
func.func @columns(%x: !x, %c: !v) -> !spherical.s2_spectrum<3x5, b = 2, f32> {
  %h = spherical.thin_matmul %x, %c : !x, !v -> !spherical.s2_spectrum<3x5, b = 2, f32>
  return %h : !spherical.s2_spectrum<3x5, b = 2, f32>
}
