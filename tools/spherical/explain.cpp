//===- explain.cpp - `spherical explain` ----------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/explanation.h"
#include "tools/spherical/explanation_text.h"
#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"
#include "tools/spherical/timings.h"

#include <memory>

namespace spherical::driver {
namespace {

struct ExplainOptions {
  std::string file, entry = "forward";
  bool measure = false, json = false;
  SessionOptions session;
};

/// A value for an argument that neither parameters nor initial values give: of inputs and of what
/// functions take numbers between 0 and 1, of labels and steps zeros.
runtime::Tensor somethingFor(const EntryValue &argument) {
  runtime::Tensor tensor = runtime::Tensor::zeros(argument.dtype, argument.shape);
  if (argument.dtype == runtime::DType::F32)
    for (size_t i = 0; i < tensor.as<float>().size(); ++i)
      tensor.as<float>()[i] = static_cast<float>(i % 17) / 16.0F;
  return tensor;
}

/// Runs the entry, on the parameters that training starts from.
Result<MeasuredLines> measure(const ExplainOptions &options) {
  Result<std::unique_ptr<Session>> session = Session::load(options.file, options.session);
  if (!session)
    return session.error();
  TensorMap values;
  if (Result<std::vector<GraphParameter>> parameters = graphParameters(**session); parameters) {
    Result<TensorMap> initial = parameterValues(*parameters, "", (*session)->record(), 0);
    if (!initial)
      return initial.error();
    values = std::move(*initial);
  }
  Result<std::unique_ptr<Executable>> executable = Executable::create(**session, options.entry);
  if (!executable)
    return executable.error();
  Result<Signature> signature = (*executable)->signature(options.entry);
  if (!signature)
    return signature.error();
  for (const EntryValue &argument : signature->arguments)
    if (argument.role.empty() || argument.role == "input" || argument.role == "label")
      values.try_emplace(argument.name, somethingFor(argument));
  return measureLines(**executable, options.entry, values);
}

Status explainModel(const ExplainOptions &options) {
  Result<std::unique_ptr<Session>> session = Session::load(options.file, options.session);
  if (!session)
    return session.error();
  Result<Explanation> explanation = explain(**session, options.entry);
  if (!explanation)
    return explanation.error();
  std::optional<MeasuredLines> measured;
  if (options.measure) {
    Result<MeasuredLines> lines = measure(options);
    if (!lines)
      return lines.error();
    measured = std::move(*lines);
  }
  const std::string text = options.json ? explanationJson(*explanation, measured)
                                        : explanationText(*explanation, measured, lineWidth());
  return writeOutput("-", text);
}

const char *const examples = R"(Examples:
  spherical explain model.yaml                            what each layer becomes, and why
  spherical explain model.yaml --entry=train_step --measure    and the time that it takes here
  spherical explain model.yaml --json                     the same for programs
)";

} // namespace

void addExplainCommand(Commands &commands) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App &command =
      commands.add("explain", "say how each layer is computed, why, and what else there is",
                   examples, [options] { return explainModel(*options); });
  command.add_option("FILE", options->file, "model: .yaml or .mlir")->required();
  command.add_option("--entry", options->entry, "forward, loss_and_gradients, train_step, ...")
      ->capture_default_str();
  command.add_flag("--measure", options->measure,
                   "run the entry, and print the time of each layer");
  command.add_flag("--json", options->json, "print JSON");
  addTargetOption(command, options->session, false);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
