//===- training_ops.td - losses and optimizer steps --------*- tablegen -*-===//
//
// Softmax cross-entropy and Adam.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_TRAINING_OPS
#define SPHERICAL_DIALECTS_NN_TRAINING_OPS

include "dialects/nn/dialect.td"

def NN_CrossEntropyOp : NN_Op<"cross_entropy", [NN_Differentiable]> {
  let summary = "mean softmax cross-entropy";
  let description = [{
    result = -1/count sum_{n < count} log softmax(logits[n])[labels[n]].
    - C1: `logits` is [N, C], `labels` a tensor<N x i32>, `result` a scalar of the element.
    - C2: `count` is a tensor<i64>.
    ```mlir
    %l = nn.cross_entropy %z, %labels, %count
        : tensor<2x10xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
    ```
  }];
  let arguments = (ins NN_Tensor:$logits, NN_Labels:$labels, NN_Integer:$count);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $logits `,` $labels `,` $count attr-dict `:`
    type($logits) `,` type($labels) `,` type($count) `->` type($result)
  }];
}

def NN_CrossEntropyGradOp : NN_Op<"cross_entropy_grad", [AllTypesMatch<["logits", "result"]>]> {
  let summary = "gradient of cross_entropy in the logits";
  let description = [{
    result[n,c] = grad / count (softmax(logits[n])[c] - [c = labels[n]]) for n < count, else 0.
    - C1: `logits` is [N, C], `labels` a tensor<N x i32>, `grad` a scalar of the element.
    - C2: `count` is a tensor<i64>.
    ```mlir
    %d = nn.cross_entropy_grad %g, %z, %labels, %count
        : tensor<f32>, tensor<2x10xf32>, tensor<2xi32>, tensor<i64>
    ```
  }];
  let arguments = (ins NN_Tensor:$grad, NN_Tensor:$logits, NN_Labels:$labels, NN_Integer:$count);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $grad `,` $logits `,` $labels `,` $count attr-dict `:`
    type($grad) `,` type($logits) `,` type($labels) `,` type($count)
  }];
}

def NN_AdamOp : NN_Op<"adam", [
    AllTypesMatch<["param", "grad", "m", "v", "new_param", "new_m", "new_v"]>]> {
  let summary = "step of the Adam optimizer";
  let description = [{
    With t = step >= 1, the number of this step,
        new_m = beta1 m + (1 - beta1) grad,
        new_v = beta2 v + (1 - beta2) grad^2,
        new_param = param - learning_rate (new_m / (1 - beta1^t))
                            / (sqrt(new_v / (1 - beta2^t)) + eps).
    - C1: `param`, its gradient and its moments, old and new, have one type.
    - C2: `step` is a tensor<i64> and `learning_rate` a scalar of f32 or f64.
    - C3: beta1 and beta2 are at least 0 and below 1, and eps is positive.
    ```mlir
    %p1, %m1, %v1 = nn.adam %p, %g, %m, %v, %step, %lr : tensor<4x5xf32>, tensor<i64>, tensor<f32>
    ```
    Source: Kingma and Ba 2015.
  }];
  let arguments = (ins NN_Tensor:$param, NN_Tensor:$grad, NN_Tensor:$m, NN_Tensor:$v,
                       NN_Integer:$step, NN_Tensor:$learning_rate,
                       DefaultValuedAttr<F64Attr, "0.9">:$beta1,
                       DefaultValuedAttr<F64Attr, "0.999">:$beta2,
                       DefaultValuedAttr<F64Attr, "1e-8">:$eps);
  let results = (outs NN_Tensor:$new_param, NN_Tensor:$new_m, NN_Tensor:$new_v);
  let assemblyFormat = [{
    $param `,` $grad `,` $m `,` $v `,` $step `,` $learning_rate attr-dict `:`
    type($param) `,` type($step) `,` type($learning_rate)
  }];
}

def NN_IncrementOp : NN_Op<"increment", [SameOperandsAndResultType]> {
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
