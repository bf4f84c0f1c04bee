//===- transforms.cpp - Fourier transforms as stages ------------*- C++ -*-===//
//
// One sweep over (lane group, channel). On SO(3), analysis:
//   x [beta][alpha][gamma] --gamma DFT--> half [n][beta][alpha], then for each n
//   --alpha DFT--> bins [m][beta][+m, mirrored -m] --Wigner product--> columns (n, m)[l]
//   --sparse map--> real basis
// and synthesis the reverse. What lies between is scratch: one n at a time stays
// in the cache. On S2 there is no gamma, the columns are re, im, and sums and
// differences of mirrored latitudes halve the products. The adjoint of analysis is synthesis with
// the weights in place of 2l + 1, and the reverse.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/stages/transforms.h"

#include "dialects/spherical/radices.h"
#include "dialects/spherical/stages/library_transforms.h"
#include "dialects/spherical/stages/order_tasks.h"
#include "dialects/spherical/stages/products.h"
#include "runtime/layout.h"
#include "runtime/math/wigner_anchors.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

int64_t Transform::columns() const {
  return so3 ? so3OrderOffset(degrees, orders, orders, 0) : s2OrderOffset(degrees, orders);
}

int64_t Transform::coefficients() const { return so3 ? so3Size(result) : s2Size(result); }

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

/// Twiddles of all passes: pairs of cosine and sine.
static int64_t twiddleCount(int64_t n, ArrayRef<int64_t> radices) {
  int64_t count = 0;
  for (int64_t radix : radices) {
    count += n;
    n /= radix;
  }
  return count;
}

DftTables dftTables(StageBuilder &stages, int64_t n, ArrayRef<int64_t> radices, Type element) {
  SmallVector<std::string> names;
  for (size_t i = 0; i < radices.size(); ++i)
    names.push_back("radix" + std::to_string(i));
  SmallVector<std::pair<StringRef, int64_t>> parameters = {{"n", n}};
  for (auto [name, radix] : llvm::zip(names, radices))
    parameters.push_back({name, radix});
  DftTables tables;
  tables.twiddles = stages.table("twiddles", parameters, {twiddleCount(n, radices), 2}, element);
  if (llvm::any_of(radices, [](int64_t radix) { return radix > kLargestRadix; }))
    tables.roots = stages.table("roots", {{"n", n}}, {rootCount(n), 2}, element);
  return tables;
}

/// `factor`: 0 for quadrature weights, 1 for 2l + 1.
static void makeWigner(StageBuilder &stages, Transform &t, int64_t factor) {
  SmallVector<std::pair<StringRef, int64_t>> wigner = {
      {"b", t.b}, {"degrees", t.degrees}, {"orders", t.orders}, {"factor", factor}};
  if (t.so3)
    wigner.push_back({"symmetric", 1});
  if (t.parity)
    wigner.push_back({"half", 1});
  if (t.transposed)
    wigner.push_back({"transposed", 1});
  if (t.ringLanes)
    wigner.push_back({"lanes", t.lanes});
  if (t.anchors > 0) {
    wigner.push_back({"anchors", t.anchors});
    const WignerAnchors anchors{{t.anchors, t.rings(), t.lanes}, t.degrees, t.orders};
    t.wigner = stages.table("so3_wigner", wigner, {anchors.offsets().back(), t.lanes}, t.element);
    return;
  }
  const int64_t columns = t.so3 ? so3SymmetricOffset(t.degrees, t.orders, t.orders, t.orders)
                                : s2OrderOffset(t.degrees, t.orders);
  SmallVector<int64_t> shape = {columns, t.rings() / (t.parity ? 2 : 1)};
  if (t.ringLanes)
    shape.push_back(t.lanes);
  t.wigner = stages.table(t.so3 ? "so3_wigner" : "s2_wigner", wigner, shape, t.element);
}

static void makeMap(StageBuilder &stages, Transform &t) {
  SmallVector<std::pair<StringRef, int64_t>> parameters = {
      {"so3", t.so3}, {"degrees", t.degrees}, {"orders", t.orders}};
  int64_t values = t.columns() * t.width(), terms = t.so3 ? 2 : 1;
  if (t.analysis) {
    parameters.push_back({"result", t.result});
    values = t.coefficients();
  }
  t.map.index = stages.table(t.analysis ? "quad_to_basis_index" : "basis_to_quad_index", parameters,
                             {values, terms}, stages.getI32Type());
  t.map.values = stages.table(t.analysis ? "quad_to_basis_values" : "basis_to_quad_values",
                              parameters, {values, terms}, t.element);
}

/// The products with Wigner functions of all orders.
static void makeProblems(StageBuilder &stages, Transform &t) {
  SmallVector<std::pair<StringRef, int64_t>> parameters = {{"so3", t.so3},
                                                           {"b", t.b},
                                                           {"degrees", t.degrees},
                                                           {"orders", t.orders},
                                                           {"analysis", t.analysis}};
  if (t.parity)
    parameters.push_back({"parity", 1});
  if (t.transposed)
    parameters.push_back({"transposed", 1});
  if (t.ringLanes)
    parameters.append({{"rings", t.rings()}, {"ring_lanes", 1}});
  if (t.anchors > 0)
    parameters.append({{"anchors", t.anchors}, {"lanes", t.lanes}});
  t.problems = stages.problems("wigner_problems", parameters, t.products());
}

