//===- pipeline.cpp - the schedule phase ------------------------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "passes/passes.h"
#include "passes/schedule/passes.h"

#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildSchedulePipeline(OpPassManager &manager, const ScheduleOptions &options) {
  manager.addPass(createFoldEmpty());
  ChannelLanesOptions channels;
  channels.cpu = options.cpu;
  channels.lanes = options.lanes;
  addUnless(manager, options.without, createChannelLanes(channels));
  AssignLayoutsOptions layouts;
  layouts.cpu = options.cpu;
  layouts.lanes = options.lanes;
  manager.addPass(createAssignLayouts(layouts));
  // Two uses of an argument share its conversion.
  manager.addPass(createCSEPass());
  ChooseAlgorithmsOptions algorithms;
  algorithms.cpu = options.cpu;
  algorithms.choose.assign(options.choose.begin(), options.choose.end());
  manager.addPass(createChooseAlgorithms(algorithms));
  manager.addPass(createVerifyPhase(Phase::Schedule));
}

} // namespace mlir::spherical
