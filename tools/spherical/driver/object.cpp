//===- object.cpp - the object file of a session --------------------------===//

#include "tools/spherical/driver/object.h"

#include "passes/lower/passes.h"
#include "passes/lower/target.h"
#include "passes/lower/tasks/manifest.h"
#include "passes/pipeline.h"

#include "mlir/IR/BuiltinOps.h"

namespace spherical::driver {

namespace sph = mlir::spherical;

using Emit = Result<std::string> (*)(mlir::ModuleOp, const CodegenOptions &);

static Status plan(Session &session) {
  if (session.options().target == "reference")
    return Error{session.path() +
                 ": error: expected target cpu, cuda or cuda-emulated for machine code, got "
                 "reference"};
  if (session.phase() == "lower")
    return Done{};
  std::string reason;
  if (!sph::getCpuTarget(session.options().cpu, reason))
    return Error{session.path() + ": error: " + reason + "\n" + session.path() +
                 ": note: --target=reference runs on any machine, --cpu compiles for another one"};
  return session.runTo("plan");
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

Result<ObjectMap> compileEntries(Session &session, const std::vector<std::string> &entries) {
  Result<ObjectMap> objects = emitEntries(session.module(), entries, codegenOptions(session));
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

Result<std::string> planManifest(Session &session) {
  if (Status status = plan(session); !status)
    return status.error();
  if (session.phase() == "lower")
    return std::string();
  const SessionOptions &options = session.options();
  std::string reason;
  const std::optional<sph::CpuTarget> cpu = sph::getCpuTarget(options.cpu, reason);
  if (!cpu)
    return Error{session.path() + ": error: " + reason};
  if (!sph::isDeviceTarget(options.target))
    return sph::manifestText(sph::buildManifest(session.module(), options.target, *cpu),
                             /*kernels=*/0);
  // Scratch memory on a GPU is that of the blocks of a launch.
  mlir::OwningOpRef<mlir::ModuleOp> copy(session.module().clone());
  mlir::PassManager manager(&session.context());
  sph::ChooseLaunchesOptions launches;
  launches.gpu = options.gpu;
  manager.addPass(sph::createChooseLaunches(launches));
  if (mlir::failed(manager.run(*copy)))
    return Error{session.takeDiagnostics()};
  return sph::manifestText(sph::buildManifest(*copy, options.target, *cpu, options.gpu),
                           /*kernels=*/0);
}

Result<std::string> compileObject(Session &session) { return compile(session, emitObject); }

Result<std::string> compileAssembly(Session &session) { return compile(session, emitAssembly); }

} // namespace spherical::driver
