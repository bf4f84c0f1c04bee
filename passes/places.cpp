//===- places.cpp - which values have a batch in the lanes ------*- C++ -*-===//
//
// Ops say where they want operands and results; values of ops that go along
// with anything (sums, ReLU, ...) take the place of their neighbours, to a
// fixed point, and lanes where nothing else decides.
//
//===----------------------------------------------------------------------===//

#include "passes/places.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "passes/entries.h"

namespace mlir::spherical {
namespace {

Place placeOf(Want want) {
  return want == Want::File ? Place::File : want == Want::Lanes ? Place::Lanes : Place::Kernel;
}

/// Signals that nothing decides have a batch; tensors are dense.
Place defaultPlace(Value value) { return getSignal(value.getType()) ? Place::Lanes : Place::File; }

bool isPreparedSpectrum(BlockArgument argument) {
  std::optional<Signal> signal = getSignal(argument.getType());
  return signal && signal->isSpectrum() && !signal->isComplex() &&
         argumentRole(argument) == "prepared";
}

/// Places of a function, from what is known to what follows.
class Inference {
public:
  explicit Inference(func::FuncOp func) : func(func) {}

  LogicalResult run() {
    for (BlockArgument argument : func.getArguments())
      if (isPreparedSpectrum(argument))
        places[argument] = Place::Kernel;
    for (Operation &op : func.front().without_terminator()) {
      std::optional<LayoutConstraints> found = layoutConstraintsOf(&op);
      if (!found) {
        InFlightDiagnostic diagnostic = op.emitOpError("is not supported by the schedule");
        diagnostic.attachNote() << "the phases up to fuse replace ops of the graph level";
        return diagnostic;
      }
      wants.push_back({&op, *found});
      for (auto [result, want] : llvm::zip(op.getResults(), found->results))
        if (want != Want::Same)
          places[result] = placeOf(want);
    }
    seedReturned();
    spread();
    setDefaults();
    for (BlockArgument argument : func.getArguments())
      places.try_emplace(argument, Place::File);
    return success();
  }

  llvm::DenseMap<Value, Place> places;

private:
  bool isOpen(Value value) { return value.getDefiningOp() && !places.count(value); }

  /// A prepared result makes the value that it returns a kernel spectrum.
  void seedReturned() {
    Operation *terminator = func.front().getTerminator();
    for (OpOperand &operand : terminator->getOpOperands())
      if (resultPlace(func, operand.getOperandNumber()) == Place::Kernel && isOpen(operand.get()))
        places[operand.get()] = Place::Kernel;
  }

  /// The place of an op's Same values, from those known and from fixed wants of users.
  std::optional<Place> placeOfGroup(Operation *op, const LayoutConstraints &want) {
    for (auto [result, kind] : llvm::zip(op->getResults(), want.results))
      if (kind == Want::Same && places.count(result))
        return places[result];
    for (auto [operand, kind] : llvm::zip(op->getOperands(), want.operands))
      if (kind == Want::Same && operand.getDefiningOp() && places.count(operand))
        return places[operand];
    for (auto [operand, kind] : llvm::zip(op->getOperands(), want.operands))
      if (kind == Want::Same && places.count(operand))
        return places[operand];
    return std::nullopt;
  }

  bool set(Value value, Place place) {
    if (!isOpen(value))
      return false;
    places[value] = place;
    return true;
  }

  /// One round over all ops; true if something became known.
  bool spreadOnce() {
    bool changed = false;
    for (auto &[op, want] : wants) {
      for (auto [operand, kind] : llvm::zip(op->getOperands(), want.operands))
        if (kind != Want::Same)
          changed |= set(operand, placeOf(kind));
      std::optional<Place> place = placeOfGroup(op, want);
      if (!place)
        continue;
      for (auto [result, kind] : llvm::zip(op->getResults(), want.results))
        if (kind == Want::Same)
          changed |= set(result, *place);
      for (auto [operand, kind] : llvm::zip(op->getOperands(), want.operands))
        if (kind == Want::Same)
          changed |= set(operand, *place);
    }
    return changed;
  }

  void spread() {
    while (spreadOnce())
      ;
  }

  void setDefaults() {
    for (auto &[op, want] : wants)
      for (Value result : op->getResults())
        if (isOpen(result)) {
          places[result] = defaultPlace(result);
          spread();
        }
  }

  func::FuncOp func;
  SmallVector<std::pair<Operation *, LayoutConstraints>> wants;
};

} // namespace

std::optional<LayoutConstraints> layoutConstraintsOf(Operation *op) {
  auto schedulable = dyn_cast<Schedulable>(op);
  return schedulable ? schedulable.getLayoutConstraints() : std::nullopt;
}

SmallVector<Place> operandPlaces(Operation *op, const llvm::DenseMap<Value, Place> &places) {
  const LayoutConstraints wants = *layoutConstraintsOf(op);
  std::optional<Place> group;
  for (auto [result, want] : llvm::zip(op->getResults(), wants.results))
    if (want == Want::Same)
      group = places.lookup(result);
  for (auto [operand, want] : llvm::zip(op->getOperands(), wants.operands))
    if (want == Want::Same && !group && operand.getDefiningOp())
      group = places.lookup(operand);
  return llvm::map_to_vector(
      llvm::zip(op->getOperands(), wants.operands), [&](std::tuple<Value, Want> operand) {
        auto [value, want] = operand;
        return want == Want::Same ? group.value_or(defaultPlace(value)) : placeOf(want);
      });
}

Place resultPlace(func::FuncOp func, unsigned index) {
  auto name = func.getResultAttrOfType<StringAttr>(index, "spherical.name");
  std::optional<Signal> signal = getSignal(func.getResultTypes()[index]);
  bool prepared = func.getName() == "prepare" && name && name.getValue().starts_with("prepared.");
  return prepared && signal && signal->isSpectrum() && !signal->isComplex() ? Place::Kernel
                                                                            : Place::File;
}

FailureOr<llvm::DenseMap<Value, Place>> inferPlaces(func::FuncOp func) {
  Inference inference(func);
  if (failed(inference.run()))
    return failure();
  return inference.places;
}

} // namespace mlir::spherical
