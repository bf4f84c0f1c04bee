//===- verify_memory.cpp - spherical-verify-memory --------------*- C++ -*-===//
//
// Machine code trusts a plan, which may come from a file that somebody edited:
// this pass shows that nothing in it leaves its memory, meets what another part
// writes, or reads what nothing has written. The dialect's description numbers
// what it checks; each check is a file:
//   P1, P2   verify_form      what a planned function holds and takes
//   P3 - P7  verify_bounds    views, subviews and tables stay within their memory
//   P8, P9   verify_overlaps  operands of an op, and points of a sweep, lie apart
//   P10      verify_written   what is read has been written
//
//===----------------------------------------------------------------------===//

#include "passes/lower/memory_checks.h"
#include "passes/lower/passes.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_VERIFYMEMORY
#include "passes/lower/passes.h.inc"
namespace {

/// P1 for the module.
LogicalResult verifyModule(ModuleOp module) {
  for (Operation &op : *module.getBody())
    if (!isa<func::FuncOp, stage::TableOp>(op))
      return op.emitOpError() << "has no place in a planned module, expected functions and tables "
                                 "(P1)";
  return success();
}

struct VerifyMemory : impl::VerifyMemoryBase<VerifyMemory> {
  void runOnOperation() override {
    if (failed(verify(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }

  LogicalResult verify(ModuleOp module) {
    if (failed(verifyModule(module)))
      return failure();
    const auto &tables = getAnalysis<IntegerTables>();
    if (!tables.isComplete())
      return failure();
    ProblemLists problems(tables);
    for (auto entry : module.getOps<func::FuncOp>())
      if (failed(verifyForm(entry)) || failed(verifyBounds(entry, problems)) ||
          failed(verifyOverlaps(entry, problems)) || failed(verifyWritten(entry, problems)))
        return failure();
    return success();
  }
};

} // namespace
} // namespace mlir::spherical