FailureOr<Transform> makeTransform(StageBuilder &stages, Operation *op, const Signal &function,
                                   const Signal &spectrum, bool analysis, bool forward,
                                   HighAttr high, bool allRows) {
  Extents extents = extentsOf(op->getOperand(0).getType());
  const ChoiceAttr choice = stages.choice();
  const bool library = isByLibrary(stages);
  if (!choice || (choice.getRadices().empty() && !library) || extents.place != Place::Lanes)
    return op->emitOpError("expected `spherical.choice` with radices and values in lanes; run the "
                           "schedule phase");
  if (isByRingLanes(stages) && (extents.lanes != 1 || !allRows || choice.getLanes() < 2))
    return op->emitOpError(
               "expected one sample or channel in the lanes, and a transform alone, for ")
           << kRingTransforms;
  const bool isBrief = choice.getAlgorithm() == kBfloat16Transforms;
  if ((choice.getAlgorithm() == kOrderTransforms || isByRecursion(stages) || isBrief) &&
      !function.onSO3())
    return op->emitOpError("expected a function on SO(3) for ") << choice.getAlgorithm().getValue();
  if (isBrief && (stages.lanesAreThreads() || !isa<BoundaryOp>(op)))
    return op->emitOpError("expected a boundary on a processor for ") << kBfloat16Transforms;
  Transform t;
  t.analysis = analysis;
  t.so3 = function.onSO3();
  t.b = function.bandLimit;
  t.n = 2 * t.b;
  t.result = spectrum.bandLimit;
  // The adjoint of `truncated` is that of `zero`.
  bool aliased =
      forward && high &&
      (high.getValue() == High::Quadrature || (high.getValue() == High::Truncated && analysis));
  t.degrees = aliased ? t.result : std::min(t.result, t.b);
  t.orders = std::min(t.degrees, t.b);
  t.ringLanes = isByRingLanes(stages);
  t.anchors = isByRecursion(stages) ? kAnchorDistance : 0;
  t.lanes = t.ringLanes ? choice.getLanes() : extents.lanes;
  t.parity = !t.so3 && allRows && !library;
  t.transposed = !t.so3 && !analysis && !t.ringLanes && !stages.lanesAreThreads();
  t.radices.assign(choice.getRadices().begin(), choice.getRadices().end());
  t.element = stages.elementOf(op->getOperand(0).getType());
  t.stored = isBrief ? stages.getBF16Type() : t.element;
  makeWigner(stages, t, forward ? 0 : 1);
  if (!library)
    t.dft = dftTables(stages, t.n, t.radices, t.element);
  makeMap(stages, t);
  makeProblems(stages, t);
  return t;
}

//===----------------------------------------------------------------------===//
// Scratch memory
//===----------------------------------------------------------------------===//

/// Rows behind each order n of a half-transformed function. A pair of rows of all orders is used at
/// once: orders a multiple of 4 KiB apart would all lie in the same sets of the first-level cache.
static int64_t paddingOf(int64_t rows, int64_t lanes, Type element) {
  int64_t bytes = 2 * lanes * element.getIntOrFloatBitWidth() / 8, period = 4096 / bytes;
  return rows < 4 * period ? 0 : (2 + period - rows % period) % period;
}

MemRefType halfType(const Transform &t, int64_t orders) {
  int64_t padding = t.so3 ? paddingOf(t.rows(), t.lanes, t.stored) : 0;
  return MemRefType::get({orders, t.rows() + padding, 2, t.lanes}, t.stored);
}

Value halfOf(StageBuilder &stages, const Transform &t, Value half) {
  auto type = cast<MemRefType>(half.getType());
  if (type.getDimSize(0) != t.orders)
    half = stages.range(half, 0, stages.getIndexAttr(0), t.orders);
  if (type.getDimSize(1) != t.rows())
    half = stages.range(half, 1, stages.getIndexAttr(0), t.rows());
  return half;
}

