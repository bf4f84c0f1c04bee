//===- dialect.td - the nn dialect -------------------------*- tablegen -*-===//
//
// The dialect, its conventions, and the base classes of its ops.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_DIALECT
#define SPHERICAL_DIALECTS_NN_DIALECT

include "dialects/interfaces/differentiable.td"
include "dialects/interfaces/epilogue.td"
include "dialects/interfaces/integer_operands.td"
include "dialects/interfaces/linear.td"
include "dialects/interfaces/pointwise.td"
include "dialects/interfaces/schedulable.td"
include "dialects/spherical/types.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def NN_Dialect : Dialect {
  let name = "nn";
  let cppNamespace = "::mlir::nn";
  let description = [{
    Pointwise and dense layers, heads, losses and optimizer steps on tensors [N, C, ...]; pointwise
    ops also on functions and spectra of the `spherical` dialect.

    **Count.** The batch of a tensor is a capacity: only the first `count` samples are valid, a
    run-time scalar (tensor<i64>). Statistics, mean losses and their gradients are over those;
    later samples contribute exactly zero. Without a count operand all samples are valid. A count
    is at least 1 and at most the capacity.

    **Images** are tensors [N, C, H, W], row-major: samples, channels, rows and columns. Images of
    functions on S2 have a row for each colatitude from the north on and a column for each
    longitude: columns close to a circle, rows do not. Weights of convolutions are [O, I, K, L]: to
    channels, from channels, rows and columns of the kernel; those of transposed convolutions are
    [I, O, K, L], the weight of the convolution whose adjoint they are. Nothing is mirrored:
    convolutions are cross-correlations.

    **Windows.** On an axis of H positions, a kernel of K with stride s has Y windows. Window p < Y
    holds the positions p s - f + r, 0 <= r < K:
    - `valid`: f = 0 and Y = floor((H - K) / s) + 1, so that all lie inside; K <= H;
    - `zero` and `circular`: f = floor((K - 1) / 2) and Y = ceil(H / s): stride 1 keeps the size, and
      of an even K the larger part lies behind.
    Outside of the image `zero` reads 0 on both axes, `circular` 0 on rows and column x mod W on
    columns, L <= W. Pools have `valid` windows; of equal largest values the first of a window, row
    by row, has the gradient.

    **Output padding.** A transposed convolution from Y positions gives any H of which the
    convolution gives Y: s of them, from (Y - 1) s + K (`valid`) or (Y - 1) s + 1 on. The type of
    the result says which; what it has beyond the smallest is the output padding of other systems.

    **Resizing** reads position y of Y at floor(y H / Y) of H, on each axis.

    **Epilogues.** Convolutions, `linear` and `upsample_nearest` can apply a function of numbers to
    their values: activations, sums with other values of the result's type, masks of gradients. In
    `epilogue(%value, %extra = %operand, ...) { ... }` the region ends with `nn.yield`; E1 to E4 are
    the rules of the interface `Epilogued`. The fuse phase forms epilogues: they have no gradients.

    **Scalars** are tensors of rank 0: counts and steps tensor<i64>, the learning rate and losses
    of a floating-point element. Labels are tensor<N x i32>, or tensor<N x ... x i32> with one label
    a position.
  }];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = "void registerAttributes();";
}

/// An op of the graph level, which the fuse phase replaces by ops that are computed.
class NN_GraphOp<string mnemonic, list<Trait> traits = []>
    : Op<NN_Dialect, mnemonic, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

/// An op that is computed; `own` are the methods of `Schedulable` whose default it does not take.
class NN_Op<string mnemonic, list<Trait> traits = [], list<string> own = []>
    : Op<NN_Dialect, mnemonic,
         !listconcat([Pure, DeclareOpInterfaceMethods<Schedulable, own>], traits)> {
  let hasVerifier = 1;
}

/// An op that acts value by value.
class NN_PointwiseOp<string mnemonic, list<Trait> traits = [], list<string> own = []>
    : NN_Op<mnemonic, !listconcat([ReplacesOperand, DeclareOpInterfaceMethods<Pointwise, own>],
                                  traits)>;

/// An op with an epilogue (the dialect's description).
class NN_EpilogueOp<string mnemonic, list<Trait> traits = [], list<string> own = []>
    : NN_Op<mnemonic, !listconcat(traits, [
          Epilogued, IsolatedFromAbove, SingleBlock,
          DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]), own> {
  let regions = (region AnyRegion:$epilogue);
  let extraClassDefinition = [{
    void $cppClass::getAsmBlockArgumentNames(::mlir::Region &region,
                                             ::mlir::OpAsmSetValueNameFn setName) {
      ::mlir::spherical::nameEpilogue(region, setName);
    }
  }];
}

def NN_Differentiable : DeclareOpInterfaceMethods<Differentiable>;
def NN_IntegerOperands : DeclareOpInterfaceMethods<IntegerOperands>;
/// Of a loss whose labels or target may be missing.
def NN_LossOperands : DeclareOpInterfaceMethods<IntegerOperands, ["mayBeMissing"]>;

def NN_Float : AnyTypeOf<[F32, F64], "f32 or f64">;
def NN_Tensor : StaticShapeTensorOf<[NN_Float]>;
def NN_Function : AnyTypeOf<[NN_Tensor, Spherical_Function],
    "tensor of f32 or f64, or function on S2 or SO(3)">;
def NN_Value : AnyTypeOf<[NN_Tensor, Spherical_Signal],
    "tensor of f32 or f64, or function or spectrum on S2 or SO(3)">;
def NN_Labels : StaticShapeTensorOf<[I32]>;
def NN_Integer : StaticShapeTensorOf<[I64]>;

#endif
