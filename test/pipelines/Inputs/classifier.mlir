// A small classifier: convolutions on S2 and SO(3), an integral, batch norm and a linear layer.
module @classifier attributes {spherical.phase = "graph"} {
  func.func @forward(
      %x: tensor<4x1x12x12xf32> {spherical.role = "input", spherical.name = "x"},
      %k0: tensor<1x3x24xf32> {spherical.role = "parameter", spherical.name = "input_layer.kernel", spherical.init = #spherical.init<normal, 1.0>},
      %b0: tensor<3xf32> {spherical.role = "parameter", spherical.name = "input_layer.bias", spherical.init = #spherical.init<zeros>},
      %k1: tensor<3x5x24xf32> {spherical.role = "parameter", spherical.name = "hidden_layers.0.kernel", spherical.init = #spherical.init<normal, 1.0>},
      %b1: tensor<5xf32> {spherical.role = "parameter", spherical.name = "hidden_layers.0.bias", spherical.init = #spherical.init<zeros>},
      %nw: tensor<5xf32> {spherical.role = "parameter", spherical.name = "head.bn0.weight", spherical.init = #spherical.init<ones>},
      %nb: tensor<5xf32> {spherical.role = "parameter", spherical.name = "head.bn0.bias", spherical.init = #spherical.init<zeros>},
      %fw: tensor<10x5xf32> {spherical.role = "parameter", spherical.name = "head.fc0.weight", spherical.init = #spherical.init<uniform, 0.4>},
      %fb: tensor<10xf32> {spherical.role = "parameter", spherical.name = "head.fc0.bias", spherical.init = #spherical.init<zeros>},
      %mean: tensor<5xf32> {spherical.role = "state", spherical.name = "head.bn0.running_mean", spherical.init = #spherical.init<zeros>},
      %var: tensor<5xf32> {spherical.role = "state", spherical.name = "head.bn0.running_var", spherical.init = #spherical.init<ones>})
      -> (tensor<4x10xf32> {spherical.name = "logits"}) attributes {spherical.loss = "cross_entropy"} {
    %f = spherical.samples %x : tensor<4x1x12x12xf32> -> !spherical.s2<4x1, b = 6, f32>
    %c0 = spherical.s2_conv %f, %k0 grid <s2_near_identity<beta = 3, alpha = 8, max_beta = 0.4>> : !spherical.s2<4x1, b = 6, f32> -> !spherical.so3<4x3, b = 5, f32>
    %a0 = spherical.add_bias %c0, %b0 : !spherical.so3<4x3, b = 5, f32>, tensor<3xf32>
    %r0 = nn.relu %a0 : !spherical.so3<4x3, b = 5, f32>
    %c1 = spherical.so3_conv %r0, %k1 grid <so3_near_identity<beta = 2, alpha = 4, gamma = 3, max_beta = 0.4>> : !spherical.so3<4x3, b = 5, f32> -> !spherical.so3<4x5, b = 3, f32>
    %a1 = spherical.add_bias %c1, %b1 : !spherical.so3<4x5, b = 3, f32>, tensor<5xf32>
    %r1 = nn.relu %a1 : !spherical.so3<4x5, b = 3, f32>
    %i = spherical.so3_integrate %r1 : !spherical.so3<4x5, b = 3, f32> -> tensor<4x5xf32>
    %n = nn.batch_norm %i, %nw, %nb, %mean, %var : tensor<4x5xf32>, tensor<5xf32>
    %l = nn.linear %n, %fw, %fb : tensor<4x5xf32>, tensor<10x5xf32>, tensor<10xf32> -> tensor<4x10xf32>
    return %l : tensor<4x10xf32>
  }
}
