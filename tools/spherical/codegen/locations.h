//===- locations.h - lines of the model file in code ------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_LOCATIONS_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_LOCATIONS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace spherical::driver {

/// Leaves of each location in a lowered module the place in the model file, the only part that a
/// line table can hold, and makes it debug information of this kind: profilers, debuggers and the
/// emulation then show the lines of the model file.
mlir::LogicalResult keepModelLocations(mlir::ModuleOp module, mlir::LLVM::DIEmissionKind kind);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_LOCATIONS_H
