//===- cpu_executable.cpp - entries as machine code -----------------------===//

#include "tools/spherical/driver/artifact.h"
#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/reference_executable.h"

#include "runtime/execute/weights.h"

namespace spherical::driver {
namespace {

using runtime::BufferView;
using runtime::DType;
using runtime::Element;
using runtime::Tensor;

Element elementOf(DType dtype) {
  switch (dtype) {
  case DType::F64:
    return Element::F64;
  case DType::I32:
    return Element::I32;
  case DType::I64:
    return Element::I64;
  default:
    return Element::F32;
  }
}

BufferView viewOf(std::string_view name, const Tensor &tensor) {
  return {name, elementOf(tensor.dtype), tensor.shape,
          const_cast<std::byte *>(tensor.bytes.data())};
}

class CpuExecutable : public Executable {
public:
  CpuExecutable(std::unique_ptr<LoadedProgram> program, std::string path)
      : loaded(std::move(program)), path(std::move(path)) {
    loaded->program().allowNonFinite(true); // matchArguments decides that, on every target
  }

  Result<Signature> signature(const std::string &entry) override;
  Result<TensorMap> run(const std::string &entry, const TensorMap &arguments,
                        int64_t count) override;
  std::vector<std::string> argumentNames() override;
  std::function<void()> repeated(const std::string &entry, const TensorMap &arguments,
                                 int64_t count) override;
  runtime::Program *program() override { return &loaded->program(); }

private:
  /// One run of an entry: where its inputs and outputs are.
  struct Call {
    int64_t entry = 0, count = 1;
    std::vector<BufferView> inputs, outputs;
    TensorMap results;
  };

  EntryValue describe(const runtime::ValueSpec &spec);
  Signature describeEntry(const runtime::EntrySpec &spec);
  /// Binds what the program keeps; the others of the arguments are to outlive the call.
  std::unique_ptr<Call> prepareCall(int64_t index, const TensorMap &arguments, int64_t count);
  void run(const Call &call) {
    loaded->program().run(call.entry, call.inputs, call.outputs, call.count);
  }
  Error failure(const std::exception &error) const {
    return Error{path + ": error: " + error.what()};
  }

  std::unique_ptr<LoadedProgram> loaded;
  std::string path;
};

EntryValue CpuExecutable::describe(const runtime::ValueSpec &spec) {
  EntryValue value;
  value.name = spec.name;
  value.role = spec.plain ? "" : spec.role;
  value.declared = value.dtype = dtypeOf(spec.element);
  value.shape = spec.shape;
  value.batched = spec.batched && !spec.plain;
  value.constraints = spec.constraints;
  value.replaces = spec.replaces;
  const runtime::ParameterSpec *kept = loaded->program().findParameter(spec.name);
  value.fill = kept && kept->initKind == "ones" ? 1.0 : 0.0;
  return value;
}

Signature CpuExecutable::describeEntry(const runtime::EntrySpec &spec) {
  Signature signature;
  signature.capacity = spec.capacity;
  for (const runtime::ValueSpec &argument : spec.arguments)
    signature.arguments.push_back(describe(argument));
  for (const runtime::ValueSpec &result : spec.results)
    signature.results.push_back(describe(result));
  return signature;
}

Result<Signature> CpuExecutable::signature(const std::string &entry) {
  const runtime::Program &program = loaded->program();
  const std::vector<runtime::EntrySpec> &entries = program.manifest().entries;
  if (!program.hasEntry(entry)) {
    std::vector<std::string> names;
    for (const runtime::EntrySpec &known : entries)
      names.push_back(known.name);
    return noSuchEntry(path, names, entry);
  }
  Signature signature = describeEntry(entries[program.entry(entry)]);
  if (program.hasEntry("prepare"))
    resolvePrepared(signature, describeEntry(entries[program.entry("prepare")]));
  return signature;
}

std::vector<std::string> CpuExecutable::argumentNames() {
  std::vector<std::string> names;
  for (const runtime::EntrySpec &entry : loaded->program().manifest().entries)
    for (const runtime::ValueSpec &argument : entry.arguments)
      if (argument.role != "prepared")
        names.push_back(argument.name);
  return names;
}

std::unique_ptr<CpuExecutable::Call>
CpuExecutable::prepareCall(int64_t index, const TensorMap &arguments, int64_t count) {
  runtime::Program &program = loaded->program();
  const runtime::EntrySpec &spec = program.manifest().entries[index];
  auto call = std::make_unique<Call>();
  call->entry = index;
  call->count = spec.capacity > 0 ? count : 1;
  for (const auto &[name, tensor] : arguments)
    if (program.findParameter(name))
      program.bind(viewOf(name, tensor));
  for (const runtime::ValueSpec &argument : spec.arguments) {
    const bool own = argument.role == "count" || argument.role == "prepared";
    if (!own && !program.findParameter(argument.name))
      call->inputs.push_back(viewOf(argument.name, arguments.at(argument.name)));
  }
  // A name that appears twice (a shared parameter) is one result.
  for (const runtime::ValueSpec &result : spec.results) {
    std::vector<int64_t> shape = result.shape;
    if (result.batched)
      shape[0] = count;
    const auto [place, added] =
        call->results.emplace(result.name, Tensor::zeros(dtypeOf(result.element), shape));
    if (added)
      call->outputs.push_back(viewOf(place->first, place->second));
  }
  return call;
}

Result<TensorMap> CpuExecutable::run(const std::string &entry, const TensorMap &arguments,
                                     int64_t count) {
  try {
    const std::unique_ptr<Call> call =
        prepareCall(loaded->program().entry(entry), arguments, count);
    run(*call);
    return std::move(call->results);
  } catch (const std::exception &error) {
    return failure(error);
  }
}

std::function<void()> CpuExecutable::repeated(const std::string &entry, const TensorMap &arguments,
                                              int64_t count) {
  const std::shared_ptr<const Call> call =
      prepareCall(loaded->program().entry(entry), arguments, count);
  return [this, call] { run(*call); };
}

} // namespace

Result<std::unique_ptr<Executable>> Executable::create(Session &session, const std::string &entry) {
  if (session.options().target == "reference")
    return createReferenceExecutable(session, entry);
  Result<std::unique_ptr<LoadedProgram>> loaded = LoadedProgram::load(session);
  if (!loaded)
    return loaded.error();
  auto executable = std::make_unique<CpuExecutable>(std::move(*loaded), session.path());
  Result<Signature> signature = executable->signature(entry);
  if (!signature)
    return signature.error();
  return std::unique_ptr<Executable>(std::move(executable));
}

} // namespace spherical::driver
