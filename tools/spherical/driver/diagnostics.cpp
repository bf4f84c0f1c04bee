//===- diagnostics.cpp - what MLIR says, one line a message ---------------===//

#include "tools/spherical/driver/diagnostics.h"

#include "mlir/IR/Location.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace spherical::driver {

std::string placeOf(Location location) {
  std::string place;
  location->walk([&](Location part) {
    const auto found = dyn_cast<FileLineColLoc>(part);
    if (!found)
      return WalkResult::advance();
    place = found.getFilename().str() + ":" + std::to_string(found.getLine()) + ":" +
            std::to_string(found.getColumn());
    return WalkResult::interrupt();
  });
  return place;
}

DiagnosticCollector::DiagnosticCollector(MLIRContext &context, std::string file)
    : file(std::move(file)), handler(&context, [this](Diagnostic &d) {
        handle(d);
        return success();
      }) {}

static const char *severityName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  return "";
}

std::string DiagnosticCollector::line(Diagnostic &diagnostic) const {
  const std::string place = placeOf(diagnostic.getLocation());
  return (place.empty() ? file : place) + ": " + severityName(diagnostic.getSeverity()) + ": " +
         diagnostic.str();
}

/// A note that repeats the whole op tells a user of the driver little and fills pages.
static bool isDump(const std::string &line) {
  return line.find("see current operation") != std::string::npos;
}

void DiagnosticCollector::handle(Diagnostic &diagnostic) {
  const bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
  std::string lines = line(diagnostic);
  for (Diagnostic &note : diagnostic.getNotes()) {
    const std::string noteLine = line(note);
    if (!isDump(noteLine))
      lines += "\n" + noteLine;
  }
  if (!isError) {
    llvm::errs() << lines << "\n";
    return;
  }
  // Entries share layers, so that the same mistake is often found more than once.
  if (text.find(lines) == std::string::npos)
    text += (text.empty() ? "" : "\n") + lines;
}

std::string DiagnosticCollector::take() {
  std::string taken;
  std::swap(taken, text);
  return taken;
}

} // namespace spherical::driver
