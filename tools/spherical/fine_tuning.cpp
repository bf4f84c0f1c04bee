//===- fine_tuning.cpp - trainings that start from weights ----------------===//

#include "tools/spherical/fine_tuning.h"

#include "tools/spherical/commands.h"
#include "tools/spherical/parameters.h"

#include "runtime/execute/weights.h"

#include <algorithm>
#include <fnmatch.h>
#include <stdexcept>

namespace spherical::driver {
namespace {

bool matches(const std::string &glob, const std::string &name) {
  return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
}

/// What optimizers keep in checkpoints.
bool isOfTraining(const std::string &name) {
  return name.starts_with("adam.") || name.starts_with("sgd.") || name.starts_with("average.");
}

bool startsAfresh(const FineTuning &start, const std::string &name) {
  return std::ranges::any_of(start.fresh,
                             [&](const std::string &glob) { return matches(glob, name); });
}

/// Whether weights of other files have such values.
bool isWeight(const runtime::ParameterSpec &spec) {
  return spec.role == "parameter" || spec.role == "state";
}

} // namespace

Result<runtime::TensorFile> startingValues(const FineTuning &start,
                                           const runtime::Executable &network) {
  Result<runtime::TensorFile> file = readTensorFile(start.weights);
  if (!file)
    return file.error();
  for (const std::string &glob : start.fresh) {
    const bool inFile = std::ranges::any_of(
        file->tensors, [&](const auto &entry) { return matches(glob, entry.first); });
    const bool inNetwork =
        std::ranges::any_of(network.kept(), [&](const runtime::ParameterSpec &spec) {
          return isWeight(spec) && matches(glob, spec.name);
        });
    if (!inFile && !inNetwork)
      return commandError("--fresh: expected the name of a parameter, or a glob for some, got '" +
                          glob + "'");
  }
  std::erase_if(file->tensors, [&](const auto &entry) {
    return isOfTraining(entry.first) || startsAfresh(start, entry.first);
  });
  return file;
}

void setStartingValues(const FineTuning &start, const runtime::TensorFile &values,
                       runtime::Executable &network) {
  std::vector<runtime::ParameterSpec> wanted;
  for (const runtime::ParameterSpec &spec : network.kept())
    if (isWeight(spec) && !startsAfresh(start, spec.name))
      wanted.push_back(spec);
  runtime::MatchedWeights matched;
  try {
    matched = runtime::matchWeights(wanted, values);
  } catch (const std::runtime_error &error) {
    throw std::runtime_error(start.weights + ": " + error.what() +
                             "; --fresh NAME leaves what does not fit at its first values");
  }
  for (size_t index = 0; index < network.kept().size(); ++index)
    if (const auto found = matched.values.find(network.kept()[index].name);
        found != matched.values.end())
      network.write(index, found->second.bytes);
}

} // namespace spherical::driver
