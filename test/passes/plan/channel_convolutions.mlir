// RUN: spherical-opt %s --split-input-file --spherical-channel-lanes --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s

!x = tensor<1x20x9x12xf32>
!w = tensor<37x20x3x2xf32>
!y = tensor<1x37x4x6xf32>

// One sample: 20 channels lie in two lane groups, 37 in three. Weights have output channels in the
// lanes, zeros where there is none, and so has the bias. A task copies the rows of its windows: (row
// of the window, lane group) is one depth then, (column, lane) the other. Rows of the product are
// the positions, each a step of two behind the one before; columns are lane groups of the result.
//   CHECK-DAG: stage.table @[[P:.*]] : memref<4x18xi64> = #stage.table<"equal_problems", {K0 = 32, K1 = 6, N = 3, R0 = 6, R1 = 1, {{.*}}aR0 = 32, {{.*}}cStep = 6, {{.*}}count = 4}>
// CHECK-LABEL: func @conv2d
//       CHECK:   stage.sweep "to_channel_lanes" {{.*}} in [1, 2]
//       CHECK:   %[[B:.*]] = memref.alloc() : memref<3x16xf32>
//       CHECK:   %[[W:.*]] = memref.alloc() : memref<3x3x2x2x16x16xf32>
//       CHECK:   stage.sweep "conv2d.weights" {{.*}} in [2]
//       CHECK:     stage.map [1, 16, 3, 2, 16]
//       CHECK:     stage.map [1, 4, 3, 2, 16]
//       CHECK:     stage.map [3, 1, 2, 12, 16] outs
//       CHECK:   stage.sweep "conv2d.weights" {{.*}} in [1]
//       CHECK:   stage.sweep "conv2d" {{.*}} in [1, 4, 1] {{.*}}scratch (%[[R:.*]]: memref<3x2x12x16xf32>)
//       CHECK:     %[[O:.*]] = memref.subview %[[W]]
//       CHECK:     stage.contract scalar %[[R]], %[[O]], %{{.*}} -> %{{.*}} {lanes = 16
//       CHECK:     %[[C:.*]] = memref.subview %[[B]]
//       CHECK:     stage.map [3, 1, 6, 16] ins(%{{.*}}, %[[C]] :
//       CHECK:   stage.sweep "from_channel_lanes" {{.*}} in [1, 3]
func.func @conv2d(%x: !x, %w: !w, %b: tensor<37xf32>) -> !y {
  %y = nn.conv2d %x, %w bias(%b : tensor<37xf32>) stride [2, 2] : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<1x20x9x12xf32>
!w = tensor<37x20x3x2xf32>
!y = tensor<1x37x4x6xf32>

// Each row of the result has two phases of columns, with weights of their own.
// CHECK-LABEL: func @conv_transpose2d
//       CHECK:   memref.alloc() : memref<2x2x2x2x3x1x16x16xf32>
//       CHECK:   stage.sweep "conv_transpose2d" {{.*}} in [1, 5, 1]
// CHECK-COUNT-2: stage.contract scalar
//       CHECK:   stage.sweep "conv_transpose2d" {{.*}} in [1, 4, 1]
// CHECK-COUNT-2: stage.contract scalar
func.func @conv_transpose2d(%x: !y, %w: !w) -> !x {
  %y = nn.conv_transpose2d %x, %w stride [2, 2] : !y, !w -> !x
  return %y : !x
}

// -----

!x = tensor<1x20x9x12xf32>
!w = tensor<37x20x3x2xf32>
!y = tensor<1x37x4x6xf32>

// A task has a lane group of input channels, and a product for each of the two columns of the
// kernel: rows (row of the kernel, input channel), depth the positions. The weights are put in
// their order with the parts' sum: two whole lane groups of outputs, and 5 more.
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 6, K1 = 4, N = 3, R0 = 16, R1 = 3, {{.*}}aOff = 16, {{.*}}count = 1}>
// CHECK-LABEL: func @gradient
//       CHECK:   %[[S:.*]] = memref.alloc() : memref<1x1x2x2x3x16x3x16xf32>
//       CHECK:   stage.sweep "conv2d_grad_weight" {{.*}} in [1, 1, 2]
// CHECK-COUNT-2: stage.contract scalar
//       CHECK:   stage.sweep "conv2d_grad_weight.total" {{.*}} in [2]
//       CHECK:     stage.map [16, 1, 16, 3, 2, 1, 1]
//       CHECK:     stage.map [16, 1, 4, 3, 2, 1, 1]
//       CHECK:   stage.sweep "conv2d_grad_weight.total" {{.*}} in [1]
//       CHECK:     stage.map [5, 1, 16, 3, 2, 1, 1]
func.func @gradient(%g: !y, %x: !x) -> !w {
  %w = nn.conv2d_grad_weight %g, %x stride [2, 2] : !y, !x -> !w
  return %w : !w
}

