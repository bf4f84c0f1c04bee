// RUN: spherical-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected counts from 1 to 4096 (C1), got 0}}
func.func private @grid_C1() attributes {a = #spherical.grid<s2_near_identity<beta = 0>>}

// -----

// expected-error @+1 {{expected counts from 1 to 4096 (C1), got -2}}
func.func private @grid_gamma_C1() attributes {a = #spherical.grid<so3_equatorial<gamma = -2>>}

// -----

// expected-error @+1 {{expected counts from 1 to 4096 (C1), got 5000}}
func.func private @grid_soft_C1() attributes {a = #spherical.grid<so3_soft<5000>>}

// -----

// expected-error @+1 {{expected at most 1048576 points (C1), got 8000000}}
func.func private @grid_points_C1() attributes {a = #spherical.grid<so3_soft<100>>}

// -----

// expected-error @+1 {{expected max_beta from 0 to pi (C2), got -0.5}}
func.func private @grid_C2() attributes {a = #spherical.grid<s2_near_identity<max_beta = -0.5>>}

// -----

// expected-error @+1 {{expected max_beta from 0 to pi/2 (C2), got 1.6}}
func.func private @grid_equatorial_C2() attributes {a = #spherical.grid<s2_equatorial<max_beta = 1.6>>}

// -----

// expected-error @+1 {{expected max_gamma from 0 to 2 pi (C2), got 360.0}}
func.func private @grid_gamma_C2() attributes {a = #spherical.grid<so3_near_identity<max_gamma = 360>>}

// -----

// expected-error @+1 {{expected points with beta from 0 to pi (C2), got 90.0}}
func.func private @grid_list_beta_C2() attributes {a = #spherical.grid<points<s2, [[90.0, 0.0]]>>}

// -----

// expected-error @+1 {{expected points with alpha and gamma from -4 pi to 4 pi (C2), got inf}}
func.func private @grid_list_C2() attributes {a = #spherical.grid<points<s2, [[0.1, 0x7FF0000000000000 : f64]]>>}

// -----

// expected-error @+1 {{expected one or more points of 3 angles (C3), got 0 angles in all}}
func.func private @grid_C3() attributes {a = #spherical.grid<points<so3, []>>}

// -----

// expected-error @+1 {{expected 3 angles a point, got 2}}
func.func private @grid_angles() attributes {a = #spherical.grid<points<so3, [[0.1, 0.2]]>>}

// -----

// expected-error @+1 {{expected s2 or so3, got s3}}
func.func private @grid_manifold() attributes {a = #spherical.grid<points<s3, [[0.1, 0.2]]>>}

// -----

// expected-error @+1 {{expected s2_near_identity, s2_equatorial, s2_soft, so3_near_identity, so3_equatorial, so3_soft or points, got near_identity}}
func.func private @grid_kind() attributes {a = #spherical.grid<near_identity>}

// -----

// expected-error @+1 {{expected one of beta, alpha, max_beta, got gamma}}
func.func private @grid_name() attributes {a = #spherical.grid<s2_near_identity<gamma = 3>>}

// -----

// expected-error @+1 {{expected alpha only once}}
func.func private @grid_twice() attributes {a = #spherical.grid<s2_near_identity<alpha = 3, alpha = 4>>}

// -----

// expected-error @+1 {{expected a number, got "wide"}}
func.func private @grid_number() attributes {a = #spherical.grid<s2_near_identity<max_beta = "wide">>}

// -----

// expected-error @+1 {{expected a name after the comma}}
func.func private @grid_comma() attributes {a = #spherical.grid<s2_near_identity<alpha = 3, >>}

// -----

// expected-error @+1 {{expected a finite scale that is not negative (C1), got -1.0}}
func.func private @init_C1() attributes {a = #spherical.init<normal, -1.0>}

// -----

// expected-error @+1 {{expected zeros, ones, normal or uniform, got gauss}}
func.func private @init_kind() attributes {a = #spherical.init<gauss>}

// -----

// expected-error @+1 {{expected every axis of order once (C1)}}
func.func private @layout_C1() attributes {a = #spherical.layout<order = [batch, channel, batch]>}

// -----

// expected-error @+1 {{expected lanes that are a power of two from 1 to 64 (C2), got 12}}
func.func private @layout_C2() attributes {a = #spherical.layout<order = [channel], lane = [batch : 12]>}

// -----

// expected-error @+1 {{expected at most 64 lanes in all (C2), got 128}}
func.func private @layout_product_C2() attributes {a = #spherical.layout<order = [beta], lane = [batch : 16, channel : 8]>}

// -----

// expected-error @+1 {{expected one lane size for each of different axes (C2)}}
func.func private @layout_axes_C2() attributes {a = #spherical.layout<order = [beta], lane = [batch : 2, batch : 2]>}

// -----

// expected-error @+1 {{expected pad from 1 to 64 (C3), got 0}}
func.func private @layout_C3() attributes {a = #spherical.layout<order = [beta], pad = 0>}

// -----

// expected-error @+1 {{expected basis real or complex, got odd}}
func.func private @layout_basis() attributes {a = #spherical.layout<order = [beta], basis = odd>}

// -----

// expected-error @+1 {{expected one of algorithm, radices, rows, tile, lanes, tasks, flop, bytes, nanoseconds, reason, got tiles}}
func.func private @choice_name() attributes {a = #spherical.choice<algorithm = "fft", tiles = 3>}

// -----

// expected-error @+1 {{expected tile to be rows and columns from 1 to 8 with a product of at most 32, got [5]}}
func.func private @choice_tile() attributes {a = #spherical.choice<algorithm = "dense", tile = [5]>}

// -----

// expected-error @+1 {{expected tile to be rows and columns from 1 to 8 with a product of at most 32, got [8, 5]}}
func.func private @choice_large_tile() attributes {a = #spherical.choice<algorithm = "dense", tile = [8, 5]>}
