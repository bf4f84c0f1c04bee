//===- manifest.h - what an artifact says of itself -------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_MANIFEST_H
#define SPHERICAL_PASSES_LOWER_TASKS_MANIFEST_H

#include "passes/lower/target.h"

#include "mlir/IR/BuiltinOps.h"

#include "llvm/Support/JSON.h"

#include <optional>
#include <string>

namespace mlir::spherical {

/// A manifest (read by runtime/execute/manifest.h): tables, entries with arguments, results and
/// stages, and the parameters that a program keeps.
using Manifest = llvm::json::Object;

/// The version of the interface between compiled code and runtime (SPH_ABI).
constexpr int32_t kAbi = 3;

/// The manifest of a planned module for a target, the processor of its code or host code, and the
/// GPU of its kernels, if it has any.
Manifest buildManifest(ModuleOp planned, StringRef target, const CpuTarget &cpu,
                       StringRef gpu = "");

/// The JSON text of a manifest, with the number of kernels in the code if that is given.
std::string manifestText(Manifest manifest, std::optional<int64_t> kernels = std::nullopt);

/// Adds the constants `sph_manifest`, which is that text, and `sph_abi` to a module.
void addConstants(ModuleOp module, StringRef manifest);

/// The place in the model file where `loc` ends, or null if it has none.
FileLineColLoc modelLocation(Location loc);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_MANIFEST_H
