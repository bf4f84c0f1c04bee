//===- explanation.h - what the compiler makes of a model, and why --------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_EXPLANATION_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_EXPLANATION_H

#include "tools/spherical/driver/session.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spherical::driver {

/// One way to compute an op, with the time that the schedule predicts for it.
struct Alternative {
  std::string algorithm, reason;
  double seconds = 0;
};

/// What the schedule chose for an op, the ways that it did not take, and those that it takes only
/// if asked, the fastest first.
struct OpExplanation {
  /// The op with its dialect.
  std::string op, algorithm, reason;
  double flop = 0, bytes = 0, seconds = 0;
  int64_t tasks = 1;
  std::vector<Alternative> others, onRequest;
};

/// Something that a pass did or could not do.
struct Decision {
  bool taken = false;
  std::string what, reason, suggestion;
};

/// A line of the model in one entry. Times are predicted for all threads.
struct LayerExplanation {
  /// Place in the model file.
  std::string place;
  std::vector<OpExplanation> ops;
  std::vector<Decision> decisions;

  double flop() const;
  double bytes() const;
  double seconds() const;
};

struct Explanation {
  std::string entry;
  /// The machine that times are predicted for, with the peak and the bandwidth of a core: 10^9
  /// operations and bytes a second.
  std::string machine;
  double gigaflop = 0, gigabytes = 0;
  int64_t threads = 1;
  std::vector<LayerExplanation> layers;

  /// The least seconds of so many operations and bytes on all threads: the roofline.
  double leastSeconds(double flop, double bytes) const;
};

/// Takes the model of a session that has not passed the phase schedule through it, and says what
/// was chosen in each line of `entry`. Fails if there is no such entry.
Result<Explanation> explainChoices(Session &session, const std::string &entry);

/// The same, and what was fused or not: takes the model to the phase plan.
Result<Explanation> explain(Session &session, const std::string &entry);

/// What a run of the stages of a line took, with the operations and bytes that they have after all
/// fusions.
struct MeasuredLine {
  double seconds = 0, flop = 0, bytes = 0;
};

/// By place in the model; of a fused stage, that of its first op.
using MeasuredLines = std::map<std::string, MeasuredLine>;

/// The same as JSON, with the measured times if there are any.
std::string explanationJson(const Explanation &explanation,
                            const std::optional<MeasuredLines> &measured);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_EXPLANATION_H
