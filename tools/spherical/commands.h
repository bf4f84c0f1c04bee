//===- commands.h - the subcommands of the driver ---------------*- C++ -*-===//
//
// One source file a subcommand. Each adds itself to the command line with its
// options, a help text that shows how to use it, and what it runs.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_COMMANDS_H
#define SPHERICAL_TOOLS_SPHERICAL_COMMANDS_H

#include "tools/spherical/driver/session.h"
#include "tools/spherical/options.h"
#include "tools/spherical/result.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace spherical::driver {

/// The command line: subcommands and what each runs once it is selected.
class Commands {
public:
  explicit Commands(CLI::App &app) : app(app) {}

  /// Adds the subcommand `name`; `examples` is shown at the end of its help.
  CLI::App &add(const std::string &name, const std::string &summary, const std::string &examples,
                std::function<Status()> run);

  /// The same below the command `parent`, which runs itself without it.
  CLI::App &addBelow(CLI::App &parent, const std::string &name, const std::string &summary,
                     const std::string &examples, std::function<Status()> run);

  /// Runs the subcommand that the parsed command line selects.
  Status runSelected() const;

private:
  CLI::App &app;
  std::vector<std::pair<CLI::App *, std::function<Status()>>> commands;
};

void addBenchCommand(Commands &commands);
void addCheckCommand(Commands &commands);
void addCompileCommand(Commands &commands);
void addRunCommand(Commands &commands);
void addTrainCommand(Commands &commands);
void addEvalCommand(Commands &commands);
void addExplainCommand(Commands &commands);
void addInspectCommand(Commands &commands);
void addCompareCommand(Commands &commands);
void addConvertCommand(Commands &commands);
void addDataCommand(Commands &commands);
void addDataConvertCommand(Commands &commands, CLI::App &data);
void addGenerateCommand(Commands &commands);
void addPredictCommand(Commands &commands);
void addReportCommand(Commands &commands);
void addRunsCommand(Commands &commands);
void addWeightsCommand(Commands &commands);
void addHelpCommand(Commands &commands);

/// Adds --cpu, --gpu, --device, --threads and --memory-limit: what code is made for and may take.
void addCodeOptions(CLI::App &command, SessionOptions &options);

/// Adds --machine FILE. With `measured`, the file may be left out, which that tells.
void addMachineOption(CLI::App &command, SessionOptions &options, bool *measured = nullptr);

/// Adds all of these, --dump-dir, --compile-times and --batch, which every command that compiles a
/// model has.
void addSessionOptions(CLI::App &command, SessionOptions &options);

/// Adds --target: cpu, cuda, cuda-emulated[:strict] and, for commands that run it, reference.
void addTargetOption(CLI::App &command, SessionOptions &options, bool reference);

/// Flushes what the command has printed; an error if standard output did not take it all.
Status flushOutput();

/// "1.5 GiB", "312 KiB".
std::string printBytes(double bytes);

/// An error of the command line itself, which has no place in a file.
Error commandError(const std::string &message, const std::string &hint = "");

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_COMMANDS_H
