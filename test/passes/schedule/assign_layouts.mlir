// RUN: spherical-opt %s --spherical-assign-layouts | FileCheck %s
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v3 | FileCheck %s --check-prefix=V3
// RUN: spherical-opt %s --spherical-assign-layouts=lanes=4 | FileCheck %s --check-prefix=FOUR
// RUN: not spherical-opt %s --spherical-assign-layouts=lanes=3 2>&1 | FileCheck %s --check-prefix=BAD

// BAD: error: expected lanes to be a power of two up to 64, got 3

// The batch is in the lanes, dense at the borders: one conversion in, one out.
// CHECK-LABEL: func @transform
//  CHECK-SAME:   (%[[X:.*]]: !spherical.s2<20x3, b = 8, f32>) -> !spherical.s2_spectrum<20x3, b = 5, f32>
//  CHECK-SAME:   spherical.lanes = 16
//       CHECK:   %[[L:.*]] = spherical.convert_layout %[[X]] {{.*}}order = [lane_group, channel, beta, alpha], lane = [batch : 16]>
//       CHECK:   %[[F:.*]] = spherical.s2_ft %[[L]] {{.*}}basis = real
//       CHECK:   %[[R:.*]] = spherical.convert_layout %[[F]]
//       CHECK:   return %[[R]] : !spherical.s2_spectrum<20x3, b = 5, f32>
// AVX2 has half the lanes; an option overrides both.
// V3-LABEL: func @transform
//       V3:   lane = [batch : 8]
// FOUR-LABEL: func @transform
//       FOUR:   lane = [batch : 4]
func.func @transform(%x: !spherical.s2<20x3, b = 8, f32>) -> !spherical.s2_spectrum<20x3, b = 5, f32> {
  %f = spherical.s2_ft %x : !spherical.s2<20x3, b = 8, f32> -> !spherical.s2_spectrum<20x3, b = 5, f32>
  return %f : !spherical.s2_spectrum<20x3, b = 5, f32>
}

// A batch of 3 fills 4 lanes, no more.
// CHECK-LABEL: func @small_batch
//       CHECK:   lane = [batch : 4]
func.func @small_batch(%x: !spherical.s2<3x2, b = 4, f32>) -> !spherical.s2<3x2, b = 4, f32> {
  %y = nn.relu %x : !spherical.s2<3x2, b = 4, f32>
  return %y : !spherical.s2<3x2, b = 4, f32>
}

// The second factor is the spectrum of a kernel, also behind an op that goes along with anything.
// CHECK-LABEL: func @kernel
//       CHECK:   %[[A:.*]] = spherical.real_part %{{.*}} -> !spherical.so3_spectrum<3x4, b = 2, f32, #spherical.layout<order = [in, out, coefficient], basis = real, pad = 16>>
//       CHECK:   spherical.truncate %[[A]] {{.*}} -> !spherical.so3_spectrum<3x4, b = 1, f32, #spherical.layout<order = [in, out, coefficient], basis = real, pad = 16>>
//       CHECK:   spherical.spectral_matmul
func.func @kernel(%x: !spherical.so3_spectrum<2x3, b = 1, f32>,
                  %y: !spherical.so3_spectrum<3x4, b = 2, complex<f32>>)
    -> !spherical.so3_spectrum<2x4, b = 1, f32> {
  %a = spherical.real_part %y : !spherical.so3_spectrum<3x4, b = 2, complex<f32>> -> !spherical.so3_spectrum<3x4, b = 2, f32>
  %t = spherical.truncate %a : !spherical.so3_spectrum<3x4, b = 2, f32> -> !spherical.so3_spectrum<3x4, b = 1, f32>
  %z = spherical.spectral_matmul %x, %t : !spherical.so3_spectrum<2x3, b = 1, f32>, !spherical.so3_spectrum<3x4, b = 1, f32> -> !spherical.so3_spectrum<2x4, b = 1, f32>
  return %z : !spherical.so3_spectrum<2x4, b = 1, f32>
}

// Parameters stay dense: only the input has a batch.
// CHECK-LABEL: func @linear
//  CHECK-SAME:   (%[[X:.*]]: tensor<5x4xf32>, %[[W:.*]]: tensor<3x4xf32>, %[[B:.*]]: tensor<3xf32>)
//       CHECK:   %[[L:.*]] = spherical.convert_layout %[[X]]
//   CHECK-NOT:   convert_layout %[[W]]
//       CHECK:   nn.linear %[[L]], %[[W]], %[[B]]
func.func @linear(%x: tensor<5x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>) -> tensor<5x3xf32> {
  %y = nn.linear %x, %w, %b : tensor<5x4xf32>, tensor<3x4xf32>, tensor<3xf32> -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}

