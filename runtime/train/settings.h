//===- settings.h - what a resumed run may change ---------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_SETTINGS_H
#define SPHERICAL_RUNTIME_TRAIN_SETTINGS_H

#include "runtime/train/trainer.h"

#include <map>
#include <string>

namespace spherical::runtime {

/// The settings that say what validations are judged by: their metric, and a hash of their samples.
inline constexpr const char *validationMetricSetting = "validation metric",
                            *validationDataSetting = "validation data";

/// How a run goes on, by name, as text: epochs, schedule and what the options add.
std::map<std::string, std::string> runSettings(const TrainOptions &options);

/// What the run's validations are judged by; the run has some.
ValidationMetric monitorOf(const TrainOptions &options);

/// "epochs 2 -> 4, schedule cosine -> constant, patience 3 -> none": the settings that are not the
/// same; empty if there are none.
std::string settingChanges(const std::map<std::string, std::string> &before,
                           const std::map<std::string, std::string> &now);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_SETTINGS_H
