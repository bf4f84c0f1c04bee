//===- library_boundaries.cpp - boundaries by a library's FFTs --*- C++ -*-===//
//
// The function between synthesis and analysis is in memory as a whole, as it is
// where a library transforms it; one kernel replaces its values, two rows of a
// sample and channel at a time.
//   spectrum --> f --region, mask--> g --> spectrum
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/scalars.h"
#include "dialects/spherical/stages/library_transforms.h"
#include "dialects/spherical/stages/scalars.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

namespace mlir::spherical {
namespace {

/// Rows that a point of the kernel replaces: transforms in lanes take them in pairs as well.
constexpr int64_t kRows = 2;

/// Emits the kernel between the transforms of one boundary.
class FunctionKernel {
public:
  FunctionKernel(StageBuilder &stages, BoundaryOp op, const Transform &t)
      : stages(stages), op(op), t(t), extents(extentsOf(op.getInput().getType())) {}

  /// From f to g: dense arrays where the op has a spectrum, else in lanes.
  void emit(Value f, Value g);

private:
  void emitRows(ValueRange at, Value from, Value to);
  void emitMask(ValueRange at, Value from);
  Value truthOf(ScalarBuilder &s, Value word) const;
  Value firstRow(ValueRange at);
  /// The rows of a point: of a function in lanes or of bits, [rows] or [beta][alpha] first, and of
  /// a dense function, [lanes] first.
  Value rowsOf(Value buffer, ValueRange at);
  Value denseRowsOf(Value dense, ValueRange at);

  StageBuilder &stages;
  BoundaryOp op;
  const Transform &t;
  Extents extents;
};

/// The number of the first row of a point: its latitude and pair of rows, or its pair on S2.
Value FunctionKernel::firstRow(ValueRange at) {
  AffineExpr row = stages.getAffineDimExpr(0) * (t.so3 ? t.n : kRows);
  if (t.so3)
    row = row + stages.getAffineDimExpr(1) * kRows;
  return affine::AffineApplyOp::create(stages, AffineMap::get(t.so3 ? 2 : 1, 0, row),
                                       at.drop_front(2));
}

Value FunctionKernel::rowsOf(Value buffer, ValueRange at) {
  Value part = stages.slice(buffer, at.take_front(2));
  if (cast<MemRefType>(part.getType()).getDimSize(0) == t.rows())
    return stages.range(part, 0, firstRow(at), kRows);
  AffineExpr row = stages.getAffineDimExpr(0) * kRows;
  Value first = affine::AffineApplyOp::create(stages, AffineMap::get(1, 0, row), at[3]);
  return stages.range(stages.select(part, 0, at[2]), 0, first, kRows);
}

Value FunctionKernel::denseRowsOf(Value dense, ValueRange at) {
  return stages.range(stages.slice(dense, at.take_front(2)), 1, firstRow(at), kRows);
}

/// Whether the bit of the map's lane, its second dimension, is set.
Value FunctionKernel::truthOf(ScalarBuilder &s, Value word) const {
  if (isa<FloatType>(word.getType()))
    return s.above(word, s.constant(word.getType(), 0.0));
  return s.hasBit(word, 1);
}

void FunctionKernel::emitRows(ValueRange at, Value from, Value to) {
  const int64_t space[] = {kRows * t.n, t.lanes};
  SmallVector<Value> inputs = {from};
  SmallVector<AffineMap> maps = {stages.flat(space)};
  for (Value extra : op.getExtras()) {
    inputs.push_back(rowsOf(stages.buffer(extra), at));
    const bool isWord = isMask(extra.getType()) && t.lanes <= kWordLanes;
    maps.push_back(isWord ? AffineMap::get(2, 0, stages.getAffineDimExpr(0)) : stages.flat(space));
  }
  maps.push_back(stages.flat(space));
  stages.map(space, inputs, to, maps, [&](OpBuilder &builder, Location loc, ValueRange values) {
    ScalarBuilder s(builder, loc);
    SmallVector<Value> arguments = {values[0]};
    for (auto [extra, value] : llvm::zip(op.getExtras(), values.drop_front()))
      arguments.push_back(isMask(extra.getType()) ? truthOf(s, value) : value);
    return inlineScalars(builder, op.getPointwise().front(), arguments);
  });
}

/// Where f is positive: a bit for each lane, or the values of more lanes than a word has bits.
void FunctionKernel::emitMask(ValueRange at, Value from) {
  const int64_t space[] = {kRows * t.n, t.lanes};
  Value mask = rowsOf(stages.buffer(op.getMask()), at);
  if (t.lanes > kWordLanes) {
    stages.map(space, from, mask, {stages.flat(space), stages.flat(space)}, firstValue);
    return;
  }
  const Type word = cast<MemRefType>(mask.getType()).getElementType();
  stages.map(
      space, from, mask, {stages.flat(space), AffineMap::get(2, 0, stages.getAffineDimExpr(0))},
      [&](OpBuilder &builder, Location loc, ValueRange v) {
        ScalarBuilder s(builder, loc);
        Value positive = s.above(v[0], s.constant(v[0].getType(), 0.0));
        return SmallVector<Value>{s.bitIf(positive, 1, word)};
      },
      stage::Combine::Sum);
}

void FunctionKernel::emit(Value f, Value g) {
  const bool moves = t.lanes > 1; // one sample is dense as it is
  auto scratchType = MemRefType::get({kRows, t.n, t.lanes}, t.element);
  SmallVector<Type> scratch;
  if (moves)
    scratch.assign(op.hasSynthesis() + op.hasAnalysis(), scratchType);
  SmallVector<int64_t> space = {extents.groups, extents.channels};
  if (t.so3)
    space.push_back(t.n);
  space.push_back(t.n / kRows);
  // The rows of a point where they are, or where they go in lanes.
  auto place = [&](Value function, bool isDense, Value lanes, ValueRange at) {
    if (!isDense)
      return rowsOf(function, at);
    return moves ? lanes : stages.select(denseRowsOf(function, at), 0, stages.getIndexAttr(0));
  };
  stages.sweep("boundary", space, scratch, [&](ValueRange at, ValueRange s) {
    Value from = place(f, op.hasSynthesis(), moves ? s.front() : Value(), at);
    Value to = place(g, op.hasAnalysis(), moves ? s.back() : Value(), at);
    if (moves && op.hasSynthesis())
      emitToLanes(stages, denseRowsOf(f, at), from);
    if (op.getMask())
      emitMask(at, from);
    emitRows(at, from, to);
    if (moves && op.hasAnalysis())
      emitFromLanes(stages, to, denseRowsOf(g, at));
  });
}

} // namespace

void emitLibraryBoundary(StageBuilder &stages, BoundaryOp op, const Transform *synthesis,
                         const Transform *analysis) {
  const Extents extents = extentsOf(op.getInput().getType());
  const Transform &any = synthesis ? *synthesis : *analysis;
  Value input = stages.buffer(op.getInput()), output = stages.buffer(op.getResult());
  Value f = synthesis ? makeDenseFunction(stages, any, extents) : input;
  Value g = analysis ? makeDenseFunction(stages, any, extents) : output;
  if (synthesis)
    emitLibrarySynthesis(stages, "boundary", *synthesis, extents, input, f);
  FunctionKernel(stages, op, any).emit(f, g);
  if (analysis)
    emitLibraryAnalysis(stages, "boundary", *analysis, extents, g, output);
}

} // namespace mlir::spherical
