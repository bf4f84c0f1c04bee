// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms | spherical-opt --split-input-file | FileCheck %s --check-prefix=CHOICE
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages --stage-skip-groups | FileCheck %s --check-prefix=SKIP

!x = tensor<20x3x19x22xf32>
!w = tensor<4x3x5x3xf32>
!y = tensor<20x4x15x20xf32>

// Tiles of 12 make 8 rows and 10 columns of results at a time: two rows of tiles, the last of 7, and
// two columns. Three planes of the kernel's spectra serve products of 8 rows and depth 6. The last
// row of tiles ends where the image does, one position short.
// CHOICE-LABEL: func @conv2d
//       CHOICE:   #spherical.choice<algorithm = "fourier", radices = [3, 4]
//   CHECK-DAG: stage.table @[[X:.*]] : memref<7x2x3x1xf32> = #stage.table<"tap_waves", {bins = 7, n = 12, parts = 1, planes = 2, taps = 3, turned = 0}, scale = 0.006{{.*}}>
//   CHECK-DAG: stage.table @[[Y:.*]] : memref<12x3x5x2xf32> = #stage.table<"tap_waves", {bins = 12, n = 12, parts = 2, planes = 3, taps = 5, turned = 0}>
//   CHECK-DAG: stage.table @[[P:.*]] : memref<12x18xi64> = #stage.table<"equal_problems", {K0 = 2, K1 = 3, N = 1, R0 = 2, R1 = 4, {{.*}}count = 12}>
// A task has one lane group, which is left out where it has no samples.
//  SKIP-LABEL: func @conv2d
//        SKIP:   stage.sweep "conv2d" {{.*}}stage.skip = array<i64: 2, 16>
// CHECK-LABEL: func @conv2d
//       CHECK:   stage.sweep "fourier.taps" {{.*}} in [5, 3]
//       CHECK:   %[[U:.*]] = memref.alloc() : memref<7x12x1x3x1x16xf32>
//       CHECK:   stage.sweep "fourier.kernel" {{.*}} in [7]
//       CHECK:   stage.sweep "conv2d" (%[[I:.*]], %[[J:.*]], %{{.*}}) in [1, 2, 2] {{.*}}scratch (%[[T:.*]]: memref<1x12x12x16xf32>, %[[H:.*]]: memref<7x4x12x2x16xf32>, %[[V:.*]]: memref<12x3x2x16xf32>, %[[Z:.*]]: memref<12x4x2x16xf32>)
//       CHECK:     scf.for
//       CHECK:       stage.map [12, 12, 16] {{.*}}outs(%[[T]]
//       CHECK:       stage.dft {{.*}}real_analysis %[[T]] -> {{.*}}limit = 7 {{.*}}rows = 12
//       CHECK:     scf.for %[[K:.*]] =
//       CHECK:       stage.dft {{.*}}plain_analysis %{{.*}} -> %[[V]] {{.*}}rows = 3
//       CHECK:       memref.subview %[[U]][%[[K]],
//       CHECK:       stage.contract scalar %{{.*}}, %[[V]], %{{.*}} -> %[[Z]]
//       CHECK:       stage.dft {{.*}}plain_synthesis %[[Z]] -> %{{.*}}rows = 4
//       CHECK:     scf.for
//       CHECK:       stage.dft {{.*}}real_synthesis %{{.*}} -> %{{.*}}limit = 7 {{.*}}rows = 8
//       CHECK:       stage.map [1, 8, 10, 16] ins(%{{.*}}, %{{.*}} :
//       CHECK:         arith.addf
//       CHECK:   stage.sweep "conv2d" {{.*}} in [1, 2, 2]
//       CHECK:       stage.fill
//       CHECK:       stage.map [11, 12, 16]
//       CHECK:       stage.dft {{.*}}real_synthesis {{.*}}rows = 8
//       CHECK:       stage.map [1, 7, 10, 16]
//   CHECK-NOT:   stage.sweep "conv2d"
func.func @conv2d(%x: !x, %w: !w, %b: tensor<4xf32>) -> !y {
  %y = nn.conv2d %x, %w bias(%b : tensor<4xf32>) stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [3, 4], reason = "">} : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<20x4x9x12xf32>
!w = tensor<4x3x3x5xf32>
!y = tensor<20x3x9x12xf32>

