//===- interpreter.cpp - the reference target -------------------*- C++ -*-===//
//
// Matches named values to the arguments of an entry, runs it, names its results.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/reference/interpreter.h"

#include "dialects/spherical/signal.h"
#include "passes/lower/reference/evaluate.h"

#include <cmath>

namespace mlir::spherical {
namespace reference = ::spherical::reference;
namespace {

/// An argument or result of an entry.
struct Slot {
  std::string name;
  StringRef role, replaces;
  Type type;
  bool batched = false;
};

StringRef textOf(DictionaryAttr attributes, StringRef key) {
  auto text = attributes ? attributes.getAs<StringAttr>(key) : StringAttr();
  return text ? text.getValue() : StringRef();
}

Slot makeSlot(DictionaryAttr attributes, Type type, const Twine &fallback) {
  const StringRef name = textOf(attributes, "spherical.name");
  return {name.empty() ? fallback.str() : name.str(), textOf(attributes, "spherical.role"),
          textOf(attributes, "spherical.replaces"), type, false};
}

/// What a function takes and gives, before and after planning.
struct Entry {
  func::FuncOp function;
  bool planned = false;
  SmallVector<Slot> arguments, results;

  explicit Entry(func::FuncOp function);
};

Entry::Entry(func::FuncOp function) : function(function) {
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    planned |= static_cast<bool>(function.getArgAttr(i, "stage.arena"));
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    DictionaryAttr attributes = function.getArgAttrDict(i);
    if (attributes && attributes.contains("stage.arena"))
      continue;
    const bool isResult = attributes && attributes.contains("stage.result");
    auto &slots = isResult ? results : arguments;
    Slot slot = makeSlot(attributes, function.getArgumentTypes()[i],
                         (isResult ? "result" : "arg") + Twine(slots.size()));
    const bool free = slot.role.empty() || slot.role == "input" || slot.role == "label";
    const bool marked = planned ? attributes && attributes.contains("stage.batched") : free;
    slot.batched = marked && !hostShape(slot.type).empty();
    slots.push_back(slot);
  }
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    results.push_back(
        makeSlot(function.getResultAttrDict(i), function.getResultTypes()[i], "result" + Twine(i)));
}

/// Binds named values to the arguments of one entry.
class Binder {
public:
  Binder(Entry &entry, const NamedTensors &inputs) : entry(entry), inputs(inputs) {}

  FailureOr<SmallVector<HostTensor>> bind();
  /// The samples that every batched value of a role holds; 1 where nothing is batched.
  int64_t count = 1;

private:
  LogicalResult findCount();
  LogicalResult completePrepared();
  FailureOr<HostTensor> bindSlot(const Slot &slot);
  LogicalResult checkShape(const Slot &slot, const HostTensor &value);
  LogicalResult makeHermitian(const Slot &slot, HostTensor &value);
  InFlightDiagnostic error(const Slot &slot);

