//===- yaml.h - model files in YAML -----------------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_YAML_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_YAML_H

#include "tools/spherical/model/description.h"

namespace spherical::driver {

/// Whether a path ends in .yaml or .yml, in letters of any size.
bool isYamlPath(const std::string &path);

/// Reads the model in `text`; `file` is its name in errors and locations. A `batch` above 0 stands
/// in place of the model's. Fails with all places that are not of a model: unknown keys (with the
/// key that was probably meant), values of the wrong kind or out of range, layers that do not fit
/// together.
Result<ModelDescription> readYaml(const std::string &text, const std::string &file,
                                  int64_t batch = 0);

/// The YAML text of a model: about a line a layer, defaults left out. readYaml gives the same model
/// back.
std::string writeYaml(const ModelDescription &model);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_YAML_H
