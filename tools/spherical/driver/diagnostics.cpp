//===- diagnostics.cpp - what MLIR says, one line a message ---------------===//

#include "tools/spherical/driver/diagnostics.h"

#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"

#include "llvm/Support/raw_ostream.h"

#include <optional>

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
    : context(context), file(std::move(file)), handler(&context, [this](Diagnostic &d) {
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

std::string DiagnosticCollector::line(Diagnostic &diagnostic, const std::string &message) const {
  const std::string place = placeOf(diagnostic.getLocation());
  return (place.empty() ? file : place) + ": " + severityName(diagnostic.getSeverity()) + ": " +
         message;
}

/// A note that repeats the whole op tells a user of the driver little and fills pages.
static bool isDump(const std::string &line) {
  return line.find("see current operation") != std::string::npos;
}

/// What an op or type of a dialect that is not read is called, if that is what the parser complains
/// about; "" if it does not say. Its own advice is for other programs.
static std::optional<std::string> foreignName(StringRef message) {
  if (message.starts_with("operation being parsed with an unregistered dialect"))
    return "";
  if (message.consume_front("Dialect `") && message.contains("' not found for custom op '"))
    return message.split("custom op ").second.trim().str();
  if (message.contains(" created with unregistered dialect"))
    return message.split(" type created").first.trim().str();
  return std::nullopt;
}

std::string DiagnosticCollector::dialects() const {
  std::string others;
  for (StringRef name : context.getAvailableDialects())
    if (name != "builtin" && name != "func" && name != "nn" && name != "spherical")
      others += (others.empty() ? "" : ", ") + name.str();
  return "models are written with the dialects func, nn and spherical; dumps of later phases also "
         "hold " +
         others;
}

std::string DiagnosticCollector::lines(Diagnostic &diagnostic) const {
  if (const std::optional<std::string> name = foreignName(diagnostic.str())) {
    const std::string place = placeOf(diagnostic.getLocation());
    return line(diagnostic, "expected ops and types of the dialects that are read here, got " +
                                (name->empty() ? "one of another" : *name)) +
           "\n" + (place.empty() ? file : place) + ": note: " + dialects();
  }
  std::string lines = line(diagnostic, diagnostic.str());
  for (Diagnostic &note : diagnostic.getNotes()) {
    const std::string noteLine = line(note, note.str());
    if (!isDump(noteLine))
      lines += "\n" + noteLine;
  }
  return lines;
}

void DiagnosticCollector::handle(Diagnostic &diagnostic) {
  const bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
  const std::string lines = this->lines(diagnostic);
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
