//===- compare.cpp - `spherical compare` ----------------------------------===//
//
// Runs a model on an input for which another program has saved what its layers
// give, and compares layer by layer. For the first layer that differs, tries what
// usually differs between implementations, one after the other.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/conversion.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/discrepancy.h"
#include "tools/spherical/model/yaml.h"
#include "tools/spherical/parameters.h"
#include "tools/spherical/public_names.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::Tensor;

struct CompareOptions {
  std::string file, activations, weights, save;
  bool anyModel = false;
  double tolerance = 1e-4;
  SessionOptions session;
};

/// A model with its weights and an input, to be run as it is or changed.
class Subject {
public:
  static Result<Subject> load(const CompareOptions &options, const TensorMap &activations);

  const std::vector<GraphLayer> &layers() const { return graphLayers; }
  /// What each layer gives, after `change` to the model and with `replaced` in place of parameters.
  Result<TensorMap> run(const std::function<Status(Session &)> &change = {},
                        const TensorMap &replaced = {}) const;
  const TensorMap &inputs() const { return values; }

private:
  std::string file;
  /// Where the input is from.
  std::string inputFile;
  SessionOptions options;
  std::vector<GraphLayer> graphLayers;
  /// Parameters, states and the input.
  TensorMap values;
};

Result<Subject> Subject::load(const CompareOptions &options, const TensorMap &activations) {
  const auto x = activations.find("x");
  if (x == activations.end())
    return Error{options.activations +
                 ": error: expected the input of the network as 'x', got none"};
  Subject subject;
  subject.file = options.file;
  subject.inputFile = options.activations;
  subject.options = options.session;
  if (isYamlPath(options.file) && options.session.batch == 0 && !x->second.shape.empty())
    subject.options.batch = std::max<int64_t>(1, x->second.shape[0]);
  Result<std::unique_ptr<Session>> session = Session::load(options.file, subject.options);
  if (!session)
    return session.error();
  Result<std::vector<GraphLayer>> layers = driver::graphLayers(**session);
  if (!layers)
    return layers.error();
  const Result<std::vector<GraphParameter>> parameters = graphParameters(**session);
  if (!parameters)
    return parameters.error();
  const std::string &weights = options.weights.empty() ? options.activations : options.weights;
  const runtime::ModelRecord model =
      options.anyModel ? runtime::ModelRecord() : (*session)->record();
  Result<TensorMap> values = parameterValues(*parameters, weights, model, 0);
  if (!values)
    return values.error();
  subject.graphLayers = std::move(*layers);
  subject.values = std::move(*values);
  subject.values.insert_or_assign("x", x->second);
  return subject;
}

Result<TensorMap> Subject::run(const std::function<Status(Session &)> &change,
                               const TensorMap &replaced) const {
  Result<std::unique_ptr<Session>> session = Session::load(file, options);
  if (!session)
    return session.error();
  if (Status status = change ? change(**session) : Status(Done{}); !status)
    return status.error();
  if (Status status = tapLayers(**session); !status)
    return status.error();
  Result<std::unique_ptr<Executable>> executable = Executable::create(**session, "forward");
  if (!executable)
    return executable.error();
  TensorMap arguments = values;
  for (const auto &[name, tensor] : replaced)
    arguments.insert_or_assign(name, tensor);
  return runOnce(**executable, "forward", arguments, {.file = inputFile});
}

/// The saved tensor of a layer, under its name here or in the public code.
const std::pair<const std::string, Tensor> *findActivation(const TensorMap &activations,
                                                           const std::string &layer) {
  if (const auto found = activations.find(layer); found != activations.end())
    return &*found;
  for (const std::string &naming : publicNamings()) {
    const std::string name = publicName(naming, layer);
    if (const auto found = activations.find(name); !name.empty() && found != activations.end())
      return &*found;
  }
  return nullptr;
}

std::vector<double> numbers(const Tensor &tensor) {
  const Tensor doubles = runtime::converted(tensor, DType::F64);
  const std::span<const double> values = doubles.as<double>();
  return {values.begin(), values.end()};
}

/// The first sample of a batch.
std::vector<double> firstSample(const Tensor &tensor) {
  std::vector<double> values = numbers(tensor);
  values.resize(values.size() / std::max<int64_t>(1, tensor.shape[0]));
  return values;
}

/// The first layer that differs and why it may.
class Diagnosis {
public:
  Diagnosis(const Subject &subject, const GraphLayer &layer, const Tensor &theirs)
      : subject(subject), layer(layer), theirs(theirs) {}

