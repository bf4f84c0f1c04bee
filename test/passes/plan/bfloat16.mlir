// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms="cpu=x86-64-v4 choose=boundary:algorithm=fft_bfloat16" --spherical-lower-to-stages --stage-join-transforms | FileCheck %s
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms="cpu=x86-64-v4" --spherical-lower-to-stages | FileCheck %s --check-prefix=DEFAULT
// RUN: not spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms="cpu=x86-64-v4 exact=1 choose=boundary:algorithm=fft_bfloat16" -o /dev/null 2>&1 | FileCheck %s --check-prefix=EXACT
// RUN: not spherical-opt %s --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms="cpu=sm_90 choose=boundary:algorithm=fft_bfloat16" -o /dev/null 2>&1 | FileCheck %s --check-prefix=GPU
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms="cpu=x86-64-v4 choose=boundary:algorithm=fft_bfloat16:radices=4x5" | FileCheck %s --check-prefix=FIELDS
// RUN: sed 's/grid [0-9]* :/{spherical.choice = #spherical.choice<algorithm = "fft">} &/; s/\({.*}\) \(grid [0-9]*\) :/\2 \1 :/' %s | not spherical-opt --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms="cpu=x86-64-v4 choose=boundary:algorithm=fft_bfloat16" -o /dev/null 2>&1 | FileCheck %s --check-prefix=GPU

// A request with radices is none for ops that have others.
// FIELDS-LABEL: func @so3
//       FIELDS: algorithm = "fft_bfloat16", radices = [4, 5]
// FIELDS-LABEL: func @larger
//   FIELDS-NOT: fft_bfloat16

// EXACT: error: expected an op with a way to compute it as 'boundary:algorithm=fft_bfloat16' asks, and that rounds as `exact` says, got none
// GPU: error: expected an op with a way to compute it as 'boundary:algorithm=fft_bfloat16' asks, got none

// However fast it is, nobody gets it unasked.
// DEFAULT-NOT: bf16

// The half-transformed functions alone, 400 rows and 50 of padding, are in two bytes a number.
// CHECK-LABEL: func @so3
//       CHECK: stage.sweep "boundary" {{.*}} scratch (%{{.*}}: memref<10x450x2x16xbf16>, %{{.*}}: memref<{{[0-9]+}}x4x16xf32>
//       CHECK:   stage.dft complex_synthesis {{.*}} : memref<10x20x4x16xf32>, memref<400x2x16xbf16, {{.*}}>, memref<{{[0-9]+}}x2xf32>
//       CHECK:   stage.dft_map {{.*}}relu{{.*}} : memref<10x400x2x16xbf16, {{.*}}>, memref<10x400x2x16xbf16, {{.*}}>, memref<{{[0-9]+}}x2xf32>
//       CHECK:   stage.dft complex_analysis {{.*}} : memref<400x2x16xbf16, {{.*}}>, memref<10x20x4x16xf32>, memref<{{[0-9]+}}x2xf32>
func.func @so3(%x: !spherical.so3_spectrum<32x8, b = 10, f32>) -> !spherical.so3_spectrum<32x8, b = 10, f32> {
  %y = spherical.boundary %x grid 10 : !spherical.so3_spectrum<32x8, b = 10, f32> -> !spherical.so3_spectrum<32x8, b = 10, f32> {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %w = arith.maximumf %v, %zero : f32
    spherical.yield %w : f32
  }
  return %y : !spherical.so3_spectrum<32x8, b = 10, f32>
}

// On S2 there is no such function: bins are sums of Wigner functions.
// CHECK-LABEL: func @s2
//   CHECK-NOT:   bf16
func.func @s2(%x: !spherical.s2_spectrum<32x8, b = 10, f32>) -> !spherical.s2_spectrum<32x8, b = 10, f32> {
  %y = spherical.boundary %x grid 10 : !spherical.s2_spectrum<32x8, b = 10, f32> -> !spherical.s2_spectrum<32x8, b = 10, f32> {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %w = arith.maximumf %v, %zero : f32
    spherical.yield %w : f32
  }
  return %y : !spherical.s2_spectrum<32x8, b = 10, f32>
}

// CHECK-LABEL: func @larger
//       CHECK: bf16
func.func @larger(%x: !spherical.so3_spectrum<32x8, b = 10, f32>) -> !spherical.so3_spectrum<32x8, b = 10, f32> {
  %y = spherical.boundary %x grid 12 : !spherical.so3_spectrum<32x8, b = 10, f32> -> !spherical.so3_spectrum<32x8, b = 10, f32> {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %w = arith.maximumf %v, %zero : f32
    spherical.yield %w : f32
  }
  return %y : !spherical.so3_spectrum<32x8, b = 10, f32>
}
