//===- self_check.cpp - values by which a library checks itself -----------===//

#include "tools/spherical/driver/self_check.h"

#include "runtime/data/conversion.h"
#include "runtime/data/random.h"
#include "runtime/execute/self_check.h"
#include "tools/spherical/driver/reference_executable.h"
#include "tools/spherical/driver/tolerance.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

namespace spherical::driver {

using runtime::DType;
using runtime::Tensor;

namespace {

constexpr uint64_t seed = 1;
/// Values that are kept of a result.
constexpr int64_t most = 64;
/// Operations of the definitions, by their estimate: some seconds.
constexpr double affordable = 2e9;

/// Multiplications of the separable sums of a transform of `channels` functions.
double transformCost(const FlowType &type) {
  const auto b = static_cast<double>(type.bandLimit);
  constexpr double onSO3 = 48, onS2 = 16; // (2b)^3 values, 2b terms, three angles; less on S2
  return static_cast<double>(type.channels) *
         (type.onSO3 ? onSO3 * b * b * b * b : onS2 * b * b * b);
}

/// The arguments of a check, each number times 1 + r with a random |r| <= `disturbance`.
Result<TensorMap> argumentsOf(const Signature &signature,
                              const std::vector<GraphParameter> &parameters, double disturbance) {
  TensorMap arguments;
  for (const EntryValue &value : signature.arguments) {
    std::vector<int64_t> shape = value.shape;
    if (value.batched)
      shape[0] = 1;
    const auto kept = std::ranges::find(parameters, value.name, &GraphParameter::name);
    const bool isKept = kept != parameters.end();
    const int64_t size = runtime::elementCount(shape);
    const std::vector<float> values = runtime::selfCheckValues(
        value.name, isKept ? kept->init : "", isKept ? kept->scale : 1, size, seed);
    const runtime::RandomNumbers random(seed, runtime::RandomStream::Item,
                                        runtime::hashText(value.name.c_str()));
    std::vector<double> numbers(values.begin(), values.end());
    for (int64_t i = 0; i < size && disturbance > 0; ++i)
      numbers[i] *= 1 + disturbance * (2 * random.uniforms(i)[0] - 1);
    arguments.emplace(value.name, Tensor::of<double>(shape, numbers));
  }
  return arguments;
}

/// What stands in the way of a check, or "".
std::string obstacle(const Signature &signature) {
  bool batched = false;
  for (const EntryValue &value : signature.arguments) {
    const bool known = value.role == "input" || value.role == "parameter" || value.role == "state";
    if (!known || !runtime::isFloat(value.declared) || value.constraints.spectrum)
      return "'" + value.name + "' is no array of real numbers, parameter or state";
    batched |= value.batched;
  }
  return batched ? "" : "nothing tells which axis is the batch";
}

/// Evenly spread positions of an array.
std::vector<int64_t> positionsIn(int64_t size) {
  std::vector<int64_t> positions;
  for (int64_t i = 0; i < std::min(size, most); ++i)
    positions.push_back(i * size / std::min(size, most));
  return positions;
}

class CheckValues {
public:
  CheckValues(const TensorMap &results, const TensorMap &disturbed) {
    for (const auto &[name, tensor] : results) {
      const std::span<const double> values = tensor.as<double>();
      const std::span<const double> others = disturbed.at(name).as<double>();
      llvm::json::Array positions, kept;
      for (const int64_t at : positionsIn(tensor.size())) {
        positions.push_back(at);
        kept.push_back(values[at]);
        square += values[at] * values[at];
        change += (values[at] - others[at]) * (values[at] - others[at]);
      }
      list.push_back(llvm::json::Object{
          {"name", name}, {"positions", std::move(positions)}, {"values", std::move(kept)}});
    }
  }

  /// The text for the manifest; results may be off by what rounding explains.
  std::string text(double rounding) {
    const double relative = square == 0 ? 0 : std::sqrt(change / square);
    const double tolerance = std::max(rounding, kChangeMargin * relative);
    std::string text;
    llvm::raw_string_ostream(text)
        << llvm::json::Value(llvm::json::Object{{"entry", "forward"},
                                                {"seed", static_cast<int64_t>(seed)},
                                                {"tolerance", tolerance},
                                                {"results", std::move(list)}});
    return text;
  }

private:
  llvm::json::Array list;
  double square = 0, change = 0;
};

} // namespace

double definitionCost(const std::vector<GraphLayer> &layers) {
  double cost = 0;
  for (const GraphLayer &layer : layers) {
    if (!layer.input.isFunction())
      continue;
    const auto b = static_cast<double>(std::min(layer.input.bandLimit, layer.output.bandLimit));
    const bool mixes = layer.op.find("conv") != std::string::npos || layer.op == "so3_to_s2";
    cost += transformCost(layer.input) + transformCost(layer.output);
    if (mixes) // products of spectra, and the transform of kernels of some hundred points
      cost += static_cast<double>(layer.input.channels * layer.output.channels) *
              (2 * b * b * b * b + 300 * b * b * b);
  }
  return cost;
}

Result<std::string> addSelfCheck(Session &session) {
  const Result<std::vector<GraphLayer>> layers = graphLayers(session);
  if (!layers)
    return std::string("only models of the phase graph with a function @forward have them");
  if (definitionCost(*layers) > affordable)
    return std::string("by the definitions they would take too long");
  const Result<std::vector<GraphParameter>> parameters = graphParameters(session);
  if (!parameters)
    return parameters.error();
  Result<std::unique_ptr<Executable>> executable = createReferenceExecutable(session, "forward");
  if (!executable)
    return executable.error();
  const Result<Signature> signature = (*executable)->signature("forward");
  if (!signature)
    return signature.error();
  if (const std::string reason = obstacle(*signature); !reason.empty())
    return reason;
  const bool isDouble = signature->results.front().declared == DType::F64;
  const double epsilon = isDouble ? 0x1p-53 : 0x1p-24;
  TensorMap results[2];
  for (int i = 0; i < 2; ++i) {
    const Result<TensorMap> arguments = argumentsOf(*signature, *parameters, i * 16 * epsilon);
    if (!arguments)
      return arguments.error();
    Result<TensorMap> values = (*executable)->run("forward", *arguments, 1);
    if (!values)
      return values.error();
    results[i] = std::move(*values);
  }
  mlir::Builder builder(&session.context());
  session.module()->setAttr(
      "spherical.self_check",
      builder.getStringAttr(CheckValues(results[0], results[1])
                                .text(roundingTolerance(session.options(), epsilon, kModelTerms))));
  return std::string();
}

} // namespace spherical::driver
