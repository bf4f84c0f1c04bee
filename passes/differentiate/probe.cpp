//===- probe.cpp - norms of layers and gradients ----------------*- C++ -*-===//
//
// A training pass that returns nothing but norms, to find the first value that is
// not finite. A layer is the ops of one place in the model, its output the last
// function or tensor of these.
//
//===----------------------------------------------------------------------===//

#include "passes/differentiate/probe.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "llvm/ADT/MapVector.h"

namespace mlir::spherical {
namespace {

/// "file:line:column" of the model, empty for no place.
std::string placeOf(Location loc) {
  std::string place;
  loc->walk([&](Location part) {
    auto file = dyn_cast<FileLineColLoc>(part);
    if (!file)
      return WalkResult::advance();
    place =
        (file.getFilename().strref() + ":" + Twine(file.getLine()) + ":" + Twine(file.getColumn()))
            .str();
    return WalkResult::interrupt();
  });
  return place;
}

/// Whether the value is a real function or tensor with samples as its first axis.
bool isLayerValue(Value value) {
  if (const std::optional<Signal> signal = getSignal(value.getType()))
    return !signal->isSpectrum() && !signal->isComplex();
  auto tensor = dyn_cast<RankedTensorType>(value.getType());
  return tensor && tensor.getRank() > 1 && isa<FloatType>(tensor.getElementType());
}

/// The last value of each place, in the order of these.
SmallVector<std::pair<std::string, Value>> layersOf(ArrayRef<Operation *> ops) {
  SmallVector<std::pair<std::string, Value>> layers;
  for (Operation *op : ops) {
    std::string place = placeOf(op->getLoc());
    if (place.empty() || op->getNumResults() == 0 || !isLayerValue(op->getResult(0)))
      continue;
    llvm::erase_if(layers, [&](const auto &layer) { return layer.first == place; });
    layers.emplace_back(std::move(place), op->getResult(0));
  }
  return layers;
}

class ProbeBuilder {
public:
  ProbeBuilder(func::FuncOp forward, const ForwardArguments &arguments)
      : training(forward, arguments, "probe"), builder(training.builder) {}

  LogicalResult build();

private:
  void addNorm(Value value, const Twine &name, Value count);

  TrainingBuilder training;
  OpBuilder &builder;
};

/// The sum of the squares of a function's samples or a tensor's values, those of the first `count`
/// samples if there is a count.
void ProbeBuilder::addNorm(Value value, const Twine &name, Value count) {
  const Location loc = value.getLoc();
  if (const std::optional<Signal> signal = getSignal(value.getType()))
    value = SamplesOp::create(builder, loc,
                              RankedTensorType::get(signal->fileShape(), signal->element), value);
  Type number = RankedTensorType::get({}, builder.getF64Type());
  training.entry.addResult(nn::SumSquaresOp::create(builder, loc, number, value, count), name);
}

LogicalResult ProbeBuilder::build() {
  const ForwardArguments &arguments = training.arguments;
  training.addBatch();
  training.copyArguments(arguments.parameters);
  training.copyArguments(arguments.states);
  training.cloneForward();
  const auto layers = layersOf(ArrayRef(training.ops).drop_back());
  if (failed(training.differentiate(arguments.parameters)))
    return failure();
  for (const auto &[place, value] : layers) {
    addNorm(value, "output." + place, training.count);
    if (Value passed = training.cotangent(value))
      addNorm(passed, "gradient." + place, training.count);
  }
  for (BlockArgument argument : arguments.parameters) {
    addNorm(training.clone(argument), "values." + argumentName(argument), {});
    addNorm(training.gradient(argument), "grad." + argumentName(argument), {});
  }
  training.entry.finish();
  return success();
}

} // namespace

LogicalResult buildProbe(func::FuncOp forward, const ForwardArguments &arguments) {
  return ProbeBuilder(forward, arguments).build();
}

} // namespace mlir::spherical
