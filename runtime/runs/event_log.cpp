//===- event_log.cpp - a run for TensorBoard --------------------*- C++ -*-===//

#include "runtime/runs/event_log.h"

#include <chrono>
#include <cmath>
#include <cstring>
#include <vector>

namespace spherical::runtime {
namespace {

double wallTime() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

} // namespace

EventLog::EventLog(std::string folder, const Executable &network,
                   std::function<int64_t()> residentBytes)
    : folder(std::move(folder)), network(network), residentBytes(std::move(residentBytes)) {}

void EventLog::begin(std::optional<int64_t> after) { events.emplace(folder, after); }

void EventLog::record(const LogRecord &record) {
  const double time = wallTime(), taken = record.seconds - lastSeconds;
  lastSeconds = record.seconds;
  const auto add = [&](const std::string &tag, double value) {
    events->addScalar(tag, record.step, time, value);
  };
  add("train/loss", record.loss);
  add("train/learning_rate", record.learningRate);
  if (isNumeric(network.target()))
    add("train/mean_absolute_error", record.meanAbsoluteError);
  else
    add("train/accuracy", record.accuracy);
  if (network.target() == TargetKind::PointClasses) {
    add("train/miou", record.meanIoU);
    add("train/non_background_miou", record.nonBackgroundIoU);
  }
  for (const MetricScore &score : record.validation)
    add(std::string("validation/") + validationMetricName(score.metric), score.value);
  if (taken > 0.0)
    add("speed/samples_per_second", static_cast<double>(record.samples) / taken);
  if (residentBytes)
    add("memory/resident_bytes", static_cast<double>(residentBytes()));
}

void EventLog::afterEpoch(const EpochReport &report, const Evaluation *) {
  addNorms(report.step, wallTime());
}

void EventLog::addPicture(const std::string &tag, int64_t step, std::span<const std::byte> png) {
  events->addPicture(tag, step, wallTime(), png);
}

void EventLog::addNorms(int64_t step, double time) {
  for (size_t index = 0; index < network.kept().size(); ++index) {
    const ParameterSpec &spec = network.kept()[index];
    if (spec.role != "parameter" || spec.element != Element::F32)
      continue;
    std::vector<float> values(spec.size());
    network.read(index, std::as_writable_bytes(std::span(values)));
    double squares = 0.0;
    for (const float value : values)
      squares += static_cast<double>(value) * value;
    events->addScalar("norms/" + spec.name, step, time, std::sqrt(squares));
  }
}

} // namespace spherical::runtime
