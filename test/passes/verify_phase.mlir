// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-verify-phase=phase=expand | FileCheck %s
// RUN: echo 'module {}' | not spherical-opt --spherical-verify-phase=phase=compile 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: spherical-opt %S/fuse/share_adam_factors.mlir --spherical-verify-phase=phase=differentiate -o %t.mlir
// RUN: not spherical-opt %S/fuse/share_adam_factors.mlir --spherical-verify-phase=phase=fuse 2>&1 | FileCheck %s --check-prefix=ADAM

// ADAM: error: 'nn.adam' op is of the graph level, got one after the fuse phase
// UNKNOWN: error: spherical-verify-phase: expected `phase` to be one of graph, expand, differentiate, fuse, schedule, plan, lower, got 'compile'

!f = !spherical.so3<2x3, b = 4, f32>

// CHECK: module attributes {spherical.phase = "expand"}
module {
  func.func @expanded(%f: !f) -> !f {
    %x = spherical.so3_ft %f : !f -> !spherical.so3_spectrum<2x3, b = 4, f32>
    %g = spherical.so3_ift %x : !spherical.so3_spectrum<2x3, b = 4, f32> -> !f
    return %g : !f
  }
}

// -----

!f = !spherical.so3<2x3, b = 4, f32>
func.func @left_over(%f: !f, %k: tensor<3x3x8xf32>) -> !f {
  // expected-error @below {{'spherical.so3_conv' op is of the graph level, got one after the expand phase}}
  %g = spherical.so3_conv %f, %k grid <so3_soft<1>> : !f -> !f
  return %g : !f
}

// -----

!x = !spherical.so3_spectrum<2x3, b = 4, complex<f32>>
// Complex values may cross the borders of functions.
func.func @border(%x: !x) -> !x {
  // expected-error @below {{'nn.add' op has no form for complex values after the expand phase (not supported)}}
  %y = nn.add %x, %x : !x
  return %y : !x
}
