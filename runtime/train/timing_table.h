//===- timing_table.h - where the time goes ---------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_TIMING_TABLE_H
#define SPHERICAL_RUNTIME_TRAIN_TIMING_TABLE_H

#include "runtime/execute/program.h"

#include <span>
#include <string>

namespace spherical::runtime {

/// A table with a row for each stage (name, place in the model, ms a run, share of the time,
/// GFLOP/s, share of `peakGflops`, GB/s planned) and one for their sum. Stages that did not run
/// are left out. The peak is taken to be at least what the fastest stage reaches: other programs
/// may disturb its measurement. Rates count the operations of a full batch, so the timed runs must be on full
/// batches. `stages` and `times` belong to each other. A peak of 0 leaves its column out.
std::string timingTable(std::span<const StageSpec> stages, std::span<const StageTime> times,
                        double peakGflops);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_TIMING_TABLE_H
