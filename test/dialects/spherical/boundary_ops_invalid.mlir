// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @batch_C1(%z: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected signals of one manifold, batch, channels and real element (C1), got '!spherical.so3_spectrum<2x3, b = 8, f32>' and '!spherical.so3_spectrum<2x4, b = 6, f32>'}}
  %y = spherical.boundary %z grid 8 : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x4, b = 6, f32> {
  ^bb0(%v: f32):
    spherical.yield %v : f32
  }
  return
}

// -----

func.func @complex_C1(%z: !spherical.s2_spectrum<2x3, b = 8, complex<f32>>) {
  // expected-error @+1 {{expected signals of one manifold, batch, channels and real element (C1)}}
  %y = spherical.boundary %z grid 8 : !spherical.s2_spectrum<2x3, b = 8, complex<f32>> -> !spherical.s2_spectrum<2x3, b = 6, complex<f32>> {
  ^bb0(%v: f32):
    spherical.yield %v : f32
  }
  return
}

// -----

func.func @spectrum_C2(%f: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected input or result to be a spectrum (C2), got '!spherical.so3<2x3, b = 8, f32>' -> '!spherical.so3<2x3, b = 8, f32>'}}
  %y = spherical.boundary %f grid 8 : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3<2x3, b = 8, f32> {
  ^bb0(%v: f32):
    spherical.yield %v : f32
  }
  return
}

// -----

func.func @grid_C2(%f: !spherical.so3<2x3, b = 7, f32>) {
  // expected-error @+1 {{expected functions of the grid's band-limit 8 (C2), got '!spherical.so3<2x3, b = 7, f32>'}}
  %y = spherical.boundary %f grid 8 : !spherical.so3<2x3, b = 7, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32> {
  ^bb0(%v: f32):
    spherical.yield %v : f32
  }
  return
}

// -----

func.func @high_C3(%z: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected `high` exactly if the spectrum has degrees from 8 on (C3), got '!spherical.so3_spectrum<2x3, b = 9, f32>' without it}}
  %y = spherical.boundary %z grid 8 : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 9, f32> {
  ^bb0(%v: f32):
    spherical.yield %v : f32
  }
  return
}

// -----

func.func @no_high_C3(%z: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{(C3), got '!spherical.so3_spectrum<2x3, b = 6, f32>' with it}}
  %y = spherical.boundary %z grid 8 high zero : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32> {
  ^bb0(%v: f32):
    spherical.yield %v : f32
  }
  return
}

// -----

func.func @arguments_C4(%z: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected a region with arguments of types 'f32' (C4), got 'f32', 'f32'}}
  %y = spherical.boundary %z grid 8 : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32> {
  ^bb0(%v: f32, %w: f32):
    spherical.yield %v : f32
  }
  return
}

// -----

func.func @yield_C4(%z: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected the region to yield 'f32' (C4), got 'f64'}}
  %y = spherical.boundary %z grid 8 : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32> {
  ^bb0(%v: f32):
    %w = arith.extf %v : f32 to f64
    spherical.yield %w : f64
  }
  return
}

// -----

func.func @scalars_C5(%z: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  %y = spherical.boundary %z grid 8 : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32> {
  ^bb0(%v: f32):
    // expected-error @+1 {{expected scalar arithmetic in the region of a boundary (C5)}}
    %t = spherical.zero : tensor<2xf32>
    spherical.yield %v : f32
  }
  return
}

// -----

func.func @mask_C6(%z: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected a spectrum and the maximum of f and 0 where a mask is asked for (C6)}}
  %y, %m = spherical.boundary %z grid 8 : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32>, !spherical.so3<2x3, b = 8, i1> {
  ^bb0(%v: f32):
    spherical.yield %v : f32
  }
  return
}

// -----

func.func @extra_C6(%z: !spherical.so3_spectrum<2x3, b = 8, f32>, %m: !spherical.so3<2x3, b = 8, i1>) {
  // expected-error @+1 {{expected a spectrum from a region that selects f or 0 by its mask (C6)}}
  %y = spherical.boundary %z with(%m : !spherical.so3<2x3, b = 8, i1>) grid 8 : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32> {
  ^bb0(%v: f32, %bit: i1):
    %one = arith.constant 1.0 : f32
    %w = arith.select %bit, %v, %one : f32
    spherical.yield %w : f32
  }
  return
}

// -----

func.func @mask_is_no_signal(%m: !spherical.so3<2x3, b = 8, i1>) {
  // expected-error @+1 {{operand #0 must be function or spectrum on S2 or SO(3)}}
  %y = spherical.so3_ft %m : !spherical.so3<2x3, b = 8, i1> -> !spherical.so3_spectrum<2x3, b = 6, f32>
  return
}
