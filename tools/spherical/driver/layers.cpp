//===- layers.cpp - a model taken apart layer by layer --------------------===//

#include "tools/spherical/driver/layers.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "tools/spherical/driver/diagnostics.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

#include <map>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

/// A layer and its ops: the layer's own and, after a convolution, the addition of its bias.
struct LayerOps {
  GraphLayer layer;
  SmallVector<Operation *, 2> ops;

  Value input() const { return ops.front()->getOperand(0); }
  Value result() const { return ops.back()->getResult(0); }
};

std::string argumentText(BlockArgument argument, StringRef key) {
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  const auto text = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), key);
  return text ? text.str() : "";
}

/// "hidden_layers.0" of a layer with the parameter hidden_layers.0.kernel, else nothing.
std::string parameterPrefix(Operation *op) {
  for (Value operand : op->getOperands()) {
    const auto argument = dyn_cast<BlockArgument>(operand);
    if (!argument || argumentText(argument, "spherical.role") != "parameter")
      continue;
    const std::string name = argumentText(argument, "spherical.name");
    return name.substr(0, name.rfind('.'));
  }
  return "";
}

FlowType flowType(Type type) {
  if (const std::optional<sph::Signal> signal = sph::getSignal(type))
    return {signal->kind == sph::SignalKind::SO3, signal->channels, signal->bandLimit};
  const auto tensor = dyn_cast<RankedTensorType>(type);
  return {false, tensor && tensor.getRank() > 1 ? tensor.getDimSize(1) : 0, 0};
}

std::string highOf(Operation *op) {
  const auto high = op->getAttrOfType<sph::HighAttr>("high");
  return high ? sph::stringifyHigh(high.getValue()).str() : "";
}

class LayerCollector {
public:
  std::vector<LayerOps> collect(func::FuncOp function);

private:
  std::string nameOf(Operation *op);

  std::vector<LayerOps> layers;
  std::map<std::string, int> used;
};

std::string LayerCollector::nameOf(Operation *op) {
  std::string name = parameterPrefix(op);
  const std::string kind = op->getName().stripDialect().str();
  if (name.empty())
    name = (layers.empty() ? "x" : layers.back().layer.name) + "." + kind;
  const int count = used[name]++;
  return count == 0 ? name : name + "." + std::to_string(count);
}

std::vector<LayerOps> LayerCollector::collect(func::FuncOp function) {
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (isa<sph::SamplesOp>(op))
      continue;
    if (isa<sph::AddBiasOp>(op) && !layers.empty() && op.getOperand(0) == layers.back().result()) {
      layers.back().ops.push_back(&op);
      continue;
    }
    GraphLayer layer;
    layer.name = nameOf(&op);
    layer.op = op.getName().stripDialect().str();
    layer.place = placeOf(op.getLoc());
    layer.input = flowType(op.getOperand(0).getType());
    layer.output = flowType(op.getResult(0).getType());
    layer.high = highOf(&op);
    layer.single = !isa<nn::AddOp>(op);
    layers.push_back({std::move(layer), {&op}});
  }
  return std::move(layers);
}

Result<func::FuncOp> forwardOf(Session &session) {
  auto function = session.module().lookupSymbol<func::FuncOp>("forward");
  if (!function || function.isExternal() || session.phase() != "graph")
    return Error{session.path() +
                 ": error: expected a model of the phase graph with a function @forward"};
  return function;
}

/// A function on S2 or SO(3) and its spectrum with as many degrees.
sph::Signal spectrumOf(sph::Signal signal) {
  signal.kind = signal.kind == sph::SignalKind::S2 ? sph::SignalKind::S2Spectrum
                                                   : sph::SignalKind::SO3Spectrum;
  return signal;
}

Value toSpectrum(OpBuilder &builder, Value value) {
  const std::optional<sph::Signal> signal = sph::getSignal(value.getType());
  if (!signal)
    return value;
  const Type type = spectrumOf(*signal).get(builder.getContext());
  if (signal->kind == sph::SignalKind::S2)
    return sph::S2FTOp::create(builder, value.getLoc(), type, value);
  return sph::SO3FTOp::create(builder, value.getLoc(), type, value);
}

