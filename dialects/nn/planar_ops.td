//===- planar_ops.td - layers of planar networks -----------*- tablegen -*-===//
//
// Convolutions, pools, resizing and channels of images [N, C, H, W], and further
// activations.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_PLANAR_OPS
#define SPHERICAL_DIALECTS_NN_PLANAR_OPS

include "dialects/nn/attributes.td"

def NN_PaddingDefault : DefaultValuedAttr<NN_PaddingAttr, "::mlir::nn::Padding::Valid">;

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// A convolution without an epilogue.
def NN_PlainConvolution : OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input,
    "::mlir::Value":$weight, "::mlir::Value":$bias, "::llvm::ArrayRef<int64_t>":$stride,
    "::mlir::nn::Padding":$padding), [{
  build($_builder, $_state, result, input, weight, bias, ::mlir::ValueRange(), stride, padding);
}]>;

def NN_Conv2dOp : NN_EpilogueOp<"conv2d", [
    AttrSizedOperandSegments, NN_Differentiable],
    ["getCandidates", "leavesEmptyLanesZero", "buildOfNothing", "buildPrepared"]> {
  let summary = "planar convolution";
  let description = [{
    The cross-correlation
        result[n,o,y,x] = bias[o] + sum_{i,r,q} weight[o,i,r,q] input[n,i,y s_y + r, x s_x + q]
    with stride s (`bias` absent: 0) for `padding` valid, through the epilogue, if there is one. The
    dialect says where windows lie with the others, and how many there are. With stride 1 it may be
    chosen to be computed by Fourier transforms of tiles (algorithm `fourier`), as its adjoint and
    the gradient of its weight: rounding errors are then eps times the largest values of a tile, not
    those of a window, and a value that is not finite reaches all results of the tiles that hold it.
    The same holds of minimal filters (Winograd 1980; algorithm `winograd`, radix 4 to 8: the length
    of a filter, T), which the op, its adjoint and, with samples in the lanes, the gradient of its
    weight may be chosen to be computed by with any stride s whose phases of the kernel, values q,
    q + s, ... of it, are shorter: 3 x 3 values make 2 x 2 results of 16 products for each pair of
    channels (T = 4) or 4 x 4 of 36 (T = 6), those of 5 x 5 values 4 x 4 of 64 (T = 8); in steps of
    two, 3 x 3 values make 3 x 3 results of 49 (T = 4) and those of 7 x 7 values 5 x 5 of 225 (T =
    8) in place of 1225. In fp32, of 96 channels, the errors were 3.1e-7, 9.2e-7, 3.6e-6 and of the
    last 2.8e-6 of the results (root mean squares), those of sums themselves 2.0e-7, and those of
    Fourier transforms 2.6e-7 (winograd_test).
    A batch of few samples may have channels in the lanes (`spherical-channel-lanes`), by each
    algorithm: lanes without an input channel are zeros and multiplied with zeros, so that a value
    that is not finite may reach results of all channels.
    - C1: `input` is [N, I, H, W], `weight` [O, I, K, L], `bias` [O], `result` [N, O, Y, X], of one
      element.
    - C2: `stride` is two positive integers.
    - C3: Y and X are as many as `padding` says, and at least 1.
    - C4: `padding` circular has L <= W.
    - C5: `weight` has no encoding, or `windows`, `taps` or `positions` of its stride, of as many
      lanes as `result`.
    ```mlir
    %y = nn.conv2d %x, %w bias(%b : tensor<4xf32>) stride [2, 2]
        : tensor<2x3x12x12xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x5x5xf32>
    %z = nn.conv2d %x, %w stride [1, 1] padding circular
        : tensor<2x3x12x12xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x12x12xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$weight, Optional<NN_Tensor>:$bias,
                       Variadic<NN_Tensor>:$extras, DenseI64ArrayAttr:$stride,
                       NN_PaddingDefault:$padding);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` `(` $bias^ `:` type($bias) `)`)? `stride` $stride
    (`padding` `` $padding^)? attr-dict `:` type($input) `,` type($weight) `->` type($result) ``
    custom<Epilogue>($extras, type($extras), $epilogue, ref(type($result)))
  }];
  let builders = [NN_PlainConvolution];
}

