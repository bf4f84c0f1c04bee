//===- convert.cpp - `spherical convert` ----------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/model/yaml.h"
#include "tools/spherical/output.h"

#include "runtime/data/files.h"

#include <memory>

namespace spherical::driver {
namespace {

struct ConvertOptions {
  std::string input;
  std::string output;
};

Status convert(const ConvertOptions &options) {
  const std::string wrong = wrongForm(options.output, {".yaml", ".yml", ".mlir", ".mlirbc"});
  if (!wrong.empty())
    return commandError(wrong);
  Result<std::unique_ptr<Session>> session = Session::load(options.input, SessionOptions());
  if (!session)
    return session.error();
  if (runtime::endingOf(options.output) == ".mlir")
    return writeOutput(options.output, (*session)->text(true));
  if (!isYamlPath(options.output))
    return writeOutput(options.output, (*session)->bytecode());
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
