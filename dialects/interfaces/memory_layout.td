//===- memory_layout.td - layouts with a shape of their own -*- tablegen -*-===//
//
// What the encoding of a tensor says of its memory where it is no #spherical.layout.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_MEMORY_LAYOUT
#define SPHERICAL_DIALECTS_INTERFACES_MEMORY_LAYOUT

include "mlir/IR/OpBase.td"

def MemoryLayout : AttrInterface<"MemoryLayout"> {
  let cppNamespace = "::mlir::spherical";
  let description = [{
    The encoding of a tensor that an op of its own brings to memory and others read there. The tensor
    is the one without the encoding; values that only memory has are zeros.
  }];
  let methods = [
    InterfaceMethod<"The extents of the memory of a tensor of this shape.",
      "::llvm::SmallVector<int64_t>", "getMemoryShape", (ins "::llvm::ArrayRef<int64_t>":$shape)>
  ];
}

#endif
