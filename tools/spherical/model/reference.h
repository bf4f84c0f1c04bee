//===- reference.h - what model files may say, for people -------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_REFERENCE_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_REFERENCE_H

#include <string>

namespace spherical::driver {

/// Every layer, key, range and default of model files, from the tables by which they are read, with
/// whole models as examples: Markdown of at most 80 columns.
std::string modelReference();

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_REFERENCE_H
