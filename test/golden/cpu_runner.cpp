//===- cpu_runner.cpp - programs as machine code ----------------*- C++ -*-===//

#include "test/golden/runner.h"

#include "runtime/data/conversion.h"
#include "tools/spherical/driver/execute.h"

#include <cstdlib>
#include <stdexcept>

namespace spherical::golden {
namespace {

/// The learning rate where a case gives none.
constexpr double learningRate = 1e-3;

class CompiledRunner : public Runner {
public:
  CompiledRunner(const std::string &text, const driver::SessionOptions &options);
  Values run(const std::string &entry, const Values &inputs) override;

private:
  std::unique_ptr<driver::Session> session;
  std::unique_ptr<driver::Executable> executable;
};

CompiledRunner::CompiledRunner(const std::string &text, const driver::SessionOptions &options) {
  auto loaded = driver::Session::parse("golden.mlir", text, options);
  if (!loaded)
    throw std::runtime_error(loaded.error().message);
  session = std::move(*loaded);
}

Values CompiledRunner::run(const std::string &entry, const Values &inputs) {
  if (!executable) {
    auto created = driver::Executable::create(*session, entry);
    if (!created)
      throw std::runtime_error(created.error().message);
    executable = std::move(*created);
  }
  driver::TensorMap tensors;
  const auto signature = executable->signature(entry);
  if (!signature)
    throw std::runtime_error(signature.error().message);
  for (const driver::EntryValue &argument : signature->arguments) {
    const auto found = inputs.find(argument.name);
    if (found == inputs.end())
      continue;
    const runtime::Tensor doubles =
        runtime::Tensor::of<double>(found->second.shape, found->second.values);
    // Integers of files are doubles here: exact in both directions.
    tensors.emplace(argument.name, runtime::converted(doubles, argument.dtype));
  }
  auto results = driver::runOnce(*executable, entry, tensors,
                                 {.file = "golden", .learningRate = learningRate});
  if (!results)
    throw std::runtime_error(results.error().message);
  Values values;
  for (const auto &[name, tensor] : *results) {
    const runtime::Tensor doubles = runtime::converted(tensor, runtime::DType::F64);
    const auto numbers = doubles.as<double>();
    values[name] = {tensor.shape, {numbers.begin(), numbers.end()}};
  }
  return values;
}

} // namespace

std::unique_ptr<Runner> makeCompiledRunner(const std::string &text,
                                           const driver::SessionOptions &options) {
  return std::make_unique<CompiledRunner>(text, options);
}

std::unique_ptr<Runner> makeCpuRunner(const std::string &text, const std::string &processor) {
  driver::SessionOptions options;
  options.cpu = processor;
  return makeCompiledRunner(text, options);
}

std::unique_ptr<Runner> makeEmulatedRunner(const std::string &text, bool strict) {
  driver::SessionOptions options;
  options.target = strict ? "cuda-emulated:strict" : "cuda-emulated";
  return makeCompiledRunner(text, options);
}

} // namespace spherical::golden
