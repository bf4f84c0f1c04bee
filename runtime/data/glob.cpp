//===- glob.cpp - names by patterns ---------------------------------------===//

#include "runtime/data/glob.h"

#include <fnmatch.h>

namespace spherical::runtime {

bool matchesGlob(const std::string &pattern, const std::string &name) {
  return fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
}

} // namespace spherical::runtime
