//===- library_transforms.cpp - transforms by a library's FFTs --*- C++ -*-===//
//
// On SO(3), synthesis, with P samples and channels, N = 2b and H = b + 1:
//   spectrum --sparse map, Wigner products--> bins [n][P][beta][m]           kernel, n < orders
//     --complex series of N over m----------> half [n][P][beta][alpha]       call, n < orders
//     --real series of N over n-------------> function [P][beta][alpha][gamma]  call, n < H
// and analysis the reverse. Bins of higher orders are zeros. On S2 the products
// give half [m][P][beta], and one call is all.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/stages/library_transforms.h"

#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/work.h"

namespace mlir::spherical {

bool isByLibrary(const StageBuilder &stages) {
  return stages.choice() && stages.choice().getAlgorithm() == kLibraryTransforms;
}

namespace {

/// Emits one transform.
class LibraryTransform {
public:
  LibraryTransform(StageBuilder &stages, StringRef name, const Transform &t, const Extents &extents)
      : stages(stages), name(name), t(t), extents(extents),
        half(stages.temporary("half", shapeOf(t.n / 2 + 1), t.element)) {
    if (t.so3)
      bins = stages.temporary("bins", shapeOf(t.orders), t.element);
  }

  void synthesize(Value spectrum, Value function);
  void analyze(Value function, Value spectrum);

private:
  /// [orders][groups][channels][lanes][beta]([alpha or m])[2]
  SmallVector<int64_t> shapeOf(int64_t orders) const {
    SmallVector<int64_t> shape = {orders, extents.groups, extents.channels, extents.lanes, t.n};
    if (t.so3)
      shape.push_back(t.n);
    shape.push_back(2);
    return shape;
  }
  int64_t series() const { return extents.groups * extents.channels * extents.lanes; }
  Value low() { return stages.range(half, 0, stages.getIndexAttr(0), t.orders); }
  /// Of one order of an array, the part of a sweep's point.
  Value partOf(Value all, Value order, ValueRange at) {
    return stages.slice(stages.select(all, 0, order), at);
  }
  void call(stage::DftKind kind, Value in, Value out, int64_t rows);
  void products(function_ref<void(ValueRange at, ValueRange scratch)> body);
  void copy(ArrayRef<int64_t> space, Value scratch, AffineMap inScratch, Value dense,
            AffineMap inDense);
  void copyHalf(Value scratch, ValueRange at);
  void copySomeOrders(Value scratch, Value dense, int64_t orders, AffineExpr latitude,
                      AffineExpr order, AffineExpr position, int64_t column);
  void copyOrders(Value scratch, Value dense);
  void clearMiddle(Value dense);
  void clearHighOrders(ValueRange at);

