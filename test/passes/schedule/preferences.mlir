// What a person asks for in place of the fastest way.

// RUN: spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=so3_ft:radices=2x10" | FileCheck %s --check-prefix=RADICES
// RUN: spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=boundary:rows=0,*:radices=10x2" | FileCheck %s --check-prefix=ROWS
// RUN: spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=slowest" | FileCheck %s --check-prefix=SLOWEST
// RUN: spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=random:3" > %t.one
// RUN: spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=random:3" | cmp - %t.one
// RUN: spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=random:4" | not cmp -s - %t.one

// RUN: not spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=so3_ft:radices=3x7" 2>&1 | FileCheck %s --check-prefix=UNMET
// RUN: not spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=so3_ft:rows" 2>&1 | FileCheck %s --check-prefix=NUMBER
// RUN: not spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=so3_ft:tiles=3" 2>&1 | FileCheck %s --check-prefix=KEY
// RUN: not spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=so3_ft:tile=3" 2>&1 | FileCheck %s --check-prefix=TILE
// RUN: not spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=so3_ft:radices=4+5" 2>&1 | FileCheck %s --check-prefix=FACTORS
// RUN: not spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=fast" 2>&1 | FileCheck %s --check-prefix=WORD
// RUN: not spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=random:x" 2>&1 | FileCheck %s --check-prefix=SEED

// RADICES: spherical.boundary {{.*}}radices = [4, 5], {{.*}}reason = "2 passes of 4 x 5, values in registers where they meet, the fastest of
// RADICES: spherical.so3_ft {{.*}}radices = [2, 10], {{.*}}given by hand
// ROWS: spherical.boundary {{.*}}radices = [10, 2], lanes {{.*}}given by hand
// ROWS: spherical.so3_ft {{.*}}radices = [10, 2], {{.*}}given by hand
// SLOWEST: spherical.boundary {{.*}}radices = [{{.*}}], {{.*}}given by hand
// UNMET: error: expected an op with a way to compute it as 'so3_ft:radices=3x7' asks, got none
// NUMBER: error: expected a number of rows in 'so3_ft:rows', got ''
// KEY: error: expected algorithm=, radices=, rows=, tile= or lanes= in 'so3_ft:tiles=3', got 'tiles=3'
// TILE: error: expected a tile of rows x columns such as 6x4 in 'so3_ft:tile=3', got '3'
// FACTORS: error: expected radices such as 4x5 in 'so3_ft:radices=4+5', got '4+5'
// WORD: error: expected fastest, slowest, random:SEED or OP:KEY=VALUE as a choice, got 'fast'
// SEED: error: expected a seed such as random:7, got 'random:x'
!z = !spherical.so3_spectrum<16x2, b = 10, f32>
func.func @f(%z: !z) -> (!z, !z) {
  %y = spherical.boundary %z grid 10 : !z -> !z {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %r = arith.maximumf %v, %zero : f32
    spherical.yield %r : f32
  }
  %f = spherical.so3_ift %y : !z -> !spherical.so3<16x2, b = 10, f32>
  %x = spherical.so3_ft %f : !spherical.so3<16x2, b = 10, f32> -> !z
  return %y, %x : !z, !z
}
