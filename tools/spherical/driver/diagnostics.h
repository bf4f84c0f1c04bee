//===- diagnostics.h - what MLIR says, one line a message -------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_DIAGNOSTICS_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"

#include <string>

namespace spherical::driver {

/// While alive, collects the errors of a context and their notes as lines
/// "file:line:column: error: message". Warnings and remarks go to standard error at once.
class DiagnosticCollector {
public:
  /// `file` stands for places that are not known.
  DiagnosticCollector(mlir::MLIRContext &context, std::string file);

  /// The lines so far, without a last newline; starts over.
  std::string take();

private:
  void handle(mlir::Diagnostic &diagnostic);
  std::string lines(mlir::Diagnostic &diagnostic) const;
  std::string line(mlir::Diagnostic &diagnostic, const std::string &message) const;
  std::string dialects() const;

  mlir::MLIRContext &context;
  std::string file;
  std::string text;
  mlir::ScopedDiagnosticHandler handler;
};

/// The first file:line:column inside a location, or an empty string.
std::string placeOf(mlir::Location location);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_DIAGNOSTICS_H
