//===- boundaries.cpp - boundaries as stages --------------------*- C++ -*-===//
//
// One sweep over (lane group, channel): the spectrum becomes a half-transformed
// function, of which a few rows at a time are evaluated, mapped and transformed
// again while they are in the first-level cache; the outcome takes the memory of
// what it came from.
//   spectrum --products, DFTs--> half --rows--> f --region--> g --rows--> half --> spectrum
// ReLU and its mask are applied by the transforms themselves, which stage-join-transforms makes
// one: then f and g are in registers alone.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/scalars.h"
#include "dialects/spherical/stages/library_transforms.h"
#include "dialects/spherical/stages/order_tasks.h"
#include "dialects/spherical/stages/scalars.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::spherical {
namespace {

/// Emits the sweep of one boundary.
class Boundary {
public:
  Boundary(StageBuilder &stages, BoundaryOp op)
      : stages(stages), op(op), relu(op.isRelu()),
        keep(op.hasAnalysis() ? op.getKeepMask() : Value()) {}

  LogicalResult emit();

private:
  /// The point's part of a buffer, rows `part` of it.
  Value rowsOf(Value buffer, ValueRange at, Value part);
  void emitParts(ValueRange at, Value rows);
  void emitPart(ValueRange at, Value rows, Value part);
  void emitRegion(ValueRange at, Value from, Value to, Value part);
  void emitValueMask(ValueRange at, Value function, Value part);
  int64_t orders() const {
    return std::max(synthesis ? synthesis->orders : 0, analysis ? analysis->orders : 0);
  }
  MemRefType rowsType(const Transform &any) const {
    return MemRefType::get({any.rows() / parts * any.n * any.lanes}, any.element);
  }
  void emitSeries(const Extents &extents);
  void emitByOrders(const Extents &extents);
  LogicalResult chooseParts();

