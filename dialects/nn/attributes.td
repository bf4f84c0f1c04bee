//===- attributes.td - measures, losses, optimizers --------*- tablegen -*-===//
//
// The attributes of the nn dialect.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_ATTRIBUTES
#define SPHERICAL_DIALECTS_NN_ATTRIBUTES

include "dialects/nn/dialect.td"
include "dialects/nn/enums.td"
include "dialects/interfaces/memory_layout.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/TensorEncoding.td"

def NN_MeasureAttr : EnumAttr<NN_Dialect, NN_MeasureEnum, "measure"> {
  let assemblyFormat = ?;
  let hasCustomAssemblyFormat = 1;
  let description = [{
    `grid` gives every sample the same weight; `area` the weight of its latitude in the quadrature
    of the grid, so that sums are integrals over the sphere or the rotation group.
  }];
}

def NN_PaddingAttr : EnumAttr<NN_Dialect, NN_PaddingEnum, "padding"> {
  let assemblyFormat = ?;
  let hasCustomAssemblyFormat = 1;
  let description = [{
    `valid` windows lie inside of the image; `zero` continues the image by zeros, `circular` does
    so in latitude and goes round in longitude.
  }];
}

def NN_PackingAttr : AttrDef<NN_Dialect, "Packing", [
    DeclareAttrInterfaceMethods<MemoryLayout>,
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "packing";
  let summary = "a weight as products with channels in the lanes read it";
  let description = [{
    The encoding of the weight of a convolution, W output channels of which are in the lanes.
    Memory, W innermost, with I' and O' groups of `lanes` channels and D channels of a group of I:

    - `windows` of `conv2d`: [O'][K][I'][L][D]W;
    - `phases` of `conv_transpose2d` of stride s: [P_y][P_x][O'][K'][I'][L'][D]W, phase p the values
      p, p + s, ... of an axis of the kernel in descending order behind zeros, K' and L' of the
      longest, for the first P, all that have values: s or the side of the kernel;
    - `taps` of `conv2d` and `transposed_taps` of `conv_transpose2d` by Fourier transforms of tiles:
      [K][L][I'][D][O']W;
    - `positions` of `conv2d` and `transposed_positions` of `conv_transpose2d` by minimal filters of
      length T, `length` (`winograd`): G g G^t in place of the kernel g, [P][Q][I'][D][O']W, of
      stride s with P = s (T - ceil(K / s)) + K positions on an axis, T where s = 1.

    Zeros stand where there is no channel.

    - C1: `lanes` is a power of two up to 64.
    - C2: `phases` have a `stride` of two integers from 1 to 1024, positions if one of them is above
      1, other forms have none.
    - C3: the tensor has four axes, none empty, and a real element.
    - C4: positions have a `length` from 4 to 8, above ceil(K / s) and ceil(L / s), no stride above
      K or L, and at most 32 of them are on an axis; other forms have no length.

    ```mlir
    #w = #nn.packing<windows, lanes = 16>
    #t = #nn.packing<phases, lanes = 16, stride = [2, 2]>
    #p = #nn.packing<positions, length = 6, lanes = 16>
    ```
  }];
  let parameters = (ins EnumParameter<NN_PackingFormEnum>:$form, "int64_t":$lanes,
                        OptionalArrayRefParameter<"int64_t", "of phases and positions">:$stride,
                        OptionalParameter<"int64_t", "of positions, else 0">:$length);
  let assemblyFormat = [{
    `<` $form `,` (`length` `=` $length^ `,`)? `lanes` `=` $lanes
        (`,` `stride` `=` `[` $stride^ `]`)? `>`
  }];
  let extraClassDeclaration = [{
    /// Whether a weight packed like this is [I, O, K, L].
    bool isTransposed() const;
    /// Whether a convolution in steps of this stride reads a weight packed like this.
    bool isFor(::llvm::ArrayRef<int64_t> stride) const;
    /// Of positions, the packing of the taps that they are made from.
    ::mlir::nn::PackingAttr getTaps() const;
    /// Channels of a group of so many input channels in all: D.
    int64_t getDepth(int64_t in) const;
  }];
  let genVerifyDecl = 1;
}

