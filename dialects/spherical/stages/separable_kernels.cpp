//===- separable_kernels.cpp - kernels whose points form a product --------===//
//
// F^l_mn = sum_r d^l_mn(beta_r) T_r(m, n) with few different T of each ring r
// (runtime/math/kernel_orders.h). Lanes hold output channels:
//   weights -> lanes -> T of all rings, a small product -> coefficients, sums of
//   a few terms, which leave the lanes on their way to the kernel's spectrum;
// the adjoint goes back, in blocks of coefficients whose sums are added in order.
// A spectrum that has output channels in its lanes keeps them there.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/stages/kernel_transforms.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "dialects/spherical/work.h"
#include "runtime/layout.h"
#include "runtime/math/kernel_orders.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

namespace {

/// Columns of lanes that one task of the small product computes.
constexpr int64_t kColumnsOfTask = 12;

class SeparableTransform {
public:
  SeparableTransform(StageBuilder &stages, KernelFTOp op);

  void emit();
  void emitAdjoint();

private:
  /// A buffer [in][groups of out][size] of lanes.
  Value laneBuffer(StringRef name, int64_t size);
  /// [rows of a ring] of all rings and kernels = waves, or their transpose, times [depth].
  void emitWaves(bool transposed, Value in, Value out);
  SparseTables terms(StringRef kind, Parameters parameters, ArrayRef<int64_t> indices,
                     ArrayRef<int64_t> values);
  /// The sums of the blocks of coefficients, as `rest` says (kernel_orders.cpp), to parts from
  /// `first` on.
  void emitSums(Value gradient, Value parts, int64_t first, bool rest);
  void emitPartSums(Value parts, Value values);
  /// Coefficients from `first` on of the kernels at `at`, in the lanes.
  Value blockInLanes(Value gradient, ValueRange at, Value first, int64_t block, ValueRange scratch);
  /// Rows of kernels of input channel at[0] to the lanes of a group at[1], or back.
  void gatherRows(stage::GatherMode mode, Value dense, Value lanes, SparseTables tables,
                  int64_t count, Value group) {
    const bool toLanes = mode == stage::GatherMode::ToLanes;
    stages.gatherSamples(mode, toLanes ? dense : lanes, toLanes ? lanes : dense, tables, count,
                         extents, group);
  }

  StageBuilder &stages;
  KernelFTOp op;
  SmallVector<double> points;
  KernelOrders orders;
  Type element;
  Extents extents;   ///< of output channels in lanes
  bool staysInLanes; ///< the spectrum has them there
  int64_t in, size;
};

SeparableTransform::SeparableTransform(StageBuilder &stages, KernelFTOp op)
    : stages(stages), op(op), points(flatPoints(op.getGrid())), orders([&] {
        const Type spectrum = op.getAdjoint() ? op.getInput().getType() : Type(op.getType());
        return *KernelOrders::find(points, getSignal(spectrum)->bandLimit);
      }()),
      element(stages.elementOf(op.getType())),
      staysInLanes(hasChannelLanes(op.getAdjoint() ? op.getInput().getType() : Type(op.getType()))),
      size(so3Size(orders.degrees)) {
  const auto weights =
      cast<RankedTensorType>(op.getAdjoint() ? Type(op.getType()) : op.getInput().getType());
  in = weights.getDimSize(0);
  extents.place = Place::Lanes;
  extents.lanes = stages.choice().getLanes();
  extents.groups = llvm::divideCeil(weights.getDimSize(1), extents.lanes);
}

Value SeparableTransform::laneBuffer(StringRef name, int64_t size) {
  return stages.temporary(name, {in, extents.groups, size, extents.lanes}, element);
}

void SeparableTransform::emitWaves(bool transposed, Value from, Value to) {
  const int64_t waves = orders.waves(), ring = orders.ringPoints();
  const int64_t rows = transposed ? ring : waves, depth = transposed ? waves : ring;
  Value table =
      stages.table("kernel_waves", {{"degrees", orders.degrees}, {"transposed", transposed}},
                   {rows, depth}, element, points);
  const int64_t columns = in * extents.groups * orders.rings();
  auto [list, count] = matrixProblems(
      stages, {rows, depth, columns, rows, kColumnsOfTask, depth, 1, 1, depth, 1, rows});
  Value problems = list;
  stages.uncountedSweep("kernel_ft.waves", {count}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, table, from, problemAt(stages, problems, at[0]),
             to, extents.lanes);
  });
}

SparseTables SeparableTransform::terms(StringRef kind, Parameters parameters,
                                       ArrayRef<int64_t> indices, ArrayRef<int64_t> values) {
  SmallVector<std::pair<StringRef, int64_t>> all = {{"degrees", orders.degrees}};
  all.append(parameters.begin(), parameters.end());
  return {stages.table((kind + "_index").str(), all, indices, stages.getI32Type(), points),
          stages.table((kind + "_values").str(), all, values, element, points,
                       op.getScale().convertToDouble())};
}

