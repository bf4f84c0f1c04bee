//===- assign_layouts.cpp - spherical-assign-layouts ------------*- C++ -*-===//
//
// Gives every value with a batch W samples of it in the vector lanes, or W of its
// channels (channel_lanes.cpp), and spectra of kernels the layout that the block
// product reads: all stages are then free of shuffles, for any band-limit.
// (math.md, sections 2 and 8)
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/passes.h"

#include "dialects/spherical/channel_lanes.h"
#include "dialects/spherical/signal.h"
#include "dialects/spherical/work.h"
#include "passes/batch.h"
#include "passes/schedule/channel_lanes.h"
#include "passes/schedule/machine.h"
#include "passes/schedule/padding.h"
#include "runtime/layout.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "passes/schedule/passes.h.inc"
namespace {

/// Axis names of a value in lane groups of this axis.
SmallVector<StringRef> laneAxes(Type type, StringRef axis) {
  const bool channels = axis == kChannelAxis;
  SmallVector<StringRef> order = {"lane_group"};
  if (channels)
    order = {"batch", "lane_group"};
  if (std::optional<Signal> signal = getSignal(type)) {
    if (!channels && axis != kSeriesAxis)
      order.push_back("channel");
    if (signal->isSpectrum()) {
      order.push_back("coefficient");
      return order;
    }
    order.append({"beta", "alpha"});
    if (signal->onSO3())
      order.push_back("gamma");
    return order;
  }
  static const StringRef names[] = {"channel", "axis2", "axis3", "axis4", "axis5"};
  const int64_t rank = cast<RankedTensorType>(type).getRank();
  const int64_t last = std::max<int64_t>(1, std::min<int64_t>(rank - 1, 5));
  order.append(names + (channels ? 1 : 0), names + last);
  if (rank == 1)
    order.pop_back();
  return order;
}

/// The basis of a type's coefficients in lanes.
Basis basisOf(Type type) {
  std::optional<Signal> signal = getSignal(type);
  return signal && signal->isSpectrum() ? Basis::Real : Basis::Complex;
}

/// The layout of a type with so many positions of an axis in the lanes.
Attribute laneLayoutOf(Type type, int64_t lanes, StringRef axis) {
  return LayoutAttr::get(type.getContext(), laneAxes(type, axis), lanes, basisOf(type), /*pad=*/1,
                         axis);
}

/// The layout of a type in a place with so many channels, or output channels, in the lanes.
Attribute channelLayoutOf(Type type, Place place, int64_t lanes) {
  if (place == Place::Lanes)
    return laneLayoutOf(type, lanes, kChannelAxis);
  if (place == Place::Kernel)
    return LayoutAttr::get(type.getContext(), {"in", "lane_group", "coefficient"}, lanes,
                           Basis::Real, /*pad=*/1, kOutAxis);
  return {};
}

/// The layout of a type in a place; null for File.
Attribute layoutOf(Type type, Place place, int64_t lanes, bool batched) {
  if (place == Place::Lanes)
    return laneLayoutOf(type, lanes, batched ? kBatchAxis : kRowAxis);
  if (place == Place::Kernel)
    return LayoutAttr::get(type.getContext(), {"in", "out", "coefficient"}, 0, Basis::Real,
                           ::spherical::runtime::kPad);
  return {};
}

/// The extent of the batch: the first of a signal or tensor.
int64_t batchOf(Type type) {
  if (std::optional<Signal> signal = getSignal(type))
    return signal->batch;
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getRank() == 0 ? 1 : tensor.getDimSize(0);
}

/// The layouts of one function.
class Layouts {
public:
  Layouts(func::FuncOp func, const llvm::DenseMap<Value, Place> &places, int64_t width)
      : width(width), func(func), places(places), batched(findBatched(func, places)),
        channels(lanesIn(kChannelLanesAttr)), prepared(lanesIn(kPreparedLanesAttr)) {}

  void run();
  const int64_t width; ///< samples in the lanes

private:
  int64_t lanesIn(StringRef attribute) const {
    auto lanes = func->getAttrOfType<IntegerAttr>(attribute);
    return lanes ? lanes.getInt() : 0;
  }
  bool hasChannels(Operation *op) const { return channels > 0 && takesChannelLanes(op, places); }
  Attribute samples(Value value, Place place) const {
    return layoutOf(value.getType(), place, width, batched.contains(value));
  }
  /// The layout of a value in a place where an op has it, or null for the borders of the function.
  Attribute layout(Value value, Place place, Operation *op) const {
    if (const int64_t series = op ? seriesOf(op) : 0)
      return laneLayoutOf(value.getType(), series, kSeriesAxis);
    const int64_t lanes = op ? (hasChannels(op) ? channels : 0) : prepared;
    return lanes > 0 ? channelLayoutOf(value.getType(), place, lanes) : samples(value, place);
  }
  /// Channels of all samples that an op has in its lanes, or 0. What a product makes of rows goes
  /// to where those who read it have it.
  int64_t seriesOf(Operation *op) const;
  void convertOperands(Operation *op, bool cleans);
  void convert(OpOperand &operand, Value original, Attribute wanted);
  void convertOnce(OpOperand &operand, Attribute wanted);

