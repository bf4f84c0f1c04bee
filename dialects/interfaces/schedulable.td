//===- schedulable.td - ops that know how they run --------*- tablegen -*-===//
//
// The interface through which the schedule and plan phases ask an op where its
// values may lie and let it become stages.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_SCHEDULABLE
#define SPHERICAL_DIALECTS_INTERFACES_SCHEDULABLE

include "mlir/IR/OpBase.td"

def Schedulable : OpInterface<"Schedulable"> {
  let cppNamespace = "::mlir::spherical";
  let description = [{
    An op that is computed: behind the expand phase a program has no others. It says where its
    values lie and which ways there are to compute it, and emits the stages of the way that
    `spherical.choice` names.
  }];
  let methods = [
    InterfaceMethod<[{
      Where the op reads its operands and leaves its results, or nothing if this form of the op is
      not computed (the expand phase replaces it).
    }], "std::optional<::mlir::spherical::LayoutConstraints>", "getLayoutConstraints">,
    InterfaceMethod<[{
      The ways to compute the op on a machine, types having their layouts; none where nothing is
      computed. By default one pass over operands and results.
    }], "::llvm::SmallVector<::mlir::spherical::Candidate>", "getCandidates",
    (ins "const ::mlir::spherical::Machine &":$machine), [{}], [{
      return {::mlir::spherical::onePass($_op, machine)};
    }]>,
    InterfaceMethod<[{
      Emits the stages of the op where the builder stands; its operands and results have buffers,
      and `spherical.choice` says how. Fails after a diagnostic at the op.
    }], "::llvm::LogicalResult", "emitStages",
    (ins "::mlir::spherical::StageBuilder &":$stages)>,
    InterfaceMethod<[{
      Whether the results are zero in lanes without a sample, where operands and results have their
      batch in lanes, and the operands whose index `isZero` accepts are zero there. By default what
      the traits `ClearsLanes`, `KeepsZeros` and `RealLinear` say.
    }], "bool", "leavesEmptyLanesZero",
    (ins "::llvm::function_ref<bool(unsigned)>":$isZero), [{}], [{
      return ::mlir::spherical::traitsLeaveZeros($_op, isZero);
    }]>,
    InterfaceMethod<[{
      Builds the result, which has elements, of operands of which some have none; null where the op
      has no meaning on such operands. Not asked of ops with the trait `ZeroOfNothing`.
    }], "::mlir::Value", "buildOfNothing", (ins "::mlir::OpBuilder &":$builder), [{}], [{
      return {};
    }]>,
    InterfaceMethod<[{
      Builds, by one op on operand `index`, what the op takes in its place where that is computed
      once for many runs: what its stages, by the way that `spherical.choice` names, make of the
      operand first. Null if they read the operand as it is.
    }], "::mlir::Value", "buildPrepared", (ins "::mlir::OpBuilder &":$builder, "unsigned":$index),
    [{}], [{
      return {};
    }]>
  ];
}

/// An op whose result needs, for value i, value i of an operand of its type only, so that it may
/// take that operand's place.
def ReplacesOperand : NativeOpTrait<"ReplacesOperand"> {
  let cppNamespace = "::mlir::spherical";
}

/// An op whose result lies where its operand does: it has no stages.
def AliasesOperand : NativeOpTrait<"AliasesOperand"> {
  let cppNamespace = "::mlir::spherical";
}

/// An op that reads an old value where it writes the new one, in the same place.
def UpdatesInPlace : NativeOpTrait<"UpdatesInPlace"> {
  let cppNamespace = "::mlir::spherical";
}

/// An op whose results are zero in the lanes in which its first operand is, whatever the others
/// hold: gradients, whose other operands say where they go, products with what has no batch, maps
/// of zero to zero.
def KeepsZeros : NativeOpTrait<"KeepsZeros"> {
  let cppNamespace = "::mlir::spherical";
}

/// An op whose results are zero in lanes without a sample, whatever its operands hold there: it
/// counts samples, or reads them from values in file order.
def ClearsLanes : NativeOpTrait<"ClearsLanes"> {
  let cppNamespace = "::mlir::spherical";
}

/// An op that takes each sample of its operands to that sample of its results, wherever either lie:
/// in lanes or in file order.
def KeepsSamples : NativeOpTrait<"KeepsSamples"> {
  let cppNamespace = "::mlir::spherical";
}

/// An op that may have complex values behind the expand phase: it takes them apart, builds them or
/// passes them on.
def HoldsComplex : NativeOpTrait<"HoldsComplex"> {
  let cppNamespace = "::mlir::spherical";
}

/// An op whose results, those that have elements, are sums over nothing, that is 0, where one of
/// its operands has no elements.
def ZeroOfNothing : NativeOpTrait<"ZeroOfNothing"> {
  let cppNamespace = "::mlir::spherical";
}

#endif
