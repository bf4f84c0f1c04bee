//===- equivariance.cpp - errors of layers under rotation -----------------===//

#include "tools/spherical/check/equivariance.h"

#include "runtime/reference/spectrum.h"

#include <algorithm>
#include <cmath>

namespace spherical::driver {

using runtime::Rotation;
using runtime::Tensor;

namespace {

/// Channels that are enough to measure what a pointwise layer does to each by itself.
constexpr int64_t fewChannels = 4;

/// How much larger the grids are that a pointwise layer is tried on; of large band-limits only the
/// last, with one channel and one rotation.
constexpr int64_t raisedBy[] = {1, 2, 4}, largeBandLimit = 24;

/// One measurement of a network on one input.
class Measurement {
public:
  Measurement(LayerNetwork &network, const Tensor &x, const RotationSettings &settings)
      : network(network), runner(settings.compiled ? *settings.compiled : network), x(x),
        settings(settings),
        rotations(runtime::uniformRotations(settings.rotations, settings.seed, 0)) {}

  Result<NetworkErrors> measure();

private:
  const LayerProgram &layer(size_t i) const { return network.layers()[i]; }
  size_t count() const { return network.layers().size(); }
  const FlowType &typeBefore(const LayerInput &input) const { return input.type; }

  Status passes();
  Status measureAlone(size_t i);
  Status measureTraining(size_t i);
  Status findCause(size_t i);
  Status raise(size_t i);
  Status measureParts();
  void summarizeEnd();
  void keepShown();

  ErrorSummary errorsOf(size_t i, const Tensor &values, const Tensor &expected) const;
  /// The error of the layer changed, for its input as it is.
  Result<ErrorSummary> changedErrors(size_t i, const LayerChange &change);
  /// The same of a pointwise layer on a finer grid and few channels, in the degrees that matter.
  Result<double> errorAt(size_t i, int64_t bandLimit);
  int64_t degreesThatMatter(size_t i) const;

