//===- execute.cpp - run entries on named tensors -------------------------===//

#include "tools/spherical/driver/execute.h"

#include "runtime/data/conversion.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace spherical::driver {

using runtime::DType;
using runtime::Tensor;

void resolvePrepared(Signature &signature, const Signature &prepare) {
  std::vector<EntryValue> &arguments = signature.arguments;
  const auto removed =
      std::erase_if(arguments, [](const EntryValue &value) { return value.role == "prepared"; });
  if (removed == 0)
    return;
  for (const EntryValue &value : prepare.arguments) {
    const bool known = std::ranges::any_of(
        arguments, [&](const EntryValue &other) { return other.name == value.name; });
    if (!known)
      arguments.push_back(value);
  }
}

void noteAbsentStates(const std::string &file, const std::vector<std::string> &states) {
  constexpr size_t most = 6;
  std::string names;
  for (size_t i = 0; i < std::min(states.size(), most); ++i)
    names += (i == 0 ? "'" : ", '") + states[i] + "'";
  if (states.size() > most)
    names += " and " + std::to_string(states.size() - most) + " more";
  if (!states.empty())
    std::fprintf(stderr, "%s: note: no values of %s: they start from their initial values\n",
                 file.c_str(), names.c_str());
}

namespace {

bool isKept(const EntryValue &value) {
  return value.role == "parameter" || value.role == "state" || value.role == "moment" ||
         value.role == "average";
}

/// The values of an input as `dtype`; throws std::runtime_error with what is wrong.
Tensor inputValues(const EntryValue &value, const Tensor &tensor, DType dtype,
                   bool allowNonFinite) {
  if (!runtime::isFloat(dtype)) {
    if (runtime::isFloat(tensor.dtype))
      throw std::runtime_error("expected values of type " + std::string(dtypeName(dtype)) +
                               ", got " + dtypeName(tensor.dtype));
    return runtime::converted(tensor, dtype);
  }
  if (tensor.dtype == DType::U8 && value.role == "input")
    return runtime::scaledPixels(tensor, dtype);
  if (tensor.dtype == DType::U8 || tensor.dtype == DType::Bool)
    throw std::runtime_error(
        std::string("expected F32 or F64, got ") + dtypeName(tensor.dtype) +
        " (bytes are pixels, value / 255, for arguments of role input; others take no bytes)");
  Tensor values = runtime::converted(tensor, dtype);
  const std::string fault =
      allowNonFinite ? "" : nonFiniteFault(values, tensor, value.constraints.missing);
  if (!fault.empty())
    throw std::runtime_error(fault);
  return values;
}

/// What the tensors for arguments are called: by the argument's name or, in functions whose
/// arguments have no roles, by its place, arg0, unless an argument has that name.
std::map<std::string, std::string> namesIn(const Signature &signature, const TensorMap &inputs) {
  std::map<std::string, std::string> called;
  bool plain = true;
  for (const EntryValue &value : signature.arguments) {
    called.emplace(value.name, value.name);
    plain = plain && value.role.empty();
  }
  for (size_t i = 0; plain && i < signature.arguments.size(); ++i) {
    const std::string &name = signature.arguments[i].name, place = "arg" + std::to_string(i);
    if (!inputs.contains(name) && inputs.contains(place) && !called.contains(place))
      called[name] = place;
  }
  return called;
}

/// Matches one argument after the other, keeping the number of samples that the first batched one
/// has.
class ArgumentMatcher {
public:
  ArgumentMatcher(const Signature &signature, const TensorMap &inputs, const InputOptions &options)
      : signature(signature), inputs(inputs), options(options), called(namesIn(signature, inputs)) {
  }

  Status add(const EntryValue &value);
  /// The number of samples can only be told once all inputs are seen.
  Status finish();

  /// States that start from scratch, and moments where others were given.
  std::vector<std::string> startingAfresh() const;

  TensorMap arguments;
  int64_t count = 0;

private:
  Error error(const std::string &name, const std::string &message) const {
    return Error{options.file + ": error: '" + called.at(name) + "' " + message};
  }
  TensorMap::const_iterator given(const std::string &name) const {
    const auto known = called.find(name);
    return known == called.end() ? inputs.end() : inputs.find(known->second);
  }
  Result<Tensor> absent(const EntryValue &value);
  Status checkShape(const EntryValue &value, const Tensor &tensor);
  int64_t checkedValues(const EntryValue &value, const Tensor &tensor) const;
  Tensor take(const EntryValue &value, const Tensor &tensor) const;

