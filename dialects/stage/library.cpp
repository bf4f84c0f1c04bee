//===- library.cpp - calls of a target's libraries --------------*- C++ -*-===//

#include "dialects/stage/verify.h"

namespace mlir::stage {

//===----------------------------------------------------------------------===//
// Fourier transforms
//===----------------------------------------------------------------------===//

LogicalResult FftOp::verify() {
  constexpr uint64_t most = uint64_t(1) << 31;
  for (auto [name, value] : {std::pair("n", getN()), std::pair("rows", getRows())})
    if (value < 1 || value >= most)
      return emitOpError("expected ") << name << " of 1 to " << most - 1 << " (C1), got " << value;
  if (!isReal(getKind()) && !isMirrored(getKind()))
    return emitOpError("expected a real or complex kind (C3), got ") << stringifyDftKind(getKind());
  Type element = memrefOf(getInput()).getElementType();
  if (!isReal(element) || memrefOf(getOutput()).getElementType() != element)
    return emitOpError("expected elements of one type f32 or f64 (C2), got ")
           << getInput().getType() << " and " << getOutput().getType();
  const int64_t n = getN(), rows = getRows();
  const int64_t complex = isReal(getKind()) ? 2 * (n / 2 + 1) * rows : 2 * n * rows;
  const int64_t function = isReal(getKind()) ? n * rows : complex;
  const bool analysis = isAnalysis(getKind());
  if (failed(verifySize(*this, getInput(), analysis ? function : complex, "in", "C2")))
    return failure();
  return verifySize(*this, getOutput(), analysis ? complex : function, "out", "C2");
}

Value FftOp::getOverwritten() { return getKind() == DftKind::RealSynthesis ? getInput() : Value(); }

StringRef FftOp::getOption() { return "--fft=generated"; }

double FftOp::getOperations() {
  return static_cast<double>(getRows()) * transformFlop(getKind(), getN());
}

//===----------------------------------------------------------------------===//
// Products of matrices
//===----------------------------------------------------------------------===//

std::optional<Matrices> matricesOf(MemRefType type, bool batched) {
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  const int64_t rank = type.getRank(), first = batched ? 1 : 0, last = rank - 1;
  if (rank < first + 1 || failed(type.getStridesAndOffset(strides, offset)))
    return std::nullopt;
  if (type.getDimSize(last) != 1 && strides[last] != 1)
    return std::nullopt;
  Matrices matrices{1, 1, type.getDimSize(last), type.getDimSize(last), 0};
  if (batched)
    matrices.batch = type.getDimSize(0), matrices.stride = strides[0];
  for (int64_t axis = last - 1; axis >= first; --axis) {
    const int64_t extent = type.getDimSize(axis);
    if (extent == 1)
      continue;
    if (matrices.rows == 1)
      matrices.ld = strides[axis];
    else if (strides[axis] != matrices.rows * matrices.ld)
      return std::nullopt;
    matrices.rows *= extent;
  }
  return matrices;
}

Matrices GemmOp::getLeft() {
  return *matricesOf(memrefOf(getA()), getBatch() > 1 && !getSharedA());
}

Matrices GemmOp::getRight() {
  return *matricesOf(memrefOf(getB()), getBatch() > 1 && !getSharedB());
}

Matrices GemmOp::getProduct() { return *matricesOf(memrefOf(getC()), getBatch() > 1); }

/// C2 and C4.
static LogicalResult verifyMatrices(GemmOp op, Value operand, bool shared, StringRef name) {
  const auto batch = static_cast<int64_t>(op.getBatch());
  if (shared && batch == 1)
    return op.emitOpError("expected a batch above 1 for ") << name << " to be shared (C4), got 1";
  const bool batched = batch > 1 && !shared;
  const std::optional<Matrices> matrices = matricesOf(memrefOf(operand), batched);
  if (!matrices)
    return op.emitOpError("expected rows of ")
           << name << " at equal distances (C2), got " << operand.getType();
  if (batched && matrices->batch != batch)
    return op.emitOpError("expected ")
           << name << " to have a first extent of " << batch << " (C4), got " << matrices->batch;
  return success();
}

LogicalResult GemmOp::verify() {
  const Type element = memrefOf(getC()).getElementType();
  for (Value operand : getOperands())
    if (!isReal(element) || memrefOf(operand).getElementType() != element)
      return emitOpError("expected elements of one type f32 or f64 (C1), got ")
             << getOperandTypes();
  if (static_cast<int64_t>(getBatch()) < 1)
    return emitOpError("expected a batch of at least 1 (C4), got ") << getBatch();
  if (failed(verifyMatrices(*this, getA(), getSharedA(), "A")) ||
      failed(verifyMatrices(*this, getB(), getSharedB(), "B")) ||
      failed(verifyMatrices(*this, getC(), false, "C")))
    return failure();
  const Matrices a = getLeft(), b = getRight(), c = getProduct();
  auto [m, k] = getTransposeA() ? std::pair(a.columns, a.rows) : std::pair(a.rows, a.columns);
  auto [depth, n] = getTransposeB() ? std::pair(b.columns, b.rows) : std::pair(b.rows, b.columns);
  if (depth != k || c.rows != m || c.columns != n)
    return emitOpError("expected B of ")
           << k << " and C of " << m << " rows (C3), got op(B) of " << depth << " x " << n
           << " and C of " << c.rows << " x " << c.columns;
  return success();
}

StringRef GemmOp::getOption() { return "--gemm=generated"; }

double GemmOp::getOperations() {
  const Matrices c = getProduct();
  return 2.0 * static_cast<double>(c.batch * c.rows) * static_cast<double>(c.columns * getDepth());
}

} // namespace mlir::stage