def NN_ConvTranspose2dOp : NN_EpilogueOp<"conv_transpose2d", [
    AttrSizedOperandSegments, NN_Differentiable],
    ["getCandidates", "leavesEmptyLanesZero", "buildOfNothing", "buildPrepared"]> {
  let summary = "transposed planar convolution";
  let description = [{
    The adjoint of the `conv2d` with this weight, stride and padding that maps the type of `result`
    to that of `input`, and a bias: with `padding` valid
        result[n,o,y s_y + r, x s_x + q] += weight[i,o,r,q] input[n,i,y,x],
    from bias[o], or 0, on, through the epilogue, if there is one. The type of the result decides on
    the output padding. It is also the gradient of `conv2d` in its input.
    - C1: `input` is [N, I, Y, X], `weight` [I, O, K, L], `bias` [O], `result` [N, O, H, W], of one
      element.
    - C2: `stride` is two positive integers.
    - C3: Y and X are as many as `padding` says for H and W, and at least 1.
    - C4: `padding` circular has L <= W.
    - C5: `weight` has no encoding, or `phases` of its stride, `transposed_taps` or
      `transposed_positions` of its stride, of as many lanes as `result`.
    ```mlir
    %y = nn.conv_transpose2d %x, %w bias(%b : tensor<4xf32>) stride [2, 2]
        : tensor<2x3x6x6xf32>, tensor<3x4x3x3xf32> -> tensor<2x4x14x14xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$weight, Optional<NN_Tensor>:$bias,
                       Variadic<NN_Tensor>:$extras, DenseI64ArrayAttr:$stride,
                       NN_PaddingDefault:$padding);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` `(` $bias^ `:` type($bias) `)`)? `stride` $stride
    (`padding` `` $padding^)? attr-dict `:` type($input) `,` type($weight) `->` type($result) ``
    custom<Epilogue>($extras, type($extras), $epilogue, ref(type($result)))
  }];
  let builders = [NN_PlainConvolution];
}

def NN_PackWeightOp : NN_Op<"pack_weight"> {
  let summary = "a weight in the order of products";
  let description = [{
    result = input, in the memory that the encoding of the result says. `spherical-prepare-weights`
    puts it into `@prepare`; elsewhere convolutions pack their weights themselves.
    - C1: `result` is `input` with a `#nn.packing` for encoding, `input` has none.
    ```mlir
    %p = nn.pack_weight %w
        : tensor<4x3x3x3xf32> -> tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 16>>
    ```
  }];
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def NN_Conv2dGradWeightOp : NN_Op<"conv2d_grad_weight", [
    ZeroOfNothing, NN_Differentiable], ["getCandidates"]> {
  let summary = "gradient of conv2d in its weight";
  let description = [{
    result[o,i,r,q] = sum_{n,y,x} grad[n,o,y,x] input[n,i,y s_y + r, x s_x + q], with windows as in
    `conv2d`. With the input of a `conv_transpose2d` as `grad` and its gradient as `input` it is the
    gradient of that in its weight.
    - C1: `grad` is [N, O, Y, X], `input` [N, I, H, W], `result` [O, I, K, L], of one element.
    - C2: `stride` is two positive integers.
    - C3: Y and X are as many as `padding` says, and at least 1.
    - C4: `padding` circular has L <= W.
    ```mlir
    %gw = nn.conv2d_grad_weight %g, %x stride [2, 2]
        : tensor<2x4x5x5xf32>, tensor<2x3x12x12xf32> -> tensor<4x3x3x3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$grad, NN_Tensor:$input, DenseI64ArrayAttr:$stride,
                       NN_PaddingDefault:$padding);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $grad `,` $input `stride` $stride (`padding` `` $padding^)? attr-dict `:`
    type($grad) `,` type($input) `->` type($result)
  }];
}

//===----------------------------------------------------------------------===//
// Pools and resizing
//===----------------------------------------------------------------------===//

def NN_MaxPool2dOp : NN_Op<"max_pool2d", [KeepsZeros, NN_Differentiable]> {
  let summary = "largest value of each window";
  let description = [{
    result[n,c,y,x] = max_{r < K, q < L} input[n,c,y s_y + r, x s_x + q], with windows [K, L] that
    lie inside of the input.
    - C1: `input` is [N, C, H, W], `result` [N, C, Y, X], of one element.
    - C2: `window` and `stride` are two positive integers each.
    - C3: Y = floor((H - K) / s_y) + 1 and X = floor((W - L) / s_x) + 1, at least 1.
    ```mlir
    %y = nn.max_pool2d %x window [3, 3] stride [2, 2]
        : tensor<2x3x12x11xf32> -> tensor<2x3x5x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$stride);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `window` $window `stride` $stride attr-dict `:` type($input) `->` type($result)
  }];
}

