//===- own_data_checks.h - whether data fits a model ------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_OWN_DATA_CHECKS_H
#define SPHERICAL_TOOLS_SPHERICAL_OWN_DATA_CHECKS_H

#include "runtime/data/sets/data_set.h"
#include "tools/spherical/driver/tables.h"
#include "tools/spherical/result.h"

#include <string>

namespace spherical::driver {

/// Whether fields of `path` have the channels of the model's input, and its extents, or for models
/// on the sphere any grid there. The error stands
/// at the place in the model file, and a note says what to change there.
Status checkFields(const runtime::FieldLayout &data, const ModelInterface &model,
                   const std::string &path);

/// Whether the data has the kind of target that the model is compared with, and as many values.
Status checkTarget(const runtime::TargetLayout &data, const ModelInterface &model,
                   const std::string &path);

/// Whether digits on the sphere have the shape of the model's input.
Status checkDigitInput(const ModelInterface &model);

/// Whether the model has a class for each of `classes` of the data.
Status checkClassCount(int64_t classes, const ModelInterface &model);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_OWN_DATA_CHECKS_H
