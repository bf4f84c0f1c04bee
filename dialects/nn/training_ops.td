//===- training_ops.td - losses and optimizer steps --------*- tablegen -*-===//
//
// Softmax cross-entropy, mean errors and Adam. What is missing counts for nothing: a label -1, a
// target that is NaN.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_TRAINING_OPS
#define SPHERICAL_DIALECTS_NN_TRAINING_OPS

include "dialects/nn/attributes.td"

def NN_Weights : DefaultValuedAttr<NN_MeasureAttr, "::mlir::nn::Measure::Grid">;

def NN_CrossEntropyOp : NN_Op<"cross_entropy", [
    ZeroOfNothing, NN_Differentiable, NN_LossOperands]> {
  let summary = "mean softmax cross-entropy";
  let description = [{
    The mean over the first `count` samples and, if the logits have axes behind the classes, over
    their positions,
        result = -sum_{n < count, p} w log softmax(logits[n,:,p])[labels[n,p]]
                 / sum_{n < count, p} w
    with w = 1 (`weights grid`) or the weight of the position's latitude, axis 2, in the integral
    over S2 or SO(3) (`area`), times the class weight of the label, and w = 0 where the label is
    missing, -1, or `ignore`. The result is 0 if all w are. Labels are classes 0 to C - 1, -1 or
    `ignore`.
    - C1: `logits` is [N, C, ...], `labels` a tensor<N x ... x i32>, `result` a scalar of the
      element.
    - C2: `count` is a tensor<i64>; there are a sample and a class.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    - C4: there are as many class weights as classes, finite and not negative.
    ```mlir
    %l = nn.cross_entropy %z, %labels, %count
        : tensor<2x10xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
    %m = nn.cross_entropy %s, %mask, %count weights area ignore 255 class_weights [0.5, 1.0, 1.0]
        : tensor<2x3x8x8xf32>, tensor<2x8x8xi32>, tensor<i64> -> tensor<f32>
    ```
  }];
  let arguments = (ins NN_Tensor:$logits, NN_Labels:$labels, NN_Integer:$count, NN_Weights:$weights,
                       OptionalAttr<I64Attr>:$ignore,
                       OptionalAttr<DenseF64ArrayAttr>:$class_weights);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $logits `,` $labels `,` $count (`weights` `` $weights^)? (`ignore` $ignore^)?
    (`class_weights` custom<NumberList>($class_weights)^)? attr-dict `:`
    type($logits) `,` type($labels) `,` type($count) `->` type($result)
  }];
}

def NN_CrossEntropyGradOp : NN_Op<"cross_entropy_grad", [
    ClearsLanes, NN_LossOperands, AllTypesMatch<["logits", "result"]>]> {
  let summary = "gradient of cross_entropy in the logits";
  let description = [{
    With w as in `cross_entropy`,
        result[n,c,p] = grad w (softmax(logits[n,:,p])[c] - [c = labels[n,p]]) / sum w
    for n < count and w > 0, else 0, whatever the logits are there.
    - C1: `logits` is [N, C, ...], `labels` a tensor<N x ... x i32>, `grad` a scalar of the element.
    - C2: `count` is a tensor<i64>; there are a sample and a class.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    - C4: there are as many class weights as classes, finite and not negative.
    ```mlir
    %d = nn.cross_entropy_grad %g, %z, %labels, %count
        : tensor<f32>, tensor<2x10xf32>, tensor<2xi32>, tensor<i64>
    ```
  }];
  let arguments = (ins NN_Tensor:$grad, NN_Tensor:$logits, NN_Labels:$labels, NN_Integer:$count,
                       NN_Weights:$weights, OptionalAttr<I64Attr>:$ignore,
                       OptionalAttr<DenseF64ArrayAttr>:$class_weights);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $grad `,` $logits `,` $labels `,` $count (`weights` `` $weights^)? (`ignore` $ignore^)?
    (`class_weights` custom<NumberList>($class_weights)^)? attr-dict `:`
    type($grad) `,` type($logits) `,` type($labels) `,` type($count)
  }];
}