  StageBuilder &stages;
  StringRef name;
  const Transform &t;
  const Extents &extents;
  Value half, bins;
};

/// One call for so many series.
void LibraryTransform::call(stage::DftKind kind, Value in, Value out, int64_t rows) {
  stages.sweep((name + ".fft").str(), {1}, {}, [&](ValueRange, ValueRange) {
    stage::FftOp::create(stages, kind, in, out, t.n, rows);
  });
}

/// The kernel with the products; scratch is columns and the bins [m][beta][width]W of one n.
void LibraryTransform::products(function_ref<void(ValueRange at, ValueRange scratch)> body) {
  SmallVector<Type> scratch = productScratch(t);
  if (!t.so3)
    scratch.push_back(MemRefType::get({t.orders, t.n, t.width(), t.lanes}, t.element));
  stages.sweep((name + ".wigner").str(), {extents.groups, extents.channels}, scratch, body);
}

/// Copies scratch values to dense ones, or in an analysis the other way.
void LibraryTransform::copy(ArrayRef<int64_t> space, Value scratch, AffineMap inScratch,
                            Value dense, AffineMap inDense) {
  if (t.analysis)
    stages.map(space, dense, scratch, {inDense, inScratch}, firstValue);
  else
    stages.map(space, scratch, dense, {inScratch, inDense}, firstValue);
}

/// Copies the half-transformed function of S2, order by order.
void LibraryTransform::copyHalf(Value scratch, ValueRange at) {
  forEach(stages, t.orders, [&](Value m) {
    Value values = stages.select(scratch, 0, m), dense = partOf(half, m, at);
    copy({t.lanes, t.n, 2}, values, stages.dims(3, {1, 2, 0}), dense, stages.dims(3, {0, 1, 2}));
  });
}

/// Copies so many orders between columns `column` and `column` + 1 of scratch bins, at `latitude`
/// and `order`, and a dense array [W][beta][position][2]; all linear in d1 = beta and d2.
void LibraryTransform::copySomeOrders(Value scratch, Value dense, int64_t orders,
                                      AffineExpr latitude, AffineExpr order, AffineExpr position,
                                      int64_t column) {
  MLIRContext *context = stages.getContext();
  AffineExpr lane, beta, index, part;
  bindDims(context, lane, beta, index, part);
  AffineExpr value = (order * t.n + latitude) * t.width() + part + column;
  AffineMap inLanes = AffineMap::get(4, 0, value * t.lanes + lane);
  AffineMap inDense = AffineMap::get(4, 0, {lane, beta, position, part}, context);
  const int64_t space[] = {t.lanes, t.n, orders, 2};
  copy(space, scratch, inLanes, dense, inDense);
}

/// All orders m of one n: m at position m, and -m, of the mirrored latitude, at N - m.
void LibraryTransform::copyOrders(Value scratch, Value dense) {
  AffineExpr beta = stages.getAffineDimExpr(1), m = stages.getAffineDimExpr(2);
  AffineExpr mirrored = t.n - 1 - beta;
  copySomeOrders(scratch, dense, t.orders, beta, m, m, 0);
  if (t.orders > 1)
    copySomeOrders(scratch, dense, t.orders - 1, mirrored, m + 1, t.n - 1 - m, 2);
  if (t.analysis)
    copySomeOrders(scratch, dense, 1, mirrored, m, m, 2);
}

/// Zeros between the highest m and the lowest.
void LibraryTransform::clearMiddle(Value dense) {
  const int64_t size = t.n - 2 * t.orders + 1;
  Value middle = stages.range(dense, 2, stages.getIndexAttr(t.orders), size);
  stages.map({t.lanes, t.n, size, 2}, {}, middle, stages.dims(4, {0, 1, 2, 3}),
             [this](OpBuilder &b, Location l, ValueRange) {
               return SmallVector<Value>{ScalarBuilder(b, l).constant(t.element, 0.0)};
             });
}

/// Zeros in the half-transformed function from `orders` on.
void LibraryTransform::clearHighOrders(ValueRange at) {
  const int64_t size = t.n / 2 + 1 - t.orders;
  Value high = stages.range(half, 0, stages.getIndexAttr(t.orders), size);
  forEach(stages, size, [&](Value order) {
    stage::FillOp::create(stages, partOf(high, order, at), stages.getFloatAttr(t.element, 0.0));
  });
}

void LibraryTransform::synthesize(Value spectrum, Value function) {
  products([&](ValueRange at, ValueRange scratch) {
    emitColumns(stages, t, stages.slice(spectrum, at), scratch[0]);
    if (t.so3) {
      forEach(stages, t.orders, [&](Value n) {
        emitWignerProduct(stages, t, scratch[0], scratch[1], n);
        Value dense = partOf(bins, n, at);
        copyOrders(scratch[1], dense);
        clearMiddle(dense);
      });
    } else {
      emitWignerProduct(stages, t, scratch[0], scratch[1], {});
      copyHalf(scratch[1], at);
    }
    clearHighOrders(at);
  });
  if (t.so3)
    call(stage::DftKind::ComplexSynthesis, bins, low(), t.orders * series() * t.n);
  call(stage::DftKind::RealSynthesis, half, function, series() * t.rows());
}

void LibraryTransform::analyze(Value function, Value spectrum) {
  call(stage::DftKind::RealAnalysis, function, half, series() * t.rows());
  if (t.so3)
    call(stage::DftKind::ComplexAnalysis, low(), bins, t.orders * series() * t.n);
  products([&](ValueRange at, ValueRange scratch) {
    if (t.so3) {
      forEach(stages, t.orders, [&](Value n) {
        copyOrders(scratch[1], partOf(bins, n, at));
        emitWignerProduct(stages, t, scratch[0], scratch[1], n);
      });
    } else {
      copyHalf(scratch[1], at);
      emitWignerProduct(stages, t, scratch[0], scratch[1], {});
    }
    emitCoefficients(stages, t, scratch[0], stages.slice(spectrum, at));
  });
}

} // namespace

Value makeDenseFunction(StageBuilder &stages, const Transform &t, const Extents &extents) {
  return stages.temporary(
      "function", {extents.groups, extents.channels, extents.lanes, t.rows(), t.n}, t.element);
}

/// One group of samples, all of them valid.
static void emitSamples(StageBuilder &stages, stage::GatherMode mode, Value in, Value out,
                        Value dense) {
  auto type = cast<MemRefType>(dense.getType());
  const int64_t lanes = type.getDimSize(0);
  stage::GatherOp::create(stages, mode, in, out, arith::ConstantIndexOp::create(stages, 0),
                          /*indices=*/Value(), /*coefficients=*/Value(),
                          type.getNumElements() / lanes, lanes, /*all=*/true);
}

void emitToLanes(StageBuilder &stages, Value dense, Value lanes) {
  emitSamples(stages, stage::GatherMode::ToLanes, dense, lanes, dense);
}

void emitFromLanes(StageBuilder &stages, Value lanes, Value dense) {
  emitSamples(stages, stage::GatherMode::FromLanes, lanes, dense, dense);
}

void emitLibrarySynthesis(StageBuilder &stages, StringRef name, const Transform &t,
                          const Extents &extents, Value spectrum, Value function) {
  LibraryTransform(stages, name, t, extents).synthesize(spectrum, function);
}

void emitLibraryAnalysis(StageBuilder &stages, StringRef name, const Transform &t,
                         const Extents &extents, Value function, Value spectrum) {
  LibraryTransform(stages, name, t, extents).analyze(function, spectrum);
}

void emitLibraryTransform(StageBuilder &stages, Operation *op, const Transform &t) {
  const StringRef name = op->getName().stripDialect();
  const Extents extents = extentsOf(op->getOperand(0).getType());
  Value from = stages.buffer(op->getOperand(0)), to = stages.buffer(op->getResult(0));
  // One sample a lane is dense as it is.
  const bool isDense = extents.lanes == 1;
  Value lanes = t.analysis ? from : to;
  Value function = isDense ? lanes : makeDenseFunction(stages, t, extents);
  auto move = [&] {
    if (isDense)
      return;
    stages.sweep((name + ".function").str(), {extents.groups, extents.channels}, {},
                 [&](ValueRange at, ValueRange) {
                   Value dense = stages.slice(function, at), part = stages.slice(lanes, at);
                   if (t.analysis)
                     emitFromLanes(stages, part, dense);
                   else
                     emitToLanes(stages, dense, part);
                 });
  };
  if (t.analysis) {
    move();
    emitLibraryAnalysis(stages, name, t, extents, function, to);
  } else {
    emitLibrarySynthesis(stages, name, t, extents, from, function);
    move();
  }
}

} // namespace mlir::spherical
