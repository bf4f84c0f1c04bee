//===- network_equivariance.cpp - a network on rotated functions ----------===//

#include "tools/spherical/network_equivariance.h"

#include "tools/spherical/check/signals.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/parameters.h"

#include "runtime/data/conversion.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace spherical::driver {

using runtime::DType;
using runtime::Tensor;

namespace {

/// The result `name` of @forward for any number of samples.
Result<Tensor> resultOf(Executable &executable, const TensorMap &parameters, const Tensor &x,
                        const std::string &file, const std::string &name) {
  const Result<Signature> signature = executable.signature("forward");
  if (!signature)
    return signature.error();
  std::vector<Tensor> parts;
  for (int64_t first = 0; first < x.shape[0]; first += signature->capacity) {
    TensorMap arguments = parameters;
    arguments.insert_or_assign(
        "x", samplesOf(x, first, std::min(signature->capacity, x.shape[0] - first)));
    Result<TensorMap> results = runOnce(executable, "forward", arguments, {.file = file});
    if (!results)
      return results.error();
    parts.push_back(runtime::converted(results->at(name), DType::F64));
  }
  return stacked(parts);
}

/// The errors of the layer `last`'s result for the function `x`.
Result<std::vector<double>> errorsOf(const EquivarianceSettings &settings, Executable &executable,
                                     const TensorMap &parameters, const FlowType &input,
                                     const GraphLayer &last) {
  const Tensor x = randomSignals(input, 1, input.bandLimit, settings.seed);
  const auto rotations = runtime::uniformRotations(settings.rotations, settings.seed, 0);
  const Result<Tensor> plain = resultOf(executable, parameters, x, settings.file, last.name);
  if (!plain)
    return plain.error();
  const Result<Tensor> ofRotated =
      resultOf(executable, parameters, rotated(input, x, rotations), settings.file, last.name);
  if (!ofRotated)
    return ofRotated.error();
  const FlowType &type = last.output;
  std::vector<double> errors =
      distances(type, *ofRotated, rotated(type, *plain, rotations), type.bandLimit);
  for (double &error : errors)
    error /= spread(type, *plain);
  return errors;
}

} // namespace

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
  const Result<TensorMap> values = parameterValues(*parameters, weights, {}, settings.seed);
  if (!values)
    return values.error();
  if (Status status = tapSpectra(**session); !status)
    return status.error();
  Result<std::unique_ptr<Executable>> executable = Executable::create(**session, "forward");
  if (!executable)
    return executable.error();
  Result<std::vector<double>> errors =
      errorsOf(settings, **executable, *values, layers->front().input, layers->back());
  if (!errors)
    return errors.error();
  const double median = summarize(std::move(*errors)).median;
  std::printf("equivariance error: %.2e (median of %lld rotations)\n", median,
              static_cast<long long>(settings.rotations));
  return median;
}

} // namespace spherical::driver
