// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @grid_ft_C1(%x: tensor<2x3x14x9xf32>) {
  // expected-error @+1 {{expected fields ''tensor<2x3x9x14xf32>'' beside a real spectrum (C1), got}}
  %0 = spherical.grid_ft %x grid <equirectangular, 9x14> : tensor<2x3x14x9xf32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
  return
}

// -----

func.func @grid_ft_C1_healpix(%x: tensor<2x3x6x8xf32>) {
  // expected-error @+1 {{expected fields ''tensor<2x3x48xf32>'' beside a real spectrum (C1), got}}
  %0 = spherical.grid_ft %x grid <healpix_ring, 2> : tensor<2x3x6x8xf32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
  return
}

// -----

func.func @grid_ft_C1_complex(%x: tensor<2x3x9x14xf32>) {
  // expected-error @+1 {{beside a real spectrum (C1), got}}
  %0 = spherical.grid_ft %x grid <equirectangular, 9x14> : tensor<2x3x9x14xf32> -> !spherical.s2_spectrum<2x3, b = 4, complex<f32>>
  return
}

// -----

func.func @grid_ft_C2(%x: tensor<2x3x9x14xf32>) {
  // expected-error @+2 {{expected a band-limit of at most 5, which the grid carries (C2), got 6}}
  // expected-note @+1 {{analyse to 5 degrees and `pad` the spectrum, or use a finer grid}}
  %0 = spherical.grid_ft %x grid <equirectangular, 9x14> : tensor<2x3x9x14xf32> -> !spherical.s2_spectrum<2x3, b = 6, f32>
  return
}

// -----

// Rows carry 8, columns 4.
func.func @grid_ft_C2_columns(%x: tensor<2x3x8x7xf32>) {
  // expected-error @+2 {{expected a band-limit of at most 4, which the grid carries (C2), got 5}}
  // expected-note @+1 {{analyse to 4 degrees}}
  %0 = spherical.grid_ft %x grid <gauss_legendre, 8x7> : tensor<2x3x8x7xf32> -> !spherical.s2_spectrum<2x3, b = 5, f32>
  return
}

// -----

func.func @grid_ft_C2_healpix(%x: tensor<2x3x48xf32>) {
  // expected-error @+2 {{expected a band-limit of at most 4, which the grid carries (C2), got 5}}
  // expected-note @+1 {{analyse to 4 degrees}}
  %0 = spherical.grid_ft %x grid <healpix_ring, 2> : tensor<2x3x48xf32> -> !spherical.s2_spectrum<2x3, b = 5, f32>
  return
}

// -----

func.func @grid_ft_C3(%h: !spherical.s2_spectrum<2x3, b = 4, f32>) {
  // expected-error @+1 {{expected to go from fields to their spectrum (C3), got}}
  %0 = spherical.grid_ft %h grid <soft, 8x8> : !spherical.s2_spectrum<2x3, b = 4, f32> -> tensor<2x3x8x8xf32>
  return
}

// -----

func.func @grid_ift_C3(%h: !spherical.s2_spectrum<2x3, b = 4, f32>) {
  // expected-error @+1 {{expected to go from fields to their spectrum (C3), got}}
  %0 = spherical.grid_ift %h grid <soft, 8x8> {adjoint} : !spherical.s2_spectrum<2x3, b = 4, f32> -> tensor<2x3x8x8xf32>
  return
}

// -----

func.func @grid_ift_C4(%h: !spherical.s2_spectrum<1x1, b = 256, f32>) {
  // expected-error @+1 {{expected tables of at most 268435456 numbers (C4), got 547356672}}
  %0 = spherical.grid_ift %h grid <equirectangular, 16384x16384> : !spherical.s2_spectrum<1x1, b = 256, f32> -> tensor<1x1x16384x16384xf32>
  return
}

// -----

func.func @interpolate_C1(%x: tensor<2x4x8x8xf32>) {
  // expected-error @+1 {{expected fields ''tensor<2x3x8x8xf32>'' beside a real function (C1), got}}
  %0 = spherical.interpolate %x grid <soft, 8x8> : tensor<2x4x8x8xf32> -> !spherical.s2<2x3, b = 4, f32>
  return
}

// -----

func.func @rotate_by_C1(%h: !spherical.s2_spectrum<2x3, b = 4, f32>, %a: tensor<3x3xf32>) {
  // expected-error @+1 {{expected a real spectrum and angles ''tensor<2x3xf32>'', three for each sample (C1), got}}
  %0 = spherical.rotate_by %h, %a : !spherical.s2_spectrum<2x3, b = 4, f32>, tensor<3x3xf32>
  return
}

// -----

func.func @rotate_z_C1(%h: !spherical.s2_spectrum<2x3, b = 4, complex<f32>>, %a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected a real spectrum and angles}}
  %0 = spherical.rotate_z %h, %a at 0 : !spherical.s2_spectrum<2x3, b = 4, complex<f32>>, tensor<2x3xf32>
  return
}

// -----

func.func @rotate_z_C2(%h: !spherical.s2_spectrum<2x3, b = 4, f32>, %a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected `at` to be 0, 1 or 2 (C2), got 3}}
  %0 = spherical.rotate_z %h, %a at 3 : !spherical.s2_spectrum<2x3, b = 4, f32>, tensor<2x3xf32>
  return
}

// -----

// expected-error @+1 {{expected soft, equirectangular, equirectangular_poles, driscoll_healy, gauss_legendre, healpix_ring or healpix_nested, got mollweide}}
func.func @kind() attributes {a = #spherical.sample_grid<mollweide, 4x8>} { return }

// -----

// expected-error @+1 {{expected rows and columns of soft from 1 to 16384, even and equal (C1), got 8x9}}
func.func @soft() attributes {a = #spherical.sample_grid<soft, 8x9>} { return }

// -----

// expected-error @+1 {{expected rows and columns of driscoll_healy from 1 to 16384, rows even (C1), got 5x8}}
func.func @driscoll_healy() attributes {a = #spherical.sample_grid<driscoll_healy, 5x8>} { return }

// -----

// expected-error @+1 {{expected nside of healpix_nested from 1 to 512, a power of two (C1), got 6}}
func.func @nested() attributes {a = #spherical.sample_grid<healpix_nested, 6>} { return }

// -----

// expected-error @+1 {{expected rows x columns, got 3 extents}}
func.func @extents() attributes {a = #spherical.sample_grid<equirectangular, 4x8x2>} { return }
