//===- lower_compute.cpp - stages become calls of kernels -------*- C++ -*-===//

#include "passes/lower/tasks/block_contract.h"
#include "passes/lower/tasks/contract_codelet.h"
#include "passes/lower/tasks/dft_codelet.h"
#include "passes/lower/tasks/dft_map_codelet.h"
#include "passes/lower/tasks/gather_codelet.h"
#include "passes/lower/tasks/task_builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::spherical {

void TaskBuilder::call(LLVM::LLVMFuncOp kernel, ValueRange arguments, Location loc) {
  LLVM::CallOp::create(ops, loc, kernel, arguments);
  shared = std::max(shared, kernels.sharedBytes(kernel));
}

static Type elementOf(Value memref) { return cast<MemRefType>(memref.getType()).getElementType(); }

LaneType TaskBuilder::laneType(Value memref, int64_t lanes) {
  return {elementOf(memref), lanes, threads};
}

DftCodelet dftCodelet(stage::DftOp op, int64_t threads) {
  static constexpr std::pair<stage::DftKind, DftKind> kinds[] = {
      {stage::DftKind::RealAnalysis, DftKind::RealAnalysis},
      {stage::DftKind::RealSynthesis, DftKind::RealSynthesis},
      {stage::DftKind::ComplexAnalysis, DftKind::ComplexAnalysis},
      {stage::DftKind::ComplexSynthesis, DftKind::ComplexSynthesis},
      {stage::DftKind::PlainAnalysis, DftKind::PlainAnalysis},
      {stage::DftKind::PlainSynthesis, DftKind::PlainSynthesis}};
  DftCodelet codelet;
  for (auto [from, to] : kinds)
    if (from == op.getKind())
      codelet.kind = to;
  codelet.radices.assign(op.getRadices().begin(), op.getRadices().end());
  codelet.lane = {elementOf(op.getTwiddles()), static_cast<int64_t>(op.getLanes()), threads};
  codelet.bfloat16 = elementOf(op.getInput()).isBF16() || elementOf(op.getOutput()).isBF16();
  codelet.relu = op.getRelu();
  codelet.positive = static_cast<bool>(op.getPositive());
  codelet.parity = op.getParity();
  if (op.getMask())
    codelet.mask = op.hasMaskBits() ? DftCodelet::Mask::Bits : DftCodelet::Mask::Values;
  return codelet;
}

void TaskBuilder::emitDft(stage::DftOp op) {
  Location loc = op.getLoc();
  DftCodelet codelet = dftCodelet(op, threads);
  CodeletBuilder c = scalars(loc);
  SmallVector<Value> arguments = {
      pointer(op.getInput()),           pointer(op.getOutput()),
      pointerOrNull(op.getMask(), loc), pointerOrNull(op.getPositive(), loc),
      pointer(op.getTwiddles()),        pointerOrNull(op.getRoots(), loc),
      c.integer(op.getOrders()),        c.integer(op.getRows()),
      c.integer(op.getLimit()),         c.integer(op.getBinStride())};
  codelet.inDeviceMemory = static_cast<bool>(work);
  if (work)
    arguments.push_back(work);
  call(dftKernel(kernels, codelet, loc), arguments, loc);
}

DftMapCodelet dftMapCodelet(stage::DftMapOp op, int64_t threads) {
  DftMapCodelet codelet;
  codelet.radices.assign(op.getRadices().begin(), op.getRadices().end());
  codelet.lane = {elementOf(op.getTwiddles()), static_cast<int64_t>(op.getLanes()), threads};
  codelet.bfloat16 = elementOf(op.getInput()).isBF16();
  codelet.limit = static_cast<int64_t>(op.getLimit());
  codelet.result = static_cast<int64_t>(op.getResult());
  codelet.fromStride = op.getBinStride(/*ofOutput=*/false);
  codelet.toStride = op.getBinStride(/*ofOutput=*/true);
  codelet.relu = op.getRelu();
  codelet.positive = static_cast<bool>(op.getPositive());
  codelet.mask = static_cast<bool>(op.getMask());
  return codelet;
}

void TaskBuilder::emitDftMap(stage::DftMapOp op) {
  Location loc = op.getLoc();
  DftMapCodelet codelet = dftMapCodelet(op, threads);
  SmallVector<Value> arguments = {
      pointer(op.getInput()),           pointer(op.getOutput()),
      pointerOrNull(op.getMask(), loc), pointerOrNull(op.getPositive(), loc),
      pointer(op.getTwiddles()),        scalars(loc).integer(op.getRows())};
  codelet.inDeviceMemory = static_cast<bool>(work);
  if (work)
    arguments.push_back(work);
  call(dftMapKernel(kernels, codelet, loc), arguments, loc);
}