  StageBuilder &stages;
  BoundaryOp op;
  const bool relu; ///< the region is max(f, 0)
  Value keep;      ///< the mask that the analysis applies, if that is all of the region
  std::optional<Transform> synthesis, analysis;
  int64_t parts = 1; ///< of the rows
  /// The half-transformed functions, in the same memory, where the sweep's body is built.
  Value before, behind;
};

LogicalResult Boundary::emit() {
  auto make = [&](std::optional<Transform> &transform, Value spectrum, bool isAnalysis) {
    FailureOr<Transform> made =
        makeTransform(stages, op, op.getFunction(), *getSignal(spectrum.getType()), isAnalysis,
                      /*forward=*/isAnalysis != op.getAdjoint(), op.getHighAttr(),
                      /*allRows=*/false);
    if (succeeded(made))
      transform = *made;
    return made;
  };
  if ((op.hasSynthesis() && failed(make(synthesis, op.getInput(), false))) ||
      (op.hasAnalysis() && failed(make(analysis, op.getResult(), true))))
    return failure();
  if (isByLibrary(stages)) {
    emitLibraryBoundary(stages, op, synthesis ? &*synthesis : nullptr,
                        analysis ? &*analysis : nullptr);
    return success();
  }
  if (failed(chooseParts()))
    return failure();
  const Extents extents = extentsOf(op.getInput().getType());
  if (isByOrders(stages))
    emitByOrders(extents);
  else
    emitSeries(extents);
  return success();
}

/// A task for each lane group and channel.
void Boundary::emitSeries(const Extents &extents) {
  const Transform &any = synthesis ? *synthesis : *analysis;
  SmallVector<Type> scratch = {halfType(any, orders())};
  for (const std::optional<Transform> &transform : {synthesis, analysis})
    if (transform)
      llvm::append_range(scratch, productScratch(*transform));
  if (op.hasScratchRows())
    scratch.push_back(rowsType(any));
  Value input = stages.buffer(op.getInput()), output = stages.buffer(op.getResult());
  stages.sweep("boundary", {extents.groups, extents.channels}, scratch,
               [&](ValueRange at, ValueRange s) {
                 ValueRange products = s.drop_front();
                 if (synthesis) {
                   before = halfOf(stages, *synthesis, s[0]);
                   emitHalfSynthesis(stages, *synthesis, stages.slice(input, at), before, products);
                   products = products.drop_front(productScratch(*synthesis).size());
                 }
                 if (analysis)
                   behind = halfOf(stages, *analysis, s[0]);
                 emitParts(at, op.hasScratchRows() ? s.back() : Value());
                 if (analysis)
                   emitHalfAnalysis(stages, *analysis, behind, stages.slice(output, at), products);
               });
}

/// One lane group and channel after the other, whose orders and parts of rows are the tasks.
void Boundary::emitByOrders(const Extents &extents) {
  const Transform &any = synthesis ? *synthesis : *analysis;
  SmallVector<const Transform *> all;
  for (const std::optional<Transform> *transform : {&synthesis, &analysis})
    if (*transform)
      all.push_back(&**transform);
  const int64_t series = extents.groups * extents.channels;
  std::optional<OrderTasks> from, to;
  if (synthesis)
    from.emplace(stages, "boundary.from", *synthesis, series, all);
  if (analysis)
    to.emplace(stages, "boundary.to", *analysis, series, all);
  Value half = OrderTasks::makeHalf(stages, any, orders());
  Value input = stages.buffer(op.getInput()), output = stages.buffer(op.getResult());
  SmallVector<Type> scratch;
  if (op.hasScratchRows())
    scratch.push_back(rowsType(any));
  forEachSeries(extents, [&](Series one) {
    if (from) {
      from->emitSums(one.of(stages, input));
      from->emitOrders(half);
    }
    auto rows = stages.sweep("boundary.rows", {parts}, scratch, [&](ValueRange at, ValueRange s) {
      Value place[] = {arith::ConstantIndexOp::create(stages, one.group),
                       arith::ConstantIndexOp::create(stages, one.channel)};
      if (synthesis)
        before = halfOf(stages, *synthesis, half);
      if (analysis)
        behind = halfOf(stages, *analysis, half);
      emitPart(place, s.empty() ? Value() : s[0], parts == 1 ? Value() : at[0]);
    });
    (from ? *from : *to).countRows(rows);
    if (to) {
      to->emitOrders(half);
      to->emitSums(one.of(stages, output));
    }
  });
}

LogicalResult Boundary::chooseParts() {
  const int64_t all = synthesis ? synthesis->rows() : analysis->rows();
  const int64_t rows = stages.choice().getRows() ? stages.choice().getRows() : all;
  if (rows <= 0 || rows % 2 != 0 || all % rows != 0 || op.getMostParts() % (all / rows) != 0)
    return op->emitOpError("expected `rows` of the choice to cut the ")
           << all << " rows into a number of parts that divides " << op.getMostParts() << ", got "
           << rows;
  parts = all / rows;
  return success();
}

/// The loop over parts of the rows, if there are several.
void Boundary::emitParts(ValueRange at, Value rows) {
  if (parts == 1)
    return emitPart(at, rows, {});
  forEach(stages, parts, [&](Value part) { emitPart(at, rows, part); });
}

/// Part number `part` of the first axis; all of it if there is one part.
static Value cut(StageBuilder &stages, Value source, int64_t axis, Value part, int64_t parts) {
  if (!part)
    return source;
  const int64_t size = cast<MemRefType>(source.getType()).getDimSize(axis) / parts;
  AffineExpr first = stages.getAffineDimExpr(0) * size;
  Value offset = affine::AffineApplyOp::create(stages, AffineMap::get(1, 0, first), part);
  return stages.range(source, axis, offset, size);
}

Value Boundary::rowsOf(Value buffer, ValueRange at, Value part) {
  return cut(stages, stages.slice(buffer, at), 0, part, parts);
}

void Boundary::emitPart(ValueRange at, Value rows, Value part) {
  const Transform &any = synthesis ? *synthesis : *analysis;
  const int64_t count = any.rows() / parts;
  Value function = rows;
  if (!function)
    function = rowsOf(stages.buffer(analysis ? op.getInput() : op.getResult()), at, part);
  if (synthesis) {
    RowOptions options;
    options.relu = relu;
    if (op.getMask() && any.lanes <= kWordLanes)
      options.positive = rowsOf(stages.buffer(op.getMask()), at, part);
    emitRows(stages, *synthesis, cut(stages, before, 1, part, parts), function, count, options);
  }
  if (op.getMask() && any.lanes > kWordLanes)
    emitValueMask(at, function, part);
  if (!op.isAppliedByTransforms())
    emitRegion(at, synthesis ? function : rowsOf(stages.buffer(op.getInput()), at, part), function,
               part);
  if (analysis) {
    RowOptions options;
    if (keep)
      options.mask = rowsOf(stages.buffer(keep), at, part);
    emitRows(stages, *analysis, cut(stages, behind, 1, part, parts), function, count, options);
  }
}

/// The values of a part as its mask, where there are more lanes than a word has bits.
void Boundary::emitValueMask(ValueRange at, Value function, Value part) {
  const int64_t extents[] = {synthesis->rows() / parts * synthesis->n, synthesis->lanes};
  AffineMap flat = stages.flat(extents);
  stages.map(extents, function, rowsOf(stages.buffer(op.getMask()), at, part), {flat, flat},
             firstValue);
}

/// g = region(f, extras) of the rows of a part.
void Boundary::emitRegion(ValueRange at, Value from, Value to, Value part) {
  SmallVector<Value> inputs = {from};
  for (Value extra : op.getExtras())
    inputs.push_back(rowsOf(stages.buffer(extra), at, part));
  const Transform &any = synthesis ? *synthesis : *analysis;
  const int64_t extents[] = {any.rows() / parts * any.n, any.lanes};
  SmallVector<AffineMap> maps(inputs.size() + 1, stages.flat(extents));
  stages.map(extents, inputs, to, maps, [&](OpBuilder &builder, Location, ValueRange values) {
    return inlineScalars(builder, op.getPointwise().front(), values);
  });
}

} // namespace

LogicalResult BoundaryOp::emitStages(StageBuilder &stages) {
  return Boundary(stages, *this).emit();
}

} // namespace mlir::spherical
