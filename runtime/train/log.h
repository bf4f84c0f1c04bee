//===- log.h - a run's numbers in a file ------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_LOG_H
#define SPHERICAL_RUNTIME_TRAIN_LOG_H

#include "runtime/data/target.h"
#include "runtime/train/observer.h"

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spherical::runtime {

/// A table that grows line by line: comma-separated values with a line of names, or, if the path
/// ends in ".json" or ".jsonl", a JSON object a line. Numbers other than times are written so that
/// they read back as exactly the same values.
class TrainingLog : public RunObserver {
public:
  /// With the scores of networks that are compared with `target`, and of validations.
  TrainingLog(const std::string &path, TargetKind target,
              std::vector<ValidationMetric> validation = {});

  /// Starts the file anew or, if `after` is a step, goes on after that step's line: lines of later
  /// steps, and a last line without an end, are cut, as the steps come again. Throws
  /// std::runtime_error if the file cannot be written, or is no such log.
  void begin(std::optional<int64_t> after) override;

  /// Adds a line, at once on disk. Throws std::runtime_error if that fails.
  void record(const LogRecord &record) override;

private:
  void cut(int64_t after);
  int64_t stepOf(const std::string &line) const;
  std::string header() const;
  std::vector<std::pair<const char *, double>> scores(const LogRecord &record) const;
  void write(const std::string &line);

  std::string path;
  bool json = false;
  TargetKind target;
  std::vector<ValidationMetric> validation;
  std::ofstream file;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_LOG_H
