//===- verify.cpp - constraints of tables and compute ops -------*- C++ -*-===//

#include "dialects/stage/verify.h"

#include "runtime/math/wigner_anchors.h"
#include "runtime/problem.h"

#include <cmath>

namespace mlir::stage {

using ::spherical::runtime::kProblemFieldCount;

LogicalResult verifySize(Operation *op, Value value, int64_t expected, StringRef name,
                         StringRef constraint) {
  MemRefType type = memrefOf(value);
  if (!isContiguous(type))
    return op->emitOpError("expected ")
           << name << " to be contiguous (" << constraint << "), got " << type;
  if (type.getNumElements() != expected)
    return op->emitOpError("expected ") << name << " to hold " << expected << " elements ("
                                        << constraint << "), got " << type.getNumElements();
  return success();
}

LogicalResult TableOp::verify() {
  auto type = dyn_cast<MemRefType>(getType());
  if (!type || !isPlannedMemory(type) || !type.getLayout().isIdentity() ||
      !(isReal(type.getElementType()) || type.getElementType().isInteger(32) ||
        type.getElementType().isInteger(64)))
    return emitOpError("expected a static row-major memref of f32, f64, i32 or i64 (C1), got ")
           << getType();
  auto isFinite = [](double value) { return std::isfinite(value); };
  if (!llvm::all_of(getValue().getPoints().asArrayRef(), isFinite) ||
      !isFinite(getValue().getScale().getValueAsDouble()))
    return emitOpError("expected finite points and scale (C1), got ") << getValue();
  return success();
}

LogicalResult TableRefOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto table = symbols.lookupNearestSymbolFrom<TableOp>(*this, getTableAttr());
  if (!table)
    return emitOpError("expected a 'stage.table' named ") << getTable() << " (C1)";
  if (table.getType() != getType())
    return emitOpError("expected the table's type ")
           << table.getType() << " (C1), got " << getType();
  return success();
}

MemRefType problemListType(MLIRContext *context, int64_t count) {
  return MemRefType::get({count, kProblemFieldCount}, IntegerType::get(context, 64));
}

bool isProblemList(MemRefType type) {
  const MemRefType row = problemListType(type.getContext(), 1);
  return type.getRank() == row.getRank() && type.getDimSize(1) == row.getDimSize(1) &&
         type.getElementType() == row.getElementType() && isContiguous(type);
}

LogicalResult ContractOp::verify() {
  if (!isProblemList(memrefOf(getProblems())))
    return emitOpError("expected problems of a contiguous memref<P x ")
           << kProblemFieldCount << " x i64> (C1), got " << getProblems().getType();
  if (!isLaneCount(getLanes()))
    return emitOpError("expected lanes to be a power of two up to 64 (C2), got ") << getLanes();
  if (!isReal(memrefOf(getC()).getElementType()))
    return emitOpError("expected elements of f32 or f64 (C2), got ") << getC().getType();
  bool reduce = getKind() == ContractKind::Reduce;
  const std::pair<Value, bool> operands[] = {{getA(), reduce}, {getB(), true}, {getC(), !reduce}};
  for (auto [operand, hasLanes] : operands) {
    MemRefType type = memrefOf(operand);
    if (!isContiguous(type) || type.getElementType() != memrefOf(getC()).getElementType())
      return emitOpError("expected contiguous operands of one element type (C2), got ") << type;
    if (hasLanes && type.getNumElements() % getLanes() != 0)
      return emitOpError("expected a multiple of ") << getLanes() << " elements (C2), got " << type;
  }
  if (getTile() && !isTile(*getTile()))
    return emitOpError("expected tile to be ") << kTileRule << " (C3), got [" << *getTile() << ']';
  auto isDistance = [](int64_t distance) { return distance >= 1; };
  if (getPlanes() && (getPlanes()->size() != 3 || !llvm::all_of(*getPlanes(), isDistance)))
    return emitOpError("expected planes to be three distances of at least 1 (C4), got [")
           << *getPlanes() << ']';
  auto isAnchored = [&](ArrayRef<int64_t> anchors) {
    return anchors.size() == 2 && anchors[0] >= 3 &&
           anchors[0] <= ::spherical::runtime::kMostDistance && anchors[1] >= 1 &&
           anchors[1] <= 256 && !getPlanes();
  };
  if (getAnchors() && !isAnchored(*getAnchors()))
    return emitOpError(
               "expected anchors to be a distance from 3 to 64 and 1 to 256 vectors, without "
               "planes (C5), got [")
           << *getAnchors() << ']';
  return success();
}

OpOperand *ContractOp::getAnchored() {
  if (!getAnchors())
    return nullptr;
  return getKind() == ContractKind::Reduce ? &getAMutable() : &getBMutable();
}

int64_t GatherOp::getResultsOfRow() {
  const MemRefType type = getCoefficients() ? memrefOf(getCoefficients()) : MemRefType();
  return type && type.getRank() == 3 ? type.getDimSize(2) : 1;
}

