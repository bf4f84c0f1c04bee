//===- pipeline.h - from one phase to another -------------------*- C++ -*-===//
//
// The only file that sees every phase: which passes lead from where a module
// stands to a later phase.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_PIPELINE_H
#define SPHERICAL_PASSES_PIPELINE_H

#include "passes/lower/chips.h"
#include "passes/phase.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"

#include <cstdint>
#include <string>

namespace mlir::spherical {

/// What a person may choose about compilation. The defaults are those of the driver.
struct PipelineOptions {
  /// "cpu", "reference" (fp64 evaluation of the IR of any phase up to plan), "cuda" (NVIDIA GPUs)
  /// or "cuda-emulated" (the same kernels, run on the CPU), with ":strict" checking each access.
  std::string target = "cpu";
  /// The GPU: one of passes/lower/chips.h.
  std::string gpu{kDefaultChip};
  /// The processor: "x86-64-v4", "x86-64-v3", "native", or "" for what this machine is.
  std::string cpu;
  /// The file of a machine to make the schedule for (`spherical bench --machine`), or "": `cpu`.
  std::string machine;
  /// Samples in the vector lanes, 0 for what suits processor and batch.
  int64_t lanes = 0;
  /// What the schedule takes in place of the fastest (passes/schedule/preferences.h).
  SmallVector<std::string> choose;
  /// The most rounding of a way to compute an op, in that of its plain sums or transforms; 0: any.
  double exact = 0;
  /// Names of passes that are left out, each one of `optionalPasses`.
  SmallVector<std::string> without;
  /// Most bytes of values of a function that live at once, 0 for any: what does not fit is computed
  /// again, if that helps.
  int64_t liveLimit = 0;
};

/// The machine that the phase schedule is made for, by the name that `getMachine` takes.
std::string scheduleMachine(const PipelineOptions &options);

/// A pass without which every program compiles: it makes it faster.
struct OptionalPass {
  StringRef name;
  Phase phase; ///< that it is part of
};

/// All of them.
ArrayRef<OptionalPass> optionalPasses();

/// Whether a target's stages become kernels for GPUs.
bool isDeviceTarget(llvm::StringRef target);

/// Appends the passes that lead `module` from the phase that it names (`spherical.phase`) to
/// `upTo`; none if it is there already. Fails after a diagnostic if the module is past `upTo`, or
/// for a target or processor that does not exist.
LogicalResult buildPipeline(OpPassManager &manager, ModuleOp module, Phase upTo,
                            const PipelineOptions &options);

/// Runs them. The module's `spherical.phase` and `spherical.target` say the result.
LogicalResult runPhases(ModuleOp module, Phase upTo, const PipelineOptions &options);

/// Adds the dialects of this project and those that its phases produce, no others: loading all of
/// MLIR's would take longer than most runs.
void registerPipelineDialects(DialectRegistry &registry);

/// Registers the passes of all phases for textual pipelines, and each phase as the pipeline
/// `spherical-<phase>`, with the default options.
void registerPipelinePasses();

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_PIPELINE_H
