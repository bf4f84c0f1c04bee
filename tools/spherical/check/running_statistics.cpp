//===- running_statistics.cpp - weights against data ----------------------===//

#include "tools/spherical/check/running_statistics.h"

#include "tools/spherical/check/signals.h"

#include "runtime/data/conversion.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace spherical::driver {

using runtime::DType;
using runtime::Tensor;

namespace {

/// Statistics this far off are not those of the data.
constexpr double far = 0.25;
/// What brings them this much nearer explains it.
constexpr double nearer = 1.0 / 3;

struct Moments {
  std::vector<double> mean, variance;
};

/// Mean and variance of each channel, of functions by their integrals.
Moments momentsOf(const FlowType &type, const Tensor &values) {
  const Tensor weightedValues = weighted(type, values, type.bandLimit);
  const std::span<const double> all = weightedValues.as<double>();
  const int64_t count = values.shape[0], channels = type.channels;
  const int64_t size = values.size() / (count * channels);
  Moments moments{std::vector<double>(channels), std::vector<double>(channels)};
  for (int64_t at = 0; at < count * channels; ++at) {
    const std::span<const double> one = all.subspan(at * size, size);
    double square = 0;
    for (const double value : one)
      square += value * value;
    moments.mean[at % channels] += one[0] / static_cast<double>(count);
    moments.variance[at % channels] += square / static_cast<double>(count);
  }
  for (int64_t c = 0; c < channels; ++c)
    moments.variance[c] -= moments.mean[c] * moments.mean[c];
  return moments;
}

/// Another order of a parameter's numbers.
struct Reordering {
  std::string order;
  bool ofPoints = false;
  Tensor values;
};

/// The value whose element [i, j, k] is the element [j, i, k] of the numbers as they lie.
Tensor transposed(const Tensor &value) {
  const int64_t rows = value.shape[0], columns = value.shape[1];
  const int64_t inner = value.size() / (rows * columns);
  Tensor result = value;
  const auto from = value.as<double>().begin();
  const auto to = result.as<double>().begin();
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      std::copy_n(from + (j * rows + i) * inner, inner, to + (i * columns + j) * inner);
  return result;
}

/// A kernel [in, out, point] whose point p is taken from place `source[p]`.
Tensor withPoints(const Tensor &kernel, const std::vector<int64_t> &source) {
  Tensor result = kernel;
  const std::span<const double> from = kernel.as<double>();
  const std::span<double> to = result.as<double>();
  const auto points = static_cast<int64_t>(source.size());
  for (int64_t at = 0; at < kernel.size(); ++at)
    to[at] = from[at / points * points + source[at % points]];
  return result;
}

const char *const angleNames[] = {"beta", "alpha", "gamma"};

/// The places of points whose angles lie in another order of axes, order[0] slowest.
std::vector<int64_t> permutedPoints(const std::array<int64_t, 3> &counts,
                                    const std::array<int, 3> &order) {
  std::vector<int64_t> source;
  for (int64_t b = 0; b < counts[0]; ++b)
    for (int64_t a = 0; a < counts[1]; ++a)
      for (int64_t g = 0; g < counts[2]; ++g) {
        const std::array<int64_t, 3> index = {b, a, g};
        int64_t place = 0;
        for (const int axis : order)
          place = place * counts[axis] + index[axis];
        source.push_back(place);
      }
  return source;
}

/// The places of points with alpha the other way round.
std::vector<int64_t> mirroredPoints(const std::array<int64_t, 3> &counts) {
  std::vector<int64_t> source;
  for (int64_t b = 0; b < counts[0]; ++b)
    for (int64_t a = 0; a < counts[1]; ++a)
      for (int64_t g = 0; g < counts[2]; ++g)
        source.push_back((b * counts[1] + (counts[1] - a) % counts[1]) * counts[2] + g);
  return source;
}

void addPointOrders(const LayerProgram &layer, const Tensor &kernel,
                    std::vector<Reordering> &orders) {
  const std::array<int64_t, 3> counts = layer.counts;
  if (counts[0] == 0)
    return;
  std::array<int, 3> order = {0, 1, 2};
  while (std::next_permutation(order.begin(), order.end())) {
    std::string names;
    for (const int axis : order)
      if (axis < 2 || layer.layer.op != "s2_conv")
        names += (names.empty() ? "" : ", ") + std::string(angleNames[axis]);
    orders.push_back({"points in the order [" + names + "], the first slowest", true,
                      withPoints(kernel, permutedPoints(counts, order))});
  }
  orders.push_back(
      {"points with alpha the other way round", true, withPoints(kernel, mirroredPoints(counts))});
}

/// The orders in which other programs have a parameter, apart from its own.
std::vector<Reordering> ordersOf(const LayerProgram &layer, const Tensor &stored) {
  const Tensor value = runtime::converted(stored, DType::F64);
  std::vector<Reordering> orders;
  if (value.shape.size() < 2)
    return orders;
  const bool isKernel = !layer.points.empty();
  orders.push_back({isKernel ? "axes [channel out, channel in, point]" : "axes transposed", false,
                    transposed(value)});
  if (isKernel)
    addPointOrders(layer, value, orders);
  std::erase_if(orders, [&](const Reordering &order) { return order.values.bytes == value.bytes; });
  return orders;
}

class Comparison {
public:
  Comparison(LayerNetwork &network, const Tensor &x) : network(network), x(x) {}

