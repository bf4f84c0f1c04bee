//===- network_equivariance.cpp - a network on rotated functions ----------===//

#include "tools/spherical/network_equivariance.h"

#include "tools/spherical/commands.h"
#include "tools/spherical/parameters.h"

#include "runtime/data/conversion.h"
#include "runtime/data/random.h"
#include "runtime/reference/rotation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

namespace spherical::driver {

using reference::Complex;
using reference::Domain;
using runtime::DType;
using runtime::Tensor;

namespace {

Domain domainOf(const FlowType &type) { return type.onSO3 ? Domain::SO3 : Domain::S2; }

/// The spectrum of a random real function for each channel, all coefficients below `degrees` of the
/// same variance.
std::vector<Complex> randomSpectra(const FlowType &type, int64_t degrees, uint64_t seed) {
  const Domain domain = domainOf(type);
  const int64_t size = reference::spectrumSize(domain, type.bandLimit);
  const int64_t used = reference::spectrumSize(domain, std::min(degrees, type.bandLimit));
  const runtime::RandomNumbers random(seed, runtime::RandomStream::Item);
  std::vector<Complex> spectra;
  uint64_t index = 0;
  for (int64_t channel = 0; channel < type.channels; ++channel) {
    std::vector<Complex> spectrum(size);
    for (int64_t at = 0; at < used; ++at, index += 2)
      spectrum[at] = {random.normal(index), random.normal(index + 1)};
    const std::vector<Complex> real =
        reference::hermitianPart(domain, type.bandLimit, spectrum.data());
    spectra.insert(spectra.end(), real.begin(), real.end());
  }
  return spectra;
}

/// Spectra as an argument of an entry: [count, channels, coefficients, 2].
Tensor spectraTensor(const FlowType &type, const std::vector<Complex> &spectra) {
  const int64_t size = reference::spectrumSize(domainOf(type), type.bandLimit);
  const auto count = static_cast<int64_t>(spectra.size()) / (type.channels * size);
  Tensor tensor = Tensor::zeros(DType::F64, {count, type.channels, size, 2});
  const auto values = tensor.as<double>();
  for (size_t i = 0; i < spectra.size(); ++i) {
    values[2 * i] = spectra[i].real();
    values[2 * i + 1] = spectra[i].imag();
  }
  return tensor;
}

/// Functions f between spectra, or from spectra to features, on samples 0, 1, ... of a batch.
class ErrorMeter {
public:
  ErrorMeter(const FlowType &output, const Tensor &plain)
      : output(output), plain(runtime::converted(plain, DType::F64)) {}

  /// The error of sample `at` of `rotated`, which holds f(R x), for the rotation R.
  double error(const Tensor &rotated, int64_t at, const runtime::EulerAngles &angles) const;

private:
  std::vector<Complex> spectra(std::span<const double> values) const;
  double functionError(std::span<const double> rotated, const runtime::EulerAngles &angles) const;

