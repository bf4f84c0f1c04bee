// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @conv2d_C1(%x: tensor<2x3x9x9xf32>, %w: tensor<4x2x3x3xf32>) {
  // expected-error @+1 {{expected `weight` to be [O, I, K, L] of 'f32', I = 3 (C1), got 'tensor<4x2x3x3xf32>'}}
  %y = nn.conv2d %x, %w stride [1, 1] : tensor<2x3x9x9xf32>, tensor<4x2x3x3xf32> -> tensor<2x4x7x7xf32>
  return
}

// -----

func.func @conv2d_C2(%x: tensor<2x3x9x9xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{expected `stride` to be two positive integers (C2), got [0, 1]}}
  %y = nn.conv2d %x, %w stride [0, 1] : tensor<2x3x9x9xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x7x7xf32>
  return
}

// -----

func.func @conv2d_C3(%x: tensor<2x3x9x9xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{expected `result` to have 4 x 7 positions (C3), got 'tensor<2x4x7x7xf32>'}}
  %y = nn.conv2d %x, %w stride [2, 1] : tensor<2x3x9x9xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x7x7xf32>
  return
}

// -----

func.func @conv2d_C3_kernel(%x: tensor<2x3x9x2xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{expected a kernel or window of at most 9 x 2 (C3), got 3 x 3}}
  %y = nn.conv2d %x, %w stride [1, 1] : tensor<2x3x9x2xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x7x1xf32>
  return
}

// -----

func.func @conv2d_C4(%x: tensor<2x3x9x2xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{with `padding` circular expected a kernel of at most 2 columns (C4), got 3}}
  %y = nn.conv2d %x, %w stride [1, 1] padding circular : tensor<2x3x9x2xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x9x2xf32>
  return
}

// -----

#channels = #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 16]>

func.func @conv2d_C5_lanes(%x: tensor<2x3x9x9xf32, #channels>, %w: tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 8>>) {
  // expected-error @+1 {{expected `weight` to be packed as windows or taps or positions for the lanes of `result` and the stride (C5), got 'tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 8>>' for }}
  %y = nn.conv2d %x, %w stride [1, 1] : tensor<2x3x9x9xf32, #channels>, tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 8>> -> tensor<2x4x7x7xf32, #channels>
  return
}

// -----

#channels = #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 16]>

func.func @conv2d_C5_stride(%x: tensor<2x3x9x9xf32, #channels>, %w: tensor<4x3x3x3xf32, #nn.packing<positions, length = 6, lanes = 16>>) {
  // expected-error @+1 {{expected `weight` to be packed as windows or taps or positions for the lanes of `result` and the stride (C5)}}
  %y = nn.conv2d %x, %w stride [2, 2] : tensor<2x3x9x9xf32, #channels>, tensor<4x3x3x3xf32, #nn.packing<positions, length = 6, lanes = 16>> -> tensor<2x4x4x4xf32, #channels>
  return
}

// -----

#channels = #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 16]>

func.func @conv2d_C5_no_stride(%x: tensor<2x3x9x9xf32, #channels>, %w: tensor<4x3x3x3xf32, #nn.packing<positions, length = 6, lanes = 16, stride = [2, 2]>>) {
  // expected-error @+1 {{expected `weight` to be packed as windows or taps or positions for the lanes of `result` and the stride (C5)}}
  %y = nn.conv2d %x, %w stride [1, 1] : tensor<2x3x9x9xf32, #channels>, tensor<4x3x3x3xf32, #nn.packing<positions, length = 6, lanes = 16, stride = [2, 2]>> -> tensor<2x4x7x7xf32, #channels>
  return
}

// -----

func.func @conv2d_C5_samples(%x: tensor<2x3x9x9xf32>, %w: tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 16>>) {
  // expected-error @+1 {{expected `weight` to be packed as windows or taps or positions for the lanes of `result` and the stride (C5)}}
  %y = nn.conv2d %x, %w stride [1, 1] : tensor<2x3x9x9xf32>, tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 16>> -> tensor<2x4x7x7xf32>
  return
}

// -----

#channels = #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 16]>

func.func @conv_transpose2d_C5(%x: tensor<2x4x4x4xf32, #channels>, %w: tensor<4x3x3x3xf32, #nn.packing<phases, lanes = 16, stride = [1, 2]>>) {
  // expected-error @+1 {{expected `weight` to be packed as phases or transposed_taps or transposed_positions for the lanes of `result` and the stride (C5)}}
  %y = nn.conv_transpose2d %x, %w stride [2, 2] : tensor<2x4x4x4xf32, #channels>, tensor<4x3x3x3xf32, #nn.packing<phases, lanes = 16, stride = [1, 2]>> -> tensor<2x3x9x9xf32, #channels>
  return
}

// -----

func.func @pack_weight_C1(%w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{expected `result` to be 'tensor<4x3x3x3xf32>' with a #nn.packing (C1), got 'tensor<3x4x3x3xf32, #nn.packing<windows, lanes = 16>>'}}
  %p = nn.pack_weight %w : tensor<4x3x3x3xf32> -> tensor<3x4x3x3xf32, #nn.packing<windows, lanes = 16>>
  return
}

// -----

func.func @conv_transpose2d_C1(%x: tensor<2x4x7x7xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{expected `bias` to be [O] of 'f32', O = 3 (C1), got 'tensor<4xf32>'}}
  %y = nn.conv_transpose2d %x, %w bias(%b : tensor<4xf32>) stride [1, 1] : tensor<2x4x7x7xf32>, tensor<4x3x3x3xf32> -> tensor<2x3x9x9xf32>
  return
}

// -----