  Entry &entry;
  NamedTensors inputs;
};

InFlightDiagnostic Binder::error(const Slot &slot) {
  return entry.function.emitError()
         << "@" << entry.function.getName() << " expected '" << slot.name << "' ";
}

LogicalResult Binder::checkShape(const Slot &slot, const HostTensor &value) {
  const std::vector<int64_t> full = hostShape(slot.type);
  std::vector<int64_t> expected = full;
  if (slot.batched && !value.shape.empty() && value.shape[0] >= 1 && value.shape[0] <= full[0])
    expected[0] = value.shape[0];
  if (value.shape != expected)
    return error(slot) << "of shape " << shapeText(full)
                       << (slot.batched ? " (or fewer samples)" : "") << ", got "
                       << shapeText(value.shape);
  if (static_cast<int64_t>(value.values.size()) != value.size())
    return error(slot) << "to hold " << value.size() << " values, got " << value.values.size();
  return success();
}

/// The samples are those of the first batched argument, inputs first.
LogicalResult Binder::findCount() {
  const Slot *first = nullptr;
  for (const Slot &slot : entry.arguments) {
    const bool hasRole = !slot.role.empty();
    if (slot.batched && inputs.count(slot.name) && (!first || (hasRole && first->role.empty())))
      first = &slot;
  }
  if (first) {
    if (failed(checkShape(*first, inputs[first->name])))
      return failure();
    count = inputs[first->name].shape[0];
  }
  for (const Slot &slot : entry.arguments) {
    if (slot.role != "count" || !inputs.count(slot.name))
      continue;
    const HostTensor &given = inputs[slot.name];
    if (given.values.size() != 1 || !(given.values[0] >= 1))
      return error(slot) << "to be a number of samples from 1 on, got "
                         << (given.values.empty() ? 0.0 : given.values[0]);
    count = first ? std::min(count, static_cast<int64_t>(given.values[0]))
                  : static_cast<int64_t>(given.values[0]);
  }
  return success();
}

/// Runs @prepare if a prepared value is missing.
LogicalResult Binder::completePrepared() {
  const bool missing = llvm::any_of(entry.arguments, [&](const Slot &slot) {
    return slot.role == "prepared" && !inputs.count(slot.name);
  });
  if (!missing)
    return success();
  auto module = entry.function->getParentOfType<ModuleOp>();
  FailureOr<NamedTensors> prepared = interpret(module, "prepare", inputs);
  if (failed(prepared))
    return failure();
  for (auto &[name, value] : *prepared)
    inputs.emplace(name, std::move(value));
  return success();
}

/// A spectrum of real functions is Hermitian: checked, or made so if it is a cotangent.
LogicalResult Binder::makeHermitian(const Slot &slot, HostTensor &value) {
  const std::optional<Signal> signal = getSignal(slot.type);
  if (!signal || !signal->isSpectrum() || signal->isComplex())
    return success();
  const reference::Domain domain = signal->onSO3() ? reference::Domain::SO3 : reference::Domain::S2;
  const std::vector<Complex> values = toComplex(value, true);
  std::vector<Complex> parts;
  for (size_t at = 0; at < values.size(); at += value.shape[2])
    llvm::append_range(parts, reference::hermitianPart(domain, signal->bandLimit, &values[at]));
  double off = 0.0, largest = 0.0;
  for (auto [part, given] : llvm::zip(parts, values)) {
    off = std::max(off, std::abs(part - given));
    largest = std::max(largest, std::abs(given));
  }
  // Files of single precision are Hermitian up to the rounding of a transform.
  constexpr double tolerance = 1e-5;
  if (!StringRef(slot.name).starts_with("cot.") && !(off <= tolerance * largest))
    return error(slot) << "to be the spectrum of real functions, X_-m,-n = (-1)^(m-n) conj X_mn, "
                          "got values that are off by "
                       << off;
  value = fromComplex(value.shape, parts, true);
  return success();
}

FailureOr<HostTensor> Binder::bindSlot(const Slot &slot) {
  if (slot.role == "count")
    return HostTensor{{}, {static_cast<double>(count)}};
  const auto found = inputs.find(slot.name);
  if (found == inputs.end()) {
    if (slot.role == "moment")
      return zeros(hostShape(slot.type));
    // A moving average starts as its parameter.
    if (slot.role == "average")
      if (const auto own = inputs.find(StringRef(slot.name).split('.').second.str());
          own != inputs.end())
        return own->second;
    return error(slot) << "of shape " << shapeText(hostShape(slot.type)) << ", got none";
  }
  HostTensor value = found->second;
  if (failed(checkShape(slot, value)))
    return failure();
  if (slot.batched && !slot.role.empty()) {
    if (value.shape[0] < count)
      return error(slot) << "to hold " << count << " samples, got " << value.shape[0];
    value = leadingSlices(value, count);
  }
  if (failed(makeHermitian(slot, value)))
    return failure();
  return value;
}

FailureOr<SmallVector<HostTensor>> Binder::bind() {
  if (failed(completePrepared()) || failed(findCount()))
    return failure();
  SmallVector<HostTensor> values;
  for (const Slot &slot : entry.arguments) {
    FailureOr<HostTensor> value = bindSlot(slot);
    if (failed(value))
      return failure();
    values.push_back(std::move(*value));
  }
  return values;
}

FailureOr<func::FuncOp> findEntry(ModuleOp module, StringRef name) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (function && !function.isExternal())
    return function;
  std::string names;
  for (auto candidate : module.getOps<func::FuncOp>())
    names += (names.empty() ? "@" : ", @") + candidate.getName().str();
  return module.emitError() << "expected an entry, one of " << (names.empty() ? "none" : names)
                            << ", got @" << name;
}

} // namespace

FailureOr<NamedTensors> interpret(ModuleOp module, StringRef entryName,
                                  const NamedTensors &inputs) {
  FailureOr<func::FuncOp> function = findEntry(module, entryName);
  if (failed(function))
    return failure();
  Entry entry(*function);
  Binder binder(entry, inputs);
  FailureOr<SmallVector<HostTensor>> arguments = binder.bind();
  if (failed(arguments))
    return failure();
  FailureOr<SmallVector<HostTensor>> results =
      entry.planned ? evaluatePlanned(*function, std::move(*arguments), binder.count)
                    : evaluateFunction(*function, std::move(*arguments));
  if (failed(results))
    return failure();
  NamedTensors named;
  for (auto [slot, value] : llvm::zip(entry.results, *results)) {
    std::vector<int64_t> expected = hostShape(slot.type);
    if (!expected.empty() && !value.shape.empty() && value.shape[0] <= expected[0])
      expected[0] = value.shape[0];
    if (value.shape != expected)
      return function->emitError()
             << "@" << entryName << " expected a result '" << slot.name << "' of shape "
             << shapeText(expected) << ", got " << shapeText(value.shape);
    named[slot.name] = std::move(value);
  }
  return named;
}

FailureOr<NamedTensors>
interpretSteps(ModuleOp module, StringRef entryName, NamedTensors inputs, int64_t steps,
               llvm::function_ref<void(int64_t, const NamedTensors &)> eachStep) {
  FailureOr<func::FuncOp> function = findEntry(module, entryName);
  if (failed(function))
    return failure();
  const Entry entry(*function);
  NamedTensors results, histories;
  for (int64_t step = 0; step < steps; ++step) {
    FailureOr<NamedTensors> current = interpret(module, entryName, inputs);
    if (failed(current))
      return failure();
    results = std::move(*current);
    for (const Slot &slot : entry.results) {
      const HostTensor &value = results.at(slot.name);
      if (!slot.replaces.empty())
        inputs[slot.replaces.str()] = value;
      else if (value.values.size() == 1)
        histories[slot.name + ".steps"].values.push_back(value.values[0]);
    }
    if (eachStep)
      eachStep(step, results);
  }
  for (auto &[name, history] : histories) {
    history.shape = {static_cast<int64_t>(history.values.size())};
    results[name] = std::move(history);
  }
  return results;
}

} // namespace mlir::spherical