  Result<StatisticsReport> compare();

private:
  const LayerProgram &layer(size_t i) const { return network.layers()[i]; }
  double errorOf(size_t norm, const LayerValues &values) const;
  Status suspect(size_t first, size_t norm, double error);
  /// The error of the statistics with a layer's parameter changed.
  Result<double> errorWith(size_t changed, size_t norm, const TensorMap &change);

  LayerNetwork &network;
  const Tensor &x;
  LayerValues plain;
  StatisticsReport report;
};

double Comparison::errorOf(size_t norm, const LayerValues &values) const {
  constexpr double most = 10, epsilon = 1e-5;
  const LayerProgram &own = layer(norm);
  const Moments moments =
      momentsOf(own.inputs.front().type, network.inputsOf(own, x, values).front());
  const auto numbers = [&](size_t place) { // weight, bias, mean, variance
    return runtime::converted(network.parameters().at(own.parameters[place]), DType::F64);
  };
  const Tensor mean = numbers(2), variance = numbers(3);
  double sum = 0;
  for (size_t c = 0; c < moments.mean.size(); ++c) {
    const double running = variance.as<double>()[c] + epsilon;
    const double off = std::abs(moments.mean[c] - mean.as<double>()[c]) / std::sqrt(running);
    const double ratio = (std::max(moments.variance[c], 0.0) + epsilon) / running;
    sum += std::min(most, off + std::abs(std::log(ratio)) / 2);
  }
  return sum / static_cast<double>(moments.mean.size());
}

Result<double> Comparison::errorWith(size_t changed, size_t norm, const TensorMap &change) {
  LayerValues values = plain;
  for (size_t i = changed; i < norm; ++i) {
    Result<Tensor> value = network.run(layer(i), network.inputsOf(layer(i), x, values),
                                       i == changed ? change : TensorMap());
    if (!value)
      return value.error();
    values[i] = std::move(*value);
  }
  return errorOf(norm, values);
}

Status Comparison::suspect(size_t first, size_t norm, double error) {
  std::optional<WeightSuspicion> best;
  for (size_t i = first; i < norm; ++i)
    for (const std::string &name : layer(i).learned)
      for (const Reordering &order : ordersOf(layer(i), network.parameters().at(name))) {
        const Result<double> after = errorWith(i, norm, {{name, order.values}});
        if (!after)
          return after.error();
        if (*after < nearer * error && (!best || *after < best->after))
          best = {i, norm, name, order.ofPoints, order.order, error, *after};
      }
  if (best)
    report.suspicions.push_back(*best);
  return Done{};
}

Result<StatisticsReport> Comparison::compare() {
  Result<LayerValues> values = network.pass(x);
  if (!values)
    return values.error();
  plain = std::move(*values);
  size_t first = 0;
  for (size_t i = 0; i < network.layers().size(); ++i) {
    if (layer(i).layer.op != "batch_norm" || layer(i).planar)
      continue;
    const double error = errorOf(i, plain);
    report.norms.push_back({i, error});
    // What is wrong before a layer is wrong after it: the first one tells.
    if (error > far && report.suspicions.empty())
      if (Status status = suspect(first, i, error); !status)
        return status.error();
    first = i + 1;
  }
  return std::move(report);
}

} // namespace

Result<StatisticsReport> compareStatistics(LayerNetwork &network, const Tensor &x) {
  return Comparison(network, x).compare();
}

} // namespace spherical::driver
