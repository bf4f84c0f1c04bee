// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms | FileCheck %s

// 2b = 20 in two passes: four fifths of the butterflies of 2 x 10 do not fit the registers.
// CHECK-LABEL: func @composite
//       CHECK:   spherical.so3_ft {{.*}}algorithm = "fft", radices = [4, 5], lanes = 16, tasks = 2, flop = {{[1-9][0-9]*}}, bytes = {{[1-9][0-9]*}}, nanoseconds = {{[1-9][0-9]*}}, reason = "2 passes of 4 x 5, the fastest of 14;
func.func @composite(%x: !spherical.so3<16x2, b = 10, f32>) -> !spherical.so3_spectrum<16x2, b = 10, f32> {
  %f = spherical.so3_ft %x : !spherical.so3<16x2, b = 10, f32> -> !spherical.so3_spectrum<16x2, b = 10, f32>
  return %f : !spherical.so3_spectrum<16x2, b = 10, f32>
}

// -----

// A prime above 13 is a pass of its own.
// CHECK-LABEL: func @prime
//       CHECK:   radices = [2, 17]
func.func @prime(%x: !spherical.s2<1x1, b = 17, f32>) -> !spherical.s2_spectrum<1x1, b = 17, f32> {
  %f = spherical.s2_ft %x : !spherical.s2<1x1, b = 17, f32> -> !spherical.s2_spectrum<1x1, b = 17, f32>
  return %f : !spherical.s2_spectrum<1x1, b = 17, f32>
}

// -----

// The block product: 2 B I O sum (2l+1)^3 operations, with the batch of 3 in 4 lanes.
// 2 * 4 * 2 * 5 * (1 + 27) = 2240.
// CHECK-LABEL: func @product
//       CHECK:   spherical.spectral_matmul {{.*}}algorithm = "real_blocks", {{.*}}lanes = 4, tasks = 5, flop = 2240,
func.func @product(%x: !spherical.so3_spectrum<3x2, b = 2, f32>, %y: !spherical.so3_spectrum<2x5, b = 2, f32>)
    -> !spherical.so3_spectrum<3x5, b = 2, f32> {
  %z = spherical.spectral_matmul %x, %y : !spherical.so3_spectrum<3x2, b = 2, f32>, !spherical.so3_spectrum<2x5, b = 2, f32> -> !spherical.so3_spectrum<3x5, b = 2, f32>
  return %z : !spherical.so3_spectrum<3x5, b = 2, f32>
}

// -----

// The product with columns: 2 B I O sum (2l+1)^2 operations, 2 * 4 * 2 * 5 * (1 + 9) = 800, and
// its kernel, 2 I O P L^2 = 2 * 2 * 5 * 8 * 4 = 640.
// CHECK-LABEL: func @thin_product
//       CHECK:   spherical.kernel_ft {{.*}}algorithm = "dense", {{.*}}flop = 640,
//       CHECK:   spherical.thin_matmul {{.*}}algorithm = "real_columns", {{.*}}lanes = 4, tasks = 5, flop = 800,
func.func @thin_product(%x: !spherical.so3_spectrum<3x2, b = 2, f32>, %k: tensor<2x5x8xf32>)
    -> !spherical.s2_spectrum<3x5, b = 2, f32> {
  %c = spherical.kernel_ft %k grid <so3_soft<1>> scale 1.0 projection sum_n : tensor<2x5x8xf32> -> !spherical.s2_spectrum<2x5, b = 2, f32>
  %h = spherical.thin_matmul %x, %c : !spherical.so3_spectrum<3x2, b = 2, f32>, !spherical.s2_spectrum<2x5, b = 2, f32> -> !spherical.s2_spectrum<3x5, b = 2, f32>
  return %h : !spherical.s2_spectrum<3x5, b = 2, f32>
}

// -----