  const Signature &signature;
  const TensorMap &inputs;
  const InputOptions &options;
  const std::map<std::string, std::string> called;
  std::string countName;
  std::vector<std::string> absentStates, absentMoments;
};

Result<Tensor> ArgumentMatcher::absent(const EntryValue &value) {
  // A moving average starts as its parameter.
  if (value.role == "average")
    if (const auto own = arguments.find(value.name.substr(value.name.find('.') + 1));
        own != arguments.end())
      return own->second;
  const bool initial = value.role == "state" || value.role == "moment";
  if (!initial && value.role != "learning_rate") {
    std::vector<std::string> names;
    for (const auto &[name, given] : inputs)
      names.push_back(name);
    return error(value.name, "expected as " + (value.role.empty() ? "an argument" : value.role) +
                                 " of shape " + runtime::shapeText(value.shape) + ", got none" +
                                 guessFor(value.name, names));
  }
  if (initial)
    (value.role == "state" ? absentStates : absentMoments).push_back(value.name);
  const double fill = value.role == "learning_rate" ? options.learningRate : value.fill;
  const std::vector<double> values(runtime::elementCount(value.shape), fill);
  return runtime::converted(Tensor::of<double>(value.shape, values), value.dtype);
}

std::vector<std::string> ArgumentMatcher::startingAfresh() const {
  std::vector<std::string> names = absentStates;
  const auto moments = std::ranges::count(signature.arguments, "moment", &EntryValue::role);
  if (moments > static_cast<int64_t>(absentMoments.size()))
    names.insert(names.end(), absentMoments.begin(), absentMoments.end());
  return names;
}

Status ArgumentMatcher::checkShape(const EntryValue &value, const Tensor &tensor) {
  std::vector<int64_t> expected = value.shape;
  if (value.batched) {
    const int64_t samples = tensor.shape.empty() ? 0 : tensor.shape[0];
    if (samples < 1 || samples > signature.capacity)
      return error(value.name, "expected 1 to " + std::to_string(signature.capacity) +
                                   " samples, got shape " + runtime::shapeText(tensor.shape));
    if (count != 0 && samples != count)
      return error(value.name, "expected " + std::to_string(count) + " samples as in '" +
                                   countName + "', got " + std::to_string(samples));
    if (count == 0)
      countName = value.name;
    count = samples;
    expected[0] = samples;
  }
  if (tensor.shape != expected)
    return error(value.name, "expected shape " + runtime::shapeText(expected) + ", got " +
                                 runtime::shapeText(tensor.shape));
  return Done{};
}

/// How many values the entry reads: all, or those of the samples that are counted.
int64_t ArgumentMatcher::checkedValues(const EntryValue &value, const Tensor &tensor) const {
  const auto counted = given(value.constraints.counted);
  const bool known = counted != inputs.end() && counted->second.size() == 1 &&
                     !runtime::isFloat(counted->second.dtype);
  if (!known || tensor.size() == 0)
    return tensor.size();
  const int64_t samples = runtime::converted(counted->second, DType::I64).as<int64_t>()[0];
  return tensor.size() / tensor.shape[0] * std::clamp<int64_t>(samples, 0, tensor.shape[0]);
}

/// The values as the target takes them; throws std::runtime_error with what is wrong. They are
/// checked in the type of the program, which the reference target widens.
Tensor ArgumentMatcher::take(const EntryValue &value, const Tensor &tensor) const {
  const auto as = [&](DType dtype) {
    return isKept(value) ? runtime::weightValues(tensor, dtype, options.allowNonFinite)
                         : inputValues(value, tensor, dtype, options.allowNonFinite);
  };
  const auto check = [&](const Tensor &values) {
    const std::string fault =
        valueFault(values.dtype, values.bytes.data(), checkedValues(value, values),
                   value.constraints, value.shape.empty(), options.allowNonFinite);
    if (!fault.empty())
      throw std::runtime_error(fault);
  };
  if (value.constraints.integers && !runtime::isFloat(tensor.dtype))
    check(tensor); // before a conversion, whose range is larger
  Tensor values = as(value.declared);
  check(values);
  return value.declared == value.dtype ? values : as(value.dtype);
}

Status ArgumentMatcher::add(const EntryValue &value) {
  if (value.role == "count")
    return Done{};
  const auto found = given(value.name);
  if (found == inputs.end()) {
    Result<Tensor> tensor = absent(value);
    if (!tensor)
      return tensor.error();
    arguments.emplace(value.name, std::move(*tensor));
    return Done{};
  }
  Status shape = checkShape(value, found->second);
  if (!shape)
    return shape;
  try {
    arguments.emplace(value.name, take(value, found->second));
    return Done{};
  } catch (const std::runtime_error &fault) {
    return error(value.name, fault.what());
  }
}

Status ArgumentMatcher::finish() {
  if (count == 0)
    count = signature.capacity;
  for (const EntryValue &value : signature.arguments) {
    if (value.role != "count")
      continue;
    const Tensor samples = Tensor::scalar<int64_t>(count);
    arguments.emplace(value.name, runtime::converted(samples, value.dtype));
    const auto found = given(value.name);
    if (found == inputs.end())
      continue;
    const bool integer = found->second.size() == 1 && !runtime::isFloat(found->second.dtype);
    const int64_t told =
        integer ? runtime::converted(found->second, DType::I64).as<int64_t>()[0] : 0;
    if (told != count)
      return error(value.name, "expected " + std::to_string(count) +
                                   ", the number of samples given, got " +
                                   (integer ? std::to_string(told) : "no integer"));
  }
  return Done{};
}

/// Tensors that the entry does not take are for other entries, or mistakes.
Status checkNames(Executable &executable, const Signature &signature, const TensorMap &inputs,
                  const std::string &file) {
  std::vector<std::string> names;
  for (const auto &[name, called] : namesIn(signature, inputs))
    names.push_back(called);
  const auto isUnknown = [&](const auto &input) { return !std::ranges::count(names, input.first); };
  if (std::ranges::none_of(inputs, isUnknown))
    return Done{};
  names = executable.argumentNames();
  const auto unknown = std::ranges::find_if(inputs, isUnknown);
  if (unknown == inputs.end())
    return Done{};
  return Error{file + ": error: '" + unknown->first + "' is no argument of any entry of the model" +
               guessFor(unknown->first, names)};
}

} // namespace

