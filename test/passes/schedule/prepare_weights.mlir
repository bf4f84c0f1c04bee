// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-channel-lanes --spherical-assign-layouts --spherical-choose-algorithms --spherical-prepare-weights | FileCheck %s

// Each direct form, windows and phases of a stride, and taps for transforms. Biases are read as they are; what two ops
// read alike is packed once, and in @prepare alone.
// CHECK-LABEL: func @forward(
//  CHECK-SAME:   %[[X:[^:]*]]: tensor<1x20x12x12xf32> {spherical.name = "x", spherical.role = "input"}
//  CHECK-SAME:   %[[P0:[^:]*]]: tensor<20x20x3x3xf32, #nn.packing<windows, lanes = 16>> {spherical.name = "prepared.0", spherical.role = "prepared"}
//  CHECK-SAME:   %[[P1:[^:]*]]: tensor<20x20x3x3xf32, #nn.packing<taps, lanes = 16>> {spherical.name = "prepared.1", spherical.role = "prepared"}
//  CHECK-SAME:   %[[P2:[^:]*]]: tensor<20x24x3x3xf32, #nn.packing<phases, lanes = 16, stride = [2, 1]>> {spherical.name = "prepared.2", spherical.role = "prepared"}
//  CHECK-SAME:   %[[P3:[^:]*]]: tensor<24x17x3x3xf32, #nn.packing<transposed_taps, lanes = 16>> {spherical.name = "prepared.3", spherical.role = "prepared"}
//  CHECK-SAME:   %[[B:[^:]*]]: tensor<20xf32> {spherical.name = "b", spherical.role = "parameter"})
//       CHECK:   nn.conv2d %{{.*}}, %[[P0]] bias(%[[B]] : tensor<20xf32>)
//       CHECK:   nn.conv2d %{{.*}}, %[[P0]] stride
//       CHECK:   nn.conv2d %{{.*}}, %[[P1]] stride
//       CHECK:   nn.conv_transpose2d %{{.*}}, %[[P2]] stride
//       CHECK:   nn.conv_transpose2d %{{.*}}, %[[P3]] stride
// CHECK-LABEL: func @prepare(
//  CHECK-SAME:   %[[W:[^:]*]]: tensor<20x20x3x3xf32> {spherical.name = "w", spherical.role = "parameter"}
//  CHECK-SAME:   attributes {spherical.derived = "forward", spherical.lanes = 1 : i64}
//       CHECK:   %[[Q0:.*]] = nn.pack_weight %[[W]] {spherical.choice = {{.*}}bound by memory{{.*}}} : tensor<20x20x3x3xf32> -> tensor<20x20x3x3xf32, #nn.packing<windows, lanes = 16>>
//  CHECK-NEXT:   %[[Q1:.*]] = nn.pack_weight %[[W]]
//  CHECK-NEXT:   %[[Q2:.*]] = nn.pack_weight
//  CHECK-NEXT:   %[[Q3:.*]] = nn.pack_weight
//  CHECK-NEXT:   return %[[Q0]], %[[Q1]], %[[Q2]], %[[Q3]]
func.func @forward(%x: tensor<1x20x12x12xf32> {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<20x20x3x3xf32> {spherical.role = "parameter", spherical.name = "w"},
                   %b: tensor<20xf32> {spherical.role = "parameter", spherical.name = "b"},
                   %u: tensor<20x24x3x3xf32> {spherical.role = "parameter", spherical.name = "u"},
                   %v: tensor<24x17x3x3xf32> {spherical.role = "parameter", spherical.name = "v"}) -> tensor<1x17x15x10xf32> {
  %0 = nn.conv2d %x, %w bias(%b : tensor<20xf32>) stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "rows", reason = "">} : tensor<1x20x12x12xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x10x10xf32>
  %1 = nn.conv2d %0, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "rows", reason = "">} : tensor<1x20x10x10xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x8x8xf32>
  %2 = nn.conv2d %1, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [8], reason = "">} : tensor<1x20x8x8xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x6x6xf32>
  %3 = nn.conv_transpose2d %2, %u stride [2, 1] : tensor<1x20x6x6xf32>, tensor<20x24x3x3xf32> -> tensor<1x24x13x8xf32>
  %4 = nn.conv_transpose2d %3, %v stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [8], reason = "">} : tensor<1x24x13x8xf32>, tensor<24x17x3x3xf32> -> tensor<1x17x15x10xf32>
  return %4 : tensor<1x17x15x10xf32>
}

// A step of training reads the weight as it is: it changes it.
// CHECK-LABEL: func @train_step(
//   CHECK-NOT:   #nn.packing
//       CHECK:   nn.conv2d %{{.*}}, %{{.*}} stride [1, 1] {{.*}}tensor<20x20x3x3xf32> ->
func.func @train_step(%x: tensor<1x20x12x12xf32> {spherical.role = "input", spherical.name = "x"},
                      %w: tensor<20x20x3x3xf32> {spherical.role = "parameter", spherical.name = "w"}) -> tensor<1x20x10x10xf32> {
  %0 = nn.conv2d %x, %w stride [1, 1] : tensor<1x20x12x12xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x10x10xf32>
  return %0 : tensor<1x20x10x10xf32>
}

// -----

