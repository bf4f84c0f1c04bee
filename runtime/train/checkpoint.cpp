//===- checkpoint.cpp - a run on disk ---------------------------*- C++ -*-===//

#include "runtime/train/checkpoint.h"

#include "runtime/data/samples.h"
#include "runtime/execute/weights.h"
#include "runtime/train/kept_values.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>

namespace spherical::runtime {
TensorFile keptValues(const Executable &executable, bool parametersOnly) {
  TensorFile file;
  const std::vector<ParameterSpec> &kept = executable.kept();
  for (size_t index = 0; index < kept.size(); ++index) {
    if (parametersOnly && (kept[index].role == "moment" || kept[index].role == "average"))
      continue;
    Tensor tensor = Tensor::zeros(dtypeOf(kept[index].element), kept[index].shape);
    const std::optional<size_t> average =
        parametersOnly ? averageOf(executable, index) : std::nullopt;
    executable.read(average.value_or(index), tensor.bytes);
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

namespace {

constexpr const char *digestKey = "spherical.digest";

uint64_t hashText(std::string_view text, uint64_t hash) {
  return hashBytes({reinterpret_cast<const uint8_t *>(text.data()), text.size()}, hash);
}

/// A hash, in hexadecimal digits, of all that the file holds besides it.
std::string digestOf(const TensorFile &file) {
  uint64_t hash = hashBytes({});
  for (const auto &[key, value] : file.metadata)
    if (key != digestKey)
      hash = hashText(value, hashText(key, hash));
  for (const auto &[name, tensor] : file.tensors)
    hash = hashBytes({reinterpret_cast<const uint8_t *>(tensor.bytes.data()), tensor.bytes.size()},
                     hashText(name, hash));
  std::array<char, 17> digits = {};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
  return digits.data();
}

void checkDigest(const TensorFile &file) {
  const auto recorded = file.metadata.find(digestKey);
  if (recorded == file.metadata.end())
    throw std::runtime_error("no checkpoint: expected a digest, got none");
  const std::string digest = digestOf(file);
  if (recorded->second != digest)
    throw std::runtime_error("the checkpoint is damaged: expected the digest " + recorded->second +
                             " that it records, got " + digest);
}

} // namespace

void saveCheckpoint(const std::string &path, const Executable &executable,
                    const RunPosition &position, const Metadata &origin, bool keepPrevious) {
  TensorFile file = keptValues(executable);
  file.metadata = origin;
  setPosition(file.metadata, position);
  file.metadata[digestKey] = digestOf(file);
  if (keepPrevious && std::filesystem::exists(path))
    keepFile(path, previousCheckpoint(path));
  writeSafetensors(path, file);
}

std::string previousCheckpoint(const std::string &path) {
  std::filesystem::path name = path;
  const std::string ending = name.extension().string();
  return name.replace_extension(".previous" + ending).string();
}

RunPosition loadCheckpoint(const std::string &path, Executable &executable) {
  const TensorFile file = readSafetensors(path);
  try {
    const RunPosition position = positionOf(file.metadata);
    matchWeights(executable.kept(), file, /*complete=*/true); // of another network is no damage
    checkDigest(file);
    setKeptValues(executable, file, /*complete=*/true);
    return position;
  } catch (const std::runtime_error &error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

RunPosition loadLastCheckpoint(const std::string &path, Executable &executable, std::string &note) {
  try {
    return loadCheckpoint(path, executable);
  } catch (const std::runtime_error &error) {
    const std::string previous = previousCheckpoint(path);
    if (!std::filesystem::exists(previous))
      throw;
    std::optional<RunPosition> position;
    try {
      position = loadCheckpoint(previous, executable);
    } catch (const std::runtime_error &) {
      throw error; // what is wrong with the last one says more
    }
    // The next one must not take a damaged file for the one before it.
    std::filesystem::rename(previous, path);
    note = std::string(error.what()) + "; goes on from the checkpoint before it";
    return *position;
  }
}

} // namespace spherical::runtime