Result<TensorMap> matchArguments(Executable &executable, const std::string &entry,
                                 const TensorMap &inputs, const InputOptions &options,
                                 int64_t &count) {
  const Result<Signature> signature = executable.signature(entry);
  if (!signature)
    return signature.error();
  ArgumentMatcher matcher(*signature, inputs, options);
  for (const EntryValue &value : signature->arguments)
    if (Status status = matcher.add(value); !status)
      return status.error();
  if (Status status = matcher.finish(); !status)
    return status.error();
  if (Status status = checkNames(executable, *signature, inputs, options.file); !status)
    return status.error();
  noteAbsentStates(options.file, matcher.startingAfresh());
  count = matcher.count;
  return std::move(matcher.arguments);
}

Result<TensorMap> runOnce(Executable &executable, const std::string &entry, const TensorMap &inputs,
                          const InputOptions &options) {
  int64_t count = 0;
  Result<TensorMap> arguments = matchArguments(executable, entry, inputs, options, count);
  if (!arguments)
    return arguments.error();
  return executable.run(entry, *arguments, count);
}

/// The training loss at the current parameters, without a step.
static Result<double> lossOf(Executable &executable, const TensorMap &arguments, int64_t count) {
  Result<TensorMap> results = executable.run("loss_and_gradients", arguments, count);
  if (!results)
    return results.error();
  return runtime::converted(results->at("loss"), DType::F64).as<double>()[0];
}

Result<TensorMap> runSteps(Executable &executable, int64_t steps, const TensorMap &inputs,
                           const InputOptions &options) {
  const Result<Signature> signature = executable.signature("train_step");
  if (!signature)
    return signature.error();
  int64_t count = 0;
  Result<TensorMap> arguments = matchArguments(executable, "train_step", inputs, options, count);
  if (!arguments)
    return arguments.error();
  TensorMap outputs;
  std::vector<double> losses;
  for (int64_t step = 1; step <= steps; ++step) {
    Result<TensorMap> results = executable.run("train_step", *arguments, count);
    if (!results)
      return results.error();
    losses.push_back(runtime::converted(results->at("loss"), DType::F64).as<double>()[0]);
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
