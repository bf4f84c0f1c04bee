//===- places.cpp - which values have a batch in the lanes ------*- C++ -*-===//
//
// Ops say where they want operands and results; values of ops that go along
// with anything (sums, ReLU, ...) take the place of their neighbours, to a
// fixed point, and lanes where nothing else decides.
//
//===----------------------------------------------------------------------===//

#include "passes/places.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include "llvm/ADT/TypeSwitch.h"

namespace mlir::spherical {
namespace {

constexpr Want F = Want::File, L = Want::Lanes, K = Want::Kernel, S = Want::Same;

template <typename Op> Wants matmulWants(Op op) {
  if (op.getForm() == ProductForm::GradKernel)
    return {{L, L}, {K}};
  return {{L, K}, {L}};
}

/// Ops of the spherical dialect.
std::optional<Wants> sphericalWants(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<Wants>>(op)
      .Case<S2FTOp, SO3FTOp, SO3IntegrateOp>([](auto) {
        return Wants{{L}, {L}};
      })
      .Case<S2IFTOp, SO3IFTOp>([](auto op) {
        return Wants{SmallVector<Want>(op->getNumOperands(), L), {L}};
      })
      .Case<KernelFTOp>([](auto op) {
        return op.getAdjoint() ? Wants{{K}, {F}} : Wants{{F}, {K}};
      })
      .Case<SpectralMatmulOp, ThinMatmulOp>([](auto op) { return matmulWants(op); })
      .Case<SumNOp, SO3OrbitMeanOp>([](auto) {
        return Wants{{L}, {L}};
      })
      .Case<RotateOp>([](RotateOp op) -> std::optional<Wants> {
        if (!getSignal(op.getType())->isSpectrum())
          return std::nullopt;
        return Wants{{L}, {L}};
      })
      .Case<ProjectKernelOp>([](auto) {
        return Wants{{K}, {K}};
      })
      .Case<TruncateOp, PadOp>([](auto) {
        return Wants{{S}, {S}};
      })
      .Case<SamplesOp>([](SamplesOp op) {
        // Complex values are in file order always.
        const bool pairs = isComplex(op.getInput().getType()) || isComplex(op.getType());
        return pairs ? Wants{{F}, {F}} : Wants{{S}, {S}};
      })
      .Case<AddBiasOp>([](auto) {
        return Wants{{L, F}, {L}};
      })
      .Case<BiasGradOp>([](auto) {
        return Wants{{L}, {F}};
      })
      .Case<RealPartOp, ImagPartOp>([](auto) {
        return Wants{{F}, {S}};
      })
      .Case<ComplexOp>([](auto) {
        return Wants{{S, S}, {F}};
      })
      .Case<ZeroOp>([](ZeroOp op) {
        return Wants{{}, {isComplex(op.getType()) ? F : S}};
      })
      .Default([](Operation *) { return std::nullopt; });
}

/// Ops of the nn dialect, and constants.
std::optional<Wants> nnWants(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<Wants>>(op)
      .Case<nn::ReluOp, nn::LeakyReluOp, nn::GeluOp>([](auto) {
        return Wants{{S}, {S}};
      })
      .Case<nn::ReluGradOp, nn::LeakyReluGradOp, nn::GeluGradOp, nn::AddOp, nn::SubOp>([](auto) {
        return Wants{{S, S}, {S}};
      })
      .Case<nn::LinearOp>([](auto) {
        return Wants{{L, F, F}, {L}};
      })
      .Case<nn::LinearGradInputOp>([](auto) {
        return Wants{{L, F}, {L}};
      })
      .Case<nn::LinearGradWeightOp>([](auto) {
        return Wants{{L, L}, {F}};
      })
      .Case<nn::SumBatchOp, nn::SumChannelsOp>([](auto) {
        return Wants{{L}, {F}};
      })
      .Case<nn::Conv2dOp, nn::ConvTranspose2dOp>([](auto op) {
        Wants wants{{L, F}, {L}};
        wants.operands.resize(op->getNumOperands(), F);
        return wants;
      })
      .Case<nn::Conv2dGradWeightOp>([](auto) {
        return Wants{{L, L}, {F}};
      })
      .Case<nn::MaxPool2dOp, nn::MaxPool2dGradOp, nn::AvgPool2dOp, nn::GlobalAvgPoolOp,
            nn::UpsampleNearestOp, nn::ConcatOp, nn::SliceChannelsOp>([](Operation *op) {
        return Wants{SmallVector<Want>(op->getNumOperands(), L), {L}};
      })
      .Case<nn::BatchNormOp>([](auto) {
        return Wants{{L, F, F, F, F}, {L}};
      })
      .Case<nn::BatchNormTrainOp>([](auto) {
        return Wants{{L, F, F, F, F, F}, {L, F, F, F, F}};
      })
      .Case<nn::BatchNormGradOp>([](auto op) {
        Wants wants{{L, L, F, F, F}, {L, F, F}};
        wants.operands.resize(op->getNumOperands(), F);
        return wants;
      })
      .Case<nn::CrossEntropyOp>([](auto) {
        return Wants{{L, L, F}, {F}};
      })
      .Case<nn::CrossEntropyGradOp>([](auto) {
        return Wants{{F, L, L, F}, {L}};
      })
      .Case<nn::MeanSquaredErrorOp>([](auto) {
        return Wants{{L, L, F}, {F}};
      })
      .Case<nn::MeanSquaredErrorGradOp>([](auto) {
        return Wants{{F, L, L, F}, {L}};
      })
      .Case<nn::InverseStdOp, nn::SumSquaresOp, nn::ClipFactorOp, nn::AdamOp, nn::IncrementOp,
            arith::ConstantOp>([](Operation *op) {
        return Wants{SmallVector<Want>(op->getNumOperands(), F),
                     SmallVector<Want>(op->getNumResults(), F)};
      })
      .Default([](Operation *) { return std::nullopt; });
}

Place placeOf(Want want) {
  return want == F ? Place::File : want == L ? Place::Lanes : Place::Kernel;
}

/// Signals that nothing decides have a batch; tensors are dense.
Place defaultPlace(Value value) {
  return getSignal(value.getType()) ? Place::Lanes : Place::File;
}

bool isPreparedSpectrum(Type type, StringAttr role) {
  std::optional<Signal> signal = getSignal(type);
  return signal && signal->isSpectrum() && !signal->isComplex() && role &&
         role.getValue() == "prepared";
}

/// Places of a function, from what is known to what follows.
class Inference {
public:
  explicit Inference(func::FuncOp func) : func(func) {}

