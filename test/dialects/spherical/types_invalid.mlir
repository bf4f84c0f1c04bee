// RUN: spherical-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected batch and channels of at least 1 (C1), got 0x4}}
func.func private @s2_C1(!spherical.s2<0x4, b = 8, f32>)

// -----

// expected-error @+1 {{expected batch and channels of at least 1 (C1), got 2x0}}
func.func private @so3_C1(!spherical.so3<2x0, b = 8, f32>)

// -----

// expected-error @+1 {{expected a band-limit from 1 to 256 (C2), got 0}}
func.func private @s2_C2(!spherical.s2<2x4, b = 0, f32>)

// -----

// expected-error @+1 {{expected a band-limit from 1 to 256 (C2), got 257}}
func.func private @so3_spectrum_C2(!spherical.so3_spectrum<2x4, b = 257, f32>)

// -----

// expected-error @+1 {{expected a band-limit from 1 to 256 (C2), got -3}}
func.func private @negative_C2(!spherical.so3<2x4, b = -3, f32>)

// -----

// expected-error @+1 {{expected element f32, f64, complex<f32> or complex<f64> (C3), got 'i32'}}
func.func private @s2_spectrum_C3(!spherical.s2_spectrum<2x4, b = 8, i32>)

// -----

// expected-error @+1 {{expected element f32, f64, complex<f32> or complex<f64> (C3), got 'complex<i8>'}}
func.func private @complex_C3(!spherical.s2<2x4, b = 8, complex<i8>>)

// -----

// expected-error @+1 {{expected the layout to be a #spherical.layout (C4), got 3 : i64}}
func.func private @so3_C4(!spherical.so3<2x4, b = 8, f32, 3>)

// -----

// expected-error @+1 {{expected two extents, batch x channels, got 3}}
func.func private @extents(!spherical.so3<2x4x6, b = 8, f32>)

// -----

// expected-error @+1 {{expected two extents, batch x channels, got 1}}
func.func private @one_extent(!spherical.so3<2, b = 8, f32>)

// -----

// expected-error @+1 {{expected ','}}
func.func private @truncated(!spherical.so3<2x4>)

// -----

// expected-error @+1 {{expected 'b'}}
func.func private @other_name(!spherical.so3<2x4, l = 8, f32>)

// -----

// expected-error @+1 {{expected ','}}
func.func private @no_element(!spherical.so3<2x4, b = 8>)

// -----

// expected-error @+1 {{integer value too large}}
func.func private @huge(!spherical.so3<2x4, b = 99999999999999999999999, f32>)

// -----

// expected-error @+1 {{expected static shape}}
func.func private @dynamic(!spherical.so3<?x4, b = 8, f32>)

// -----

// expected-error @+1 {{unknown  type `so4` in dialect `spherical`}}
func.func private @unknown(!spherical.so4<2x4, b = 8, f32>)