class NN_MeanErrorOp<string mnemonic> : NN_Op<mnemonic, [
    ZeroOfNothing, NN_Differentiable, NN_LossOperands, AllTypesMatch<["input", "target"]>]> {
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$target, NN_Integer:$count, NN_Weights:$weights);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $target `,` $count (`weights` `` $weights^)? attr-dict `:`
    type($input) `,` type($count) `->` type($result)
  }];
}

class NN_MeanErrorGradOp<string mnemonic> : NN_Op<mnemonic, [
    ClearsLanes, NN_LossOperands, AllTypesMatch<["input", "target", "result"]>]> {
  let arguments = (ins NN_Tensor:$grad, NN_Tensor:$input, NN_Tensor:$target, NN_Integer:$count,
                       NN_Weights:$weights);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $grad `,` $input `,` $target `,` $count (`weights` `` $weights^)? attr-dict `:`
    type($grad) `,` type($input) `,` type($count)
  }];
}

def NN_MeanSquaredErrorOp : NN_MeanErrorOp<"mean_squared_error"> {
  let summary = "mean squared error";
  let description = [{
    The mean over the first `count` samples, the channels and the positions of [N, C, ...],
        result = sum_{n < count, c, p} w (input - target)[n,c,p]^2 / sum_{n < count, c, p} w
    with w = 1 (`weights grid`) or the weight of the position's latitude, axis 2, in the integral
    over S2 or SO(3) (`area`), and w = 0 where the target is missing, NaN. The result is 0 if all w
    are.
    - C1: `input` and `target` are [N, C, ...] of one type, `result` a scalar of the element.
    - C2: `count` is a tensor<i64>; there are a sample and a channel.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    ```mlir
    %l = nn.mean_squared_error %y, %t, %count weights area
        : tensor<2x3x8x8xf32>, tensor<i64> -> tensor<f32>
    ```
  }];
}

def NN_MeanSquaredErrorGradOp : NN_MeanErrorGradOp<"mean_squared_error_grad"> {
  let summary = "gradient of mean_squared_error in its input";
  let description = [{
    result[n,c,p] = grad 2 w (input - target)[n,c,p] / sum w for n < count and w > 0, else 0, with w
    as in `mean_squared_error`.
    - C1: `input` and `target` are [N, C, ...] of one type, `grad` a scalar of the element.
    - C2: `count` is a tensor<i64>; there are a sample and a channel.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    ```mlir
    %d = nn.mean_squared_error_grad %g, %y, %t, %count
        : tensor<f32>, tensor<2x3xf32>, tensor<i64>
    ```
  }];
}

def NN_MeanAbsoluteErrorOp : NN_MeanErrorOp<"mean_absolute_error"> {
  let summary = "mean absolute error";
  let description = [{
    The mean over the first `count` samples, the channels and the positions of [N, C, ...],
        result = sum_{n < count, c, p} w |input - target|[n,c,p] / sum_{n < count, c, p} w
    with w as in `mean_squared_error`, 0 where the target is missing, NaN. The result is 0 if all w
    are.
    - C1: `input` and `target` are [N, C, ...] of one type, `result` a scalar of the element.
    - C2: `count` is a tensor<i64>; there are a sample and a channel.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    ```mlir
    %l = nn.mean_absolute_error %y, %t, %count
        : tensor<2x3xf32>, tensor<i64> -> tensor<f32>
    ```
  }];
}

def NN_MeanAbsoluteErrorGradOp : NN_MeanErrorGradOp<"mean_absolute_error_grad"> {
  let summary = "gradient of mean_absolute_error in its input";
  let description = [{
    result[n,c,p] = grad w sign(input - target)[n,c,p] / sum w for n < count and w > 0, else 0, with
    w as in `mean_absolute_error` and sign(0) = 0.
    - C1: `input` and `target` are [N, C, ...] of one type, `grad` a scalar of the element.
    - C2: `count` is a tensor<i64>; there are a sample and a channel.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    ```mlir
    %d = nn.mean_absolute_error_grad %g, %y, %t, %count weights area
        : tensor<f32>, tensor<2x3x8x8xf32>, tensor<i64>
    ```
  }];
}

