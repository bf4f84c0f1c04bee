//===- assign_layouts.cpp - spherical-assign-layouts ------------*- C++ -*-===//
//
// Gives every value with a batch W samples of it in the vector lanes, and
// spectra of kernels the layout that the block product reads: all stages are
// then free of shuffles, for any band-limit. (math.md, sections 2 and 8)
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/passes.h"

#include "dialects/spherical/signal.h"
#include "dialects/spherical/work.h"
#include "passes/batch.h"
#include "passes/schedule/machine.h"
#include "passes/schedule/padding.h"
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
Attribute layoutOf(Type type, Place place, int64_t lanes, bool batched) {
  std::optional<Signal> signal = getSignal(type);
  Basis basis = signal && signal->isSpectrum() ? Basis::Real : Basis::Complex;
  if (place == Place::Lanes)
    return LayoutAttr::get(type.getContext(), laneAxes(type), lanes, basis, /*pad=*/1,
                           batched ? kBatchAxis : kRowAxis);
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

  LogicalResult assign(func::FuncOp func) {
    if (func.isExternal() || !llvm::hasSingleElement(func.getBody()))
      return func.emitOpError("expected a function of one block");
    if (func->hasAttr("spherical.lanes")) // a dump that is taken up again
      return success();
    FailureOr<llvm::DenseMap<Value, Place>> places = inferPlaces(func);
    if (failed(places))
      return failure();
    llvm::DenseSet<Value> batched = findBatched(func, *places);
    int64_t width = chooseLanes(func, *places, batched);
    auto layout = [&](Value value, Place place) {
      return layoutOf(value.getType(), place, width, batched.contains(value));
    };
    for (auto [value, place] : *places)
      if (Attribute own = layout(value, place))
        value.setType(withLayout(value.getType(), own));
    const llvm::DenseSet<Operation *> sums = findSumsOfPadding(func, *places);
    for (Operation &op : func.front().without_terminator()) {
      SmallVector<Place> wanted = operandPlaces(&op, *places);
      for (auto [operand, place] : llvm::zip(op.getOpOperands(), wanted)) {
        Value value = operand.get();
        if (sums.contains(&op) && operand.getOperandNumber() == 0)
          convert(operand, {}); // lanes without a sample become zeros on the way
        convert(operand, layout(value, place));
      }
    }
    for (OpOperand &operand : func.front().getTerminator()->getOpOperands())
      convert(operand, layout(operand.get(), resultPlace(func, operand.getOperandNumber())));
    func.setFunctionType(FunctionType::get(&getContext(), func.front().getArgumentTypes(),
                                           func.front().getTerminator()->getOperandTypes()));
    func->setAttr("spherical.lanes", Builder(func).getI64IntegerAttr(width));
    return success();
  }

  /// Brings one operand to a layout, if it is in another.
  void convert(OpOperand &operand, Attribute layout) {
    Type wanted = withLayout(operand.get().getType(), layout);
    if (operand.get().getType() == wanted)
      return;
    OpBuilder builder(operand.getOwner());
    operand.set(
        ConvertLayoutOp::create(builder, operand.getOwner()->getLoc(), wanted, operand.get()));
  }

  Machine machine;
};

} // namespace
} // namespace mlir::spherical
