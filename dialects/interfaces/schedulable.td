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
    (ins "::mlir::spherical::StageBuilder &":$stages)>
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

#endif
