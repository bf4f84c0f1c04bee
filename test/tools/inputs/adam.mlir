module @adam attributes {spherical.phase = "graph"} {
  func.func @step(%p: tensor<4x5xf64>, %g: tensor<4x5xf64>, %m: tensor<4x5xf64>, %v: tensor<4x5xf64>,
                  %step: tensor<i64>, %lr: tensor<f64>)
      -> (tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>) {
    %q, %n, %w = nn.adam %p, %g, %m, %v, %step, %lr : tensor<4x5xf64>, tensor<i64>, tensor<f64>
    return %q, %n, %w : tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>
  }

  func.func @parameters(%p: tensor<4x5xf64>, %g: tensor<4x5xf64>, %m: tensor<4x5xf64>, %v: tensor<4x5xf64>,
                        %step: tensor<i64>, %lr: tensor<f64>, %scale: tensor<f64>)
      -> (tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>) {
    %a, %ma, %va = nn.adam %p, %g, %m, %v, %step, %lr scale(%scale : tensor<f64>) {weight_decay = 0.1}
        : tensor<4x5xf64>, tensor<i64>, tensor<f64>
    %b, %mb, %vb = nn.adam %g, %p, %m, %v, %step, %lr scale(%scale : tensor<f64>) {weight_decay = 0.1, eps = 0.01}
        : tensor<4x5xf64>, tensor<i64>, tensor<f64>
    %c, %mc, %vc = nn.adam %p, %g, %m, %v, %step, %lr {beta1 = 0.5} : tensor<4x5xf64>, tensor<i64>, tensor<f64>
    return %a, %b, %vb, %c : tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>
  }
}
