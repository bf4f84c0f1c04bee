module @adam attributes {spherical.phase = "graph"} {
  func.func @step(%p: tensor<4x5xf64>, %g: tensor<4x5xf64>, %m: tensor<4x5xf64>, %v: tensor<4x5xf64>,
                  %step: tensor<i64>, %lr: tensor<f64>)
      -> (tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>) {
    %q, %n, %w = nn.adam %p, %g, %m, %v, %step, %lr : tensor<4x5xf64>, tensor<i64>, tensor<f64>
    return %q, %n, %w : tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>
  }
}
