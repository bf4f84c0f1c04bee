//===- count_work.cpp - spherical-count-work --------------------*- C++ -*-===//

#include "passes/lower/passes.h"
#include "passes/lower/reached_elements.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_COUNTWORK
#include "passes/lower/passes.h.inc"
namespace {

/// Additions, multiplications and functions of numbers in a map's region: for one point.
double arithmeticOf(stage::MapOp map) {
  double count = map.getCombine() ? static_cast<double>(map.getOutputs().size()) : 0.0;
  map.getRegion().walk([&](Operation *op) {
    const bool computes =
        isa_and_present<arith::ArithDialect, math::MathDialect>(op->getDialect()) &&
        !isa<arith::ConstantOp, arith::SelectOp, arith::CmpFOp, CastOpInterface>(op);
    if (computes && op->getNumResults() == 1 && isa<FloatType>(op->getResult(0).getType()))
      ++count;
  });
  return count;
}

double flopOf(stage::DftOp dft) {
  const auto transforms = static_cast<double>(dft.getOrders() * dft.getRows() * dft.getLanes());
  return transforms * stage::transformFlop(dft.getKind(), dft.getN());
}

/// Both transforms; the map is counted as those that `stage.dft` applies, as nothing.
double flopOf(stage::DftMapOp map) {
  const auto transforms = static_cast<double>(2 * map.getRows() * map.getLanes());
  return transforms * stage::transformFlop(stage::DftKind::RealSynthesis, map.getN());
}

/// The mean over the problems that executions take.
double flopOf(stage::ContractOp contract, const IntegerTables &tables) {
  const AxisSpan rows = accessOf(contract.getProblemsMutable()).axes.front();
  IndexRange first{rows.first.constant, rows.first.constant};
  for (auto [index, factor] : rows.first.terms)
    first = *sumOf(first, *productOf(*rangeOf(OpFoldResult(index)), factor));
  const ArrayRef<Problem> list = *tables.problemsOf(rootOfMemory(contract.getProblems()));
  double flop = 0.0;
  for (int64_t row = first.low; row < first.high + rows.size; ++row) {
    double products = (contract.getPlanes() ? 6.0 : 2.0) * static_cast<double>(contract.getLanes());
    const Problem &problem = list[row];
    for (int64_t extent : {problem.R1, problem.R0, problem.K1, problem.K0, problem.N})
      products *= static_cast<double>(extent);
    flop += products;
  }
  const auto all = static_cast<double>(first.high - first.low + rows.size);
  return flop / all * static_cast<double>(rows.size);
}

double flopOf(stage::GatherOp gather) {
  const bool scalar = gather.getMode() == stage::GatherMode::Scalar;
  auto values =
      static_cast<double>(gather.getCount()) * static_cast<double>(gather.getResultsOfRow());
  if (!scalar)
    values *= static_cast<double>(gather.getLanes());
  const int64_t terms =
      gather.getIndices() ? cast<MemRefType>(gather.getIndices().getType()).getDimSize(1) : 1;
  return values * static_cast<double>(gather.getCoefficients() ? 2 * terms : terms - 1);
}

double flopOf(Operation *op, const IntegerTables &tables) {
  return llvm::TypeSwitch<Operation *, double>(op)
      .Case([](stage::MapOp map) {
        double points = 1.0;
        for (int64_t extent : map.getSpace())
          points *= static_cast<double>(extent);
        return points * arithmeticOf(map);
      })
      .Case([](stage::DftOp dft) { return flopOf(dft); })
      .Case([](stage::DftMapOp map) { return flopOf(map); })
      .Case([](LibraryCall call) { return call.getOperations(); })
      .Case([&](stage::ContractOp contract) { return flopOf(contract, tables); })
      .Case([](stage::GatherOp gather) { return flopOf(gather); })
      .Default(0.0);
}

/// How often a point executes an op.
double executionsOf(Operation *op) {
  double executions = 1.0;
  for (auto loop = op->getParentOfType<scf::ForOp>(); loop;
       loop = loop->getParentOfType<scf::ForOp>())
    executions *= static_cast<double>(loop.getStaticTripCount()->getSExtValue());
  return executions;
}

/// The least box of a root that ops read (0), and that they write (1).
using Traffic = llvm::MapVector<std::pair<Value, unsigned>, Box>;

void addTraffic(const MemoryAccess &access, Traffic &traffic) {
  const Box box = ReachedElements::hullOf(access, Place());
  auto [entry, isNew] = traffic.try_emplace({access.root, access.writes ? 1u : 0u}, box);
  if (isNew)
    return;
  for (auto [known, more] : llvm::zip(entry->second, box))
    known = {std::min(known.low, more.low), std::max(known.high, more.high), 1};
}

/// Bytes of the boxes.
double bytesOf(const Traffic &traffic) {
  double bytes = 0.0;
  for (const auto &[key, box] : traffic) {
    double elements = 1.0;
    for (const Steps &steps : box)
      elements *= static_cast<double>(steps.count());
    bytes += elements * cast<MemRefType>(key.first.getType()).getElementTypeBitWidth() / 8.0;
  }
  return bytes;
}

struct CountWork : impl::CountWorkBase<CountWork> {
  void runOnOperation() override {
    const auto &tables = getAnalysis<IntegerTables>();
    if (!tables.isComplete())
      return signalPassFailure();
    for (auto entry : getOperation().getOps<func::FuncOp>())
      for (auto sweep : entry.getOps<stage::SweepOp>())
        count(sweep, tables);
  }

  void count(stage::SweepOp sweep, const IntegerTables &tables) {
    double flop = 0.0;
    Traffic traffic;
    sweep.walk([&](Operation *op) {
      if (!stage::computesOnMemory(op))
        return;
      flop += flopOf(op, tables) * executionsOf(op);
      for (const MemoryAccess &access : viewsOf(op))
        if (!isScratch(access.root))
          addTraffic(access, traffic);
    });
    sweep.setFlop(std::llround(flop * static_cast<double>(sweep.getPoints())));
    sweep.setBytes(std::llround(bytesOf(traffic)));
  }
};

} // namespace
} // namespace mlir::spherical
