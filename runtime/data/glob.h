//===- glob.h - names by patterns -------------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_GLOB_H
#define SPHERICAL_RUNTIME_DATA_GLOB_H

#include <string>

namespace spherical::runtime {

/// Whether the whole of `name` is what `pattern` says: * stands for any letters, dots too, and ?
/// for one; [abc] for one of several.
bool matchesGlob(const std::string &pattern, const std::string &name);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_GLOB_H
