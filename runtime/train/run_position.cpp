//===- run_position.cpp - where a run stands --------------------*- C++ -*-===//

#include "runtime/train/run_position.h"

#include "runtime/execute/weights.h"

#include <nlohmann/json.hpp>

#include <bit>
#include <charconv>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr const char *formatName = "checkpoint 4";
constexpr const char *settingsKey = "spherical.settings";

/// Calls visit(key, reference) for every number, or list of numbers, of metrics and of a position.
template <typename Sums, typename Visit>
void visitMetrics(const std::string &prefix, Sums &metrics, Visit &visit) {
  visit(prefix + "_classes", metrics.classes);
  visit(prefix + "_count", metrics.count);
  visit(prefix + "_correct", metrics.correct);
  visit(prefix + "_loss", metrics.lossSum);
  visit(prefix + "_absolute", metrics.absoluteSum);
  visit(prefix + "_confusion", metrics.confusion);
}

template <typename Best, typename Visit>
void visitBest(const std::string &prefix, Best &best, Visit &visit) {
  visit(prefix + "_exists", best.exists);
  visit(prefix + "_value", best.value);
  visit(prefix + "_epoch", best.epoch);
  visit(prefix + "_step", best.step);
  visit(prefix + "_waited", best.waited);
}

template <typename Position, typename Visit> void visitNumbers(Position &position, Visit visit) {
  visit("step", position.step);
  visit("planned", position.planned);
  visit("epoch", position.epoch);
  visit("batch", position.batch);
  visit("seed", position.seed);
  visit("batch_size", position.batchSize);
  visit("accumulate", position.accumulate);
  visit("data", position.data);
  visit("learning_rate", position.learningRate);
  visitMetrics("epoch", position.epochMetrics, visit);
  visitMetrics("window", position.windowMetrics, visit);
  visitBest("best", position.best, visit);
  visitBest("plateau", position.plateau, visit);
  visit("falls", position.falls);
}

/// Numbers as text; those with a point as their bits, so that nothing is lost.
std::string fieldText(bool flag) { return flag ? "1" : "0"; }
std::string fieldText(int64_t number) { return std::to_string(number); }
std::string fieldText(uint64_t number) { return std::to_string(number); }
std::string fieldText(float number) { return std::to_string(std::bit_cast<uint32_t>(number)); }
std::string fieldText(double number) { return std::to_string(std::bit_cast<uint64_t>(number)); }
std::string fieldText(const std::vector<int64_t> &numbers) {
  std::string text;
  for (const int64_t number : numbers)
    text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

template <typename Number>
void parseField(const std::string &key, std::string_view text, Number &out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (code != std::errc() || end != text.data() + text.size())
    throw std::runtime_error("expected a number for '" + key + "', got '" + std::string(text) +
                             "'");
}

void parseField(const std::string &key, std::string_view text, bool &out) {
  if (text != "0" && text != "1")
    throw std::runtime_error("expected 0 or 1 for '" + key + "', got '" + std::string(text) + "'");
  out = text == "1";
}

void parseField(const std::string &key, std::string_view text, double &out) {
  uint64_t bits = 0;
  parseField(key, text, bits);
  out = std::bit_cast<double>(bits);
}

void parseField(const std::string &key, std::string_view text, float &out) {
  uint32_t bits = 0;
  parseField(key, text, bits);
  out = std::bit_cast<float>(bits);
}

/// Numbers with a space between them.
void parseField(const std::string &key, std::string_view text, std::vector<int64_t> &out) {
  out.clear();
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    parseField(key, text.substr(0, end), out.emplace_back());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::map<std::string, std::string> parseSettings(const Metadata &metadata) {
  const auto found = metadata.find(settingsKey);
  const auto object = found == metadata.end()
                          ? nlohmann::json()
                          : nlohmann::json::parse(found->second, nullptr, false);
  std::map<std::string, std::string> settings;
  for (const auto &[name, value] : object.items())
    if (value.is_string())
      settings[name] = value;
  if (!object.is_object() || settings.size() != object.size())
    throw std::runtime_error("no checkpoint: expected the settings of the run as JSON");
  return settings;
}

void check(const RunPosition &position) {
  if (position.step < 0 || position.epoch < 0 || position.batch < 0)
    throw std::runtime_error("expected a place in the run that is not negative");
  for (const Metrics *metrics : {&position.epochMetrics, &position.windowMetrics})
    if (metrics->classes < 0 ||
        static_cast<int64_t>(metrics->confusion.size()) != metrics->classes * metrics->classes)
      throw std::runtime_error("expected a number for each pair of " +
                               std::to_string(metrics->classes) + " classes, got " +
                               std::to_string(metrics->confusion.size()));
}

} // namespace

void setPosition(Metadata &metadata, const RunPosition &position) {
  metadata[checkpointFormatKey] = formatName;
  visitNumbers(position, [&](const std::string &key, const auto &field) {
    metadata["spherical." + key] = fieldText(field);
  });
  metadata[settingsKey] = nlohmann::json(position.settings).dump();
}

RunPosition positionOf(const Metadata &metadata) {
  const auto format = metadata.find(checkpointFormatKey);
  if (format == metadata.end() || format->second != formatName)
    throw std::runtime_error(std::string("expected a checkpoint (format '") + formatName +
                             "'), got " + (format == metadata.end() ? "none" : format->second));
  RunPosition position;
  visitNumbers(position, [&](const std::string &key, auto &field) {
    const auto found = metadata.find("spherical." + key);
    if (found == metadata.end())
      throw std::runtime_error("no checkpoint: expected the number '" + key + "'");
    parseField(key, found->second, field);
  });
  position.settings = parseSettings(metadata);
  check(position);
  return position;
}

} // namespace spherical::runtime
