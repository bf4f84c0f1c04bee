//===- execute.cpp - run entries on named tensors -------------------------===//

#include "tools/spherical/driver/execute.h"

#include <algorithm>

namespace spherical::driver {

using runtime::DType;
using runtime::Tensor;

/// Calls use(T()) with the C++ type of a number type; false for types that are not computed with.
template <typename F> static bool withType(DType dtype, F use) {
  switch (dtype) {
  case DType::F32:
    use(float());
    return true;
  case DType::F64:
    use(double());
    return true;
  case DType::I32:
    use(int32_t());
    return true;
  case DType::I64:
    use(int64_t());
    return true;
  case DType::U8:
    use(uint8_t());
    return true;
  default:
    return false;
  }
}

Tensor converted(const Tensor &tensor, DType dtype) {
  if (tensor.dtype == dtype)
    return tensor;
  Tensor result = Tensor::zeros(dtype, tensor.shape);
  withType(tensor.dtype, [&](auto from) {
    withType(dtype, [&](auto to) {
      const auto source = tensor.as<decltype(from)>();
      const auto target = result.as<decltype(to)>();
      for (size_t i = 0; i < source.size(); ++i)
        target[i] = static_cast<decltype(to)>(source[i]);
    });
  });
  return result;
}

void resolvePrepared(Signature &signature, const Signature &prepare) {
  std::vector<EntryValue> &arguments = signature.arguments;
  const auto removed = std::erase_if(
      arguments, [](const EntryValue &value) { return value.role == "prepared"; });
  if (removed == 0)
    return;
  for (const EntryValue &value : prepare.arguments) {
    const bool known = std::ranges::any_of(
        arguments, [&](const EntryValue &other) { return other.name == value.name; });
    if (!known)
      arguments.push_back(value);
  }
}

namespace {

bool isInteger(DType dtype) {
  return dtype == DType::I32 || dtype == DType::I64 || dtype == DType::U8;
}

/// Whether numbers of `from` may stand for numbers of `to`.
bool convertible(DType from, DType to) {
  const bool known = withType(from, [](auto) {});
  return known && (isInteger(from) || !isInteger(to));
}

Error argumentError(const std::string &file, const std::string &name, const std::string &message) {
  return Error{file + ": error: '" + name + "' " + message};
}

/// Matches one argument after the other, keeping the number of samples that the first batched one has.
class ArgumentMatcher {
public:
  ArgumentMatcher(const Signature &signature, const TensorMap &inputs, double learningRate,
                  const std::string &file)
      : signature(signature), inputs(inputs), learningRate(learningRate), file(file) {}

  Status add(const EntryValue &value);
  /// The number of samples can only be told once all inputs are seen.
  void finish();

  TensorMap arguments;
  int64_t count = 0;

private:
  Result<Tensor> absent(const EntryValue &value) const;
  Status checkShape(const EntryValue &value, const Tensor &tensor);

