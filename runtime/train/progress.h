//===- progress.h - how far a run is ----------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_PROGRESS_H
#define SPHERICAL_RUNTIME_TRAIN_PROGRESS_H

#include <chrono>
#include <cstdio>
#include <string>

namespace spherical::runtime {

/// Shows a line that changes in place on a terminal, a few times a second; on anything else a
/// line of its own now and then. Nothing else is written to the stream meanwhile, or `clear` goes
/// before it.
class ProgressLine {
public:
  explicit ProgressLine(std::FILE *stream = stderr);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine &) = delete;
  ProgressLine &operator=(const ProgressLine &) = delete;

  /// Whether enough time has passed for `show` to be worth its text.
  bool due() const;

  /// Shows `text`, one line without its end.
  void show(const std::string &text);

  /// Takes the line away from a terminal.
  void clear();

private:
  std::FILE *stream;
  bool terminal;
  bool shown = false;
  std::chrono::steady_clock::time_point last;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_PROGRESS_H
