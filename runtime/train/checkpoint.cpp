//===- checkpoint.cpp - a run on disk ---------------------------*- C++ -*-===//

#include "runtime/train/checkpoint.h"

#include "runtime/execute/weights.h"

#include <nlohmann/json.hpp>

#include <bit>
#include <charconv>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr const char *formatKey = "spherical.format";
constexpr const char *formatName = "checkpoint 3";
constexpr const char *settingsKey = "spherical.settings";
/// Absent where it is 0: of networks that give classes.
constexpr const char *absoluteKey = "epoch_absolute_bits";

/// Calls visit(key, reference to a number) for every number of the position. The fp64 sum goes
/// as its bits, so that nothing is lost.
template <typename Position, typename Visit> void visitNumbers(Position &position, Visit visit) {
  visit("step", position.step);
  visit("planned", position.planned);
  visit("epoch", position.epoch);
  visit("batch", position.batch);
  visit("seed", position.seed);
  visit("batch_size", position.batchSize);
  visit("data", position.data);
  visit("epoch_count", position.epochCount);
  visit("epoch_correct", position.epochCorrect);
}

template <typename Number> void parseNumber(const TensorFile &file, std::string key, Number &out) {
  const auto found = file.metadata.find("spherical." + key);
  if (found == file.metadata.end())
    throw std::runtime_error("no checkpoint: expected the number '" + key + "'");
  const std::string &text = found->second;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (code != std::errc() || end != text.data() + text.size())
    throw std::runtime_error("expected a number for '" + key + "', got '" + text + "'");
}

/// Numbers with a space between them.
std::vector<int64_t> parseNumbers(const TensorFile &file, const std::string &key) {
  const auto found = file.metadata.find("spherical." + key);
  if (found == file.metadata.end())
    throw std::runtime_error("no checkpoint: expected the numbers '" + key + "'");
  std::vector<int64_t> numbers;
  const char *at = found->second.data(), *end = at + found->second.size();
  while (at != end) {
    int64_t number = 0;
    const auto [stop, code] = std::from_chars(at, end, number);
    if (code != std::errc() || number < 0 || (stop != end && *stop != ' '))
      throw std::runtime_error("expected numbers for '" + key + "', got '" + found->second + "'");
    numbers.push_back(number);
    at = stop == end ? end : stop + 1;
  }
  return numbers;
}

std::map<std::string, std::string> parseSettings(const TensorFile &file) {
  const auto found = file.metadata.find(settingsKey);
  const auto object = found == file.metadata.end()
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

std::string joined(const std::vector<int64_t> &numbers) {
  std::string text;
  for (const int64_t number : numbers)
    text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

RunPosition parsePosition(const TensorFile &file) {
  const auto format = file.metadata.find(formatKey);
  if (format == file.metadata.end() || format->second != formatName)
    throw std::runtime_error(std::string("expected a checkpoint (format '") + formatName +
                             "'), got " +
                             (format == file.metadata.end() ? "none" : format->second));
  RunPosition position;
  visitNumbers(position, [&](const char *key, auto &number) { parseNumber(file, key, number); });
  uint64_t lossBits = 0;
  parseNumber(file, "epoch_loss_bits", lossBits);
  position.epochLossSum = std::bit_cast<double>(lossBits);
  if (file.metadata.contains(std::string("spherical.") + absoluteKey)) {
    uint64_t absoluteBits = 0;
    parseNumber(file, absoluteKey, absoluteBits);
    position.epochAbsoluteSum = std::bit_cast<double>(absoluteBits);
  }
  position.epochConfusion = parseNumbers(file, "epoch_confusion");
  uint32_t rateBits = 0;
  parseNumber(file, "learning_rate_bits", rateBits);
  position.learningRate = std::bit_cast<float>(rateBits);
  position.settings = parseSettings(file);
  if (position.step < 0 || position.epoch < 0 || position.batch < 0)
    throw std::runtime_error("expected a place in the run that is not negative");
  return position;
}

} // namespace

TensorFile keptValues(const Executable &executable, bool parametersOnly) {
  TensorFile file;
  const std::vector<ParameterSpec> &kept = executable.kept();
  for (size_t index = 0; index < kept.size(); ++index) {
    if (parametersOnly && kept[index].role == "moment")
      continue;
    Tensor tensor = Tensor::zeros(dtypeOf(kept[index].element), kept[index].shape);
    executable.read(index, tensor.bytes);
    file.tensors.emplace(kept[index].name, std::move(tensor));
  }
  return file;
}

std::vector<std::string> setKeptValues(Executable &executable, const TensorFile &file,
                                       bool complete) {
  const std::vector<ParameterSpec> &kept = executable.kept();
  MatchedWeights weights = matchWeights(kept, file, complete);
  for (size_t index = 0; index < kept.size(); ++index)
    if (const auto found = weights.values.find(kept[index].name); found != weights.values.end())
      executable.write(index, found->second.bytes);
  return std::move(weights.absentStates);
}

void saveCheckpoint(const std::string &path, const Executable &executable,
                    const RunPosition &position, const Metadata &origin) {
  TensorFile file = keptValues(executable);
  file.metadata = origin;
  file.metadata[formatKey] = formatName;
  visitNumbers(position, [&](const char *key, auto number) {
    file.metadata[std::string("spherical.") + key] = std::to_string(number);
  });
  file.metadata["spherical.epoch_confusion"] = joined(position.epochConfusion);
  file.metadata["spherical.epoch_loss_bits"] =
      std::to_string(std::bit_cast<uint64_t>(position.epochLossSum));
  if (position.epochAbsoluteSum != 0.0)
    file.metadata[std::string("spherical.") + absoluteKey] =
        std::to_string(std::bit_cast<uint64_t>(position.epochAbsoluteSum));
  file.metadata["spherical.learning_rate_bits"] =
      std::to_string(std::bit_cast<uint32_t>(position.learningRate));
  file.metadata[settingsKey] = nlohmann::json(position.settings).dump();
  writeSafetensors(path, file);
}

RunPosition loadCheckpoint(const std::string &path, Executable &executable) {
  const TensorFile file = readSafetensors(path);
  try {
    const RunPosition position = parsePosition(file);
    setKeptValues(executable, file, /*complete=*/true);
    return position;
  } catch (const std::runtime_error &error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

} // namespace spherical::runtime
