// RUN: spherical-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected ignore and class_weights of cross_entropy only (C1), got mean_squared_error}}
func.func private @loss_C1() attributes {a = #nn.loss<mean_squared_error, ignore = 3>}

// -----

// expected-error @+1 {{expected finite class weights that are not negative (C2), got -1.0}}
func.func private @loss_C2() attributes {a = #nn.loss<cross_entropy, class_weights = [-1.0]>}

// -----

// expected-error @+1 {{expected a class weight above 0 (C2), got none}}
func.func private @loss_zeros_C2() attributes {a = #nn.loss<cross_entropy, class_weights = [0.0, 0.0]>}

// -----

// expected-error @+1 {{expected cross_entropy, mean_squared_error or mean_absolute_error, got hinge}}
func.func private @loss_kind() attributes {a = #nn.loss<hinge>}

// -----

// expected-error @+1 {{expected one of weights, ignore, class_weights, got weight}}
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
