//===- training_options.h - settings of a training --------------*- C++ -*-===//
//
// The `training:` section of a model, and what the command line says in its place.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_TRAINING_OPTIONS_H
#define SPHERICAL_TOOLS_SPHERICAL_TRAINING_OPTIONS_H

#include "runtime/train/trainer.h"
#include "tools/spherical/commands.h"

#include <functional>
#include <vector>

namespace spherical::driver {

/// What the command line says of a training in place of the model.
struct TrainingOverrides {
  /// In the order of the options; of the loop alone, and of what a step computes.
  std::vector<std::function<void(TrainingDescription &)>> loop, step;
  std::vector<std::function<void(LossDescription &)>> loss;
};

/// Adds an option for each setting of the section, called as the setting, with dashes.
void addTrainingOverrides(CLI::App &command, TrainingOverrides &overrides);

/// The settings of the session's model with the overrides, for which the session compiles from now
/// on. Fails for settings that do not belong together.
Result<TrainingDescription> applyOverrides(Session &session, const TrainingOverrides &overrides);

/// What the training loop takes of the settings. Fails for metrics that do not exist.
Status setLoopOptions(const TrainingDescription &training, runtime::TrainOptions &options);

/// All settings by name, as text.
std::map<std::string, std::string> settingTexts(const TrainingDescription &training);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_TRAINING_OPTIONS_H
