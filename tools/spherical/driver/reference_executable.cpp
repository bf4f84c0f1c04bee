//===- reference_executable.cpp - entries on the reference target ---------===//

#include "tools/spherical/driver/reference_executable.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "dialects/stage/dialect.h"
#include "passes/argument_constraints.h"
#include "passes/lower/reference/interpreter.h"
#include "passes/pipeline.h"
#include "runtime/data/conversion.h"

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
  std::vector<std::string> argumentNames() override;

private:
  Session &session;
};

/// The type of files for an element of the program.
DType dtypeOf(Type type) {
  type = getElementTypeOrSelf(type);
  if (const std::optional<sph::Signal> signal = sph::getSignal(type))
    type = signal->realElement();
  if (const auto complex = dyn_cast<ComplexType>(type))
    type = complex.getElementType();
  if (type.isInteger())
    return type.isInteger(32) ? DType::I32 : DType::I64;
  return type.isF32() ? DType::F32 : DType::F64;
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
  value.declared = dtypeOf(type);
  value.dtype = runtime::isFloat(value.declared) ? DType::F64 : DType::I64;
  value.shape = sph::hostShape(type);
  // The cotangent of a scalar has no batch.
  const bool marked = !isa<MemRefType>(type) || get("stage.batched");
  const bool batchedRole = value.role == "input" || value.role == "label";
  value.batched = marked && batchedRole && !value.shape.empty();
  const auto init = dyn_cast_or_null<sph::InitAttr>(get("spherical.init"));
  value.fill = init && init.getKind() == sph::InitKind::Ones ? 1.0 : 0.0;
  return value;
}

runtime::ValueConstraints constraintsOf(BlockArgument argument) {
  const sph::ArgumentConstraints from = sph::constraintsOf(argument);
  runtime::ValueConstraints constraints;
  if (stage::IntegersAttr integers = from.integers) {
    constraints.integers = {integers.getWhat().str(), integers.getLow(), integers.getHigh(),
                            integers.getOther()};
    if (integers.getCounted())
      constraints.counted = integers.getCounted().str();
  }
  if (stage::SpectrumAttr spectrum = from.spectrum)
    constraints.spectrum = {spectrum.getOnSo3(), spectrum.getDegrees()};
  constraints.missing = from.missing;
  return constraints;
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
    if (!isResult)
      value.constraints = constraintsOf(function.getArgument(i));
    values.push_back(std::move(value));
  }
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    signature.results.push_back(describe(function.getResultAttrDict(i),
                                         function.getResultTypes()[i],
                                         "result" + std::to_string(i)));
  return signature;
}

Result<Signature> ReferenceExecutable::signature(const std::string &entry) {
  auto function = session.module().lookupSymbol<func::FuncOp>(entry);
  if (!function || function.isExternal()) {
    std::vector<std::string> names;
    for (auto candidate : session.module().getOps<func::FuncOp>())
      if (!candidate.isExternal())
        names.push_back(candidate.getName().str());
    return noSuchEntry(session.path(), names, entry);
  }
  Signature signature = describeFunction(function);
  auto prepare = session.module().lookupSymbol<func::FuncOp>("prepare");
  if (prepare && !prepare.isExternal())
    resolvePrepared(signature, describeFunction(prepare));
  return signature;
}

std::vector<std::string> ReferenceExecutable::argumentNames() {
  // Entries that differentiate would build take labels, moments and a learning rate.
  const OwningOpRef<ModuleOp> copy = session.module().clone();
  sph::PipelineOptions options;
  options.target = session.options().target;
  const bool built = succeeded(sph::runPhases(*copy, sph::Phase::Differentiate, options));
  session.takeDiagnostics(); // a module of a later phase has all of its entries
  std::vector<std::string> names;
  for (auto function : (built ? *copy : session.module()).getOps<func::FuncOp>())
    for (const EntryValue &value : describeFunction(function).arguments)
      if (value.role != "prepared")
        names.push_back(value.name);
  return names;
}

sph::HostTensor toHost(const Tensor &tensor) {
  const Tensor doubles = runtime::converted(tensor, DType::F64);
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
  session.context().loadDialect<stage::StageDialect>();
  const bool present = bool(session.module().lookupSymbol<func::FuncOp>(entry));
  const std::string phase = session.phase();
  if (!present && (phase == "graph" || phase == "expand")) {
    Status status = session.runTo("differentiate");
    if (!status)
      return status.error();
  }
  if (phase == "plan") { // checked as for compiled code, with the same words
    Status status = session.runTo(phase);
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