def NN_MaxPool2dGradOp : NN_Op<"max_pool2d_grad", [
    KeepsZeros, AllTypesMatch<["input", "result"]>]> {
  let summary = "gradient of max_pool2d";
  let description = [{
    Each value of `grad` is added at the largest value of its window of `input`; of several, at the
    first in row-major order of the window.
    - C1: `grad` is [N, C, Y, X], `input` [N, C, H, W], of one element.
    - C2: `window` and `stride` are two positive integers each.
    - C3: Y = floor((H - K) / s_y) + 1 and X = floor((W - L) / s_x) + 1, at least 1.
    ```mlir
    %gx = nn.max_pool2d_grad %g, %x window [3, 3] stride [2, 2]
        : tensor<2x3x5x5xf32>, tensor<2x3x12x11xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$grad, NN_Tensor:$input, DenseI64ArrayAttr:$window,
                       DenseI64ArrayAttr:$stride);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $grad `,` $input `window` $window `stride` $stride attr-dict `:` type($grad) `,` type($input)
  }];
}

def NN_AvgPool2dOp : NN_Op<"avg_pool2d", [KeepsZeros, NN_Differentiable]> {
  let summary = "mean of each window";
  let description = [{
    result[n,c,y,x] = 1/(K L) sum_{r < K, q < L} input[n,c,y s_y + r, x s_x + q], with windows
    [K, L] that lie inside of the input. With `adjoint` the types of input and result change places,
    and the op is the adjoint.
    - C1: `input` is [N, C, H, W], `result` [N, C, Y, X], of one element.
    - C2: `window` and `stride` are two positive integers each.
    - C3: Y = floor((H - K) / s_y) + 1 and X = floor((W - L) / s_x) + 1, at least 1.
    ```mlir
    %y = nn.avg_pool2d %x window [3, 3] stride [2, 2]
        : tensor<2x3x12x11xf32> -> tensor<2x3x5x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$stride,
                       UnitAttr:$adjoint);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `window` $window `stride` $stride attr-dict `:` type($input) `->` type($result)
  }];
}

def NN_GlobalAvgPoolOp : NN_Op<"global_avg_pool", [KeepsZeros, NN_Differentiable]> {
  let summary = "mean of each channel";
  let description = [{
    result[n,c] = mean of input[n,c,...]. With `adjoint` the types of input and result change
    places, and the op is the adjoint.
    - C1: `input` is [N, C, H, W], `result` [N, C], of one element.
    - C2: there is a position for each mean.
    ```mlir
    %y = nn.global_avg_pool %x : tensor<2x3x5x5xf32> -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, UnitAttr:$adjoint);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def NN_UpsampleNearestOp : NN_EpilogueOp<"upsample_nearest", [
    ReplacesOperand, NN_Differentiable],
    ["getCandidates", "leavesEmptyLanesZero", "buildOfNothing"]> {
  let summary = "image of another size by the nearest values";
  let description = [{
    result[n,c,y,x] = input[n,c,floor(y H / Y), floor(x W / X)]. With `adjoint` the types of input
    and result change places, and the op is the adjoint. Y and X may be below H and W: then there are
    values that the result leaves out. The epilogue, if there is one, gives the result's values.
    - C1: `input` is [N, C, H, W], `result` [N, C, Y, X], of one element.
    - C2: there is a position to read for each of the result.
    ```mlir
    %y = nn.upsample_nearest %x : tensor<2x3x5x5xf32> -> tensor<2x3x13x13xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, Variadic<NN_Tensor>:$extras, UnitAttr:$adjoint);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input attr-dict `:` type($input) `->` type($result) ``
    custom<Epilogue>($extras, type($extras), $epilogue, ref(type($result)))
  }];
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input,
      CArg<"bool", "false">:$adjoint), [{
    build($_builder, $_state, result, input, ::mlir::ValueRange(), adjoint);
  }]>];
}

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

