//===- observer.h - what happens in a run -----------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_OBSERVER_H
#define SPHERICAL_RUNTIME_TRAIN_OBSERVER_H

#include "runtime/data/batches.h"
#include "runtime/train/validation_metric.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spherical::runtime {

struct MetricScore {
  ValidationMetric metric = ValidationMetric::Loss;
  double value = 0.0; ///< NaN where it is undefined
};

/// Means over the steps since the record before, within one epoch.
struct LogRecord {
  int64_t step = 0;    ///< steps done since the start of the run
  int64_t planned = 0; ///< steps of the whole run, as planned now
  int64_t epoch = 0;   ///< from 1
  double learningRate = 0.0;
  double loss = 0.0;
  double accuracy = 0.0; ///< of classes, 0 to 1
  double meanIoU = 0.0;  ///< of segmentation (metrics.h), NaN if undefined
  double nonBackgroundIoU = 0.0;
  double meanAbsoluteError = 0.0; ///< of values
  int64_t samples = 0;            ///< that the means are of
  double seconds = 0.0;           ///< since the process started to train
  /// What a validation gave after these steps, or nothing.
  std::vector<MetricScore> validation;
};

/// Numbers of one epoch, so far or when it has ended.
struct EpochReport {
  int64_t epoch = 0;  ///< from 1
  int64_t epochs = 0; ///< that the planned steps begin
  double loss = 0.0;
  double accuracy = 0.0; ///< 0 to 1, of predictions before each step, of points in segmentation
  double nonBackgroundIoU = 0.0;       ///< of segmentation, over the epoch (metrics.h), else 0
  double meanAbsoluteError = 0.0;      ///< of values before each step, else 0
  double seconds = 0.0;                ///< of this epoch, in this process
  int64_t step = 0;                    ///< steps done
  std::vector<MetricScore> validation; ///< if the run validates
  bool isBest = false;                 ///< of all validations so far
};

/// Whoever writes down what happens in a run. All calls come from the thread that trains; what one
/// throws ends the run.
class RunObserver {
public:
  virtual ~RunObserver() = default;

  /// Before the first step. A run that goes on does so `after` a step: what was written of later
  /// ones comes again.
  virtual void begin(std::optional<int64_t> after) { (void)after; }

  /// After every few steps, and at the end of an epoch and of the run.
  virtual void record(const LogRecord &record) { (void)record; }

  /// In a validation, for each batch of it with what the network gives, [count][classes][points].
  virtual void validated(const Batch &batch, std::span<const float> outputs) {
    (void)batch, (void)outputs;
  }

  /// When a validation was the best so far and the run has been saved: the network has the weights,
  /// parameters that are averaged hold their averages. Again where a run goes on at that step.
  virtual void improved(int64_t step) { (void)step; }

  /// After each epoch, with all that its validation found, or null.
  virtual void afterEpoch(const EpochReport &report, const Evaluation *validation) {
    (void)report, (void)validation;
  }

  /// The loss was not finite: the network has the weights of the last step whose loss, and whose
  /// weights, were.
  virtual void diverged(int64_t goodStep) { (void)goodStep; }
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_OBSERVER_H
