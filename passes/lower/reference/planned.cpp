//===- planned.cpp - planned functions --------------------------*- C++ -*-===//
//
// Arguments, results, arena, scratch and tables become vectors of doubles; sweeps
// run point after point. Scratch and arena start as not-a-number, so that a value
// that nothing has written shows in the results.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/planned_tables.h"
#include "passes/lower/reference/buffers.h"
#include "passes/lower/reference/evaluate.h"
#include "passes/lower/reference/tables.h"

#include "dialects/stage/dialect.h"

#include <limits>
#include <list>

namespace mlir::spherical {
namespace {

constexpr double unwritten = std::numeric_limits<double>::quiet_NaN();

/// Runs one planned function.
class PlannedRun {
public:
  PlannedRun(func::FuncOp function, int64_t count) : function(function) { frame.count = count; }
  FailureOr<SmallVector<HostTensor>> run(SmallVector<HostTensor> arguments);

private:
  std::vector<double> &newStorage(std::vector<double> values);
  std::vector<int64_t> resultShape(unsigned argument);
  LogicalResult bindArguments(SmallVector<HostTensor> &arguments);
  LogicalResult evaluateTop(Operation &op);
  LogicalResult evaluateView(memref::ViewOp op);
  LogicalResult evaluateTable(stage::TableRefOp op);
  LogicalResult evaluateSweep(stage::SweepOp op);
  LogicalResult evaluateBody(Block &block);
  LogicalResult evaluateLoop(scf::ForOp op);

