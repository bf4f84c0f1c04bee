//===- equivariance.h - errors of layers under rotation ---------*- C++ -*-===//
//
// The errors |f(R x) - R f(x)| / |f(x) - mean f(x)| of each layer f by itself, on what it
// gets in the network, and of the network up to it; which layers the error at the end
// comes from; and why layers do not commute with rotations, by measuring them changed.
//
// With a_i what layer i gives for x, and T_i what the layers after i make of the rotated
// R a_1 ... R a_i at the end, T_0 = F(R x) and T_n = R F(x), so that
//   F(R x) - R F(x) = sum_i (T_{i-1} - T_i)
// is a sum over the layers; those that commute with rotations add nothing.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_EQUIVARIANCE_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_EQUIVARIANCE_H

#include "tools/spherical/check/layer_network.h"
#include "tools/spherical/check/signals.h"

#include <functional>
#include <optional>

namespace spherical::driver {

/// Why a layer does not commute with rotations.
enum class Cause {
  None,       ///< it does, up to rounding
  Aliasing,   ///< degrees that a pointwise layer makes are folded back by the grid
  Upsampling, ///< degrees that a growing band-limit adds hold aliases
  Statistics, ///< means over the samples of the grid in training
  Planar,     ///< it works on the image of the samples
  Rotation,   ///< it rotates, and rotations do not commute
  Unknown     ///< none of these
};

/// The error of a pointwise layer on the grid of a larger band-limit.
struct Raise {
  int64_t bandLimit = 0;
  double error = 0; ///< by itself, median
  double atEnd = 0; ///< of the network, predicted: its part shrinks as the layer's error does
  double cost = 1;  ///< of the transforms beside the layer, b^4 on SO(3) and b^3 on S2
};

/// What was measured of a layer.
struct LayerErrors {
  std::optional<ErrorSummary> alone; ///< none if it takes no function, or gives what rotations do
                                     ///< not act on
  std::optional<ErrorSummary> training; ///< the same with the statistics of its input
  std::optional<ErrorSummary> network;
  double part = 0;  ///< |T_{i-1} - T_i| over the norm of the error at the end
  double share = 0; ///< of the error at the end: all shares together are 1
  Cause cause = Cause::None;
  double remedied = 0; ///< the median error without the cause: zeros, other statistics, finer grid
  std::vector<Raise> raises;
};

struct RotationSettings {
  int64_t rotations = 8;
  uint64_t seed = 0;
  /// Below this, layers commute with rotations.
  double rounding = 1e-9;
  /// Runs layers as they are in place of the definitions, which are slow at large band-limits;
  /// null: the definitions do.
  LayerNetwork *compiled = nullptr;
  /// Called before each layer is measured.
  std::function<void(const std::string &layer)> progress = [](const std::string &) {};
};

/// What was measured of a network.
struct NetworkErrors {
  std::vector<LayerErrors> layers;
  ErrorSummary end; ///< NaN if rotations do not act on what the network gives
  /// The root of the sum of squares of the layers' parts of the error at the end, median: what it
  /// would be if they were independent.
  double sumOfParts = 0;
  /// For pictures, of one rotation R: x and R x; and of the last layer that gives a function, if
  /// one does (else -1), f(x), R f(x) and f(R x).
  runtime::Tensor x, rotatedX;
  int64_t shown = -1;
  runtime::Tensor y, rotatedY, yOfRotated;
};

/// Measures the network, which is on the reference target, for the one input `x`.
Result<NetworkErrors> measureEquivariance(LayerNetwork &network, const runtime::Tensor &x,
                                          const RotationSettings &settings);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_EQUIVARIANCE_H
