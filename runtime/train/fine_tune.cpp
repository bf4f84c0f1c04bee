//===- fine_tune.cpp - training that starts from other weights --*- C++ -*-===//

#include "runtime/train/fine_tune.h"

#include "runtime/data/glob.h"
#include "runtime/execute/weights.h"
#include "runtime/train/initialize.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// Whether weights hold the value; what else is kept belongs to a training.
bool isWeight(const ParameterSpec &spec) {
  return spec.role == "parameter" || spec.role == "state";
}

void checkPatterns(const std::vector<ParameterSpec> &kept, const std::vector<std::string> &fresh) {
  for (const std::string &pattern : fresh)
    if (std::none_of(kept.begin(), kept.end(), [&](const ParameterSpec &spec) {
          return isWeight(spec) && matchesGlob(pattern, spec.name);
        }))
      throw std::runtime_error("expected the name of a parameter, with * and ? or without, got '" +
                               pattern + "'");
}

/// What to do where the file does not have what the network needs.
std::string freshAdvice(const std::string &name) {
  return "; to start it afresh, name it: --fresh '" + name + "'";
}

} // namespace

TakenWeights takeWeights(Executable &executable, const TensorFile &file,
                         const std::vector<std::string> &fresh) {
  const std::vector<ParameterSpec> &kept = executable.kept();
  if (isCheckpoint(file))
    return takeWeights(executable, weightsOfCheckpoint(kept, file), fresh);
  checkPatterns(kept, fresh);
  TakenWeights result;
  std::vector<std::pair<size_t, Tensor>> values;
  std::set<std::string> known;
  for (size_t index = 0; index < kept.size(); ++index) {
    const ParameterSpec &spec = kept[index];
    known.insert(spec.name);
    if (!isWeight(spec))
      continue;
    const auto found = file.tensors.find(spec.name);
    const bool starts = std::any_of(fresh.begin(), fresh.end(), [&](const std::string &pattern) {
      return matchesGlob(pattern, spec.name);
    });
    if (starts || (found == file.tensors.end() && spec.role == "state")) {
      result.fresh.push_back(spec.name);
      continue;
    }
    if (found == file.tensors.end())
      throw std::runtime_error("expected a tensor '" + spec.name + "', got none" +
                               freshAdvice(spec.name));
    if (found->second.shape != spec.shape)
      throw std::runtime_error("'" + spec.name + "' expected the shape " + shapeText(spec.shape) +
                               ", got " + shapeText(found->second.shape) + freshAdvice(spec.name));
    values.emplace_back(index, matchWeight(spec, found->second));
    result.taken.push_back(spec.name);
  }
  if (values.empty())
    throw std::runtime_error("expected weights to take, got patterns of all parameters");
  for (const auto &[name, tensor] : file.tensors)
    if (!known.contains(name))
      result.unused.push_back(name);
  for (const auto &[index, tensor] : values)
    executable.write(index, tensor.bytes);
  restartAverages(executable);
  return result;
}

} // namespace spherical::runtime
