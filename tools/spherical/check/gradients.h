//===- gradients.h - gradients and targets, layer by layer ------*- C++ -*-===//
//
// A layer f has at its input x, in a direction v of its input or of a parameter, the
// derivative J v. What the compiler builds as gradients, J^T c, must satisfy
//   <c, J v> = <J^T c, v>
// for any c. By the definitions J v is a central difference in fp64; of a linear layer it is
// f(v) - f(0), which any target computes: then this says that gradients are the adjoint.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_GRADIENTS_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_GRADIENTS_H

#include "tools/spherical/check/layer_network.h"

#include <optional>

namespace spherical::driver {

/// How far a gradient is from a slope, |<c, J v> - <J^T c, v>| / |c| |J v|.
struct GradientError {
  std::string of; ///< "x", or a parameter
  double error = 0;
};

/// What was found of a layer; the parts that do not apply are empty.
struct LayerNumbers {
  /// Gradients by the definitions, and those of the target, against central differences by the
  /// definitions.
  std::vector<GradientError> definition, target;
  /// Of a linear layer on the target: the gradient against the layer itself.
  std::optional<double> adjoint;
  /// Whether the rule of the layer has no exact gradient in its input (`high: truncated`).
  bool inexactByRule = false;
  /// The relative difference of the target's result from the definitions'.
  std::optional<double> agreement;
};

/// The networks of one model: by the definitions, its gradients by the definitions, and both on the
/// target (null if that is the reference).
struct Networks {
  LayerNetwork *definition = nullptr, *gradients = nullptr, *target = nullptr;
};

/// Measures a layer for what it takes, one sample each. Without `byDefinition`, for layers whose
/// definitions are slow, only whether the gradient on the target is the adjoint of a linear layer.
Result<LayerNumbers> measureNumbers(const Networks &networks, size_t layer,
                                    const LayerValues &inputs, uint64_t seed, bool byDefinition);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_GRADIENTS_H
