//===- equivariance.cpp - `spherical equivariance` ------------------------===//
//
// The errors |f(R x) - R f(x)| / |f(x) - mean f(x)| of random rotations R for each
// layer by itself and for the network up to it. Inputs, rotations and norms live
// in the spectrum: norms are integrals over the sphere or the rotations.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/parameters.h"

#include "runtime/data/conversion.h"
#include "runtime/data/random.h"
#include "runtime/data/rotation.h"
#include "runtime/reference/rotation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>

namespace spherical::driver {
namespace {

using reference::Complex;
using reference::Domain;
using runtime::DType;
using runtime::Tensor;

struct EquivarianceCommand {
  std::string file, weights;
  int64_t rotations = 50, degrees = 0;
  uint64_t seed = 0;
  bool withoutRelu = false, anyModel = false;
  double limit = 0;
  SessionOptions session;
};

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
    mean += value / static_cast<double>(own.size());
  for (size_t i = 0; i < own.size(); ++i) {
    error += (got[i] - own[i]) * (got[i] - own[i]);
    norm += (own[i] - mean) * (own[i] - mean);
  }
  return std::sqrt(error / norm);
}

/// Runs entries on rotated inputs.
class EquivarianceTest {
public:
  EquivarianceTest(const EquivarianceCommand &options, Executable &executable, TensorMap parameters)
      : options(options), executable(executable), parameters(std::move(parameters)),
        rotations(runtime::uniformRotations(options.rotations, options.seed, 0)) {}

  /// The errors of each result of `entry`, in order of the rotations, for a random input of
  /// `degrees` degrees. `outputs` has the types of the results by name.
  Result<std::map<std::string, std::vector<double>>>
  errors(const std::string &entry, const FlowType &input, int64_t degrees,
         const std::map<std::string, FlowType> &outputs);

private:
  Result<TensorMap> run(const std::string &entry, const FlowType &input,
                        const std::vector<Complex> &spectra);

