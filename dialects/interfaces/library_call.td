//===- library_call.td - calls of a target's libraries ----*- tablegen -*-===//
//
// The interface of ops that are made by a library and not by a kernel.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_LIBRARY_CALL
#define SPHERICAL_DIALECTS_INTERFACES_LIBRARY_CALL

include "mlir/IR/OpBase.td"

def LibraryCall : OpInterface<"LibraryCall"> {
  let cppNamespace = "::mlir::spherical";
  let description =
      [{An op on memory that is one call of a library.Its last operand is what it writes,
        the others it reads.}];
  let methods = [
    InterfaceMethod<[{Memory that it reads and that holds anything afterwards, or null.}],
                    "::mlir::Value", "getOverwritten", (ins), [{}], [{ return {}; }]>,
    InterfaceMethod<[{The option with which a program does without the library.}],
                    "::llvm::StringRef", "getOption">,
    InterfaceMethod<[{Floating - point operations of one call.}], "double", "getOperations">
  ];
}

#endif