def NN_ConcatOp : NN_Op<"concat", [RealLinear, NN_Differentiable], ["buildOfNothing"]> {
  let summary = "channels of all inputs";
  let description = [{
    The channels of the inputs, one input after the other.
    - C1: inputs and `result` are [N, C, ...] of one element that differ in C only, and C of
      `result` is the sum of those of the inputs.
    ```mlir
    %y = nn.concat %a, %b : tensor<2x3x5x5xf32>, tensor<2x4x5x5xf32> -> tensor<2x7x5x5xf32>
    ```
  }];
  let arguments = (ins Variadic<NN_Tensor>:$inputs);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs) `->` type($result)";
}

def NN_SliceChannelsOp : NN_Op<"slice_channels", [KeepsZeros, NN_Differentiable]> {
  let summary = "some channels of a tensor";
  let description = [{
    result[n,c,...] = input[n,first + c,...].
    - C1: `input` and `result` are [N, C, ...] of one element that differ in C only.
    - C2: `first` is not negative, and the channels end inside of the input.
    ```mlir
    %y = nn.slice_channels %x first 3 : tensor<2x7x5x5xf32> -> tensor<2x4x5x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$first);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input `first` $first attr-dict `:` type($input) `->` type($result)";
}

def NN_SumChannelsOp : NN_Op<"sum_channels", [ZeroOfNothing]> {
  let summary = "sum of each channel over batch and positions";
  let description = [{
    result[c] = sum_{n,...} input[n,c,...]: the gradient of a convolution in its bias.
    - C1: `input` is [N, C, H, W], `result` [C], of one element.
    ```mlir
    %gb = nn.sum_channels %g : tensor<2x3x5x5xf32> -> tensor<3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

def NN_LeakyReluOp : NN_PointwiseOp<"leaky_relu", [
    KeepsZeros, NN_Differentiable, SameOperandsAndResultType]> {
  let summary = "leaky rectified linear unit";
  let description = [{
    result = input where it is positive, else slope input, value by value.
    - C1: the element is real.
    - C2: `slope` is at least 0 and below 1.
    ```mlir
    %y = nn.leaky_relu %x slope 0.01 : tensor<2x3x5x5xf32>
    ```
  }];
  let arguments = (ins NN_Function:$input, F64Attr:$slope);
  let results = (outs NN_Function:$result);
  let assemblyFormat = "$input `slope` $slope attr-dict `:` type($result)";
}

def NN_LeakyReluGradOp : NN_PointwiseOp<"leaky_relu_grad", [
    KeepsZeros, SameOperandsAndResultType], ["getMaskOperand"]> {
  let summary = "gradient of leaky_relu";
  let description = [{
    result = grad where y > 0, else slope grad; y is the input or the result of the `leaky_relu`.
    - C1: the element is real.
    - C2: `slope` is at least 0 and below 1.
    ```mlir
    %d = nn.leaky_relu_grad %g, %y slope 0.01 : tensor<2x3x5x5xf32>
    ```
  }];
  let arguments = (ins NN_Function:$grad, NN_Function:$y, F64Attr:$slope);
  let results = (outs NN_Function:$result);
  let assemblyFormat = "$grad `,` $y `slope` $slope attr-dict `:` type($result)";
}

def NN_GeluOp : NN_PointwiseOp<"gelu", [
    KeepsZeros, NN_Differentiable, SameOperandsAndResultType]> {
  let summary = "Gaussian error linear unit";
  let description = [{
    result = x / (1 + exp(-2 u)) with u = sqrt(2 / pi) (x + 0.044715 x^3), value by value: the form
    with a hyperbolic tangent, x (1 + tanh u) / 2.
    - C1: the element is real.
    ```mlir
    %y = nn.gelu %x : tensor<2x3x5x5xf32>
    ```
    Source: Hendrycks and Gimpel 2016.
  }];
  let arguments = (ins NN_Function:$input);
  let results = (outs NN_Function:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def NN_GeluGradOp : NN_PointwiseOp<"gelu_grad", [KeepsZeros, SameOperandsAndResultType]> {
  let summary = "gradient of gelu";
  let description = [{
    With x the input of the `gelu`, s = 1 / (1 + exp(-2 u)) and u as there,
        result = grad (s + 2 x s (1 - s) u'),  u' = sqrt(2 / pi) (1 + 3 0.044715 x^2).
    - C1: the element is real.
    ```mlir
    %d = nn.gelu_grad %g, %x : tensor<2x3x5x5xf32>
    ```
  }];
  let arguments = (ins NN_Function:$grad, NN_Function:$input);
  let results = (outs NN_Function:$result);
  let assemblyFormat = "$grad `,` $input attr-dict `:` type($result)";
}

#endif