  const EquivarianceCommand &options;
  Executable &executable;
  TensorMap parameters;
  std::vector<runtime::Rotation> rotations;
};

Result<TensorMap> EquivarianceTest::run(const std::string &entry, const FlowType &input,
                                        const std::vector<Complex> &spectra) {
  TensorMap arguments = parameters;
  arguments.insert_or_assign("x", spectraTensor(input, spectra));
  return runOnce(executable, entry, arguments, {.file = options.file});
}

Result<std::map<std::string, std::vector<double>>>
EquivarianceTest::errors(const std::string &entry, const FlowType &input, int64_t degrees,
                         const std::map<std::string, FlowType> &outputs) {
  const Result<Signature> signature = executable.signature(entry);
  if (!signature)
    return signature.error();
  const std::vector<Complex> x = randomSpectra(input, degrees, options.seed);
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

struct ErrorSummary {
  double median = 0, largest = 0;
};

ErrorSummary summarize(std::vector<double> errors) {
  std::sort(errors.begin(), errors.end());
  return {errors[errors.size() / 2], errors.back()};
}

/// Whether the layer commutes with rotations but for rounding.
bool isExact(const GraphLayer &layer) {
  const bool aliases = layer.high == "quadrature" || layer.high == "truncated";
  return layer.op != "relu" && layer.op != "rotate" && !aliases;
}

std::string bandLimits(const GraphLayer &layer) {
  const std::string in = std::to_string(layer.input.bandLimit);
  return layer.output.isFunction() ? in + " -> " + std::to_string(layer.output.bandLimit) : in;
}

std::string text(const std::optional<ErrorSummary> &summary) {
  if (!summary)
    return "-                 ";
  char buffer[40];
  std::snprintf(buffer, sizeof(buffer), "%.1e  %.1e  ", summary->median, summary->largest);
  return buffer;
}

/// Prints the table; the names of exact layers above the limit.
Result<std::string> printTable(const EquivarianceCommand &options, EquivarianceTest &test,
                               const std::vector<GraphLayer> &layers) {
  std::map<std::string, FlowType> outputs;
  for (const GraphLayer &layer : layers)
    outputs[layer.name] = layer.output;
  const FlowType input = layers.front().input;
  const int64_t degrees = options.degrees > 0 ? options.degrees : input.bandLimit;
  auto network = test.errors("forward", input, degrees, outputs);
  if (!network)
    return network.error();
  std::printf("%-28s %-14s %-10s %-10s  %-18s  %s\n", "layer", "op", "band-limit", "high", "alone",
              "network up to here");
  std::string above;
  for (size_t i = 0; i < layers.size(); ++i) {
    const GraphLayer &layer = layers[i];
    std::optional<ErrorSummary> alone;
    if (layer.single && layer.input.isFunction()) {
      auto errors = test.errors("layer" + std::to_string(i), layer.input, layer.input.bandLimit,
                                {{"y", layer.output}});
      if (!errors)
        return errors.error();
      alone = summarize(errors->at("y"));
      if (options.limit > 0 && isExact(layer) && !(alone->largest <= options.limit))
        above += (above.empty() ? "" : ", ") + layer.name;
    }
    const std::string limits = layer.input.isFunction() ? bandLimits(layer) : "";
    std::printf("%-28s %-14s %-10s %-10s  %s  %s\n", layer.name.c_str(), layer.op.c_str(),
                limits.c_str(), layer.high.c_str(), text(alone).c_str(),
                text(summarize(network->at(layer.name))).c_str());
    std::fflush(stdout);
  }
  return above;
}

Status equivariance(const EquivarianceCommand &options) {
  Result<std::unique_ptr<Session>> session = Session::load(options.file, options.session);
  if (!session)
    return session.error();
  const runtime::ModelRecord model =
      options.anyModel ? runtime::ModelRecord() : (*session)->record();
  if (Status status = options.withoutRelu ? removeRelu(**session) : Status(Done{}); !status)
    return status;
  const Result<std::vector<GraphLayer>> layers = graphLayers(**session);
  if (!layers)
    return layers.error();
  const Result<std::vector<GraphParameter>> parameters = graphParameters(**session);
  if (!parameters)
    return parameters.error();
  if (layers->empty())
    return commandError("expected a model with layers, got none");
  if (!layers->front().input.isFunction())
    return commandError("expected a model whose input is a function on S2, got another input");
  Result<TensorMap> values = parameterValues(*parameters, options.weights, model, options.seed);
  if (!values)
    return values.error();
  if (Status status = tapSpectra(**session); !status)
    return status;
  Result<std::unique_ptr<Executable>> executable = Executable::create(**session, "forward");
  if (!executable)
    return executable.error();
  EquivarianceTest test(options, **executable, std::move(*values));
  std::printf(
      "|f(R x) - R f(x)| / |f(x) - mean f(x)| of %lld random rotations R: median, largest\n\n",
      static_cast<long long>(options.rotations));
  const Result<std::string> above = printTable(options, test, *layers);
  if (!above)
    return above.error();
  if (above->empty())
    return Done{};
  char limit[32];
  std::snprintf(limit, sizeof(limit), "%g", options.limit);
  return commandError("expected errors up to " + std::string(limit) +
                      " of layers that commute with rotations, got more of " + *above);
}

const char *const examples =
    R"(Inputs are random functions with all degrees below the band-limit, so that a ReLU's aliases count in full; a
digit has less of high degrees. Layers that are linear commute with rotations up to rounding, unless
they fill missing degrees by quadrature. Without --weights, parameters are those that training starts from.

Examples:
  spherical equivariance model.yaml
  spherical equivariance model.yaml --weights weights.safetensors --degrees 8
  spherical equivariance model.yaml --without-relu --target=reference --limit 1e-12
)";

} // namespace

void addEquivarianceCommand(Commands &commands) {
  auto options = std::make_shared<EquivarianceCommand>();
  options->session.entries = {"forward"};
  CLI::App &command =
      commands.add("equivariance", "how far each layer is from commuting with rotations", examples,
                   [options] { return equivariance(*options); });
  command.add_option("FILE", options->file, "model: .yaml, or .mlir of the phase graph")
      ->required();
  command.add_option("--weights", options->weights, "safetensors of 'spherical train'");
  addAnyModelOption(command, options->anyModel);
  command.add_option("--rotations", options->rotations, "how many")
      ->capture_default_str()
      ->transform(natural(1, 10000));
  command.add_option("--degrees", options->degrees, "the network's input has degrees below this")
      ->default_str("the band-limit")
      ->transform(natural(2, 256));
  command.add_option("--seed", options->seed, "of inputs, rotations and parameters")
      ->capture_default_str()
      ->transform(natural(0, anySeed));
  command.add_flag("--without-relu", options->withoutRelu, "remove every ReLU");
  command
      .add_option("--limit", options->limit,
                  "fail if a layer that should commute has a larger error")
      ->transform(number(positive));
  addTargetOption(command, options->session, true);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
