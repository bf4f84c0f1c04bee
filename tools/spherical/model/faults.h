//===- faults.h - what is wrong in a model ----------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_FAULTS_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_FAULTS_H

#include "tools/spherical/model/description.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// What is wrong in a model, where, and the remedy if there is one.
struct ModelFault {
  Position position;
  std::string message;
  std::string hint;
};

/// The faults as one error, in the order of the file, the first twenty of them.
Error errorOf(const std::string &file, std::vector<ModelFault> faults);

/// The faults of the layers of a model of which other parts are wrong: what it ends in is not
/// checked.
std::vector<ModelFault> layerFaults(const ModelDescription &model);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_FAULTS_H
