// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @so3_to_s2_C1(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x8xf32>) {
  // expected-error @+1 {{expected input and result of the same batch and element (C1), got}}
  %y = spherical.so3_to_s2 %x, %k grid <so3_soft<1>> : !spherical.so3<2x3, b = 8, f32> -> !spherical.s2<3x5, b = 8, f32>
  return
}

// -----

func.func @so3_to_s2_C2(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x8xf32>) {
  // expected-error @+2 {{expected `high` to say what degrees 8 and up hold (C2), got none}}
  // expected-note @+1 {{zero fills them with zeros (the paper)}}
  %y = spherical.so3_to_s2 %x, %k grid <so3_soft<1>> : !spherical.so3<2x3, b = 8, f32> -> !spherical.s2<2x5, b = 9, f32>
  return
}

// -----

func.func @so3_to_s2_C3(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x4x8xf32>) {
  // expected-error @+1 {{expected kernel 'tensor<3x5x8xf32>', channels in x channels out x points (C3), got 'tensor<3x4x8xf32>'}}
  %y = spherical.so3_to_s2 %x, %k grid <so3_soft<1>> : !spherical.so3<2x3, b = 8, f32>, tensor<3x4x8xf32> -> !spherical.s2<2x5, b = 8, f32>
  return
}

// -----

func.func @so3_to_s2_C4(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x4xf32>) {
  // expected-error @+1 {{expected a grid on SO(3) (C4), got}}
  %y = spherical.so3_to_s2 %x, %k grid <s2_soft<1>> : !spherical.so3<2x3, b = 8, f32> -> !spherical.s2<2x5, b = 8, f32>
  return
}

// -----

func.func @projection(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x8xf32>) {
  // expected-error @+1 {{expected sum_n, orbit_mean or invariant, got mean}}
  %y = spherical.so3_to_s2 %x, %k grid <so3_soft<1>> projection mean : !spherical.so3<2x3, b = 8, f32> -> !spherical.s2<2x5, b = 8, f32>
  return
}

// -----

func.func @so3_orbit_mean_C1(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected a function or spectrum on SO(3) and one on S2 of the same batch, channels, band-limit and element (C1), got '!spherical.so3<2x3, b = 8, f32>' -> '!spherical.s2<2x3, b = 4, f32>'}}
  %y = spherical.so3_orbit_mean %x : !spherical.so3<2x3, b = 8, f32> -> !spherical.s2<2x3, b = 4, f32>
  return
}

// -----

func.func @so3_orbit_mean_sides_C1(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected a function or spectrum on SO(3) and one on S2 of the same batch, channels, band-limit and element (C1), got}}
  %y = spherical.so3_orbit_mean %x : !spherical.so3<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 8, f32>
  return
}

// -----

func.func @sum_n_adjoint_C1(%x: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected a spectrum on S2 and one on SO(3) of the same batch, channels, band-limit and element (C1), got}}
  %y = spherical.sum_n %x {adjoint} : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 8, f32>
  return
}

// -----

func.func @sum_n_C2(%x: !spherical.so3_spectrum<2x3, b = 8, complex<f32>>) {
  // expected-error @+1 {{expected `odd` on real elements only (C2), got '!spherical.s2_spectrum<2x3, b = 8, complex<f32>>'}}
  %y = spherical.sum_n %x {odd} : !spherical.so3_spectrum<2x3, b = 8, complex<f32>> -> !spherical.s2_spectrum<2x3, b = 8, complex<f32>>
  return
}

// -----

func.func @project_kernel_C1(%x: !spherical.so3_spectrum<2x3, b = 8, complex<f32>>) {
  // expected-error @+1 {{expected a real spectrum (C1), got '!spherical.s2_spectrum<2x3, b = 8, complex<f32>>'}}
  %y = spherical.project_kernel %x projection sum_n : !spherical.so3_spectrum<2x3, b = 8, complex<f32>> -> !spherical.s2_spectrum<2x3, b = 8, complex<f32>>
  return
}

// -----

func.func @project_kernel_C2(%x: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected `projection` to be sum_n or orbit_mean (C2), got invariant}}
  %y = spherical.project_kernel %x projection invariant : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 8, f32>
  return
}

// -----

func.func @thin_matmul_C1(%x: !spherical.so3_spectrum<2x3, b = 8, f32>, %c: !spherical.s2_spectrum<3x5, b = 7, f32>) {
  // expected-error @+1 {{expected spectra of the same band-limit and real element (C1), got}}
  %y = spherical.thin_matmul %x, %c : !spherical.so3_spectrum<2x3, b = 8, f32>, !spherical.s2_spectrum<3x5, b = 7, f32> -> !spherical.s2_spectrum<2x5, b = 8, f32>
  return
}

// -----

func.func @thin_matmul_C2(%x: !spherical.s2_spectrum<2x3, b = 8, f32>, %c: !spherical.s2_spectrum<3x5, b = 8, f32>) {
  // expected-error @+1 {{form forward expected lhs <BxI> on SO(3), rhs <IxO> on S2, result <BxO> on S2 (C2), got}}
  %y = spherical.thin_matmul %x, %c : !spherical.s2_spectrum<2x3, b = 8, f32>, !spherical.s2_spectrum<3x5, b = 8, f32> -> !spherical.s2_spectrum<2x5, b = 8, f32>
  return
}

// -----

func.func @thin_matmul_C3(%g: !spherical.s2_spectrum<2x4, b = 8, f32>, %c: !spherical.s2_spectrum<3x5, b = 8, f32>) {
  // expected-error @+1 {{form grad_input expected lhs <BxO> on S2, rhs <IxO> on S2, result <BxI> on SO(3) (C3), got}}
  %y = spherical.thin_matmul %g, %c form grad_input : !spherical.s2_spectrum<2x4, b = 8, f32>, !spherical.s2_spectrum<3x5, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 8, f32>
  return
}

// -----

func.func @thin_matmul_C4(%g: !spherical.s2_spectrum<2x5, b = 8, f32>, %x: !spherical.s2_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{form grad_kernel expected lhs <BxO> on S2, rhs <BxI> on SO(3), result <IxO> on S2 (C4), got}}
  %y = spherical.thin_matmul %g, %x form grad_kernel : !spherical.s2_spectrum<2x5, b = 8, f32>, !spherical.s2_spectrum<2x3, b = 8, f32> -> !spherical.s2_spectrum<3x5, b = 8, f32>
  return
}
