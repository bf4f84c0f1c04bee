//===- integer_operands.td - ops that take some integers only -*- tablegen -*-===//
//
// The interface through which an entry learns which labels, counts and steps it
// can compute with, and which values may be missing: they are checked where they
// come in, before any code runs.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_INTEGER_OPERANDS
#define SPHERICAL_DIALECTS_INTERFACES_INTEGER_OPERANDS

include "mlir/IR/OpBase.td"

def IntegerOperands : OpInterface<"IntegerOperands"> {
  let cppNamespace = "::mlir::spherical";
  let description = [{
    An op with operands of integers that are not all defined: labels of classes, numbers of
    samples, steps; or with operands of which values may be missing.
  }];
  let methods = [
    InterfaceMethod<[{
      The integers that an operand may hold, or nothing if any will do.
    }], "std::optional<::mlir::spherical::IntegerBounds>", "getIntegerBounds",
    (ins "unsigned":$operand)>,
    InterfaceMethod<[{
      Whether values of an operand may be missing, -1 or NaN: the op leaves them out.
    }], "bool", "mayBeMissing", (ins "unsigned":$operand), "", "return false;">
  ];
}

#endif
