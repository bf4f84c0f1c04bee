//===- program_text.cpp - pieces of golden programs -------------*- C++ -*-===//

#include "test/golden/program_text.h"

#include <sstream>

namespace spherical::golden {

std::string tensorType(const std::vector<int64_t> &shape, const std::string &element) {
  std::string type = "tensor<";
  for (int64_t extent : shape)
    type += number(extent) + "x";
  return type + element + ">";
}

std::string signalType(const std::string &kind, int64_t batch, int64_t channels, int64_t b,
                       const std::string &element) {
  return "!spherical." + kind + "<" + number(batch) + "x" + number(channels) +
         ", b = " + number(b) + ", " + element + ">";
}

std::string pairText(int64_t first, int64_t second) {
  return "[" + number(first) + ", " + number(second) + "]";
}

std::string functionText(const std::string &entry, const std::vector<NamedType> &arguments,
                         const std::vector<NamedType> &results, const std::string &body,
                         bool gradient) {
  std::ostringstream text;
  text << "func.func @" << entry << "(";
  for (size_t i = 0; i < arguments.size(); ++i)
    text << (i ? ", " : "") << "%" << arguments[i].name << ": " << arguments[i].type
         << " {spherical.name = \"" << arguments[i].name << "\""
         << (arguments[i].role.empty() ? "" : ", spherical.role = \"" + arguments[i].role + "\"")
         << "}";
  text << ") -> (";
  for (size_t i = 0; i < results.size(); ++i)
    text << (i ? ", " : "") << results[i].type << " {spherical.name = \"" << results[i].name
         << "\"}";
  text << ")" << (gradient ? " attributes {spherical.gradient}" : "") << " {\n" << body;
  text << "  return ";
  for (size_t i = 0; i < results.size(); ++i)
    text << (i ? ", " : "") << "%" << results[i].name << "_out";
  text << " : ";
  for (size_t i = 0; i < results.size(); ++i)
    text << (i ? ", " : "") << results[i].type;
  text << "\n}\n";
  return text.str();
}

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
