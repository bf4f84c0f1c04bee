//===- phase.h - the phases of compilation ----------------------*- C++ -*-===//
//
// The one list of phases, in order; their names are the values of --compile-to
// and of the module attribute `spherical.phase`, so that any dump says where
// it stands.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_PHASE_H
#define SPHERICAL_PASSES_PHASE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace mlir::spherical {

/// The phases, in the order in which a program passes them.
enum class Phase { Graph, Expand, Differentiate, Fuse, Schedule, Plan, Lower };

/// All phases, in order.
ArrayRef<Phase> allPhases();

/// The name of a phase: "graph", "expand", "differentiate", "fuse", "schedule", "plan" or "lower".
StringRef phaseName(Phase phase);

/// The phase of this name, or nothing if there is none.
std::optional<Phase> parsePhase(StringRef name);

/// The names of all phases, separated by commas, for messages and help.
std::string phaseNames();

/// The phase that a module says it has passed (`spherical.phase`; absent means graph).
/// An unknown name is an error at the module.
FailureOr<Phase> getPhase(ModuleOp module);

/// Writes `spherical.phase`.
void setPhase(ModuleOp module, Phase phase);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_PHASE_H
