//===- self_check.cpp - whether a library computes as it should -*- C++ -*-===//

#include "runtime/execute/self_check.h"

#include "runtime/data/random.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace spherical::runtime {

std::vector<float> selfCheckValues(const std::string &name, const std::string &init, double scale,
                                   int64_t size, uint64_t seed) {
  constexpr double small = 0.1, above = 0.25;
  const RandomNumbers random(seed, RandomStream::Initialisation, hashText(name.c_str()));
  std::vector<float> values(size);
  for (int64_t i = 0; i < size; ++i) {
    const double value = init == "ones"    ? 1 + above * random.uniforms(i)[0]
                         : init == "zeros" ? small * random.normal(i)
                                           : scale * random.normal(i);
    values[i] = static_cast<float>(value);
  }
  return values;
}

std::string wrongResult(const SelfCheckReport &report) {
  char numbers[64];
  std::snprintf(numbers, sizeof numbers, " values within %.1e of the definitions, got %.1e",
                report.tolerance, report.error);
  return "expected " + std::to_string(report.values) + numbers;
}

namespace {

/// An array of the type of a value, with its view.
struct OwnedBuffer {
  const ValueSpec &spec;
  std::vector<int64_t> shape;
  std::vector<std::byte> bytes;

  explicit OwnedBuffer(const ValueSpec &spec) : spec(spec), shape(spec.shape) {
    if (spec.batched)
      shape[0] = 1;
    bytes.resize(size() * elementBytes(spec.element));
  }
  int64_t size() const {
    int64_t size = 1;
    for (const int64_t extent : shape)
      size *= extent;
    return size;
  }
  BufferView view() { return {spec.name, spec.element, shape, bytes.data()}; }
  void fill(const std::vector<float> &values) {
    if (spec.element == Element::F64)
      std::copy(values.begin(), values.end(), reinterpret_cast<double *>(bytes.data()));
    else
      std::copy(values.begin(), values.end(), reinterpret_cast<float *>(bytes.data()));
  }
  double at(int64_t position) const {
    return spec.element == Element::F64 ? reinterpret_cast<const double *>(bytes.data())[position]
                                        : reinterpret_cast<const float *>(bytes.data())[position];
  }
};

void bindValues(Program &program, uint64_t seed) {
  for (const ParameterSpec &parameter : program.manifest().parameters) {
    if (parameter.role == "moment")
      continue;
    OwnedBuffer buffer(parameter);
    buffer.fill(selfCheckValues(parameter.name, parameter.initKind, parameter.initScale,
                                buffer.size(), seed));
    program.bind(buffer.view());
  }
}

} // namespace

SelfCheckReport selfCheck(Program &program) {
  const Manifest &manifest = program.manifest();
  if (!manifest.selfCheck)
    throw Error(SPH_NOT_FOUND, "model '" + manifest.model + "' holds no values to check itself");
  const SelfCheckSpec &check = *manifest.selfCheck;
  const int64_t index = program.entry(check.entry);
  const EntrySpec &entry = manifest.entries[index];
  bindValues(program, check.seed);
  std::vector<OwnedBuffer> inputs, outputs;
  for (const ValueSpec &argument : entry.arguments)
    if (argument.role == "input") {
      OwnedBuffer &buffer = inputs.emplace_back(argument);
      buffer.fill(selfCheckValues(argument.name, "", 1, buffer.size(), check.seed));
    }
  for (const ExpectedValues &expected : check.results)
    for (const ValueSpec &result : entry.results)
      if (result.name == expected.name)
        outputs.emplace_back(result);
  std::vector<BufferView> given, taken;
  for (OwnedBuffer &buffer : inputs)
    given.push_back(buffer.view());
  for (OwnedBuffer &buffer : outputs)
    taken.push_back(buffer.view());
  program.run(index, given, taken, 1);
  SelfCheckReport report{0, 0, check.tolerance};
  double error = 0, norm = 0;
  for (size_t i = 0; i < outputs.size(); ++i)
    for (size_t k = 0; k < check.results[i].positions.size(); ++k) {
      const double expected = check.results[i].values[k];
      const double off = outputs[i].at(check.results[i].positions[k]) - expected;
      error += off * off;
      norm += expected * expected;
      ++report.values;
    }
  report.error = error == 0 ? 0 : std::sqrt(error / norm);
  return report;
}

} // namespace spherical::runtime
