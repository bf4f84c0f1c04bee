// Every example of the dialects' descriptions parses and verifies. There is at least one for each op.
// RUN: %python %S/examples.py %root/dialects/spherical/*.td > %t.spherical.mlir
// RUN: spherical-opt %t.spherical.mlir --split-input-file | FileCheck %s --check-prefix=SPHERICAL
// RUN: %python %S/examples.py %root/dialects/nn/*.td > %t.nn.mlir
// RUN: spherical-opt %t.nn.mlir --split-input-file | FileCheck %s --check-prefix=NN

// SPHERICAL-DAG: spherical.s2_conv
// SPHERICAL-DAG: spherical.so3_conv
// SPHERICAL-DAG: spherical.so3_integrate
// SPHERICAL-DAG: spherical.resample
// SPHERICAL-DAG: spherical.samples
// SPHERICAL-DAG: spherical.add_bias
// SPHERICAL-DAG: spherical.bias_grad
// SPHERICAL-DAG: spherical.zero
// SPHERICAL-DAG: spherical.convert_layout
// SPHERICAL-DAG: spherical.s2_ft
// SPHERICAL-DAG: spherical.s2_ift
// SPHERICAL-DAG: spherical.so3_ft
// SPHERICAL-DAG: spherical.so3_ift
// SPHERICAL-DAG: spherical.kernel_ft
// SPHERICAL-DAG: spherical.spectral_matmul
// SPHERICAL-DAG: spherical.truncate
// SPHERICAL-DAG: spherical.pad
// SPHERICAL-DAG: spherical.real_part
// SPHERICAL-DAG: spherical.imag_part
// SPHERICAL-DAG: spherical.complex
// SPHERICAL-DAG: spherical.so3_shortcut
// SPHERICAL-DAG: spherical.so3_to_s2
// SPHERICAL-DAG: spherical.so3_orbit_mean
// SPHERICAL-DAG: spherical.sum_n
// SPHERICAL-DAG: spherical.project_kernel
// SPHERICAL-DAG: spherical.thin_matmul
// SPHERICAL-DAG: spherical.rotate %
// SPHERICAL-DAG: spherical.grid_ft
// SPHERICAL-DAG: spherical.grid_ift
// SPHERICAL-DAG: spherical.interpolate
// SPHERICAL-DAG: spherical.rotate_by
// SPHERICAL-DAG: spherical.rotate_z

// NN-DAG: nn.relu %
// NN-DAG: nn.relu_grad
// NN-DAG: nn.add
// NN-DAG: nn.linear %
// NN-DAG: nn.linear_grad_input
// NN-DAG: nn.linear_grad_weight
// NN-DAG: nn.sum_batch
// NN-DAG: nn.batch_norm %
// NN-DAG: nn.batch_norm_train
// NN-DAG: nn.batch_norm_grad
// NN-DAG: nn.inverse_std
// NN-DAG: nn.cross_entropy %
// NN-DAG: nn.cross_entropy_grad
// NN-DAG: nn.mean_squared_error %
// NN-DAG: nn.mean_squared_error_grad
// NN-DAG: nn.sum_squares
// NN-DAG: nn.clip_factor
// NN-DAG: nn.adam %
// NN-DAG: nn.adam_factors
// NN-DAG: nn.adam_update
// NN-DAG: nn.increment
// NN-DAG: nn.huber %
// NN-DAG: nn.huber_grad
// NN-DAG: nn.sgd %
// NN-DAG: nn.sgd_momentum
// NN-DAG: nn.average_factor
// NN-DAG: nn.moving_average
// NN-DAG: nn.accumulate
// NN-DAG: nn.mean_scale
