//===- checkpoint.cpp - a run on disk ---------------------------*- C++ -*-===//

#include "runtime/train/checkpoint.h"

#include "runtime/execute/weights.h"
#include "runtime/train/kept_values.h"

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

void saveCheckpoint(const std::string &path, const Executable &executable,
                    const RunPosition &position, const Metadata &origin) {
  TensorFile file = keptValues(executable);
  file.metadata = origin;
  setPosition(file.metadata, position);
  writeSafetensors(path, file);
}

RunPosition loadCheckpoint(const std::string &path, Executable &executable) {
  const TensorFile file = readSafetensors(path);
  try {
    const RunPosition position = positionOf(file.metadata);
    setKeptValues(executable, file, /*complete=*/true);
    return position;
  } catch (const std::runtime_error &error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

} // namespace spherical::runtime
