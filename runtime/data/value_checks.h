//===- value_checks.h - what values an argument may have --------*- C++ -*-===//
//
// Compiled code trusts its inputs: what it could not compute on is found on the
// host, in one pass over values that are about to be used. Every function returns
// the rest of a sentence that begins with the argument's name, such as "expected
// labels from 0 to 9, got 10 at position 3", or nothing where all is well.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_VALUE_CHECKS_H
#define SPHERICAL_RUNTIME_DATA_VALUE_CHECKS_H

#include "runtime/data/safetensors.h"
#include "runtime/data/target.h"

namespace spherical::runtime {

/// The integers that an argument takes: from `low` to `high`, and `other`.
struct IntegerRange {
  /// "labels", "a count", "a step".
  std::string what = "integers";
  int64_t low = INT64_MIN, high = INT64_MAX;
  std::optional<int64_t> other;
};

/// The spectrum of real functions: X_-m,-n = (-1)^(m-n) conj X_mn for each function of the batch.
struct RealSpectrum {
  bool onSO3 = false;
  /// Degrees l < degrees.
  int64_t degrees = 1;
};

/// What the values of an argument must be.
struct ValueConstraints {
  std::optional<IntegerRange> integers;
  /// For labels: the argument that counts the samples whose labels are read, or empty for all.
  std::string counted;
  std::optional<RealSpectrum> spectrum;
  /// Whether values may be missing: labels -1, and numbers NaN.
  bool missing = false;
};

/// What is wrong with `size` dense values at `data`, which is aligned to the type: not finite,
/// integers outside of the range, no spectrum of real functions (up to 1e-5 of the largest value,
/// the rounding of a transform). `scalar` leaves out the position, `nonFinite` allows NaN and
/// infinities everywhere. Finite numbers cost an addition each, in vectors.
std::string valueFault(DType dtype, const void *data, int64_t size,
                       const ValueConstraints &constraints, bool scalar, bool nonFinite);

/// Numbers that can only be checked together: those of one function of a spectrum.
int64_t checkedTogether(const ValueConstraints &constraints);

/// Whether numbers, a multiple of those, are surely right, for values that may be checked in parts
/// on several threads; false where `valueFault` has to look at all of them. Its arguments.
bool areSurelyValid(DType dtype, const void *data, int64_t size,
                    const ValueConstraints &constraints, bool nonFinite);

/// What is wrong if `values`, converted from `source`, are not all finite, or NaN if values may be
/// `missing`; names the number there.
std::string nonFiniteFault(const Tensor &values, const Tensor &source, bool missing = false);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_VALUE_CHECKS_H
