//===- phase.cpp - the phases of compilation --------------------*- C++ -*-===//
//
// Names of the phases and the module attribute that holds one.
//
//===----------------------------------------------------------------------===//

#include "passes/phase.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::spherical {

static constexpr llvm::StringLiteral kPhaseAttribute = "spherical.phase";

ArrayRef<Phase> allPhases() {
  static constexpr Phase phases[] = {Phase::Graph, Phase::Expand,   Phase::Differentiate,
                                     Phase::Fuse,  Phase::Schedule, Phase::Plan,
                                     Phase::Lower};
  return phases;
}

StringRef phaseName(Phase phase) {
  switch (phase) {
  case Phase::Graph:
    return "graph";
  case Phase::Expand:
    return "expand";
  case Phase::Differentiate:
    return "differentiate";
  case Phase::Fuse:
    return "fuse";
  case Phase::Schedule:
    return "schedule";
  case Phase::Plan:
    return "plan";
  case Phase::Lower:
    return "lower";
  }
  llvm_unreachable("a phase has a name");
}

std::optional<Phase> parsePhase(StringRef name) {
  for (Phase phase : allPhases())
    if (phaseName(phase) == name)
      return phase;
  return std::nullopt;
}

std::string phaseNames() { return llvm::join(llvm::map_range(allPhases(), phaseName), ", "); }

FailureOr<Phase> getPhase(ModuleOp module) {
  Attribute attribute = module->getAttr(kPhaseAttribute);
  if (!attribute)
    return Phase::Graph;
  auto name = dyn_cast<StringAttr>(attribute);
  std::optional<Phase> phase = name ? parsePhase(name.getValue()) : std::nullopt;
  if (!phase)
    return module.emitError() << "expected `" << kPhaseAttribute << "` to be one of "
                              << phaseNames() << ", got " << attribute;
  return *phase;
}

void setPhase(ModuleOp module, Phase phase) {
  module->setAttr(kPhaseAttribute, StringAttr::get(module.getContext(), phaseName(phase)));
}

} // namespace mlir::spherical
