//===- convert.cpp - `spherical convert` ----------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/output.h"

#include <memory>

namespace spherical::driver {
namespace {

struct ConvertOptions {
  std::string input;
  std::string output;
};

bool endsWith(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Status convert(const ConvertOptions &options) {
  Result<std::unique_ptr<Session>> session = Session::load(options.input, SessionOptions());
  if (!session)
    return session.error();
  if (endsWith(options.output, ".mlir"))
    return writeOutput(options.output, (*session)->text(true));
  if (endsWith(options.output, ".mlirbc"))
    return writeOutput(options.output, (*session)->bytecode());
  if (!endsWith(options.output, ".yaml") && !endsWith(options.output, ".yml"))
    return commandError("expected an output that ends in .yaml, .mlir or .mlirbc, got '" +
                        options.output + "'");
  Result<std::string> yaml = (*session)->yaml();
  if (!yaml)
    return yaml.error();
  return writeOutput(options.output, *yaml);
}

} // namespace

void addConvertCommand(Commands &commands) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App &command =
      commands.add("convert", "write a model in another form: .yaml, .mlir or .mlirbc",
                   "Examples:\n"
                   "  spherical convert model.yaml -o model.mlir    the graph, one op a layer\n"
                   "  spherical convert model.mlir -o model.yaml    back, if YAML has words for it\n",
                   [options] { return convert(*options); });
  command.add_option("FILE", options->input, "model: .yaml, .mlir or .mlirbc")->required();
  command.add_option("-o,--output", options->output, "file to write; its ending says the form")
      ->required();
}

} // namespace spherical::driver
