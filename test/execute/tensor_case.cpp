//===- tensor_case.cpp - functions of tensors on every target -------------===//

#include "test/execute/tensor_case.h"

#include "test/golden/cases.h"
#include "test/golden/program_text.h"

#include <gtest/gtest.h>

#include <random>

namespace spherical {

using golden::Tensor;

static void replaceType(std::string &text, const std::string &name, const std::string &type) {
  for (size_t at; (at = text.find("$" + name)) != std::string::npos;)
    text.replace(at, name.size() + 1, type);
}

std::string caseText(const std::vector<Named> &arguments, const Named &result, std::string body,
                     bool gradient, bool partial) {
  std::vector<golden::NamedType> types;
  for (const Named &value : arguments) {
    const std::string role = value.batched ? "input" : "parameter";
    types.push_back({value.name, golden::tensorType(value.shape), partial ? role : ""});
    replaceType(body, value.name, types.back().type);
  }
  const std::string type = golden::tensorType(result.shape);
  replaceType(body, result.name, type);
  return golden::functionText("f", types, {{result.name, type}}, body, gradient);
}

Tensor randomTensor(const std::string &name, const std::vector<int64_t> &shape) {
  std::seed_seq seed(name.begin(), name.end());
  std::mt19937_64 bits(seed);
  std::normal_distribution<double> normal;
  Tensor tensor{shape, {}};
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  for (int64_t i = 0; i < size; ++i)
    tensor.values.push_back(static_cast<float>(normal(bits)));
  return tensor;
}

void expectDefinitions(const std::string &text, const std::vector<Named> &arguments,
                       double tolerance, bool emulated, const std::string &function) {
  SCOPED_TRACE(text);
  golden::Values values;
  for (const Named &argument : arguments)
    values[argument.name] = randomTensor(argument.name, argument.shape);
  const golden::Values expected = golden::makeReferenceRunner(text, "graph")->run(function, values);
  golden::expectNear(golden::makeReferenceRunner(text, "plan")->run(function, values), expected,
                     1e-12);
  golden::expectNear(golden::makeCpuRunner(text, "")->run(function, values), expected, tolerance);
  if (emulated)
    golden::expectNear(golden::makeEmulatedRunner(text, true)->run(function, values), expected,
                       tolerance);
}

} // namespace spherical