  func::FuncOp func;
  const llvm::DenseMap<Value, Place> &places;
  const llvm::DenseSet<Value> batched;
  const int64_t channels, prepared; ///< in the lanes, or 0
};

int64_t Layouts::seriesOf(Operation *op) const {
  if (auto own = op->getAttrOfType<IntegerAttr>(kSeriesLanesAttr))
    return own.getInt();
  int64_t series = 0;
  if (hasChannels(op) && op->getNumResults() == 1 && sidesOf(op).x == op->getResult(0))
    for (Operation *user : op->getUsers()) {
      auto wanted = user->getAttrOfType<IntegerAttr>(kSeriesLanesAttr);
      if (!wanted)
        return 0;
      series = wanted.getInt();
    }
  return series;
}

void Layouts::run() {
  for (auto [value, place] : places)
    if (Attribute own = layout(value, place, value.getDefiningOp()))
      value.setType(withLayout(value.getType(), own));
  const llvm::DenseSet<Operation *> sums = findSumsOfPadding(func, places, [&](Operation *op) {
    auto form = op->getAttrOfType<ProductFormAttr>("form");
    return form && form.getValue() == ProductForm::GradInput && hasChannels(op);
  });
  for (Operation &op : llvm::make_early_inc_range(func.front().without_terminator()))
    if (!isa<ConvertLayoutOp>(op))
      convertOperands(&op, sums.contains(&op));
  for (OpOperand &operand : func.front().getTerminator()->getOpOperands())
    convert(operand, operand.get(),
            layout(operand.get(), resultPlace(func, operand.getOperandNumber()), nullptr));
}

/// `cleans`: lanes of the first operand without a sample become zeros on the way.
void Layouts::convertOperands(Operation *op, bool cleans) {
  const SmallVector<Place> wanted = operandPlaces(op, places);
  for (auto [operand, place] : llvm::zip(op->getOpOperands(), wanted)) {
    Value value = operand.get();
    if (cleans && operand.getOperandNumber() == 0)
      convert(operand, value, {});
    if (hasChannels(op) && isReadByRows(operand) && hasSeriesLanes(value.getType()))
      continue; // its rows are what the op reads
    const bool isBatched = batched.contains(value);
    Attribute own = op->hasAttr(kSeriesLanesAttr)
                        ? laneLayoutOf(value.getType(), seriesOf(op), kSeriesAxis)
                    : hasChannels(op) ? channelLayoutOf(value.getType(), place, channels)
                                      : layoutOf(value.getType(), place, width, isBatched);
    convert(operand, value, own);
  }
}

/// Brings one operand to a layout, if it is in another: to another place from lanes of channels
/// through lanes of samples, or a kernel's rows, and back; from lanes of all samples' channels
/// through those of each sample's. `original`: what the operand was before.
void Layouts::convert(OpOperand &operand, Value original, Attribute wanted) {
  auto isChannels = [&](Attribute layout) {
    return hasChannelLanes(withLayout(operand.get().getType(), layout));
  };
  auto isSeries = [&](Attribute layout) {
    return hasSeriesLanes(withLayout(operand.get().getType(), layout));
  };
  auto placeIn = [&](Attribute layout) {
    if (!layout)
      return Place::File;
    const auto own = cast<LayoutAttr>(layout);
    return own.getOrder().front() == "in" ? Place::Kernel : Place::Lanes;
  };
  const Attribute from = getLayout(operand.get().getType());
  if (from == wanted)
    return;
  const Attribute bySample = channelLayoutOf(original.getType(), Place::Lanes, channels);
  if (isSeries(from) != isSeries(wanted) && (isSeries(from) ? wanted : from) != bySample) {
    convert(operand, original, bySample);
    return convert(operand, original, wanted);
  }
  const bool moves = placeIn(from) != placeIn(wanted);
  const Attribute before = samples(original, placeIn(from));
  const Attribute behind = samples(original, placeIn(wanted));
  if (moves && isChannels(from))
    convertOnce(operand, before);
  if (moves && isChannels(wanted))
    convertOnce(operand, behind);
  convertOnce(operand, wanted);
}

void Layouts::convertOnce(OpOperand &operand, Attribute wanted) {
  Type type = withLayout(operand.get().getType(), wanted);
  if (operand.get().getType() == type)
    return;
  OpBuilder builder(operand.getOwner());
  operand.set(ConvertLayoutOp::create(builder, operand.getOwner()->getLoc(), type, operand.get()));
}

struct AssignLayouts : impl::AssignLayoutsBase<AssignLayouts> {
  using AssignLayoutsBase::AssignLayoutsBase;

