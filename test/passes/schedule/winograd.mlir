// Convolutions by minimal filters: where they are predicted to be the fastest, and how a person or a
// file asks for them.

// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4" | FileCheck %s
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v3 "--spherical-choose-algorithms=cpu=x86-64-v3" | FileCheck %s
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4 choose=*:algorithm=rows choose=*:algorithm=phases" | FileCheck %s --check-prefix=DIRECT
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4 choose=conv2d:algorithm=winograd:radices=4" | FileCheck %s --check-prefix=ASKED
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4 exact=2" | FileCheck %s --check-prefix=TWICE
// RUN: not spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4 exact=1" 2>&1 | FileCheck %s --check-prefix=EXACT
// RUN: not spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4 exact=3 choose=conv2d:radices=6" 2>&1 | FileCheck %s --check-prefix=UNMET
// RUN: not spherical-opt %s --spherical-assign-layouts=cpu=sm_90 "--spherical-choose-algorithms=cpu=sm_90" 2>&1 | FileCheck %s --check-prefix=GPU

!x = tensor<32x141x25x25xf32>
!w = tensor<191x141x3x3xf32>
!y = tensor<32x191x25x25xf32>

// 36 products for 16 results in place of 144, and the maps on both sides.
//  CHECK-LABEL: func @large
//        CHECK:   nn.conv2d {{.*}}algorithm = "winograd", radices = [6], {{.*}}reason = "tiles of 6 x 6 for 4 x 4 results, {{.*}}, rounds 4.8 times as much as plain sums;
//        CHECK:   nn.conv_transpose2d {{.*}}algorithm = "winograd", radices = [6]
// DIRECT-LABEL: func @large
//       DIRECT:   nn.conv2d {{.*}}algorithm = "rows"
//       DIRECT:   nn.conv_transpose2d {{.*}}algorithm = "phases"
//        TWICE:   nn.conv2d {{.*}}algorithm = "winograd", radices = [4], {{.*}}rounds 1.7 times as much as plain sums;
//        UNMET: error: expected an op with a way to compute it as 'conv2d:radices=6' asks, and that rounds as `exact` says, got none
//  ASKED-LABEL: func @large
//        ASKED:   nn.conv2d {{.*}}algorithm = "winograd", radices = [4], {{.*}}given by hand
func.func @large(%x: !x, %w: !w) -> !x {
  %y = nn.conv2d %x, %w stride [1, 1] padding zero : !x, !w -> !y
  %z = nn.conv_transpose2d %y, %w stride [1, 1] padding zero : !y, !w -> !x
  return %z : !x
}

// The same products add up to gradients of weights.
//  CHECK-LABEL: func @gradient
//        CHECK:   nn.conv2d_grad_weight {{.*}}algorithm = "winograd", radices = [6], {{.*}}, rounds 4.8 times as much as plain sums;
// DIRECT-LABEL: func @gradient
//       DIRECT:   nn.conv2d_grad_weight {{.*}}algorithm = "rows"
func.func @gradient(%x: !x, %g: !y) -> !w {
  %w = nn.conv2d_grad_weight %g, %x stride [1, 1] padding zero : !y, !x -> !w
  return %w : !w
}

// 5 x 5 values make 4 results of tiles of 8, with 64 products in place of 400.
//  CHECK-LABEL: func @five
//        CHECK:   nn.conv2d {{.*}}algorithm = "winograd", radices = [8], {{.*}}reason = "tiles of 8 x 8 for 4 x 4 results, {{.*}}, rounds 19.1 times as much as plain sums;
func.func @five(%x: tensor<32x141x43x43xf32>, %w: tensor<85x141x5x5xf32>) -> tensor<32x85x43x43xf32> {
  %y = nn.conv2d %x, %w stride [1, 1] padding zero : tensor<32x141x43x43xf32>, tensor<85x141x5x5xf32> -> tensor<32x85x43x43xf32>
  return %y : tensor<32x85x43x43xf32>
}

// In steps of two the phases of the kernel have 4 and 3 values: 225 products for 25 results in
// place of 1225, and for as many of each phase of the adjoint's. Phases of a kernel no longer than
// its stride have one value each, and nothing to gain.
//  CHECK-LABEL: func @steps
//        CHECK:   nn.conv2d {{.*}}algorithm = "winograd", radices = {{.*}}reason = "tiles of {{15 x 15 for 5 x 5|13 x 13 for 4 x 4}} results, {{.*}}, rounds {{15.0|7.3}} times as much as plain sums;
//        CHECK:   nn.conv_transpose2d {{.*}}algorithm = "winograd", radices = [8], {{.*}}reason = "tiles of 8 x 8 for 10 x 10 results,
//        CHECK:   nn.conv2d {{.*}}algorithm = "rows"
// DIRECT-LABEL: func @steps
//       DIRECT:   nn.conv2d {{.*}}algorithm = "rows"
//       DIRECT:   nn.conv_transpose2d {{.*}}algorithm = "phases"
func.func @steps(%x: tensor<32x48x49x49xf32>, %w: tensor<340x48x7x7xf32>, %v: tensor<340x48x2x2xf32>) -> tensor<32x340x24x24xf32> {
  %y = nn.conv2d %x, %w stride [2, 2] : tensor<32x48x49x49xf32>, tensor<340x48x7x7xf32> -> tensor<32x340x22x22xf32>
  %z = nn.conv_transpose2d %y, %w stride [2, 2] : tensor<32x340x22x22xf32>, tensor<340x48x7x7xf32> -> tensor<32x48x49x49xf32>
  %a = nn.conv2d %z, %v stride [2, 2] : tensor<32x48x49x49xf32>, tensor<340x48x2x2xf32> -> tensor<32x340x24x24xf32>
  return %a : tensor<32x340x24x24xf32>
}

// Few channels have few products beside the maps.
// CHECK-LABEL: func @direct
//       CHECK:   nn.conv2d {{.*}}algorithm = "rows"
//       CHECK:   nn.conv2d {{.*}}algorithm = "rows"
func.func @direct(%x: tensor<32x3x40x40xf32>, %v: tensor<2x3x3x3xf32>, %w: tensor<80x2x3x3xf32>) -> tensor<32x80x19x19xf32> {
  %0 = nn.conv2d %x, %v stride [1, 1] padding zero : tensor<32x3x40x40xf32>, tensor<2x3x3x3xf32> -> tensor<32x2x40x40xf32>
  %1 = nn.conv2d %0, %w stride [2, 2] : tensor<32x2x40x40xf32>, tensor<80x2x3x3xf32> -> tensor<32x80x19x19xf32>
  return %1 : tensor<32x80x19x19xf32>
}

// What a file asks for is kept. There are none where lanes are threads.
// EXACT: 'nn.conv2d' op expected a way to compute it that rounds at most 1{{.*}} times as much as plain sums, as `exact` says, got winograd in `spherical.choice`, which rounds 1.7 times as much
// GPU: 'nn.conv2d' op expected a way to compute it that it has here, got winograd
// CHECK-LABEL: func @given
//       CHECK:   nn.conv2d {{.*}}algorithm = "winograd", radices = [4], {{.*}}given by hand
func.func @given(%x: !x, %w: !w) -> !y {
  %y = nn.conv2d %x, %w stride [1, 1] padding zero {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], reason = "">} : !x, !w -> !y
  return %y : !y
}
