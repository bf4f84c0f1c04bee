//===- read_yaml.cpp - a model from YAML ----------------------------------===//

#include "tools/spherical/model/schema.h"
#include "tools/spherical/model/yaml.h"

#include "runtime/data/files.h"

#include <algorithm>
#include <sstream>

namespace spherical::driver {

/// Where layers are planar, the input is the image of the samples of its band-limit.
static void chooseInput(ModelDescription &model) {
  if (model.takesImages() || !std::ranges::any_of(model.layers, isPlanar))
    return;
  model.inputSize = {2 * model.inputBandLimit, 2 * model.inputBandLimit};
  model.inputBandLimit = 0;
}

bool isYamlPath(const std::string &path) {
  const std::string ending = runtime::endingOf(path);
  return ending == ".yaml" || ending == ".yml";
}

/// What YAML's parser does not take, in words of this file where a tab is the reason.
static ModelFault syntaxFault(const std::string &text, const YAML::Exception &fault) {
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line) && number <= fault.mark.line + 2; ++number) {
    const size_t tab = line.find_first_not_of(' ');
    if (tab != std::string::npos && line[tab] == '\t')
      return {{number, static_cast<int>(tab) + 1},
              "expected blanks before what the line holds, got a tab",
              "YAML takes no tabs as indentation"};
  }
  return {positionOf(fault.mark), "not valid YAML: " + fault.msg, ""};
}

/// The one document of a file.
static YAML::Node documentOf(const std::string &text, Parts &parts) {
  const std::vector<YAML::Node> documents = YAML::LoadAll(text);
  if (documents.size() > 1)
    parts.add({positionOf(documents[1]), "expected one model in a file, got a second document",
               "what follows '---' belongs into a file of its own"});
  return documents.empty() ? YAML::Node() : documents.front();
}

Result<ModelDescription> readYaml(const std::string &text, const std::string &file, int64_t batch) {
  ModelDescription model;
  model.file = file;
  Parts parts;
  try {
    parts.attempt([&] { readKeys(documentOf(text, parts), "model", modelKeys(), model); });
  } catch (const YAML::Exception &fault) {
    return errorOf(file, {syntaxFault(text, fault)});
  }
  chooseInput(model);
  if (batch > 0)
    model.batch = batch;
  if (std::vector<ModelFault> faults = parts.faults(); !faults.empty()) {
    const std::vector<ModelFault> ofLayers = layerFaults(model);
    faults.insert(faults.end(), ofLayers.begin(), ofLayers.end());
    return errorOf(file, std::move(faults));
  }
  Result<ModelFlow> flow = checkModel(model);
  if (!flow)
    return flow.error();
  return model;
}

} // namespace spherical::driver