  void runOnOperation() override {
    if (lanes < 0 || lanes > 64 || (lanes != 0 && !llvm::isPowerOf2_64(lanes))) {
      getOperation().emitError("expected lanes to be a power of two up to 64, got ")
          << lanes.getValue();
      return signalPassFailure();
    }
    FailureOr<Machine> found = getMachine(cpu, [&] { return getOperation().emitError(); });
    if (failed(found))
      return signalPassFailure();
    machine = *found;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(assign(func)))
        return signalPassFailure();
    // What has no batch runs over full registers.
    getOperation()->setAttr("spherical.vector_lanes",
                            Builder(&getContext()).getI64IntegerAttr(machine.vectorBytes / 4));
    if (machine.registers == 0)
      getOperation()->setAttr(kThreadsAttr, UnitAttr::get(&getContext()));
  }

  /// W: the option, or what processor and batch allow; without a batch, what the rows do.
  int64_t chooseLanes(func::FuncOp func, const llvm::DenseMap<Value, Place> &places,
                      const llvm::DenseSet<Value> &batched) {
    if (lanes != 0)
      return lanes;
    int64_t batch = 1, bits = 32;
    auto see = [&](Value value) {
      if (batched.empty() || batched.contains(value))
        batch = std::max(batch, batchOf(value.getType()));
      if (elementBits(value.getType()) == 64)
        bits = 64;
    };
    for (auto [value, place] : places)
      if (place == Place::Lanes)
        see(value);
    for (Operation &op : func.front().without_terminator()) {
      const LayoutConstraints wants = *layoutConstraintsOf(&op);
      for (auto [operand, want] : llvm::zip(op.getOperands(), wants.operands))
        if (want == Want::Lanes)
          see(operand);
    }
    int64_t widest = machine.vectorBytes * 8 / bits;
    return std::min<int64_t>(widest, llvm::PowerOf2Ceil(batch));
  }

  /// Lanes that attributes ask for, of the function or of an op that takes them.
  static LogicalResult verifyLanes(func::FuncOp func) {
    auto lanesIn = [](Operation *op, StringRef name) -> FailureOr<int64_t> {
      Attribute given = op->getAttr(name);
      auto lanes = dyn_cast_if_present<IntegerAttr>(given);
      if (!given)
        return int64_t(0);
      if (lanes && lanes.getInt() > 0 && lanes.getInt() <= 64 &&
          llvm::isPowerOf2_64(lanes.getInt()))
        return lanes.getInt();
      return op->emitOpError("expected ")
             << name << " to be a power of two up to 64, got " << given;
    };
    const FailureOr<int64_t> channels = lanesIn(func, kChannelLanesAttr);
    if (failed(channels) || failed(lanesIn(func, kPreparedLanesAttr)))
      return failure();
    for (Operation &op : func.front().without_terminator()) {
      const FailureOr<int64_t> series = lanesIn(&op, kSeriesLanesAttr);
      if (failed(series))
        return failure();
      if (*series > 0 && (*channels == 0 || !takesSeriesLanes(&op)))
        return op.emitOpError("expected ")
               << kSeriesLanesAttr << " on boundaries from spectrum to spectrum of functions with "
               << kChannelLanesAttr;
    }
    return success();
  }

  /// What packs weights is put in behind this pass.
  static LogicalResult verifyUnpacked(func::FuncOp func) {
    auto isPacked = [](Type type) {
      const Attribute layout = getLayout(type);
      return layout && !isa<LayoutAttr>(layout);
    };
    for (Type type : func.getArgumentTypes())
      if (isPacked(type))
        return func.emitOpError("expected arguments in file order, got ") << type;
    for (Operation &op : func.front())
      for (Type type : op.getResultTypes())
        if (isPacked(type))
          return op.emitOpError(
                     "expected no packed values where layouts are not assigned yet, got ")
                 << type;
    return success();
  }

  LogicalResult assign(func::FuncOp func) {
    if (func.isExternal() || !llvm::hasSingleElement(func.getBody()))
      return func.emitOpError("expected a function of one block");
    if (func->hasAttr("spherical.lanes")) // a dump that is taken up again
      return success();
    if (failed(verifyLanes(func)) || failed(verifyUnpacked(func)))
      return failure();
    FailureOr<llvm::DenseMap<Value, Place>> places = inferPlaces(func);
    if (failed(places))
      return failure();
    Layouts layouts(func, *places, chooseLanes(func, *places, findBatched(func, *places)));
    layouts.run();
    func.setFunctionType(FunctionType::get(&getContext(), func.front().getArgumentTypes(),
                                           func.front().getTerminator()->getOperandTypes()));
    func->setAttr("spherical.lanes", Builder(func).getI64IntegerAttr(layouts.width));
    return success();
  }

  Machine machine;
};

} // namespace
} // namespace mlir::spherical
