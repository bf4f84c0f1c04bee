//===- attributes.td - measures, losses, optimizers --------*- tablegen -*-===//
//
// The attributes of the nn dialect.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_ATTRIBUTES
#define SPHERICAL_DIALECTS_NN_ATTRIBUTES

include "dialects/nn/dialect.td"
include "dialects/nn/enums.td"
include "mlir/IR/AttrTypeBase.td"

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

def NN_LossAttr : AttrDef<NN_Dialect, "Loss"> {
  let mnemonic = "loss";
  let summary = "the loss of a model";
  let description = [{
    Of `@forward`, as `spherical.loss`: the op of the loss and its attributes. A string with the
    name alone is the loss without attributes.

    - C1: `ignore` and `class_weights` are only of `cross_entropy`.
    - C2: class weights are finite and not negative, and one at least is above 0.

    ```mlir
    #l = #nn.loss<cross_entropy, weights = area, ignore = 255, class_weights = [0.5, 1.0, 2.0]>
    ```
  }];
  let parameters = (ins EnumParameter<NN_LossKindEnum>:$kind,
                        EnumParameter<NN_MeasureEnum>:$weights,
                        "std::optional<int64_t>":$ignore,
                        "::mlir::DenseF64ArrayAttr":$classWeights);
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
    Of `@forward`, as `spherical.optimizer`: the constants of `nn.adam`, and `clip`, the largest
    norm of all gradients together (0: any). All are optional; the defaults are those printed here.

    - C1: beta1 and beta2 are at least 0 and below 1, and eps is positive.
    - C2: weight_decay and clip are finite and not negative.

    ```mlir
    #o = #nn.optimizer<beta1 = 0.9, beta2 = 0.999, eps = 1.0e-8, weight_decay = 0.0, clip = 0.0>
    ```
  }];
  let parameters = (ins Spherical_F64Parameter<"decay of the first moment">:$beta1,
                        Spherical_F64Parameter<"decay of the second moment">:$beta2,
                        Spherical_F64Parameter<"added to the root">:$eps,
                        Spherical_F64Parameter<"decay of the parameters">:$weightDecay,
                        Spherical_F64Parameter<"largest norm of the gradient">:$clip);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif
