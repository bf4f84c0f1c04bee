//===- program_executable.cpp - a compiled classifier to train --*- C++ -*-===//

#include "runtime/train/program_executable.h"

#include <algorithm>

namespace spherical::runtime {
namespace {

/// The only argument of `entry` with that role.
const ValueSpec &argumentOf(const EntrySpec &entry, const std::string &role) {
  const ValueSpec *found = nullptr;
  for (const ValueSpec &value : entry.arguments) {
    if (value.role != role)
      continue;
    if (found)
      throw Error(SPH_INVALID_ARGUMENT, "entry '" + entry.name +
                                            "' expected one argument of role " + role + ", got '" +
                                            found->name + "' and '" + value.name + "'");
    found = &value;
  }
  if (!found)
    throw Error(SPH_INVALID_ARGUMENT,
                "entry '" + entry.name + "' expected an argument of role " + role + ", got none");
  return *found;
}

/// What regression gives; other networks give logits.
constexpr const char *valuesName = "values";

const ValueSpec *findResult(const EntrySpec &entry, const std::string &name) {
  for (const ValueSpec &value : entry.results)
    if (value.name == name)
      return &value;
  return nullptr;
}

const ValueSpec &resultOf(const EntrySpec &entry, const std::string &name) {
  if (const ValueSpec *found = findResult(entry, name))
    return *found;
  throw Error(SPH_INVALID_ARGUMENT,
              "entry '" + entry.name + "' expected a result '" + name + "', got none");
}

/// The values of regression, or logits.
const ValueSpec &outputOf(const EntrySpec &entry) {
  const ValueSpec *values = findResult(entry, valuesName);
  return values ? *values : resultOf(entry, "logits");
}

/// Whether the network has outputs for each point of its input's grid.
bool isField(const ValueSpec &output) { return output.shape.size() == 4; }

void expectShape(const EntrySpec &entry, const ValueSpec &value, Element element, size_t axes) {
  if (value.element != element || value.shape.size() != axes)
    throw Error(SPH_INVALID_ARGUMENT,
                "entry '" + entry.name + "' expected '" + value.name + "' to be " +
                    elementName(element) + " with " + std::to_string(axes) + " axes, got " +
                    elementName(value.element) + " with " + std::to_string(value.shape.size()));
}

BufferView view(const ValueSpec &value, const void *data) {
  return {value.name, value.element, value.shape, const_cast<void *>(data)};
}

} // namespace

ProgramExecutable::ProgramExecutable(Program &program)
    : program(program), forwardEntry(program.entry("forward")) {
  const EntrySpec &forward = program.manifest().entries[forwardEntry];
  input = argumentOf(forward, "input");
  outputResult = outputOf(forward);
  expectShape(forward, input, Element::F32, 4);
  expectShape(forward, outputResult, Element::F32, isField(outputResult) ? 4 : 2);
  if (isField(outputResult) &&
      !std::equal(input.shape.begin() + 2, input.shape.end(), outputResult.shape.begin() + 2))
    throw Error(SPH_INVALID_ARGUMENT, "entry 'forward' expected '" + outputResult.name +
                                          "' on the grid of '" + input.name +
                                          "', got other extents");
  const auto find = [&](const char *name) {
    return program.hasEntry(name) ? program.entry(name) : int64_t(-1);
  };
  updateEntry = find("update_step");
  trainEntry = find(updateEntry < 0 ? "train_step" : "accumulate_step");
  probeEntry = find("probe");
  if (canTrain())
    openTraining();
}

void ProgramExecutable::openTraining() {
  const auto &entries = program.manifest().entries;
  const EntrySpec &train = entries[trainEntry];
  targetInput = argumentOf(train, "label");
  rateInput = argumentOf(accumulates() ? entries[updateEntry] : train, "learning_rate");
  if (isNumeric(target()))
    expectShape(train, targetInput, Element::F32, outputResult.shape.size());
  else
    expectShape(train, targetInput, Element::I32, isField(outputResult) ? 3 : 1);
  expectShape(train, rateInput, Element::F32, 0);
  expectShape(train, resultOf(train, "loss"), Element::F32, 0);
  if (argumentOf(train, "input").shape != input.shape ||
      resultOf(train, outputResult.name).shape != outputResult.shape)
    throw Error(SPH_INVALID_ARGUMENT, "expected input and " + outputResult.name + " of '" +
                                          train.name + "' to have the shapes of 'forward'");
}

int64_t ProgramExecutable::capacity() const { return input.shape[0]; }

std::vector<int64_t> ProgramExecutable::sampleShape() const {
  return {input.shape.begin() + 1, input.shape.end()};
}

int64_t ProgramExecutable::classes() const { return outputResult.shape[1]; }

int64_t ProgramExecutable::points() const {
  return isField(outputResult) ? outputResult.shape[2] * outputResult.shape[3] : 1;
}

/// By what the outputs are called, or by what they are trained with.
TargetKind ProgramExecutable::target() const {
  const bool numeric =
      outputResult.name == valuesName || (canTrain() && targetInput.element == Element::F32);
  if (numeric)
    return isField(outputResult) ? TargetKind::Field : TargetKind::Values;
  return isField(outputResult) ? TargetKind::PointClasses : TargetKind::Class;
}

const std::vector<ParameterSpec> &ProgramExecutable::kept() const {
  return program.manifest().parameters;
}

BufferView ProgramExecutable::keptView(size_t index, void *data) const {
  return view(kept().at(index), data);
}

void ProgramExecutable::read(size_t index, std::span<std::byte> out) const {
  program.read(keptView(index, out.data()));
}

void ProgramExecutable::write(size_t index, std::span<const std::byte> values) {
  program.bind(keptView(index, const_cast<std::byte *>(values.data())));
}

/// The targets, which must be of the kind that the network is compared with.
BufferView ProgramExecutable::targetView(const Targets &targets) const {
  const auto *labels = std::get_if<std::span<const int32_t>>(&targets);
  const auto *values = std::get_if<std::span<const float>>(&targets);
  if (isNumeric(target()) ? !values : !labels)
    throw Error(SPH_INVALID_ARGUMENT, "entry '" + program.manifest().entries[trainEntry].name +
                                          "' expected " + targetName(target()) +
                                          " as target, got another kind");
  return view(targetInput, values ? static_cast<const void *>(values->data()) : labels->data());
}

/// Runs the entry that takes targets; returns the loss.
float ProgramExecutable::run(const float *x, const Targets &targets, int64_t count,
                             const float *learningRate, float *outputs) {
  float loss = 0.0f;
  std::vector<BufferView> inputs = {view(input, x), targetView(targets)};
  if (learningRate)
    inputs.push_back(view(rateInput, learningRate));
  const BufferView results[] = {view(outputResult, outputs), {"loss", Element::F32, {}, &loss}};
  program.run(trainEntry, inputs, results, count);
  return loss;
}

float ProgramExecutable::trainStep(const float *x, const Targets &targets, int64_t count,
                                   float learningRate, float *outputs) {
  if (!canTrain() || accumulates())
    throw Error(SPH_NOT_FOUND, "the artifact has no entry 'train_step'; compile it for training");
  return run(x, targets, count, &learningRate, outputs);
}

float ProgramExecutable::accumulate(const float *x, const Targets &targets, int64_t count,
                                    float *outputs) {
  if (!accumulates())
    throw notCompiled("accumulate_step");
  return run(x, targets, count, nullptr, outputs);
}

void ProgramExecutable::update(float learningRate) {
  if (!accumulates())
    throw notCompiled("update_step");
  const BufferView inputs[] = {view(rateInput, &learningRate)};
  program.run(updateEntry, inputs, {}, 1);
}

std::vector<LayerNorm> ProgramExecutable::probe(const float *x, const Targets &targets,
                                                int64_t count) {
  if (probeEntry < 0)
    throw notCompiled("probe");
  const EntrySpec &entry = program.manifest().entries[probeEntry];
  std::vector<double> numbers(entry.results.size());
  std::vector<BufferView> results;
  for (size_t i = 0; i < numbers.size(); ++i)
    results.push_back(view(entry.results[i], &numbers[i]));
  const BufferView inputs[] = {view(input, x), targetView(targets)};
  program.run(probeEntry, inputs, results, count);
  std::vector<LayerNorm> norms;
  for (size_t i = 0; i < numbers.size(); ++i) {
    // "output.<place>" or "values.<parameter>", then what is passed back to it, if anything is.
    const std::string &name = entry.results[i].name;
    if (name.starts_with("gradient.") || name.starts_with("grad."))
      norms.back().gradientSquares = numbers[i];
    else
      norms.push_back({name.substr(name.find('.') + 1), numbers[i], 0.0});
  }
  return norms;
}

void ProgramExecutable::forward(const float *x, int64_t count, float *outputs) {
  const BufferView inputs[] = {view(input, x)};
  const BufferView results[] = {view(outputResult, outputs)};
  program.run(forwardEntry, inputs, results, count);
}

} // namespace spherical::runtime
