//===- launch.cpp - constraints of launches ---------------------*- C++ -*-===//

#include "dialects/stage/dialect.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::stage {

LogicalResult LaunchAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError, int64_t blocks,
                                 int64_t threads, int64_t shared, int64_t slot, int64_t work) {
  if (blocks < 1 || blocks >= int64_t(1) << 31)
    return emitError() << "expected `blocks` in 1 .. 2^31 - 1 (C1), got " << blocks;
  if (threads < 32 || threads > 1024 || threads % 32 != 0)
    return emitError() << "expected `threads` to be a multiple of 32 up to 1024 (C1), got "
                       << threads;
  if (shared < 0 || slot < 0 || work < 0 || work > slot)
    return emitError() << "expected `shared` of at least 0 and 0 <= `work` <= `slot` (C2), got "
                       << shared << ", " << work << " and " << slot;
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  Operation *found = symbols.lookupNearestSymbolFrom(*this, getKernelAttr());
  auto kernel = dyn_cast_or_null<FunctionOpInterface>(found);
  if (!kernel || !kernel->hasAttr("gpu.kernel"))
    return emitOpError("expected a function with `gpu.kernel` named ") << getKernel() << " (C1)";
  if (!llvm::equal(kernel.getArgumentTypes(), getArguments().getTypes()))
    return emitOpError("expected arguments of the kernel's types (")
           << kernel.getArgumentTypes() << ") (C1), got (" << getArguments().getTypes() << ")";
  return success();
}

} // namespace mlir::stage
