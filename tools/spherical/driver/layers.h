//===- layers.h - a model taken apart layer by layer ------------*- C++ -*-===//
//
// What comparing and testing single layers needs: the layers of a graph with their
// names, and programs that give what flows between them.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_LAYERS_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_LAYERS_H

#include "tools/spherical/driver/session.h"

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::driver {

/// What flows into or out of a layer: a function on S2 or SO(3) or, with band-limit 0, features.
struct FlowType {
  bool onSO3 = false;
  int64_t channels = 0, bandLimit = 0;

  bool isFunction() const { return bandLimit > 0; }
};

/// A layer of @forward. It is named for its parameters (input_layer, hidden_layers.0, head.fc0,
/// ...), and without any for the layer before it and itself (input_layer.relu).
struct GraphLayer {
  std::string name;
  /// The op without its dialect: s2_conv, relu, ...
  std::string op;
  /// file:line:column.
  std::string place;
  FlowType input, output;
  /// Of a layer whose band-limit grows: zero, quadrature or truncated.
  std::string high;
  /// Whether the layer has one input, so that it can be run by itself.
  bool single = true;
};

/// A parameter or state of @forward.
struct GraphParameter {
  std::string name, role;
  std::vector<int64_t> shape;
  /// zeros, ones, normal or uniform, and its scale.
  std::string init = "zeros";
  double scale = 1;
};

/// The layers in order. Fails unless the module is of the phase graph and has an @forward.
Result<std::vector<GraphLayer>> graphLayers(Session &session);

/// Where the last layer stands, or the model's path if that is not known.
std::string placeOfEnd(Session &session);

/// The parameters and states in order.
Result<std::vector<GraphParameter>> graphParameters(Session &session);

/// Makes @forward return what each layer gives, as tensors in file order under the layers' names.
Status tapLayers(Session &session);

/// As tapLayers, but with spectra: the input `x` is the spectrum of a function on S2, each result
/// the spectrum of a layer's function; features stay as they are.
Status tapSpectra(Session &session);

/// Removes every ReLU, which leaves a network that is linear but for its norms.
Status removeRelu(Session &session);

/// Gives every layer whose band-limit grows the rule zero, quadrature or truncated.
Status setHigh(Session &session, const std::string &rule);

/// Takes the kernel of the layer with that name at the mirrored points (beta, -alpha, -gamma),
/// which conjugates its transform.
Status mirrorKernel(Session &session, const std::string &layer);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_LAYERS_H