Value toFunction(OpBuilder &builder, Value spectrum, Type type) {
  if (sph::getSignal(type)->kind == sph::SignalKind::S2)
    return sph::S2IFTOp::create(builder, spectrum.getLoc(), type, spectrum);
  return sph::SO3IFTOp::create(builder, spectrum.getLoc(), type, spectrum);
}

Value toTensor(OpBuilder &builder, Value value) {
  const std::optional<sph::Signal> signal = sph::getSignal(value.getType());
  if (!signal)
    return value;
  return sph::SamplesOp::create(builder, value.getLoc(),
                                RankedTensorType::get(signal->fileShape(), signal->element), value);
}

DictionaryAttr nameAttr(OpBuilder &builder, StringRef name) {
  return builder.getDictionaryAttr(
      builder.getNamedAttr("spherical.name", builder.getStringAttr(name)));
}

/// Makes the function return what `transform` gives of each layer's result, without a loss.
void returnLayers(func::FuncOp function, ArrayRef<LayerOps> layers,
                  Value (*transform)(OpBuilder &, Value)) {
  Operation *end = function.getBody().front().getTerminator();
  OpBuilder builder(end);
  SmallVector<Value> values;
  SmallVector<Attribute> names;
  for (const LayerOps &layer : layers) {
    values.push_back(transform(builder, layer.result()));
    names.push_back(nameAttr(builder, layer.layer.name));
  }
  end->setOperands(values);
  function.removeResAttrsAttr();
  function.setFunctionType(
      builder.getFunctionType(function.getArgumentTypes(), ValueRange(values).getTypes()));
  for (auto [index, name] : llvm::enumerate(names))
    function.setResultAttrs(index, cast<DictionaryAttr>(name));
  for (StringRef name : {"spherical.loss", "spherical.optimizer"})
    function->removeAttr(name);
}

/// Makes the input of @forward a spectrum.
void takeSpectrum(func::FuncOp function) {
  BlockArgument x = function.getArgument(0);
  auto samples = cast<sph::SamplesOp>(*x.getUsers().begin());
  OpBuilder builder(samples);
  x.setType(spectrumOf(*sph::getSignal(samples.getType())).get(builder.getContext()));
  samples.replaceAllUsesWith(toFunction(builder, x, samples.getType()));
  samples.erase();
  function.setFunctionType(
      builder.getFunctionType(function.getBody().getArgumentTypes(), function.getResultTypes()));
}

/// @name(x: spectrum, parameters of the layer) -> y: spectrum.
void buildAlone(const LayerOps &layer, StringRef name, func::FuncOp forward) {
  OpBuilder builder(forward.getContext());
  builder.setInsertionPointAfter(forward);
  const Location loc = layer.ops.front()->getLoc();
  auto function = func::FuncOp::create(builder, loc, name, builder.getFunctionType({}, {}));
  builder.setInsertionPointToEnd(function.addEntryBlock());
  const auto addArgument = [&](Type type, DictionaryAttr attributes) {
    const unsigned index = function.getNumArguments();
    (void)function.insertArgument(index, type, attributes, loc);
    return function.getArgument(index);
  };
  const auto text = [&](const char *value) { return builder.getStringAttr(value); };
  const DictionaryAttr input =
      builder.getDictionaryAttr({builder.getNamedAttr("spherical.name", text("x")),
                                 builder.getNamedAttr("spherical.role", text("input"))});
  const Type type = layer.input().getType();
  const Value x = addArgument(spectrumOf(*sph::getSignal(type)).get(builder.getContext()), input);
  IRMapping mapping;
  for (Operation *op : layer.ops)
    for (Value operand : op->getOperands())
      if (const auto argument = dyn_cast<BlockArgument>(operand);
          argument && !mapping.contains(operand))
        mapping.map(operand, addArgument(operand.getType(),
                                         forward.getArgAttrDict(argument.getArgNumber())));
  mapping.map(layer.input(), toFunction(builder, x, type));
  for (Operation *op : layer.ops)
    builder.clone(*op, mapping);
  const Value y = toSpectrum(builder, mapping.lookup(layer.result()));
  func::ReturnOp::create(builder, loc, y);
  (void)function.insertResult(0, y.getType(), nameAttr(builder, "y"));
}

} // namespace

