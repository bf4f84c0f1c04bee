// What passes say of fusions: passed and missed ones with the reason, and choices between algorithms.

// RUN: spherical-opt %s --split-input-file --spherical-form-boundaries --remark-format=emitRemark "--remarks-filter=spherical.*" 2>&1 >/dev/null | FileCheck %s --check-prefix=FORM
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --remark-format=emitRemark "--remarks-filter=spherical.*" 2>&1 >/dev/null | FileCheck %s --check-prefix=CHOICE
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages --stage-fuse-sweeps --remark-format=emitRemark --remarks-filter=spherical-fuse 2>&1 >/dev/null | FileCheck %s --check-prefix=SWEEP

// FORM: [Passed] FormBoundaries | Category:spherical-fuse | Function=fused | Remark="nn.relu became part of the transform before it"
// CHOICE: [Analysis] ChooseAlgorithms | Category:spherical-choice | Function=fused | Reason="{{.*}}the fastest of {{.*}}Remark="spherical.so3_ift by fft"
func.func @fused(%x: !spherical.so3_spectrum<1x2, b = 6, f32>) -> !spherical.so3<1x2, b = 6, f32> {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<1x2, b = 6, f32> -> !spherical.so3<1x2, b = 6, f32>
  %y = nn.relu %f : !spherical.so3<1x2, b = 6, f32>
  return %y : !spherical.so3<1x2, b = 6, f32>
}

// -----

// FORM: [Missed] FormBoundaries | Category:spherical-fuse | Function=shared | Reason="another op uses its input as well{{.*}}", Remark="nn.relu stays a pass of its own"
func.func @shared(%x: !spherical.so3_spectrum<1x2, b = 6, f32>) -> (!spherical.so3<1x2, b = 6, f32>, !spherical.so3<1x2, b = 6, f32>) {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<1x2, b = 6, f32> -> !spherical.so3<1x2, b = 6, f32>
  %y = nn.relu %f : !spherical.so3<1x2, b = 6, f32>
  return %f, %y : !spherical.so3<1x2, b = 6, f32>, !spherical.so3<1x2, b = 6, f32>
}

// -----

// FORM: [Missed] FormBoundaries | Category:spherical-fuse | Function=argument | Reason="its input comes from an argument, not from an inverse transform", Remark="nn.relu stays a pass of its own", Suggestion=
func.func @argument(%g: !spherical.so3<1x2, b = 6, f32>) -> !spherical.so3<1x2, b = 6, f32> {
  %y = nn.relu %g : !spherical.so3<1x2, b = 6, f32>
  return %y : !spherical.so3<1x2, b = 6, f32>
}

// -----

// FORM: [Passed] FormBoundaries | Category:spherical-fuse | Function=between | Remark="nn.relu and the transforms around it became one: its function is never in memory"
func.func @between(%x: !spherical.so3_spectrum<1x2, b = 6, f32>) -> !spherical.so3_spectrum<1x2, b = 5, f32> {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<1x2, b = 6, f32> -> !spherical.so3<1x2, b = 6, f32>
  %y = nn.relu %f : !spherical.so3<1x2, b = 6, f32>
  %z = spherical.so3_ft %y : !spherical.so3<1x2, b = 6, f32> -> !spherical.so3_spectrum<1x2, b = 5, f32>
  return %z : !spherical.so3_spectrum<1x2, b = 5, f32>
}

// -----

// FORM: [Missed] FormBoundaries | Category:spherical-fuse | Function=kept | Reason="it is used by func.return, spherical.so3_ft, not by one Fourier transform alone", Remark="the function behind nn.relu goes through memory", Suggestion=
func.func @kept(%x: !spherical.so3_spectrum<1x2, b = 6, f32>) -> (!spherical.so3<1x2, b = 6, f32>, !spherical.so3_spectrum<1x2, b = 5, f32>) {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<1x2, b = 6, f32> -> !spherical.so3<1x2, b = 6, f32>
  %y = nn.relu %f : !spherical.so3<1x2, b = 6, f32>
  %z = spherical.so3_ft %y : !spherical.so3<1x2, b = 6, f32> -> !spherical.so3_spectrum<1x2, b = 5, f32>
  return %y, %z : !spherical.so3<1x2, b = 6, f32>, !spherical.so3_spectrum<1x2, b = 5, f32>
}

// -----

// One stage reads the function: it stays in the cache.
// SWEEP: [Passed] FuseSweeps | Category:spherical-fuse | Function=once | Remark="a value stays in the cache between stages '{{.*}}so3_ift' and 'so3_ft
func.func @once(%x: !spherical.so3_spectrum<16x4, b = 8, f32>) -> !spherical.so3_spectrum<16x4, b = 6, f32> {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<16x4, b = 8, f32> -> !spherical.so3<16x4, b = 8, f32>
  %s = spherical.so3_ft %f : !spherical.so3<16x4, b = 8, f32> -> !spherical.so3_spectrum<16x4, b = 6, f32>
  return %s : !spherical.so3_spectrum<16x4, b = 6, f32>
}

// -----

// Two stages read it: it goes through memory.
// SWEEP: [Missed] FuseSweeps | Category:spherical-fuse | Function=twice | Reason="stages 'so3_ft' and 'from_lanes' read what '{{.*}}so3_ift' writes", Remark="a value goes through memory", Suggestion="a value that one stage reads can stay in its cache"
func.func @twice(%x: !spherical.so3_spectrum<16x4, b = 8, f32>) -> (!spherical.so3_spectrum<16x4, b = 6, f32>, !spherical.so3<16x4, b = 8, f32>) {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<16x4, b = 8, f32> -> !spherical.so3<16x4, b = 8, f32>
  %s = spherical.so3_ft %f : !spherical.so3<16x4, b = 8, f32> -> !spherical.so3_spectrum<16x4, b = 6, f32>
  return %s, %f : !spherical.so3_spectrum<16x4, b = 6, f32>, !spherical.so3<16x4, b = 8, f32>
}
