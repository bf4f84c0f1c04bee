//===- run_position.h - where a run stands ----------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_RUN_POSITION_H
#define SPHERICAL_RUNTIME_TRAIN_RUN_POSITION_H

#include "runtime/data/model_record.h"
#include "runtime/train/metrics.h"
#include "runtime/train/validation_metric.h"

#include <cstdint>
#include <map>
#include <string>

namespace spherical::runtime {

/// Everything besides the kept values that a run's next step, and what is said of it, depend on.
/// Random numbers have no other state than these counters (random.h).
struct RunPosition {
  int64_t step = 0;    ///< steps done
  int64_t planned = 0; ///< steps of the whole run, as planned when the last one was done
  int64_t epoch = 0;   ///< of the next batch
  int64_t batch = 0;   ///< number of the next batch in its epoch
  uint64_t seed = 0;
  int64_t batchSize = 0;
  int64_t accumulate = 1;    ///< batches of a step
  uint64_t data = 0;         ///< hash of the training data
  float learningRate = 0.0f; ///< of the last step
  Metrics epochMetrics;      ///< since the epoch began
  Metrics windowMetrics;     ///< since the last line of the log
  BestMetric best;           ///< of the validations
  BestMetric plateau;        ///< of those since the last fall of schedule plateau
  int64_t falls = 0;         ///< of that schedule
  /// How the run was to go on, by name, which whoever resumes it may say otherwise.
  std::map<std::string, std::string> settings;

  bool operator==(const RunPosition &) const = default;
};

/// Puts the position in the metadata of a file, every bit of it, and takes it from there.
/// `positionOf` throws std::runtime_error for metadata that hold none.
void setPosition(Metadata &metadata, const RunPosition &position);
RunPosition positionOf(const Metadata &metadata);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_RUN_POSITION_H