  LayerNetwork &network;
  LayerNetwork &runner; ///< of layers as they are
  const Tensor &x;
  const RotationSettings &settings;
  const std::vector<Rotation> rotations;
  /// What layers give for x; that rotated; what they give for rotated x; and for their rotated
  /// inputs.
  LayerValues plain, turned, ofRotated, alone;
  Tensor rotatedX;
  NetworkErrors result;
};

ErrorSummary Measurement::errorsOf(size_t i, const Tensor &values, const Tensor &expected) const {
  const FlowType &type = layer(i).layer.output;
  std::vector<double> errors = distances(type, values, expected, type.bandLimit);
  const double scale = spread(type, plain[i]);
  for (double &error : errors)
    error = error == 0 ? 0 : error / scale;
  return summarize(std::move(errors));
}

Status Measurement::passes() {
  rotatedX = rotated(network.input(), x, rotations);
  Result<LayerValues> ofX = runner.pass(x);
  if (!ofX)
    return ofX.error();
  plain = std::move(*ofX);
  Result<LayerValues> ofRotatedX = runner.pass(rotatedX);
  if (!ofRotatedX)
    return ofRotatedX.error();
  ofRotated = std::move(*ofRotatedX);
  for (size_t i = 0; i < count(); ++i) {
    turned.push_back(rotated(layer(i).layer.output, plain[i], rotations));
    if (layer(i).rotates)
      result.layers[i].network = errorsOf(i, ofRotated[i], turned[i]);
  }
  return Done{};
}

Status Measurement::measureAlone(size_t i) {
  const bool ofFunctions = std::ranges::any_of(
      layer(i).inputs, [](const LayerInput &input) { return input.type.isFunction(); });
  alone.push_back(turned[i]);
  if (!ofFunctions || !layer(i).rotates)
    return Done{};
  Result<Tensor> values = runner.run(layer(i), network.inputsOf(layer(i), rotatedX, turned));
  if (!values)
    return values.error();
  alone[i] = std::move(*values);
  result.layers[i].alone = errorsOf(i, alone[i], turned[i]);
  return layer(i).statistics.empty() ? Status(Done{}) : measureTraining(i);
}

Result<ErrorSummary> Measurement::changedErrors(size_t i, const LayerChange &change) {
  const FlowType &type = layer(i).layer.output;
  const Result<Tensor> own =
      network.runChanged(i, change, network.inputsOf(layer(i), x, plain).front());
  if (!own)
    return own.error();
  const Result<Tensor> values =
      network.runChanged(i, change, network.inputsOf(layer(i), rotatedX, turned).front());
  if (!values)
    return values.error();
  std::vector<double> errors =
      distances(type, *values, rotated(type, *own, rotations), type.bandLimit);
  for (double &error : errors)
    error /= spread(type, *own);
  return summarize(std::move(errors));
}

Status Measurement::measureTraining(size_t i) {
  LayerErrors &errors = result.layers[i];
  const Result<ErrorSummary> training = changedErrors(i, {.batchStatistics = layer(i).statistics});
  if (!training)
    return training.error();
  errors.training = *training;
  if (training->median <= settings.rounding || layer(i).statistics == "area")
    return Done{};
  const Result<ErrorSummary> area = changedErrors(i, {.batchStatistics = "area"});
  if (!area)
    return area.error();
  errors.remedied = area->median;
  if (area->median <= settings.rounding)
    errors.cause = Cause::Statistics;
  return Done{};
}

/// The degrees of the layer's result below which any layer after it looks.
int64_t Measurement::degreesThatMatter(size_t i) const {
  const int64_t own = layer(i).layer.output.bandLimit;
  int64_t most = 0;
  for (const LayerProgram &next : network.layers())
    for (const LayerInput &input : next.inputs)
      if (input.from == static_cast<int64_t>(i)) {
        const bool truncates = next.degrees > 0 || next.layer.op == "resample";
        const int64_t looks = next.layer.op == "so3_integrate" ? 1 : next.layer.output.bandLimit;
        most = std::max(most, truncates || looks == 1 ? std::min(own, looks) : own);
      }
  return most == 0 ? own : most;
}

Result<double> Measurement::errorAt(size_t i, int64_t bandLimit) {
  const FlowType &before = layer(i).layer.input;
  const bool large = before.bandLimit > largeBandLimit;
  const int64_t channels = large ? 1 : std::min(fewChannels, before.channels);
  const std::span<const Rotation> some(rotations.data(), large ? 1 : rotations.size());
  const FlowType few = {before.onSO3, channels, before.bandLimit};
  const FlowType fine = {before.onSO3, channels, bandLimit};
  const Tensor input =
      withBandLimit(before, network.inputsOf(layer(i), x, plain).front(), bandLimit, channels);
  const LayerChange change{.bandLimit = bandLimit, .channels = channels};
  const Result<Tensor> own = network.runChanged(i, change, input);
  if (!own)
    return own.error();
  const Result<Tensor> values = network.runChanged(i, change, rotated(fine, input, some));
  if (!values)
    return values.error();
  std::vector<double> errors =
      distances(fine, *values, rotated(fine, *own, some), degreesThatMatter(i));
  const double scale = spread(few, withBandLimit(fine, *own, few.bandLimit, channels));
  for (double &error : errors)
    error /= scale;
  return summarize(std::move(errors)).median;
}

/// The errors on finer grids, the layer's own first.
Status Measurement::raise(size_t i) {
  const FlowType &before = layer(i).layer.input;
  std::vector<int64_t> limits = {before.bandLimit};
  for (const int64_t more : raisedBy)
    if (before.bandLimit <= largeBandLimit || more == raisedBy[2])
      limits.push_back(before.bandLimit + more);
  for (const int64_t limit : limits) {
    const Result<double> error = errorAt(i, limit);
    if (!error)
      return error.error();
    const double ratio = static_cast<double>(limit) / static_cast<double>(before.bandLimit);
    result.layers[i].raises.push_back({limit, *error, 0, std::pow(ratio, before.onSO3 ? 4 : 3)});
  }
  return Done{};
}

Status Measurement::findCause(size_t i) {
  LayerErrors &errors = result.layers[i];
  const GraphLayer &ofGraph = layer(i).layer;
  if (!errors.alone || errors.alone->median <= settings.rounding)
    return Done{};
  errors.cause = layer(i).planar          ? Cause::Planar
                 : ofGraph.op == "rotate" ? Cause::Rotation
                                          : Cause::Unknown;
  if (errors.cause != Cause::Unknown)
    return Done{};
  if (!ofGraph.high.empty() && ofGraph.high != "zero") {
    const Result<ErrorSummary> zero = changedErrors(i, {.zeroHigh = true});
    if (!zero)
      return zero.error();
    errors.remedied = zero->median;
    if (zero->median <= settings.rounding)
      errors.cause = Cause::Upsampling;
    return Done{};
  }
  if (!layer(i).pointwise)
    return Done{};
  if (Status status = raise(i); !status)
    return status;
  // Errors of aliases fall as the grid gets finer; what breaks the symmetry elsewhere stays. Of the
  // degrees l that a kink makes, with amplitudes l^-2, those from b on have together b^-1.5: at
  // least half of that fall, in its logarithm.
  const Raise &own = errors.raises.front(), &finest = errors.raises.back();
  const double finer = static_cast<double>(finest.bandLimit) / static_cast<double>(own.bandLimit);
  const double falls = std::max(0.7, std::pow(finer, -0.75));
  errors.remedied = finest.error;
  if (errors.remedied < falls * own.error)
    errors.cause = Cause::Aliasing;
  return Done{};
}

/// The parts that layers have in the error at the end.
Status Measurement::measureParts() {
  const size_t last = count() - 1;
  const FlowType &type = layer(last).layer.output;
  const Tensor end = weighted(type, turned[last], type.bandLimit);
  Tensor before = weighted(type, ofRotated[last], type.bandLimit);
  const Tensor whole = difference(before, end);
  const double square = innerProduct(whole, whole);
  double squares = 0;
  for (size_t i = 0; i < count(); ++i) {
    LayerErrors &errors = result.layers[i];
    if (errors.alone ? errors.alone->median <= settings.rounding : layer(i).rotates)
      continue;
    const Result<LayerValues> rest =
        runner.passFrom(i + 1, rotatedX, {turned.begin(), turned.begin() + i + 1});
    if (!rest)
      return rest.error();
    Tensor after = weighted(type, rest->back(), type.bandLimit);
    const Tensor part = difference(before, after);
    squares += innerProduct(part, part);
    errors.part = square == 0 ? 0 : std::sqrt(innerProduct(part, part) / square);
    errors.share = square == 0 ? 0 : innerProduct(part, whole) / square;
    before = std::move(after);
  }
  result.sumOfParts = square == 0 ? 0 : result.end.median * std::sqrt(squares / square);
  return Done{};
}

/// What raises would give at the end: the parts of the other layers stay.
void Measurement::summarizeEnd() {
  const double own = result.end.median, together = result.sumOfParts;
  for (LayerErrors &errors : result.layers)
    for (Raise &raise : errors.raises) {
      const double part = errors.part * own;
      const double shrinks = raise.error / errors.raises.front().error;
      const double square = together * together - part * part * (1 - shrinks * shrinks);
      raise.atEnd = together == 0 ? 0 : own / together * std::sqrt(std::max(square, 0.0));
    }
}

void Measurement::keepShown() {
  result.x = x;
  result.rotatedX = samplesOf(rotatedX, 0, 1);
  for (size_t i = 0; i < count(); ++i)
    if (layer(i).layer.output.isFunction())
      result.shown = static_cast<int64_t>(i);
  if (result.shown < 0)
    return;
  result.y = plain[result.shown];
  result.rotatedY = samplesOf(turned[result.shown], 0, 1);
  result.yOfRotated = samplesOf(ofRotated[result.shown], 0, 1);
}

Result<NetworkErrors> Measurement::measure() {
  result.layers.resize(count());
  if (Status status = passes(); !status)
    return status.error();
  for (size_t i = 0; i < count(); ++i) {
    settings.progress(layer(i).layer.name);
    if (Status status = measureAlone(i); !status)
      return status.error();
    if (Status status = findCause(i); !status)
      return status.error();
  }
  keepShown();
  const size_t last = count() - 1;
  if (!layer(last).rotates) {
    result.end = summarize({});
    return std::move(result);
  }
  result.end = *result.layers[last].network;
  if (Status status = measureParts(); !status)
    return status.error();
  summarizeEnd();
  return std::move(result);
}

} // namespace

Result<NetworkErrors> measureEquivariance(LayerNetwork &network, const Tensor &x,
                                          const RotationSettings &settings) {
  return Measurement(network, x, settings).measure();
}

} // namespace spherical::driver
