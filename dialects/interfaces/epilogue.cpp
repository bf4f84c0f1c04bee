//===- epilogue.cpp - ops that act on their values behind -------*- C++ -*-===//
//
// Verifier and printed form of the region, and what it makes of zeros.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/epilogue.h"

#include "dialects/interfaces/scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

#include "dialects/interfaces/epilogue.cpp.inc"

namespace mlir::spherical {

/// E3 for one op of the region.
static LogicalResult verifyScalar(Operation &op, Type element) {
  if (!isRealArithmetic(&op))
    return op.emitOpError("is not supported in an epilogue (E3)");
  for (Type type : llvm::concat<const Type>(SmallVector<Type>(op.getOperandTypes()),
                                            SmallVector<Type>(op.getResultTypes()))) {
    const bool isCast = isa<arith::ConstantOp, arith::ExtFOp, arith::TruncFOp>(op);
    if (type != element && !type.isInteger(1) && !(isCast && type.isF64()))
      return op.emitOpError("expected numbers of ")
             << element << " in an epilogue (E3), got " << type;
  }
  if (!isExact(&op))
    return op.emitOpError("expected no flags in an epilogue (E3)");
  return success();
}

LogicalResult verifyEpilogue(Operation *operation) {
  auto op = cast<Epilogued>(operation);
  Region &region = op.getEpilogue();
  const Type type = operation->getResult(0).getType();
  if (region.empty() && op.getExtras().empty())
    return success();
  if (region.empty())
    return operation->emitOpError("expected `extras` only with an `epilogue` (E1), got ")
           << op.getExtras().size() << " without";
  for (Type extra : op.getExtras().getTypes())
    if (extra != type)
      return operation->emitOpError("expected `extras` of type ") << type << " (E1), got " << extra;
  const Type element = cast<ShapedType>(type).getElementType();
  Block &block = region.front();
  const SmallVector<Type> numbers(1 + op.getExtras().size(), element);
  if (block.getArgumentTypes() != TypeRange(numbers))
    return operation->emitOpError("expected an `epilogue` with arguments of types ")
           << numbers << " (E2), got " << block.getArgumentTypes();
  for (Operation &inner : block.without_terminator())
    if (failed(verifyScalar(inner, element)))
      return failure();
  Operation *terminator = block.getTerminator();
  if (terminator->getOperandTypes() == TypeRange(element))
    return success();
  return terminator->emitOpError("expected a number of ")
         << element << " (E4), got " << terminator->getOperandTypes();
}

ParseResult parseEpilogue(OpAsmParser &parser,
                          SmallVectorImpl<OpAsmParser::UnresolvedOperand> &extras,
                          SmallVectorImpl<Type> &types, Region &region, Type result) {
  if (failed(parser.parseOptionalKeyword("epilogue")))
    return success();
  const Type element = getElementTypeOrSelf(result);
  SmallVector<OpAsmParser::Argument> arguments(1);
  if (parser.parseLParen() || parser.parseArgument(arguments.front()))
    return failure();
  while (succeeded(parser.parseOptionalComma()))
    if (parser.parseArgument(arguments.emplace_back()) || parser.parseEqual() ||
        parser.parseOperand(extras.emplace_back()))
      return failure();
  types.assign(extras.size(), result);
  for (OpAsmParser::Argument &argument : arguments)
    argument.type = element;
  return failure(parser.parseRParen() ||
                 parser.parseRegion(region, arguments, /*enableNameShadowing=*/true));
}

void printEpilogue(OpAsmPrinter &printer, Operation *, ValueRange extras, TypeRange, Region &region,
                   Type) {
  if (region.empty())
    return;
  printer << " epilogue(" << region.getArgument(0);
  for (auto [argument, extra] : llvm::zip(region.getArguments().drop_front(), extras))
    printer << ", " << argument << " = " << extra;
  printer << ") ";
  printer.printRegion(region, /*printEntryBlockArgs=*/false);
}

void nameEpilogue(Region &region, function_ref<void(Value, StringRef)> setName) {
  for (BlockArgument argument : region.getArguments())
    setName(argument, argument.getArgNumber() == 0 ? "value" : "extra");
}

bool epilogueKeepsZeros(Epilogued op, llvm::function_ref<bool(unsigned)> isZero) {
  if (op.getEpilogue().empty())
    return true;
  return yieldsZero(op.getEpilogue().front(), [&](unsigned argument) {
    return argument == 0 || isZero(op.getExtras().getBeginOperandIndex() + argument - 1);
  });
}

Value copyEpilogue(Epilogued from, Epilogued to) {
  to.getExtrasMutable().append(from.getExtras());
  IRMapping mapping;
  from.getEpilogue().cloneInto(&to.getEpilogue(), mapping);
  return to->getResult(0);
}

} // namespace mlir::spherical
