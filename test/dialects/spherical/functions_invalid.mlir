// RUN: spherical-opt %s --split-input-file --verify-diagnostics

// Attributes that the dialect does not know may be any, and known ones may be right.
func.func private @valid(tensor<2xf32> {spherical.role = "state", spherical.name = "s", spherical.init = #spherical.init<ones>, spherical.other = 3})
    -> (tensor<2xf32> {spherical.name = "s", spherical.replaces = "s"})

// -----

// expected-error @+1 {{expected `spherical.role` to be input, label, count, learning_rate, parameter, moment, average, state or prepared (C1), got "weight"}}
func.func private @role_C1(tensor<2xf32> {spherical.role = "weight"})

// -----

// expected-error @+1 {{or prepared (C1), got 3 : i64}}
func.func private @role_type_C1(tensor<2xf32> {spherical.role = 3})

// -----

// expected-error @+1 {{expected a tensor as parameter (C1), got '!spherical.so3_spectrum<2x1, b = 4, f32>'}}
func.func private @parameter_C1(!spherical.so3_spectrum<2x1, b = 4, f32> {spherical.role = "parameter"})

// -----

// expected-error @+1 {{expected `spherical.name` to be a string that is not empty (C2), got ""}}
func.func private @name_C2(tensor<2xf32> {spherical.name = ""})

// -----

// expected-error @+1 {{expected `spherical.replaces` to be a string that is not empty (C2), got unit}}
func.func private @replaces_C2() -> (tensor<2xf32> {spherical.replaces})

// -----

// expected-error @+1 {{expected `spherical.init` to be a #spherical.init (C3), got "ones"}}
func.func private @init_C3(tensor<2xf32> {spherical.init = "ones"})

// -----

// expected-error @+1 {{expected `spherical.graph` to be a string (C4), got 3 : i64}}
module attributes {spherical.graph = 3} {}

// -----

// expected-error @+1 {{expected `spherical.phase` to be graph, expand, differentiate, fuse, schedule, plan or lower (C4), got "grpah"}}
module attributes {spherical.phase = "grpah"} {}
