//===- entries.cpp - roles and names of a program's entries -----*- C++ -*-===//
//
// Roles and names are argument and result attributes of the function.
//
//===----------------------------------------------------------------------===//

#include "passes/entries.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::spherical {

StringRef argumentRole(BlockArgument argument) {
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto role = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "spherical.role");
  return role ? role.getValue() : StringRef();
}

FailureOr<bool> isBuilt(func::FuncOp source, StringRef name) {
  auto module = source->getParentOfType<ModuleOp>();
  Operation *existing = module.lookupSymbol(name);
  if (!existing)
    return false;
  auto derived = existing->getAttrOfType<StringAttr>(kDerived);
  if (derived && derived.getValue() == source.getName())
    return true;
  existing->emitError() << "expected the name @" << name << " to be free for what derives from @"
                        << source.getName() << ", got another function";
  return failure();
}

std::string preparedName(size_t index) { return ("prepared." + Twine(index)).str(); }

BlockArgument addPrepared(func::FuncOp forward, Type type, size_t index, Location loc) {
  unsigned position = 0;
  for (BlockArgument argument : forward.getArguments())
    if (llvm::is_contained({"input", "prepared"}, argumentRole(argument)))
      position = argument.getArgNumber() + 1;
  Builder builder(forward.getContext());
  DictionaryAttr attributes = builder.getDictionaryAttr(
      {builder.getNamedAttr("spherical.role", builder.getStringAttr("prepared")),
       builder.getNamedAttr("spherical.name", builder.getStringAttr(preparedName(index)))});
  (void)forward.insertArgument(position, type, attributes, loc);
  return forward.getArgument(position);
}

void eraseUnusedParameters(func::FuncOp function) {
  llvm::BitVector unused(function.getNumArguments());
  for (BlockArgument argument : function.getArguments())
    unused[argument.getArgNumber()] = argument.use_empty() && argumentRole(argument) == "parameter";
  (void)function.eraseArguments(unused);
}

} // namespace mlir::spherical
