//===- signals.cpp - what flows between layers, rotated -------------------===//

#include "tools/spherical/check/signals.h"

#include "runtime/data/random.h"
#include "runtime/reference/rotation.h"
#include "runtime/reference/transform.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spherical::driver {

using reference::Complex;
using reference::Domain;
using runtime::DType;
using runtime::Tensor;

Domain domainOf(const FlowType &type) { return type.onSO3 ? Domain::SO3 : Domain::S2; }

int64_t coefficientsOf(const FlowType &type) {
  return reference::spectrumSize(domainOf(type), type.bandLimit);
}

Tensor randomSignals(const FlowType &type, int64_t count, int64_t degrees, uint64_t seed) {
  const Domain domain = domainOf(type);
  const int64_t size = coefficientsOf(type);
  const int64_t used = reference::spectrumSize(domain, std::min(degrees, type.bandLimit));
  const runtime::RandomNumbers random(seed, runtime::RandomStream::Item);
  Tensor tensor = Tensor::zeros(DType::F64, {count, type.channels, size, 2});
  const std::span<double> values = tensor.as<double>();
  uint64_t index = 0;
  size_t place = 0;
  for (int64_t channel = 0; channel < count * type.channels; ++channel) {
    std::vector<Complex> spectrum(size);
    for (int64_t at = 0; at < used; ++at, index += 2)
      spectrum[at] = {random.normal(index), random.normal(index + 1)};
    for (const Complex &value : reference::hermitianPart(domain, type.bandLimit, spectrum.data())) {
      values[place++] = value.real();
      values[place++] = value.imag();
    }
  }
  return tensor;
}

Tensor samplesOf(const Tensor &values, int64_t first, int64_t count) {
  std::vector<int64_t> shape = values.shape;
  const auto bytes = static_cast<int64_t>(values.bytes.size()) / shape[0];
  shape[0] = count;
  Tensor samples = Tensor::zeros(values.dtype, shape);
  std::copy_n(values.bytes.begin() + first * bytes, count * bytes, samples.bytes.begin());
  return samples;
}

Tensor stacked(const std::vector<Tensor> &samples) {
  Tensor all = samples.front();
  for (size_t i = 1; i < samples.size(); ++i) {
    all.bytes.insert(all.bytes.end(), samples[i].bytes.begin(), samples[i].bytes.end());
    all.shape[0] += samples[i].shape[0];
  }
  return all;
}

Tensor rotated(const FlowType &type, const Tensor &values,
               std::span<const runtime::Rotation> rotations) {
  std::vector<int64_t> shape = values.shape;
  shape[0] = static_cast<int64_t>(rotations.size());
  Tensor result = Tensor::zeros(DType::F64, shape);
  const std::span<const double> from = values.as<double>();
  std::vector<Complex> spectra(from.size() / 2);
  for (size_t i = 0; i < spectra.size(); ++i)
    spectra[i] = {from[2 * i], from[2 * i + 1]};
  auto to = result.as<double>().begin();
  for (const runtime::Rotation &rotation : rotations) {
    if (!type.isFunction()) {
      to = std::copy(from.begin(), from.end(), to);
      continue;
    }
    const runtime::EulerAngles angles = rotation.eulerAngles();
    for (const Complex &value :
         reference::rotate(domainOf(type), type.channels, type.bandLimit, spectra,
                           {angles.alpha, angles.beta, angles.gamma})) {
      *to++ = value.real();
      *to++ = value.imag();
    }
  }
  return result;
}

Tensor withBandLimit(const FlowType &type, const Tensor &values, int64_t bandLimit,
                     int64_t channels) {
  const int64_t from = 2 * coefficientsOf(type);
  const int64_t to = 2 * reference::spectrumSize(domainOf(type), bandLimit);
  const int64_t count = values.shape[0];
  Tensor result = Tensor::zeros(DType::F64, {count, channels, to / 2, 2});
  const auto source = values.as<double>().begin();
  const auto target = result.as<double>().begin();
  for (int64_t sample = 0; sample < count; ++sample)
    for (int64_t channel = 0; channel < channels; ++channel)
      std::copy_n(source + (sample * type.channels + channel) * from, std::min(from, to),
                  target + (sample * channels + channel) * to);
  return result;
}

