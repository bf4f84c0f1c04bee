//===- passes.h - passes of the schedule phase ------------------*- C++ -*-===//
//
// Layout, algorithm, radices and lanes of each op, by a cost model, with the
// reason.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_SCHEDULE_PASSES_H
#define SPHERICAL_PASSES_SCHEDULE_PASSES_H

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <memory>
#include <string>

namespace mlir::spherical {

#define GEN_PASS_DECL
#include "passes/schedule/passes.h.inc"

/// Registers every pass of this phase.
#define GEN_PASS_REGISTRATION
#include "passes/schedule/passes.h.inc"

/// What the schedule is for and what the command line overrides.
struct ScheduleOptions {
  std::string cpu = "x86-64-v4";    ///< or the file of a machine (machine.h)
  int64_t lanes = 0;                ///< samples in the vector lanes, 0: by processor and batch
  SmallVector<std::string> choose;  ///< wishes (preferences.h), empty: by cost
  double exact = 0;                 ///< most rounding (passes/pipeline.h), 0: any
  SmallVector<std::string> without; ///< passes that are left out (passes/pipeline.h)
  int64_t limit = 0;                ///< most bytes of values that live at once, 0: any
};

/// Appends the schedule phase to a pipeline on modules.
void buildSchedulePipeline(OpPassManager &manager, const ScheduleOptions &options = {});

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_PASSES_H
