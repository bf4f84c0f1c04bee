//===- network.h - layers of a head, loss and optimizer ---------*- C++ -*-===//
//
// Tensors are [samples][channels][inner], row-major. Part of the fp64 definitions:
// standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_NETWORK_H
#define SPHERICAL_RUNTIME_REFERENCE_NETWORK_H

#include <cstdint>
#include <vector>

namespace spherical::reference {

using Values = std::vector<double>;

/// Returns max(x, 0).
Values relu(const Values &x);

/// Returns g where y > 0, else 0; y is the input or the result of `relu`.
Values reluGrad(const Values &g, const Values &y);

/// Extents [samples][channels][inner] of a batch.
struct Batch {
  int64_t samples = 1, channels = 1, inner = 1;
};

/// Returns x w^T + b: x [samples][inputs], w [outputs][inputs], b [outputs].
Values linear(int64_t samples, int64_t inputs, int64_t outputs, const Values &x, const Values &w,
              const Values &b);

/// Returns the cotangent g w of x; g is [samples][outputs].
Values linearGradInput(int64_t samples, int64_t inputs, int64_t outputs, const Values &g,
                       const Values &w);

/// Returns the cotangent g^T x of w, [outputs][inputs].
Values linearGradWeight(int64_t samples, int64_t inputs, int64_t outputs, const Values &g,
                        const Values &x);

/// Returns [channels]: the sum of g over samples and inner positions.
Values channelSum(const Batch &batch, const Values &g);

/// Returns x + bias, one bias a channel.
Values addBias(const Batch &batch, const Values &x, const Values &bias);

/// Returns (x - mean) / sqrt(var + eps) * weight + bias with given statistics.
Values batchNorm(const Batch &batch, const Values &x, const Values &weight, const Values &bias,
                 const Values &mean, const Values &var, double eps);

/// What a training step of batch normalisation yields; all but y have one value a channel.
struct BatchNormTrain {
  Values y, batchMean, inverseDeviation, runningMean, runningVar;
};

/// Normalises with the statistics of the batch (biased variance) and moves the running ones by
/// `momentum` towards the batch's mean and unbiased variance (n - 1 is at least 1).
BatchNormTrain batchNormTrain(const Batch &batch, const Values &x, const Values &weight,
                              const Values &bias, const Values &runningMean,
                              const Values &runningVar, double eps, double momentum);

/// Cotangents of x, weight and bias.
struct BatchNormGrad {
  Values x, weight, bias;
};

/// Returns the cotangents for statistics (mean, inverseDeviation); `training` says that those are
/// functions of x.
BatchNormGrad batchNormGrad(const Batch &batch, const Values &g, const Values &x,
                            const Values &weight, const Values &mean,
                            const Values &inverseDeviation, bool training);

/// Returns the mean of -log softmax(logits)[label] over samples and inner positions. Labels are
/// [samples][inner], each in [0, channels).
double crossEntropy(const Batch &batch, const Values &logits, const Values &labels);

/// Returns its gradient times the cotangent g.
Values crossEntropyGrad(const Batch &batch, double g, const Values &logits, const Values &labels);

/// Constants of Adam (Kingma and Ba 2015).
struct AdamOptions {
  double rate = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
};

/// Replaces p, m, v by their values after step t >= 1:
/// m' = b1 m + (1-b1) g, v' = b2 v + (1-b2) g^2,
/// p' = p - rate (m'/(1-b1^t)) / (sqrt(v'/(1-b2^t)) + eps).
void adamStep(const AdamOptions &options, int64_t t, const Values &g, Values &p, Values &m,
              Values &v);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_NETWORK_H
