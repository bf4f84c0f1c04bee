//===- signals.h - what flows between layers, rotated -----------*- C++ -*-===//
//
// Values between layers as tensors in fp64: functions as spectra [sample, channel,
// coefficient, 2], features [sample, feature]. Norms of functions are integrals over the
// sphere or the rotations.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_SIGNALS_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_SIGNALS_H

#include "tools/spherical/driver/layers.h"

#include "runtime/data/rotation.h"
#include "runtime/data/safetensors.h"
#include "runtime/reference/spectrum.h"

#include <span>
#include <vector>

namespace spherical::driver {

reference::Domain domainOf(const FlowType &type);

/// The coefficients of the spectrum of one channel of a function.
int64_t coefficientsOf(const FlowType &type);

/// `count` samples of random real functions of the type, all coefficients below `degrees` of the
/// same variance.
runtime::Tensor randomSignals(const FlowType &type, int64_t count, int64_t degrees, uint64_t seed);

/// `count` samples from `first` on.
runtime::Tensor samplesOf(const runtime::Tensor &values, int64_t first, int64_t count);

/// The samples of all tensors, one after the other.
runtime::Tensor stacked(const std::vector<runtime::Tensor> &samples);

/// For each rotation R the one sample of `values` rotated by it, f(R^-1 .); features stay as they
/// are.
runtime::Tensor rotated(const FlowType &type, const runtime::Tensor &values,
                        std::span<const runtime::Rotation> rotations);

/// The same functions with the degrees below `bandLimit` of the first `channels` channels; degrees
/// that are new are zero.
runtime::Tensor withBandLimit(const FlowType &type, const runtime::Tensor &values,
                              int64_t bandLimit, int64_t channels);

/// The samples of functions on S2, [sample, channel, 2b beta, 2b alpha].
runtime::Tensor functionsOf(const FlowType &type, const runtime::Tensor &spectra);

/// The mean over gamma of functions on SO(3), functions on S2; those on S2 as they are.
runtime::Tensor onSphere(const FlowType &type, const runtime::Tensor &spectra);

/// The values times sqrt(2l+1) for degrees l below `degrees`, and 0 from there on: sums of squares
/// are integrals then. Features stay as they are.
runtime::Tensor weighted(const FlowType &type, const runtime::Tensor &values, int64_t degrees);

/// For each sample of `values` the norm of its difference from that of `expected`, of degrees below
/// `degrees`.
std::vector<double> distances(const FlowType &type, const runtime::Tensor &values,
                              const runtime::Tensor &expected, int64_t degrees);

/// The norm of f - mean f of one sample f; of a single number its size. If that is nothing but
/// rounding errors, the norm of f.
double spread(const FlowType &type, const runtime::Tensor &plain);

/// a - b.
runtime::Tensor difference(const runtime::Tensor &a, const runtime::Tensor &b);

/// The inner product of two tensors in fp64, sum a b.
double innerProduct(const runtime::Tensor &a, const runtime::Tensor &b);

struct ErrorSummary {
  double median = 0, largest = 0;
};

/// NaN of no errors.
ErrorSummary summarize(std::vector<double> errors);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_SIGNALS_H
