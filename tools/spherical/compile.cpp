//===- compile.cpp - `spherical compile` ----------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/driver/artifact.h"
#include "tools/spherical/driver/self_check.h"
#include "tools/spherical/driver/signatures.h"
#include "tools/spherical/output.h"

#include "runtime/data/files.h"

#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

struct CompileOptions {
  std::string file, output, compileTo = "artifact";
  bool plain = false, withoutSelfCheck = false;
  SessionOptions session;
};

/// The name without the numbers of a version: libmodel.so for libmodel.so.1.2.
std::string withoutVersion(const std::string &path) {
  const size_t end = path.find_last_not_of("0123456789.");
  const size_t dot = end == std::string::npos ? end : path.find('.', end);
  return dot == std::string::npos ? path : path.substr(0, dot);
}

/// Refuses names that promise a form that is not written.
Status checkOutput(const CompileOptions &options) {
  if (options.compileTo != "artifact") {
    const std::string wrong = wrongForm(options.output, {".mlir", ".mlirbc", ""});
    return wrong.empty() ? Status(Done{}) : commandError(wrong);
  }
  if (options.output.empty())
    return commandError("expected -o with the library to write, got none",
                        "for example -o libmodel.so; --compile-to=PHASE prints IR");
  const std::string wrong = wrongForm(withoutVersion(options.output), {".so"});
  if (wrong.empty())
    return Done{};
  return commandError(wrong, "compile writes a shared library with one C header; "
                             "--compile-to=PHASE writes IR, as .mlir or .mlirbc");
}

Status compile(const CompileOptions &options) {
  if (Status form = checkOutput(options); !form)
    return form;
  Result<std::unique_ptr<Session>> session = Session::load(options.file, options.session);
  if (!session)
    return session.error();
  if (options.compileTo == "artifact") {
    const Result<std::string> without =
        options.withoutSelfCheck ? std::string("left out") : addSelfCheck(**session);
    if (!without)
      return without.error();
    const Result<std::string> runtime = writeLibrary(**session, options.output);
    if (!runtime)
      return runtime.error();
    std::printf("%s: ship it with %s in the same folder\n", options.output.c_str(),
                runtime->c_str());
    std::printf(
        "%s\n",
        without->empty()
            ? ("values for its self-check are inside: spherical check " + options.output).c_str()
            : ("no values for a self-check: " + *without).c_str());
    return Done{};
  }
  const bool planned = options.compileTo == "plan" || options.compileTo == "lower";
  Status status =
      planned && options.session.target == "cpu" ? planWithinLimit(**session) : Status(Done{});
  if (status)
    status = (*session)->runTo(options.compileTo);
  if (!status)
    return status;
  if (runtime::endingOf(options.output) == ".mlirbc")
    return writeOutput(options.output, (*session)->bytecode());
  const std::string text = (*session)->text(!options.plain);
  const bool read = (options.output.empty() || options.output == "-") && lineWidth() > 0;
  return writeOutput(options.output, read ? foldSignatures(text) : text);
}

const char *const examples =
    R"(Phases: graph, expand, differentiate, fuse, schedule, plan, lower, artifact. Every command takes the IR of
any phase up again where it stands.

Examples:
  spherical compile model.yaml -o libmodel.so            a shared library that needs no compiler
  spherical compile model.yaml --compile-to=fuse         the IR after the phase fuse
  spherical compile model.yaml --compile-to=plan -o plan.mlir && spherical compile plan.mlir -o libmodel.so
  spherical compile model.yaml --dump-dir passes -o libmodel.so
)";

} // namespace

void addCompileCommand(Commands &commands) {
  auto options = std::make_shared<CompileOptions>();
  CLI::App &command =
      commands.add("compile", "compile a model to a shared library, or print the IR of a phase",
                   examples, [options] { return compile(*options); });
  command.add_option("FILE", options->file, "model: .yaml, or .mlir of any phase, - for stdin")
      ->required();
  command.add_option("-o,--output", options->output, "file to write (IR: standard output)");
  command.add_option("--compile-to", options->compileTo, "last phase to run")
      ->capture_default_str()
      ->transform(oneOf(
          {"graph", "expand", "differentiate", "fuse", "schedule", "plan", "lower", "artifact"}));
  command.add_flag("--no-self-check", options->withoutSelfCheck,
                   "leave out the values by which 'spherical check' and sph_self_check test a "
                   "library");
  command.add_flag("--no-locations", options->plain,
                   "print IR without the lines of the model file");
  addTargetOption(command, options->session, true);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