  /// A sentence; fails only if a changed model cannot be run.
  Result<std::string> explain(const Tensor &ours);

private:
  Status tryRules();
  Status tryMirroredKernel();
  Status tryTransposedKernel();
  /// Runs the model with a change that would explain the difference as `cause`.
  Status tryRun(const std::string &cause, const std::function<Status(Session &)> &change,
                const TensorMap &replaced = {});

  const Subject &subject;
  const GraphLayer &layer;
  const Tensor &theirs;
  std::vector<double> sample;
  Guess best;
};

Status Diagnosis::tryRun(const std::string &cause, const std::function<Status(Session &)> &change,
                         const TensorMap &replaced) {
  const Result<TensorMap> results = subject.run(change, replaced);
  if (!results)
    return results.error();
  const double remaining = distance(firstSample(results->at(layer.name)), sample).relative;
  if (remaining < best.remaining / 2)
    best = {cause, remaining};
  return Done{};
}

Status Diagnosis::tryRules() {
  const auto growing = std::ranges::find_if(
      subject.layers(), [](const GraphLayer &other) { return !other.high.empty(); });
  if (growing == subject.layers().end())
    return Done{};
  const bool zero = growing->high == "zero";
  const std::string other = zero ? "quadrature" : "zero";
  return tryRun("the up-sampling rule: theirs is that of " +
                    std::string(zero
                                    ? "'high: quadrature' (or truncated, as the public code trains)"
                                    : "'high: zero' (the paper)"),
                [&](Session &session) { return setHigh(session, other); });
}

Status Diagnosis::tryMirroredKernel() {
  return tryRun("a conjugate: theirs takes the kernel at -alpha, -gamma",
                [&](Session &session) { return mirrorKernel(session, layer.name); });
}

/// Kernels with as many channels in as out may be stored the other way round.
Status Diagnosis::tryTransposedKernel() {
  const auto kernel = subject.inputs().find(layer.name + ".kernel");
  if (kernel == subject.inputs().end() || kernel->second.shape[0] != kernel->second.shape[1])
    return Done{};
  const int64_t channels = kernel->second.shape[0], points = kernel->second.shape[2];
  const std::vector<double> from = numbers(kernel->second);
  std::vector<double> to(from.size());
  for (int64_t in = 0; in < channels; ++in)
    for (int64_t out = 0; out < channels; ++out)
      std::copy_n(from.begin() + (in * channels + out) * points, points,
                  to.begin() + (out * channels + in) * points);
  return tryRun("transposed axes of the kernel: theirs are [channel out, channel in, point]", {},
                {{kernel->first, Tensor::of<double>(kernel->second.shape, to)}});
}

Result<std::string> Diagnosis::explain(const Tensor &ours) {
  const std::vector<double> own = firstSample(ours);
  sample = firstSample(theirs);
  best = {"", 0.2 * distance(own, sample).relative};
  const std::vector<int64_t> shape(ours.shape.begin() + 1, ours.shape.end());
  if (const std::optional<Guess> guess = guessChange(own, sample, shape))
    best = *guess;
  const bool convolution = layer.op.ends_with("_conv") || layer.op == "so3_to_s2";
  if (Status status = tryRules(); !status)
    return status.error();
  if (Status status = convolution ? tryMirroredKernel() : Status(Done{}); !status)
    return status.error();
  if (Status status = convolution ? tryTransposedKernel() : Status(Done{}); !status)
    return status.error();
  if (best.cause.empty())
    return std::string("none of the usual causes explains it");
  char remaining[40];
  std::snprintf(remaining, sizeof(remaining), " (relative error after it: %.1e)", best.remaining);
  return best.cause + remaining;
}

struct Difference {
  const GraphLayer *layer = nullptr;
  const Tensor *theirs = nullptr;
};

void printRow(const GraphLayer &layer, const std::string &name, const std::string &verdict) {
  std::printf("%-28s %-14s %-24s %s\n", layer.name.c_str(), layer.op.c_str(), name.c_str(),
              verdict.c_str());
}