  const Signature &signature;
  const TensorMap &inputs;
  const double learningRate;
  const std::string &file;
  std::string countName;
};

Result<Tensor> ArgumentMatcher::absent(const EntryValue &value) const {
  Tensor tensor = Tensor::zeros(value.dtype, value.shape);
  const bool initial = value.role == "state" || value.role == "moment";
  const double fill = value.role == "learning_rate" ? learningRate : value.fill;
  if (!initial && value.role != "learning_rate") {
    std::vector<std::string> names;
    for (const auto &[name, given] : inputs)
      names.push_back(name);
    const std::string nearest = nearestWord(value.name, names);
    return argumentError(file, value.name,
                         "expected as " + (value.role.empty() ? "an argument" : value.role) +
                             " of shape " + runtime::shapeText(value.shape) + ", got none" +
                             (nearest.empty() ? "" : " (did you mean '" + nearest + "'?)"));
  }
  withType(value.dtype, [&](auto type) {
    std::ranges::fill(tensor.as<decltype(type)>(), static_cast<decltype(type)>(fill));
  });
  return tensor;
}

Status ArgumentMatcher::checkShape(const EntryValue &value, const Tensor &tensor) {
  std::vector<int64_t> expected = value.shape;
  if (value.batched) {
    const int64_t samples = tensor.shape.empty() ? 0 : tensor.shape[0];
    if (samples < 1 || samples > signature.capacity)
      return argumentError(file, value.name,
                           "expected 1 to " + std::to_string(signature.capacity) +
                               " samples, got shape " + runtime::shapeText(tensor.shape));
    if (count != 0 && samples != count)
      return argumentError(file, value.name,
                           "expected " + std::to_string(count) + " samples as in '" + countName +
                               "', got " + std::to_string(samples));
    if (count == 0)
      countName = value.name;
    count = samples;
    expected[0] = samples;
  }
  if (tensor.shape != expected)
    return argumentError(file, value.name,
                         "expected shape " + runtime::shapeText(expected) + ", got " +
                             runtime::shapeText(tensor.shape));
  return Done{};
}

Status ArgumentMatcher::add(const EntryValue &value) {
  if (value.role == "count")
    return Done{};
  const auto given = inputs.find(value.name);
  if (given == inputs.end()) {
    Result<Tensor> tensor = absent(value);
    if (!tensor)
      return tensor.error();
    arguments.emplace(value.name, std::move(*tensor));
    return Done{};
  }
  if (!convertible(given->second.dtype, value.dtype))
    return argumentError(file, value.name,
                         "expected values of type " + std::string(dtypeName(value.dtype)) +
                             ", got " + dtypeName(given->second.dtype));
  Status shape = checkShape(value, given->second);
  if (!shape)
    return shape;
  arguments.emplace(value.name, converted(given->second, value.dtype));
  return Done{};
}

void ArgumentMatcher::finish() {
  if (count == 0)
    count = signature.capacity;
  for (const EntryValue &value : signature.arguments)
    if (value.role == "count")
      arguments.emplace(value.name, converted(Tensor::scalar<int64_t>(count), value.dtype));
}

} // namespace

Result<TensorMap> matchArguments(const Signature &signature, const TensorMap &inputs,
                                 double learningRate, const std::string &file, int64_t &count) {
  ArgumentMatcher matcher(signature, inputs, learningRate, file);
  for (const EntryValue &value : signature.arguments) {
    Status status = matcher.add(value);
    if (!status)
      return status.error();
  }
  matcher.finish();
  count = matcher.count;
  return std::move(matcher.arguments);
}

Result<TensorMap> runOnce(Executable &executable, const std::string &entry, const TensorMap &inputs,
                          double learningRate, const std::string &file) {
  Result<Signature> signature = executable.signature(entry);
  if (!signature)
    return signature.error();
  int64_t count = 0;
  Result<TensorMap> arguments = matchArguments(*signature, inputs, learningRate, file, count);
  if (!arguments)
    return arguments.error();
  return executable.run(entry, *arguments, count);
}

/// The training loss at the current parameters, without a step.
static Result<double> lossOf(Executable &executable, const TensorMap &arguments, int64_t count) {
  Result<TensorMap> results = executable.run("loss_and_gradients", arguments, count);
  if (!results)
    return results.error();
  return converted(results->at("loss"), DType::F64).as<double>()[0];
}

Result<TensorMap> runSteps(Executable &executable, int64_t steps, const TensorMap &inputs,
                           double learningRate, const std::string &file) {
  Result<Signature> signature = executable.signature("train_step");
  if (!signature)
    return signature.error();
  int64_t count = 0;
  Result<TensorMap> arguments = matchArguments(*signature, inputs, learningRate, file, count);
  if (!arguments)
    return arguments.error();
  TensorMap outputs;
  std::vector<double> losses;
  for (int64_t step = 1; step <= steps; ++step) {
    Result<TensorMap> results = executable.run("train_step", *arguments, count);
    if (!results)
      return results.error();
    losses.push_back(converted(results->at("loss"), DType::F64).as<double>()[0]);
    for (const EntryValue &value : signature->results) {
      if (value.replaces.empty())
        continue;
      Tensor &next = results->at(value.name);
      outputs["step" + std::to_string(step) + "." + value.replaces] = next;
      outputs[value.replaces] = next;
      arguments->at(value.replaces) = std::move(next);
    }
  }
  Result<double> last = lossOf(executable, *arguments, count);
  if (!last)
    return last.error();
  losses.push_back(*last);
  outputs["losses"] = Tensor::of<double>({steps + 1}, losses);
  return outputs;
}

} // namespace spherical::driver
