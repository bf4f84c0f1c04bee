//===- run.cpp - `spherical run` ------------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/driver/execute.h"
#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"
#include "tools/spherical/run_weights.h"
#include "tools/spherical/timings.h"

#include <memory>

namespace spherical::driver {
namespace {

struct RunOptions {
  std::string file, entry = "forward", weights, input, output;
  int64_t steps = 0;
  double learningRate = 0;
  bool anyModel = false;
  bool allowNonFinite = false;
  Timings timings;
  SessionOptions session;
};

Status writeTensors(const std::string &path, TensorMap tensors, const RunOptions &options) {
  try {
    runtime::writeSafetensors(
        path,
        {std::move(tensors),
         {{"model", options.file}, {"entry", options.entry}, {"target", options.session.target}}});
  } catch (const std::exception &error) {
    return Error{"spherical: error: " + std::string(error.what())};
  }
  return Done{};
}

/// The tensors of a file of the session's model, or of no file.
Result<runtime::TensorFile> readOwn(const std::string &path, Session &session, bool anyModel) {
  if (path.empty())
    return runtime::TensorFile();
  Result<runtime::TensorFile> file = readTensorFile(path);
  if (!file || anyModel)
    return file;
  if (Status status = checkModel(*file, path, session.record()); !status)
    return status.error();
  return file;
}

Result<TensorMap> runEntry(const RunOptions &options, Executable &executable,
                           const TensorMap &inputs, const InputOptions &given) {
  if (options.steps > 0)
    return runSteps(executable, options.steps, inputs, given);
  return options.weights.empty() ? runOnce(executable, options.entry, inputs, given)
                                 : runParts(executable, options.entry, inputs, given);
}

/// What the command line says of entries and files fits together.
Status checkOptions(const RunOptions &options) {
  if (options.steps > 0 && options.entry != "train_step")
    return commandError("expected --steps only with --entry=train_step, got --entry=" +
                        options.entry);
  for (const NamedFile &input :
       {NamedFile{"--weights", options.weights}, NamedFile{"--input", options.input}})
    if (Status status = expectDifferent(input, {"--output", options.output}); !status)
      return status;
  return Done{};
}

Status run(const RunOptions &options) {
  if (Status status = checkOptions(options); !status)
    return status;
  SessionOptions compilation = options.session;
  compilation.entries = {options.entry};
  if (options.steps > 0)
    compilation.entries.push_back("loss_and_gradients");
  Result<std::unique_ptr<Session>> session = Session::load(options.file, compilation);
  if (!session)
    return session.error();
  Result<runtime::TensorFile> inputs = readOwn(options.input, **session, options.anyModel);
  if (!inputs)
    return inputs.error();
  const Result<runtime::TensorFile> weights = readOwn(options.weights, **session, options.anyModel);
  if (!weights)
    return weights.error();
  const InputOptions given{.file = options.input,
                           .learningRate = options.learningRate > 0
                                               ? options.learningRate
                                               : (*session)->training().learningRate,
                           .allowNonFinite = options.allowNonFinite};
  Result<std::unique_ptr<Executable>> executable = Executable::create(**session, options.entry);
  if (!executable)
    return executable.error();
  runtime::Program *program = (*executable)->program();
  if (options.timings && !program)
    return commandError("expected a target that compiles for --timings, got " +
                        options.session.target);
  if (options.timings)
    program->setTimers(true);
  const Result<Signature> signature = (*executable)->signature(options.entry);
  if (!signature)
    return signature.error();
  if (Status added =
          addWeights(inputs->tensors, options.input, *weights, options.weights, *signature);
      !added)
    return added;
  Result<TensorMap> outputs = runEntry(options, **executable, inputs->tensors, given);
  if (!outputs)
    return outputs.error();
  if (options.timings)
    printTimings(*program, options.entry, *options.timings);
  return writeTensors(options.output, std::move(*outputs), options);
}

const char *const examples =
    R"(Tensors are matched by name: parameters and states as in the weights file, x, labels, learning_rate,
logits, loss, grad.<name>, losses; plain functions by the names of their arguments (%x is x) or by their
places (arg0), and result0.
Numbers are F32 or F64 (F16, BF16 and integers are converted), complex numbers have a last axis of 2. U8
given for an argument of role input is pixels, value / 255. Labels are integers of any type. A batch holds
from 1 sample to the model's capacity. --weights adds those of a training: inputs are normalised as it did,
and, for entries as forward, may hold any number of samples. Labels of no class, values that are not finite and names that no
entry takes are errors.

Examples:
  spherical run model.yaml --entry=forward --input in.safetensors --output out.safetensors
  spherical run model.yaml --weights weights.safetensors --input x.safetensors --output out.safetensors
  spherical run model.yaml --entry=loss_and_gradients --target=reference --input in.safetensors \
    --output out.safetensors
  spherical run model.yaml --entry=train_step --steps 5 --input in.safetensors --output out.safetensors
      five steps on the same batch: losses[6], step1.<name> ... step5.<name>, and <name> at the end
  spherical run function.mlir --entry=transform --input in.safetensors --output out.safetensors
)";

} // namespace

void addRunCommand(Commands &commands) {
  auto options = std::make_shared<RunOptions>();
  CLI::App &command = commands.add("run", "run an entry of a model, or a function, on tensors",
                                   examples, [options] { return run(*options); });
  command.add_option("FILE", options->file, "model: .yaml, or .mlir of any phase")->required();
  command
      .add_option("--entry", options->entry,
                  "forward, loss_and_gradients, train_step, or the name of a function")
      ->capture_default_str();
  command.add_option("--input", options->input, "safetensors with the arguments");
  command.add_option("--weights", options->weights,
                     "safetensors of 'spherical train', with what the input does not hold");
  addAnyModelOption(command, options->anyModel);
  command.add_option("--output", options->output, "safetensors for the results")
      ->required()
      ->check(tensorFile());
  addTargetOption(command, options->session, true);
  command.add_option("--steps", options->steps, "train_step this many times on the same batch")
      ->transform(natural(1, 1000000));
  command.add_option("--learning-rate", options->learningRate, "for train_step")
      ->default_str("what the model says")
      ->transform(number(positive));
  command.add_flag("--allow-nonfinite", options->allowNonFinite,
                   "take NaN and infinities in the input");
  addTimingsOption(command, options->timings);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