// Prepared spectra keep the layout of kernels across functions.
// CHECK-LABEL: func @prepare
//  CHECK-SAME:   -> (!spherical.s2_spectrum<2x3, b = 2, f32, #{{.*}}> {spherical.name = "prepared.0"})
//   CHECK-NOT:   convert_layout
//       CHECK:   return
func.func @prepare(%k: tensor<2x3x2xf32> {spherical.role = "parameter", spherical.name = "k"})
    -> (!spherical.s2_spectrum<2x3, b = 2, f32> {spherical.name = "prepared.0"}) {
  %y = spherical.kernel_ft %k grid <points<s2, [[0.1, 0.2], [0.3, 0.4]]>> scale 1.0 : tensor<2x3x2xf32> -> !spherical.s2_spectrum<2x3, b = 2, f32>
  return %y : !spherical.s2_spectrum<2x3, b = 2, f32>
}

// Both factors are computed: the channels of one are the rows of the other, all of them valid, and
// lie as those of a kernel where the product reads them. So does a gradient in the second factor.
// CHECK-LABEL: func @correlation
//  CHECK-SAME:   (%[[X:.*]]: !spherical.s2<2x3, b = 2, f32>, %[[Y:.*]]: !spherical.s2<3x5, b = 2, f32>)
//  CHECK-SAME:   spherical.lanes = 2
//   CHECK-DAG:   spherical.convert_layout %[[X]] {{.*}}lane = [batch : 2]
//   CHECK-DAG:   %[[L:.*]] = spherical.convert_layout %[[Y]] {{.*}}lane = [row : 2]
//   CHECK-DAG:   %[[F:.*]] = spherical.s2_ft %[[L]] {{.*}}lane = [row : 2]
//       CHECK:   spherical.convert_layout %[[F]] {{.*}} -> !spherical.s2_spectrum<3x5, b = 2, f32, #spherical.layout<order = [in, out, coefficient], basis = real, pad = 16>>
//       CHECK:   spherical.spectral_matmul {{.*}}lane = [batch : 2]
func.func @correlation(%x: !spherical.s2<2x3, b = 2, f32>, %y: !spherical.s2<3x5, b = 2, f32>)
    -> !spherical.so3_spectrum<2x5, b = 2, f32> {
  %a = spherical.s2_ft %x : !spherical.s2<2x3, b = 2, f32> -> !spherical.s2_spectrum<2x3, b = 2, f32>
  %b = spherical.s2_ft %y : !spherical.s2<3x5, b = 2, f32> -> !spherical.s2_spectrum<3x5, b = 2, f32>
  %z = spherical.spectral_matmul %a, %b : !spherical.s2_spectrum<2x3, b = 2, f32>, !spherical.s2_spectrum<3x5, b = 2, f32> -> !spherical.so3_spectrum<2x5, b = 2, f32>
  return %z : !spherical.so3_spectrum<2x5, b = 2, f32>
}

// Samples that are channels, too, are rows: there is no batch.
// CHECK-LABEL: func @square
//   CHECK-NOT:   batch :
//       CHECK:   lane = [row : 4]
//   CHECK-NOT:   batch :
//       CHECK:   return
func.func @square(%x: !spherical.s2_spectrum<3x3, b = 2, f32>) -> !spherical.so3_spectrum<3x3, b = 2, f32> {
  %z = spherical.spectral_matmul %x, %x : !spherical.s2_spectrum<3x3, b = 2, f32>, !spherical.s2_spectrum<3x3, b = 2, f32> -> !spherical.so3_spectrum<3x3, b = 2, f32>
  return %z : !spherical.so3_spectrum<3x3, b = 2, f32>
}