void SeparableTransform::emit() {
  Value weights = stages.buffer(op.getInput()), spectrum = stages.buffer(op.getResult());
  const int64_t all = orders.rings() * orders.ringPoints();
  Value lanes = laneBuffer("kernel_lanes", all);
  Value values = laneBuffer("kernel_values", orders.values());
  stages.uncountedSweep("kernel_ft.lanes", {in, extents.groups}, [&](ValueRange at, ValueRange) {
    gatherRows(stage::GatherMode::ToLanes, stages.select(weights, 0, at[0]),
               stages.slice(lanes, at), {}, all, at[1]);
  });
  emitWaves(/*transposed=*/false, lanes, values);
  const int64_t row = padded(size); // written as a whole
  const int64_t shape[] = {row, orders.terms()};
  const SparseTables tables = terms("kernel_terms", {}, shape, shape);
  auto leading = [&](Value table) { // without the rows of padding
    return stages.range(table, 0, stages.getIndexAttr(0), size);
  };
  stages.sweep("kernel_ft", {in, extents.groups}, {}, [&](ValueRange at, ValueRange) {
    if (staysInLanes)
      return stages.gather(stage::GatherMode::Lanes, stages.slice(values, at),
                           stages.slice(spectrum, at),
                           {leading(tables.index), leading(tables.values)}, size, extents.lanes);
    gatherRows(stage::GatherMode::FromLanes, stages.select(spectrum, 0, at[0]),
               stages.slice(values, at), tables, row, at[1]);
  });
}

Value SeparableTransform::blockInLanes(Value gradient, ValueRange at, Value first, int64_t block,
                                       ValueRange scratch) {
  if (staysInLanes)
    return stages.range(stages.slice(gradient, at), 0, first, block);
  Value dense = stages.range(stages.select(gradient, 0, at[0]), 1, first, block);
  gatherRows(stage::GatherMode::ToLanes, dense, scratch[0], {}, block, at[1]);
  return scratch[0];
}

void SeparableTransform::emitSums(Value gradient, Value parts, int64_t first, bool rest) {
  const int64_t blocks = rest ? 1 : size / kKernelSumBlock;
  const int64_t block = rest ? size % kKernelSumBlock : kKernelSumBlock;
  const int64_t count = kernelSumTerms(orders, rest);
  const SparseTables tables =
      terms("kernel_sums", {{"rest", rest}, {"terms", count}}, {blocks, orders.waves(), count},
            {blocks, orders.waves(), count, orders.rings()});
  SmallVector<Type> scratch;
  if (!staysInLanes)
    scratch.push_back(MemRefType::get({block, extents.lanes}, element));
  stage::SweepOp sums = stages.sweep(
      rest ? "kernel_ft.adjoint.rest" : "kernel_ft.adjoint", {blocks, in, extents.groups}, scratch,
      [&](ValueRange at, ValueRange own) {
        AffineExpr start = stages.getAffineDimExpr(0) * kKernelSumBlock +
                           (rest ? size / kKernelSumBlock * kKernelSumBlock : 0);
        Value begin = affine::AffineApplyOp::create(stages, AffineMap::get(1, 0, start), at[0]);
        AffineExpr place = stages.getAffineDimExpr(0) + first;
        Value part = affine::AffineApplyOp::create(stages, AffineMap::get(1, 0, place), at[0]);
        Value values = blockInLanes(gradient, at.drop_front(), begin, block, own);
        stages.gather(
            stage::GatherMode::Lanes, values, stages.slice(parts, {part, at[1], at[2]}),
            {stages.select(tables.index, 0, at[0]), stages.select(tables.values, 0, at[0])},
            orders.waves(), extents.lanes);
      });
  sums.setChunk(1);
}

void SeparableTransform::emitPartSums(Value parts, Value values) {
  const int64_t count = cast<MemRefType>(parts.getType()).getDimSize(0);
  stages.sweep("kernel_ft.adjoint", {in, extents.groups}, {}, [&](ValueRange at, ValueRange) {
    Value own = stages.select(stages.select(parts, 1, at[0]), 1, at[1]);
    stages.map({orders.values(), count, extents.lanes}, own, stages.slice(values, at),
               {stages.dims(3, {1, 0, 2}), stages.dims(3, {0, 2})}, firstValue, stage::Combine::Sum,
               extents.lanes);
  });
}

void SeparableTransform::emitAdjoint() {
  Value gradient = stages.buffer(op.getInput()), weights = stages.buffer(op.getResult());
  const int64_t blocks = size / kKernelSumBlock, count = llvm::divideCeil(size, kKernelSumBlock);
  Value parts = stages.temporary(
      "kernel_sums", {count, in, extents.groups, orders.values(), extents.lanes}, element);
  if (blocks > 0)
    emitSums(gradient, parts, 0, /*rest=*/false);
  if (count > blocks)
    emitSums(gradient, parts, blocks, /*rest=*/true);
  const int64_t all = orders.rings() * orders.ringPoints();
  Value values = laneBuffer("kernel_values", orders.values());
  Value lanes = laneBuffer("kernel_lanes", all);
  emitPartSums(parts, values);
  emitWaves(/*transposed=*/true, values, lanes);
  stages.sweep("kernel_ft.adjoint", {in, extents.groups}, {}, [&](ValueRange at, ValueRange) {
    gatherRows(stage::GatherMode::FromLanes, stages.select(weights, 0, at[0]),
               stages.slice(lanes, at), {}, all, at[1]);
  });
}

} // namespace

void emitSeparableTransform(StageBuilder &stages, KernelFTOp op) {
  SeparableTransform transform(stages, op);
  op.getAdjoint() ? transform.emitAdjoint() : transform.emit();
}

} // namespace mlir::spherical
