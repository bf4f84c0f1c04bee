//===- timing_table.h - where the time goes ---------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_TIMING_TABLE_H
#define SPHERICAL_RUNTIME_TRAIN_TIMING_TABLE_H

#include "runtime/execute/program.h"

#include <span>
#include <string>

namespace spherical::runtime {

/// What has a row: a layer, all its stages together, the costliest first; or each stage, in order.
enum class TimingRows { Layers, Stages };

/// A table with a row for each layer or stage (name, place in the model, ms a run, share of the
/// time, GFLOP/s, share of `peakGflops`, GB/s) and one for their sum. A layer is a place in the
/// model, with the names of its costliest stages. Stages that did not run are left out. Rates count
/// the operations and bytes of a full batch, so the timed runs must be on full batches. `stages`
/// and `times` belong to each other. A peak of 0 leaves its column out. Where `width` is not 0,
/// lines are of at most so many letters where the names of single stages allow it: places lack the
/// file's name if it is the same everywhere, and fewer stages of a layer are named.
std::string timingTable(std::span<const StageSpec> stages, std::span<const StageTime> times,
                        double peakGflops, TimingRows rows, size_t width = 0);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_TIMING_TABLE_H
