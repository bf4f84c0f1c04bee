//===- layer_programs.h - a function for each layer -------------*- C++ -*-===//
//
// A model as one function a layer, which says what a layer does by itself and how the
// network would do if a layer were another one. Between the functions go spectra: a function
// on S2 or SO(3) is what its spectrum below its band-limit says. Planar layers on the
// samples of a function, from one function to the next, are one layer.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_LAYER_PROGRAMS_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_LAYER_PROGRAMS_H

#include "tools/spherical/driver/layers.h"

#include <array>

namespace spherical::driver {

/// What a layer takes: the result of a layer, by its index, or the network's input (-1).
struct LayerInput {
  int64_t from = -1;
  FlowType type;
};

/// A layer as a function @entry(x, x1, ..., parameters and states) -> y.
struct LayerProgram {
  GraphLayer layer; ///< `output` is what `y` holds; an image of even sides is a function on S2
  std::string entry;
  std::vector<LayerInput> inputs;
  /// Whether it works on the image of a function's samples.
  bool planar = false;
  /// Whether it maps each value of a function by itself, and not linearly.
  bool pointwise = false;
  /// Of a batch_norm on a function: how the points weigh, area or grid.
  std::string statistics;
  /// The names of its parameters and states, and of the former, which training changes.
  std::vector<std::string> parameters, learned;
  /// Of a convolution: the points (beta, alpha, gamma) of its kernel, and the degrees below which
  /// its spectrum matters.
  std::vector<std::array<double, 3>> points;
  int64_t degrees = 0;
  bool isList = false; ///< whether the model lists the points
  /// How many values of beta, alpha and gamma the points combine, beta slowest; 0 of lists.
  std::array<int64_t, 3> counts = {};

  /// Whether rotations act on what it gives, or leave that as it is: not on images of odd sides.
  bool rotates = true;
};

/// A layer changed.
struct LayerChange {
  /// The degrees that a growing band-limit adds are zero.
  bool zeroHigh = false;
  /// Batch normalisation with the statistics of its input, one sample, "area" or "grid".
  std::string batchStatistics = {};
  /// A pointwise layer on the grid of this band-limit, of so many channels.
  int64_t bandLimit = 0, channels = 0;
};

/// Adds a function for each layer of @forward, in their order, with `gradients` such that
/// differentiation builds @<entry>_vjp of each. Fails unless the module is of the phase graph and
/// takes one function on S2.
Result<std::vector<LayerProgram>> addLayerPrograms(Session &session, bool gradients);

/// Adds @entry, the layer `index` changed, unless it is there.
Status addChangedLayer(Session &session, int64_t index, const LayerChange &change,
                       const std::string &entry);

/// Removes @forward, whose layers are functions of their own.
void removeForward(Session &session);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_LAYER_PROGRAMS_H
