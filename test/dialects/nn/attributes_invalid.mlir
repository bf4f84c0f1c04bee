// RUN: spherical-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected ignore, class_weights and label_smoothing of cross_entropy only (C1), got mean_squared_error}}
func.func private @loss_C1() attributes {a = #nn.loss<mean_squared_error, ignore = 3>}

// -----

// expected-error @+1 {{expected finite class weights that are not negative (C2), got -1.0}}
func.func private @loss_C2() attributes {a = #nn.loss<cross_entropy, class_weights = [-1.0]>}

// -----

// expected-error @+1 {{expected a class weight above 0 (C2), got none}}
func.func private @loss_zeros_C2() attributes {a = #nn.loss<cross_entropy, class_weights = [0.0, 0.0]>}

// -----

// expected-error @+1 {{expected cross_entropy, mean_squared_error, mean_absolute_error or huber, got hinge}}
func.func private @loss_kind() attributes {a = #nn.loss<hinge>}

// -----

// expected-error @+1 {{expected one of weights, ignore, class_weights, label_smoothing, delta, got weight}}
func.func private @loss_field() attributes {a = #nn.loss<cross_entropy, weight = area>}

// -----

// expected-error @+1 {{expected beta1 and beta2 of at least 0 and below 1 (C1), got 1.0}}
func.func private @optimizer_beta_C1() attributes {a = #nn.optimizer<beta2 = 1.0>}

// -----

// expected-error @+1 {{expected eps to be positive (C1), got 0.0}}
func.func private @optimizer_eps_C1() attributes {a = #nn.optimizer<eps = 0.0>}

// -----

// expected-error @+1 {{expected weight_decay and clip to be finite and not negative (C2), got -1.0}}
func.func private @optimizer_C2() attributes {a = #nn.optimizer<clip = -1.0>}

// -----

// expected-error @+1 {{expected delta of huber only (C1), got cross_entropy}}
func.func private @loss_delta_C1() attributes {a = #nn.loss<cross_entropy, delta = 2.0>}

// -----

// expected-error @+1 {{expected label_smoothing of at least 0 and below 1 (C3), got 1.0}}
func.func private @loss_smoothing_C3() attributes {a = #nn.loss<cross_entropy, label_smoothing = 1.0>}

// -----

// expected-error @+1 {{expected delta to be positive and finite (C3), got 0.0}}
func.func private @loss_delta_C3() attributes {a = #nn.loss<huber, delta = 0.0>}

// -----

// expected-error @+1 {{expected beta1, beta2 and eps of adam only (C1), got sgd}}
func.func private @optimizer_sgd_C1() attributes {a = #nn.optimizer<sgd, beta1 = 0.5>}

// -----

// expected-error @+1 {{expected momentum of at least 0 and below 1, above 0 with nesterov (C3), got 1.0}}
func.func private @optimizer_momentum_C3() attributes {a = #nn.optimizer<sgd, momentum = 1.0>}

// -----

// expected-error @+1 {{expected momentum of at least 0 and below 1, above 0 with nesterov (C3), got 0.0}}
func.func private @optimizer_nesterov_C3() attributes {a = #nn.optimizer<sgd, nesterov = true>}

// -----

// expected-error @+1 {{expected momentum of sgd only (C3), got adam}}
func.func private @optimizer_adam_C3() attributes {a = #nn.optimizer<momentum = 0.5>}

// -----

// expected-error @+1 {{expected accumulate of at least 1 (C4), got 0}}
func.func private @optimizer_accumulate_C4() attributes {a = #nn.optimizer<accumulate = 0>}

// -----

// expected-error @+1 {{expected average of at least 0 and below 1 (C4), got 1.0}}
func.func private @optimizer_average_C4() attributes {a = #nn.optimizer<average = 1.0>}

// -----

// expected-error @+1 {{expected lanes to be a power of two up to 64 (C1), got 12}}
func.func private @packing_C1() attributes {a = #nn.packing<taps, lanes = 12>}

// -----

// expected-error @+1 {{expected phases to have a stride of two integers from 1 to 1024 (C2), got [2]}}
func.func private @packing_C2() attributes {a = #nn.packing<phases, lanes = 16, stride = [2]>}

// -----

// expected-error @+1 {{expected windows to have no stride (C2), got [2, 2]}}
func.func private @packing_C2_windows() attributes {a = #nn.packing<windows, lanes = 16, stride = [2, 2]>}

// -----

// expected-error @+1 {{expected positions to have a length from 4 to 8 (C4), got 9}}
func.func private @packing_C4() attributes {a = #nn.packing<positions, length = 9, lanes = 16>}

// -----

// expected-error @+1 {{expected transposed_positions to have a length from 4 to 8 (C4), got 0}}
func.func private @packing_C4_none() attributes {a = #nn.packing<transposed_positions, lanes = 16>}

// -----

// expected-error @+1 {{expected taps to have no length (C4), got 6}}
func.func private @packing_C4_taps() attributes {a = #nn.packing<taps, length = 6, lanes = 16>}

// -----

// expected-error @+1 {{expected positions to have a length above the kernel's sides in steps of the stride, these no shorter than it, and at most 32 of an axis (C4), got 4 for 4 in steps of 1}}
func.func private @packing_C4_kernel(tensor<3x4x3x4xf32, #nn.packing<positions, length = 4, lanes = 16>>)

// -----

// expected-error @+1 {{expected positions to have a length above the kernel's sides in steps of the stride, these no shorter than it, and at most 32 of an axis (C4), got 4 for 3 in steps of 4}}
func.func private @packing_C4_stride(tensor<3x4x4x3xf32, #nn.packing<positions, length = 4, lanes = 16, stride = [2, 4]>>)

// -----

// expected-error @+1 {{expected positions to have no stride, or two integers from 1 to 1024, not both 1, (C2), got [1, 1]}}
func.func private @packing_C2_positions() attributes {a = #nn.packing<positions, length = 6, lanes = 16, stride = [1, 1]>}

// -----

// expected-error @+1 {{expected positions to have no stride, or two integers from 1 to 1024, not both 1, (C2), got [2]}}
func.func private @packing_C2_positions_one() attributes {a = #nn.packing<positions, length = 6, lanes = 16, stride = [2]>}

// -----

// expected-error @+1 {{expected positions to have no stride, or two integers from 1 to 1024, not both 1, (C2), got [0, 2]}}
func.func private @packing_C2_positions_zero() attributes {a = #nn.packing<positions, length = 6, lanes = 16, stride = [0, 2]>}

// -----

// Sizes that would overflow.
// expected-error @+1 {{at most 32 of an axis (C4), got 4 for 9223372036854775807 in steps of 2}}
func.func private @packing_C4_large(tensor<1x1x9223372036854775807x1xf32, #nn.packing<positions, length = 4, lanes = 1, stride = [2, 1]>>)

// -----

// expected-error @+1 {{expected a packed weight to have four axes of real values (C3), got [3, 4] of 'f32'}}
func.func private @packing_C3(tensor<3x4xf32, #nn.packing<windows, lanes = 16>>)
