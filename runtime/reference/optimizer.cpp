//===- optimizer.cpp - optimizer steps by definition ------------*- C++ -*-===//

#include "runtime/reference/optimizer.h"

#include <algorithm>
#include <cmath>

namespace spherical::reference {

AdamFactors adamFactors(const AdamOptions &options, int64_t t) {
  return {options.rate / (1 - std::pow(options.beta1, t)), 1 / (1 - std::pow(options.beta2, t)),
          options.rate * options.weightDecay, options.scale};
}

void adamUpdate(const AdamOptions &options, const AdamFactors &factors, const Values &g, Values &p,
                Values &m, Values &v) {
  for (size_t i = 0; i < p.size(); ++i) {
    const double h = factors.scale * g[i];
    m[i] = options.beta1 * m[i] + (1 - options.beta1) * h;
    v[i] = options.beta2 * v[i] + (1 - options.beta2) * h * h;
    const double root = std::sqrt(factors.correction * v[i]) + options.eps;
    p[i] -= factors.rate * m[i] / root + factors.decay * p[i];
  }
}

void adamStep(const AdamOptions &options, int64_t t, const Values &g, Values &p, Values &m,
              Values &v) {
  adamUpdate(options, adamFactors(options, t), g, p, m, v);
}

void sgdStep(const SgdOptions &options, const Values &g, Values &p, Values &m) {
  for (size_t i = 0; i < p.size(); ++i) {
    const double h = options.scale * g[i] + options.weightDecay * p[i];
    m[i] = options.momentum * m[i] + h;
    p[i] -= options.rate * (options.nesterov ? h + options.momentum * m[i] : m[i]);
  }
}

double averageFactor(double decay, int64_t t) {
  const double steps = static_cast<double>(t);
  return 1 - std::min(decay, (1 + steps) / (10 + steps));
}

} // namespace spherical::reference
