//===- object.cpp - the object file of a session --------------------------===//

#include "tools/spherical/driver/object.h"

#include "passes/lower/target.h"
#include "passes/lower/tasks/manifest.h"
#include "tools/spherical/codegen/codegen.h"

#include "mlir/IR/BuiltinOps.h"

namespace spherical::driver {

using Emit = Result<std::string> (*)(mlir::ModuleOp, const CodegenOptions &);

static Status plan(Session &session) {
  if (session.options().target != "cpu")
    return Error{session.path() + ": error: expected target cpu for machine code, got " +
                 session.options().target};
  if (session.phase() == "lower")
    return Done{};
  std::string reason;
  if (!mlir::spherical::getCpuTarget(session.options().cpu, reason))
    return Error{session.path() + ": error: " + reason + "\n" + session.path() +
                 ": note: --target=reference runs on any machine, --cpu compiles for another one"};
  return session.runTo("plan");
}

static Result<std::string> compile(Session &session, Emit emit) {
  if (Status status = plan(session); !status)
    return status.error();
  CodegenOptions options;
  options.cpu = session.options().cpu;
  Result<std::string> code = emit(session.module(), options);
  if (code)
    return code;
  const std::string &reason = code.error().message;
  return Error{reason.empty() ? session.takeDiagnostics() : session.path() + ": " + reason};
}

Result<std::string> planManifest(Session &session) {
  if (Status status = plan(session); !status)
    return status.error();
  if (session.phase() == "lower")
    return std::string();
  const std::string &cpu = session.options().cpu;
  return mlir::spherical::manifestText(mlir::spherical::buildManifest(session.module(), "cpu", cpu),
                                       /*kernels=*/0);
}

Result<std::string> compileObject(Session &session) { return compile(session, emitObject); }

Result<std::string> compileAssembly(Session &session) { return compile(session, emitAssembly); }

} // namespace spherical::driver
