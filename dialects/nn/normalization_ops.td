//===- normalization_ops.td - batch normalisation ----------*- tablegen -*-===//
//
// Batch normalisation with running and with batch statistics, and its gradient.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_NORMALIZATION_OPS
#define SPHERICAL_DIALECTS_NN_NORMALIZATION_OPS

include "dialects/nn/attributes.td"

def NN_Statistics : DefaultValuedAttr<NN_MeasureAttr, "::mlir::nn::Measure::Area">;

def NN_BatchNormOp : NN_Op<"batch_norm", [
    ReplacesOperand, NN_Differentiable, AllTypesMatch<["input", "result"]>,
    AllTypesMatch<["weight", "bias", "mean", "var"]>]> {
  let summary = "batch normalisation with running statistics";
  let description = [{
    result = (input - mean[c]) / sqrt(var[c] + eps) weight[c] + bias[c] for channel c, axis 1 of the
    input; of a spectrum, that of the function, so that `mean` and `bias` are in degree 0 alone.
    `momentum` and `statistics` are for `batch_norm_train`, which takes this op's place in
    training. The gradient treats `mean` and `var` as constants.
    - C1: `weight`, `bias`, `mean` and `var` are tensor<channels x element> of the input [N, C,
      ...], whose element is real.
    - C2: eps is positive and momentum from 0 to 1.
    - C3: `statistics` is `grid` only on functions.
    ```mlir
    %y = nn.batch_norm %x, %w, %b, %mean, %var : tensor<2x3xf32>, tensor<3xf32>
    %z = nn.batch_norm %f, %w, %b, %mean, %var statistics grid
        : !spherical.so3<2x3, b = 8, f32>, tensor<3xf32>
    ```
    Source: Ioffe and Szegedy 2015.
  }];
  let arguments = (ins NN_Value:$input, NN_Tensor:$weight, NN_Tensor:$bias, NN_Tensor:$mean,
                       NN_Tensor:$var, DefaultValuedAttr<F64Attr, "1e-5">:$eps,
                       DefaultValuedAttr<F64Attr, "0.1">:$momentum, NN_Statistics:$statistics);
  let results = (outs NN_Value:$result);
  let assemblyFormat = [{
    $input `,` $weight `,` $bias `,` $mean `,` $var (`statistics` `` $statistics^)? attr-dict `:`
    type($input) `,` type($weight)
  }];
}

def NN_BatchNormTrainOp : NN_Op<"batch_norm_train", [
    ClearsLanes, UpdatesInPlace, NN_Differentiable, NN_IntegerOperands,
    AllTypesMatch<["input", "result"]>,
    AllTypesMatch<["weight", "bias", "mean", "var", "batch_mean", "inv_std", "new_mean",
                   "new_var"]>]> {
  let summary = "batch normalisation with the statistics of the batch";
  let description = [{
    With the mean and the biased variance of each channel over the first `count` samples and all
    axes but 1 (n = count times the product of the axes from 2 on values),
        inv_std = 1 / sqrt(variance + eps),
        result = (input - batch_mean) inv_std weight + bias,
        new_mean = (1 - momentum) mean + momentum batch_mean,
        new_var = (1 - momentum) var + momentum variance n / (n - 1).
    If n is 1, new_var takes the biased variance, 0. Samples from `count` on are 0 in the result.
    That is on tensors, and on functions with `statistics` `grid`. With `area`, the default, sums
    over a function are integrals over S2 or SO(3), by the quadrature of its grid,
        batch_mean = 1/count sum_{n < count} integral of input_n,
        variance = 1/count sum_{n < count} integral of (input_n - batch_mean)^2,
        new_var = (1 - momentum) var + momentum variance,
    which of a spectrum are read off degree 0 and Parseval's sum of (2l+1) |input^l_mn|^2.
    - C1: `weight`, `bias`, `mean`, `var` and all results but the first are tensor<channels x
      element> of the input [N, C, ...], whose element is real.
    - C2: eps is positive and momentum from 0 to 1.
    - C3: `statistics` is `grid` only on functions.
    - C4: `count` is a tensor<i64>, and `input` has a sample, and a position if it has channels.
    ```mlir
    %y, %m, %s, %mean1, %var1 = nn.batch_norm_train %x, %w, %b, %mean, %var, %count
        : tensor<2x3xf32>, tensor<3xf32>, tensor<i64>
    ```
    Source: Ioffe and Szegedy 2015.
  }];
  let arguments = (ins NN_Value:$input, NN_Tensor:$weight, NN_Tensor:$bias, NN_Tensor:$mean,
                       NN_Tensor:$var, NN_Integer:$count,
                       DefaultValuedAttr<F64Attr, "1e-5">:$eps,
                       DefaultValuedAttr<F64Attr, "0.1">:$momentum, NN_Statistics:$statistics);
  let results = (outs NN_Value:$result, NN_Tensor:$batch_mean, NN_Tensor:$inv_std,
                      NN_Tensor:$new_mean, NN_Tensor:$new_var);
  let assemblyFormat = [{
    $input `,` $weight `,` $bias `,` $mean `,` $var `,` $count (`statistics` `` $statistics^)?
    attr-dict `:`
    type($input) `,` type($weight) `,` type($count)
  }];
}