Tensor functionsOf(const FlowType &type, const Tensor &spectra) {
  const std::span<const double> from = spectra.as<double>();
  std::vector<reference::Complex> values(from.size() / 2);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = {from[2 * i], from[2 * i + 1]};
  const int64_t count = spectra.shape[0], side = 2 * type.bandLimit;
  const reference::Transform transform{reference::Domain::S2, count * type.channels, type.bandLimit,
                                       type.bandLimit, reference::High::Zero};
  Tensor result = Tensor::zeros(DType::F64, {count, type.channels, side, side});
  auto to = result.as<double>().begin();
  for (const reference::Complex &value : reference::synthesis(transform, values))
    *to++ = value.real();
  return result;
}

Tensor onSphere(const FlowType &type, const Tensor &spectra) {
  if (!type.onSO3)
    return spectra;
  const int64_t b = type.bandLimit, signals = spectra.shape[0] * type.channels;
  const int64_t from = coefficientsOf(type), to = b * b;
  Tensor result = Tensor::zeros(DType::F64, {spectra.shape[0], type.channels, to, 2});
  for (int64_t signal = 0; signal < signals; ++signal)
    for (int64_t l = 0; l < b; ++l)
      for (int64_t m = -l; m <= l; ++m)
        std::copy_n(
            spectra.as<double>().begin() + 2 * (signal * from + reference::so3Position(l, m, 0)), 2,
            result.as<double>().begin() + 2 * (signal * to + reference::s2Position(l, m)));
  return result;
}

Tensor weighted(const FlowType &type, const Tensor &values, int64_t degrees) {
  Tensor result = values;
  if (!type.isFunction())
    return result;
  const int64_t size = coefficientsOf(type);
  const std::span<double> all = result.as<double>();
  for (int64_t l = 0; l < type.bandLimit; ++l) {
    const double weight = l < degrees ? std::sqrt(static_cast<double>(2 * l + 1)) : 0;
    const int64_t begin = reference::spectrumSize(domainOf(type), l);
    const int64_t end = reference::spectrumSize(domainOf(type), l + 1);
    for (size_t channel = 0; channel < all.size(); channel += 2 * size)
      for (int64_t at = 2 * begin; at < 2 * end; ++at)
        all[channel + at] *= weight;
  }
  return result;
}

Tensor difference(const Tensor &a, const Tensor &b) {
  Tensor result = a;
  const std::span<double> values = result.as<double>();
  const std::span<const double> other = b.as<double>();
  for (size_t i = 0; i < values.size(); ++i)
    values[i] -= other[i];
  return result;
}

std::vector<double> distances(const FlowType &type, const Tensor &values, const Tensor &expected,
                              int64_t degrees) {
  const Tensor errors = weighted(type, difference(values, expected), degrees);
  const int64_t count = values.shape[0], size = values.size() / count;
  std::vector<double> result;
  for (int64_t sample = 0; sample < count; ++sample) {
    double sum = 0;
    for (const double error : errors.as<double>().subspan(sample * size, size))
      sum += error * error;
    result.push_back(std::sqrt(sum));
  }
  return result;
}

double spread(const FlowType &type, const Tensor &plain) {
  constexpr double rounding = 1e-9;
  const Tensor all = weighted(type, plain, type.bandLimit);
  const std::span<const double> values = all.as<double>();
  const double norm = std::sqrt(innerProduct(all, all));
  double sum = 0;
  if (type.isFunction()) { // the mean is the coefficient of degree 0, of each channel
    const size_t size = 2 * coefficientsOf(type);
    for (size_t i = 0; i < values.size(); ++i)
      sum += i % size < 2 ? 0 : values[i] * values[i];
  } else {
    double mean = 0;
    for (const double value : values)
      mean += values.size() == 1 ? 0 : value / static_cast<double>(values.size());
    for (const double value : values)
      sum += (value - mean) * (value - mean);
  }
  return std::sqrt(sum) > rounding * norm ? std::sqrt(sum) : norm;
}

double innerProduct(const Tensor &a, const Tensor &b) {
  const std::span<const double> left = a.as<double>(), right = b.as<double>();
  double sum = 0;
  for (size_t i = 0; i < left.size(); ++i)
    sum += left[i] * right[i];
  return sum;
}

ErrorSummary summarize(std::vector<double> errors) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (errors.empty())
    return {none, none};
  std::sort(errors.begin(), errors.end());
  return {errors[errors.size() / 2], errors.back()};
}

} // namespace spherical::driver
