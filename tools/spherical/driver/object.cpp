//===- object.cpp - the object file of a session --------------------------===//

#include "tools/spherical/driver/object.h"

#include "tools/spherical/codegen/codegen.h"

#include "mlir/IR/BuiltinOps.h"

namespace spherical::driver {

using Emit = Result<std::string> (*)(mlir::ModuleOp, const CodegenOptions &);

static Result<std::string> compile(Session &session, Emit emit) {
  if (session.options().target != "cpu")
    return Error{session.path() + ": error: expected target cpu for machine code, got " +
                 session.options().target};
  if (session.phase() != "lower") {
    Status status = session.runTo("plan");
    if (!status)
      return status.error();
  }
  CodegenOptions options;
  options.cpu = session.options().cpu;
  Result<std::string> code = emit(session.module(), options);
  if (!code && code.error().message.empty())
    return Error{session.takeDiagnostics()};
  return code;
}

Result<std::string> compileObject(Session &session) { return compile(session, emitObject); }

Result<std::string> compileAssembly(Session &session) { return compile(session, emitAssembly); }

} // namespace spherical::driver
