//===- equivariance.h - how invariant a classifier is -----------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_EQUIVARIANCE_H
#define SPHERICAL_RUNTIME_TRAIN_EQUIVARIANCE_H

#include "runtime/data/samples.h"
#include "runtime/reference/spectrum.h"
#include "runtime/train/executable.h"

#include <vector>

namespace spherical::runtime {

struct EquivarianceOptions {
  int64_t rotations = 20; ///< at least 1
  int64_t samples = 32;   ///< the first ones of the data, at most the capacity
  uint64_t seed = 0;
};

/// Errors of all rotations.
struct EquivarianceError {
  double median = 0.0;
  std::vector<double> errors; ///< [rotation], in the order of the seed's rotations
};

/// The spectra of the rotated functions f(R^-1 x) from those of `count` functions f on the sphere
/// with degrees below `degrees`, [count][coefficient]: X'^l_m = sum_k conj(D^l_mk(R)) X^l_k.
std::vector<reference::Complex> rotateSpectra(const std::vector<reference::Complex> &spectra,
                                              int64_t count, int64_t degrees,
                                              const Rotation &rotation);

/// The error of an invariant output Phi (logits or values) for band-limited x and uniformly random
/// rotations R:
///   || Phi(R x) - Phi(x) || / || Phi(x) - mean Phi(x) ||
/// with norms over samples and outputs and each sample's mean over its outputs; a single output has
/// none, and counts as it is. The samples are brought to degrees below b by an analysis on their
/// grid, in fp64; R is applied to the spectra.
/// Throws std::runtime_error for samples that do not fit or lie on no grid of a band-limit, and if
/// the outputs are all their mean.
EquivarianceError equivarianceError(Executable &executable, const SampleSource &source,
                                    const EquivarianceOptions &options);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_EQUIVARIANCE_H
