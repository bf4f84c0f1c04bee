//===- transforms.cpp - Fourier transforms as stages ------------*- C++ -*-===//
//
// One sweep over (lane group, channel). On SO(3), analysis:
//   x [beta][alpha][gamma] --gamma DFT--> half [n][beta][alpha], then for each n
//   --alpha DFT--> bins [m][beta][+m, mirrored -m] --Wigner product--> columns (n, m)[l]
//   --sparse map--> real basis
// and synthesis the reverse. What lies between is scratch: one n at a time stays
// in the cache. On S2 there is no gamma, and the columns are re, im. The adjoint
// of analysis is synthesis with the weights in place of 2l + 1, and the reverse.
// (math.md, sections 2, 3 and 5; index_tables.cpp has the columns)
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/stages/products.h"

#include "runtime/layout.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

namespace {
/// Extents and tables of a transform between a grid of b and `result` degrees.
struct Transform {
  StringRef name;
  bool so3;
  int64_t b, n, degrees, orders, result;
  int64_t groups, channels, lanes;
  SmallVector<int64_t> radices;
  Type element;
  int64_t factor; ///< 0: quadrature weights, 1: 2l + 1
  Value twiddles, roots, wigner;

  /// Values of a column: re and im of +m and of -m on SO(3).
  int64_t width() const { return so3 ? 4 : 2; }
  int64_t coefficients() const { return so3 ? so3Size(result) : s2Size(result); }
  /// Columns (n, m)[l], or (m)[l] on S2.
  int64_t columns() const {
    return so3 ? so3OrderOffset(degrees, orders, orders, 0) : s2OrderOffset(degrees, orders);
  }
};
} // namespace

static FailureOr<Transform> transformOf(StageBuilder &stages, Operation *op) {
  Signal in = *getSignal(op->getOperand(0).getType()), out = *getSignal(op->getResult(0).getType());
  const Signal &function = in.isSpectrum() ? out : in, &spectrum = in.isSpectrum() ? in : out;
  Extents extents = extentsOf(op->getOperand(0).getType());
  if (!stages.choice() || stages.choice().getRadices().empty() || extents.place != Place::Lanes)
    return op->emitOpError("expected `spherical.choice` with radices and values in lanes; run the "
                           "schedule phase");
  Transform t;
  t.name = op->getName().stripDialect();
  t.so3 = function.onSO3();
  t.b = function.bandLimit;
  t.n = 2 * t.b;
  t.result = spectrum.bandLimit;
  bool forward = isa<S2FTOp, SO3FTOp>(op);
  auto high = op->getAttrOfType<HighAttr>("high");
  bool aliased = forward && high && high.getValue() == High::Quadrature;
  t.degrees = aliased ? t.result : std::min(t.result, t.b);
  t.orders = std::min(t.degrees, t.b);
  t.groups = extents.groups;
  t.channels = extents.channels;
  t.lanes = extents.lanes;
  t.radices.assign(stages.choice().getRadices().begin(), stages.choice().getRadices().end());
  t.element = stages.elementOf(op->getOperand(0).getType());
  t.factor = forward ? 0 : 1;
  return t;
}

/// Twiddles of all passes: pairs of cosine and sine.
static int64_t twiddleCount(int64_t n, ArrayRef<int64_t> radices) {
  int64_t count = 0;
  for (int64_t radix : radices) {
    count += n;
    n /= radix;
  }
  return count;
}

static void dft(StageBuilder &stages, const Transform &t, stage::DftKind kind, Value in, Value out,
                Value mask, int64_t rows, bool relu) {
  stage::DftOp::create(stages, kind, in, out, t.twiddles, t.roots, mask, /*positive=*/Value(), t.n,
                       t.orders, rows, /*orders=*/1, t.radices, t.lanes, relu);
}