def NN_SumSquaresOp : NN_Op<"sum_squares", [ZeroOfNothing]> {
  let summary = "sum of the squares of all values";
  let description = [{
    result = sum of input^2 over all values: what a parameter's gradient adds to the square of the
    norm of all. Squares of single-precision numbers may be none.
    - C1: `result` is a tensor<f64>.
    ```mlir
    %s = nn.sum_squares %g : tensor<4x5xf32> -> tensor<f64>
    ```
  }];
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def NN_ClipFactorOp : NN_Op<"clip_factor", [SameOperandsAndResultType]> {
  let summary = "factor that brings a gradient to a largest norm";
  let description = [{
    result = min(1, max_norm / (sqrt(squares) + 1e-6)), of the sum of the squares of all gradients.
    - C1: `squares` is a scalar.
    - C2: max_norm is positive and finite.
    ```mlir
    %f = nn.clip_factor %s max_norm 1.0 : tensor<f64>
    ```
    Source: Pascanu et al. 2013.
  }];
  let arguments = (ins NN_Tensor:$squares, F64Attr:$max_norm);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$squares `max_norm` $max_norm attr-dict `:` type($result)";
}

def NN_Beta1 : DefaultValuedAttr<F64Attr, "0.9">;
def NN_Beta2 : DefaultValuedAttr<F64Attr, "0.999">;
def NN_AdamEps : DefaultValuedAttr<F64Attr, "1e-8">;
def NN_WeightDecay : DefaultValuedAttr<F64Attr, "0.0">;
def NN_UpdateTypes : AllTypesMatch<["param", "grad", "m", "v", "new_param", "new_m", "new_v"]>;

def NN_AdamOp : NN_GraphOp<"adam", [NN_IntegerOperands, NN_UpdateTypes]> {
  let summary = "step of the Adam optimizer";
  let description = [{
    With t = step >= 1, the number of this step, and g = scale grad (`scale` absent: g = grad),
        new_m = beta1 m + (1 - beta1) g,
        new_v = beta2 v + (1 - beta2) g^2,
        new_param = param - learning_rate ((new_m / (1 - beta1^t))
                            / (sqrt(new_v / (1 - beta2^t)) + eps) + weight_decay param).
    The fuse phase makes `adam_factors` and `adam_update` of it, so that all parameters share what
    does not depend on them.
    - C1: `param`, its gradient and its moments, old and new, have one type.
    - C2: `step` is a tensor<i64>, `learning_rate` and `scale` are scalars of f32 or f64.
    - C3: beta1 and beta2 are at least 0 and below 1, eps is positive, and weight_decay is finite
      and not negative.
    ```mlir
    %p1, %m1, %v1 = nn.adam %p, %g, %m, %v, %step, %lr : tensor<4x5xf32>, tensor<i64>, tensor<f32>
    %p2, %m2, %v2 = nn.adam %p, %g, %m, %v, %step, %lr scale(%f : tensor<f32>)
        {weight_decay = 0.01} : tensor<4x5xf32>, tensor<i64>, tensor<f32>
    ```
    Source: Kingma and Ba 2015; with weight_decay, Loshchilov and Hutter 2019 (AdamW).
  }];
  let arguments = (ins NN_Tensor:$param, NN_Tensor:$grad, NN_Tensor:$m, NN_Tensor:$v,
                       NN_Integer:$step, NN_Tensor:$learning_rate, Optional<NN_Tensor>:$scale,
                       NN_Beta1:$beta1, NN_Beta2:$beta2, NN_AdamEps:$eps,
                       NN_WeightDecay:$weight_decay);
  let results = (outs NN_Tensor:$new_param, NN_Tensor:$new_m, NN_Tensor:$new_v);
  let assemblyFormat = [{
    $param `,` $grad `,` $m `,` $v `,` $step `,` $learning_rate
    (`scale` `(` $scale^ `:` type($scale) `)`)? attr-dict `:`
    type($param) `,` type($step) `,` type($learning_rate)
  }];
}

def NN_AdamFactorsOp : NN_Op<"adam_factors", [NN_IntegerOperands]> {
  let summary = "numbers of a step of Adam that all parameters share";
  let description = [{
    With t = step >= 1 and `scale` as in `adam`, four numbers of the parameters' element:
        result[0] = learning_rate / (1 - beta1^t)    the rate, with the first moment's correction
        result[1] = 1 / (1 - beta2^t)                the second moment's correction
        result[2] = learning_rate weight_decay       the rate of decay
        result[3] = scale (1 if absent)              the factor of gradients
    Powers and corrections are computed in f64, whatever the element.
    - C1: `result` is a tensor<4xf32> or tensor<4xf64>.
    - C2: `step` is a tensor<i64>, `learning_rate` and `scale` are scalars of f32 or f64.
    - C3: beta1 and beta2 are at least 0 and below 1, and weight_decay is finite and not negative.
    ```mlir
    %a = nn.adam_factors %step, %lr : tensor<i64>, tensor<f32> -> tensor<4xf32>
    %b = nn.adam_factors %step, %lr scale(%f : tensor<f64>) {weight_decay = 0.01}
        : tensor<i64>, tensor<f32> -> tensor<4xf32>
    ```
    Source: Kingma and Ba 2015; with weight_decay, Loshchilov and Hutter 2019 (AdamW).
  }];
  let arguments = (ins NN_Integer:$step, NN_Tensor:$learning_rate, Optional<NN_Tensor>:$scale,
                       NN_Beta1:$beta1, NN_Beta2:$beta2, NN_WeightDecay:$weight_decay);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $step `,` $learning_rate (`scale` `(` $scale^ `:` type($scale) `)`)? attr-dict `:`
    type($step) `,` type($learning_rate) `->` type($result)
  }];
}

