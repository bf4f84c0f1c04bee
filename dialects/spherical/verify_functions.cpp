//===- verify_functions.cpp - attributes of entries -------------*- C++ -*-===//
//
// The numbered constraints of the dialect on the attributes of functions'
// arguments and results, and of modules. Attributes that it does not know may be
// any.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::spherical;

static constexpr StringRef roles[] = {"input",  "label",   "count", "learning_rate", "parameter",
                                      "moment", "average", "state", "prepared"};
static constexpr StringRef kept[] = {"parameter", "moment", "average", "state"};
static constexpr StringRef phases[] = {"graph",    "expand", "differentiate", "fuse",
                                       "schedule", "plan",   "lower"};

/// The attribute is one of the strings.
static LogicalResult verifyOneOf(Operation *op, NamedAttribute attribute,
                                 ArrayRef<StringRef> values, StringRef constraint) {
  auto text = dyn_cast<StringAttr>(attribute.getValue());
  if (text && llvm::is_contained(values, text.getValue()))
    return success();
  return op->emitOpError() << "expected `" << attribute.getName().getValue() << "` to be "
                           << llvm::join(values.drop_back(), ", ") << " or " << values.back()
                           << " (" << constraint << "), got " << attribute.getValue();
}

static LogicalResult verifyName(Operation *op, NamedAttribute attribute) {
  auto text = dyn_cast<StringAttr>(attribute.getValue());
  if (text && !text.empty())
    return success();
  return op->emitOpError() << "expected `" << attribute.getName().getValue()
                           << "` to be a string that is not empty (C2), got "
                           << attribute.getValue();
}

/// What a program keeps is a tensor, in the file as in memory.
static LogicalResult verifyRole(Operation *op, unsigned argument, NamedAttribute attribute) {
  if (failed(verifyOneOf(op, attribute, roles, "C1")))
    return failure();
  const StringRef role = cast<StringAttr>(attribute.getValue()).getValue();
  const Type type = cast<FunctionOpInterface>(op).getArgumentTypes()[argument];
  if (!llvm::is_contained(kept, role) || !getSignal(type))
    return success();
  return op->emitOpError() << "expected a tensor as " << role << " (C1), got " << type;
}

LogicalResult SphericalDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned argument,
                                                         NamedAttribute attribute) {
  if (attribute.getName() == "spherical.role")
    return verifyRole(op, argument, attribute);
  if (attribute.getName() == "spherical.name")
    return verifyName(op, attribute);
  if (attribute.getName() == "spherical.init" && !isa<InitAttr>(attribute.getValue()))
    return op->emitOpError() << "expected `spherical.init` to be a #spherical.init (C3), got "
                             << attribute.getValue();
  return success();
}

LogicalResult SphericalDialect::verifyRegionResultAttribute(Operation *op, unsigned, unsigned,
                                                            NamedAttribute attribute) {
  if (attribute.getName() == "spherical.name" || attribute.getName() == "spherical.replaces")
    return verifyName(op, attribute);
  return success();
}

LogicalResult SphericalDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() == "spherical.phase")
    return verifyOneOf(op, attribute, phases, "C4");
  if (attribute.getName() == "spherical.graph" && !isa<StringAttr>(attribute.getValue()))
    return op->emitOpError() << "expected `spherical.graph` to be a string (C4), got "
                             << attribute.getValue();
  return success();
}
