//===- program_text.cpp - small programs of the graph phase as text -------===//

#include "tools/spherical/model/program_text.h"

#include <sstream>

namespace spherical::driver {

std::string tensorType(const std::vector<int64_t> &shape, const std::string &element) {
  std::string type = "tensor<";
  for (int64_t extent : shape)
    type += std::to_string(extent) + "x";
  return type + element + ">";
}

std::string signalType(const std::string &kind, int64_t batch, int64_t channels, int64_t b,
                       const std::string &element) {
  return "!spherical." + kind + "<" + std::to_string(batch) + "x" + std::to_string(channels) +
         ", b = " + std::to_string(b) + ", " + element + ">";
}

std::string pairText(int64_t first, int64_t second) {
  return "[" + std::to_string(first) + ", " + std::to_string(second) + "]";
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

} // namespace spherical::driver
