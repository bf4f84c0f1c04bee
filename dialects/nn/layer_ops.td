//===- layer_ops.td - pointwise and dense layers -----------*- tablegen -*-===//
//
// ReLU, addition, linear layers, and their gradients.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_LAYER_OPS
#define SPHERICAL_DIALECTS_NN_LAYER_OPS

include "dialects/nn/dialect.td"

def NN_ReluOp : NN_PointwiseOp<"relu", [
    KeepsZeros, NN_Differentiable, SameOperandsAndResultType]> {
  let summary = "rectified linear unit";
  let description = [{
    result = max(input, 0), value by value.
    - C1: the element is real.
    ```mlir
    %y = nn.relu %x : !spherical.so3<2x4, b = 8, f32>
    ```
  }];
  let arguments = (ins NN_Function:$input);
  let results = (outs NN_Function:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
  let hasFolder = 1;
}

def NN_ReluGradOp : NN_PointwiseOp<"relu_grad", [
    KeepsZeros, NN_Differentiable, AllTypesMatch<["grad", "result"]>], ["getMaskOperand"]> {
  let summary = "gradient of relu";
  let description = [{
    result = grad where y > 0, else 0; y is the input or the result of the `relu`.
    - C1: the element is real.
    - C2: `y` has the type of `grad` up to the layout.
    ```mlir
    %d = nn.relu_grad %g, %y : !spherical.so3<2x4, b = 8, f32>, !spherical.so3<2x4, b = 8, f32>
    ```
  }];
  let arguments = (ins NN_Function:$grad, NN_Function:$y);
  let results = (outs NN_Function:$result);
  let assemblyFormat = "$grad `,` $y attr-dict `:` type($grad) `,` type($y)";
  let hasFolder = 1;
}

def NN_AddOp : NN_PointwiseOp<"add", [
    RealLinear, NN_Differentiable, Commutative, SameOperandsAndResultType]> {
  let summary = "sum of two values";
  let description = [{
    result = lhs + rhs of two tensors, functions or spectra, real or complex.
    - C1: both have the type of the result.
    ```mlir
    %s = nn.add %a, %b : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Spherical_Part:$lhs, Spherical_Part:$rhs);
  let results = (outs Spherical_Part:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasVerifier = 0;
}

def NN_SubOp : NN_PointwiseOp<"sub", [RealLinear, NN_Differentiable, SameOperandsAndResultType]> {
  let summary = "difference of two values";
  let description = [{
    result = lhs - rhs of two tensors, functions or spectra, real or complex.
    - C1: both have the type of the result.
    ```mlir
    %d = nn.sub %a, %b : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Spherical_Part:$lhs, Spherical_Part:$rhs);
  let results = (outs Spherical_Part:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasVerifier = 0;
}

def NN_YieldOp : Op<NN_Dialect, "yield", [
    Pure, Terminator,
    ParentOneOf<["Conv2dOp", "ConvTranspose2dOp", "LinearOp", "UpsampleNearestOp"]>]> {
  let summary = "gives the value of an epilogue";
  let description = [{
    Ends the region of a layer with an epilogue.
    ```mlir
    func.func @larger(%x: tensor<2x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>, %r: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = nn.linear %x, %w, %b : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32> -> tensor<2x3xf32>
          epilogue(%value, %extra = %r) {
        %max = arith.maximumf %value, %extra : f32
        nn.yield %max : f32
      }
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins AnyFloat:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def NN_LinearOp : NN_EpilogueOp<"linear", [
    NN_Differentiable], ["getCandidates", "buildOfNothing"]> {
  let summary = "linear layer";
  let description = [{
    result[n,o] = sum_i input[n,i] weight[o,i] + bias[o], that is y = x w^T + b, through the
    epilogue, if there is one.
    - C1: `input` is [N, I], `weight` [O, I], `bias` [O], `result` [N, O], of one element.
    ```mlir
    %y = nn.linear %x, %w, %b : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32> -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$weight, NN_Tensor:$bias,
                       Variadic<NN_Tensor>:$extras);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weight `,` $bias attr-dict `:`
    type($input) `,` type($weight) `,` type($bias) `->` type($result) ``
    custom<Epilogue>($extras, type($extras), $epilogue, ref(type($result)))
  }];
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input,
      "::mlir::Value":$weight, "::mlir::Value":$bias), [{
    build($_builder, $_state, result, input, weight, bias, ::mlir::ValueRange());
  }]>];
}

def NN_LinearGradInputOp : NN_Op<"linear_grad_input", [
    KeepsZeros, ZeroOfNothing, NN_Differentiable], ["getCandidates"]> {
  let summary = "gradient of linear in its input";
  let description = [{
    result[n,i] = sum_o grad[n,o] weight[o,i].
    - C1: `grad` is [N, O], `weight` [O, I], `result` [N, I], of one element.
    ```mlir
    %gx = nn.linear_grad_input %g, %w : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$grad, NN_Tensor:$weight);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $grad `,` $weight attr-dict `:` type($grad) `,` type($weight) `->` type($result)
  }];
}

def NN_LinearGradWeightOp : NN_Op<"linear_grad_weight", [
    ZeroOfNothing, NN_Differentiable], ["getCandidates"]> {
  let summary = "gradient of linear in its weight";
  let description = [{
    result[o,i] = sum_n grad[n,o] input[n,i].
    - C1: `grad` is [N, O], `input` [N, I], `result` [O, I], of one element.
    ```mlir
    %gw = nn.linear_grad_weight %g, %x : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<3x4xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$grad, NN_Tensor:$input);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $grad `,` $input attr-dict `:` type($grad) `,` type($input) `->` type($result)
  }];
}

def NN_SumBatchOp : NN_Op<"sum_batch", [ZeroOfNothing]> {
  let summary = "sum over the batch";
  let description = [{
    result[c] = sum_n input[n,c]: the gradient of `linear` in its bias.
    - C1: `input` is [N, C], `result` [C], of one element.
    ```mlir
    %gb = nn.sum_batch %g : tensor<2x3xf32> -> tensor<3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

#endif