/// Prints a line for each layer that the file has; the first that differs, if any does.
Result<Difference> printTable(const CompareOptions &options, const Subject &subject,
                              const TensorMap &activations, const TensorMap &results) {
  Difference first;
  int compared = 0;
  std::printf("%-28s %-14s %-24s %-10s  %-10s\n", "layer", "op", "activation", "largest",
              "relative");
  for (const GraphLayer &layer : subject.layers()) {
    const auto *found = findActivation(activations, layer.name);
    if (!found)
      continue;
    ++compared;
    const Tensor &ours = results.at(layer.name), &theirs = found->second;
    bool differs = ours.shape != theirs.shape;
    std::string verdict =
        "shape " + runtime::shapeText(theirs.shape) + ", here " + runtime::shapeText(ours.shape);
    if (!differs) {
      const Distance apart = distance(numbers(ours), numbers(theirs));
      differs = !(apart.relative <= options.tolerance);
      char text[60];
      std::snprintf(text, sizeof(text), "%.2e    %.2e%s", apart.largest, apart.relative,
                    differs ? "    differs" : "");
      verdict = text;
    }
    printRow(layer, found->first, verdict);
    if (differs && !first.layer)
      first = {&layer, &theirs};
  }
  if (compared > 0)
    return first;
  std::string names;
  for (const GraphLayer &layer : subject.layers())
    names += (names.empty() ? "" : ", ") + layer.name;
  return Error{options.activations + ": error: expected tensors named by layers (" + names +
               "), got none of them"};
}

/// Writes the input, the weights and what each layer gives.
Status saveResults(const std::string &path, const Subject &subject, const TensorMap &results) {
  runtime::TensorFile file{subject.inputs(), {}};
  for (const auto &[name, tensor] : results)
    file.tensors.insert_or_assign(name, tensor);
  try {
    runtime::writeSafetensors(path, file);
    return Done{};
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

Status compare(const CompareOptions &options) {
  const Result<runtime::TensorFile> file = readTensorFile(options.activations);
  if (!file)
    return file.error();
  const TensorMap &activations = file->tensors;
  const Result<Subject> subject = Subject::load(options, activations);
  if (!subject)
    return subject.error();
  const Result<TensorMap> results = subject->run();
  if (!results)
    return results.error();
  if (!options.save.empty())
    return saveResults(options.save, *subject, *results);
  const Result<Difference> first = printTable(options, *subject, activations, *results);
  if (!first)
    return first.error();
  if (!first->layer) {
    std::printf("all agree within %g\n", options.tolerance);
    return Done{};
  }
  const GraphLayer &layer = *first->layer;
  const Tensor &ours = results->at(layer.name);
  std::fflush(stdout);
  std::string cause = "the shapes do; band-limits or channels are others";
  if (ours.shape == first->theirs->shape) {
    Result<std::string> guess = Diagnosis(*subject, layer, *first->theirs).explain(ours);
    if (!guess)
      return guess.error();
    cause = *guess;
  }
  return Error{layer.place + ": error: '" + layer.name + "' (" + layer.op +
               ") is the first layer that differs\n" + layer.place + ": note: probably " + cause};
}

const char *const examples =
    R"(FILE holds 'x', the input [N, channels, 2b, 2b], and what layers gave for it, under their names here
(input_layer, input_layer.relu, hidden_layers.0, ..., output_layer, head.fc0; those that the table shows) or
those of the public PyTorch code (conv1, convolutional.2, ...). A layer's result is after its bias and before
the ReLU, as a forward hook on the module sees it. Functions are [N, channels, beta, alpha(, gamma)].
For the first layer that differs, the program tries what usually does: transposed axes, the sense of rotation,
conjugates, the up-sampling rule, scale factors, biases.

In PyTorch:
  saved = {"x": x}
  for name, module in model.named_modules():
      module.register_forward_hook(lambda m, i, o, name=name: saved.update({name: o.contiguous()}))
  model(x); safetensors.torch.save_file(saved, "activations.safetensors")

Examples:
  spherical compare model.yaml --activations activations.safetensors --weights weights.safetensors
  spherical compare model.yaml --activations activations.safetensors --weights w.safetensors --target=reference
)";

} // namespace

void addCompareCommand(Commands &commands) {
  auto options = std::make_shared<CompareOptions>();
  options->session.entries = {"forward"};
  CLI::App &command =
      commands.add("compare", "compare layer by layer with what another program computed", examples,
                   [options] { return compare(*options); });
  command.add_option("FILE", options->file, "model: .yaml, or .mlir of the phase graph")
      ->required();
  command
      .add_option("--activations", options->activations, "safetensors with the input and results")
      ->required();
  command.add_option("--weights", options->weights, "safetensors with the weights")
      ->default_str("those in the file of activations");
  addAnyModelOption(command, options->anyModel);
  command
      .add_option("--save", options->save,
                  "compare nothing: write input, weights and what each layer gives to this file")
      ->check(tensorFile());
  command.add_option("--tolerance", options->tolerance, "relative error of layers that agree")
      ->capture_default_str()
      ->transform(number(positive));
  addTargetOption(command, options->session, true);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
