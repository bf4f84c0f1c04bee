//===- network.h - layers of a head and losses ------------------*- C++ -*-===//
//
// Tensors are [samples][channels][inner], row-major. Part of the fp64 definitions:
// standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_NETWORK_H
#define SPHERICAL_RUNTIME_REFERENCE_NETWORK_H

#include "runtime/reference/spectrum.h"

#include <optional>

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

/// How a channel of one sample is measured: its mean is sum_i mean_i x_i, the mean of its square
/// sum_i square_i x_i^2, and the constant 1 is constant_i. [inner] values each.
struct Measure {
  Values mean, square, constant;
  /// Whether values are samples of a distribution, whose variance n/(n-1) corrects.
  bool sampled = false;
};

/// The measure of `inner` samples of the same weight.
Measure sampleMeasure(int64_t inner);

/// The integral over S2 or SO(3) by the quadrature of the grid of b.
Measure areaMeasure(Domain domain, int64_t b);

/// The same integral from the spectrum, inner = coefficient and (re, im): degree 0 and Parseval's
/// sum of (2l+1) |X^l_mn|^2.
Measure spectralMeasure(Domain domain, int64_t degrees);

/// Returns (x - mean) / sqrt(var + eps) * weight + bias with given statistics; mean and bias are
/// multiples of the constant of the measure.
Values batchNorm(const Batch &batch, const Measure &measure, const Values &x, const Values &weight,
                 const Values &bias, const Values &mean, const Values &var, double eps);

/// What a training step of batch normalisation yields; all but y have one value a channel.
struct BatchNormTrain {
  Values y, batchMean, inverseDeviation, runningMean, runningVar;
};

/// Normalises with the statistics of the batch (biased variance) and moves the running ones by
/// `momentum` towards the batch's mean and variance, unbiased if the measure is `sampled` (n - 1 is
/// at least 1).
BatchNormTrain batchNormTrain(const Batch &batch, const Measure &measure, const Values &x,
                              const Values &weight, const Values &bias, const Values &runningMean,
                              const Values &runningVar, double eps, double momentum);

/// Cotangents of x, weight and bias.
struct BatchNormGrad {
  Values x, weight, bias;
};

/// Returns the cotangents for statistics (mean, inverseDeviation); `training` says that those are
/// functions of x.
BatchNormGrad batchNormGrad(const Batch &batch, const Measure &measure, const Values &g,
                            const Values &x, const Values &weight, const Values &mean,
                            const Values &inverseDeviation, bool training);

/// The label of what has none: it counts for nothing.
inline constexpr int64_t missingLabel = -1;

/// Weights of a loss: of each inner position (empty: 1), of each class (empty: 1), a label that
/// counts for nothing beside `missingLabel`, and the share of the truth that all classes have
/// together.
struct LossWeights {
  Values positions, classes;
  std::optional<int64_t> ignore;
  double smoothing = 0.0;
};

/// Returns the weighted mean of -log softmax(logits)[label] over samples and inner positions, 0 if
/// all weights are. Labels are [samples][inner], each in [0, channels), missing or ignored. With
/// smoothing e it is sum a_p q_c (-log softmax(logits)[c]) / sum a_p v_label, of positions' weights
/// a and classes' v, with q_c = v_c ((1 - e) [c = label] + e / channels).
double crossEntropy(const Batch &batch, const LossWeights &weights, const Values &logits,
                    const Values &labels);

/// Returns its gradient times the cotangent g.
Values crossEntropyGrad(const Batch &batch, const LossWeights &weights, double g,
                        const Values &logits, const Values &labels);

/// How a loss grows with an error e = y - target: as e^2; as |e|, whose derivative at 0 is 0; or as
/// Huber's e^2 / 2 up to |e| = delta and delta (|e| - delta / 2) from there on.
enum class ErrorKind { Squared, Absolute, Huber };

/// Returns the weighted mean over samples, channels and inner positions (weights empty: 1) of the
/// errors of y, 0 if there are none. What has the target NaN is left out.
double meanError(ErrorKind kind, const Batch &batch, const Values &positions, const Values &y,
                 const Values &target, double delta = 1.0);

/// Returns its gradient in y times the cotangent g, 0 at what is left out.
Values meanErrorGrad(ErrorKind kind, const Batch &batch, const Values &positions, double g,
                     const Values &y, const Values &target, double delta = 1.0);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_NETWORK_H
