// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

// Defaults are written out: pi/8, 2 pi, and as many gammas as alphas.
// CHECK-LABEL: func private @defaults
// CHECK-SAME:    a = #spherical.grid<s2_near_identity<beta = 3, alpha = 8, max_beta = 0.39269908169872414>>
// CHECK-SAME:    b = #spherical.grid<s2_equatorial<beta = 1, alpha = 32, max_beta = 0.0>>
// CHECK-SAME:    c = #spherical.grid<so3_near_identity<beta = 3, alpha = 6, gamma = 6, max_beta = 0.39269908169872414, max_gamma = 6.283185307179586>>
// CHECK-SAME:    d = #spherical.grid<so3_equatorial<beta = 1, alpha = 32, gamma = 2, max_beta = 0.0, max_gamma = 0.39269908169872414>>
func.func private @defaults() attributes {
  a = #spherical.grid<s2_near_identity>, b = #spherical.grid<s2_equatorial<>>,
  c = #spherical.grid<so3_near_identity<alpha = 6>>, d = #spherical.grid<so3_equatorial>}

// CHECK-LABEL: func private @grids
// CHECK-SAME:    a = #spherical.grid<s2_soft<4>>
// CHECK-SAME:    b = #spherical.grid<so3_soft<3>>
// CHECK-SAME:    c = #spherical.grid<points<s2, {{\[\[}}0.1, -2.0], [3.0, 1.0e-09]]>>
// CHECK-SAME:    d = #spherical.grid<points<so3, {{\[\[}}0.1, 0.2, -0.3]]>>
// CHECK-SAME:    e = #spherical.grid<so3_near_identity<beta = 2, alpha = 5, gamma = 4, max_beta = 1.0, max_gamma = 0.5>>
func.func private @grids() attributes {
  a = #spherical.grid<s2_soft<4>>, b = #spherical.grid<so3_soft<3>>,
  c = #spherical.grid<points<s2, [[0.1, -2], [3, 1.0e-9]]>>,
  d = #spherical.grid<points<so3, [[0.1, 0.2, -0.3]]>>,
  e = #spherical.grid<so3_near_identity<max_gamma = 0.5, max_beta = 1, gamma = 4, alpha = 5, beta = 2>>}

// CHECK-LABEL: func private @others
// CHECK-SAME:    a = #spherical.init<normal, 1.0>
// CHECK-SAME:    b = #spherical.init<uniform, 0.125>
// CHECK-SAME:    c = #spherical.init<zeros, 1.0>
// CHECK-SAME:    d = #spherical.choice<algorithm = "fft", radices = [5, 4], lanes = 16, tasks = 40, flop = 1234, bytes = 456, nanoseconds = 28, reason = "two passes \22fit\22">
// CHECK-SAME:    e = #spherical.choice<algorithm = "direct", lanes = 1, tasks = 1, flop = 0, bytes = 0, nanoseconds = 0, reason = "">
// CHECK-SAME:    f = #spherical.choice<algorithm = "dense", rows = 2, tile = [6, 4], lanes = 1, tasks = 1, flop = 0, bytes = 0, nanoseconds = 0, reason = "">
func.func private @others() attributes {
  a = #spherical.init<normal>, b = #spherical.init<uniform, 0.125>, c = #spherical.init<zeros, 1>,
  d = #spherical.choice<algorithm = "fft", radices = [5, 4], lanes = 16, tasks = 40, flop = 1234, bytes = 456, nanoseconds = 28, reason = "two passes \"fit\"">,
  e = #spherical.choice<algorithm = "direct">,
  f = #spherical.choice<algorithm = "dense", rows = 2, tile = [6, 4]>}
