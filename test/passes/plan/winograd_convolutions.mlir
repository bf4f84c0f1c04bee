// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms | spherical-opt --split-input-file | FileCheck %s --check-prefix=CHOICE
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages --stage-skip-groups | FileCheck %s --check-prefix=SKIP

!x = tensor<20x3x11x22xf32>
!w = tensor<4x3x3x3xf32>
!y = tensor<20x4x9x20xf32>

// Tiles of 6 make 4 results a side: a task has a row of five tiles, of 22 columns of the image. Rows
// are combined for each input channel, columns for each of six positions, whose products have 4 rows,
// depth 3 and the tiles as columns. The third row of tiles ends where the image does: it has one row
// of results.
// CHOICE-LABEL: func @conv2d
//       CHOICE:   #spherical.choice<algorithm = "winograd", radices = [6]
//   CHECK-DAG: stage.table @[[P:.*]] : memref<6x18xi64> = #stage.table<"equal_problems", {K0 = 3, N = 5, R0 = 4, {{.*}}count = 6}>
// A task has one lane group, which is left out where it has no samples.
//  SKIP-LABEL: func @conv2d
//        SKIP:   stage.sweep "conv2d" {{.*}}stage.skip = array<i64: 2, 16>
// CHECK-LABEL: func @conv2d
//       CHECK:   stage.sweep "winograd.taps" {{.*}} in [3, 3]
//       CHECK:   %[[U:.*]] = memref.alloc() : memref<6x6x1x16xf32>
//       CHECK:   stage.sweep "winograd.kernel" {{.*}} in [1]
//       CHECK:     stage.map [1, 16]
//       CHECK:   stage.sweep "conv2d" (%[[I:.*]], %[[J:.*]], %{{.*}}) in [2, 1, 2] {{.*}}scratch (%[[T:.*]]: memref<1x6x22x16xf32>, %[[H:.*]]: memref<6x3x1x22x16xf32>, %[[V:.*]]: memref<6x3x1x5x16xf32>, %[[M:.*]]: memref<6x4x1x5x16xf32>, %[[Z:.*]]: memref<6x4x1x20x16xf32>, %[[R:.*]]: memref<1x4x20x16xf32>)
//       CHECK:     scf.for %[[C:.*]] =
//       CHECK:       memref.subview %[[H]][0, %[[C]],
//       CHECK:       stage.map [6, 22, 16] {{.*}}outs(%[[T]]
//       CHECK:       stage.map [1, 22, 16] ins(%[[T]], %[[T]], %[[T]], %[[T]], %[[T]], %[[T]] :
//       CHECK:     scf.for %[[K:.*]] =
//       CHECK:       stage.map [3, 1, 5, 16] {{.*}}outs(%[[V]], %[[V]], %[[V]], %[[V]], %[[V]], %[[V]] :
//       CHECK:       memref.subview %[[U]][%[[K]],
//       CHECK:       stage.contract scalar %{{.*}}, %[[V]], %{{.*}} -> %[[M]]
//       CHECK:       stage.map [4, 1, 5, 16] ins(%[[M]], %[[M]], %[[M]], %[[M]], %[[M]], %[[M]] :
//       CHECK:     scf.for
//       CHECK:       stage.map [1, 20, 16] {{.*}}outs(%[[R]], %[[R]], %[[R]], %[[R]] :
//       CHECK:       stage.map [1, 4, 20, 16] ins(%{{.*}}, %{{.*}} :
//       CHECK:         arith.addf
//       CHECK:   stage.sweep "conv2d" {{.*}} in [1, 1, 2]
//       CHECK:       stage.fill
//       CHECK:       stage.map [3, 22, 16]
//       CHECK:       stage.map [1, 1, 20, 16]
//   CHECK-NOT:   stage.sweep "conv2d"
func.func @conv2d(%x: !x, %w: !w, %b: tensor<4xf32>) -> !y {
  %y = nn.conv2d %x, %w bias(%b : tensor<4xf32>) stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [6], reason = "">} : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<20x4x9x12xf32>
!w = tensor<4x3x3x3xf32>
!y = tensor<20x3x9x12xf32>

// Tiles of 4 make 2 results a side. Rows of tiles around the sphere are those of the image with a
// column of its other side at both ends, the first and the last a row short.
// CHECK-LABEL: func @conv_transpose2d
//       CHECK:   stage.sweep "conv_transpose2d" {{.*}} in [1, 1, 2]
//       CHECK:       stage.fill
//       CHECK:       stage.map [3, 1, 16]
//       CHECK:       stage.map [3, 12, 16]
//       CHECK:       stage.map [3, 1, 16]
//       CHECK:       stage.map [1, 14, 16]
//       CHECK:       stage.map [4, 1, 6, 16]
//       CHECK:   stage.sweep "conv_transpose2d" {{.*}} in [3, 1, 2]
//   CHECK-NOT:       stage.fill
//       CHECK:       stage.map [4, 12, 16]
//       CHECK:   stage.sweep "conv_transpose2d" {{.*}} in [1, 1, 2]
//       CHECK:       stage.map [2, 12, 16]
//   CHECK-NOT:   stage.sweep "conv_transpose2d"
func.func @conv_transpose2d(%x: !x, %w: !w) -> !y {
  %y = nn.conv_transpose2d %x, %w stride [1, 1] padding circular {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], reason = "">} : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<20x3x15x15xf32>
!w = tensor<4x3x3x3xf32>
!y = tensor<20x4x7x7xf32>