/// The table that holds the problems, or null if an argument does.
static stage::TableOp tableOf(Value problems) {
  while (auto view = problems.getDefiningOp<memref::SubViewOp>())
    problems = view.getSource();
  auto ref = problems.getDefiningOp<stage::TableRefOp>();
  if (!ref)
    return nullptr;
  return SymbolTable::lookupNearestSymbolFrom<stage::TableOp>(ref, ref.getTableAttr());
}

/// K0 of the problems of windows, if it is so small that a loop costs more than its body; from 3 on
/// LLVM moves so many loads together that registers run out.
static int64_t smallDepth(stage::TableOp problems) {
  constexpr int64_t most = 2;
  if (!problems || problems.getValue().getKind() != "window_problems")
    return 0;
  int64_t depth = problems.getValue().getParameter("depth");
  return depth <= most ? depth : 0;
}

/// Whether `offset` positions of an axis are known to be a multiple of `count` elements.
static bool isMultiple(OpFoldResult offset, int64_t stride, int64_t count) {
  const std::optional<int64_t> constant = getConstantIntValue(offset);
  return (stride * constant.value_or(1)) % count == 0;
}

/// The bytes, 4 or 16, of which the address of an operand is known to be a multiple: buffers of the
/// arena, scratch memory and tables are aligned, arguments and results of entries to their
/// elements.
static int64_t alignmentOf(Value memref) {
  constexpr int64_t quad = 16, word = 4;
  const int64_t count = quad / word;
  while (auto view = memref.getDefiningOp<memref::SubViewOp>()) {
    memref = view.getSource();
    const auto strides = cast<MemRefType>(memref.getType()).getStridesAndOffset().first;
    for (auto [offset, stride] : llvm::zip_equal(view.getMixedOffsets(), strides))
      if (!isMultiple(offset, stride, count))
        return word;
  }
  auto argument = dyn_cast<BlockArgument>(memref);
  const bool isScratch = argument && isa<stage::SweepOp>(argument.getOwner()->getParentOp());
  return argument && !isScratch ? word : quad;
}

ContractCodelet contractCodelet(stage::ContractOp op, int64_t threads, KernelLibrary &kernels) {
  stage::TableOp problems = tableOf(op.getProblems());
  ContractCodelet codelet;
  codelet.reduce = op.getKind() == stage::ContractKind::Reduce;
  codelet.lane = {elementOf(op.getB()), static_cast<int64_t>(op.getLanes()), threads};
  codelet.inner = codelet.reduce || threads ? 0 : smallDepth(problems);
  if (std::optional<ArrayRef<int64_t>> tile = op.getTile(); tile && !threads)
    codelet.given = Tile{(*tile)[0], (*tile)[1]};
  if (std::optional<ArrayRef<int64_t>> anchors = op.getAnchors(); anchors && !threads) {
    codelet.anchors = {(*anchors)[0], (*anchors)[1], codelet.lane.width};
    return codelet;
  }
  const KernelLibrary::Largest largest = kernels.largestOf(problems);
  codelet.segments = largest.depth > codelet.segment(kernels.registers);
  if (!threads) {
    codelet.asksAhead = !codelet.reduce && tableOf(op.getA());
    codelet.packs = codelet.sumsInC() && largest.rows >= ContractCodelet::kPackedRows &&
                    largest.isApart;
    if (codelet.packs)
      codelet.inner = 0;
    return codelet;
  }
  codelet.complex = op.getPlanes().has_value();
  codelet.narrow = largest.columns <= ContractCodelet::kNarrow / codelet.lane.width;
  codelet.alignA = alignmentOf(op.getA());
  codelet.alignB = alignmentOf(op.getB());
  codelet.alignC = alignmentOf(op.getC());
  return codelet;
}

