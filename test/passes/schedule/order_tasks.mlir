// Orders are tasks where lane groups and channels are fewer than workers want, on processors.
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms=cpu=x86-64-v4 | FileCheck %s
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms=cpu=sm_90 | FileCheck %s --check-prefix=GPU
// GPU-NOT: order_tasks

// One task for two workers would leave one without.
// CHECK-LABEL: func @one_group
//       CHECK:   spherical.so3_ft {{.*}}algorithm = "order_tasks", radices = [{{[0-9, ]+}}], lanes = 16, tasks = 20, {{.*}}reason = "{{.*}}, orders are tasks, the fastest of
func.func @one_group(%x: !spherical.so3<16x1, b = 20, f32>) -> !spherical.so3_spectrum<16x1, b = 20, f32> {
  %f = spherical.so3_ft %x : !spherical.so3<16x1, b = 20, f32> -> !spherical.so3_spectrum<16x1, b = 20, f32>
  return %f : !spherical.so3_spectrum<16x1, b = 20, f32>
}

// -----

// Two have one each.
// CHECK-LABEL: func @two_groups
//       CHECK:   spherical.so3_ft {{.*}}algorithm = "fft"
func.func @two_groups(%x: !spherical.so3<32x1, b = 20, f32>) -> !spherical.so3_spectrum<32x1, b = 20, f32> {
  %f = spherical.so3_ft %x : !spherical.so3<32x1, b = 20, f32> -> !spherical.so3_spectrum<32x1, b = 20, f32>
  return %f : !spherical.so3_spectrum<32x1, b = 20, f32>
}

// -----

// The eight of this one are no candidates.
// CHECK-LABEL: func @eight_channels
//       CHECK:   spherical.boundary {{.*}}algorithm = "fft"
func.func @eight_channels(%x: !spherical.so3_spectrum<16x8, b = 10, f32>) -> !spherical.so3_spectrum<16x8, b = 10, f32> {
  %y = spherical.boundary %x grid 10 : !spherical.so3_spectrum<16x8, b = 10, f32> -> !spherical.so3_spectrum<16x8, b = 10, f32> {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %w = arith.maximumf %v, %zero : f32
    spherical.yield %w : f32
  }
  return %y : !spherical.so3_spectrum<16x8, b = 10, f32>
}
