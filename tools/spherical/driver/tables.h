//===- tables.h - what the compiler knows of a model ------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_TABLES_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_TABLES_H

#include "tools/spherical/driver/session.h"

#include <cstdint>
#include <optional>
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

/// The predicted seconds of the entries that the options name (SessionOptions), all of them
/// together, of a module of the phase schedule.
double predictedTime(Session &session);

/// What a model takes and gives for one sample, known before anything is compiled.
struct ModelInterface {
  /// Channels, rows, columns.
  std::vector<int64_t> input;
  /// Whether the input is a function on S2, on the SOFT grid, rather than an image.
  bool spherical = false;
  /// Classes or values; and rows, columns where each point has its own.
  std::vector<int64_t> output;
  /// Whether it gives values rather than classes.
  bool values = false;
  /// Where the model says what goes in and what comes out last.
  std::string inputPlace, endPlace;
};

/// The interface of a module of the graph phase; nothing for other phases, which compiled programs
/// check themselves.
Result<std::optional<ModelInterface>> modelInterface(Session &session);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_TABLES_H
