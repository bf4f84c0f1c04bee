//===- training_ops.td - losses ----------------------------*- tablegen -*-===//
//
// Softmax cross-entropy and mean errors. What is missing counts for nothing: a label -1, a target
// that is NaN.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_TRAINING_OPS
#define SPHERICAL_DIALECTS_NN_TRAINING_OPS

include "dialects/nn/attributes.td"

def NN_Smoothing : DefaultValuedAttr<F64Attr, "0.0">;
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
    With `label_smoothing` e, all classes have the share e of the truth together: with a the weight
    of the position (0 as above) and v the class weights, 1 without,
        result = -sum_{n,p} a sum_c q_c log softmax(logits[n,:,p])[c] / sum_{n,p} w,
        q_c = v_c ((1 - e) [c = labels[n,p]] + e / C).
    - C1: `logits` is [N, C, ...], `labels` a tensor<N x ... x i32>, `result` a scalar of the
      element.
    - C2: `count` is a tensor<i64>; there are a sample and a class.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    - C4: there are as many class weights as classes, finite and not negative.
    - C5: label_smoothing is at least 0 and below 1.
    ```mlir
    %l = nn.cross_entropy %z, %labels, %count
        : tensor<2x10xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
    %m = nn.cross_entropy %s, %mask, %count weights area ignore 255 class_weights [0.5, 1.0, 1.0]
        : tensor<2x3x8x8xf32>, tensor<2x8x8xi32>, tensor<i64> -> tensor<f32>
    ```
    Source of the smoothing: Szegedy et al. 2016; with class weights as PyTorch has it.
  }];
  let arguments = (ins NN_Tensor:$logits, NN_Labels:$labels, NN_Integer:$count, NN_Weights:$weights,
                       OptionalAttr<I64Attr>:$ignore,
                       OptionalAttr<DenseF64ArrayAttr>:$class_weights,
                       NN_Smoothing:$label_smoothing);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $logits `,` $labels `,` $count (`weights` `` $weights^)? (`ignore` $ignore^)?
    (`class_weights` custom<NumberList>($class_weights)^)?
    (`label_smoothing` $label_smoothing^)? attr-dict `:`
    type($logits) `,` type($labels) `,` type($count) `->` type($result)
  }];
}

def NN_CrossEntropyGradOp : NN_Op<"cross_entropy_grad", [
    ClearsLanes, NN_LossOperands, AllTypesMatch<["logits", "result"]>]> {
  let summary = "gradient of cross_entropy in the logits";
  let description = [{
    With w as in `cross_entropy`,
        result[n,c,p] = grad w (softmax(logits[n,:,p])[c] - [c = labels[n,p]]) / sum w
    for n < count and w > 0, else 0, whatever the logits are there. With `label_smoothing`, a and q
    as in `cross_entropy` and Q = sum_c q_c,
        result[n,c,p] = grad a (Q softmax(logits[n,:,p])[c] - q_c) / sum w.
    - C1: `logits` is [N, C, ...], `labels` a tensor<N x ... x i32>, `grad` a scalar of the element.
    - C2: `count` is a tensor<i64>; there are a sample and a class.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    - C4: there are as many class weights as classes, finite and not negative.
    - C5: label_smoothing is at least 0 and below 1.
    ```mlir
    %d = nn.cross_entropy_grad %g, %z, %labels, %count
        : tensor<f32>, tensor<2x10xf32>, tensor<2xi32>, tensor<i64>
    ```
  }];
  let arguments = (ins NN_Tensor:$grad, NN_Tensor:$logits, NN_Labels:$labels, NN_Integer:$count,
                       NN_Weights:$weights, OptionalAttr<I64Attr>:$ignore,
                       OptionalAttr<DenseF64ArrayAttr>:$class_weights,
                       NN_Smoothing:$label_smoothing);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $grad `,` $logits `,` $labels `,` $count (`weights` `` $weights^)? (`ignore` $ignore^)?
    (`class_weights` custom<NumberList>($class_weights)^)?
    (`label_smoothing` $label_smoothing^)? attr-dict `:`
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

def NN_HuberOp : NN_Op<"huber", [
    ZeroOfNothing, NN_Differentiable, NN_LossOperands, AllTypesMatch<["input", "target"]>]> {
  let summary = "mean Huber loss";
  let description = [{
    The mean over the first `count` samples, the channels and the positions of [N, C, ...],
        result = sum_{n < count, c, p} w h((input - target)[n,c,p]) / sum_{n < count, c, p} w,
        h(e) = e^2 / 2 if |e| <= delta, else delta (|e| - delta / 2)
    with w as in `mean_squared_error`, 0 where the target is missing, NaN. The result is 0 if all w
    are.
    - C1: `input` and `target` are [N, C, ...] of one type, `result` a scalar of the element.
    - C2: `count` is a tensor<i64>; there are a sample and a channel.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    - C4: delta is positive and finite.
    ```mlir
    %l = nn.huber %y, %t, %count delta 1.0 : tensor<2x3xf32>, tensor<i64> -> tensor<f32>
    ```
    Source: Huber 1964.
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$target, NN_Integer:$count, F64Attr:$delta,
                       NN_Weights:$weights);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $target `,` $count `delta` $delta (`weights` `` $weights^)? attr-dict `:`
    type($input) `,` type($count) `->` type($result)
  }];
}

def NN_HuberGradOp : NN_Op<"huber_grad", [
    ClearsLanes, NN_LossOperands, AllTypesMatch<["input", "target", "result"]>]> {
  let summary = "gradient of huber in its input";
  let description = [{
    result[n,c,p] = grad w clamp((input - target)[n,c,p], -delta, delta) / sum w for n < count and
    w > 0, else 0, with w as in `huber`.
    - C1: `input` and `target` are [N, C, ...] of one type, `grad` a scalar of the element.
    - C2: `count` is a tensor<i64>; there are a sample and a channel.
    - C3: `weights area` has positions [2b, 2b] or [2b, 2b, 2b].
    - C4: delta is positive and finite.
    ```mlir
    %d = nn.huber_grad %g, %y, %t, %count delta 1.0 weights area
        : tensor<f32>, tensor<2x3x8x8xf32>, tensor<i64>
    ```
  }];
  let arguments = (ins NN_Tensor:$grad, NN_Tensor:$input, NN_Tensor:$target, NN_Integer:$count,
                       F64Attr:$delta, NN_Weights:$weights);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $grad `,` $input `,` $target `,` $count `delta` $delta (`weights` `` $weights^)? attr-dict `:`
    type($grad) `,` type($input) `,` type($count)
  }];
}

#endif