// In steps of two a filter of T = 4 makes 3 results a side from 7 values: 4 products of the
// kernel's first and last value and 3 of the one between, whose positions are values themselves.
// CHECK-LABEL: func @steps
//       CHECK:   memref.alloc() : memref<7x7x1x16xf32>
//       CHECK:   stage.sweep "winograd.kernel"
//       CHECK:     stage.map [1, 16] ins(%{{.*}}, %{{.*}}, %{{.*}} : {{.*}}) outs(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} :
//       CHECK:   stage.sweep "conv2d" {{.*}} in [2, 1, 2] {{.*}}scratch (%[[T:.*]]: memref<1x7x19x16xf32>, %[[H:.*]]: memref<7x3x1x19x16xf32>, %[[V:.*]]: memref<7x3x1x3x16xf32>, %[[M:.*]]: memref<7x4x1x3x16xf32>, %[[Z:.*]]: memref<7x4x1x9x16xf32>, %[[R:.*]]: memref<1x3x9x16xf32>)
func.func @steps(%x: !x, %w: !w) -> !y {
  %y = nn.conv2d %x, %w stride [2, 2] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], reason = "">} : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<20x4x7x7xf32>
!w = tensor<4x3x3x3xf32>
!y = tensor<20x3x15x15xf32>

// Their adjoint makes three results of both phases from 4 values.
// CHECK-LABEL: func @adjoint_steps
//       CHECK:   stage.sweep "conv_transpose2d" {{.*}}scratch (%{{.*}}: memref<1x4x10x16xf32>, %{{.*}}: memref<7x4x1x10x16xf32>, %{{.*}}: memref<7x4x1x3x16xf32>, %{{.*}}: memref<7x3x1x3x16xf32>, %{{.*}}: memref<7x3x1x18x16xf32>, %{{.*}}: memref<1x6x18x16xf32>)
func.func @adjoint_steps(%x: !x, %w: !w) -> !y {
  %y = nn.conv_transpose2d %x, %w stride [2, 2] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], reason = "">} : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<40x3x15x15xf32>
!y = tensor<40x5x7x7xf32>
!w = tensor<5x3x3x3xf32>

// A gradient makes the positions of both images, of three rows of three tiles the last of which
// ends before its 7 or 3 values do, and sums them up over tiles and lane groups; the transposed
// maps of the kernel lead back. Zeros stand behind the 15 pairs of channels.
//   CHECK-DAG: stage.table @[[P:.*]] : memref<1x18xi64> = #stage.table<"equal_problems", {K0 = 27, N = 3, R0 = 5, {{.*}}count = 1}>
// CHECK-LABEL: func @gradient
//       CHECK:   %[[X:.*]] = memref.alloc() : memref<7x7x3x3x3x3x16xf32>
//       CHECK:   %[[G:.*]] = memref.alloc() : memref<7x7x5x3x3x3x16xf32>
//       CHECK:   memref.alloc() : memref<1x7x7x1x16xf32>
//       CHECK:   stage.sweep "conv2d_grad_weight.positions" {{.*}} in [2, 1, 3, 3] {{.*}}scratch (%{{.*}}: memref<1x7x19x16xf32>, %{{.*}}: memref<7x19x16xf32>)
//       CHECK:   stage.sweep "conv2d_grad_weight.positions" {{.*}} in [1, 1, 3, 3]
//       CHECK:   stage.sweep "conv2d_grad_weight.positions" {{.*}} in [2, 1, 3, 5] {{.*}}scratch (%{{.*}}: memref<1x3x9x16xf32>, %{{.*}}: memref<7x9x16xf32>)
//       CHECK:   stage.sweep "conv2d_grad_weight.positions" {{.*}} in [1, 1, 3, 5]
//       CHECK:   stage.sweep "conv2d_grad_weight" {{.*}} in [7, 7]
//       CHECK:     stage.contract reduce
//       CHECK:     stage.map [1] outs
//       CHECK:   stage.sweep "conv2d_grad_weight.taps" {{.*}}scratch (%{{.*}}: memref<7x3x1x16xf32>)
//       CHECK:   stage.sweep "conv2d_grad_weight.weights" {{.*}} in [3]
func.func @gradient(%g: !y, %x: !x) -> !w {
  %w = nn.conv2d_grad_weight %g, %x stride [2, 2] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], reason = "">} : !y, !x -> !w
  return %w : !w
}

// -----

!x = tensor<20x380x25x31xf32>
!y = tensor<20x5x23x29xf32>
!w = tensor<5x380x3x3xf32>

// Positions of one lane group fill 71 MB: two parts, of six rows of tiles and of the other six,
// for each of two groups. The sums of the first are those of all.
// CHECK-LABEL: func @parts
//       CHECK:   memref.alloc() : memref<4x4x380x1x6x15x16xf32>
//       CHECK:   memref.alloc() : memref<2x4x4x119x16xf32>
//       CHECK:   stage.sweep "conv2d_grad_weight.positions"
//   CHECK-NOT:   stage.sweep "conv2d_grad_weight.total"
//       CHECK:   stage.sweep "conv2d_grad_weight" {{.*}} in [4, 4]
// CHECK-COUNT-3: stage.sweep "conv2d_grad_weight.total"
//   CHECK-NOT:   stage.sweep "conv2d_grad_weight.total"
func.func @parts(%g: !y, %x: !x) -> !w {
  %w = nn.conv2d_grad_weight %g, %x stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], reason = "">} : !y, !x -> !w
  return %w : !w
}
