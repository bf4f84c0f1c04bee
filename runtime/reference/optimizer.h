//===- optimizer.h - optimizer steps by definition --------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_OPTIMIZER_H
#define SPHERICAL_RUNTIME_REFERENCE_OPTIMIZER_H

#include <cstdint>
#include <vector>

namespace spherical::reference {

using Values = std::vector<double>;

/// Constants of Adam (Kingma and Ba 2015), with decay of the parameters (AdamW, Loshchilov and
/// Hutter 2019).
struct AdamOptions {
  double rate = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0.0;
  double scale = 1.0; ///< factor of gradients
};

/// What a step of Adam has for all parameters.
struct AdamFactors {
  double rate;       ///< rate / (1-b1^t)
  double correction; ///< 1 / (1-b2^t)
  double decay;      ///< rate weightDecay
  double scale;      ///< factor of gradients
};

/// Returns the factors of step t >= 1.
AdamFactors adamFactors(const AdamOptions &options, int64_t t);

/// Replaces p, m, v by their values after a step of these factors; of the options it takes b1, b2
/// and eps. With h = scale g:
/// m' = b1 m + (1-b1) h, v' = b2 v + (1-b2) h^2,
/// p' = p - (rate m' / (sqrt(correction v') + eps) + decay p).
void adamUpdate(const AdamOptions &options, const AdamFactors &factors, const Values &g, Values &p,
                Values &m, Values &v);

/// Replaces p, m, v by their values after step t >= 1, the update by the factors of t:
/// p' = p - rate ((m'/(1-b1^t)) / (sqrt(v'/(1-b2^t)) + eps) + weightDecay p).
void adamStep(const AdamOptions &options, int64_t t, const Values &g, Values &p, Values &m,
              Values &v);

/// Constants of gradient descent, with a decay that is part of the gradient.
struct SgdOptions {
  double rate = 1e-3, momentum = 0.0, weightDecay = 0.0;
  double scale = 1.0; ///< factor of gradients
  bool nesterov = false;
};

/// Replaces p and m by their values after a step: with h = scale g + weightDecay p,
/// m' = momentum m + h, p' = p - rate m', or with nesterov p - rate (h + momentum m').
void sgdStep(const SgdOptions &options, const Values &g, Values &p, Values &m);

/// Returns the weight of the newest value in a moving average at step t >= 1:
/// 1 - min(decay, (1 + t) / (10 + t)).
double averageFactor(double decay, int64_t t);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_OPTIMIZER_H