/// The loop over n on SO(3), or the one product on S2, where `half` has the bins.
static void forEachOrder(StageBuilder &stages, const Transform &t, Value half, Value problems,
                         bool analysis, Value columns, Value bins) {
  auto product = [&](Value list, Value binned) {
    Value b = analysis ? binned : columns, c = analysis ? columns : binned;
    contract(stages, stage::ContractKind::Scalar, t.wigner, b, list, c, t.lanes);
  };
  if (!t.so3)
    return product(problems, half);
  Value zero = arith::ConstantIndexOp::create(stages, 0);
  Value one = arith::ConstantIndexOp::create(stages, 1);
  Value end = arith::ConstantIndexOp::create(stages, t.orders);
  auto loop = scf::ForOp::create(stages, zero, end, one);
  OpBuilder::InsertionGuard guard(stages);
  stages.setInsertionPointToStart(loop.getBody());
  Value n = loop.getInductionVar();
  Value halfN = stages.select(half, 0, n);
  AffineExpr d = stages.getAffineDimExpr(0);
  Value first = affine::AffineApplyOp::create(stages, AffineMap::get(1, 0, d * t.orders), n);
  Value list = stages.range(problems, 0, first, t.orders);
  if (analysis)
    dft(stages, t, stage::DftKind::ComplexAnalysis, halfN, bins, {}, t.n, false);
  product(list, bins);
  if (!analysis)
    dft(stages, t, stage::DftKind::ComplexSynthesis, bins, halfN, {}, t.n, false);
}

/// Rows behind each order n of a half-transformed function. A pair of rows of all orders is used at
/// once: orders a multiple of 4 KiB apart would all lie in the same sets of the first-level cache.
static int64_t paddingOf(int64_t rows, int64_t lanes, Type element) {
  int64_t bytes = 2 * lanes * element.getIntOrFloatBitWidth() / 8, period = 4096 / bytes;
  return rows < 4 * period ? 0 : (2 + period - rows % period) % period;
}

/// Scratch of a transform: half [n][rows and padding][2], columns, and on SO(3) bins [m][beta][4].
static SmallVector<Type> scratchOf(const Transform &t, int64_t rows) {
  int64_t padding = t.so3 ? paddingOf(rows, t.lanes, t.element) : 0;
  SmallVector<Type> types = {MemRefType::get({t.orders, rows + padding, 2, t.lanes}, t.element),
                             MemRefType::get({t.columns(), t.width(), t.lanes}, t.element)};
  if (t.so3)
    types.push_back(MemRefType::get({t.orders, t.n, t.width(), t.lanes}, t.element));
  return types;
}

/// The products with Wigner functions of all orders.
static Value wignerProblems(StageBuilder &stages, const Transform &t, bool analysis) {
  return stages.table("wigner_problems",
                      {{"so3", t.so3},
                       {"b", t.b},
                       {"degrees", t.degrees},
                       {"orders", t.orders},
                       {"analysis", analysis}},
                      {t.orders * (t.so3 ? t.orders : 1), stage::kProblemFields},
                      stages.getI32Type());
}

/// A half-transformed function of so many rows.
static Value withoutPadding(StageBuilder &stages, Value half, int64_t rows) {
  if (cast<MemRefType>(half.getType()).getDimSize(1) == rows)
    return half;
  return stages.range(half, 1, stages.getIndexAttr(0), rows);
}

static void emitAnalysis(StageBuilder &stages, const Transform &t, Value in, Value mask,
                         Value out) {
  int64_t rows = t.so3 ? t.n * t.n : t.n, terms = t.so3 ? 2 : 1;
  std::pair<StringRef, int64_t> parameters[] = {
      {"so3", t.so3}, {"degrees", t.degrees}, {"orders", t.orders}, {"result", t.result}};
  SparseTables map{
      stages.table("quad_to_basis_index", parameters, {t.coefficients(), terms},
                   stages.getI32Type()),
      stages.table("quad_to_basis_values", parameters, {t.coefficients(), terms}, t.element)};
  Value problems = wignerProblems(stages, t, /*analysis=*/true);
  auto scratch = scratchOf(t, rows);
  stages.sweep(t.name, {t.groups, t.channels}, scratch, [&](ValueRange at, ValueRange s) {
    Value half = withoutPadding(stages, s[0], rows);
    dft(stages, t, stage::DftKind::RealAnalysis, stages.slice(in, at), half,
        mask ? stages.slice(mask, at) : Value(), rows, false);
    forEachOrder(stages, t, half, problems, /*analysis=*/true, s[1], t.so3 ? s[2] : Value());
    stages.gather(stage::GatherMode::Lanes, s[1], stages.slice(out, at), map, t.coefficients(),
                  t.lanes);
  });
}

