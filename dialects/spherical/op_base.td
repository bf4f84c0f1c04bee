//===- op_base.td - bases of the spherical ops -------------*- tablegen -*-===//
//
// What the op families share.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_OP_BASE
#define SPHERICAL_DIALECTS_SPHERICAL_OP_BASE

include "dialects/interfaces/differentiable.td"
include "dialects/interfaces/linear.td"
include "dialects/interfaces/schedulable.td"
include "dialects/spherical/types.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// A layer, which the expand phase replaces by ops that are computed.
class Spherical_LayerOp<string mnemonic, list<Trait> traits = []>
    : Op<Spherical_Dialect, mnemonic, !listconcat([Pure], traits)>;

/// An op that is computed; `own` are the methods of `Schedulable` whose default it does not take.
class Spherical_Op<string mnemonic, list<Trait> traits = [], list<string> own = []>
    : Op<Spherical_Dialect, mnemonic,
         !listconcat([Pure, DeclareOpInterfaceMethods<Schedulable, own>], traits)>;

def Spherical_Differentiable : DeclareOpInterfaceMethods<Differentiable>;

#endif
