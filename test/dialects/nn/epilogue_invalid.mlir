// RUN: spherical-opt %s --split-input-file --verify-diagnostics

!x = tensor<2x3xf32>
!w = tensor<4x3xf32>
!b = tensor<4xf32>
!y = tensor<2x4xf32>

func.func @extras_without_region_E1(%x: !x, %w: !w, %b: !b, %r: !y) {
  // expected-error @+1 {{expected `extras` only with an `epilogue` (E1), got 1 without}}
  %y = "nn.linear"(%x, %w, %b, %r) ({}) : (!x, !w, !b, !y) -> !y
  return
}

// -----

!x = tensor<2x3xf32>
!w = tensor<4x3xf32>
!b = tensor<4xf32>
!y = tensor<2x4xf32>

func.func @other_type_E1(%x: !x, %w: !w, %b: !b) {
  // expected-error @+1 {{expected `extras` of type 'tensor<2x4xf32>' (E1), got 'tensor<2x3xf32>'}}
  %y = "nn.linear"(%x, %w, %b, %x) ({
  ^bb0(%value: f32, %extra: f32):
    nn.yield %value : f32
  }) : (!x, !w, !b, !x) -> !y
  return
}

// -----

// The printed form gives each extra its operand, which has the type of the result.
func.func @printed_E1(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>, %b: tensor<4xf32>) { // expected-note {{prior use here}}
  // expected-error @+2 {{use of value '%x' expects different type than prior uses: 'tensor<2x4xf32>' vs 'tensor<2x3xf32>'}}
  %y = nn.linear %x, %w, %b : tensor<2x3xf32>, tensor<4x3xf32>, tensor<4xf32> -> tensor<2x4xf32>
      epilogue(%value, %extra = %x) {
    nn.yield %value : f32
  }
  return
}

// -----

func.func @arguments_E2(%x: tensor<2x3x4x4xf32>) {
  // expected-error @+1 {{expected an `epilogue` with arguments of types 'f32' (E2), got 'f32', 'f32'}}
  %y = "nn.upsample_nearest"(%x) ({
  ^bb0(%value: f32, %extra: f32):
    nn.yield %value : f32
  }) : (tensor<2x3x4x4xf32>) -> tensor<2x3x8x8xf32>
  return
}

// -----

func.func @element_E2(%x: tensor<2x3x4x4xf32>) {
  // expected-error @+1 {{expected an `epilogue` with arguments of types 'f32' (E2), got 'f64'}}
  %y = "nn.upsample_nearest"(%x) ({
  ^bb0(%value: f64):
    nn.yield %value : f64
  }) : (tensor<2x3x4x4xf32>) -> tensor<2x3x8x8xf32>
  return
}

// -----

func.func @op_E3(%x: tensor<2x3x4x4xf32>) {
  %y = nn.upsample_nearest %x : tensor<2x3x4x4xf32> -> tensor<2x3x8x8xf32> epilogue(%value) {
    // expected-error @+1 {{is not supported in an epilogue (E3)}}
    %r = arith.remf %value, %value : f32
    nn.yield %r : f32
  }
  return
}

// -----

func.func @precision_E3(%x: tensor<2x3x4x4xf32>) {
  %y = nn.upsample_nearest %x : tensor<2x3x4x4xf32> -> tensor<2x3x8x8xf32> epilogue(%value) {
    %w = arith.extf %value : f32 to f64
    // expected-error @+1 {{expected numbers of 'f32' in an epilogue (E3), got 'f64'}}
    %s = arith.mulf %w, %w : f64
    %r = arith.truncf %s : f64 to f32
    nn.yield %r : f32
  }
  return
}

// -----

func.func @flags_E3(%x: tensor<2x3x4x4xf32>) {
  %y = nn.upsample_nearest %x : tensor<2x3x4x4xf32> -> tensor<2x3x8x8xf32> epilogue(%value) {
    // expected-error @+1 {{expected no flags in an epilogue (E3)}}
    %r = arith.addf %value, %value fastmath<fast> : f32
    nn.yield %r : f32
  }
  return
}

// -----

// The region sees none but its arguments.
func.func @outside_E3(%x: tensor<2x3x4x4xf32>, %scale: f32) {
  %y = nn.upsample_nearest %x : tensor<2x3x4x4xf32> -> tensor<2x3x8x8xf32> epilogue(%value) {
    // expected-error @+1 {{use of undeclared SSA value name}}
    %r = arith.mulf %value, %scale : f32
    nn.yield %r : f32
  }
  return
}

// -----

func.func @yield_E4(%x: tensor<2x3x4x4xf32>) {
  %y = nn.upsample_nearest %x : tensor<2x3x4x4xf32> -> tensor<2x3x8x8xf32> epilogue(%value) {
    %w = arith.extf %value : f32 to f64
    // expected-error @+1 {{expected a number of 'f32' (E4), got 'f64'}}
    nn.yield %w : f64
  }
  return
}

// -----

func.func @yield_parent(%x: f32) {
  // expected-error @+1 {{expects parent op to be one of 'nn.conv2d, nn.conv_transpose2d, nn.linear, nn.upsample_nearest'}}
  nn.yield %x : f32
}
