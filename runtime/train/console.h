//===- console.h - what a run says while it goes ----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_CONSOLE_H
#define SPHERICAL_RUNTIME_TRAIN_CONSOLE_H

#include "runtime/data/target.h"
#include "runtime/train/observer.h"
#include "runtime/train/progress.h"

#include <iosfwd>
#include <string>

namespace spherical::runtime {

/// How far an epoch is.
struct EpochProgress {
  EpochReport report; ///< so far
  int64_t batch = 0, batches = 0;
  double secondsPerStep = 0.0, secondsLeft = 0.0;
};

/// Lines for people, and a line of progress that never mixes with them.
class RunConsole {
public:
  /// `messages` takes the lines, and may be null; `progress` is shown on the standard error stream.
  /// With the scores of networks that are compared with `target`.
  RunConsole(std::ostream *messages, bool progress, TargetKind target)
      : messages(messages), showsProgress(progress), target(target) {}

  /// Says a line.
  void say(const std::string &text);

  /// Says what an epoch gave.
  void sayEpoch(const EpochReport &report);

  /// Whether `show` is worth its call now.
  bool isDue() const { return showsProgress && progress.due(); }
  void show(const EpochProgress &epoch);

  /// Takes the progress away.
  void clear() { progress.clear(); }

private:
  std::string lossText(double loss) const;
  std::string scoreText(const EpochReport &report, int digits) const;
  static std::string scoreText(const MetricScore &score);

  std::ostream *messages;
  bool showsProgress;
  TargetKind target;
  ProgressLine progress;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_CONSOLE_H