Result<std::vector<GraphLayer>> graphLayers(Session &session) {
  Result<func::FuncOp> function = forwardOf(session);
  if (!function)
    return function.error();
  std::vector<GraphLayer> layers;
  for (LayerOps &layer : LayerCollector().collect(*function))
    layers.push_back(std::move(layer.layer));
  return layers;
}

std::string placeOfEnd(Session &session) {
  const Result<std::vector<GraphLayer>> layers = graphLayers(session);
  return layers && !layers->empty() && !layers->back().place.empty() ? layers->back().place
                                                                     : session.path();
}

Result<std::vector<GraphParameter>> graphParameters(Session &session) {
  Result<func::FuncOp> function = forwardOf(session);
  if (!function)
    return function.error();
  std::vector<GraphParameter> parameters;
  for (BlockArgument argument : (*function).getArguments()) {
    GraphParameter parameter;
    parameter.role = argumentText(argument, "spherical.role");
    if (parameter.role != "parameter" && parameter.role != "state")
      continue;
    parameter.name = argumentText(argument, "spherical.name");
    const ArrayRef<int64_t> shape = cast<RankedTensorType>(argument.getType()).getShape();
    parameter.shape.assign(shape.begin(), shape.end());
    if (const auto init = (*function).getArgAttrOfType<sph::InitAttr>(argument.getArgNumber(),
                                                                      "spherical.init")) {
      parameter.init = sph::stringifyInitKind(init.getKind()).str();
      parameter.scale = init.getScale();
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

Status tapLayers(Session &session) {
  Result<func::FuncOp> function = forwardOf(session);
  if (!function)
    return function.error();
  returnLayers(*function, LayerCollector().collect(*function), toTensor);
  return Done{};
}

Status tapSpectra(Session &session) {
  Result<func::FuncOp> function = forwardOf(session);
  if (!function)
    return function.error();
  const std::vector<LayerOps> layers = LayerCollector().collect(*function);
  for (auto [index, layer] : llvm::enumerate(layers))
    if (layer.layer.single && layer.layer.input.isFunction())
      buildAlone(layer, "layer" + std::to_string(index), *function);
  returnLayers(*function, layers, toSpectrum);
  takeSpectrum(*function);
  return Done{};
}

Status removeRelu(Session &session) {
  Result<func::FuncOp> function = forwardOf(session);
  if (!function)
    return function.error();
  (*function).walk([](nn::ReluOp relu) {
    relu.replaceAllUsesWith(relu.getInput());
    relu.erase();
  });
  return Done{};
}

Status setHigh(Session &session, const std::string &rule) {
  Result<func::FuncOp> function = forwardOf(session);
  if (!function)
    return function.error();
  const std::optional<sph::High> high = sph::symbolizeHigh(rule);
  if (!high)
    return Error{session.path() + ": error: expected zero, quadrature or truncated, got '" + rule +
                 "'"};
  (*function).walk([&](Operation *op) {
    if (op->hasAttr("high"))
      op->setAttr("high", sph::HighAttr::get(op->getContext(), *high));
  });
  return Done{};
}

Status mirrorKernel(Session &session, const std::string &layer) {
  Result<func::FuncOp> function = forwardOf(session);
  if (!function)
    return function.error();
  (*function).walk([&](Operation *op) {
    const auto grid = op->getAttrOfType<sph::GridAttr>("grid");
    if (!grid || parameterPrefix(op) != layer)
      return;
    SmallVector<double> coordinates;
    for (const std::array<double, 3> &point : grid.points()) {
      coordinates.append({point[0], -point[1]});
      if (grid.onSO3())
        coordinates.push_back(-point[2]);
    }
    const sph::GridKind kind = grid.onSO3() ? sph::GridKind::SO3Points : sph::GridKind::S2Points;
    op->setAttr("grid", sph::GridAttr::get(op->getContext(), kind, ArrayRef<double>(coordinates)));
  });
  return Done{};
}

} // namespace spherical::driver
