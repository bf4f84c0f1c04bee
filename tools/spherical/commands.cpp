//===- commands.cpp - what the subcommands share --------------------------===//

#include "tools/spherical/commands.h"

#include "dialects/spherical/work.h"
#include "passes/cards.h"
#include "passes/lower/chips.h"
#include "passes/pipeline.h"
#include "runtime/processor/machine_profile.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <map>

namespace spherical::driver {

CLI::App &Commands::add(const std::string &name, const std::string &summary,
                        const std::string &examples, std::function<Status()> run) {
  CLI::App *command = app.add_subcommand(name, summary);
  command->footer("\n" + examples);
  commands.emplace_back(command, std::move(run));
  return *command;
}

CLI::App &Commands::addBelow(CLI::App &parent, const std::string &name, const std::string &summary,
                             const std::string &examples, std::function<Status()> run) {
  CLI::App *command = parent.add_subcommand(name, summary);
  command->footer("\n" + examples);
  commands.emplace(commands.begin(), command, std::move(run)); // before its parent, parsed as well
  return *command;
}

/// Options that choose a GPU do nothing for a target without one.
static Status checkGpuOptions(const CLI::App &command) {
  const CLI::Option *target = command.get_option_no_throw("--target");
  const std::string chosen = target ? target->as<std::string>() : "";
  if (chosen.empty() || chosen.starts_with("cuda"))
    return Done{};
  for (const char *name : {"--gpu", "--device"})
    if (const CLI::Option *option = command.get_option_no_throw(name);
        option && option->count() > 0)
      return commandError(
          "expected " + std::string(name) + " only with --target=cuda, got --target=" + chosen,
          std::string(name) + " chooses a GPU, which --target=" + chosen + " does not use");
  return Done{};
}

Status Commands::runSelected() const {
  for (const auto &[command, run] : commands)
    if (command->parsed()) {
      const Status fits = checkGpuOptions(*command);
      return fits ? run() : fits;
    }
  return commandError("expected a command, got none");
}

Error commandError(const std::string &message, const std::string &hint) {
  return Error{"spherical: error: " + message + (hint.empty() ? "" : "\nspherical: note: " + hint)};
}

Status flushOutput() {
  errno = 0;
  std::cout.flush();
  const bool flushed = std::fflush(stdout) == 0 && !std::ferror(stdout) && std::cout.good();
  if (flushed)
    return Done{};
  if (errno == 0) { // the reason of an earlier write is gone: another one meets it again
    std::clearerr(stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
  }
  return commandError("cannot write to standard output" +
                      (errno == 0 ? std::string() : std::string(": ") + std::strerror(errno)));
}

std::string printBytes(double bytes) {
  const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  int unit = 0;
  for (; bytes >= 1024 && unit < 4; ++unit)
    bytes /= 1024;
  char text[32];
  std::snprintf(text, sizeof(text), unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
  return text;
}

void addTargetOption(CLI::App &command, SessionOptions &options, bool reference) {
  std::vector<std::string> targets = {"cpu", "cuda", "cuda-emulated", "cuda-emulated:strict"};
  std::string text = "cpu, cuda (NVIDIA GPUs) or cuda-emulated (its kernels on the CPU, slow; "
                     "with :strict, each access is checked)";
  if (reference) {
    targets.push_back("reference");
    text += ", or reference (fp64 definitions)";
  }
  command.add_option("--target", options.target, text)
      ->capture_default_str()
      ->transform(oneOf(std::move(targets)));
}

/// The name of a chip; cards, which are better known, are answered with theirs.
static CLI::Validator chipName() {
  const CLI::Validator known = oneOf(mlir::spherical::chipNames());
  const auto check = [known](std::string &text) {
    std::string lower = text;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::optional<mlir::spherical::Card> card = mlir::spherical::getCard(lower);
    if (!card)
      return known(text);
    return "expected the name of a chip, got '" + text + "' (its chip is " +
           std::string(card->chip) + ")";
  };
  return CLI::Validator(check, "");
}

static std::vector<std::string> optionalPassNames() {
  std::vector<std::string> names;
  for (const auto &[name, phase] : mlir::spherical::optionalPasses())
    names.push_back(name.str());
  return names;
}

void addMachineOption(CLI::App &command, SessionOptions &options, bool *measured) {
  const auto fault = [](const std::string &path) {
    runtime::MachineProfile profile;
    std::string error;
    if (mlir::spherical::getCard(path))
      return std::string();
    if (!path.ends_with(".json"))
      return "expected a file that ends in .json, or a GPU (" +
             joined(mlir::spherical::cardNames()) + "), got '" + path + "'";
    return readProfile(path, profile, error) ? std::string() : error;
  };
  if (!measured) {
    command
        .add_option(
            "--machine", options.machine,
            "make the schedule for the machine in this file of 'spherical bench', or for a GPU: "
            "h200")
        ->check(CLI::Validator(fault, "FILE", ""));
    return;
  }
  command
      .add_option_function<std::string>(
          "--machine",
          [&options, measured](const std::string &path) {
            options.machine = path;
            *measured = path.empty();
          },
          "measure this machine: peak, bandwidths and cost of a stage; or take that of a file, "
          "also for the schedule")
      ->expected(0, 1)
      ->check(CLI::Validator(
          [fault](const std::string &path) { return path.empty() ? "" : fault(path); }, "[FILE]"));
}

/// An option that forces one of several algorithms, each under a short name, or "auto". It comes
/// before what --choose asks of single ops.
static void addAlgorithmOption(CLI::App &command, SessionOptions &options, const std::string &name,
                               const std::map<std::string, std::string> &algorithms,
                               const std::string &text) {
  std::vector<std::string> names = {"auto"};
  for (const auto &[shortName, algorithm] : algorithms)
    names.push_back(shortName);
  command
      .add_option_function<std::string>(
          name,
          [&options, algorithms](const std::string &chosen) {
            if (const auto found = algorithms.find(chosen); found != algorithms.end())
              options.choose.insert(options.choose.begin(), "*:algorithm=" + found->second);
          },
          text)
      ->default_str("auto")
      ->transform(oneOf(std::move(names)));
}

void addCodeOptions(CLI::App &command, SessionOptions &options) {
  command
      .add_option("--cpu", options.cpu,
                  "instructions: x86-64-v3 (AVX2), x86-64-v4 (AVX-512), or native")
      ->default_str("the best level of this machine")
      ->transform(oneOf({"x86-64-v3", "x86-64-v4", "native"}));
  command
      .add_option("--choose", options.choose,
                  "ways to compute that are taken in place of the fastest: so3_ft:radices=4x5, "
                  "boundary:rows=0, boundary:algorithm=fft_bfloat16 (2 bytes a number within "
                  "transforms), conv2d:tile=6x4, slowest, random:SEED")
      ->delimiter(',');
  addAlgorithmOption(command, options, "--fft",
                     {{"cufft", mlir::spherical::kLibraryTransforms.str()},
                      {"generated", mlir::spherical::kGeneratedTransforms.str()}},
                     "Fourier transforms: cufft (calls of the GPU's library), generated, or auto: "
                     "what is predicted to be faster");
  addAlgorithmOption(command, options, "--product",
                     {{"complex", mlir::spherical::kComplexProduct.str()},
                      {"real", mlir::spherical::kRealProduct.str()}},
                     "products of spectra: complex matrices as in published codes, real ones of a "
                     "basis, or auto: what is predicted to be faster");
  addAlgorithmOption(command, options, "--gemm",
                     {{"cublas", mlir::spherical::kLibraryProducts.str()},
                      {"generated", mlir::spherical::kGeneratedProducts.str()}},
                     "products of dense matrices: cublas (calls of the GPU's library), generated, "
                     "or auto: what is predicted to be faster");
  command
      .add_flag("--exact{1}", options.exact,
                "only ways to compute that round at most so many times as much as plain sums: "
                "--exact forbids all that round more (Winograd's filters, Fourier convolutions, "
                "recursion), --exact=2 those that round more than twice as much")
      ->transform(number({.low = 1}));
  const std::vector<std::string> optional = optionalPassNames();
  command.add_option("--without", options.without, "passes that are left out: " + joined(optional))
      ->delimiter(',')
      ->transform(oneOf(optional));
  command.add_option("--gpu", options.gpu, "the GPU that target cuda makes code for")
      ->capture_default_str()
      ->transform(chipName());
  command.add_option("--device", options.device, "number of the GPU that runs it")
      ->capture_default_str()
      ->transform(natural(0, 1023));
  command.add_option("--threads", options.threads, "worker threads")
      ->default_str("one for each core")
      ->transform(natural(1, 4096));
  addBytesOption(command, "--memory-limit", options.memoryLimit,
                 "refuse plans above this, for example 512M or 16G")
      ->default_str("the memory that is available");
}

void addSessionOptions(CLI::App &command, SessionOptions &options) {
  addCodeOptions(command, options);
  addMachineOption(command, options);
  command.add_option("--batch", options.batch, "capacity of the batch")
      ->default_str("what the model says")
      ->transform(natural(1, uint64_t(1) << 20));
  command.add_option("--dump-dir", options.dumpDir,
                     "write one numbered .mlir file for each pass that changed something");
  command.add_flag("--compile-times", options.compileTimes,
                   "print the seconds of each step of compiling on standard error");
}

} // namespace spherical::driver
