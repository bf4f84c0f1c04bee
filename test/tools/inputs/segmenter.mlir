// A segmentation network small enough for tests: logits on the grid of its input.
module @segmenter attributes {spherical.phase = "graph", spherical.target = "cpu"} {
  func.func @forward(
      %x: tensor<4x1x10x10xf32> {spherical.role = "input", spherical.name = "x"},
      %k0: tensor<1x3x24xf32> {spherical.role = "parameter", spherical.name = "input_layer.kernel", spherical.init = #spherical.init<normal, 1.0>},
      %b0: tensor<3xf32> {spherical.role = "parameter", spherical.name = "input_layer.bias", spherical.init = #spherical.init<zeros, 1.0>},
      %k1: tensor<3x11x192xf32> {spherical.role = "parameter", spherical.name = "output_layer.kernel", spherical.init = #spherical.init<normal, 1.0>},
      %b1: tensor<11xf32> {spherical.role = "parameter", spherical.name = "output_layer.bias", spherical.init = #spherical.init<zeros, 1.0>})
      -> (tensor<4x11x10x10xf32> {spherical.name = "logits"}) attributes {spherical.loss = "cross_entropy"} {
    %0 = spherical.samples %x : tensor<4x1x10x10xf32> -> !spherical.s2<4x1, b = 5, f32>
    %1 = spherical.s2_conv %0, %k0 grid <s2_near_identity<beta = 3, alpha = 8, max_beta = 0.5>>
        : !spherical.s2<4x1, b = 5, f32> -> !spherical.so3<4x3, b = 4, f32>
    %2 = spherical.add_bias %1, %b0 : !spherical.so3<4x3, b = 4, f32>, tensor<3xf32>
    %3 = nn.relu %2 : !spherical.so3<4x3, b = 4, f32>
    %4 = spherical.so3_to_s2 %3, %k1
        grid <so3_near_identity<beta = 3, alpha = 8, gamma = 8, max_beta = 0.6>> high zero projection sum_n
        : !spherical.so3<4x3, b = 4, f32> -> !spherical.s2<4x11, b = 5, f32>
    %5 = spherical.add_bias %4, %b1 : !spherical.s2<4x11, b = 5, f32>, tensor<11xf32>
    %6 = spherical.samples %5 : !spherical.s2<4x11, b = 5, f32> -> tensor<4x11x10x10xf32>
    return %6 : tensor<4x11x10x10xf32>
  }
}
