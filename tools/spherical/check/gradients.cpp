//===- gradients.cpp - gradients and targets, layer by layer --------------===//

#include "tools/spherical/check/gradients.h"

#include "tools/spherical/check/signals.h"

#include "runtime/data/conversion.h"
#include "runtime/data/random.h"

#include <cmath>

namespace spherical::driver {

using runtime::DType;
using runtime::Tensor;

namespace {

double norm(const Tensor &tensor) { return std::sqrt(innerProduct(tensor, tensor)); }

/// a + factor b.
Tensor sum(const Tensor &a, double factor, const Tensor &b) {
  Tensor result = a;
  const std::span<double> values = result.as<double>();
  const std::span<const double> other = b.as<double>();
  for (size_t i = 0; i < values.size(); ++i)
    values[i] += factor * other[i];
  return result;
}

Tensor zerosLike(const Tensor &tensor) { return Tensor::zeros(DType::F64, tensor.shape); }

/// Normally distributed numbers in the shape of a value of the type: of functions, Hermitian
/// spectra.
Tensor randomLike(const FlowType &type, const Tensor &tensor, uint64_t seed) {
  if (type.isFunction())
    return randomSignals(type, tensor.shape[0], type.bandLimit, seed);
  const runtime::RandomNumbers random(seed, runtime::RandomStream::Item);
  Tensor result = zerosLike(tensor);
  const std::span<double> values = result.as<double>();
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = random.normal(i);
  return result;
}

/// One layer at one input.
class LayerMeasurement {
public:
  LayerMeasurement(const Networks &networks, size_t index, const LayerValues &inputs, uint64_t seed,
                   bool byDefinition)
      : networks(networks), layer(networks.definition->layers()[index]), inputs(inputs), seed(seed),
        byDefinition(byDefinition) {}

  Result<LayerNumbers> measure();

private:
  Status measureInput();
  Status measureParameter(const std::string &name);
  Status measureAdjoint(const Tensor &direction);
  Status compare(const std::string &of, const Tensor &slope, const Tensor &direction);
  /// |<c, slope> - <gradient of c, direction>| / |c| |slope| on a network, or nothing if the layer
  /// is constant in the direction.
  Result<double> error(LayerNetwork &network, const std::string &of, const Tensor &slope,
                       const Tensor &direction);
  Result<Tensor> at(LayerNetwork &network, const Tensor &x) {
    LayerValues changed = inputs;
    changed.front() = x;
    return network.run(layer, changed);
  }

