//===- assign_layouts.cpp - spherical-assign-layouts ------------*- C++ -*-===//
//
// Gives every value with a batch W samples of it in the vector lanes, and
// spectra of kernels the layout that the block product reads: all stages are
// then free of shuffles, for any band-limit. (math.md, sections 2 and 8)
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/passes.h"

#include "dialects/spherical/signal.h"
#include "passes/places.h"
#include "passes/schedule/cost_model.h"
#include "runtime/layout.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "passes/schedule/passes.h.inc"
namespace {

/// Axis names of a value with its batch in lanes.
SmallVector<StringRef> laneAxes(Type type) {
  SmallVector<StringRef> order = {"lane_group"};
  if (std::optional<Signal> signal = getSignal(type)) {
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
  int64_t rank = cast<RankedTensorType>(type).getRank();
  order.append(names, names + std::min<int64_t>(rank - 1, 5));
  return order;
}

/// The layout of a type in a place; null for File.
Attribute layoutOf(Type type, Place place, int64_t lanes) {
  std::optional<Signal> signal = getSignal(type);
  Basis basis = signal && signal->isSpectrum() ? Basis::Real : Basis::Complex;
  if (place == Place::Lanes)
    return LayoutAttr::get(type.getContext(), laneAxes(type), lanes, basis);
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

struct AssignLayouts : impl::AssignLayoutsBase<AssignLayouts> {
  using AssignLayoutsBase::AssignLayoutsBase;

  void runOnOperation() override {
    if (lanes < 0 || lanes > 64 || (lanes != 0 && !llvm::isPowerOf2_64(lanes))) {
      getOperation().emitError("expected lanes to be a power of two up to 64, got ")
          << lanes.getValue();
      return signalPassFailure();
    }
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(assign(func)))
        return signalPassFailure();
    // What has no batch runs over full registers.
    getOperation()->setAttr(
        "spherical.vector_lanes",
        Builder(&getContext()).getI64IntegerAttr(getMachine(cpu).vectorBytes / 4));
  }

  /// W: the option, or what processor and batch allow.
  int64_t chooseLanes(func::FuncOp func, const llvm::DenseMap<Value, Place> &places) {
    if (lanes != 0)
      return lanes;
    int64_t batch = 1, bits = 32;
    auto see = [&](Type type) {
      batch = std::max(batch, batchOf(type));
      if (elementBits(type) == 64)
        bits = 64;
    };
    for (auto [value, place] : places)
      if (place == Place::Lanes)
        see(value.getType());
    for (Operation &op : func.front().without_terminator())
      for (auto [operand, want] : llvm::zip(op.getOperands(), getWants(&op)->operands))
        if (want == Want::Lanes)
          see(operand.getType());
    int64_t widest = getMachine(cpu).vectorBytes * 8 / bits;
    return std::min<int64_t>(widest, llvm::PowerOf2Ceil(batch));
  }

  LogicalResult assign(func::FuncOp func) {
    if (func.isExternal() || !llvm::hasSingleElement(func.getBody()))
      return func.emitOpError("expected a function of one block");
    if (func->hasAttr("spherical.lanes")) // a dump that is taken up again
      return success();
    FailureOr<llvm::DenseMap<Value, Place>> places = inferPlaces(func);
    if (failed(places))
      return failure();
    int64_t width = chooseLanes(func, *places);
    for (auto [value, place] : *places)
      if (Attribute layout = layoutOf(value.getType(), place, width))
        value.setType(withLayout(value.getType(), layout));
    for (Operation &op : func.front().without_terminator())
      convertOperands(&op, *places, width);
    convertReturned(func, width);
    func.setFunctionType(FunctionType::get(&getContext(), func.front().getArgumentTypes(),
                                           func.front().getTerminator()->getOperandTypes()));
    func->setAttr("spherical.lanes", Builder(func).getI64IntegerAttr(width));
    return success();
  }

  /// Brings one operand to a place, if it is elsewhere.
  void convert(OpOperand &operand, Place place, int64_t width) {
    Type type = operand.get().getType();
    Type wanted = withLayout(type, layoutOf(type, place, width));
    if (type == wanted)
      return;
    OpBuilder builder(operand.getOwner());
    operand.set(
        ConvertLayoutOp::create(builder, operand.getOwner()->getLoc(), wanted, operand.get()));
  }

  void convertOperands(Operation *op, const llvm::DenseMap<Value, Place> &places, int64_t width) {
    Wants wants = *getWants(op);
    std::optional<Place> group;
    for (auto [result, want] : llvm::zip(op->getResults(), wants.results))
      if (want == Want::Same)
        group = places.lookup(result);
    for (auto [operand, want] : llvm::zip(op->getOperands(), wants.operands))
      if (want == Want::Same && !group && operand.getDefiningOp())
        group = places.lookup(operand);
    for (auto [operand, want] : llvm::zip(op->getOpOperands(), wants.operands)) {
      Place place = want == Want::File     ? Place::File
                    : want == Want::Lanes  ? Place::Lanes
                    : want == Want::Kernel ? Place::Kernel
                                           : group.value_or(Place::Lanes);
      convert(operand, place, width);
    }
  }

  void convertReturned(func::FuncOp func, int64_t width) {
    for (OpOperand &operand : func.front().getTerminator()->getOpOperands())
      convert(operand, resultPlace(func, operand.getOperandNumber()), width);
  }
};

} // namespace
} // namespace mlir::spherical
