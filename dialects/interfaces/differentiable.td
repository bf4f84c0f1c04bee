//===- differentiable.td - ops that know their gradient ---*- tablegen -*-===//
//
// The interface through which the differentiate phase builds gradients.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_DIFFERENTIABLE
#define SPHERICAL_DIALECTS_INTERFACES_DIFFERENTIABLE

include "mlir/IR/OpBase.td"

def Differentiable : OpInterface<"Differentiable"> {
  let cppNamespace = "::mlir::spherical";
  let description = [{
    An op with a rule for its vector-Jacobian product. Cotangents are gradients with respect to
    the real inner product: sums over all samples of a function, over all (l, m, n) of a spectrum
    (real and imaginary parts as two real numbers), over all elements of a tensor.
  }];
  let methods = [
    InterfaceMethod<[{
      Builds, at the insertion point of `builder`, the cotangents of the operands from those of the
      results. `cotangents` has one entry a result, null where the cotangent is zero (at least one
      is not null); `operandCotangents` becomes one entry an operand, null where the operand has no
      gradient (an integer, a constant of the rule) or it is zero. Every entry has the operand's
      type.
      Fails after a diagnostic at the op if the rule does not cover this form of the op.
    }], "::llvm::LogicalResult", "buildVjp",
    (ins "::mlir::OpBuilder &":$builder, "::llvm::ArrayRef<::mlir::Value>":$cotangents,
         "::llvm::SmallVectorImpl<::mlir::Value> &":$operandCotangents)>
  ];
}

#endif