LogicalResult TaskBuilder::emitContract(stage::ContractOp op) {
  Location loc = op.getLoc();
  const ContractCodelet codelet = contractCodelet(op, threads, kernels);
  if (op.getPlanes() && !isBlockContract(codelet))
    return op.emitOpError("expected no `planes` but on target cuda, of f32 in 4 lanes or more "
                          "(not supported)");
  if (op.getAnchors() && threads)
    return op.emitOpError("expected no `anchors` where lanes are threads (not supported)");
  int64_t count = cast<MemRefType>(op.getProblems().getType()).getDimSize(0);
  SmallVector<Value> arguments = {pointer(op.getA()), pointer(op.getB()), pointer(op.getProblems()),
                                  pointer(op.getC()), scalars(loc).integer(count)};
  for (int64_t plane : op.getPlanes().value_or(ArrayRef<int64_t>()))
    arguments.push_back(scalars(loc).integer(plane));
  call(contractKernel(kernels, codelet, loc), arguments, loc);
  return success();
}

static GatherMode gatherMode(stage::GatherMode mode) {
  switch (mode) {
  case stage::GatherMode::Lanes:
    return GatherMode::Lanes;
  case stage::GatherMode::Scalar:
    return GatherMode::Scalar;
  case stage::GatherMode::ToLanes:
    return GatherMode::ToLanes;
  case stage::GatherMode::FromLanes:
    return GatherMode::FromLanes;
  }
  llvm_unreachable("all modes are listed");
}

void TaskBuilder::emitGather(stage::GatherOp op) {
  Location loc = op.getLoc();
  CodeletBuilder c = scalars(loc);
  GatherCodelet codelet;
  codelet.mode = gatherMode(op.getMode());
  bool scalar = codelet.mode == GatherMode::Scalar;
  codelet.lane = laneType(op.getInput(), scalar ? 1 : op.getLanes());
  codelet.indices = static_cast<bool>(op.getIndices());
  codelet.coefficients = static_cast<bool>(op.getCoefficients());
  for (Value table : {op.getIndices(), op.getCoefficients()})
    if (table)
      codelet.terms = cast<MemRefType>(table.getType()).getDimSize(1);
  codelet.results = op.getResultsOfRow();
  if (codelet.mode == GatherMode::Lanes && codelet.terms > kUnrolledTerms && threads == 0)
    codelet.positions = cast<MemRefType>(op.getInput().getType()).getNumElements() /
                        static_cast<int64_t>(op.getLanes());
  Value in = pointer(op.getInput()), out = pointer(op.getOutput());
  Value stride = c.integer(0), first = c.integer(0), samples = c.integer(0);
  if (op.getGroup()) {
    const bool toLanes = codelet.mode == GatherMode::ToLanes;
    auto type = cast<MemRefType>((toLanes ? op.getInput() : op.getOutput()).getType());
    // A dense array of rank 1 has one element for each sample.
    const int64_t step = type.getStridesAndOffset().first.front(), rows = type.getDimSize(0);
    stride = c.integer(op.getMirrored() ? -step : step);
    first = c.mul(integer(op.getGroup(), loc), op.getLanes());
    samples = op.getAll() ? c.integer(rows) : sampleCount(loc);
    Value &dense = toLanes ? in : out;
    if (op.getMirrored())
      dense = CodeletBuilder(ops, loc, {type.getElementType(), 1})
                  .atScalar(dense, c.integer((rows - 1) * step));
  }
  call(gatherKernel(kernels, codelet, loc),
       {in, out, pointerOrNull(op.getIndices(), loc), pointerOrNull(op.getCoefficients(), loc),
        c.integer(op.getCount()), c.integer(codelet.terms), stride, first, samples},
       loc);
}

void TaskBuilder::emitFill(stage::FillOp op) {
  Location loc = op.getLoc();
  auto type = cast<MemRefType>(op.getOutput().getType());
  int64_t count = type.getNumElements();
  LaneType lane = laneType(op.getOutput(), 1);
  if (!lane.threads)
    lane.width = kernels.registers.bytes / lane.bytes();
  CodeletBuilder c(ops, loc, lane), scalar(ops, loc, {lane.element, 1});
  Value out = pointer(op.getOutput());
  Value value = arith::ConstantOp::create(ops, loc, cast<TypedAttr>(op.getValue()));
  if (lane.threads)
    return c.distribute(c.integer(count), [&](Value i) { c.store(value, out, i); });
  Value wide = c.splat(value);
  c.loop(count / lane.width, [&](Value i) {
    LLVM::StoreOp::create(ops, loc, wide, c.at(out, i), lane.element.getIntOrFloatBitWidth() / 8);
  });
  scalar.loop(c.integer(count / lane.width * lane.width), c.integer(count), 1,
              [&](Value i) { scalar.storeScalar(value, scalar.atScalar(out, i)); });
}

} // namespace mlir::spherical
