//===- settings.cpp - what a resumed run may change -------------*- C++ -*-===//

#include "runtime/train/settings.h"

#include "runtime/train/text.h"

namespace spherical::runtime {

std::map<std::string, std::string> runSettings(const TrainOptions &options) {
  std::map<std::string, std::string> settings = options.settings;
  if (options.steps > 0)
    settings["steps"] = std::to_string(options.steps);
  else
    settings["epochs"] = std::to_string(options.epochs);
  settings["learning rate"] = exactText(options.schedule.base);
  settings["schedule"] = scheduleKindName(options.schedule.kind);
  settings["warm-up"] = std::to_string(options.schedule.warmup);
  const ScheduleKind kind = options.schedule.kind;
  if (kind == ScheduleKind::Step || kind == ScheduleKind::Plateau)
    settings["factor"] = exactText(options.schedule.factor);
  if (kind == ScheduleKind::Step)
    settings["step epochs"] = std::to_string(options.stepEpochs);
  if (kind == ScheduleKind::Plateau)
    settings["plateau patience"] = std::to_string(options.plateauPatience);
  if (options.validation) {
    settings[validationMetricSetting] = validationMetricName(monitorOf(options));
    settings[validationDataSetting] = std::to_string(options.validation->fingerprint());
  }
  if (options.patience > 0)
    settings["patience"] = std::to_string(options.patience);
  return settings;
}

ValidationMetric monitorOf(const TrainOptions &options) {
  return options.monitor.value_or(validationMetrics(options.validation->layout()).front());
}

std::string settingChanges(const std::map<std::string, std::string> &before,
                           const std::map<std::string, std::string> &now) {
  std::string text;
  for (const auto &[name, value] : now) {
    const auto found = before.find(name);
    const std::string old = found == before.end() ? "none" : found->second;
    if (old != value)
      text += (text.empty() ? "" : ", ") + name + " " + old + " -> " + value;
  }
  for (const auto &[name, value] : before)
    if (!now.contains(name))
      text += (text.empty() ? "" : ", ") + name + " " + value + " -> none";
  return text;
}

} // namespace spherical::runtime