// -----

!x = tensor<1x20x9x10xf32>
!w = tensor<37x20x3x3xf32>
!y = tensor<1x37x7x8xf32>

// By minimal filters a task has the two columns of tiles of a row: rows of the products are tiles,
// depth the two lane groups of input channels, columns the three of outputs.
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 32, K1 = 1, N = 3, R0 = 2, {{.*}}count = 6}>
// CHECK-LABEL: func @winograd
//       CHECK:   %[[U:.*]] = memref.alloc() : memref<6x6x2x16x3x16xf32>
//       CHECK:   stage.sweep "winograd.kernel" {{.*}} in [2, 16]
//       CHECK:   stage.sweep "conv2d" {{.*}} in [1, 1, 1] {{.*}}scratch (%{{.*}}: memref<1x6x10x16xf32>, %{{.*}}: memref<6x2x1x10x16xf32>, %[[V:.*]]: memref<6x1x2x2x16xf32>, %[[M:.*]]: memref<6x1x2x3x16xf32>,
//       CHECK:     %[[K:.*]] = memref.subview %[[U]]
//       CHECK:     stage.contract scalar %[[V]], %[[K]], %{{.*}} -> %[[M]]
func.func @winograd(%x: !x, %w: !w) -> !y {
  %y = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [6], reason = "">} : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<1x20x19x22xf32>
!w = tensor<37x20x5x3xf32>
!y = tensor<1x37x15x20xf32>

// By transforms the spectra of tiles are the scalar factor, those of the kernel have output channels
// in the lanes. All four tiles of a bin are rows of its products: one for real parts of the result,
// one for imaginary ones.
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 32, K1 = 2, N = 3, R0 = 4, {{.*}}bOff = 48, {{.*}}cOff = 1, {{.*}}count = 12}>
// CHECK-LABEL: func @fourier
//       CHECK:   %[[U:.*]] = memref.alloc() : memref<7x12x2x3x48x16xf32>
//       CHECK:   stage.sweep "fourier.kernel" {{.*}} in [7]
//       CHECK:   stage.sweep "fourier.tiles" {{.*}} in [1, 2, 1, 2]
//       CHECK:   stage.sweep "conv2d" {{.*}} in [7] {{.*}}scratch (%[[X:.*]]: memref<12x8x2x16xf32>, %[[Y:.*]]: memref<12x12x2x16xf32>)
// CHECK-COUNT-2: stage.contract scalar %[[X]], %{{.*}} -> %[[Y]]
//       CHECK:   stage.sweep "fourier.results" {{.*}} in [1, 2, 3]
func.func @fourier(%x: !x, %w: !w) -> !y {
  %y = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [3, 4], reason = "">} : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<1x20x19x22xf32>
!w = tensor<37x20x5x3xf32>
!y = tensor<1x37x15x20xf32>

// Sums over the tiles, and not over lanes, for each lane group of input channels.
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 4, N = 3, R0 = 16, R1 = 2, {{.*}}aOff = 32, {{.*}}bOff = 1, {{.*}}count = 12}>
// CHECK-LABEL: func @fourier_gradient
//       CHECK:   memref.alloc() : memref<2x1x7x12x2x2x48x16xf32>
//       CHECK:   stage.sweep "conv2d_grad_weight" {{.*}} in [7]
// CHECK-COUNT-4: stage.contract scalar
//       CHECK:   stage.sweep "conv2d_grad_weight.rows" {{.*}} in [2, 7]
//       CHECK:   stage.sweep "conv2d_grad_weight.taps" {{.*}} in [1, 5]
//       CHECK:   stage.sweep "conv2d_grad_weight.taps" {{.*}} in [1, 5]
func.func @fourier_gradient(%g: !y, %x: !x) -> !w {
  %w = nn.conv2d_grad_weight %g, %x stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [3, 4], reason = "">} : !y, !x -> !w
  return %w : !w
}

