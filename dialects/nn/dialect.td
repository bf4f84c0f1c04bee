//===- dialect.td - the nn dialect -------------------------*- tablegen -*-===//
//
// The dialect, its conventions, and the base classes of its ops.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_DIALECT
#define SPHERICAL_DIALECTS_NN_DIALECT

include "dialects/interfaces/differentiable.td"
include "dialects/spherical/types.td"
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
    later samples contribute exactly zero. Without a count operand all samples are valid.

    **Scalars** are tensors of rank 0: counts and steps tensor<i64>, the learning rate and losses
    of a floating-point element. Labels are tensor<N x i32>, or tensor<N x ... x i32> with one label
    a position.
  }];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = "void registerAttributes();";
}

class NN_Op<string mnemonic, list<Trait> traits = []>
    : Op<NN_Dialect, mnemonic, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

def NN_Differentiable : DeclareOpInterfaceMethods<Differentiable>;

def NN_Float : AnyTypeOf<[F32, F64], "f32 or f64">;
def NN_Tensor : StaticShapeTensorOf<[NN_Float]>;
def NN_Function : AnyTypeOf<[NN_Tensor, Spherical_Function],
    "tensor of f32 or f64, or function on S2 or SO(3)">;
def NN_Value : AnyTypeOf<[NN_Tensor, Spherical_Signal],
    "tensor of f32 or f64, or function or spectrum on S2 or SO(3)">;
def NN_Labels : StaticShapeTensorOf<[I32]>;
def NN_Integer : StaticShapeTensorOf<[I64]>;

#endif
