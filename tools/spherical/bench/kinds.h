//===- kinds.h - the kinds of problems and their keys -----------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BENCH_KINDS_H
#define SPHERICAL_TOOLS_SPHERICAL_BENCH_KINDS_H

#include "tools/spherical/bench/problem.h"
#include "tools/spherical/model/keys.h"

namespace spherical::driver {

/// A kind of problems: one op, or a model.
struct ProblemKind {
  std::string name;
  std::string meaning;
  ProblemSettings initial;
  std::vector<Key<ProblemSettings>> keys;
  /// Writes the program; null for models.
  ProblemProgram (*program)(const Problem &problem) = nullptr;
};

/// Transforms, products, convolutions and others on S2 and SO(3).
std::vector<ProblemKind> sphereKinds();

/// Layers of images and features.
std::vector<ProblemKind> imageKinds();

/// All kinds, in the order in which they are explained.
const std::vector<ProblemKind> &problemKinds();

/// Keys of several kinds.
Key<ProblemSettings> batchKey();
Key<ProblemSettings> channelsKey();
Key<ProblemSettings> inKey();
Key<ProblemSettings> outKey();
Key<ProblemSettings> gradientKey();

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BENCH_KINDS_H
