//===- optimizer_ops.td - optimizer steps ------------------*- tablegen -*-===//
//
// Adam, gradient descent and what goes with a step: clipping, sums of gradients over
// batches, moving averages of parameters.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_OPTIMIZER_OPS
#define SPHERICAL_DIALECTS_NN_OPTIMIZER_OPS

include "dialects/nn/attributes.td"

def NN_SumSquaresOp : NN_Op<"sum_squares", [ZeroOfNothing, NN_IntegerOperands]> {
  let summary = "sum of the squares of all values";
  let description = [{
    result = sum of input^2 over all values: what a parameter's gradient adds to the square of the
    norm of all. Squares of single-precision numbers may be none. With a count, the sum is over the
    first `count` samples, whatever the others hold.
    - C1: `result` is a tensor<f64>.
    - C2: with a count, a tensor<i64>, `input` is [N, C, ...] with a sample.
    ```mlir
    %s = nn.sum_squares %g : tensor<4x5xf32> -> tensor<f64>
    %t = nn.sum_squares %y count(%n : tensor<i64>) : tensor<4x5x8x8xf32> -> tensor<f64>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, Optional<NN_Integer>:$count);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input (`count` `(` $count^ `:` type($count) `)`)? attr-dict `:` type($input) `->`
    type($result)
  }];
}

def NN_ClipFactorOp : NN_Op<"clip_factor", [SameOperandsAndResultType]> {
  let summary = "factor that brings a gradient to a largest norm";
  let description = [{
    result = scale min(1, max_norm / (scale sqrt(squares) + 1e-6)), of the sum of the squares of all
    gradients before they are multiplied by `scale` >= 0; scale is 1 if absent.
    - C1: `squares` and `scale` are scalars.
    - C2: max_norm is positive and finite.
    ```mlir
    %f = nn.clip_factor %s max_norm 1.0 : tensor<f64>
    %g = nn.clip_factor %s scale %f max_norm 1.0 : tensor<f64>
    ```
    Source: Pascanu et al. 2013.
  }];
  let arguments = (ins NN_Tensor:$squares, Optional<NN_Tensor>:$scale, F64Attr:$max_norm);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $squares (`scale` $scale^)? `max_norm` $max_norm attr-dict `:` type($result)
  }];
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

def NN_SgdOp : NN_Op<"sgd", [UpdatesInPlace, AllTypesMatch<["param", "grad", "new_param"]>]> {
  let summary = "step of gradient descent";
  let description = [{
    With g = scale grad + weight_decay param (`scale` absent: 1),
        new_param = param - learning_rate g.
    - C1: `param`, its gradient and its new value have one type.
    - C2: `learning_rate` and `scale` are scalars of f32 or f64.
    - C3: weight_decay is finite and not negative.
    ```mlir
    %p1 = nn.sgd %p, %g, %lr : tensor<4x5xf32>, tensor<f32>
    %p2 = nn.sgd %p, %g, %lr scale(%f : tensor<f64>) {weight_decay = 0.01}
        : tensor<4x5xf32>, tensor<f32>
    ```
    Source: Robbins and Monro 1951.
  }];
  let arguments = (ins NN_Tensor:$param, NN_Tensor:$grad, NN_Tensor:$learning_rate,
                       Optional<NN_Tensor>:$scale, NN_WeightDecay:$weight_decay);
  let results = (outs NN_Tensor:$new_param);
  let assemblyFormat = [{
    $param `,` $grad `,` $learning_rate (`scale` `(` $scale^ `:` type($scale) `)`)? attr-dict `:`
    type($param) `,` type($learning_rate)
  }];
}

def NN_SgdMomentumOp : NN_Op<"sgd_momentum", [
    UpdatesInPlace, AllTypesMatch<["param", "grad", "m", "new_param", "new_m"]>]> {
  let summary = "step of gradient descent with momentum";
  let description = [{
    With g = scale grad + weight_decay param (`scale` absent: 1),
        new_m = momentum m + g,
        new_param = param - learning_rate new_m,
    or, with `nesterov`, param - learning_rate (g + momentum new_m).
    - C1: `param`, its gradient and its moment, old and new, have one type.
    - C2: `learning_rate` and `scale` are scalars of f32 or f64.
    - C3: weight_decay is finite and not negative, momentum above 0 and below 1.
    ```mlir
    %p1, %m1 = nn.sgd_momentum %p, %g, %m, %lr momentum 0.9 nesterov : tensor<4x5xf32>, tensor<f32>
    ```
    Source: Polyak 1964, Sutskever et al. 2013, with moments as PyTorch has them.
  }];
  let arguments = (ins NN_Tensor:$param, NN_Tensor:$grad, NN_Tensor:$m, NN_Tensor:$learning_rate,
                       Optional<NN_Tensor>:$scale, F64Attr:$momentum, UnitAttr:$nesterov,
                       NN_WeightDecay:$weight_decay);
  let results = (outs NN_Tensor:$new_param, NN_Tensor:$new_m);
  let assemblyFormat = [{
    $param `,` $grad `,` $m `,` $learning_rate (`scale` `(` $scale^ `:` type($scale) `)`)?
    `momentum` $momentum (`nesterov` $nesterov^)? attr-dict `:`
    type($param) `,` type($learning_rate)
  }];
}

def NN_AverageFactorOp : NN_Op<"average_factor", [NN_IntegerOperands]> {
  let summary = "weight of the newest value in a moving average";
  let description = [{
    With t = step >= 1, the number of this step,
        result = 1 - min(decay, (1 + t) / (10 + t)),
    so that an average forgets its first values sooner. Computed in f64, whatever the element.
    - C1: `result` is a tensor<f32> or tensor<f64>.
    - C2: `step` is a tensor<i64>.
    - C3: decay is at least 0 and below 1.
    ```mlir
    %f = nn.average_factor %step decay 0.999 : tensor<i64> -> tensor<f32>
    ```
    Source: the rule of TensorFlow's ExponentialMovingAverage with a number of updates.
  }];
  let arguments = (ins NN_Integer:$step, F64Attr:$decay);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$step `decay` $decay attr-dict `:` type($step) `->` type($result)";
}

def NN_MovingAverageOp : NN_Op<"moving_average", [
    UpdatesInPlace, AllTypesMatch<["average", "value", "result"]>]> {
  let summary = "a moving average with a further value";
  let description = [{
    result = average + factor (value - average), with the factor of `average_factor`.
    - C1: `average`, `value` and `result` have one type.
    - C2: `factor` is a scalar of the element.
    ```mlir
    %a1 = nn.moving_average %a, %p, %f : tensor<4x5xf32>, tensor<f32>
    ```
    Source: Polyak and Juditsky 1992, with weights that fall exponentially.
  }];
  let arguments = (ins NN_Tensor:$average, NN_Tensor:$value, NN_Tensor:$factor);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $average `,` $value `,` $factor attr-dict `:`
    type($average) `,` type($factor)
  }];
}

def NN_AccumulateOp : NN_Op<"accumulate", [
    UpdatesInPlace, NN_IntegerOperands, AllTypesMatch<["sum", "grad", "result"]>,
    AllTypesMatch<["total", "count"]>]> {
  let summary = "sum of the gradients of samples";
  let description = [{
    Adds the gradient of the mean loss over `count` samples to a sum over `total` samples:
        result = sum + count grad, or count grad if total is 0, whatever `sum` holds.
    - C1: `sum`, `grad` and `result` have one type.
    - C2: `total` and `count` are a tensor<i64>.
    ```mlir
    %s1 = nn.accumulate %s, %g, %total, %count : tensor<4x5xf32>, tensor<i64>
    ```
  }];
  let arguments = (ins NN_Tensor:$sum, NN_Tensor:$grad, NN_Integer:$total, NN_Integer:$count);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $sum `,` $grad `,` $total `,` $count attr-dict `:` type($sum) `,` type($total)
  }];
}

def NN_MeanScaleOp : NN_Op<"mean_scale", [NN_IntegerOperands]> {
  let summary = "what makes a sum a mean";
  let description = [{
    result = 1 / total, 0 if total is 0: a sum over no samples says nothing.
    - C1: `result` is a tensor<f64>.
    - C2: `total` is a tensor<i64>.
    ```mlir
    %f = nn.mean_scale %total : tensor<i64> -> tensor<f64>
    ```
  }];
  let arguments = (ins NN_Integer:$total);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$total attr-dict `:` type($total) `->` type($result)";
}

def NN_IncrementOp : NN_Op<"increment", [UpdatesInPlace, SameOperandsAndResultType]> {
  let summary = "a counter plus one, or plus what is counted";
  let description = [{
    result = input + 1, or input + by.
    - C1: `input` and `by` are tensor<i64>.
    ```mlir
    %t = nn.increment %step : tensor<i64>
    %u = nn.increment %total by %count : tensor<i64>
    ```
  }];
  let arguments = (ins NN_Integer:$input, Optional<NN_Integer>:$by);
  let results = (outs NN_Integer:$result);
  let assemblyFormat = "$input (`by` $by^)? attr-dict `:` type($result)";
}

#endif
