// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms="cpu=sm_90 choose=*:algorithm=cufft" | FileCheck %s
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms="cpu=x86-64-v4 choose=*:algorithm=cufft" --verify-diagnostics -o /dev/null

// A GPU has a library for Fourier transforms of any length, 38 with its prime 19 too; products stay what they are.
// CHECK-LABEL: func @any_length
//       CHECK:   spherical.s2_ft {{.*}}algorithm = "cufft", lanes = 4, {{.*}}reason = "calls of cuFFT, given by hand;
//       CHECK:   spherical.s2_ift {{.*}}algorithm = "cufft"
// expected-error @below {{expected an op with a way to compute it as '*:algorithm=cufft' asks, got none}}
module {
  func.func @any_length(%x: !spherical.s2<3x2, b = 19, f32>) -> !spherical.s2<3x2, b = 19, f32> {
    %f = spherical.s2_ft %x : !spherical.s2<3x2, b = 19, f32> -> !spherical.s2_spectrum<3x2, b = 19, f32>
    %y = spherical.s2_ift %f : !spherical.s2_spectrum<3x2, b = 19, f32> -> !spherical.s2<3x2, b = 19, f32>
    return %y : !spherical.s2<3x2, b = 19, f32>
  }
}

// -----

// A choice in the file stays; a processor has no such library.
// CHECK-LABEL: func @by_hand
//       CHECK:   algorithm = "cufft"
module {
  func.func @by_hand(%x: !spherical.s2<1x1, b = 6, f32>) -> !spherical.s2<1x1, b = 6, f32> {
    // expected-error @below {{expected a target that has cufft, which `spherical.choice` asks for}}
    %f = spherical.s2_ft %x {spherical.choice = #spherical.choice<algorithm = "cufft", reason = "a trial">} : !spherical.s2<1x1, b = 6, f32> -> !spherical.s2_spectrum<1x1, b = 6, f32>
    %y = spherical.s2_ift %f : !spherical.s2_spectrum<1x1, b = 6, f32> -> !spherical.s2<1x1, b = 6, f32>
    return %y : !spherical.s2<1x1, b = 6, f32>
  }
}
