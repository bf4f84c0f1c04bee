// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-assign-layouts --spherical-choose-algorithms

func.func @radices(%x: !spherical.s2<1x1, b = 6, f32>) -> !spherical.s2_spectrum<1x1, b = 6, f32> {
  // expected-error @+1 {{expected `radices` with product 12, got 6}}
  %f = spherical.s2_ft %x {spherical.choice = #spherical.choice<algorithm = "fft", radices = [3, 2], reason = "a trial">} : !spherical.s2<1x1, b = 6, f32> -> !spherical.s2_spectrum<1x1, b = 6, f32>
  return %f : !spherical.s2_spectrum<1x1, b = 6, f32>
}

// -----

func.func @convolution(%x: !spherical.s2<1x1, b = 4, f32>, %k: tensor<1x1x2xf32>) -> !spherical.so3<1x1, b = 4, f32> {
  // expected-error @+2 {{'spherical.s2_conv' op is not supported by the schedule}}
  // expected-note @+1 {{the phases up to fuse replace ops of the graph level}}
  %y = spherical.s2_conv %x, %k grid <points<s2, [[0.1, 0.2], [0.3, 0.4]]>> : !spherical.s2<1x1, b = 4, f32>, tensor<1x1x2xf32> -> !spherical.so3<1x1, b = 4, f32>
  return %y : !spherical.so3<1x1, b = 4, f32>
}

// -----

func.func @adam(%p: tensor<3xf32>, %t: tensor<i64>, %r: tensor<f32>) -> tensor<3xf32> {
  // expected-error @+2 {{'nn.adam' op is not supported by the schedule}}
  // expected-note @+1 {{the phases up to fuse replace ops of the graph level}}
  %a, %b, %c = nn.adam %p, %p, %p, %p, %t, %r : tensor<3xf32>, tensor<i64>, tensor<f32>
  return %a : tensor<3xf32>
}

// -----

func.func @too_large(%x: !spherical.s2<1x1, b = 9, f32>) -> !spherical.s2_spectrum<1x1, b = 9, f32> {
  // expected-error @+1 {{expected `radices` up to 16, or larger primes, got 18}}
  %f = spherical.s2_ft %x {spherical.choice = #spherical.choice<algorithm = "fft", radices = [18], reason = "a trial">} : !spherical.s2<1x1, b = 9, f32> -> !spherical.s2_spectrum<1x1, b = 9, f32>
  return %f : !spherical.s2_spectrum<1x1, b = 9, f32>
}

// -----

// Tiles of convolutions have several lengths.
func.func @tiles(%x: tensor<4x2x9x9xf32>, %w: tensor<3x2x5x5xf32>) -> tensor<4x3x5x5xf32> {
  // expected-error @+1 {{expected `radices` with product 8 or 10, got 9}}
  %y = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [3, 3], reason = "a trial">} : tensor<4x2x9x9xf32>, tensor<3x2x5x5xf32> -> tensor<4x3x5x5xf32>
  return %y : tensor<4x3x5x5xf32>
}

// -----

// Neither a tile beside them nor another stride lets them be something else.
func.func @tiles_of_sums(%x: tensor<4x2x9x9xf32>, %w: tensor<3x2x5x5xf32>) -> tensor<4x3x5x5xf32> {
  // expected-error @+1 {{expected `radices` with product 8 or 10, got 7}}
  %y = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [7], tile = [4, 4], reason = "a trial">} : tensor<4x2x9x9xf32>, tensor<3x2x5x5xf32> -> tensor<4x3x5x5xf32>
  return %y : tensor<4x3x5x5xf32>
}

// -----

func.func @filters(%x: tensor<4x2x9x9xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<4x3x7x7xf32> {
  // expected-error @+1 {{expected `radices` with product 4 or 5 or 6, got 8}}
  %y = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [8], reason = "a trial">} : tensor<4x2x9x9xf32>, tensor<3x2x3x3xf32> -> tensor<4x3x7x7xf32>
  return %y : tensor<4x3x7x7xf32>
}

// -----

func.func @filter_strides(%x: tensor<4x2x9x9xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<4x3x3x3xf32> {
  // expected-error @+1 {{expected a way to compute it that it has here, got winograd, which `spherical.choice` asks for}}
  %y = nn.conv2d %x, %w stride [3, 3] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [6], reason = "a trial">} : tensor<4x2x9x9xf32>, tensor<3x2x3x3xf32> -> tensor<4x3x3x3xf32>
  return %y : tensor<4x3x3x3xf32>
}

// -----

func.func @strides(%x: tensor<4x2x9x9xf32>, %w: tensor<3x2x5x5xf32>) -> tensor<4x3x3x3xf32> {
  // expected-error @+1 {{expected a way to compute it that it has here, got fourier, which `spherical.choice` asks for}}
  %y = nn.conv2d %x, %w stride [2, 2] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [8], reason = "a trial">} : tensor<4x2x9x9xf32>, tensor<3x2x5x5xf32> -> tensor<4x3x3x3xf32>
  return %y : tensor<4x3x3x3xf32>
}

