// Convolutions by Fourier transforms of tiles: where they are predicted to be the fastest, and how
// a person or a file asks for them.

// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4" | FileCheck %s
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4 choose=*:algorithm=rows" | FileCheck %s --check-prefix=DIRECT
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=sm_90 "--spherical-choose-algorithms=cpu=sm_90" | FileCheck %s --check-prefix=GPU
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4 choose=conv2d:radices=4x4" | FileCheck %s --check-prefix=ASKED
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 "--spherical-choose-algorithms=cpu=x86-64-v4 choose=conv2d:algorithm=fourier" | FileCheck %s --check-prefix=FOURIER

!x = tensor<32x15x94x94xf32>
!w = tensor<22x15x9x9xf32>
!y = tensor<32x22x86x86xf32>

// 81 multiply-adds a value against some 4 and the transforms.
//  CHECK-LABEL: func @large
//        CHECK:   nn.conv2d {{.*}}algorithm = "fourier", radices = {{.*}}reason = "tiles of {{[0-9]+}} x
//        CHECK:   nn.conv2d_grad_weight {{.*}}algorithm = "fourier", radices = {{.*}}reason = "tiles of
// DIRECT-LABEL: func @large
//       DIRECT:   nn.conv2d {{.*}}algorithm = "rows"
//       DIRECT:   nn.conv2d_grad_weight {{.*}}algorithm = "rows"
// Nothing has been measured on GPUs: there they are taken only if asked for.
//    GPU-LABEL: func @large
//          GPU:   nn.conv2d {{.*}}algorithm = "rows"
//          GPU:   nn.conv2d_grad_weight {{.*}}algorithm = "rows"
//    GPU-LABEL: func @given
//          GPU:   nn.conv2d {{.*}}algorithm = "fourier"
//  ASKED-LABEL: func @large
//        ASKED:   nn.conv2d {{.*}}algorithm = "fourier", radices = [4, 4], {{.*}}reason = "tiles of 16 x 16 by transforms of 4 x 4,{{.*}} given by hand
func.func @large(%x: !x, %w: !w, %g: !y) -> (!y, !w) {
  %y = nn.conv2d %x, %w stride [1, 1] : !x, !w -> !y
  %gw = nn.conv2d_grad_weight %g, %x stride [1, 1] : !y, !x -> !w
  return %y, %gw : !y, !w
}

// One multiply-add a value and channel: directly. Windows that leave positions out: by filters.
// CHECK-LABEL: func @small
//       CHECK:   nn.conv2d {{.*}}algorithm = "rows"
//       CHECK:   nn.conv2d {{.*}}algorithm = "winograd"
// ASKED-LABEL: func @small
//       ASKED:   nn.conv2d {{.*}}algorithm = "fourier", radices = [4, 4]
//       ASKED:   nn.conv2d {{.*}}algorithm = "winograd"
func.func @small(%x: tensor<32x15x40x40xf32>, %v: tensor<15x15x1x1xf32>, %w: tensor<8x15x9x9xf32>) -> tensor<32x8x16x16xf32> {
  %0 = nn.conv2d %x, %v stride [1, 1] : tensor<32x15x40x40xf32>, tensor<15x15x1x1xf32> -> tensor<32x15x40x40xf32>
  %1 = nn.conv2d %0, %w stride [2, 2] : tensor<32x15x40x40xf32>, tensor<8x15x9x9xf32> -> tensor<32x8x16x16xf32>
  return %1 : tensor<32x8x16x16xf32>
}

// One tile of the whole image has the fewest products, but spectra of 141 x 85 kernels with 25 x 48
// bins, 173 MB, which are written for two lane groups alone: shorter tiles.
// FOURIER-LABEL: func @many_channels
//       FOURIER:   nn.conv2d {{.*}}algorithm = "fourier", {{.*}}reason = "tiles of {{16|20}} x
func.func @many_channels(%x: tensor<32x141x43x43xf32>, %w: tensor<85x141x5x5xf32>) -> tensor<32x85x43x43xf32> {
  %y = nn.conv2d %x, %w stride [1, 1] padding zero : tensor<32x141x43x43xf32>, tensor<85x141x5x5xf32> -> tensor<32x85x43x43xf32>
  return %y : tensor<32x85x43x43xf32>
}

// What a file asks for is kept.
// CHECK-LABEL: func @given
//       CHECK:   nn.conv2d {{.*}}algorithm = "fourier", radices = [5, 2], {{.*}}given by hand
func.func @given(%x: tensor<32x15x40x40xf32>, %v: tensor<15x15x1x1xf32>) -> tensor<32x15x40x40xf32> {
  %0 = nn.conv2d %x, %v stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [5, 2], reason = "">} : tensor<32x15x40x40xf32>, tensor<15x15x1x1xf32> -> tensor<32x15x40x40xf32>
  return %0 : tensor<32x15x40x40xf32>
}