def NN_AdamUpdateOp : NN_Op<"adam_update", [UpdatesInPlace, NN_UpdateTypes]> {
  let summary = "update of a parameter in a step of Adam";
  let description = [{
    With [rate, correction, decay, scale] = factors, of `adam_factors`, and g = scale grad (without
    `scaled`: g = grad),
        new_m = beta1 m + (1 - beta1) g,
        new_v = beta2 v + (1 - beta2) g^2,
        new_param = param - (rate new_m / (sqrt(correction new_v) + eps) + decay param).
    - C1: `param`, its gradient and its moments, old and new, have one type.
    - C2: `factors` is a tensor of 4 of the element.
    - C3: beta1 and beta2 are at least 0 and below 1, and eps is positive.
    ```mlir
    %p1, %m1, %v1 = nn.adam_update %p, %g, %m, %v, %factors : tensor<4x5xf32>, tensor<4xf32>
    %p2, %m2, %v2 = nn.adam_update %p, %g, %m, %v, %factors scaled : tensor<4x5xf32>, tensor<4xf32>
    ```
    Source: Kingma and Ba 2015; with decay, Loshchilov and Hutter 2019 (AdamW).
  }];
  let arguments = (ins NN_Tensor:$param, NN_Tensor:$grad, NN_Tensor:$m, NN_Tensor:$v,
                       NN_Tensor:$factors, UnitAttr:$scaled, NN_Beta1:$beta1, NN_Beta2:$beta2,
                       NN_AdamEps:$eps);
  let results = (outs NN_Tensor:$new_param, NN_Tensor:$new_m, NN_Tensor:$new_v);
  let assemblyFormat = [{
    $param `,` $grad `,` $m `,` $v `,` $factors (`scaled` $scaled^)? attr-dict `:`
    type($param) `,` type($factors)
  }];
}

def NN_IncrementOp : NN_Op<"increment", [UpdatesInPlace, SameOperandsAndResultType]> {
  let summary = "a step counter plus one";
  let description = [{
    result = input + 1.
    - C1: `input` is a tensor<i64>.
    ```mlir
    %t = nn.increment %step : tensor<i64>
    ```
  }];
  let arguments = (ins NN_Integer:$input);
  let results = (outs NN_Integer:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

#endif