// -----

!x = tensor<1x200x6x6xf32>
!w = tensor<200x200x3x3xf32>

// Weights of 2 MB: a task has two rows of two lane groups of outputs, reads their weights alone,
// and rows that are copied once for all tasks. Tasks of the same weights follow each other.
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 48, K1 = 39, N = 2, R0 = 4, R1 = 2, {{.*}}aStep = 2496, {{.*}}count = 2}>
// CHECK-LABEL: func @large_weights
//       CHECK:   %[[R:.*]] = memref.alloc() : memref<1x6x13x6x16xf32>
//       CHECK:   stage.sweep "conv2d.rows" {{.*}} in [1, 6]
//       CHECK:     stage.map [1, 13, 6, 16] ins(%{{.*}}) outs(%{{.*}})
//       CHECK:   stage.sweep "conv2d" {{.*}} in [1, 6, 2]
//   CHECK-NOT:   scratch
//       CHECK:     memref.subview %[[R]]
//       CHECK:     memref.subview %{{.*}} [2, 3, 13, 3, 16, 16]
//       CHECK:     stage.contract scalar
//       CHECK:   stage.sweep "conv2d" {{.*}} in [1, 2, 1]
//   CHECK-NOT:   stage.sweep "conv2d"
func.func @large_weights(%x: !x, %w: !w) -> tensor<1x200x4x4xf32> {
  %y = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "rows", reason = "">} : !x, !w -> tensor<1x200x4x4xf32>
  return %y : tensor<1x200x4x4xf32>
}

// -----

!x = tensor<2x80x20x20xf32>
!w = tensor<96x80x3x3xf32>
!y = tensor<2x96x18x18xf32>

// Positions of the kernel are 1.1 MB, which ten blocks of tiles would read each; those of the 50 tiles of
// both samples take 2.5 MB, and are made first. A task multiplies those of one (i, j).
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 80, K1 = 1, N = 6, R0 = 50, {{.*}}count = 1}>
// CHECK-LABEL: func @all_positions
//       CHECK:   %[[U:.*]] = memref.alloc() : memref<6x6x5x16x6x16xf32>
//       CHECK:   stage.sweep "winograd.kernel"
//   CHECK-DAG:   %[[V:.*]] = memref.alloc() : memref<6x6x2x5x5x5x16xf32>
//   CHECK-DAG:   %[[M:.*]] = memref.alloc() : memref<6x6x2x5x5x6x16xf32>
//       CHECK:   stage.sweep "conv2d.positions" {{.*}} in [4, 1, 2] {{.*}}flop 0
//       CHECK:     memref.subview %[[V]]
//   CHECK-NOT:     stage.contract
//       CHECK:   stage.sweep "conv2d" {{.*}} in [6, 6]
//       CHECK:     stage.contract scalar
//       CHECK:   stage.sweep "conv2d.results" {{.*}} in [4, 1, 2] {{.*}}flop 0
func.func @all_positions(%x: !x, %w: !w) -> !y {
  %y = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [6], reason = "">} : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<1x20x9x13xf32>
!w = tensor<37x20x1x2xf32>
!y = tensor<1x37x3x3xf32>

// A stride beyond the kernel: of its 15 phases two have weights, sums of the others have no terms.
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 16, K1 = 3, {{.*}}count = 3}>
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 0, K1 = 3, {{.*}}count = 3}>
//   CHECK-DAG: #stage.table<"equal_problems", {K0 = 16, K1 = 0, {{.*}}count = 3}>
// CHECK-LABEL: func @phases_without_weights
//       CHECK:   memref.alloc() : memref<1x2x2x1x3x1x16x16xf32>
// CHECK-COUNT-15: stage.contract
//   CHECK-NOT:   stage.contract
func.func @phases_without_weights(%x: !y, %w: !w) -> !x {
  %y = nn.conv_transpose2d %x, %w stride [3, 5] : !y, !w -> !x
  return %y : !x
}