// By minimal filters the positions are made once.
// CHECK-LABEL: func @forward(
//  CHECK-SAME:   tensor<20x20x3x3xf32, #nn.packing<positions, length = 6, lanes = 16>> {spherical.name = "prepared.0", spherical.role = "prepared"}
//  CHECK-SAME:   tensor<20x20x3x3xf32, #nn.packing<transposed_positions, length = 4, lanes = 16>> {spherical.name = "prepared.1", spherical.role = "prepared"}
// CHECK-LABEL: func @prepare(
//       CHECK:   nn.pack_weight %{{.*}} -> tensor<20x20x3x3xf32, #nn.packing<positions, length = 6, lanes = 16>>
func.func @forward(%x: tensor<1x20x12x12xf32> {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<20x20x3x3xf32> {spherical.role = "parameter", spherical.name = "w"}) -> tensor<1x20x12x12xf32> {
  %0 = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [6], reason = "">} : tensor<1x20x12x12xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x10x10xf32>
  %1 = nn.conv_transpose2d %0, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], reason = "">} : tensor<1x20x10x10xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x12x12xf32>
  return %1 : tensor<1x20x12x12xf32>
}

// -----

// In steps they have their stride.
// CHECK-LABEL: func @forward(
//  CHECK-SAME:   tensor<20x20x3x3xf32, #nn.packing<positions, length = 4, lanes = 16, stride = [2, 1]>> {spherical.name = "prepared.0", spherical.role = "prepared"}
//  CHECK-SAME:   tensor<20x20x3x3xf32, #nn.packing<transposed_positions, length = 5, lanes = 16, stride = [2, 1]>> {spherical.name = "prepared.1", spherical.role = "prepared"}
func.func @forward(%x: tensor<1x20x13x12xf32> {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<20x20x3x3xf32> {spherical.role = "parameter", spherical.name = "w"}) -> tensor<1x20x13x12xf32> {
  %0 = nn.conv2d %x, %w stride [2, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], reason = "">} : tensor<1x20x13x12xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x6x10xf32>
  %1 = nn.conv_transpose2d %0, %w stride [2, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [5], reason = "">} : tensor<1x20x6x10xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x13x12xf32>
  return %1 : tensor<1x20x13x12xf32>
}

// -----

// What an earlier phase prepares stays; names go on, and a parameter is taken once.
// CHECK-LABEL: func @forward(
//  CHECK-SAME:   spherical.name = "prepared.0"
//  CHECK-SAME:   tensor<20x20x3x3xf32, #nn.packing<windows, lanes = 16>> {spherical.name = "prepared.1", spherical.role = "prepared"})
// CHECK-LABEL: func @prepare(
//  CHECK-SAME:   %[[W:[^:]*]]: tensor<20x20x3x3xf32> {spherical.name = "w", spherical.role = "parameter"})
//       CHECK:   %[[R:.*]] = nn.relu %[[W]]
//       CHECK:   %[[Q:.*]] = nn.pack_weight %[[W]]
//       CHECK:   return %[[R]], %[[Q]]
func.func @forward(%x: tensor<1x20x12x12xf32> {spherical.role = "input", spherical.name = "x"},
                   %p: tensor<20x20x3x3xf32> {spherical.role = "prepared", spherical.name = "prepared.0"},
                   %w: tensor<20x20x3x3xf32> {spherical.role = "parameter", spherical.name = "w"}) -> tensor<1x20x8x8xf32> {
  %0 = nn.conv2d %x, %w stride [1, 1] : tensor<1x20x12x12xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x10x10xf32>
  %1 = nn.conv2d %0, %p stride [1, 1] : tensor<1x20x10x10xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x8x8xf32>
  return %1 : tensor<1x20x8x8xf32>
}
func.func @prepare(%w: tensor<20x20x3x3xf32> {spherical.role = "parameter", spherical.name = "w"})
    -> (tensor<20x20x3x3xf32> {spherical.name = "prepared.0"}) attributes {spherical.derived = "forward"} {
  %0 = nn.relu %w : tensor<20x20x3x3xf32>
  return %0 : tensor<20x20x3x3xf32>
}

// -----

// Near miss: with samples in the lanes weights are read as they are.
// CHECK-LABEL: func @forward(
//  CHECK-SAME:   tensor<20x20x3x3xf32> {spherical.name = "w", spherical.role = "parameter"})
//   CHECK-NOT: func @prepare
func.func @forward(%x: tensor<16x20x12x12xf32> {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<20x20x3x3xf32> {spherical.role = "parameter", spherical.name = "w"}) -> tensor<16x20x10x10xf32> {
  %0 = nn.conv2d %x, %w stride [1, 1] : tensor<16x20x12x12xf32>, tensor<20x20x3x3xf32> -> tensor<16x20x10x10xf32>
  return %0 : tensor<16x20x10x10xf32>
}

// -----

func.func @forward(%x: tensor<1x20x12x12xf32> {spherical.role = "input", spherical.name = "x"},
                   %w: tensor<20x20x3x3xf32> {spherical.role = "parameter", spherical.name = "w"}) -> tensor<1x20x10x10xf32> {
  %0 = nn.conv2d %x, %w stride [1, 1] : tensor<1x20x12x12xf32>, tensor<20x20x3x3xf32> -> tensor<1x20x10x10xf32>
  return %0 : tensor<1x20x10x10xf32>
}
// expected-error @+1 {{expected the name @prepare to be free for what derives from @forward, got another function}}
func.func @prepare(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}
