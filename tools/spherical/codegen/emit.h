//===- emit.h - what the ways to machine code share -------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_EMIT_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_EMIT_H

#include "passes/lower/target.h"
#include "tools/spherical/codegen/codegen.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace spherical::driver {

/// The module as text, with locations: what its code depends on.
std::string moduleText(mlir::ModuleOp module);

/// The processor of the options; of a lowered module the one that it was lowered for.
Result<mlir::spherical::CpuTarget> findTarget(mlir::ModuleOp module, const CodegenOptions &options);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_EMIT_H
