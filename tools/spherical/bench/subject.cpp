//===- subject.cpp - a problem, compiled, with its arguments --------------===//

#include "tools/spherical/bench/subject.h"

#include "tools/spherical/parameters.h"

#include "runtime/data/conversion.h"
#include "runtime/data/random.h"
#include "runtime/data/safetensors.h"
#include "runtime/execute/memory.h"
#include "runtime/execute/program.h"
#include "runtime/reference/spectrum.h"

#include <algorithm>

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::Tensor;

Result<std::unique_ptr<Session>> loadProblem(const Problem &problem, SessionOptions options) {
  if (problem.isModel()) {
    options.batch = problem.settings.batch;
    options.entries = {problem.settings.entry};
    return Session::load(problem.settings.file, options);
  }
  const ProblemProgram program = problem.program();
  options.entries = {program.entry};
  return Session::parse(problem.word, program.text, options);
}

/// Makes spectra [..., coefficient, 2] those of real functions.
void makeHermitian(std::span<double> values, const runtime::RealSpectrum &spectrum) {
  const auto domain = spectrum.onSO3 ? reference::Domain::SO3 : reference::Domain::S2;
  const auto size = static_cast<size_t>(reference::spectrumSize(domain, spectrum.degrees));
  std::vector<reference::Complex> one(size);
  for (size_t start = 0; start < values.size(); start += 2 * size) {
    for (size_t i = 0; i < size; ++i)
      one[i] = {values[start + 2 * i], values[start + 2 * i + 1]};
    one = reference::hermitianPart(domain, spectrum.degrees, one.data());
    for (size_t i = 0; i < size; ++i) {
      values[start + 2 * i] = one[i].real();
      values[start + 2 * i + 1] = one[i].imag();
    }
  }
}

/// The random numbers for an argument.
runtime::RandomNumbers streamOf(uint64_t seed, const std::string &name) {
  return {seed, runtime::RandomStream::Item, runtime::hashText(name.c_str())};
}

/// Each value times 1 + r with a random |r| <= `relative`, in fp64.
Tensor disturbed(const Tensor &tensor, double relative, const runtime::RandomNumbers &random) {
  Tensor result = runtime::converted(tensor, DType::F64);
  const std::span<double> values = result.as<double>();
  for (size_t i = 0; i < values.size(); ++i)
    values[i] *= 1 + relative * (2 * random.uniforms(i)[1] - 1);
  return result;
}

/// Draws values for arguments, each from a stream of its own.
class Draw {
public:
  Draw(uint64_t seed, bool zeros) : seed(seed), zeros(zeros) {}

  /// Normally distributed numbers, labels, or where training starts: first moments are 0, so that
  /// those of a step are its gradients; second ones are not, since 0 / 0 has no accuracy.
  Tensor valueFor(const EntryValue &argument) const;
  /// The initial value with noise, so that biases and scales matter.
  Tensor withNoise(const std::string &name, const Tensor &initial) const;

private:
  Tensor integersFor(const EntryValue &argument) const;

  uint64_t seed;
  bool zeros;
};

Tensor Draw::integersFor(const EntryValue &argument) const {
  Tensor tensor = Tensor::zeros(DType::I64, argument.shape);
  if (argument.role != "label" || !argument.constraints.integers)
    return tensor; // a step, which starts at 0
  const runtime::IntegerRange &range = *argument.constraints.integers;
  const runtime::RandomNumbers random = streamOf(seed, argument.name);
  const std::span<int64_t> values = tensor.as<int64_t>();
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = range.low + static_cast<int64_t>(random.below(i, range.high - range.low + 1));
  return tensor;
}

Tensor Draw::valueFor(const EntryValue &argument) const {
  if (!runtime::isFloat(argument.declared))
    return runtime::converted(integersFor(argument), argument.declared);
  Tensor tensor = Tensor::zeros(DType::F64, argument.shape);
  const std::span<double> values = tensor.as<double>();
  const runtime::RandomNumbers random = streamOf(seed, argument.name);
  const bool squares = argument.name.starts_with("adam.v.");
  const bool startsAtZero = zeros || (argument.role == "moment" && !squares);
  for (size_t i = 0; i < values.size() && !startsAtZero; ++i)
    values[i] = squares ? 0.5 + random.uniforms(i)[0] : random.normal(i);
  if (argument.constraints.spectrum)
    makeHermitian(values, *argument.constraints.spectrum);
  return runtime::converted(tensor, argument.declared);
}

