//===- training.h - the settings of a training ------------------*- C++ -*-===//
//
// The one list of the settings by name and member, which the writers of YAML and of
// modules go through, and the ranges of their values.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_TRAINING_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_TRAINING_H

#include "tools/spherical/model/angle.h"
#include "tools/spherical/model/description.h"

namespace spherical::driver {

/// The words of `optimizer`, `schedule` and the loss's `kind`.
const std::vector<std::string> &optimizers();
const std::vector<std::string> &schedules();
const std::vector<std::string> &lossKinds();

/// The decay of a mean from step to step, a share below all, and a factor that makes smaller.
constexpr Interval decay = {.low = 0, .high = 1, .openHigh = true};
constexpr Interval openShare = {.low = 0, .high = 1, .openLow = true, .openHigh = true};
/// Sums of weights over all points of a batch stay finite.
constexpr Interval classWeight = {.low = 0, .high = 1e12};
constexpr int64_t maxSteps = 1'000'000'000;
constexpr int64_t maxEpochs = 1'000'000;
constexpr int64_t maxAccumulated = 65536;

/// Calls visit(key, member) for the numbers by which a step is computed.
template <typename Visit> void eachStepSetting(const Visit &visit) {
  using T = TrainingDescription;
  visit("beta1", &T::beta1);
  visit("beta2", &T::beta2);
  visit("eps", &T::epsilon);
  visit("momentum", &T::momentum);
  visit("nesterov", &T::nesterov);
  visit("weight_decay", &T::weightDecay);
  visit("clip", &T::clip);
  visit("accumulate", &T::accumulate);
  visit("average", &T::average);
}

/// The same for the settings of the training loop, beside `learning_rate`.
template <typename Visit> void eachLoopSetting(const Visit &visit) {
  using T = TrainingDescription;
  visit("schedule", &T::schedule);
  visit("warmup", &T::warmup);
  visit("step_epochs", &T::stepEpochs);
  visit("factor", &T::factor);
  visit("plateau_patience", &T::plateauPatience);
  visit("early_stopping", &T::earlyStopping);
  visit("patience", &T::patience);
  visit("validation", &T::validation);
  visit("epochs", &T::epochs);
  visit("seed", &T::seed);
}

/// The value of a setting as YAML writes it.
std::string settingText(double value);
std::string settingText(int64_t value);
std::string settingText(bool value);
std::string settingText(const std::string &value);
std::string settingText(const std::optional<int64_t> &value);
/// The same in quotes, and a list of such.
std::string quoted(const std::string &value);
std::string settingText(const std::vector<std::string> &values);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_TRAINING_H
