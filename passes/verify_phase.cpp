//===- verify_phase.cpp - spherical-verify-phase ----------------*- C++ -*-===//
//
// Each phase ends here: no op of an earlier level may be left. The module then
// carries the name of the phase, from which any later command resumes.
//
//===----------------------------------------------------------------------===//

#include "passes/passes.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_VERIFYPHASE
#include "passes/passes.h.inc"
namespace {

/// True for a type that no op may have after the plan phase.
bool isUnplanned(Type type) { return isa<TensorType>(type) || getSignal(type).has_value(); }

/// Whether an op may have complex values after the expand phase.
bool holdsComplex(Operation *op) {
  return op->hasTrait<HoldsComplex>() || isa<func::FuncOp, func::ReturnOp>(op);
}

/// Whether a phase up to `phase` replaces an op: expand layers, and what rotates or resamples
/// functions, fuse the steps of optimizers.
bool isGraphLevel(Operation *op, Phase phase) {
  if (op->hasTrait<OpTrait::IsTerminator>())
    return false;
  auto computed = dyn_cast<Schedulable>(op);
  if (isa<nn::NNDialect>(op->getDialect()))
    return phase >= Phase::Fuse && !computed;
  if (!isa<SphericalDialect>(op->getDialect()))
    return false;
  return !computed || (phase < Phase::Schedule && !computed.getLayoutConstraints());
}

/// Emits what is wrong with `op` at the end of `phase`, if anything is.
LogicalResult verifyOp(Operation *op, Phase phase) {
  if (phase >= Phase::Expand && isGraphLevel(op, phase))
    return op->emitOpError() << "is of the graph level, got one after the " << phaseName(phase)
                             << " phase";
  auto types = llvm::concat<Type>(SmallVector<Type>(op->getOperandTypes()),
                                  SmallVector<Type>(op->getResultTypes()));
  if (phase >= Phase::Expand && !holdsComplex(op) && llvm::any_of(types, isComplex))
    return op->emitOpError() << "has no form for complex values after the " << phaseName(phase)
                             << " phase (not supported)";
  if (phase >= Phase::Differentiate && op->hasAttr("spherical.gradient"))
    return op->emitOpError() << "asks for a gradient that the differentiate phase did not build";
  if (phase >= Phase::Plan && llvm::any_of(types, isUnplanned))
    return op->emitOpError() << "has a tensor or spherical type, expected planned memory after the "
                             << phaseName(phase) << " phase";
  return success();
}

struct VerifyPhase : impl::VerifyPhaseBase<VerifyPhase> {
  using VerifyPhaseBase::VerifyPhaseBase;

  void runOnOperation() override {
    std::optional<Phase> phase = parsePhase(phaseName);
    if (!phase) {
      getOperation().emitError() << "spherical-verify-phase: expected `phase` to be one of "
                                 << phaseNames() << ", got '" << phaseName << "'";
      return signalPassFailure();
    }
    bool failedAny = false;
    getOperation()->walk([&](Operation *op) { failedAny |= failed(verifyOp(op, *phase)); });
    if (failedAny)
      return signalPassFailure();
    setPhase(getOperation(), *phase);
  }
};

} // namespace

std::unique_ptr<Pass> createVerifyPhase(Phase phase) {
  return createVerifyPhase(VerifyPhaseOptions{phaseName(phase).str()});
}

} // namespace mlir::spherical
