//===- pipeline.cpp - from one phase to another -----------------*- C++ -*-===//
//
// The one list of phases, in order, each with its passes.
//
//===----------------------------------------------------------------------===//

#include "passes/pipeline.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/stage/dialect.h"
#include "passes/cards.h"
#include "passes/differentiate/passes.h"
#include "passes/expand/passes.h"
#include "passes/fuse/passes.h"
#include "passes/lower/chips.h"
#include "passes/lower/passes.h"
#include "passes/passes.h"
#include "passes/plan/passes.h"
#include "passes/schedule/passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Pass/PassRegistry.h"

#include "llvm/ADT/StringExtras.h"

namespace mlir::spherical {
namespace {

ScheduleOptions scheduleOptions(const PipelineOptions &options) {
  ScheduleOptions schedule;
  schedule.cpu = scheduleMachine(options);
  schedule.lanes = options.lanes;
  schedule.choose = options.choose;
  schedule.without = options.without;
  schedule.limit = options.liveLimit;
  schedule.exact = options.exact;
  return schedule;
}

/// Appends the passes of one phase.
void appendPhase(OpPassManager &manager, Phase phase, const PipelineOptions &options) {
  switch (phase) {
  case Phase::Graph:
    return;
  case Phase::Expand:
    buildExpandPipeline(manager);
    return;
  case Phase::Differentiate:
    buildDifferentiatePipeline(manager);
    return;
  case Phase::Fuse:
    buildFusePipeline(manager, options.without);
    return;
  case Phase::Schedule:
    buildSchedulePipeline(manager, scheduleOptions(options));
    return;
  case Phase::Plan:
    buildPlanPipeline(manager, options.without);
    return;
  case Phase::Lower:
    if (isDeviceTarget(options.target))
      buildLowerCUDAPipeline(manager, {options.target, options.cpu, options.gpu});
    else
      buildLowerCPUPipeline(manager, options.cpu);
    return;
  }
  llvm_unreachable("every phase has its passes");
}

/// Checks the target and what it can do.
LogicalResult checkTarget(ModuleOp module, Phase upTo, const PipelineOptions &options) {
  if (options.target != "cpu" && options.target != "reference" && !isDeviceTarget(options.target))
    return module.emitError() << "expected the target to be cpu, reference, cuda, cuda-emulated or "
                                 "cuda-emulated:strict, got '"
                              << options.target << "'";
  if (isDeviceTarget(options.target) && !getChip(options.gpu))
    return module.emitError() << "expected the GPU to be one of " << llvm::join(chipNames(), ", ")
                              << ", got '" << options.gpu << "'";
  if (!options.machine.empty() &&
      isDeviceTarget(options.target) != getCard(options.machine).has_value())
    return module.emitError() << "expected the machine of target " << options.target << " to be "
                              << (isDeviceTarget(options.target)
                                      ? "one of the cards " + llvm::join(cardNames(), ", ")
                                      : "a file of 'spherical bench'")
                              << ", got '" << options.machine << "'";
  if (options.target == "reference" && upTo == Phase::Lower)
    return module.emitError()
           << "target reference evaluates the phases up to plan, expected one of "
              "those, got lower";
  const SmallVector<StringRef> names = llvm::map_to_vector(
      optionalPasses(), [](const OptionalPass &optional) { return optional.name; });
  for (const std::string &pass : options.without)
    if (!llvm::is_contained(names, pass))
      return module.emitError() << "expected passes that can be left out, "
                                << llvm::join(names, ", ") << ", got '" << pass << "'";
  return success();
}

} // namespace

ArrayRef<OptionalPass> optionalPasses() {
  static const OptionalPass passes[] = {{"spherical-fuse-bias", Phase::Fuse},
                                        {"spherical-fuse-transforms", Phase::Fuse},
                                        {"spherical-fuse-integrals", Phase::Fuse},
                                        {"spherical-fuse-projections", Phase::Fuse},
                                        {"spherical-fuse-truncations", Phase::Fuse},
                                        {"spherical-form-boundaries", Phase::Fuse},
                                        {"spherical-form-epilogues", Phase::Fuse},
                                        {"spherical-channel-lanes", Phase::Schedule},
                                        {"spherical-series-lanes", Phase::Schedule},
                                        {"spherical-prepare-weights", Phase::Schedule},
                                        {"spherical-order-ops", Phase::Schedule},
                                        {"spherical-recompute", Phase::Schedule},
                                        {"stage-fuse-sweeps", Phase::Plan},
                                        {"stage-join-transforms", Phase::Plan},
                                        {"stage-stream-rows", Phase::Plan},
                                        {"stage-skip-groups", Phase::Plan}};
  return passes;
}

std::string scheduleMachine(const PipelineOptions &options) {
  if (!options.machine.empty())
    return options.machine;
  return isDeviceTarget(options.target) ? options.gpu : options.cpu;
}

bool isDeviceTarget(llvm::StringRef target) {
  return target == "cuda" || target == "cuda-emulated" || target == "cuda-emulated:strict";
}

LogicalResult buildPipeline(OpPassManager &manager, ModuleOp module, Phase upTo,
                            const PipelineOptions &options) {
  FailureOr<Phase> current = getPhase(module);
  if (failed(current) || failed(checkTarget(module, upTo, options)))
    return failure();
  if (*current > upTo)
    return module.emitError() << "expected a module of phase " << phaseName(upTo)
                              << " or earlier, got phase " << phaseName(*current);
  module->setAttr("spherical.target", StringAttr::get(module.getContext(), options.target));
  if (*current < Phase::Differentiate && upTo > *current)
    manager.addPass(createBoundArguments());
  for (Phase phase : allPhases()) {
    if (phase > *current && phase <= upTo)
      appendPhase(manager, phase, options);
    // Machine code trusts a plan, and a file may hold any.
    if (phase == Phase::Plan && *current <= phase && phase <= upTo) {
      manager.addPass(createVerifyMemory());
      manager.addPass(createCountWork());
    }
  }
  return success();
}

LogicalResult runPhases(ModuleOp module, Phase upTo, const PipelineOptions &options) {
  PassManager manager(module.getContext());
  if (failed(buildPipeline(manager, module, upTo, options)))
    return failure();
  return manager.run(module);
}

void registerPipelineDialects(DialectRegistry &registry) {
  registry.insert<SphericalDialect, nn::NNDialect, stage::StageDialect>();
  registry.insert<affine::AffineDialect, arith::ArithDialect, cf::ControlFlowDialect,
                  func::FuncDialect, gpu::GPUDialect, index::IndexDialect, LLVM::LLVMDialect,
                  math::MathDialect, memref::MemRefDialect, NVVM::NVVMDialect, scf::SCFDialect,
                  ub::UBDialect, vector::VectorDialect>();
}

void registerPipelinePasses() {
  registerSharedPasses();
  registerExpandPasses();
  registerDifferentiatePasses();
  registerFusePasses();
  registerSchedulePasses();
  registerPlanPasses();
  registerLowerPasses();
  PassPipelineRegistration<>("spherical-expand", "the expand phase", buildExpandPipeline);
  PassPipelineRegistration<>("spherical-differentiate", "the differentiate phase",
                             buildDifferentiatePipeline);
  PassPipelineRegistration<>(
      "spherical-fuse", "the fuse phase",
      +[](OpPassManager &manager) { buildFusePipeline(manager); });
}

} // namespace mlir::spherical