SmallVector<Type> productScratch(const Transform &t) {
  SmallVector<Type> types = {MemRefType::get({t.columns(), t.width(), t.lanes}, t.element)};
  if (t.so3)
    types.push_back(MemRefType::get({t.orders, t.n, t.width(), t.lanes}, t.element));
  return types;
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

static void emitDft(StageBuilder &stages, const Transform &t, stage::DftKind kind, Value in,
                    Value out, int64_t rows, const RowOptions &options = {}) {
  stage::DftOp::create(stages, kind, in, out, t.dft.twiddles, t.dft.roots, options.mask,
                       options.positive, t.n, t.orders, rows, /*orders=*/1, t.radices, t.lanes,
                       options.relu, t.parity);
}

void emitColumns(StageBuilder &stages, const Transform &t, Value spectrum, Value columns) {
  stages.gather(stage::GatherMode::Lanes, spectrum, columns, t.map, t.columns() * t.width(),
                t.lanes);
}

void emitCoefficients(StageBuilder &stages, const Transform &t, Value columns, Value spectrum) {
  stages.gather(stage::GatherMode::Lanes, columns, spectrum, t.map, t.coefficients(), t.lanes);
}

void emitWignerProduct(StageBuilder &stages, const Transform &t, Value columns, Value bins,
                       Value n) {
  const int64_t each = t.so3 ? t.orders : 1;
  Value list = n ? stages.range(t.problems, 0, linear(stages, n, each, 0), each) : t.problems;
  const auto scalar = stage::ContractKind::Scalar;
  DenseI64ArrayAttr anchors;
  if (t.anchors > 0)
    anchors = stages.getDenseI64ArrayAttr({t.anchors, t.rings()});
  if (t.analysis)
    contract(stages, t.ringLanes ? stage::ContractKind::Reduce : scalar, t.wigner, bins, list,
             columns, t.lanes, {}, anchors);
  else if (t.ringLanes)
    contract(stages, scalar, columns, t.wigner, list, bins, t.lanes, {}, anchors);
  else
    contract(stages, scalar, t.wigner, columns, list, bins, t.lanes);
}

void emitOrder(StageBuilder &stages, const Transform &t, Value half, Value columns, Value bins,
               Value n) {
  Value own = stages.select(half, 0, n);
  if (t.analysis)
    emitDft(stages, t, stage::DftKind::ComplexAnalysis, own, bins, t.rings());
  emitWignerProduct(stages, t, columns, bins, n);
  if (!t.analysis)
    emitDft(stages, t, stage::DftKind::ComplexSynthesis, bins, own, t.rings());
}

/// The loop over n on SO(3), or the one product on S2, where `half` has the bins.
static void forEachOrder(StageBuilder &stages, const Transform &t, Value half, ValueRange scratch) {
  if (!t.so3)
    return emitWignerProduct(stages, t, scratch[0], half, {});
  forEach(stages, t.orders,
          [&](Value n) { emitOrder(stages, t, half, scratch[0], scratch[1], n); });
}

void emitHalfSynthesis(StageBuilder &stages, const Transform &t, Value spectrum, Value half,
                       ValueRange scratch) {
  emitColumns(stages, t, spectrum, scratch[0]);
  forEachOrder(stages, t, half, scratch);
}

void emitHalfAnalysis(StageBuilder &stages, const Transform &t, Value half, Value spectrum,
                      ValueRange scratch) {
  forEachOrder(stages, t, half, scratch);
  emitCoefficients(stages, t, scratch[0], spectrum);
}

void emitRows(StageBuilder &stages, const Transform &t, Value half, Value function, int64_t rows,
              const RowOptions &options) {
  if (t.analysis)
    emitDft(stages, t, stage::DftKind::RealAnalysis, function, half, rows, options);
  else
    emitDft(stages, t, stage::DftKind::RealSynthesis, half, function, rows, options);
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

static LogicalResult emitTransform(StageBuilder &stages, Operation *op, bool forward,
                                   HighAttr high) {
  Signal in = *getSignal(op->getOperand(0).getType()), out = *getSignal(op->getResult(0).getType());
  const bool analysis = out.isSpectrum();
  FailureOr<Transform> found =
      makeTransform(stages, op, analysis ? in : out, analysis ? out : in, analysis, forward, high,
                    /*allRows=*/true);
  if (failed(found))
    return failure();
  const Transform &t = *found;
  if (isByLibrary(stages)) {
    emitLibraryTransform(stages, op, t);
    return success();
  }
  if (isByOrders(stages)) {
    emitOrderTransform(stages, op, t);
    return success();
  }
  SmallVector<Type> scratch = {halfType(t, t.orders)};
  llvm::append_range(scratch, productScratch(t));
  Value from = stages.buffer(op->getOperand(0)), to = stages.buffer(op->getResult(0));
  const Extents extents = extentsOf(op->getOperand(0).getType());
  stages.sweep(op->getName().stripDialect(), {extents.groups, extents.channels}, scratch,
               [&](ValueRange at, ValueRange s) {
                 Value half = halfOf(stages, t, s[0]);
                 Value input = stages.slice(from, at), output = stages.slice(to, at);
                 if (analysis) {
                   emitRows(stages, t, half, input, t.rows());
                   emitHalfAnalysis(stages, t, half, output, s.drop_front());
                 } else {
                   emitHalfSynthesis(stages, t, input, half, s.drop_front());
                   emitRows(stages, t, half, output, t.rows());
                 }
               });
  return success();
}

LogicalResult S2FTOp::emitStages(StageBuilder &stages) {
  return emitTransform(stages, *this, /*forward=*/true, getHighAttr());
}

LogicalResult SO3FTOp::emitStages(StageBuilder &stages) {
  return emitTransform(stages, *this, /*forward=*/true, getHighAttr());
}

LogicalResult S2IFTOp::emitStages(StageBuilder &stages) {
  return emitTransform(stages, *this, /*forward=*/false, {});
}

LogicalResult SO3IFTOp::emitStages(StageBuilder &stages) {
  return emitTransform(stages, *this, /*forward=*/false, {});
}

} // namespace mlir::spherical
