//===- program_text.cpp - pieces of golden programs -------------*- C++ -*-===//

#include "test/golden/program_text.h"

namespace spherical::golden {

Program differentiable(const std::vector<NamedType> &arguments, const NamedType &result,
                       const std::string &body) {
  Program program{functionText("f", arguments, {result}, body, true), {}};
  Call forward{"f", {}, {{result.name, "out." + result.name}}, {}}, backward{"f_vjp", {}, {}, {}};
  backward.inputs["cot." + result.name] = "cot." + result.name;
  for (const NamedType &argument : arguments) {
    forward.inputs[argument.name] = backward.inputs[argument.name] = "in." + argument.name;
    backward.outputs["grad." + argument.name] = "grad." + argument.name;
  }
  program.calls = {forward, backward};
  return program;
}

} // namespace spherical::golden