  const Networks &networks;
  const LayerProgram &layer;
  const LayerValues &inputs;
  uint64_t seed;
  bool byDefinition;
  LayerNumbers numbers;
};

Result<double> LayerMeasurement::error(LayerNetwork &network, const std::string &of,
                                       const Tensor &slope, const Tensor &direction) {
  const double size = norm(slope);
  if (size == 0)
    return 0.0;
  // Half of c lies along the slope, so that a wrong factor shows in full.
  Tensor c = randomLike(layer.layer.output, slope, seed + 1);
  c = sum(slope, size / norm(c), c);
  const Result<TensorMap> results =
      network.runEntry(layer.entry + "_vjp", layer, inputs, {{"cot.y", c}});
  if (!results)
    return results.error();
  const Tensor gradient = runtime::converted(results->at("grad." + of), DType::F64);
  const double expected = innerProduct(c, slope), got = innerProduct(gradient, direction);
  return std::abs(expected - got) / (norm(c) * size);
}

Status LayerMeasurement::compare(const std::string &of, const Tensor &slope,
                                 const Tensor &direction) {
  const Result<double> definition = error(*networks.gradients, of, slope, direction);
  if (!definition)
    return definition.error();
  numbers.definition.push_back({of, *definition});
  if (!networks.target)
    return Done{};
  const Result<double> target = error(*networks.target, of, slope, direction);
  if (!target)
    return target.error();
  numbers.target.push_back({of, *target});
  return Done{};
}

/// Steps of central differences: their error is step^2, and step of what bends at kinks.
constexpr double step = 1e-5;

Status LayerMeasurement::measureInput() {
  const Tensor &x = inputs.front();
  Tensor direction = randomLike(layer.inputs.front().type, x, seed);
  const double size = norm(x) > 0 ? norm(x) : 1;
  direction = sum(zerosLike(x), size / norm(direction), direction);
  if (numbers.inexactByRule)
    return Done{};
  if (!byDefinition)
    return networks.target ? measureAdjoint(direction) : Status(Done{});
  const Result<Tensor> up = at(*networks.definition, sum(x, step, direction));
  if (!up)
    return up.error();
  const Result<Tensor> down = at(*networks.definition, sum(x, -step, direction));
  if (!down)
    return down.error();
  const Tensor slope = sum(zerosLike(*up), 0.5 / step, difference(*up, *down));
  if (Status status = compare("x", slope, direction); !status)
    return status;
  return networks.target ? measureAdjoint(direction) : Status(Done{});
}

Status LayerMeasurement::measureAdjoint(const Tensor &direction) {
  if (layer.inputs.size() != 1)
    return Done{};
  LayerNetwork &judge = byDefinition ? *networks.definition : *networks.target;
  const double rounding = byDefinition ? 1e-9 : 1e-4;
  const Tensor zero = zerosLike(inputs.front());
  LayerValues values; // f(0), f(v), f(-2 v)
  for (const double factor : {0.0, 1.0, -2.0}) {
    Result<Tensor> value = at(judge, sum(zero, factor, direction));
    if (!value)
      return value.error();
    values.push_back(std::move(*value));
  }
  const Tensor once = difference(values[1], values[0]), other = difference(values[2], values[0]);
  if (!(norm(sum(other, 2, once)) <= rounding * norm(other)))
    return Done{}; // not linear
  const Result<Tensor> ofZero = at(*networks.target, zero);
  if (!ofZero)
    return ofZero.error();
  const Result<Tensor> ofDirection = at(*networks.target, direction);
  if (!ofDirection)
    return ofDirection.error();
  const Result<double> adjoint =
      error(*networks.target, "x", difference(*ofDirection, *ofZero), direction);
  if (!adjoint)
    return adjoint.error();
  numbers.adjoint = *adjoint;
  return Done{};
}

Status LayerMeasurement::measureParameter(const std::string &name) {
  const Tensor value = runtime::converted(networks.definition->parameters().at(name), DType::F64);
  Tensor direction = randomLike({}, value, seed);
  direction = sum(zerosLike(value), (norm(value) + 1) / norm(direction), direction);
  const Result<Tensor> up =
      networks.definition->run(layer, inputs, {{name, sum(value, step, direction)}});
  if (!up)
    return up.error();
  const Result<Tensor> down =
      networks.definition->run(layer, inputs, {{name, sum(value, -step, direction)}});
  if (!down)
    return down.error();
  return compare(name, sum(zerosLike(*up), 0.5 / step, difference(*up, *down)), direction);
}

Result<LayerNumbers> LayerMeasurement::measure() {
  numbers.inexactByRule = layer.layer.high == "truncated";
  if (!byDefinition) {
    if (Status status = measureInput(); !status)
      return status.error();
    return std::move(numbers);
  }
  if (networks.target) {
    const Result<Tensor> expected = networks.definition->run(layer, inputs);
    if (!expected)
      return expected.error();
    const Result<Tensor> got = networks.target->run(layer, inputs);
    if (!got)
      return got.error();
    const double size = norm(*expected);
    numbers.agreement = size == 0 ? norm(*got) : norm(difference(*got, *expected)) / size;
  }
  if (Status status = measureInput(); !status)
    return status.error();
  for (const std::string &name : layer.learned)
    if (Status status = measureParameter(name); !status)
      return status.error();
  return std::move(numbers);
}

} // namespace

Result<LayerNumbers> measureNumbers(const Networks &networks, size_t layer,
                                    const LayerValues &inputs, uint64_t seed, bool byDefinition) {
  return LayerMeasurement(networks, layer, inputs, seed, byDefinition).measure();
}

} // namespace spherical::driver
