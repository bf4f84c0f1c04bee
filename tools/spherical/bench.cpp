//===- bench.cpp - `spherical bench` --------------------------------------===//

#include "tools/spherical/bench/problem.h"
#include "tools/spherical/bench/run.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/output.h"

#include "runtime/train/measure_machine.h"

#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

struct BenchCommand : BenchOptions {
  /// --machine without a file.
  bool machine = false;
  std::string output;
};

void printMachine(const runtime::MachineProfile &profile) {
  std::printf("%s: %lld cores, registers of %lld bytes\n", profile.name.c_str(),
              static_cast<long long>(profile.cores), static_cast<long long>(profile.vectorBytes));
  std::printf("%-24s %10.1f GFLOP/s a core\n", "peak, fp32", profile.gigaflop);
  for (const runtime::MemoryLevel &level : profile.caches)
    std::printf("%-24s %10.1f GB/s a core\n",
                ("values of " + printBytes(static_cast<double>(level.bytes))).c_str(),
                level.gigabytes);
  std::printf("%-24s %10.1f GB/s a core\n", "memory", profile.gigabytes);
  std::printf("%-24s %10.2f us\n", "a stage without work", 1e6 * profile.synchronisation);
}

/// Options that another mode would have to be chosen for.
Status checkModes(const BenchCommand &command) {
  const bool speed = command.mode == "speed";
  if (!speed && !command.reference.empty())
    return commandError("expected --reference only with --mode speed, got --mode " + command.mode);
  if (!speed && !command.output.empty())
    return commandError("expected -o only with --mode speed, got --mode " + command.mode);
  if (speed && command.session.target != "cpu")
    return commandError("expected --target cpu with --mode speed, got --target " +
                            command.session.target,
                        "times of other targets would hold copies between two memories");
  const bool limits = command.mode == "correct" || !command.reference.empty();
  if (command.tolerance && !limits)
    return commandError(
        "expected --tolerance only with --reference or --mode correct, got neither");
  return Done{};
}

Status checkOutput(const BenchCommand &command, const std::vector<std::string_view> &forms) {
  const std::string fault = command.output.empty() ? "" : wrongForm(command.output, forms);
  return fault.empty() ? Status(Done{}) : commandError("-o: " + fault);
}

/// The machine alone.
Status benchMachine(const BenchCommand &command) {
  if (!command.machine)
    return commandError("expected problems or --machine without a file, got nothing to measure",
                        "'spherical help bench' lists problems");
  if (Status status = checkOutput(command, {".json"}); !status)
    return status;
  const runtime::MachineProfile machine = runtime::measureMachine();
  printMachine(machine);
  return command.output.empty() ? Status(Done{})
                                : writeOutput(command.output, runtime::profileText(machine));
}

Status benchProblems(const BenchCommand &command) {
  if (Status status = checkModes(command); !status)
    return status;
  if (Status status = checkOutput(command, pictureForms); !status)
    return status;
  std::optional<runtime::MachineProfile> machine;
  std::string error;
  if (command.machine) {
    machine = runtime::measureMachine();
    printMachine(*machine);
  } else if (!command.session.machine.empty() &&
             !readProfile(command.session.machine, machine.emplace(), error)) {
    return commandError("--machine: " + error);
  }
  BenchOptions options = command;
  options.picture = command.output;
  return runProblems(options, machine);
}

Status bench(const BenchCommand &command) {
  const bool problems = !command.words.empty() || !command.problems.empty();
  return problems ? benchProblems(command) : benchMachine(command);
}

/// A share such as "5%", or a number.
CLI::Validator share() {
  const auto check = [](std::string &text) {
    const bool percent = text.ends_with('%');
    const Number number =
        parseNumber(percent ? text.substr(0, text.size() - 1) : text, notNegative);
    if (!number.fault.empty())
      return "expected a share such as 5% or 0.05, got '" + text + "'";
    text = printNumber(percent ? number.value / 100 : number.value);
    return std::string();
  };
  return CLI::Validator(check, "SHARE");
}

const char *const examples =
    R"(Problems are layers, transforms, products, convolutions or whole models, each one word with defaults for
all keys: kind:key=value,key=value. 'spherical help bench' lists kinds, keys, ranges and defaults.

Modes:
  speed    the median time of rounds in which all problems take turns, weights being prepared. A Fourier
           transform of N points counts 5 N log2 N operations on each axis, half of it if it is real, a
           multiply-add of the Legendre sums and of products 2, lanes without a sample like others; bytes
           are those that stages read and write. The roofline is the larger of operations / measured
           peak and bytes / measured bandwidth of memory: what stays in caches may beat it
  correct  results by the definitions in fp64, of random arguments; as far off as rounding explains
  bitwise  one thread, several threads and a second run give the same bits
Results of which more than 99 % are zero are mistrusted, which is a failure. Each failure prints the command
that repeats it. Rates of --machine are those of one core while all are busy; values are read and written.

Examples:
  spherical bench so3_ft:b=20,channels=14 conv2d:size=60,kernel=5 -o roofline.png
  spherical bench --mode correct model:model.yaml,entry=train_step,batch=2
  spherical bench --problems problems.txt --json before.json       '#' starts a remark
  spherical bench --problems problems.txt --reference before.json --tolerance 5%
  spherical bench --machine                             how fast this machine computes and moves data
  spherical bench --machine -o here.json                the same in a file
  spherical explain model.yaml --machine here.json      schedule and predict for the machine of a file
)";

} // namespace

void addBenchCommand(Commands &commands) {
  auto options = std::make_shared<BenchCommand>();
  CLI::App &command =
      commands.add("bench", "check or measure layers, transforms and models, or this machine",
                   examples, [options] { return bench(*options); });
  command.add_option("PROBLEM", options->words, "problems, see below");
  command.add_option("--problems", options->problems, "file with a problem a line");
  command.add_option("--mode", options->mode, "speed, correct or bitwise")
      ->capture_default_str()
      ->transform(oneOf({"speed", "correct", "bitwise"}));
  command.add_option("--seed", options->seed, "random numbers of the arguments")
      ->capture_default_str()
      ->transform(natural(0, anySeed));
  command.add_option("--rounds", options->rounds, "rounds of speed")
      ->capture_default_str()
      ->transform(natural(1, 100000));
  command.add_option("--reference", options->reference,
                     "JSON of an earlier run that no problem may be slower than");
  command
      .add_option("--tolerance", options->tolerance,
                  "how much slower a problem may be, such as 5%; with --mode correct, the "
                  "largest error")
      ->default_str("5%; what rounding explains")
      ->transform(share());
  command.add_option("--json", options->json, "file for what was found")->check(endsIn({".json"}));
  command.add_option("-o,--output", options->output,
                     "picture of the roofline: .png, .svg or .pdf; of --machine alone: .json");
  addTargetOption(command, options->session, false);
  addMachineOption(command, options->session, &options->machine);
  addCodeOptions(command, options->session);
}

} // namespace spherical::driver
