// Latitudes fill the lanes where neither samples nor channels do, and where there are enough of them.
// RUN: spherical-opt %s --split-input-file --spherical-channel-lanes=cpu=x86-64-v4 --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms=cpu=x86-64-v4 | FileCheck %s --check-prefixes=CHECK,AVX512
// RUN: spherical-opt %s --split-input-file --spherical-channel-lanes=cpu=x86-64-v3 --spherical-assign-layouts=cpu=x86-64-v3 --spherical-choose-algorithms=cpu=x86-64-v3 | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms=cpu=sm_90 | FileCheck %s --check-prefix=GPU
// RUN: not spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms="cpu=sm_90 choose=*:algorithm=ring_lanes" -o /dev/null 2>&1 | FileCheck %s --check-prefix=UNMET

// UNMET: error: expected an op with a way to compute it as '*:algorithm=ring_lanes' asks, got none
// GPU-NOT: ring_lanes

// CHECK-LABEL: func @one_function
//  AVX512: spherical.so3_ft {{.*}}algorithm = "ring_lanes", {{.*}}tile = [4, 4], lanes = 16, tasks = 12, {{.*}}reason = "{{.*}}, latitudes in the lanes, the fastest of
//    AVX2: spherical.so3_ft {{.*}}algorithm = "ring_lanes", {{.*}}tile = [4, 2], lanes = 8, tasks = 12,
//  AVX512: spherical.so3_ift {{.*}}algorithm = "ring_lanes", radices = [{{[0-9, ]+}}], lanes = 16
func.func @one_function(%x: !spherical.so3<1x1, b = 12, f32>) -> !spherical.so3<1x1, b = 12, f32> {
  %f = spherical.so3_ft %x : !spherical.so3<1x1, b = 12, f32> -> !spherical.so3_spectrum<1x1, b = 12, f32>
  %y = spherical.so3_ift %f : !spherical.so3_spectrum<1x1, b = 12, f32> -> !spherical.so3<1x1, b = 12, f32>
  return %y : !spherical.so3<1x1, b = 12, f32>
}

// -----

// Half as many lanes hold doubles.
// CHECK-LABEL: func @doubles
//  AVX512: spherical.s2_ft {{.*}}algorithm = "ring_lanes", {{.*}}tile = [8, 2], lanes = 8,
func.func @doubles(%x: !spherical.s2<1x1, b = 64, f64>) -> !spherical.s2_spectrum<1x1, b = 64, f64> {
  %f = spherical.s2_ft %x : !spherical.s2<1x1, b = 64, f64> -> !spherical.s2_spectrum<1x1, b = 64, f64>
  return %f : !spherical.s2_spectrum<1x1, b = 64, f64>
}

// -----

// CHECK-LABEL: func @few_latitudes
//       CHECK: spherical.s2_ft {{.*}}algorithm = "fft"
func.func @few_latitudes(%x: !spherical.s2<1x1, b = 2, f32>) -> !spherical.s2_spectrum<1x1, b = 2, f32> {
  %f = spherical.s2_ft %x : !spherical.s2<1x1, b = 2, f32> -> !spherical.s2_spectrum<1x1, b = 2, f32>
  return %f : !spherical.s2_spectrum<1x1, b = 2, f32>
}

// -----

// CHECK-LABEL: func @channels
//       CHECK: spherical.s2_ft {{.*}}algorithm = "fft"
func.func @channels(%x: !spherical.s2<1x16, b = 32, f32>) -> !spherical.s2_spectrum<1x16, b = 32, f32> {
  %f = spherical.s2_ft %x : !spherical.s2<1x16, b = 32, f32> -> !spherical.s2_spectrum<1x16, b = 32, f32>
  return %f : !spherical.s2_spectrum<1x16, b = 32, f32>
}

// -----

// A table of all degrees of b = 64 is far from any cache that a core has alone.
// CHECK-LABEL: func @large
//       CHECK: spherical.so3_ft {{.*}}algorithm = "ring_recursion", {{.*}}reason = "{{.*}}, latitudes in the lanes, degrees by recursion
func.func @large(%x: !spherical.so3<1x1, b = 64, f32>) -> !spherical.so3_spectrum<1x1, b = 64, f32> {
  %f = spherical.so3_ft %x : !spherical.so3<1x1, b = 64, f32> -> !spherical.so3_spectrum<1x1, b = 64, f32>
  return %f : !spherical.so3_spectrum<1x1, b = 64, f32>
}
