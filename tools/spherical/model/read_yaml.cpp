//===- read_yaml.cpp - a model from YAML ----------------------------------===//

#include "tools/spherical/model/schema.h"
#include "tools/spherical/model/yaml.h"

#include "runtime/data/files.h"

#include <algorithm>

namespace spherical::driver {

/// Where layers are planar, the input is the image of the samples of its band-limit.
static void chooseInput(ModelDescription &model) {
  if (model.inputSize > 0 || !std::ranges::any_of(model.layers, isPlanar))
    return;
  model.inputSize = 2 * model.inputBandLimit;
  model.inputBandLimit = 0;
}

bool isYamlPath(const std::string &path) {
  const std::string ending = runtime::endingOf(path);
  return ending == ".yaml" || ending == ".yml";
}

Result<ModelDescription> readYaml(const std::string &text, const std::string &file, int64_t batch) {
  ModelDescription model;
  model.file = file;
  try {
    readKeys(YAML::Load(text), "model", modelKeys(), model);
  } catch (const ModelFault &fault) {
    return errorAt(file, fault.position, fault.message, fault.hint);
  } catch (const YAML::Exception &fault) {
    return errorAt(file, positionOf(fault.mark), "not valid YAML: " + fault.msg);
  }
  chooseInput(model);
  if (batch > 0)
    model.batch = batch;
  Result<ModelFlow> flow = checkModel(model);
  if (!flow)
    return flow.error();
  return model;
}

} // namespace spherical::driver
