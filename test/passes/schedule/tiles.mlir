// Register tiles of products: what is predicted, what a person or a file asks for.

// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4" | FileCheck %s --check-prefixes=CHECK,WIDE
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v3 "--spherical-choose-algorithms=cpu=x86-64-v3" | FileCheck %s --check-prefixes=CHECK,NARROW
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4 choose=conv2d:tile=6x4" | FileCheck %s --check-prefix=ASKED
// RUN: not spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v3 "--spherical-choose-algorithms=cpu=x86-64-v3 choose=conv2d:tile=6x4" 2>&1 | FileCheck %s --check-prefix=UNMET
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=sm_90 "--spherical-choose-algorithms=cpu=sm_90" | FileCheck %s --check-prefix=GPU
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4" --spherical-lower-to-stages | FileCheck %s --check-prefix=STAGES

// UNMET: error: expected an op with a way to compute it as 'conv2d:tile=6x4' asks, got none
// GPU-NOT: tile =

// 20 rows and 24 columns leave no ragged end of 5 x 4 or 5 x 2, which keep the units busy.
// CHECK-LABEL: func @whole
//        WIDE:   nn.conv2d {{.*}}tile = [5, 4], {{.*}}reason = "tiles of 5 x 4, the fastest of
//      NARROW:   nn.conv2d {{.*}}tile = [5, 2], {{.*}}reason = "tiles of 5 x 2, the fastest of
// ASKED-LABEL: func @whole
//       ASKED:   nn.conv2d {{.*}}tile = [6, 4], {{.*}}reason = "tiles of 6 x 4, given by hand
// STAGES-LABEL: func @whole
//      STAGES:   stage.contract {{.*}}tile = array<i64: 5, 4>
func.func @whole(%x: tensor<16x20x24x24xf32>, %w: tensor<20x20x1x1xf32>) -> tensor<16x20x24x24xf32> {
  %y = nn.conv2d %x, %w stride [1, 1] : tensor<16x20x24x24xf32>, tensor<20x20x1x1xf32> -> tensor<16x20x24x24xf32>
  return %y : tensor<16x20x24x24xf32>
}

// One column: five sums at a time would wait for each other, eight do not.
// CHECK-LABEL: func @one_column
//       CHECK:   nn.linear {{.*}}tile = [8,
// STAGES-LABEL: func @one_column
//      STAGES:   stage.contract {{.*}}tile = array<i64: 8,
func.func @one_column(%x: tensor<16x256xf32>, %w: tensor<64x256xf32>, %b: tensor<64xf32>) -> tensor<16x64xf32> {
  %y = nn.linear %x, %w, %b : tensor<16x256xf32>, tensor<64x256xf32>, tensor<64xf32> -> tensor<16x64xf32>
  return %y : tensor<16x64xf32>
}

// A tile that a file gives is taken, though it does not fit 16 registers.
// CHECK-LABEL: func @given
//       CHECK:   nn.linear {{.*}}tile = [7, 4], {{.*}}reason = "tiles of 7 x 4, given by hand;
func.func @given(%x: tensor<16x256xf32>, %w: tensor<64x256xf32>, %b: tensor<64xf32>) -> tensor<16x64xf32> {
  %y = nn.linear %x, %w, %b {spherical.choice = #spherical.choice<algorithm = "dense", tile = [7, 4]>} : tensor<16x256xf32>, tensor<64x256xf32>, tensor<64xf32> -> tensor<16x64xf32>
  return %y : tensor<16x64xf32>
}
