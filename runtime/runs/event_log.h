//===- event_log.h - a run for TensorBoard ----------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_RUNS_EVENT_LOG_H
#define SPHERICAL_RUNTIME_RUNS_EVENT_LOG_H

#include "runtime/runs/event_file.h"
#include "runtime/train/executable.h"
#include "runtime/train/observer.h"

#include <functional>
#include <string>

namespace spherical::runtime {

/// Writes the numbers of a run as events: train/loss and the like, train/learning_rate,
/// validation/<metric>, speed/samples_per_second, memory/resident_bytes and norms/<parameter>, the
/// root of the sum of squares.
class EventLog : public RunObserver {
public:
  /// `residentBytes` gives what the process holds; may be empty. `network` is that of the run.
  EventLog(std::string folder, const Executable &network, std::function<int64_t()> residentBytes);

  void begin(std::optional<int64_t> after) override;
  void record(const LogRecord &record) override;
  void afterEpoch(const EpochReport &report, const Evaluation *validation) override;

  /// Adds a picture of a step, as the bytes of a PNG file, once the run has begun.
  void addPicture(const std::string &tag, int64_t step, std::span<const std::byte> png);

private:
  void addNorms(int64_t step, double time);

  std::string folder;
  const Executable &network;
  std::function<int64_t()> residentBytes;
  std::optional<EventFile> events;
  double lastSeconds = 0.0; // of the record before
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_RUNS_EVENT_LOG_H
