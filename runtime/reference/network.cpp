//===- network.cpp - layers of a head, loss and optimizer -------*- C++ -*-===//

#include "runtime/reference/network.h"

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

Values batchNorm(const Batch &batch, const Values &x, const Values &weight, const Values &bias,
                 const Values &mean, const Values &var, double eps) {
  Values y(x.size());
  eachValue(batch, [&](int64_t at, int64_t c) {
    y[at] = (x[at] - mean[c]) / std::sqrt(var[c] + eps) * weight[c] + bias[c];
  });
  return y;
}

BatchNormTrain batchNormTrain(const Batch &batch, const Values &x, const Values &weight,
                              const Values &bias, const Values &runningMean,
                              const Values &runningVar, double eps, double momentum) {
  const double n = static_cast<double>(batch.samples * batch.inner);
  BatchNormTrain result;
  result.batchMean = channelSum(batch, x);
  for (double &mean : result.batchMean)
    mean /= n;
  Values var(batch.channels);
  eachValue(batch, [&](int64_t at, int64_t c) {
    var[c] += (x[at] - result.batchMean[c]) * (x[at] - result.batchMean[c]) / n;
  });
  result.y = batchNorm(batch, x, weight, bias, result.batchMean, var, eps);
  for (int64_t c = 0; c < batch.channels; ++c) {
    const double unbiased = var[c] * n / std::max(n - 1, 1.0);
    result.inverseDeviation.push_back(1 / std::sqrt(var[c] + eps));
    result.runningMean.push_back((1 - momentum) * runningMean[c] + momentum * result.batchMean[c]);
    result.runningVar.push_back((1 - momentum) * runningVar[c] + momentum * unbiased);
  }
  return result;
}

BatchNormGrad batchNormGrad(const Batch &batch, const Values &g, const Values &x,
                            const Values &weight, const Values &mean,
                            const Values &inverseDeviation, bool training) {
  const double n = static_cast<double>(batch.samples * batch.inner);
  Values normalised(x.size()), product(x.size());
  eachValue(batch, [&](int64_t at, int64_t c) {
    normalised[at] = (x[at] - mean[c]) * inverseDeviation[c];
    product[at] = g[at] * normalised[at];
  });
  BatchNormGrad result{Values(x.size()), channelSum(batch, product), channelSum(batch, g)};
  eachValue(batch, [&](int64_t at, int64_t c) {
    const double moved = (result.bias[c] + normalised[at] * result.weight[c]) / n;
    result.x[at] = weight[c] * inverseDeviation[c] * (g[at] - (training ? moved : 0.0));
  });
  return result;
}

double crossEntropy(const Batch &batch, const Values &logits, const Values &labels) {
  double sum = 0.0;
  for (int64_t s = 0; s < batch.samples; ++s)
    for (int64_t i = 0; i < batch.inner; ++i) {
      const auto label = static_cast<int64_t>(labels[s * batch.inner + i]);
      // log softmax from differences: the label's probability itself may underflow.
      const double own = logits[(s * batch.channels + label) * batch.inner + i];
      double largest = own, total = 0.0;
      for (int64_t c = 0; c < batch.channels; ++c)
        largest = std::max(largest, logits[(s * batch.channels + c) * batch.inner + i]);
      for (int64_t c = 0; c < batch.channels; ++c)
        total += std::exp(logits[(s * batch.channels + c) * batch.inner + i] - largest);
      sum += std::log(total) - (own - largest);
    }
  return sum / static_cast<double>(batch.samples * batch.inner);
}

Values crossEntropyGrad(const Batch &batch, double g, const Values &logits, const Values &labels) {
  const double n = static_cast<double>(batch.samples * batch.inner);
  Values result(logits.size());
  for (int64_t s = 0; s < batch.samples; ++s)
    for (int64_t i = 0; i < batch.inner; ++i) {
      const Values p = softmax(batch, logits, s, i);
      const auto label = static_cast<int64_t>(labels[s * batch.inner + i]);
      for (int64_t c = 0; c < batch.channels; ++c)
        result[(s * batch.channels + c) * batch.inner + i] =
            g * (p[c] - (c == label ? 1.0 : 0.0)) / n;
    }
  return result;
}

void adamStep(const AdamOptions &options, int64_t t, const Values &g, Values &p, Values &m,
              Values &v) {
  const double unbias1 = 1 - std::pow(options.beta1, t), unbias2 = 1 - std::pow(options.beta2, t);
  for (size_t i = 0; i < p.size(); ++i) {
    m[i] = options.beta1 * m[i] + (1 - options.beta1) * g[i];
    v[i] = options.beta2 * v[i] + (1 - options.beta2) * g[i] * g[i];
    p[i] -= options.rate * (m[i] / unbias1) / (std::sqrt(v[i] / unbias2) + options.eps);
  }
}

} // namespace spherical::reference