  LogicalResult run() {
    for (BlockArgument argument : func.getArguments())
      if (isPreparedSpectrum(argument.getType(), func.getArgAttrOfType<StringAttr>(
                                                     argument.getArgNumber(), "spherical.role")))
        places[argument] = Place::Kernel;
    for (Operation &op : func.front().without_terminator()) {
      FailureOr<Wants> found = getWants(&op);
      if (failed(found))
        return op.emitOpError("is not supported by the schedule");
      wants.push_back({&op, *found});
      for (auto [result, want] : llvm::zip(op.getResults(), found->results))
        if (want != S)
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
  std::optional<Place> placeOfGroup(Operation *op, const Wants &want) {
    for (auto [result, kind] : llvm::zip(op->getResults(), want.results))
      if (kind == S && places.count(result))
        return places[result];
    for (auto [operand, kind] : llvm::zip(op->getOperands(), want.operands))
      if (kind == S && operand.getDefiningOp() && places.count(operand))
        return places[operand];
    for (auto [operand, kind] : llvm::zip(op->getOperands(), want.operands))
      if (kind == S && places.count(operand))
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
        if (kind != S)
          changed |= set(operand, placeOf(kind));
      std::optional<Place> place = placeOfGroup(op, want);
      if (!place)
        continue;
      for (auto [result, kind] : llvm::zip(op->getResults(), want.results))
        if (kind == S)
          changed |= set(result, *place);
      for (auto [operand, kind] : llvm::zip(op->getOperands(), want.operands))
        if (kind == S)
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
  SmallVector<std::pair<Operation *, Wants>> wants;
};

} // namespace

FailureOr<Wants> getWants(Operation *op) {
  if (std::optional<Wants> wants = sphericalWants(op))
    return *wants;
  if (std::optional<Wants> wants = nnWants(op))
    return *wants;
  return failure();
}

SmallVector<Place> operandPlaces(Operation *op, const llvm::DenseMap<Value, Place> &places) {
  const Wants wants = *getWants(op);
  std::optional<Place> group;
  for (auto [result, want] : llvm::zip(op->getResults(), wants.results))
    if (want == S)
      group = places.lookup(result);
  for (auto [operand, want] : llvm::zip(op->getOperands(), wants.operands))
    if (want == S && !group && operand.getDefiningOp())
      group = places.lookup(operand);
  return llvm::map_to_vector(
      llvm::zip(op->getOperands(), wants.operands), [&](std::tuple<Value, Want> operand) {
        auto [value, want] = operand;
        return want == S ? group.value_or(defaultPlace(value)) : placeOf(want);
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
