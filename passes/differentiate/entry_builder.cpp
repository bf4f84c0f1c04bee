//===- entry_builder.cpp - functions with named arguments -------*- C++ -*-===//
//
// Roles and names are argument and result attributes of the function.
//
//===----------------------------------------------------------------------===//

#include "passes/differentiate/entry_builder.h"

#include "dialects/spherical/dialect.h"
#include "passes/differentiate/reverse.h"

namespace mlir::spherical {

static constexpr llvm::StringLiteral kRole = "spherical.role";
static constexpr llvm::StringLiteral kName = "spherical.name";
static constexpr llvm::StringLiteral kReplaces = "spherical.replaces";

static func::FuncOp functionOf(BlockArgument argument) {
  return cast<func::FuncOp>(argument.getOwner()->getParentOp());
}

std::string resultName(func::FuncOp function, unsigned index) {
  if (auto name = function.getResultAttrOfType<StringAttr>(index, kName))
    return name.str();
  return ("result" + Twine(index)).str();
}

/// The last function in the row of functions that derive from `source`, or `source`.
static Operation *lastDerived(func::FuncOp source) {
  Operation *last = source;
  for (Operation *next = last->getNextNode(); next; next = next->getNextNode()) {
    auto derived = next->getAttrOfType<StringAttr>(kDerived);
    if (!derived || derived.getValue() != source.getName())
      break;
    last = next;
  }
  return last;
}

EntryBuilder::EntryBuilder(func::FuncOp source, StringRef name) : builder(source.getContext()) {
  builder.setInsertionPointAfter(lastDerived(source));
  function = func::FuncOp::create(builder, source.getLoc(), name, builder.getFunctionType({}, {}));
  function->setAttr(kDerived, builder.getStringAttr(source.getName()));
  builder.setInsertionPointToStart(function.addEntryBlock());
}

BlockArgument EntryBuilder::addArgument(Type type, StringRef role, const Twine &name,
                                        Location loc) {
  NamedAttrList attributes;
  if (!role.empty())
    attributes.set(kRole, builder.getStringAttr(role));
  if (!name.isTriviallyEmpty())
    attributes.set(kName, builder.getStringAttr(name));
  argumentAttributes.push_back(attributes.getDictionary(builder.getContext()));
  return getBody().addArgument(type, loc);
}

BlockArgument EntryBuilder::addMoment(Type type, const Twine &name, Location loc) {
  BlockArgument argument = addArgument(type, "moment", name, loc);
  NamedAttrList attributes(argumentAttributes.back());
  attributes.set("spherical.init", InitAttr::get(builder.getContext(), InitKind::Zeros, 1.0));
  argumentAttributes.back() = attributes.getDictionary(builder.getContext());
  return argument;
}

BlockArgument EntryBuilder::addAverage(BlockArgument parameter) {
  BlockArgument argument = addArgument(parameter.getType(), "average",
                                       "average." + argumentName(parameter), parameter.getLoc());
  NamedAttrList attributes(argumentAttributes.back());
  if (auto init = functionOf(parameter).getArgAttr(parameter.getArgNumber(), "spherical.init"))
    attributes.set("spherical.init", init);
  argumentAttributes.back() = attributes.getDictionary(builder.getContext());
  return argument;
}

BlockArgument EntryBuilder::copyArgument(BlockArgument argument) {
  DictionaryAttr attributes = functionOf(argument).getArgAttrDict(argument.getArgNumber());
  argumentAttributes.push_back(attributes ? attributes : builder.getDictionaryAttr({}));
  return getBody().addArgument(argument.getType(), argument.getLoc());
}

void EntryBuilder::addResult(Value value, const Twine &name, StringRef replaces) {
  NamedAttrList attributes;
  attributes.set(kName, builder.getStringAttr(name));
  if (!replaces.empty())
    attributes.set(kReplaces, builder.getStringAttr(replaces));
  resultAttributes.push_back(attributes.getDictionary(builder.getContext()));
  results.push_back(value);
}

SmallVector<Operation *> EntryBuilder::cloneBody(Block &block, IRMapping &mapping) {
  SmallVector<Operation *> clones;
  for (Operation &op : block.without_terminator())
    clones.push_back(builder.clone(op, mapping));
  return clones;
}

func::FuncOp EntryBuilder::finish() {
  func::ReturnOp::create(builder, function.getLoc(), results);
  function.setType(
      builder.getFunctionType(getBody().getArgumentTypes(), ValueRange(results).getTypes()));
  function.setAllArgAttrs(argumentAttributes);
  function.setAllResultAttrs(resultAttributes);
  eraseDeadOps(getBody());
  return function;
}

} // namespace mlir::spherical