/// C1: the shape of a table of count x terms.
static LogicalResult verifyGatherTable(GatherOp op, Value table, StringRef name) {
  MemRefType type = memrefOf(table);
  const bool several = table == op.getCoefficients() && op.getIndices() &&
                       op.getMode() == GatherMode::Lanes && type.getRank() == 3;
  if ((type.getRank() != 2 && !several) ||
      type.getDimSize(0) != static_cast<int64_t>(op.getCount()) || !isContiguous(type))
    return op.emitOpError("expected ")
           << name << " of " << op.getCount() << " x terms (C1), got " << type;
  return success();
}

/// C4.
static LogicalResult verifyElements(GatherOp op) {
  Type element = memrefOf(op.getOutput()).getElementType();
  bool known = isReal(element) || element.isInteger(32) || element.isInteger(64);
  if (memrefOf(op.getInput()).getElementType() != element || !known)
    return op.emitOpError("expected in and out of one element type f32, f64, i32 or i64 (C4), got ")
           << op.getInput().getType() << " and " << op.getOutput().getType();
  if (op.getCoefficients() &&
      (!isReal(element) || memrefOf(op.getCoefficients()).getElementType() != element))
    return op.emitOpError("expected coefficients of the type of in, f32 or f64 (C4), got ")
           << op.getCoefficients().getType();
  constexpr uint64_t most = uint64_t(1) << 40; // no operand holds more
  if (op.getCount() < 1 || op.getCount() > most || !isLaneCount(op.getLanes()))
    return op.emitOpError("expected a count of at least 1 and lanes of a power of two up to 64 "
                          "(C4), got ")
           << op.getCount() << " and " << op.getLanes();
  return success();
}

/// C1, and the terms of C3.
static LogicalResult verifyTerms(GatherOp op) {
  if (op.getIndices() && failed(verifyGatherTable(op, op.getIndices(), "indices")))
    return failure();
  if (op.getCoefficients() && failed(verifyGatherTable(op, op.getCoefficients(), "coefficients")))
    return failure();
  if (op.getIndices() && !memrefOf(op.getIndices()).getElementType().isInteger(32))
    return op.emitOpError("expected indices of i32 (C1), got ") << op.getIndices().getType();
  if (!op.getCoefficients())
    return success();
  int64_t terms = op.getIndices() ? memrefOf(op.getIndices()).getDimSize(1) : 1;
  if (memrefOf(op.getCoefficients()).getDimSize(1) != terms)
    return op.emitOpError("expected coefficients of ")
           << terms << " terms (" << (op.getIndices() ? "C1" : "C3") << "), got "
           << op.getCoefficients().getType();
  return success();
}

LogicalResult GatherOp::verify() {
  if (failed(verifyElements(*this)) || failed(verifyTerms(*this)))
    return failure();
  bool dense = getMode() == GatherMode::ToLanes || getMode() == GatherMode::FromLanes;
  if (dense != static_cast<bool>(getGroup()))
    return emitOpError("expected `group` exactly for to_lanes and from_lanes (C2)");
  if (getAll() && !dense)
    return emitOpError("expected `all` for to_lanes and from_lanes only (C2)");
  if (getMirrored() && !getAll())
    return emitOpError("expected `mirrored` only with `all` (C2)");
  MemRefType in = memrefOf(getInput()), out = memrefOf(getOutput());
  bool inDense = getMode() == GatherMode::ToLanes, outDense = getMode() == GatherMode::FromLanes;
  if (!(inDense ? isContiguousAfterFirstAxis(in) : isContiguous(in)) ||
      !(outDense ? isContiguousAfterFirstAxis(out) : isContiguous(out)))
    return emitOpError("expected contiguous operands (C3), got ") << in << " and " << out;
  int64_t elements = out.getNumElements() / (outDense ? out.getDimSize(0) : 1);
  int64_t expected = getCount() * getResultsOfRow() *
                     (outDense || getMode() == GatherMode::Scalar ? 1 : getLanes());
  if (elements != expected)
    return emitOpError("expected out to hold ") << expected << " elements (C3), got " << elements;
  int64_t given = in.getNumElements() / (inDense ? std::max<int64_t>(in.getDimSize(0), 1) : 1);
  int64_t read = getCount() * (inDense || getMode() == GatherMode::Scalar ? 1 : getLanes());
  if (!getIndices() && given < read)
    return emitOpError("expected in to hold ") << read << " elements (C3), got " << given;
  return success();
}

LogicalResult FillOp::verify() {
  MemRefType type = memrefOf(getOutput());
  if (!isContiguous(type) || type.getElementType().isBF16() ||
      !isa<FloatAttr, IntegerAttr>(getValue()) || getValueAttr().getType() != type.getElementType())
    return emitOpError("expected a contiguous memref and a value of its element type (C1), got ")
           << type << " and " << getValueAttr();
  return success();
}

} // namespace mlir::stage