Tensor Draw::withNoise(const std::string &name, const Tensor &initial) const {
  constexpr double noise = 0.1;
  Tensor tensor = runtime::converted(initial, DType::F64);
  const std::span<double> values = tensor.as<double>();
  const runtime::RandomNumbers random = streamOf(seed, name);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = zeros ? 0 : values[i] + noise * (2 * random.uniforms(i)[0] - 1);
  return runtime::converted(tensor, initial.dtype);
}

/// The parameters and states of a model as training starts, with noise; none if it is not of the
/// graph phase.
Result<TensorMap> keptValues(Session &session, const Draw &draw, uint64_t seed) {
  const Result<std::vector<GraphParameter>> parameters = graphParameters(session);
  if (!parameters)
    return TensorMap();
  Result<TensorMap> values = parameterValues(*parameters, "", session.record(), seed);
  if (values)
    for (auto &[name, tensor] : *values)
      tensor = draw.withNoise(name, tensor);
  return values;
}

int64_t bytesOf(const std::vector<EntryValue> &values) {
  int64_t sum = 0;
  for (const EntryValue &value : values) {
    int64_t bytes = runtime::dtypeBytes(value.declared);
    for (const int64_t extent : value.shape)
      bytes *= extent;
    sum += bytes;
  }
  return sum;
}

/// Whether the arguments and results of an entry fit beside what it plans to take; of code that
/// runs here.
Status expectRoom(const Problem &problem, Executable &executable, const std::string &entry,
                  const Signature &signature, const std::string &target) {
  runtime::Program *program = executable.program();
  if (!program || target == "cuda")
    return Done{};
  const int64_t values = bytesOf(signature.arguments) + bytesOf(signature.results);
  int64_t plan = program->memory(program->entry(entry)).total();
  for (const runtime::ParameterSpec &kept : program->manifest().parameters)
    plan -= kept.bytes(); // which are taken by now
  const int64_t available = runtime::availableMemory();
  if (values + plan <= available)
    return Done{};
  return Error{problem.word + ": error: expected " + runtime::bytesText(available) +
               " of memory at most, which are available, got " + runtime::bytesText(values) +
               " of arguments and results and a plan of " + runtime::bytesText(plan)};
}

} // namespace

Result<std::unique_ptr<Subject>> Subject::create(const Problem &problem,
                                                 const SessionOptions &options, uint64_t seed) {
  std::unique_ptr<Subject> subject(new Subject);
  subject->problem = problem;
  subject->seed = seed;
  subject->entryName = problem.isModel() ? problem.settings.entry : problem.program().entry;
  Result<std::unique_ptr<Session>> session = loadProblem(problem, options);
  if (!session)
    return session.error();
  subject->session = std::move(*session);
  const Draw draw(seed, problem.settings.fill == "zeros");
  TensorMap inputs;
  if (problem.isModel()) {
    Result<TensorMap> kept = keptValues(*subject->session, draw, seed);
    if (!kept)
      return kept.error();
    inputs = std::move(*kept);
  }
  Result<std::unique_ptr<Executable>> ready =
      Executable::create(*subject->session, subject->entryName);
  if (!ready)
    return ready.error();
  subject->ready = std::move(*ready);
  const Result<Signature> signature = subject->ready->signature(subject->entryName);
  if (!signature)
    return signature.error();
  if (Status room = expectRoom(problem, *subject->ready, subject->entryName, *signature,
                               subject->session->options().target);
      !room)
    return room.error();
  for (const EntryValue &argument : signature->arguments)
    if (argument.role != "count" && argument.role != "learning_rate" &&
        !inputs.contains(argument.name))
      inputs.emplace(argument.name, draw.valueFor(argument));
  const InputOptions given{.file = problem.word,
                           .learningRate = subject->session->training().learningRate};
  Result<TensorMap> matched =
      matchArguments(*subject->ready, subject->entryName, inputs, given, subject->samples);
  if (!matched)
    return matched.error();
  subject->values = std::move(*matched);
  return subject;
}

Result<TensorMap> Subject::run() { return ready->run(entryName, values, samples); }

Result<TensorMap> Subject::runReference(double disturbance) const {
  SessionOptions options = session->options();
  options.target = "reference";
  Result<std::unique_ptr<Session>> reference = loadProblem(problem, options);
  if (!reference)
    return reference.error();
  Result<std::unique_ptr<Executable>> definitions = Executable::create(**reference, entryName);
  if (!definitions)
    return definitions.error();
  TensorMap arguments = values;
  for (auto &[name, tensor] : arguments)
    if (disturbance > 0 && runtime::isFloat(tensor.dtype))
      tensor = disturbed(tensor, disturbance, streamOf(seed, name));
  return runOnce(**definitions, entryName, arguments, {.file = problem.word});
}

} // namespace spherical::driver