// Two batches that never meet: that of the input is the one that counts.
// CHECK-LABEL: func @two_batches
//  CHECK-SAME:   (%[[X:.*]]: !spherical.s2<4x2, b = 2, f32>, %[[Y:.*]]: !spherical.s2<3x2, b = 2, f32> {spherical.role = "input"})
//   CHECK-DAG:   spherical.convert_layout %[[X]] {{.*}}lane = [row :
//   CHECK-DAG:   spherical.convert_layout %[[Y]] {{.*}}lane = [batch :
func.func @two_batches(%x: !spherical.s2<4x2, b = 2, f32>, %y: !spherical.s2<3x2, b = 2, f32> {spherical.role = "input"})
    -> (!spherical.s2<4x2, b = 2, f32>, !spherical.s2<3x2, b = 2, f32>) {
  %a = nn.relu %x : !spherical.s2<4x2, b = 2, f32>
  %b = nn.relu %y : !spherical.s2<3x2, b = 2, f32>
  return %a, %b : !spherical.s2<4x2, b = 2, f32>, !spherical.s2<3x2, b = 2, f32>
}

// A sum over the batch needs zeros in lanes without a sample, and a bias puts itself into all of
// them: on the way through file order they become zeros.
// CHECK-LABEL: func @sum_of_biased
//       CHECK:   %[[Y:.*]] = spherical.add_bias
//       CHECK:   %[[F:.*]] = spherical.convert_layout %[[Y]] {{.*}} -> !spherical.s2<3x2, b = 4, f32>
//       CHECK:   %[[L:.*]] = spherical.convert_layout %[[F]] : !spherical.s2<3x2, b = 4, f32> -> {{.*}}lane = [batch : 4]
//       CHECK:   spherical.bias_grad %[[L]]
func.func @sum_of_biased(%x: !spherical.s2<3x2, b = 4, f32>, %b: tensor<2xf32>) -> tensor<2xf32> {
  %y = spherical.add_bias %x, %b : !spherical.s2<3x2, b = 4, f32>, tensor<2xf32>
  %s = spherical.bias_grad %y : !spherical.s2<3x2, b = 4, f32> -> tensor<2xf32>
  return %s : tensor<2xf32>
}

// Near miss: linear maps, ReLUs and their gradients keep the zeros of the input, whatever the sign of
// a biased value lets through.
// CHECK-LABEL: func @sum_of_gradient
//       CHECK:   spherical.convert_layout
//       CHECK:   spherical.convert_layout
//   CHECK-NOT:   spherical.convert_layout
//       CHECK:   spherical.bias_grad
func.func @sum_of_gradient(%g: !spherical.s2<3x2, b = 4, f32>, %x: !spherical.s2<3x2, b = 4, f32>, %b: tensor<2xf32>) -> tensor<2xf32> {
  %y = spherical.add_bias %x, %b : !spherical.s2<3x2, b = 4, f32>, tensor<2xf32>
  %h = nn.relu_grad %g, %y : !spherical.s2<3x2, b = 4, f32>, !spherical.s2<3x2, b = 4, f32>
  %f = spherical.s2_ift %h {adjoint} : !spherical.s2<3x2, b = 4, f32> -> !spherical.s2_spectrum<3x2, b = 4, f32>
  %s = spherical.bias_grad %f : !spherical.s2_spectrum<3x2, b = 4, f32> -> tensor<2xf32>
  return %s : tensor<2xf32>
}

// Extras lie where the result lies. A mask keeps zeros in lanes without a sample, whatever the
// biased value is there that it looks at.
// CHECK-LABEL: func @sum_behind_mask
//  CHECK-SAME:   (%[[G:[^:]*]]: tensor<3x2x4x5xf32>, %[[Y:[^:]*]]: tensor<3x2x4x5xf32>,
//   CHECK-DAG:   spherical.convert_layout %[[G]] {{.*}}lane = [batch : 4]
//   CHECK-DAG:   %[[E:.*]] = spherical.convert_layout %[[Y]] {{.*}}lane = [batch : 4]
//       CHECK:   %[[D:.*]] = nn.conv2d {{.*}} epilogue(%{{[^,]*}}, %{{[^ ]*}} = %[[E]]) {
//       CHECK:   nn.sum_channels %[[D]]
func.func @sum_behind_mask(%g: tensor<3x2x4x5xf32>, %y: tensor<3x2x4x5xf32>, %w: tensor<2x2x1x1xf32>) -> tensor<2xf32> {
  %d = nn.conv2d %g, %w stride [1, 1] : tensor<3x2x4x5xf32>, tensor<2x2x1x1xf32> -> tensor<3x2x4x5xf32>
      epilogue(%value, %extra = %y) {
    %zero = arith.constant 0.0 : f32
    %above = arith.cmpf ogt, %extra, %zero : f32
    %masked = arith.select %above, %value, %zero : f32
    %max = arith.maximumf %masked, %zero : f32
    nn.yield %max : f32
  }
  %s = nn.sum_channels %d : tensor<3x2x4x5xf32> -> tensor<2xf32>
  return %s : tensor<2xf32>
}

