//===- log.h - a run's numbers in a file ------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_LOG_H
#define SPHERICAL_RUNTIME_TRAIN_LOG_H

#include "runtime/data/target.h"

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spherical::runtime {

/// One line of the log: means since the line before, within one epoch and one process.
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
  double seconds = 0.0;           ///< since the process started to train
};

/// A table that grows line by line: comma-separated values with a line of names, or, if the path
/// ends in ".json" or ".jsonl", a JSON object a line. Numbers other than times are written so that
/// they read back as exactly the same values.
class TrainingLog {
public:
  /// Starts the file anew or, if `after` is a step, goes on after that step's line: lines of later
  /// steps, and a last line without an end, are cut, as the steps come again. With the scores of
  /// networks that are compared with `target`. An empty path keeps no log. Throws
  /// std::runtime_error if the file cannot be written, or is no such log.
  TrainingLog(const std::string &path, std::optional<int64_t> after,
              TargetKind target = TargetKind::Class);

  /// Adds a line, at once on disk. Throws std::runtime_error if that fails.
  void add(const LogRecord &record);

private:
  void cut(int64_t after);
  int64_t stepOf(const std::string &line) const;
  std::string header() const;
  std::vector<std::pair<const char *, double>> scores(const LogRecord &record) const;
  void write(const std::string &line);

  std::string path;
  bool json = false;
  TargetKind target;
  std::ofstream file;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_LOG_H
