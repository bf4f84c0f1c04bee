//===- scores.h - what an evaluation found, in words ------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_SCORES_H
#define SPHERICAL_TOOLS_SPHERICAL_SCORES_H

#include "runtime/train/evaluate.h"

namespace spherical::driver {

/// Prints the errors of values over all outputs and, if there are several, of each; over fields
/// also by area.
void printErrors(const runtime::Evaluation &result);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_SCORES_H
