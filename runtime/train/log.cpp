//===- log.cpp - a run's numbers in a file ----------------------*- C++ -*-===//

#include "runtime/train/log.h"

#include "runtime/data/files.h"
#include "runtime/train/text.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <filesystem>
#include <stdexcept>

namespace spherical::runtime {

TrainingLog::TrainingLog(const std::string &path, TargetKind target,
                         std::vector<ValidationMetric> validation)
    : path(path), json(endingOf(path) == ".json" || endingOf(path) == ".jsonl"), target(target),
      validation(std::move(validation)) {}

void TrainingLog::begin(std::optional<int64_t> after) {
  if (after && std::filesystem::is_regular_file(path))
    cut(*after);
  file.open(path, after ? std::ios::app : std::ios::trunc);
  if (!file)
    throw std::runtime_error(path + ": cannot write the log");
  if (!json && file.tellp() == 0)
    write(header());
}

/// The columns that depend on the task.
std::vector<std::pair<const char *, double>> TrainingLog::scores(const LogRecord &record) const {
  if (isNumeric(target))
    return {{"mean_absolute_error", record.meanAbsoluteError}};
  if (target == TargetKind::PointClasses)
    return {{"accuracy", record.accuracy},
            {"miou", record.meanIoU},
            {"non_background_miou", record.nonBackgroundIoU}};
  return {{"accuracy", record.accuracy}};
}

std::string TrainingLog::header() const {
  std::string text = "step,planned_steps,epoch,learning_rate,loss,";
  for (const auto &[name, value] : scores({}))
    text += std::string(name) + ",";
  for (const ValidationMetric metric : validation)
    text += std::string("validation_") + validationMetricName(metric) + ",";
  return text + "seconds";
}

int64_t TrainingLog::stepOf(const std::string &line) const {
  int64_t step = -1;
  if (json) {
    const auto object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (object.is_object() && object.contains("step") && object["step"].is_number_integer())
      step = object["step"].get<int64_t>();
  } else if (const size_t comma = line.find(','); comma != std::string::npos) {
    const auto [end, code] = std::from_chars(line.data(), line.data() + comma, step);
    if (code != std::errc() || end != line.data() + comma)
      step = -1;
  }
  if (step < 0)
    throw std::runtime_error(path + ": expected a line of a log, got '" + line + "'");
  return step;
}

void TrainingLog::cut(int64_t after) {
  std::ifstream in(path, std::ios::binary);
  std::string kept, line;
  bool first = !json;
  while (std::getline(in, line) && !in.eof()) { // the last line has no end if its write was cut off
    if (first && line != header())
      throw std::runtime_error(path + ": expected a log with the columns " + header() + ", got '" +
                               line + "'");
    if (first || stepOf(line) <= after)
      kept += line + '\n';
    first = false;
  }
  in.close();
  replaceFile(path, kept);
}

void TrainingLog::write(const std::string &line) {
  file << line << '\n' << std::flush;
  if (!file)
    throw std::runtime_error(path + ": cannot write the log");
}

void TrainingLog::record(const LogRecord &record) {
  if (json) {
    nlohmann::ordered_json line = {{"step", record.step},
                                   {"planned_steps", record.planned},
                                   {"epoch", record.epoch},
                                   {"learning_rate", record.learningRate},
                                   {"loss", record.loss}};
    for (const auto &[name, value] : scores(record))
      line[name] = value; // null if undefined
    for (const MetricScore &score : record.validation)
      line[std::string("validation_") + validationMetricName(score.metric)] = score.value;
    line["seconds"] = record.seconds;
    write(line.dump());
    return;
  }
  std::string line = std::to_string(record.step) + "," + std::to_string(record.planned) + "," +
                     std::to_string(record.epoch) + "," + exactText(record.learningRate) + "," +
                     exactText(record.loss) + ",";
  for (const auto &[name, value] : scores(record))
    line += exactText(value) + ",";
  for (size_t i = 0; i < validation.size(); ++i) // nothing where the line is not of an epoch's end
    line += (record.validation.empty() ? "" : exactText(record.validation[i].value)) + ",";
  write(line + fixedText(record.seconds, 3));
}

} // namespace spherical::runtime
