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

const ValueSpec &resultOf(const EntrySpec &entry, const std::string &name) {
  for (const ValueSpec &value : entry.results)
    if (value.name == name)
      return value;
  throw Error(SPH_INVALID_ARGUMENT,
              "entry '" + entry.name + "' expected a result '" + name + "', got none");
}

/// Whether the network has logits for each point of its input's grid.
bool segments(const ValueSpec &logits) { return logits.shape.size() == 4; }

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
  logitsResult = resultOf(forward, "logits");
  expectShape(forward, input, Element::F32, 4);
  expectShape(forward, logitsResult, Element::F32, segments(logitsResult) ? 4 : 2);
  if (segments(logitsResult) &&
      !std::equal(input.shape.begin() + 2, input.shape.end(), logitsResult.shape.begin() + 2))
    throw Error(SPH_INVALID_ARGUMENT, "entry 'forward' expected '" + logitsResult.name +
                                          "' on the grid of '" + input.name +
                                          "', got other extents");
  if (!program.hasEntry("train_step"))
    return;
  trainEntry = program.entry("train_step");
  const EntrySpec &train = program.manifest().entries[trainEntry];
  labelsInput = argumentOf(train, "label");
  rateInput = argumentOf(train, "learning_rate");
  expectShape(train, labelsInput, Element::I32, segments(logitsResult) ? 3 : 1);
  expectShape(train, rateInput, Element::F32, 0);
  expectShape(train, resultOf(train, "loss"), Element::F32, 0);
  if (argumentOf(train, "input").shape != input.shape ||
      resultOf(train, "logits").shape != logitsResult.shape)
    throw Error(SPH_INVALID_ARGUMENT,
                "expected input and logits of 'train_step' to have the shapes of 'forward'");
}

int64_t ProgramExecutable::capacity() const { return input.shape[0]; }

std::vector<int64_t> ProgramExecutable::sampleShape() const {
  return {input.shape.begin() + 1, input.shape.end()};
}

int64_t ProgramExecutable::classes() const { return logitsResult.shape[1]; }

int64_t ProgramExecutable::points() const {
  return segments(logitsResult) ? logitsResult.shape[2] * logitsResult.shape[3] : 1;
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

float ProgramExecutable::trainStep(const float *x, const int32_t *labels, int64_t count,
                                   float learningRate, float *logits) {
  if (!canTrain())
    throw Error(SPH_NOT_FOUND, "the artifact has no entry 'train_step'; compile it for training");
  float loss = 0.0f;
  const BufferView inputs[] = {view(input, x), view(labelsInput, labels),
                               view(rateInput, &learningRate)};
  const BufferView outputs[] = {view(logitsResult, logits), {"loss", Element::F32, {}, &loss}};
  program.run(trainEntry, inputs, outputs, count);
  return loss;
}

void ProgramExecutable::forward(const float *x, int64_t count, float *logits) {
  const BufferView inputs[] = {view(input, x)};
  const BufferView outputs[] = {view(logitsResult, logits)};
  program.run(forwardEntry, inputs, outputs, count);
}

} // namespace spherical::runtime
