//===- tables.h - what the compiler knows of a model ------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_TABLES_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_TABLES_H

#include "tools/spherical/driver/session.h"

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::driver {

/// An op of @forward: where it stands in the model file, what it gives and the numbers it learns.
struct LayerRow {
  std::string place, op, result;
  int64_t parameters = 0;
};

/// The ops of @forward in order. For modules of the graph phase these are the layers.
Result<std::vector<LayerRow>> layerTable(Session &session);

/// What a model is, in a few words.
struct ModelFacts {
  std::string name;
  /// Whether it has functions on S2 or SO(3), rather than images only.
  bool spherical = false;
  int64_t parameters = 0;
};

/// The facts of a module of the graph phase; fails for other phases.
Result<ModelFacts> modelFacts(Session &session);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_TABLES_H
