//===- correlation_case.h - convolutions by an algorithm of tiles -*- C++ -*-===//

#ifndef SPHERICAL_TEST_EXECUTE_CORRELATION_CASE_H
#define SPHERICAL_TEST_EXECUTE_CORRELATION_CASE_H

#include "test/execute/tensor_case.h"

#include <array>
#include <string>

namespace spherical {

/// One axis of a convolution: image, kernel, windows.
struct CorrelationAxis {
  int64_t image, kernel, windows;
};

/// A convolution.
struct CorrelationCase {
  int64_t samples;
  CorrelationAxis y, x;
  std::string padding, radices;
  int64_t in = 3, out = 4; ///< channels
  std::array<int64_t, 2> stride = {1, 1};

  Named image() const { return {"x", {samples, in, y.image, x.image}}; }
  Named windows() const { return {"x", {samples, out, y.windows, x.windows}}; }
  Named weight() const { return {"w", {out, in, y.kernel, x.kernel}, false}; }
  /// Attributes of an op of it that asks for an algorithm.
  std::string by(const std::string &algorithm) const;
};

/// Expects that the convolution and its adjoint, with bias and activation, are by an algorithm what
/// their definitions are (`expectDefinitions`).
void expectConvolutions(const CorrelationCase &shape, const std::string &algorithm,
                        double tolerance, bool emulated);

/// The same of the gradient of the weight.
void expectGradient(const CorrelationCase &shape, const std::string &algorithm, double tolerance,
                    bool emulated);

} // namespace spherical

#endif // SPHERICAL_TEST_EXECUTE_CORRELATION_CASE_H