// -----

func.func @lanes(%x: !spherical.s2<16x1, b = 6, f32>) -> !spherical.s2_spectrum<16x1, b = 6, f32> {
  // expected-error @+1 {{expected a way to compute it that it has here, got ring_lanes, which `spherical.choice` asks for}}
  %f = spherical.s2_ft %x {spherical.choice = #spherical.choice<algorithm = "ring_lanes", radices = [12], lanes = 16, reason = "a trial">} : !spherical.s2<16x1, b = 6, f32> -> !spherical.s2_spectrum<16x1, b = 6, f32>
  return %f : !spherical.s2_spectrum<16x1, b = 6, f32>
}

// -----

// expected-error @+1 {{expected spherical.channel_lanes to be a power of two up to 64, got -4 : i64}}
func.func @negative_lanes(%x: !spherical.so3_spectrum<1x12, b = 4, f32>) -> !spherical.so3_spectrum<1x12, b = 2, f32> attributes {spherical.channel_lanes = -4 : i64} {
  %y = spherical.truncate %x : !spherical.so3_spectrum<1x12, b = 4, f32> -> !spherical.so3_spectrum<1x12, b = 2, f32>
  return %y : !spherical.so3_spectrum<1x12, b = 2, f32>
}

// -----

// expected-error @+1 {{expected spherical.channel_lanes to be a power of two up to 64, got 3 : i64}}
func.func @odd_lanes(%x: !spherical.so3_spectrum<1x12, b = 4, f32>) -> !spherical.so3_spectrum<1x12, b = 2, f32> attributes {spherical.channel_lanes = 3 : i64} {
  %y = spherical.truncate %x : !spherical.so3_spectrum<1x12, b = 4, f32> -> !spherical.so3_spectrum<1x12, b = 2, f32>
  return %y : !spherical.so3_spectrum<1x12, b = 2, f32>
}

// -----

func.func @series_of_samples(%x: !spherical.so3_spectrum<2x12, b = 4, f32>) -> !spherical.so3_spectrum<2x12, b = 4, f32> {
  // expected-error @+1 {{expected spherical.series_lanes on boundaries from spectrum to spectrum of functions with spherical.channel_lanes}}
  %y = spherical.boundary %x grid 4 {spherical.series_lanes = 16 : i64} : !spherical.so3_spectrum<2x12, b = 4, f32> -> !spherical.so3_spectrum<2x12, b = 4, f32> {
  ^bb0(%v: f32):
    %r = arith.mulf %v, %v : f32
    spherical.yield %r : f32
  }
  return %y : !spherical.so3_spectrum<2x12, b = 4, f32>
}

// -----

func.func @series_of_others(%x: !spherical.so3_spectrum<2x12, b = 4, f32>) -> !spherical.so3_spectrum<2x12, b = 2, f32> attributes {spherical.channel_lanes = 16 : i64} {
  // expected-error @+1 {{expected spherical.series_lanes on boundaries from spectrum to spectrum}}
  %y = spherical.truncate %x {spherical.series_lanes = 16 : i64} : !spherical.so3_spectrum<2x12, b = 4, f32> -> !spherical.so3_spectrum<2x12, b = 2, f32>
  return %y : !spherical.so3_spectrum<2x12, b = 2, f32>
}

// -----

func.func @packed_too_early(%w: tensor<3x2x5x5xf32>) -> tensor<3x2x5x5xf32, #nn.packing<windows, lanes = 16>> {
  // expected-error @+1 {{expected no packed values where layouts are not assigned yet}}
  %p = nn.pack_weight %w : tensor<3x2x5x5xf32> -> tensor<3x2x5x5xf32, #nn.packing<windows, lanes = 16>>
  return %p : tensor<3x2x5x5xf32, #nn.packing<windows, lanes = 16>>
}

// -----

// expected-error @+1 {{expected arguments in file order}}
func.func @packed_argument(%w: tensor<3x2x5x5xf32, #nn.packing<windows, lanes = 16>>) -> tensor<3x2x5x5xf32, #nn.packing<windows, lanes = 16>> {
  return %w : tensor<3x2x5x5xf32, #nn.packing<windows, lanes = 16>>
}

// -----

// Wigner functions come by recursion on SO(3) alone.
func.func @recursion(%x: !spherical.s2<1x1, b = 6, f32>) -> !spherical.s2_spectrum<1x1, b = 6, f32> {
  // expected-error @+1 {{expected a way to compute it that it has here, got ring_recursion, which `spherical.choice` asks for}}
  %f = spherical.s2_ft %x {spherical.choice = #spherical.choice<algorithm = "ring_recursion", radices = [12], reason = "a trial">} : !spherical.s2<1x1, b = 6, f32> -> !spherical.s2_spectrum<1x1, b = 6, f32>
  return %f : !spherical.s2_spectrum<1x1, b = 6, f32>
}