// The adjoint is a correlation with the kernel turned around. Of the two columns of tiles around the
// sphere each takes some of its positions from the other side of the image.
//   CHECK-DAG: #stage.table<"tap_waves", {bins = 7, n = 12, parts = 1, planes = 2, taps = 5, turned = 1}
// CHECK-LABEL: func @conv_transpose2d
//       CHECK:   stage.sweep "conv_transpose2d" {{.*}} in [1, 1, 2]
//       CHECK:       stage.fill
//       CHECK:       stage.map [9, 2, 16]
//       CHECK:       stage.map [9, 10, 16]
//       CHECK:   stage.sweep "conv_transpose2d" {{.*}} in [1, 1, 2]
//       CHECK:       stage.fill
//       CHECK:       stage.map [9, 8, 16]
//       CHECK:       stage.map [9, 4, 16]
//   CHECK-NOT:   stage.sweep "conv_transpose2d"
func.func @conv_transpose2d(%x: !x, %w: !w) -> !y {
  %y = nn.conv_transpose2d %x, %w stride [1, 1] padding circular {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [3, 4], reason = "">} : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<20x3x19x22xf32>
!w = tensor<4x3x5x3xf32>
!y = tensor<20x4x15x20xf32>

// For each lane group half transforms of all tiles of the input, then of the gradient, with zeros
// where the other results are; then a bin kx is a task: sums over tiles and lanes for each ky. The
// parts of both groups are added on the way back to the taps.
//   CHECK-DAG: #stage.table<"bin_waves", {bins = 12, half = 0, n = 12, parts = 4, taps = 5}>
//   CHECK-DAG: #stage.table<"bin_waves", {bins = 7, half = 1, n = 12, parts = 2, taps = 3}, scale = 0.006{{.*}}>
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 4, N = 3, R0 = 4, R1 = 2, {{.*}}bOff = 1, {{.*}}count = 12}>
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 48, K1 = 2, N = 1, R0 = 10, {{.*}}count = 7}>
// CHECK-LABEL: func @gradient
//       CHECK:   memref.alloc() : memref<7x12x12x2x16xf32>
//       CHECK:   memref.alloc() : memref<7x16x12x2x16xf32>
//       CHECK:   %[[S:.*]] = memref.alloc() : memref<1x2x7x12x2x2x1x16xf32>
//       CHECK:   stage.sweep "fourier.tiles" {{.*}} in [1, 2, 1, 3]
//       CHECK:   stage.sweep "conv2d_grad_weight" {{.*}} in [7]
// CHECK-COUNT-2: stage.contract reduce
//       CHECK:   stage.sweep "conv2d_grad_weight" {{.*}} in [7]
//       CHECK:   stage.sweep "conv2d_grad_weight.rows" {{.*}} in [1, 7]
//       CHECK:     %[[O:.*]] = memref.subview %[[S]]
//       CHECK:     stage.contract scalar %{{.*}}, %[[O]],
//       CHECK:   stage.sweep "conv2d_grad_weight.taps" {{.*}} in [1, 5]
func.func @gradient(%g: !y, %x: !x) -> !w {
  %w = nn.conv2d_grad_weight %g, %x stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [3, 4], reason = "">} : !y, !x -> !w
  return %w : !w
}

// -----

!x = tensor<1x3x19x22xf32>
!w = tensor<4x3x5x3xf32>
!y = tensor<1x4x15x20xf32>

// Without other samples in the lanes the kernel's spectra are larger than those of the tiles: these
// wait for each other, and each bin kx has products of all four.
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 2, K1 = 3, N = 4, R0 = 2, R1 = 4, {{.*}}count = 12}>
// CHECK-LABEL: func @shared_kernel
//       CHECK:   %[[H:.*]] = memref.alloc() : memref<7x16x12x2x1xf32>
//       CHECK:   stage.sweep "fourier.tiles" {{.*}} in [1, 2, 1, 3]
//       CHECK:   stage.sweep "fourier.tiles" {{.*}} in [1, 2, 1, 3]
//       CHECK:   stage.sweep "conv2d" (%[[K:.*]]) in [7]
//       CHECK:     memref.subview %[[H]][%[[K]],
//       CHECK:     stage.contract scalar
//       CHECK:     stage.dft {{.*}}plain_synthesis
//       CHECK:   stage.sweep "fourier.results" {{.*}} in [1, 2, 4]
//       CHECK:   stage.sweep "fourier.results" {{.*}} in [1, 2, 4]
func.func @shared_kernel(%x: !x, %w: !w) -> !y {
  %y = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [3, 4], reason = "">} : !x, !w -> !y
  return %y : !y
}