  FlowType output;
  Tensor plain;
};

std::vector<Complex> ErrorMeter::spectra(std::span<const double> values) const {
  std::vector<Complex> result(values.size() / 2);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = {values[2 * i], values[2 * i + 1]};
  return result;
}

double ErrorMeter::functionError(std::span<const double> rotated,
                                 const runtime::EulerAngles &angles) const {
  const Domain domain = domainOf(output);
  const std::vector<Complex> own = spectra(plain.as<double>()), got = spectra(rotated);
  const std::vector<Complex> expected = reference::rotate(
      domain, output.channels, output.bandLimit, own, {angles.alpha, angles.beta, angles.gamma});
  const int64_t size = reference::spectrumSize(domain, output.bandLimit);
  double error = 0, norm = 0;
  for (int64_t channel = 0; channel < output.channels; ++channel)
    for (int64_t l = 0; l < output.bandLimit; ++l)
      for (int64_t at = reference::spectrumSize(domain, l);
           at < reference::spectrumSize(domain, l + 1); ++at) {
        const int64_t place = channel * size + at;
        error += static_cast<double>(2 * l + 1) * std::norm(got[place] - expected[place]);
        norm += l == 0 ? 0 : static_cast<double>(2 * l + 1) * std::norm(own[place]);
      }
  return std::sqrt(error / norm);
}

double ErrorMeter::error(const Tensor &rotated, int64_t at,
                         const runtime::EulerAngles &angles) const {
  const std::span<const double> all = rotated.as<double>();
  const std::span<const double> own = plain.as<double>();
  const std::span<const double> got = all.subspan(at * own.size(), own.size());
  if (output.isFunction())
    return functionError(got, angles);
  double mean = 0, error = 0, norm = 0;
  for (const double value : own)
    mean += own.size() == 1 ? 0 : value / static_cast<double>(own.size()); // one has no spread
  for (size_t i = 0; i < own.size(); ++i) {
    error += (got[i] - own[i]) * (got[i] - own[i]);
    norm += (own[i] - mean) * (own[i] - mean);
  }
  return std::sqrt(error / norm);
}

} // namespace

Result<TensorMap> EquivarianceTest::run(const std::string &entry, const FlowType &input,
                                        const std::vector<Complex> &spectra) {
  TensorMap arguments = parameters;
  arguments.insert_or_assign("x", spectraTensor(input, spectra));
  return runOnce(executable, entry, arguments, {.file = settings.file});
}

Result<std::map<std::string, std::vector<double>>>
EquivarianceTest::errors(const std::string &entry, const FlowType &input, int64_t degrees,
                         const std::map<std::string, FlowType> &outputs) {
  const Result<Signature> signature = executable.signature(entry);
  if (!signature)
    return signature.error();
  const std::vector<Complex> x = randomSpectra(input, degrees, settings.seed);
  Result<TensorMap> plain = run(entry, input, x);
  if (!plain)
    return plain.error();
  std::map<std::string, std::vector<double>> errors;
  const auto total = static_cast<int64_t>(rotations.size());
  for (int64_t first = 0; first < total; first += signature->capacity) {
    const int64_t count = std::min(signature->capacity, total - first);
    std::vector<Complex> rotated;
    for (int64_t i = 0; i < count; ++i) {
      const runtime::EulerAngles angles = rotations[first + i].eulerAngles();
      const std::vector<Complex> one =
          reference::rotate(domainOf(input), input.channels, input.bandLimit, x,
                            {angles.alpha, angles.beta, angles.gamma});
      rotated.insert(rotated.end(), one.begin(), one.end());
    }
    Result<TensorMap> results = run(entry, input, rotated);
    if (!results)
      return results.error();
    for (const auto &[name, output] : outputs) {
      const ErrorMeter meter(output, plain->at(name));
      const Tensor values = runtime::converted(results->at(name), DType::F64);
      for (int64_t i = 0; i < count; ++i)
        errors[name].push_back(meter.error(values, i, rotations[first + i].eulerAngles()));
    }
  }
  return errors;
}

ErrorSummary summarize(std::vector<double> errors) {
  std::sort(errors.begin(), errors.end());
  return {errors[errors.size() / 2], errors.back()};
}

Result<double> printNetworkEquivariance(const EquivarianceSettings &settings,
                                        const SessionOptions &options, const std::string &weights) {
  Result<std::unique_ptr<Session>> session = Session::load(settings.file, options);
  if (!session)
    return session.error();
  const Result<std::vector<GraphLayer>> layers = graphLayers(**session);
  if (!layers)
    return layers.error();
  const Result<std::vector<GraphParameter>> parameters = graphParameters(**session);
  if (!parameters)
    return parameters.error();
  if (layers->empty() || !layers->front().input.isFunction())
    return commandError("expected a model whose input is a function on S2, got another input");
  // Whose the weights are has been checked.
  Result<TensorMap> values = parameterValues(*parameters, weights, {}, settings.seed);
  if (!values)
    return values.error();
  if (Status status = tapSpectra(**session); !status)
    return status.error();
  Result<std::unique_ptr<Executable>> executable = Executable::create(**session, "forward");
  if (!executable)
    return executable.error();
  EquivarianceTest test(settings, **executable, std::move(*values));
  const FlowType input = layers->front().input;
  const GraphLayer &last = layers->back();
  auto errors = test.errors("forward", input, input.bandLimit, {{last.name, last.output}});
  if (!errors)
    return errors.error();
  const double median = summarize(std::move(errors->at(last.name))).median;
  std::printf("equivariance error: %.2e (median of %lld rotations)\n", median,
              static_cast<long long>(settings.rotations));
  return median;
}

} // namespace spherical::driver
