//===- channel_lanes.cpp - spherical-channel-lanes --------------*- C++ -*-===//
//
// A batch of few samples leaves lanes of a register empty; channels can fill
// them, as most ops treat each channel alike. Decides it for each function by the
// series, of a sample and a channel, that an operation on registers computes.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/channel_lanes.h"
#include "passes/schedule/passes.h"

#include "dialects/nn/channel_lanes.h"
#include "dialects/spherical/channel_lanes.h"
#include "dialects/spherical/signal.h"
#include "dialects/spherical/work.h"
#include "passes/batch.h"
#include "passes/entries.h"
#include "passes/remarks.h"
#include "passes/schedule/machine.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_CHANNELLANES
#include "passes/schedule/passes.h.inc"
namespace {

/// Where an op has its operands and results.
std::pair<SmallVector<Place>, SmallVector<Place>>
placesOf(Operation *op, const llvm::DenseMap<Value, Place> &places) {
  return {operandPlaces(op, places), llvm::map_to_vector(op->getResults(), [&](Value result) {
            return places.lookup(result);
          })};
}

/// A signal or an image.
struct Series {
  int64_t batch, channels, values; ///< values of a channel of a sample

  int64_t all() const { return batch * channels * values; }
};

std::optional<Series> seriesOf(Type type) {
  if (const std::optional<Signal> signal = getSignal(type))
    return Series{signal->batch, signal->channels, coefficientsOf(*signal)};
  if (RankedTensorType image = nn::imageIn(type))
    return Series{image.getDimSize(0), image.getDimSize(1),
                  image.getDimSize(2) * image.getDimSize(3)};
  return std::nullopt;
}

/// What a function does in registers.
struct Work {
  double series = 0;              ///< weighted by the values of each
  SmallVector<double> operations; ///< on registers of 1, 2, 4, ... lanes of channels
};

struct ChannelLanes : impl::ChannelLanesBase<ChannelLanes> {
  using ChannelLanesBase::ChannelLanesBase;

  void runOnOperation() override {
    FailureOr<Machine> found = getMachine(cpu, [&] { return getOperation().emitError(); });
    if (failed(found))
      return signalPassFailure();
    if (found->registers == 0 || lanes != 0)
      return;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(decide(func, *found)))
        return signalPassFailure();
    sharePrepared();
  }

  LogicalResult decide(func::FuncOp func, const Machine &machine) {
    if (func.isExternal() || !llvm::hasSingleElement(func.getBody()) ||
        func->hasAttr(kChannelLanesAttr) || func->hasAttr("spherical.lanes"))
      return success();
    FailureOr<llvm::DenseMap<Value, Place>> places = inferPlaces(func);
    if (failed(places))
      return failure();
    const llvm::DenseSet<Value> batched = findBatched(func, *places);
    int64_t batch = 0, bits = 32;
    for (Value value : batched) {
      const std::optional<Series> series = seriesOf(value.getType());
      if (!series)
        continue;
      batch = std::max(batch, series->batch);
      bits = std::max(bits, elementBits(value.getType()));
    }
    const int64_t widest = machine.vectorBytes * 8 / bits;
    if (batch == 0)
      return success();
    const Work work = workOf(func, *places, widest);
    int64_t best = 0;
    // Series that an operation computes with samples.
    const double bySamples =
        static_cast<double>(batch) / static_cast<double>(llvm::divideCeil(batch, widest));
    double most = bySamples;
    for (auto [power, operations] : llvm::enumerate(work.operations))
      if (operations > 0 && work.series / operations > 1.15 * most) {
        most = work.series / operations;
        best = int64_t(1) << power;
      }
    if (best == 0)
      return success();
    const std::string reason =
        llvm::formatv("{0:f1} channels in {1} lanes, {2:f1} with samples", most, best, bySamples);
    func->setAttr(kChannelLanesAttr, Builder(func).getI64IntegerAttr(best));
    remarkChosen(func, "ChannelLanes", "lanes of channels", reason);
    return success();
  }

  /// Each op counts with the largest signal or image that it has in the lanes.
  Work workOf(func::FuncOp func, const llvm::DenseMap<Value, Place> &places, int64_t widest) {
    Work work;
    work.operations.resize(llvm::Log2_64(widest) + 1, 0);
    for (Operation &op : func.front().without_terminator()) {
      if (!takesChannelLanes(&op, places))
        continue;
      Series largest{0, 1, 0};
      const auto [operands, results] = placesOf(&op, places);
      forTypesInLanes(&op, operands, results, [&](Type type) {
        const std::optional<Series> series = seriesOf(type);
        if (series && series->all() > largest.all())
          largest = *series;
      });
      work.series += static_cast<double>(largest.all());
      for (auto [power, operations] : llvm::enumerate(work.operations)) {
        const auto [bySample, ofAll] =
            laneGroupsOf(largest.batch, largest.channels, int64_t(1) << power);
        operations +=
            static_cast<double>(largest.values * (takesSeriesLanes(&op) ? ofAll : bySample));
      }
    }
    return work;
  }

  static bool hasPrepared(func::FuncOp func) {
    return llvm::any_of(func.getArguments(), [](BlockArgument argument) {
      return argumentRole(argument) == "prepared" && getSignal(argument.getType());
    });
  }

  /// Prepared spectra have lanes if all functions that take them have the same.
  void sharePrepared() {
    SmallVector<func::FuncOp> users;
    std::optional<int64_t> shared;
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (!hasPrepared(func))
        continue;
      auto own = func->getAttrOfType<IntegerAttr>(kChannelLanesAttr);
      if (!own || (shared && *shared != own.getInt()))
        return;
      shared = own.getInt();
      users.push_back(func);
    }
    auto prepare = getOperation().lookupSymbol<func::FuncOp>("prepare");
    if (!shared || !prepare)
      return;
    Attribute width = Builder(&getContext()).getI64IntegerAttr(*shared);
    prepare->setAttr(kChannelLanesAttr, width);
    users.push_back(prepare);
    for (func::FuncOp func : users)
      func->setAttr(kPreparedLanesAttr, width);
  }
};

} // namespace

LaneGroups laneGroupsOf(int64_t batch, int64_t channels, int64_t lanes) {
  return {batch * static_cast<int64_t>(llvm::divideCeil(channels, lanes)),
          static_cast<int64_t>(llvm::divideCeil(batch * channels, lanes))};
}

bool takesChannelLanes(Operation *op, const llvm::DenseMap<Value, Place> &places) {
  const auto [operands, results] = placesOf(op, places);
  return takesChannelLanes(op, operands, results) || nn::takesChannelLanes(op, operands, results);
}

} // namespace mlir::spherical