  func::FuncOp function;
  Frame frame;
  std::list<std::vector<double>> storages;
  SmallVector<std::pair<unsigned, std::vector<double> *>> results;
};

std::vector<double> &PlannedRun::newStorage(std::vector<double> values) {
  return storages.emplace_back(std::move(values));
}

/// File shape of a result; a batched one holds `count` samples.
std::vector<int64_t> PlannedRun::resultShape(unsigned argument) {
  const bool batched = static_cast<bool>(function.getArgAttr(argument, "stage.batched"));
  return hostShape(function.getArgumentTypes()[argument], batched ? frame.count : -1);
}

LogicalResult PlannedRun::bindArguments(SmallVector<HostTensor> &arguments) {
  size_t next = 0;
  for (BlockArgument argument : function.getArguments()) {
    const unsigned index = argument.getArgNumber();
    auto type = cast<MemRefType>(argument.getType());
    std::vector<double> *storage = nullptr;
    if (function.getArgAttr(index, "stage.arena")) {
      // Views are at multiples of 2 bytes and hold elements of 2 bytes or more: one double for
      // each 2 bytes keeps buffers that do not overlap apart.
      storage = &newStorage(std::vector<double>(type.getNumElements() / 2 + 1, unwritten));
    } else if (function.getArgAttr(index, "stage.result")) {
      HostTensor empty{resultShape(index), {}};
      storage = &newStorage(std::vector<double>(empty.size(), unwritten));
      results.emplace_back(index, storage);
    } else {
      storage = &newStorage(std::move(arguments[next++].values));
    }
    frame.buffers[argument] = denseBuffer(type, *storage);
  }
  return success();
}

LogicalResult PlannedRun::evaluateView(memref::ViewOp op) {
  const Buffer &arena = frame.buffers.find(op.getSource())->second;
  const int64_t bytes = frame.indices.lookup(op.getByteShift());
  if (bytes % 2 != 0 || !op.getSizes().empty())
    return op.emitOpError() << "expected a static view at a multiple of 2 bytes, got byte "
                            << bytes;
  frame.buffers[op.getResult()] = denseBuffer(op.getType(), *arena.storage, bytes / 2);
  return success();
}

LogicalResult PlannedRun::evaluateTable(stage::TableRefOp op) {
  auto module = function->getParentOfType<ModuleOp>();
  auto table = module.lookupSymbol<stage::TableOp>(op.getTable());
  ::spherical::runtime::TableSpec spec = tableSpecOf(table);
  if (spec.element == ::spherical::runtime::Element::F32)
    spec.element = ::spherical::runtime::Element::F64;
  std::vector<double> values;
  const std::string reason = ::spherical::reference::referenceTable(spec, values);
  if (!reason.empty())
    return table.emitOpError() << "cannot be made: " << reason;
  if (static_cast<int64_t>(values.size()) != table.getMemRefType().getNumElements())
    return table.emitOpError() << "expected " << table.getMemRefType().getNumElements()
                               << " values, got " << values.size();
  frame.buffers[op.getResult()] = denseBuffer(table.getMemRefType(), newStorage(std::move(values)));
  return success();
}

LogicalResult PlannedRun::evaluateLoop(scf::ForOp op) {
  const auto lower = frame.indices.lookup(op.getLowerBound());
  const auto upper = frame.indices.lookup(op.getUpperBound());
  const auto step = frame.indices.lookup(op.getStep());
  if (step < 1 || op.getNumResults() != 0)
    return op.emitOpError() << "expected a constant step from 1 on and no results, got step "
                            << step;
  for (int64_t i = lower; i < upper; i += step) {
    frame.indices[op.getInductionVar()] = i;
    if (failed(evaluateBody(*op.getBody())))
      return failure();
  }
  return success();
}

LogicalResult PlannedRun::evaluateBody(Block &block) {
  for (Operation &op : block.without_terminator()) {
    auto loop = dyn_cast<scf::ForOp>(op);
    if (failed(loop ? evaluateLoop(loop) : evaluateStage(&op, frame)))
      return failure();
    if (Buffer::strayed) {
      Buffer::strayed = false;
      return op.emitOpError() << "reads or writes outside of its buffers or past sample "
                              << frame.count;
    }
  }
  return success();
}

LogicalResult PlannedRun::evaluateSweep(stage::SweepOp op) {
  SmallVector<std::vector<double>> scratch(op.getScratch().size());
  auto skip = op->getAttrOfType<DenseI64ArrayAttr>(stage::kSkipAttr);
  for (int64_t number = 0; number < op.getPoints(); ++number) {
    int64_t rest = number;
    for (auto [index, extent] :
         llvm::zip(llvm::reverse(op.getIndices()), llvm::reverse(op.getSpace()))) {
      frame.indices[index] = rest % extent;
      rest /= extent;
    }
    if (skip && frame.indices[op.getIndices()[skip[0]]] * skip[1] >= frame.count)
      continue;
    for (auto [storage, argument] : llvm::zip(scratch, op.getScratch())) {
      auto type = cast<MemRefType>(argument.getType());
      storage.assign(type.getNumElements(), unwritten);
      frame.buffers[argument] = denseBuffer(type, storage);
    }
    if (failed(evaluateBody(op.getBody().front())))
      return failure();
  }
  return success();
}

LogicalResult PlannedRun::evaluateTop(Operation &op) {
  return TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](memref::ViewOp view) { return evaluateView(view); })
      .Case([&](stage::TableRefOp table) { return evaluateTable(table); })
      .Case([&](stage::SweepOp sweep) { return evaluateSweep(sweep); })
      .Default([&](Operation *other) { return evaluateAddress(other, frame); });
}

FailureOr<SmallVector<HostTensor>> PlannedRun::run(SmallVector<HostTensor> arguments) {
  Buffer::strayed = false;
  if (failed(bindArguments(arguments)))
    return failure();
  for (Operation &op : function.front().without_terminator())
    if (failed(evaluateTop(op)))
      return failure();
  SmallVector<HostTensor> values;
  for (auto &[index, storage] : results)
    values.push_back({resultShape(index), std::move(*storage)});
  return values;
}

} // namespace

FailureOr<SmallVector<HostTensor>>
evaluatePlanned(func::FuncOp function, SmallVector<HostTensor> arguments, int64_t count) {
  return PlannedRun(function, count).run(std::move(arguments));
}

} // namespace mlir::spherical
