//===- epilogue.td - ops that act on their values behind --*- tablegen -*-===//
//
// The interface of layers that apply activations and sums to the values of their
// result while they have them.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_EPILOGUE
#define SPHERICAL_DIALECTS_INTERFACES_EPILOGUE

include "mlir/IR/OpBase.td"

def Epilogued : OpInterface<"Epilogued"> {
  let cppNamespace = "::mlir::spherical";
  let description = [{
    An op that can apply a function of numbers to its result. With the region `epilogue` each value
    of the result is what the region yields from the value that the op has without it, its first
    argument, and the values of `extras` at the same position, the others.
    - E1: there are `extras` only with a region, and they have the type of the result.
    - E2: the region has a block whose arguments are a number of the result's element for the value
      and for each of the extras.
    - E3: it holds what regions of `stage.map` do on real numbers: arithmetic, exponentials,
      logarithms and roots of that element, comparisons and choices, and constants, which may be in
      double precision behind a cast; all without flags that permit another result.
    - E4: it yields one number of the element.
  }];
  let methods = [
    InterfaceMethod<"The region, empty if the op has no epilogue.", "::mlir::Region &",
                    "getEpilogue">,
    InterfaceMethod<"The operands that the region reads.", "::mlir::OperandRange", "getExtras">,
    InterfaceMethod<"The same, to change them.", "::mlir::MutableOperandRange", "getExtrasMutable">
  ];
  let verifyWithRegions = 1;
  let verify = "return ::mlir::spherical::verifyEpilogue($_op);";
}

#endif
