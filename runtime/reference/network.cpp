//===- network.cpp - layers of a head and losses ----------------*- C++ -*-===//

#include "runtime/reference/network.h"

#include "runtime/reference/grid.h"

#include <algorithm>
#include <cmath>

namespace spherical::reference {
namespace {

/// Calls visit(position, channel) for every value of a batch.
template <typename Visit> void eachValue(const Batch &batch, Visit visit) {
  for (int64_t at = 0; at < batch.samples * batch.channels * batch.inner; ++at)
    visit(at, at / batch.inner % batch.channels);
}

/// softmax over the channels at one sample and inner position.
Values softmax(const Batch &batch, const Values &logits, int64_t sample, int64_t inner) {
  Values p(batch.channels);
  for (int64_t c = 0; c < batch.channels; ++c)
    p[c] = logits[(sample * batch.channels + c) * batch.inner + inner];
  const double largest = *std::max_element(p.begin(), p.end());
  double sum = 0.0;
  for (double &value : p)
    sum += value = std::exp(value - largest);
  for (double &value : p)
    value /= sum;
  return p;
}

/// Calls visit(sample, inner, label, weight of the position) for every label that counts.
template <typename Visit>
void eachLabel(const Batch &batch, const LossWeights &weights, const Values &labels, Visit visit) {
  for (int64_t at = 0; at < batch.samples * batch.inner; ++at) {
    const auto label = static_cast<int64_t>(labels[at]);
    if (label == missingLabel || label == weights.ignore)
      continue;
    visit(at / batch.inner, at % batch.inner, label,
          weights.positions.empty() ? 1.0 : weights.positions[at % batch.inner]);
  }
}

double classWeight(const LossWeights &weights, int64_t c) {
  return weights.classes.empty() ? 1.0 : weights.classes[c];
}

/// The share of class c in the truth where the label is given, times the weight of the class.
double shareOf(const LossWeights &weights, int64_t c, int64_t label, int64_t classes) {
  const double others = weights.smoothing / static_cast<double>(classes);
  return classWeight(weights, c) * ((c == label ? 1.0 - weights.smoothing : 0.0) + others);
}

/// The sum of the weights of all labels that count.
double totalWeight(const Batch &batch, const LossWeights &weights, const Values &labels) {
  double total = 0.0;
  eachLabel(batch, weights, labels, [&](int64_t, int64_t, int64_t label, double position) {
    total += position * classWeight(weights, label);
  });
  return total;
}

/// Visits each value with a target: its place and its weight in the mean.
template <typename Visit>
void eachError(const Batch &batch, const Values &positions, const Values &target, Visit visit) {
  eachValue(batch, [&](int64_t at, int64_t) {
    if (!std::isnan(target[at]))
      visit(at, positions.empty() ? 1.0 : positions[at % batch.inner]);
  });
}

} // namespace

Values relu(const Values &x) {
  Values y(x);
  for (double &value : y)
    value = std::max(value, 0.0);
  return y;
}

Values reluGrad(const Values &g, const Values &y) {
  Values result(g.size());
  for (size_t i = 0; i < g.size(); ++i)
    result[i] = y[i] > 0 ? g[i] : 0.0;
  return result;
}

Values linear(int64_t samples, int64_t inputs, int64_t outputs, const Values &x, const Values &w,
              const Values &b) {
  Values y(samples * outputs);
  for (int64_t s = 0; s < samples; ++s)
    for (int64_t o = 0; o < outputs; ++o) {
      double sum = b[o];
      for (int64_t i = 0; i < inputs; ++i)
        sum += x[s * inputs + i] * w[o * inputs + i];
      y[s * outputs + o] = sum;
    }
  return y;
}

Values linearGradInput(int64_t samples, int64_t inputs, int64_t outputs, const Values &g,
                       const Values &w) {
  Values x(samples * inputs);
  for (int64_t s = 0; s < samples; ++s)
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t i = 0; i < inputs; ++i)
        x[s * inputs + i] += g[s * outputs + o] * w[o * inputs + i];
  return x;
}

