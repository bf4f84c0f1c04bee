//===- verify_form.cpp - what a planned function is -------------*- C++ -*-===//

#include "passes/lower/memory_checks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::spherical {

int64_t capacityOf(func::FuncOp entry) {
  for (BlockArgument argument : entry.getArguments())
    if (entry.getArgAttr(argument.getArgNumber(), "stage.batched"))
      return cast<MemRefType>(argument.getType()).getDimSize(0);
  return 0;
}

bool isBatched(func::FuncOp entry, Value memref) {
  auto argument = dyn_cast<BlockArgument>(rootOfMemory(memref));
  return argument && argument.getOwner() == &entry.front() &&
         entry.getArgAttr(argument.getArgNumber(), "stage.batched");
}

/// P1.
static LogicalResult verifyBody(func::FuncOp entry) {
  if (entry.isExternal() || !entry.getBody().hasOneBlock() || !entry.getResultTypes().empty())
    return entry.emitOpError()
           << "expected a planned function with a body of one block and without "
              "results (P1), got "
           << entry.getFunctionType();
  for (Operation &op : entry.getBody().front()) {
    auto constant = dyn_cast<arith::ConstantOp>(op);
    if (!isa<memref::ViewOp, memref::SubViewOp, stage::TableRefOp, stage::SweepOp, func::ReturnOp>(
            op) &&
        !(constant && constant.getType().isIndex()))
      return op.emitOpError() << "has no place in a planned function (P1)";
  }
  return success();
}

/// P2 for the arena.
static LogicalResult verifyArena(func::FuncOp entry, MemRefType type) {
  auto bytes = entry->getAttrOfType<IntegerAttr>("stage.arena_bytes");
  if (type.getRank() != 1 || !type.getElementType().isSignlessInteger(8))
    return entry.emitOpError() << "expected an arena of bytes (P2), got " << type;
  if (!bytes || bytes.getInt() != type.getNumElements())
    return entry.emitOpError() << "expected `stage.arena_bytes` to be the size of the arena, "
                               << type.getNumElements() << " (P2), got "
                               << (bytes ? bytes.getInt() : 0);
  return success();
}

/// Whether the type is one of arguments. One without elements may have any extents: no op reaches
/// it.
static bool isArgumentType(MemRefType type) {
  const Type element = type.getElementType();
  return (element.isF32() || element.isF64() || element.isSignlessInteger(32) ||
          element.isSignlessInteger(64)) &&
         (type.getNumElements() == 0 || stage::isPlannedMemory(type));
}

/// P2 for an argument or a result.
static LogicalResult verifyValue(func::FuncOp entry, BlockArgument argument) {
  const auto type = cast<MemRefType>(argument.getType());
  if (!isArgumentType(type))
    return entry.emitOpError() << "expected arguments of f32, f64, i32 or i64 (P2), got " << type;
  const Value replaced = sharedRoot(argument);
  if (replaced.getType() != type)
    return entry.emitOpError() << "expected a result of the type of the argument that it replaces, "
                               << replaced.getType() << " (P2), got " << type;
  return success();
}

static LogicalResult verifyArguments(func::FuncOp entry) {
  bool hasArena = false;
  for (BlockArgument argument : entry.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type || !type.hasStaticShape() || !type.getLayout().isIdentity() || type.getMemorySpace())
      return entry.emitOpError() << "expected arguments of static row-major memrefs (P2), got "
                                 << argument.getType();
    const bool isArena =
        static_cast<bool>(entry.getArgAttr(argument.getArgNumber(), "stage.arena"));
    if (isArena && hasArena)
      return entry.emitOpError() << "expected one arena at most (P2), got two";
    hasArena |= isArena;
    if (failed(isArena ? verifyArena(entry, type) : verifyValue(entry, argument)))
      return failure();
  }
  return success();
}

/// P2 for scratch memory.
static LogicalResult verifyScratch(func::FuncOp entry) {
  auto attribute = entry->getAttrOfType<IntegerAttr>("stage.scratch_bytes");
  const int64_t reserved = attribute ? attribute.getInt() : 0;
  for (auto sweep : entry.getOps<stage::SweepOp>())
    if (const int64_t scratch = sweep.getScratchOffsets().back(); scratch > reserved)
      return sweep.emitOpError()
             << "expected scratch of at most the function's `stage.scratch_bytes`, " << reserved
             << " (P2), got " << scratch;
  return success();
}

LogicalResult verifyForm(func::FuncOp entry) {
  if (failed(verifyBody(entry)) || failed(verifyArguments(entry)))
    return failure();
  return verifyScratch(entry);
}

} // namespace mlir::spherical
