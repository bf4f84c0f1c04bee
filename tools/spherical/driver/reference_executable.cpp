//===- reference_executable.cpp - entries on the reference target ---------===//

#include "tools/spherical/driver/reference_executable.h"

#include "dialects/spherical/dialect.h"
#include "passes/lower/reference/interpreter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <algorithm>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::Tensor;

class ReferenceExecutable : public Executable {
public:
  explicit ReferenceExecutable(Session &session) : session(session) {}

  Result<Signature> signature(const std::string &entry) override;
  Result<TensorMap> run(const std::string &entry, const TensorMap &arguments,
                        int64_t count) override;

private:
  Error noSuchEntry(const std::string &entry);

  Session &session;
};

bool holdsIntegers(Type type) {
  const auto shaped = dyn_cast<ShapedType>(type);
  return shaped ? shaped.getElementType().isInteger() : type.isInteger();
}

std::string text(Attribute attribute, const std::string &otherwise) {
  const auto string = dyn_cast_or_null<StringAttr>(attribute);
  return string ? string.getValue().str() : otherwise;
}

/// A value by the attributes of an argument or result and its type.
EntryValue describe(DictionaryAttr attributes, Type type, const std::string &fallback) {
  const auto get = [&](StringRef key) { return attributes ? attributes.get(key) : Attribute(); };
  EntryValue value;
  value.name = text(get("spherical.name"), fallback);
  value.role = text(get("spherical.role"), "");
  value.replaces = text(get("spherical.replaces"), "");
  value.dtype = holdsIntegers(type) ? DType::I64 : DType::F64;
  value.shape = sph::hostShape(type);
  // The cotangent of a scalar has no batch.
  value.batched = !value.shape.empty() &&
                  (value.role == "input" || value.role == "label" || get("stage.batched"));
  const auto init = dyn_cast_or_null<sph::InitAttr>(get("spherical.init"));
  value.fill = init && init.getKind() == sph::InitKind::Ones ? 1.0 : 0.0;
  return value;
}

/// The signature of a function; planned ones take their arena and their results as arguments.
Signature describeFunction(func::FuncOp function) {
  Signature signature;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    const DictionaryAttr attributes = function.getArgAttrDict(i);
    if (attributes && attributes.contains("stage.arena"))
      continue;
    const bool isResult = attributes && attributes.contains("stage.result");
    auto &values = isResult ? signature.results : signature.arguments;
    EntryValue value =
        describe(attributes, function.getArgumentTypes()[i],
                 (isResult ? "result" : "arg") + std::to_string(values.size()));
    if (value.batched)
      signature.capacity = value.shape[0];
    values.push_back(std::move(value));
  }
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    signature.results.push_back(describe(function.getResultAttrDict(i),
                                         function.getResultTypes()[i],
                                         "result" + std::to_string(i)));
  return signature;
}

Error ReferenceExecutable::noSuchEntry(const std::string &entry) {
  std::vector<std::string> names;
  for (auto function : session.module().getOps<func::FuncOp>())
    if (!function.isExternal())
      names.push_back(function.getName().str());
  std::string list;
  for (const std::string &name : names)
    list += (list.empty() ? "" : ", ") + name;
  const std::string nearest = nearestWord(entry, names);
  return Error{session.path() + ": error: expected an entry of the model (" + list + "), got '" +
               entry + "'" +
               (nearest.empty() ? "" : "\n" + session.path() + ": note: did you mean '" + nearest + "'?")};
}

Result<Signature> ReferenceExecutable::signature(const std::string &entry) {
  auto function = session.module().lookupSymbol<func::FuncOp>(entry);
  if (!function || function.isExternal())
    return noSuchEntry(entry);
  Signature signature = describeFunction(function);
  auto prepare = session.module().lookupSymbol<func::FuncOp>("prepare");
  if (prepare && !prepare.isExternal())
    resolvePrepared(signature, describeFunction(prepare));
  return signature;
}

sph::HostTensor toHost(const Tensor &tensor) {
  const Tensor doubles = converted(tensor, DType::F64);
  const auto values = doubles.as<double>();
  return {doubles.shape, std::vector<double>(values.begin(), values.end())};
}

Result<TensorMap> ReferenceExecutable::run(const std::string &entry, const TensorMap &arguments,
                                           int64_t) {
  sph::NamedTensors inputs;
  for (const auto &[name, tensor] : arguments)
    inputs.emplace(name, toHost(tensor));
  FailureOr<sph::NamedTensors> results = sph::interpret(session.module(), entry, inputs);
  if (failed(results))
    return Error{session.takeDiagnostics()};
  TensorMap outputs;
  for (const auto &[name, tensor] : *results)
    outputs.emplace(name, Tensor::of<double>(tensor.shape, tensor.values));
  return outputs;
}

} // namespace

Result<std::unique_ptr<Executable>> createReferenceExecutable(Session &session,
                                                              const std::string &entry) {
  const bool present = bool(session.module().lookupSymbol<func::FuncOp>(entry));
  const std::string phase = session.phase();
  if (!present && (phase == "graph" || phase == "expand")) {
    Status status = session.runTo("differentiate");
    if (!status)
      return status.error();
  }
  auto executable = std::make_unique<ReferenceExecutable>(session);
  Result<Signature> signature = executable->signature(entry);
  if (!signature)
    return signature.error();
  return std::unique_ptr<Executable>(std::move(executable));
}

} // namespace spherical::driver
