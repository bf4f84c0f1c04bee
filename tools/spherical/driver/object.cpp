//===- object.cpp - the object file of a session --------------------------===//

#include "tools/spherical/driver/object.h"

#include "passes/lower/target.h"
#include "tools/spherical/codegen/codegen.h"

#include "mlir/IR/BuiltinOps.h"

namespace spherical::driver {

using Emit = Result<std::string> (*)(mlir::ModuleOp, const CodegenOptions &);

static Result<std::string> compile(Session &session, Emit emit) {
  if (session.options().target != "cpu")
    return Error{session.path() + ": error: expected target cpu for machine code, got " +
                 session.options().target};
  if (session.phase() != "lower") {
    std::string reason;
    if (!mlir::spherical::getCpuTarget(session.options().cpu, reason))
      return Error{session.path() + ": error: " + reason + "\n" + session.path() +
                   ": note: --target=reference runs on any machine, --cpu compiles for another one"};
    Status status = session.runTo("plan");
    if (!status)
      return status.error();
  }
  CodegenOptions options;
  options.cpu = session.options().cpu;
  Result<std::string> code = emit(session.module(), options);
  if (code)
    return code;
  const std::string &reason = code.error().message;
  return Error{reason.empty() ? session.takeDiagnostics() : session.path() + ": " + reason};
}

Result<std::string> compileObject(Session &session) { return compile(session, emitObject); }

Result<std::string> compileAssembly(Session &session) { return compile(session, emitAssembly); }

} // namespace spherical::driver
