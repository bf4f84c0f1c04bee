//===- probe.h - norms of layers and gradients ------------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_DIFFERENTIATE_PROBE_H
#define SPHERICAL_PASSES_DIFFERENTIATE_PROBE_H

#include "passes/differentiate/training_builder.h"

namespace mlir::spherical {

/// Of @forward: asks for the entry @probe.
inline constexpr llvm::StringLiteral kProbe = "spherical.probe";

/// Builds @probe(x, labels, count, params, states): sums of squares in f64 over the valid samples.
/// Of each place in the model, in order, `output.<place>` of its last value and
/// `gradient.<place>` of what is passed back to that, if anything is; of each parameter
/// `values.<param>` and `grad.<param>`. Fails after a diagnostic.
LogicalResult buildProbe(func::FuncOp forward, const ForwardArguments &arguments);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_DIFFERENTIATE_PROBE_H
