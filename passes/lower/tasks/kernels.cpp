//===- kernels.cpp - the kernels of a compiled module -----------*- C++ -*-===//

#include "passes/lower/tasks/kernels.h"

#include "passes/lower/planned_tables.h"
#include "passes/lower/table_values.h"

#include <limits>

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
  if (lane.threads)
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
  codelet.roundsToBfloat16 = registers.roundsToBfloat16;
  build(codelet, entry->getArguments());
  shared[function] = codelet.sharedBytes();
  LLVM::ReturnOp::create(ops, loc, ValueRange{});
  ++count;
  return function;
}

KernelLibrary::Largest KernelLibrary::largestOf(stage::TableOp problems) {
  constexpr int64_t any = std::numeric_limits<int64_t>::max();
  constexpr Largest unknown{any, any, any, false};
  if (!problems)
    return unknown;
  auto [found, isNew] = largest.try_emplace(problems);
  if (!isNew)
    return found->second;
  int64_t size = problems.getMemRefType().getNumElements();
  ::spherical::TableValues values = ::spherical::tableValues(tableSpecOf(problems), size);
  if (values.problems.empty())
    return found->second = unknown;
  for (const Problem &problem : values.problems) {
    found->second.depth = std::max(found->second.depth, problem.K1 * problem.K0);
    found->second.columns = std::max(found->second.columns, problem.N);
    found->second.rows = std::max(found->second.rows, problem.R1 * problem.R0);
    const bool gaps = problem.K1 > 1 && problem.bK1 > 2 * problem.K0 * problem.bK0;
    found->second.isApart |= problem.bK0 > 1 || gaps;
  }
  return found->second;
}

/// Whether no other module can name the function.
static bool isInternal(LLVM::LLVMFuncOp function) {
  return !function.isExternal() && function.getLinkage() == LLVM::Linkage::Internal;
}

bool isKernel(LLVM::LLVMFuncOp function) { return isInternal(function) && function.getNoInline(); }

bool isTask(LLVM::LLVMFuncOp function) { return isInternal(function) && !function.getNoInline(); }

} // namespace mlir::spherical
