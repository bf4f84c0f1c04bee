//===- sweep.cpp - builder, syntax and verifier of stage.sweep --*- C++ -*-===//

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::stage {

void SweepOp::build(OpBuilder &builder, OperationState &state, StringRef stage,
                    ArrayRef<int64_t> space, ArrayRef<Type> scratch,
                    function_ref<void(OpBuilder &, Location, ValueRange, ValueRange)> body) {
  state.addAttribute(getStageAttrName(state.name), builder.getStringAttr(stage));
  state.addAttribute(getSpaceAttrName(state.name), builder.getDenseI64ArrayAttr(space));
  state.addAttribute(getChunkAttrName(state.name), builder.getI64IntegerAttr(1));
  state.addAttribute(getFlopAttrName(state.name), builder.getI64IntegerAttr(0));
  state.addAttribute(getBytesAttrName(state.name), builder.getI64IntegerAttr(0));
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(state.addRegion());
  for (size_t i = 0; i < space.size(); ++i)
    block->addArgument(builder.getIndexType(), state.location);
  for (Type type : scratch)
    block->addArgument(type, state.location);
  ValueRange arguments = block->getArguments();
  body(builder, state.location, arguments.take_front(space.size()),
       arguments.drop_front(space.size()));
  YieldOp::create(builder, state.location);
}

int64_t SweepOp::getPoints() {
  int64_t points = 1;
  for (int64_t extent : getSpace())
    points *= extent;
  return points;
}

int64_t SweepOp::getTasks() { return llvm::divideCeil(getPoints(), getChunk()); }

Block::BlockArgListType SweepOp::getIndices() {
  return getBody().getArguments().take_front(getSpace().size());
}

Block::BlockArgListType SweepOp::getScratch() {
  return getBody().getArguments().drop_front(getSpace().size());
}

/// Scratch memory in use from op `first` to op `last` of a sweep's body.
namespace {
struct Lifetime {
  int64_t first, last, bytes, offset = 0;
};
} // namespace

/// Extends a lifetime to all uses of a memref and of its views.
static void addUses(Value memref, Block &body, const DenseMap<Operation *, int64_t> &order,
                    Lifetime &lifetime) {
  for (Operation *user : memref.getUsers()) {
    if (isa<memref::SubViewOp>(user)) {
      addUses(user->getResult(0), body, order, lifetime);
      continue;
    }
    int64_t position = order.lookup(body.findAncestorOpInBlock(*user));
    lifetime.first = std::min(lifetime.first, position);
    lifetime.last = std::max(lifetime.last, position);
  }
}

/// The lowest offset at which a buffer meets none of those that live with it.
static int64_t lowestOffset(const Lifetime &buffer, ArrayRef<Lifetime> placed) {
  SmallVector<const Lifetime *> others;
  for (const Lifetime &other : placed)
    if (other.first <= buffer.last && buffer.first <= other.last)
      others.push_back(&other);
  llvm::sort(others, [](const Lifetime *a, const Lifetime *b) { return a->offset < b->offset; });
  int64_t offset = 0;
  for (const Lifetime *other : others) {
    if (other->offset >= offset + buffer.bytes)
      break;
    offset = std::max(offset, other->offset + other->bytes);
  }
  return offset;
}

SmallVector<int64_t> SweepOp::getScratchOffsets() {
  Block &body = getBody().front();
  DenseMap<Operation *, int64_t> order;
  for (Operation &op : body)
    order[&op] = static_cast<int64_t>(order.size());
  SmallVector<Lifetime> placed;
  SmallVector<int64_t> offsets;
  int64_t total = 0;
  for (BlockArgument buffer : getScratch()) {
    auto type = cast<MemRefType>(buffer.getType());
    int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
    Lifetime lifetime{static_cast<int64_t>(order.size()), 0,
                      static_cast<int64_t>(llvm::alignTo(bytes, kAlignment))};
    addUses(buffer, body, order, lifetime);
    lifetime.offset = lowestOffset(lifetime, placed);
    total = std::max(total, lifetime.offset + lifetime.bytes);
    offsets.push_back(lifetime.offset);
    placed.push_back(lifetime);
  }
  offsets.push_back(total);
  return offsets;
}

ParseResult SweepOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  StringAttr stage;
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<int64_t> space;
  if (parser.parseAttribute(stage, getStageAttrName(result.name), result.attributes) ||
      parser.parseArgumentList(arguments, AsmParser::Delimiter::Paren) ||
      parser.parseKeyword("in") ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&]() -> ParseResult {
        return parser.parseInteger(space.emplace_back());
      }))
    return failure();
  for (OpAsmParser::Argument &argument : arguments)
    argument.type = builder.getIndexType();
  result.addAttribute(getSpaceAttrName(result.name), builder.getDenseI64ArrayAttr(space));

  const std::pair<StringRef, StringAttr> counts[] = {{"chunk", getChunkAttrName(result.name)},
                                                     {"flop", getFlopAttrName(result.name)},
                                                     {"bytes", getBytesAttrName(result.name)}};
  for (auto [keyword, name] : counts) {
    int64_t value;
    if (parser.parseKeyword(keyword) || parser.parseInteger(value))
      return failure();
    result.addAttribute(name, builder.getI64IntegerAttr(value));
  }
  SmallVector<OpAsmParser::Argument> scratch;
  if (succeeded(parser.parseOptionalKeyword("scratch")) &&
      parser.parseArgumentList(scratch, AsmParser::Delimiter::Paren, /*allowType=*/true))
    return failure();
  arguments.append(scratch);
  Region *body = result.addRegion();
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parser.parseRegion(*body, arguments))
    return failure();
  ensureTerminator(*body, builder, result.location);
  return success();
}