// Windows of the result are 4, those of the input 3.
func.func @conv_transpose2d_C3(%x: tensor<2x4x3x3xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{expected `input` to have 4 x 4 positions (C3), got 'tensor<2x4x3x3xf32>'}}
  %y = nn.conv_transpose2d %x, %w stride [2, 2] : tensor<2x4x3x3xf32>, tensor<4x3x3x3xf32> -> tensor<2x3x9x9xf32>
  return
}

// -----

func.func @conv2d_grad_weight_C1(%g: tensor<2x4x7x7xf32>, %x: tensor<3x3x9x9xf32>) {
  // expected-error @+1 {{expected `input` to be [N, I, H, W] of 'f32', N = 2 (C1), got 'tensor<3x3x9x9xf32>'}}
  %y = nn.conv2d_grad_weight %g, %x stride [1, 1] : tensor<2x4x7x7xf32>, tensor<3x3x9x9xf32> -> tensor<4x3x3x3xf32>
  return
}

// -----

func.func @max_pool2d_C2(%x: tensor<2x3x9x9xf32>) {
  // expected-error @+1 {{expected `window` to be two positive integers (C2), got [3]}}
  %y = nn.max_pool2d %x window [3] stride [2, 2] : tensor<2x3x9x9xf32> -> tensor<2x3x4x4xf32>
  return
}

// -----

func.func @max_pool2d_grad_C3(%g: tensor<2x3x3x4xf32>, %x: tensor<2x3x9x9xf32>) {
  // expected-error @+1 {{expected `grad` to have 4 x 4 positions (C3), got 'tensor<2x3x3x4xf32>'}}
  %y = nn.max_pool2d_grad %g, %x window [3, 3] stride [2, 2] : tensor<2x3x3x4xf32>, tensor<2x3x9x9xf32>
  return
}

// -----

func.func @avg_pool2d_C3(%x: tensor<2x3x4x4xf32>) {
  // expected-error @+1 {{expected `input` to have 3 x 3 positions (C3), got 'tensor<2x3x4x4xf32>'}}
  %y = nn.avg_pool2d %x window [3, 3] stride [3, 3] {adjoint} : tensor<2x3x4x4xf32> -> tensor<2x3x9x9xf32>
  return
}

// -----

func.func @global_avg_pool_C1(%x: tensor<2x3x4x4xf32>) {
  // expected-error @+1 {{expected `result` to be [N, C] of 'f32', N = 2, C = 3 (C1), got 'tensor<2x4xf32>'}}
  %y = nn.global_avg_pool %x : tensor<2x3x4x4xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @upsample_nearest_C1(%x: tensor<2x3x4x4xf32>) {
  // expected-error @+1 {{expected `result` to be [N, C, Y, X] of 'f32', N = 2, C = 3 (C1), got 'tensor<2x4x8x3xf32>'}}
  %y = nn.upsample_nearest %x : tensor<2x3x4x4xf32> -> tensor<2x4x8x3xf32>
  return
}

// -----

func.func @concat_C1(%a: tensor<2x3x4x4xf32>, %b: tensor<2x3x4x5xf32>) {
  // expected-error @+1 {{expected `inputs` to be [N, C, ...] and as 'tensor<2x6x4x4xf32>' but for C (C1), got 'tensor<2x3x4x5xf32>'}}
  %y = nn.concat %a, %b : tensor<2x3x4x4xf32>, tensor<2x3x4x5xf32> -> tensor<2x6x4x4xf32>
  return
}

// -----

func.func @concat_C1_channels(%a: tensor<2x3x4x4xf32>) {
  // expected-error @+1 {{expected `result` to have 6 channels (C1), got 'tensor<2x5x4x4xf32>'}}
  %y = nn.concat %a, %a : tensor<2x3x4x4xf32>, tensor<2x3x4x4xf32> -> tensor<2x5x4x4xf32>
  return
}

// -----

func.func @slice_channels_C2(%a: tensor<2x3x4x4xf32>) {
  // expected-error @+1 {{expected channels from 0 to 3 (C2), got 2 to 4}}
  %y = nn.slice_channels %a first 2 : tensor<2x3x4x4xf32> -> tensor<2x2x4x4xf32>
  return
}

// -----

func.func @sum_channels_C1(%a: tensor<2x3x4x4xf32>) {
  // expected-error @+1 {{expected `result` to be [C] of 'f32', C = 3 (C1), got 'tensor<2xf32>'}}
  %y = nn.sum_channels %a : tensor<2x3x4x4xf32> -> tensor<2xf32>
  return
}

// -----

func.func @leaky_relu_C2(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected `slope` of at least 0 and below 1 (C2), got 1}}
  %y = nn.leaky_relu %a slope 1.0 : tensor<2x3xf32>
  return
}

// -----

func.func @gelu_C1(%a: !spherical.s2<2x3, b = 8, complex<f32>>) {
  // expected-error @+1 {{expected a real element (C1)}}
  %y = nn.gelu %a : !spherical.s2<2x3, b = 8, complex<f32>>
  return
}

// -----

func.func @mean_of_nothing(%x: tensor<2x3x0x4xf32>) -> tensor<2x3xf32> {
  // expected-error @+1 {{expected at least one position (C2), got 'tensor<2x3x0x4xf32>'}}
  %y = nn.global_avg_pool %x : tensor<2x3x0x4xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @nearest_of_nothing(%x: tensor<2x3x0x4xf32>) -> tensor<2x3x5x4xf32> {
  // expected-error @+1 {{expected positions to read from (C2), got 'tensor<2x3x0x4xf32>'}}
  %y = nn.upsample_nearest %x : tensor<2x3x0x4xf32> -> tensor<2x3x5x4xf32>
  return %y : tensor<2x3x5x4xf32>
}