Values linearGradWeight(int64_t samples, int64_t inputs, int64_t outputs, const Values &g,
                        const Values &x) {
  Values w(outputs * inputs);
  for (int64_t s = 0; s < samples; ++s)
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t i = 0; i < inputs; ++i)
        w[o * inputs + i] += g[s * outputs + o] * x[s * inputs + i];
  return w;
}

Values channelSum(const Batch &batch, const Values &g) {
  Values sum(batch.channels);
  eachValue(batch, [&](int64_t at, int64_t c) { sum[c] += g[at]; });
  return sum;
}

Values addBias(const Batch &batch, const Values &x, const Values &bias) {
  Values y(x);
  eachValue(batch, [&](int64_t at, int64_t c) { y[at] += bias[c]; });
  return y;
}

Measure sampleMeasure(int64_t inner) {
  const Values equal(inner, 1.0 / static_cast<double>(inner));
  return {equal, equal, Values(inner, 1.0), true};
}

Measure areaMeasure(Domain domain, int64_t b) {
  const Values latitudes = domain == Domain::S2 ? s2Weights(b) : so3Weights(b);
  const int64_t ring = domain == Domain::S2 ? 2 * b : 4 * b * b;
  Values weights;
  for (double weight : latitudes)
    weights.insert(weights.end(), ring, weight);
  return {weights, weights, Values(weights.size(), 1.0), false};
}

Measure spectralMeasure(Domain domain, int64_t degrees) {
  Measure measure;
  for (int64_t l = 0; l < degrees; ++l)
    measure.square.resize(2 * spectrumSize(domain, l + 1), static_cast<double>(2 * l + 1));
  measure.mean.resize(measure.square.size());
  measure.mean[0] = 1.0;
  measure.constant = measure.mean;
  return measure;
}

Values batchNorm(const Batch &batch, const Measure &measure, const Values &x, const Values &weight,
                 const Values &bias, const Values &mean, const Values &var, double eps) {
  Values y(x.size());
  eachValue(batch, [&](int64_t at, int64_t c) {
    const double one = measure.constant[at % batch.inner];
    y[at] = (x[at] - mean[c] * one) / std::sqrt(var[c] + eps) * weight[c] + bias[c] * one;
  });
  return y;
}

BatchNormTrain batchNormTrain(const Batch &batch, const Measure &measure, const Values &x,
                              const Values &weight, const Values &bias, const Values &runningMean,
                              const Values &runningVar, double eps, double momentum) {
  const double samples = static_cast<double>(batch.samples), n = samples * batch.inner;
  BatchNormTrain result;
  result.batchMean.resize(batch.channels);
  eachValue(batch, [&](int64_t at, int64_t c) {
    result.batchMean[c] += measure.mean[at % batch.inner] * x[at] / samples;
  });
  Values var(batch.channels);
  eachValue(batch, [&](int64_t at, int64_t c) {
    const double moved = x[at] - result.batchMean[c] * measure.constant[at % batch.inner];
    var[c] += measure.square[at % batch.inner] * moved * moved / samples;
  });
  result.y = batchNorm(batch, measure, x, weight, bias, result.batchMean, var, eps);
  const double unbias = measure.sampled ? n / std::max(n - 1, 1.0) : 1.0;
  for (int64_t c = 0; c < batch.channels; ++c) {
    result.inverseDeviation.push_back(1 / std::sqrt(var[c] + eps));
    result.runningMean.push_back((1 - momentum) * runningMean[c] + momentum * result.batchMean[c]);
    result.runningVar.push_back((1 - momentum) * runningVar[c] + momentum * var[c] * unbias);
  }
  return result;
}

