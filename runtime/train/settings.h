//===- settings.h - what a resumed run may change ---------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_SETTINGS_H
#define SPHERICAL_RUNTIME_TRAIN_SETTINGS_H

#include "runtime/train/trainer.h"

#include <map>
#include <string>

namespace spherical::runtime {

/// How a run goes on, by name, as text: epochs, schedule and what the options add.
std::map<std::string, std::string> runSettings(const TrainOptions &options);

/// "epochs 2 -> 4, schedule cosine -> constant": the settings of `now` that `before` has otherwise
/// or not at all; empty if there are none.
std::string settingChanges(const std::map<std::string, std::string> &before,
                           const std::map<std::string, std::string> &now);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_SETTINGS_H
