// What passes say of fusions: passed and missed ones with the reason, and choices between algorithms.

// RUN: spherical-opt %s --split-input-file --spherical-fuse-relu --remark-format=emitRemark "--remarks-filter=spherical.*" 2>&1 >/dev/null | FileCheck %s --check-prefix=RELU
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --remark-format=emitRemark "--remarks-filter=spherical.*" 2>&1 >/dev/null | FileCheck %s --check-prefix=CHOICE
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages --stage-fuse-sweeps --remark-format=emitRemark --remarks-filter=spherical-fuse 2>&1 >/dev/null | FileCheck %s --check-prefix=SWEEP

// RELU: [Passed] MoveReluIntoSynthesis | Category:spherical-fuse | Function=fused | Remark="ReLU applied by the inverse transform"
// CHOICE: [Analysis] ChooseAlgorithms | Category:spherical-choice | Function=fused | Reason="{{.*}}the fastest of {{.*}}Remark="spherical.so3_ift by fft"
func.func @fused(%x: !spherical.so3_spectrum<1x2, b = 6, f32>) -> !spherical.so3<1x2, b = 6, f32> {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<1x2, b = 6, f32> -> !spherical.so3<1x2, b = 6, f32>
  %y = nn.relu %f : !spherical.so3<1x2, b = 6, f32>
  return %y : !spherical.so3<1x2, b = 6, f32>
}

// -----

// RELU: [Missed] MoveReluIntoSynthesis | Category:spherical-fuse | Function=shared | Reason="another op uses its input as well{{.*}}", Remark="ReLU stays a pass of its own"
func.func @shared(%x: !spherical.so3_spectrum<1x2, b = 6, f32>) -> (!spherical.so3<1x2, b = 6, f32>, !spherical.so3<1x2, b = 6, f32>) {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<1x2, b = 6, f32> -> !spherical.so3<1x2, b = 6, f32>
  %y = nn.relu %f : !spherical.so3<1x2, b = 6, f32>
  return %f, %y : !spherical.so3<1x2, b = 6, f32>, !spherical.so3<1x2, b = 6, f32>
}

// -----

// RELU: [Missed] MoveReluIntoSynthesis | Category:spherical-fuse | Function=between | Reason="its input comes from nn.add, not from an inverse transform", Remark="ReLU stays a pass of its own", Suggestion=
func.func @between(%x: !spherical.so3_spectrum<1x2, b = 6, f32>, %g: !spherical.so3<1x2, b = 6, f32>) -> !spherical.so3<1x2, b = 6, f32> {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<1x2, b = 6, f32> -> !spherical.so3<1x2, b = 6, f32>
  %s = nn.add %f, %g : !spherical.so3<1x2, b = 6, f32>
  %y = nn.relu %s : !spherical.so3<1x2, b = 6, f32>
  return %y : !spherical.so3<1x2, b = 6, f32>
}

// -----

// One stage reads the function: it stays in the cache.
// SWEEP: [Passed] FuseSweeps | Category:spherical-fuse | Function=once | Remark="a value stays in the cache between stages '{{.*}}so3_ift' and 'so3_ft
func.func @once(%x: !spherical.so3_spectrum<16x4, b = 8, f32>) -> !spherical.so3_spectrum<16x4, b = 6, f32> {
  %f = spherical.so3_ift %x {relu} : !spherical.so3_spectrum<16x4, b = 8, f32> -> !spherical.so3<16x4, b = 8, f32>
  %s = spherical.so3_ft %f : !spherical.so3<16x4, b = 8, f32> -> !spherical.so3_spectrum<16x4, b = 6, f32>
  return %s : !spherical.so3_spectrum<16x4, b = 6, f32>
}

// -----

// Two stages read it: it goes through memory.
// SWEEP: [Missed] FuseSweeps | Category:spherical-fuse | Function=twice | Reason="stages 'so3_ft' and 'from_lanes' read what '{{.*}}so3_ift' writes", Remark="a value goes through memory", Suggestion="a value that one stage reads can stay in its cache"
func.func @twice(%x: !spherical.so3_spectrum<16x4, b = 8, f32>) -> (!spherical.so3_spectrum<16x4, b = 6, f32>, !spherical.so3<16x4, b = 8, f32>) {
  %f = spherical.so3_ift %x {relu} : !spherical.so3_spectrum<16x4, b = 8, f32> -> !spherical.so3<16x4, b = 8, f32>
  %s = spherical.so3_ft %f : !spherical.so3<16x4, b = 8, f32> -> !spherical.so3_spectrum<16x4, b = 6, f32>
  return %s, %f : !spherical.so3_spectrum<16x4, b = 6, f32>, !spherical.so3<16x4, b = 8, f32>
}