BatchNormGrad batchNormGrad(const Batch &batch, const Measure &measure, const Values &g,
                            const Values &x, const Values &weight, const Values &mean,
                            const Values &inverseDeviation, bool training) {
  Values normalised(x.size());
  BatchNormGrad result{Values(x.size()), Values(batch.channels), Values(batch.channels)};
  eachValue(batch, [&](int64_t at, int64_t c) {
    const double one = measure.constant[at % batch.inner];
    normalised[at] = (x[at] - mean[c] * one) * inverseDeviation[c];
    result.weight[c] += g[at] * normalised[at];
    result.bias[c] += g[at] * one;
  });
  eachValue(batch, [&](int64_t at, int64_t c) {
    const int64_t i = at % batch.inner;
    const double moved =
        (measure.mean[i] * result.bias[c] + measure.square[i] * normalised[at] * result.weight[c]) /
        static_cast<double>(batch.samples);
    result.x[at] = weight[c] * inverseDeviation[c] * (g[at] - (training ? moved : 0.0));
  });
  return result;
}

double crossEntropy(const Batch &batch, const LossWeights &weights, const Values &logits,
                    const Values &labels) {
  double sum = 0.0;
  eachLabel(batch, weights, labels, [&](int64_t s, int64_t i, int64_t label, double position) {
    // log softmax from differences: a class's probability itself may underflow.
    const auto logit = [&](int64_t c) {
      return logits[(s * batch.channels + c) * batch.inner + i];
    };
    double largest = logit(label), exponentials = 0.0;
    for (int64_t c = 0; c < batch.channels; ++c)
      largest = std::max(largest, logit(c));
    for (int64_t c = 0; c < batch.channels; ++c)
      exponentials += std::exp(logit(c) - largest);
    for (int64_t c = 0; c < batch.channels; ++c)
      if (const double share = shareOf(weights, c, label, batch.channels); share != 0.0)
        sum += position * share * (std::log(exponentials) - (logit(c) - largest));
  });
  const double total = totalWeight(batch, weights, labels);
  return total > 0 ? sum / total : 0.0;
}

Values crossEntropyGrad(const Batch &batch, const LossWeights &weights, double g,
                        const Values &logits, const Values &labels) {
  const double total = totalWeight(batch, weights, labels);
  Values result(logits.size());
  if (total == 0.0)
    return result;
  eachLabel(batch, weights, labels, [&](int64_t s, int64_t i, int64_t label, double position) {
    const Values p = softmax(batch, logits, s, i);
    double all = 0.0;
    for (int64_t c = 0; c < batch.channels; ++c)
      all += shareOf(weights, c, label, batch.channels);
    for (int64_t c = 0; c < batch.channels; ++c)
      result[(s * batch.channels + c) * batch.inner + i] =
          g * position * (all * p[c] - shareOf(weights, c, label, batch.channels)) / total;
  });
  return result;
}

namespace {

/// The loss of an error, and its derivative.
double lossOf(ErrorKind kind, double error, double delta) {
  const double size = std::abs(error);
  switch (kind) {
  case ErrorKind::Squared:
    return error * error;
  case ErrorKind::Absolute:
    return size;
  case ErrorKind::Huber:
    return size <= delta ? error * error / 2 : delta * (size - delta / 2);
  }
  return 0.0;
}

double slopeOf(ErrorKind kind, double error, double delta) {
  const double sign = error > 0 ? 1.0 : error < 0 ? -1.0 : error;
  switch (kind) {
  case ErrorKind::Squared:
    return 2 * error;
  case ErrorKind::Absolute:
    return sign;
  case ErrorKind::Huber:
    return std::abs(error) > delta ? delta * sign : error;
  }
  return 0.0;
}

} // namespace

double meanError(ErrorKind kind, const Batch &batch, const Values &positions, const Values &y,
                 const Values &target, double delta) {
  double sum = 0.0, total = 0.0;
  eachError(batch, positions, target, [&](int64_t at, double weight) {
    sum += weight * lossOf(kind, y[at] - target[at], delta);
    total += weight;
  });
  return total > 0 ? sum / total : 0.0;
}

Values meanErrorGrad(ErrorKind kind, const Batch &batch, const Values &positions, double g,
                     const Values &y, const Values &target, double delta) {
  double total = 0.0;
  eachError(batch, positions, target, [&](int64_t, double weight) { total += weight; });
  Values result(y.size());
  eachError(batch, positions, target, [&](int64_t at, double weight) {
    result[at] = g * weight * slopeOf(kind, y[at] - target[at], delta) / total;
  });
  return result;
}

} // namespace spherical::reference
