//===- sweep.cpp - builder, syntax and verifier of stage.sweep --*- C++ -*-===//

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Builders.h"

#include "llvm/Support/CheckedArithmetic.h"
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

/// C4 of a loop.
static LogicalResult verifyLoop(scf::ForOp loop) {
  constexpr int64_t mostIterations = int64_t(1) << 20;
  if (loop.getNumResults() != 0 || loop.getUnsignedCmp())
    return loop.emitOpError("expected a signed loop without results (C4)");
  std::optional<int64_t> bounds[3];
  Value values[] = {loop.getLowerBound(), loop.getUpperBound(), loop.getStep()};
  for (auto [bound, value] : llvm::zip(bounds, values))
    bound = value.getType().isIndex() ? getConstantIntValue(value) : std::nullopt;
  auto [lower, upper, step] = bounds;
  if (!lower || !upper || !step || *step < 1)
    return loop.emitOpError("expected constant index bounds and a step of at least 1 (C4)");
  std::optional<int64_t> length = llvm::checkedSub(*upper, *lower);
  if (!length || *length < 1 || llvm::divideCeil(*length, *step) > mostIterations)
    return loop.emitOpError("expected 1 to ")
           << mostIterations << " iterations (C4), got bounds " << *lower << " and " << *upper
           << " and step " << *step;
  return success();
}

/// C3: what a sweep's body and the loops in it may hold.
static LogicalResult verifyBody(Block &block) {
  for (Operation &op : block) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op); constant && constant.getType().isIndex())
      continue;
    if (computesOnMemory(&op) || isa<memref::SubViewOp, affine::AffineApplyOp>(op) ||
        (isa<YieldOp, scf::YieldOp>(op) && op.getNumOperands() == 0))
      continue;
    auto loop = dyn_cast<scf::ForOp>(op);
    if (!loop)
      return op.emitOpError("is not supported in the body of a 'stage.sweep' (C3)");
    if (failed(verifyLoop(loop)) || failed(verifyBody(*loop.getBody())))
      return failure();
  }
  return success();
}

/// C1.
static LogicalResult verifySpace(SweepOp op) {
  Block &block = op.getBody().front();
  ArrayRef<int64_t> space = op.getSpace();
  if (space.empty() || block.getNumArguments() < space.size())
    return op.emitOpError("expected one block argument for each extent of `space` (C1), got ")
           << block.getNumArguments() << " for " << space.size() << " extents";
  for (BlockArgument index : op.getIndices())
    if (!index.getType().isIndex())
      return op.emitOpError("expected index block arguments (C1), got ") << index.getType();
  for (int64_t extent : space)
    if (extent < 1)
      return op.emitOpError("expected extents of at least 1 (C1), got ") << extent;
  std::optional<int64_t> points = productOf(space);
  if (!points || *points > kMostPoints)
    return op.emitOpError("expected at most ") << kMostPoints << " points (C1), got more";
  if (op.getChunkAttr().getInt() < 1)
    return op.emitOpError("expected a chunk of at least 1 (C1), got ")
           << op.getChunkAttr().getInt();
  if (op.getFlopAttr().getInt() < 0 || op.getBytesAttr().getInt() < 0)
    return op.emitOpError("expected flop and bytes of at least 0 (C1), got ")
           << op.getFlopAttr().getInt() << " and " << op.getBytesAttr().getInt();
  return success();
}

spherical::LibraryCall SweepOp::getCall() {
  auto calls = getBody().getOps<spherical::LibraryCall>();
  return calls.empty() ? spherical::LibraryCall() : *calls.begin();
}

/// C5.
static LogicalResult verifyCall(SweepOp op) {
  int64_t computing = 0;
  spherical::LibraryCall call;
  op.getBody().walk([&](Operation *inner) {
    computing += computesOnMemory(inner);
    if (auto found = dyn_cast<spherical::LibraryCall>(inner))
      call = found;
  });
  if (!call)
    return success();
  if (call->getParentOp() != op)
    return call->emitOpError("expected no loop around it (C5)");
  if (op.getPoints() != 1 || computing != 1)
    return call->emitOpError(
               "expected a sweep of one point and no other op that computes (C5), got ")
           << op.getPoints() << " points and " << computing << " ops";
  for (Value operand : call->getOperands())
    if (operand.getParentBlock() == &op.getBody().front())
      return call->emitOpError("expected memory from outside of the sweep (C5)");
  return success();
}

LogicalResult SweepOp::verifyRegions() {
  if (failed(verifySpace(*this)))
    return failure();
  for (BlockArgument buffer : getScratch())
    if (!isPlannedMemory(buffer.getType()) ||
        !cast<MemRefType>(buffer.getType()).getLayout().isIdentity())
      return emitOpError("expected scratch of row-major planned memory (C2), got ")
             << buffer.getType();
  if (failed(verifyBody(getBody().front())))
    return failure();
  return verifyCall(*this);
}

} // namespace mlir::stage