static void emitSynthesis(StageBuilder &stages, const Transform &t, Value in, Value out,
                          bool relu) {
  int64_t rows = t.so3 ? t.n * t.n : t.n, terms = t.so3 ? 2 : 1;
  int64_t values = t.columns() * t.width();
  std::pair<StringRef, int64_t> parameters[] = {
      {"so3", t.so3}, {"degrees", t.degrees}, {"orders", t.orders}};
  SparseTables map{
      stages.table("basis_to_quad_index", parameters, {values, terms}, stages.getI32Type()),
      stages.table("basis_to_quad_values", parameters, {values, terms}, t.element)};
  Value problems = wignerProblems(stages, t, /*analysis=*/false);
  auto scratch = scratchOf(t, rows);
  stages.sweep(t.name, {t.groups, t.channels}, scratch, [&](ValueRange at, ValueRange s) {
    stages.gather(stage::GatherMode::Lanes, stages.slice(in, at), s[1], map, values, t.lanes);
    Value half = withoutPadding(stages, s[0], rows);
    forEachOrder(stages, t, half, problems, /*analysis=*/false, s[1], t.so3 ? s[2] : Value());
    dft(stages, t, stage::DftKind::RealSynthesis, half, stages.slice(out, at), {}, rows, relu);
  });
}

static LogicalResult emitTransform(StageBuilder &stages, Operation *op) {
  FailureOr<Transform> found = transformOf(stages, op);
  if (failed(found))
    return failure();
  Transform &t = *found;
  std::pair<StringRef, int64_t> wigner[] = {{"b", t.b},
                                            {"degrees", t.degrees},
                                            {"orders", t.orders},
                                            {"factor", t.factor},
                                            {"symmetric", 1}};
  int64_t columns = t.so3 ? so3SymmetricOffset(t.degrees, t.orders, t.orders, t.orders)
                          : s2OrderOffset(t.degrees, t.orders);
  t.wigner =
      t.so3 ? stages.table("so3_wigner", wigner, {columns, t.n}, t.element)
            : stages.table("s2_wigner", ArrayRef(wigner).drop_back(), {columns, t.n}, t.element);
  SmallVector<std::string> names;
  for (size_t i = 0; i < t.radices.size(); ++i)
    names.push_back("radix" + std::to_string(i));
  SmallVector<std::pair<StringRef, int64_t>> twiddles = {{"n", t.n}};
  for (auto [name, radix] : llvm::zip(names, t.radices))
    twiddles.push_back({name, radix});
  t.twiddles = stages.table("twiddles", twiddles, {twiddleCount(t.n, t.radices), 2}, t.element);
  if (llvm::any_of(t.radices, [](int64_t radix) { return radix > 16; }))
    t.roots = stages.table("roots", {{"n", t.n}}, {t.n, 2}, t.element);

  Value in = stages.buffer(op->getOperand(0)), out = stages.buffer(op->getResult(0));
  if (getSignal(op->getOperand(0).getType())->isSpectrum()) {
    auto unit = op->getAttrOfType<UnitAttr>("relu");
    emitSynthesis(stages, t, in, out, static_cast<bool>(unit));
  } else {
    Value mask = op->getNumOperands() > 1 ? stages.buffer(op->getOperand(1)) : Value();
    emitAnalysis(stages, t, in, mask, out);
  }
  return success();
}

LogicalResult S2FTOp::emitStages(StageBuilder &stages) { return emitTransform(stages, *this); }

LogicalResult S2IFTOp::emitStages(StageBuilder &stages) { return emitTransform(stages, *this); }

LogicalResult SO3FTOp::emitStages(StageBuilder &stages) { return emitTransform(stages, *this); }

LogicalResult SO3IFTOp::emitStages(StageBuilder &stages) { return emitTransform(stages, *this); }

} // namespace mlir::spherical
