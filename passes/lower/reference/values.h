//===- values.h - values of the IR as doubles -------------------*- C++ -*-===//
//
// What the reference target computes on, and conversions for its evaluators.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_REFERENCE_VALUES_H
#define SPHERICAL_PASSES_LOWER_REFERENCE_VALUES_H

#include "runtime/reference/spectrum.h"

#include "mlir/IR/Operation.h"
#include "mlir/IR/Types.h"

#include <cstdint>
#include <vector>

namespace mlir::spherical {

/// A dense array in file order (row-major). Complex values have a trailing axis of 2 (re, im),
/// integers are exact doubles.
struct HostTensor {
  std::vector<int64_t> shape;
  std::vector<double> values;

  /// Returns the product of the extents; 1 for a scalar.
  int64_t size() const;
};

using Complex = ::spherical::reference::Complex;

/// Whether values of the type are pairs (re, im): spectra and complex elements.
bool holdsPairs(Type type);

/// Returns the shape of a value of the type in file order. The first extent of anything with axes
/// is `leading` where that is not negative.
std::vector<int64_t> hostShape(Type type, int64_t leading = -1);

/// "2x3x4", or "scalar".
std::string shapeText(ArrayRef<int64_t> shape);

/// Returns zeros.
HostTensor zeros(std::vector<int64_t> shape);

/// Returns the values as complex numbers; `pairs` says that the last axis is (re, im).
std::vector<Complex> toComplex(const HostTensor &tensor, bool pairs);

/// Returns a tensor of the shape, whose last axis is (re, im) if `pairs`; else of the real parts.
HostTensor fromComplex(std::vector<int64_t> shape, const std::vector<Complex> &values, bool pairs);

/// Returns the first `count` slices of the first axis.
HostTensor leadingSlices(const HostTensor &tensor, int64_t count);

/// Emits an error at the op unless `got` is the shape that the op's operand needs.
LogicalResult expectShape(Operation *op, unsigned operand, ArrayRef<int64_t> expected,
                          const HostTensor &got);

/// Brings both operands of a pointwise op to one shape: where one has fewer samples, as many of the
/// other. Emits an error at the op if they differ otherwise.
LogicalResult alignSamples(Operation *op, HostTensor &a, HostTensor &b);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_REFERENCE_VALUES_H
