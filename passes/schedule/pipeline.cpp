//===- pipeline.cpp - the schedule phase ------------------------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/work.h"
#include "passes/passes.h"
#include "passes/schedule/passes.h"

#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildSchedulePipeline(OpPassManager &manager, const ScheduleOptions &options) {
  manager.addPass(createFoldEmpty());
  ChannelLanesOptions channels;
  channels.cpu = options.cpu;
  channels.lanes = options.lanes;
  // Products of complex matrices, and transforms of kernels by dense ones, have no channels in the
  // lanes: who wishes for them gets them.
  const bool wantsSamples = llvm::any_of(options.choose, [](StringRef wish) {
    return wish.contains(kComplexProduct) ||
           (wish.starts_with("kernel_ft:") && wish.contains(kGeneratedProducts));
  });
  if (!wantsSamples) {
    addUnless(manager, options.without, createChannelLanes(channels));
    SeriesLanesOptions series;
    series.cpu = options.cpu;
    addUnless(manager, options.without, createSeriesLanes(series));
  }
  AssignLayoutsOptions layouts;
  layouts.cpu = options.cpu;
  layouts.lanes = options.lanes;
  manager.addPass(createAssignLayouts(layouts));
  // Two uses of an argument share its conversion.
  manager.addPass(createCSEPass());
  ChooseAlgorithmsOptions algorithms;
  algorithms.cpu = options.cpu;
  algorithms.choose.assign(options.choose.begin(), options.choose.end());
  algorithms.exact = options.exact;
  manager.addPass(createChooseAlgorithms(algorithms));
  PrepareWeightsOptions weights;
  weights.cpu = options.cpu;
  addUnless(manager, options.without, createPrepareWeights(weights));
  addUnless(manager, options.without, createOrderOps());
  RecomputeOptions recompute;
  recompute.limit = options.limit;
  addUnless(manager, options.without, createRecompute(recompute));
  manager.addPass(createVerifyPhase(Phase::Schedule));
}

} // namespace mlir::spherical
