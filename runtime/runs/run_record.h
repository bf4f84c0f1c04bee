//===- run_record.h - what a run was, in its folder -------------*- C++ -*-===//
//
// A run folder holds all of one training: run.json says what it was asked for and
// how far it came; the other files are named below.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_RUNS_RUN_RECORD_H
#define SPHERICAL_RUNTIME_RUNS_RUN_RECORD_H

#include "runtime/train/validation_metric.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace spherical::runtime {

/// The files of a run folder, beside events.out.tfevents.* for TensorBoard.
namespace run_files {
inline constexpr const char *record = "run.json";
inline constexpr const char *metrics = "metrics.csv";
inline constexpr const char *best = "best.safetensors";
inline constexpr const char *last = "last.safetensors";
inline constexpr const char *checkpoint = "checkpoint.safetensors";
inline constexpr const char *pictures = "pictures"; ///< a folder, of the PNG files of these
inline constexpr std::array pictureNames = {"confusion",   "curves",  "predictions",
                                            "reliability", "scatter", "worst"};
} // namespace run_files

/// One run.
struct RunRecord {
  std::string name;                            ///< of the model
  std::string state;                           ///< running, or why it ended
  std::string started;                         ///< UTC, as 2026-01-31T12:00:00Z
  std::map<std::string, std::string> settings; ///< all that were resolved
  std::string model;                           ///< the file as it was given
  std::string modelDigest;                     ///< of the file, hexadecimal
  std::string graph;                           ///< digest of the network
  std::string data, dataDigest;                ///< what trains it
  std::string validation;                      ///< what validates it; empty: nothing
  uint64_t seed = 0;
  std::map<std::string, std::string> versions;
  std::string machine;
  std::string folder; ///< in which the command ran
  /// The options of the command line by name, which resuming takes again.
  std::map<std::string, std::vector<std::string>> options;
  int64_t steps = 0, planned = 0, epochs = 0;
  double seconds = 0.0; ///< of all its processes
  std::string metric;   ///< that validations are judged by; empty: none
  BestMetric best;

  bool operator==(const RunRecord &) const = default;
};

/// The record as JSON, and back. `parseRun` throws std::runtime_error for text that is none.
std::string runText(const RunRecord &record);
RunRecord parseRun(const std::string &text);

/// Reads the record of the run in `folder`; throws std::runtime_error with the path.
RunRecord readRun(const std::string &folder);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_RUNS_RUN_RECORD_H
