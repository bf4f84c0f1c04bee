//===- object.cpp - the object file of a session --------------------------===//

#include "tools/spherical/driver/object.h"

#include "passes/lower/passes.h"
#include "passes/lower/target.h"
#include "passes/lower/tasks/manifest.h"
#include "passes/pipeline.h"
#include "tools/spherical/codegen/cache.h"

#include "mlir/IR/BuiltinOps.h"

#include "llvm/Support/MemoryBuffer.h"

namespace spherical::driver {

namespace sph = mlir::spherical;

using Emit = Result<std::string> (*)(mlir::ModuleOp, const CodegenOptions &);

/// Whether there can be machine code for the session's options.
static Status checkTarget(Session &session) {
  if (session.options().target == "reference")
    return Error{session.path() +
                 ": error: expected target cpu, cuda or cuda-emulated for machine code, got "
                 "reference"};
  std::string reason;
  if (session.phase() != "lower" && !sph::getCpuTarget(session.options().cpu, reason))
    return Error{session.path() + ": error: " + reason + "\n" + session.path() +
                 ": note: --target=reference runs on any machine, --cpu compiles for another one"};
  return Done{};
}

static Status plan(Session &session) {
  if (Status status = checkTarget(session); !status)
    return status;
  return session.phase() == "lower" ? Status(Done{}) : session.runTo("plan");
}

static CodegenOptions codegenOptions(Session &session) {
  CodegenOptions options;
  options.cpu = session.options().cpu;
  options.target = session.options().target;
  options.gpu = session.options().gpu;
  options.times = session.times();
  return options;
}

/// The error of code generation, which has no place in a file or one that MLIR told.
static Error located(Session &session, const Error &error) {
  return Error{error.message.empty() ? session.takeDiagnostics()
                                     : session.path() + ": " + error.message};
}

static Result<std::string> compile(Session &session, Emit emit) {
  if (Status status = plan(session); !status)
    return status.error();
  Result<std::string> code = emit(session.module(), codegenOptions(session));
  if (!code)
    return located(session, code.error());
  return code;
}

bool hasEntryObjects(Session &session) {
  return session.options().target == "cpu" && session.phase() != "lower";
}

Result<ObjectMap> compileEntries(Session &session, const ProgramPlan &program,
                                 const std::vector<std::string> &entries) {
  CodegenOptions options = codegenOptions(session);
  options.source = program.source;
  if (std::optional<ObjectMap> known = findEntries(entries, options))
    return std::move(*known);
  if (Status status = plan(session); !status)
    return status.error();
  Result<ObjectMap> objects = emitEntries(session.module(), entries, options);
  if (!objects)
    return located(session, objects.error());
  return objects;
}

Result<std::string> compileManifest(Session &session, const std::string &manifest) {
  Result<std::string> object = emitManifest(session.module(), manifest, codegenOptions(session));
  if (!object)
    return located(session, object.error());
  return object;
}

/// The manifest of a module that has passed the phase plan.
static Result<std::string> manifestOf(Session &session) {
  const SessionOptions &options = session.options();
  std::string reason;
  const std::optional<sph::CpuTarget> cpu = sph::getCpuTarget(options.cpu, reason);
  if (!cpu)
    return Error{session.path() + ": error: " + reason};
  if (!sph::isDeviceTarget(options.target))
    return sph::manifestText(sph::buildManifest(session.module(), options.target, *cpu));
  // Scratch memory on a GPU is that of the blocks of a launch.
  mlir::OwningOpRef<mlir::ModuleOp> copy(session.module().clone());
  mlir::PassManager manager(&session.context());
  sph::ChooseLaunchesOptions launches;
  launches.gpu = options.gpu;
  manager.addPass(sph::createChooseLaunches(launches));
  if (mlir::failed(manager.run(*copy)))
    return Error{session.takeDiagnostics()};
  return sph::manifestText(sph::buildManifest(*copy, options.target, *cpu, options.gpu));
}

/// The key of the program that the session has, if its plan may come from the cache: a folder of
/// dumps shall get a file for each pass.
static std::string sourceOf(Session &session) {
  std::string reason;
  const std::optional<sph::CpuTarget> cpu = sph::getCpuTarget(session.options().cpu, reason);
  if (!cpu || !hasEntryObjects(session) || !session.options().dumpDir.empty())
    return "";
  std::string machine;
  if (const std::string &path = session.options().machine; !path.empty()) {
    const auto file = llvm::MemoryBuffer::getFile(path);
    if (!file)
      return "";
    machine = (*file)->getBuffer().str();
  }
  return cacheKey({"program", cpu->name(), cpu->tuning, machine,
                   choicesText(session.options()), session.buildsProbe() ? "probe" : "",
                   std::to_string(session.liveLimit()), session.text(/*withLocations=*/true)});
}

Result<ProgramPlan> planProgram(Session &session) {
  if (Status status = checkTarget(session); !status)
    return status.error();
  if (session.phase() == "lower")
    return ProgramPlan{};
  const Result<ObjectCache> cache = ObjectCache::open();
  if (!cache)
    return located(session, cache.error());
  ProgramPlan program;
  program.source = sourceOf(session);
  if (!program.source.empty()) {
    const StepTimer timer(session.times(), "read cache");
    if (std::optional<std::string> known = cache->read(program.source)) {
      program.manifest = std::move(*known);
      return program;
    }
  }
  if (Status status = plan(session); !status)
    return status.error();
  Result<std::string> manifest = manifestOf(session);
  if (!manifest)
    return manifest.error();
  program.manifest = std::move(*manifest);
  if (!program.source.empty())
    cache->write(program.source, program.manifest);
  return program;
}

Result<std::string> compileObject(Session &session) { return compile(session, emitObject); }

Result<std::string> compileAssembly(Session &session) { return compile(session, emitAssembly); }

} // namespace spherical::driver