// A bias of a spectrum is one coefficient of each of 2 channels and 4 lanes, read and written.
// CHECK-LABEL: func @bias
//       CHECK:   spherical.add_bias {{.*}}flop = 8, bytes = 64,
func.func @bias(%x: !spherical.so3_spectrum<3x2, b = 2, f32>, %b: tensor<2xf32>) -> !spherical.so3_spectrum<3x2, b = 2, f32> {
  %y = spherical.add_bias %x, %b : !spherical.so3_spectrum<3x2, b = 2, f32>, tensor<2xf32>
  return %y : !spherical.so3_spectrum<3x2, b = 2, f32>
}

// -----

// One matrix a degree: 2 B C sum (2l+1)^3 = 2 * 4 * 2 * (1 + 27) = 448.
// CHECK-LABEL: func @rotation
//       CHECK:   spherical.rotate {{.*}}algorithm = "real_matrix", {{.*}}lanes = 4, tasks = 2, flop = 448,
func.func @rotation(%x: !spherical.so3_spectrum<3x2, b = 2, f32>) -> !spherical.so3_spectrum<3x2, b = 2, f32> {
  %y = spherical.rotate %x by [0.1, 0.2, 0.3] : !spherical.so3_spectrum<3x2, b = 2, f32>
  return %y : !spherical.so3_spectrum<3x2, b = 2, f32>
}

// -----

// A choice in the file keeps its radices.
// CHECK-LABEL: func @by_hand
//       CHECK:   radices = [3, 2, 2]
func.func @by_hand(%x: !spherical.s2<1x1, b = 6, f32>) -> !spherical.s2_spectrum<1x1, b = 6, f32> {
  %f = spherical.s2_ft %x {spherical.choice = #spherical.choice<algorithm = "fft", radices = [3, 2, 2], reason = "a trial">} : !spherical.s2<1x1, b = 6, f32> -> !spherical.s2_spectrum<1x1, b = 6, f32>
  return %f : !spherical.s2_spectrum<1x1, b = 6, f32>
}

// -----

// Many rows of a composite length: short transforms, the cheapest split.
// CHECK-LABEL: func @panorama
//       CHECK:   spherical.grid_ft {{.*}}algorithm = "fft", radices = [{{[0-9, ]+}}], {{.*}}reason = "short transforms of rows, 8 x 8 x 8, the fastest of
func.func @panorama(%x: tensor<16x3x256x512xf32>) -> !spherical.s2_spectrum<16x3, b = 64, f32> {
  %f = spherical.grid_ft %x grid <equirectangular, 256x512> : tensor<16x3x256x512xf32> -> !spherical.s2_spectrum<16x3, b = 64, f32>
  return %f : !spherical.s2_spectrum<16x3, b = 64, f32>
}

// -----

// Near misses: an odd number of rows, fewer columns than two for each order, and rings of many lengths.
// CHECK-LABEL: func @dense
// CHECK-COUNT-3:   algorithm = "ring_sums"
func.func @dense(%x: tensor<2x3x255x512xf32>, %y: tensor<2x3x64x63xf32>, %z: tensor<2x3x768xf32>)
    -> (!spherical.s2_spectrum<2x3, b = 64, f32>, !spherical.s2_spectrum<2x3, b = 32, f32>, !spherical.s2_spectrum<2x3, b = 8, f32>) {
  %f = spherical.grid_ft %x grid <equirectangular, 255x512> : tensor<2x3x255x512xf32> -> !spherical.s2_spectrum<2x3, b = 64, f32>
  %g = spherical.grid_ft %y grid <equirectangular, 64x63> : tensor<2x3x64x63xf32> -> !spherical.s2_spectrum<2x3, b = 32, f32>
  %h = spherical.grid_ft %z grid <healpix_ring, 8> : tensor<2x3x768xf32> -> !spherical.s2_spectrum<2x3, b = 8, f32>
  return %f, %g, %h : !spherical.s2_spectrum<2x3, b = 64, f32>, !spherical.s2_spectrum<2x3, b = 32, f32>, !spherical.s2_spectrum<2x3, b = 8, f32>
}
