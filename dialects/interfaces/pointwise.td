//===- pointwise.td - ops that act value by value ---------*- tablegen -*-===//
//
// The interface through which the fuse phase takes ops into the transforms beside
// them.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_POINTWISE
#define SPHERICAL_DIALECTS_INTERFACES_POINTWISE

include "mlir/IR/OpBase.td"

def Pointwise : OpInterface<"Pointwise"> {
  let cppNamespace = "::mlir::spherical";
  let description = [{
    An op with one result, each value of which is a function of the values of the operands at the
    same position.
  }];
  let methods = [
    InterfaceMethod<[{
      Builds the result's value from those of the operands.
    }], "::mlir::Value", "buildScalar",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::ValueRange":$values)>,
    InterfaceMethod<[{
      The operand of which the op asks only whether it is positive, or nothing: in place of its
      value `buildScalar` may be given an i1.
    }], "std::optional<unsigned>", "getMaskOperand", (ins), [{}], [{
      return std::nullopt;
    }]>
  ];
}

#endif