void SweepOp::print(OpAsmPrinter &printer) {
  printer << " " << getStageAttr() << " (";
  llvm::interleaveComma(getIndices(), printer, [&](Value index) { printer << index; });
  printer << ") in [" << getSpace() << "] chunk " << getChunk() << " flop " << getFlop()
          << " bytes " << getBytes();
  if (!getScratch().empty()) {
    printer << " scratch (";
    llvm::interleaveComma(getScratch(), printer,
                          [&](BlockArgument buffer) { printer.printRegionArgument(buffer); });
    printer << ")";
  }
  printer.printOptionalAttrDictWithKeyword(
      (*this)->getAttrs(), {getStageAttrName(), getSpaceAttrName(), getChunkAttrName(),
                            getFlopAttrName(), getBytesAttrName()});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false, /*printBlockTerminators=*/false);
}

/// C3: what a sweep's body and the loops in it may hold.
static LogicalResult verifyBody(Block &block) {
  for (Operation &op : block) {
    if (isa<DftOp, ContractOp, MapOp, GatherOp, FillOp, memref::SubViewOp, affine::AffineApplyOp,
            arith::ConstantOp, YieldOp, scf::YieldOp>(op))
      continue;
    auto loop = dyn_cast<scf::ForOp>(op);
    if (!loop || loop.getNumResults() != 0)
      return op.emitOpError("is not supported in the body of a 'stage.sweep' (C3)");
    if (failed(verifyBody(*loop.getBody())))
      return failure();
  }
  return success();
}

LogicalResult SweepOp::verifyRegions() {
  Block &block = getBody().front();
  if (getSpace().empty() || block.getNumArguments() < getSpace().size())
    return emitOpError("expected one block argument for each extent of `space` (C1), got ")
           << block.getNumArguments() << " for " << getSpace().size() << " extents";
  for (BlockArgument index : getIndices())
    if (!index.getType().isIndex())
      return emitOpError("expected index block arguments (C1), got ") << index.getType();
  constexpr int64_t mostPoints = int64_t(1) << 40;
  int64_t points = 1;
  for (int64_t extent : getSpace()) {
    if (extent < 1)
      return emitOpError("expected extents of at least 1 (C1), got ") << extent;
    if (extent > mostPoints / points)
      return emitOpError("expected at most ") << mostPoints << " points (C1), got more";
    points *= extent;
  }
  if (getChunk() < 1)
    return emitOpError("expected a chunk of at least 1 (C1), got ") << getChunk();
  for (BlockArgument buffer : getScratch()) {
    auto type = dyn_cast<MemRefType>(buffer.getType());
    if (!type || !type.hasStaticShape() || !type.getLayout().isIdentity())
      return emitOpError("expected scratch of a static row-major memref (C2), got ")
             << buffer.getType();
  }
  return verifyBody(block);
}

} // namespace mlir::stage