// Near miss: a sum with a biased value, and a largest value above 0, do not keep them.
// CHECK-LABEL: func @sum_behind_others
//       CHECK:   %[[B:.*]] = nn.conv2d {{.*}} bias(
//       CHECK:   %[[D:.*]] = nn.conv2d {{.*}} epilogue(%{{[^,]*}}, %{{[^ ]*}} = %[[B]]) {
//       CHECK:   spherical.convert_layout %[[D]] {{.*}} -> tensor<3x2x4x5xf32>
//       CHECK:   nn.sum_channels
//       CHECK:   %[[M:.*]] = nn.conv2d {{.*}} epilogue(
//       CHECK:   spherical.convert_layout %[[M]] {{.*}} -> tensor<3x2x4x5xf32>
//       CHECK:   nn.sum_channels
func.func @sum_behind_others(%x: tensor<3x2x4x5xf32>, %w: tensor<2x2x1x1xf32>, %b: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %y = nn.conv2d %x, %w bias(%b : tensor<2xf32>) stride [1, 1] : tensor<3x2x4x5xf32>, tensor<2x2x1x1xf32> -> tensor<3x2x4x5xf32>
  %d = nn.conv2d %x, %w stride [1, 1] : tensor<3x2x4x5xf32>, tensor<2x2x1x1xf32> -> tensor<3x2x4x5xf32>
      epilogue(%value, %extra = %y) {
    %sum = arith.addf %value, %extra : f32
    nn.yield %sum : f32
  }
  %s = nn.sum_channels %d : tensor<3x2x4x5xf32> -> tensor<2xf32>
  %m = nn.conv2d %x, %w stride [1, 1] : tensor<3x2x4x5xf32>, tensor<2x2x1x1xf32> -> tensor<3x2x4x5xf32>
      epilogue(%value) {
    %one = arith.constant 1.0 : f32
    %max = arith.maximumf %value, %one : f32
    nn.yield %max : f32
  }
  %t = nn.sum_channels %m : tensor<3x2x4x5xf32> -> tensor<2xf32>
  return %s, %t : tensor<2xf32>, tensor<2xf32>
}

// The region of a boundary keeps zeros as the op does of which it was made, here a leaky ReLU.
// CHECK-LABEL: func @sum_behind_boundary
//       CHECK:   %[[Y:.*]] = spherical.boundary
//       CHECK:   spherical.bias_grad %[[Y]]
func.func @sum_behind_boundary(%x: !spherical.s2_spectrum<3x2, b = 4, f32>) -> tensor<2xf32> {
  %y = spherical.boundary %x grid 4 : !spherical.s2_spectrum<3x2, b = 4, f32> -> !spherical.s2_spectrum<3x2, b = 4, f32> {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %slope = arith.constant 0.1 : f32
    %above = arith.cmpf ogt, %v, %zero : f32
    %small = arith.mulf %v, %slope : f32
    %w = arith.select %above, %v, %small : f32
    spherical.yield %w : f32
  }
  %s = spherical.bias_grad %y : !spherical.s2_spectrum<3x2, b = 4, f32> -> tensor<2xf32>
  return %s : tensor<2xf32>
}

// Near miss: one that adds a number does not.
// CHECK-LABEL: func @sum_behind_adding_boundary
//       CHECK:   %[[Y:.*]] = spherical.boundary
//       CHECK:   spherical.convert_layout %[[Y]] {{.*}} -> !spherical.s2_spectrum<3x2, b = 4, f32>
//       CHECK:   spherical.bias_grad
func.func @sum_behind_adding_boundary(%x: !spherical.s2_spectrum<3x2, b = 4, f32>) -> tensor<2xf32> {
  %y = spherical.boundary %x grid 4 : !spherical.s2_spectrum<3x2, b = 4, f32> -> !spherical.s2_spectrum<3x2, b = 4, f32> {
  ^bb0(%v: f32):
    %one = arith.constant 1.0 : f32
    %w = arith.addf %v, %one : f32
    spherical.yield %w : f32
  }
  %s = spherical.bias_grad %y : !spherical.s2_spectrum<3x2, b = 4, f32> -> tensor<2xf32>
  return %s : tensor<2xf32>
}
