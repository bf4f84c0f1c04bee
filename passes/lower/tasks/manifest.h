//===- manifest.h - what an artifact says of itself -------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_MANIFEST_H
#define SPHERICAL_PASSES_LOWER_TASKS_MANIFEST_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace mlir::spherical {

/// The manifest of a planned module, as JSON (read by runtime/execute/manifest.h): tables, entries
/// with arguments, results and stages, and the parameters that a program keeps.
std::string buildManifest(ModuleOp planned, StringRef cpu);

/// The place in the model file where `loc` ends, "file:line:column", or "" if it has none.
std::string modelLocation(Location loc);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_MANIFEST_H
