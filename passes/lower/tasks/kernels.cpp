//===- kernels.cpp - the kernels of a compiled module -----------*- C++ -*-===//

#include "passes/lower/tasks/kernels.h"

namespace mlir::spherical {

LLVM::LLVMFuncOp KernelLibrary::get(StringRef name, ArrayRef<Type> arguments, LaneType lane,
                                    Location loc, Build build) {
  if (Operation *found = SymbolTable::lookupSymbolIn(container, name))
    return cast<LLVM::LLVMFuncOp>(found);
  OpBuilder ops = OpBuilder::atBlockEnd(&container->getRegion(0).front());
  MLIRContext *context = module.getContext();
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), arguments);
  auto function = LLVM::LLVMFuncOp::create(ops, loc, name, type, LLVM::Linkage::Internal);
  function.setDsoLocal(true);
  // A call would cost threads registers that they have to save in memory.
  if (threads)
    function.setAlwaysInline(true);
  else
    function.setNoInline(true);
  function.setNoUnwind(true);
  for (auto [index, argument] : llvm::enumerate(arguments))
    if (isa<LLVM::LLVMPointerType>(argument))
      function.setArgAttr(index, LLVM::LLVMDialect::getNoAliasAttrName(), ops.getUnitAttr());
  Block *entry = function.addEntryBlock(ops);
  ops.setInsertionPointToStart(entry);
  CodeletBuilder codelet(ops, loc, lane);
  build(codelet, entry->getArguments());
  shared[function] = codelet.sharedBytes();
  LLVM::ReturnOp::create(ops, loc, ValueRange{});
  ++count;
  return function;
}

} // namespace mlir::spherical