def NN_LossAttr : AttrDef<NN_Dialect, "Loss"> {
  let mnemonic = "loss";
  let summary = "the loss of a model";
  let description = [{
    Of `@forward`, as `spherical.loss`: the op of the loss and its attributes. A string with the
    name alone is the loss without attributes.

    - C1: `ignore`, `class_weights` and `label_smoothing` are only of `cross_entropy`, `delta` is
      only of `huber`.
    - C2: class weights are finite and not negative, and one at least is above 0. In place of them
      `balanced` says that they follow from the labels that a model is trained with; until these
      are counted, the loss has no gradient.
    - C3: label_smoothing is at least 0 and below 1, and delta is positive and finite.

    ```mlir
    #l = #nn.loss<cross_entropy, weights = area, ignore = 255, class_weights = [0.5, 1.0, 2.0]>
    #m = #nn.loss<cross_entropy, class_weights = balanced, label_smoothing = 0.1>
    #h = #nn.loss<huber, delta = 0.5>
    ```
  }];
  let parameters = (ins EnumParameter<NN_LossKindEnum>:$kind,
                        EnumParameter<NN_MeasureEnum>:$weights,
                        "std::optional<int64_t>":$ignore,
                        "::mlir::DenseF64ArrayAttr":$classWeights, "bool":$balanced,
                        Spherical_F64Parameter<"share of all classes">:$labelSmoothing,
                        Spherical_F64Parameter<"end of the square">:$delta);
  let extraClassDeclaration = [{
    /// The loss that an attribute names, a string or a loss; null if it names none.
    static LossAttr from(::mlir::Attribute attribute);
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def NN_OptimizerAttr : AttrDef<NN_Dialect, "Optimizer"> {
  let mnemonic = "optimizer";
  let summary = "how parameters are updated";
  let description = [{
    Of `@forward`, as `spherical.optimizer`: the constants of `nn.adam`, or, behind `sgd`, those of
    `nn.sgd` and `nn.sgd_momentum`; `clip`, the largest norm of all gradients together (0: any);
    `accumulate`, the batches whose gradients make one step; and `average`, the decay of the moving
    average of the parameters (`nn.moving_average`; 0: none). All are optional; defaults of the
    optimizer's constants and of `clip` are printed, `accumulate = 1` and `average = 0.0` are not.

    - C1: beta1 and beta2 are at least 0 and below 1, and eps is positive; they are of adam only.
    - C2: weight_decay and clip are finite and not negative.
    - C3: momentum is at least 0 and below 1, above 0 with `nesterov`; both are of sgd only.
    - C4: accumulate is at least 1, and average at least 0 and below 1.

    ```mlir
    #o = #nn.optimizer<beta1 = 0.9, beta2 = 0.999, eps = 1.0e-8, weight_decay = 0.0, clip = 0.0>
    #s = #nn.optimizer<sgd, momentum = 0.9, nesterov = true, accumulate = 4, average = 0.999>
    ```
  }];
  let parameters = (ins EnumParameter<NN_OptimizerKindEnum>:$kind,
                        Spherical_F64Parameter<"decay of the first moment">:$beta1,
                        Spherical_F64Parameter<"decay of the second moment">:$beta2,
                        Spherical_F64Parameter<"added to the root">:$eps,
                        Spherical_F64Parameter<"decay of the sum of gradients">:$momentum,
                        "bool":$nesterov,
                        Spherical_F64Parameter<"decay of the parameters">:$weightDecay,
                        Spherical_F64Parameter<"largest norm of the gradient">:$clip,
                        "int64_t":$accumulate,
                        Spherical_F64Parameter<"decay of the moving average">:$average);
  let extraClassDeclaration = [{
    /// Adam with its usual constants, for modules that name no optimizer.
    static OptimizerAttr plain(::mlir::MLIRContext *context);
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif
