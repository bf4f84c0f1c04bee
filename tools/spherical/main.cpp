//===- main.cpp - the driver `spherical` ----------------------------------===//

#include "tools/spherical/commands.h"

#include <cstdio>

using namespace spherical::driver;

static const char *const overview = R"(
A model goes through these phases, the values of --compile-to:
  graph -> expand -> differentiate -> fuse -> schedule -> plan -> lower -> artifact

Start here:
  spherical inspect examples/models/quickstart.yaml
  spherical check examples/models/quickstart.yaml
  spherical train examples/models/quickstart.yaml --minutes 3 --output weights.safetensors
  spherical eval examples/models/quickstart.yaml --weights weights.safetensors
  spherical compile examples/models/quickstart.yaml -o libquickstart.so
  spherical run model.mlir --entry=forward --input in.safetensors --output out.safetensors

'spherical COMMAND --help' explains a command, 'spherical help TOPIC' models, conventions, data,
targets and environment variables.)";

static int report(const Error &error) {
  if (!error.message.empty())
    std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

static int run(int argc, char **argv) {
  CLI::App app("compiler and runtime for convolutional networks on the sphere", "spherical");
  app.footer(overview);
  app.set_version_flag("--version", "spherical " SPHERICAL_VERSION);
  app.require_subcommand(1);
  Commands commands(app);
  addBenchCommand(commands);
  addCheckCommand(commands);
  addCompileCommand(commands);
  addRunCommand(commands);
  addTrainCommand(commands);
  addEvalCommand(commands);
  addExplainCommand(commands);
  addInspectCommand(commands);
  addCompareCommand(commands);
  addConvertCommand(commands);
  addDataCommand(commands);
  addGenerateCommand(commands);
  addPredictCommand(commands);
  addReportCommand(commands);
  addRunsCommand(commands);
  addWeightsCommand(commands);
  addHelpCommand(commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success &help) { // the help or the version
    app.exit(help);
    const Status printed = flushOutput();
    return printed ? 0 : report(printed.error());
  } catch (const CLI::ParseError &error) {
    return report(commandLineError(app, error));
  }
  Status status = commands.runSelected();
  if (status)
    status = flushOutput();
  return status ? 0 : report(status.error());
}

int main(int argc, char **argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception &error) {
    return report(commandError(error.what()));
  }
}