def NN_BatchNormGradOp : NN_Op<"batch_norm_grad", [
    ZeroOfNothing, NN_IntegerOperands, AllTypesMatch<["grad", "input", "grad_input"]>,
    AllTypesMatch<["weight", "batch_mean", "inv_std", "grad_weight", "grad_bias"]>],
    ["leavesEmptyLanesZero"]> {
  let summary = "gradient of batch normalisation";
  let description = [{
    With xh = (input - batch_mean) inv_std and sums over the valid samples and all axes but 1
    (n values a channel),
        grad_bias = sum grad,  grad_weight = sum grad xh,
        grad_input = weight inv_std (grad - grad_bias / n - xh grad_weight / n)  with `training`,
        grad_input = weight inv_std grad  without (running statistics).
    With `statistics` `area` (functions, spectra) the weight of a value in the integral, divided by
    count, takes the place of 1/n; on a spectrum, that is 1/count at degree 0 for grad_bias and
    (2l+1)/count for grad_weight, where sums are over all coefficients, batch_mean is in degree 0
    alone, and grad_bias is the sum of the coefficients of degree 0.
    - C1: `input` has the type of `grad`, [N, C, ...]; `weight`, `batch_mean`, `inv_std`,
      `grad_weight` and `grad_bias` are tensor<channels x element>, which is real.
    - C2: `training` has a `count`; `count` is a tensor<i64>, and `input` has a sample then.
    - C3: `statistics` is `grid` only on functions.
    ```mlir
    %gx, %gw, %gb = nn.batch_norm_grad %g, %x, %w, %m, %s count(%count : tensor<i64>) {training}
        : tensor<2x3xf32>, tensor<3xf32>
    ```
    Source: Ioffe and Szegedy 2015.
  }];
  let arguments = (ins NN_Value:$grad, NN_Value:$input, NN_Tensor:$weight, NN_Tensor:$batch_mean,
                       NN_Tensor:$inv_std, Optional<NN_Integer>:$count, UnitAttr:$training,
                       NN_Statistics:$statistics);
  let results = (outs NN_Value:$grad_input, NN_Tensor:$grad_weight, NN_Tensor:$grad_bias);
  let assemblyFormat = [{
    $grad `,` $input `,` $weight `,` $batch_mean `,` $inv_std
    (`count` `(` $count^ `:` type($count) `)`)? (`statistics` `` $statistics^)? attr-dict `:`
    type($grad) `,` type($weight)
  }];
}

def NN_InverseStdOp : NN_PointwiseOp<"inverse_std", [SameOperandsAndResultType]> {
  let summary = "inverse standard deviation of running statistics";
  let description = [{
    result = 1 / sqrt(var + eps): what `batch_norm_grad` needs of the running variance.
    - C1: eps is positive.
    ```mlir
    %s = nn.inverse_std %var : tensor<3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$var, DefaultValuedAttr<F64Attr, "1e-5">:$eps);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$var attr-dict `:` type($result)";
}

#endif
