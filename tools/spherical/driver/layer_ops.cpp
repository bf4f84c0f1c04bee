//===- layer_ops.cpp - the ops of a model's layers -----------------------===//

#include "tools/spherical/driver/layer_ops.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "tools/spherical/driver/diagnostics.h"

#include <map>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

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

} // namespace

std::string argumentText(BlockArgument argument, StringRef key) {
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  const auto text = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), key);
  return text ? text.str() : "";
}

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

Result<func::FuncOp> forwardOf(Session &session) {
  auto function = session.module().lookupSymbol<func::FuncOp>("forward");
  if (!function || function.isExternal() || session.phase() != "graph")
    return Error{session.path() +
                 ": error: expected a model of the phase graph with a function @forward"};
  return function;
}

std::vector<LayerOps> collectLayers(func::FuncOp forward) {
  return LayerCollector().collect(forward);
}

Value toSpectrum(OpBuilder &builder, Value value) {
  const std::optional<sph::Signal> signal = sph::getSignal(value.getType());
  if (!signal)
    return value;
  const Type type = signal->asSpectrum().get(builder.getContext());
  if (signal->kind == sph::SignalKind::S2)
    return sph::S2FTOp::create(builder, value.getLoc(), type, value);
  return sph::SO3FTOp::create(builder, value.getLoc(), type, value);
}

Value toFunction(OpBuilder &builder, Value spectrum, Type type) {
  if (sph::getSignal(type)->kind == sph::SignalKind::S2)
    return sph::S2IFTOp::create(builder, spectrum.getLoc(), type, spectrum);
  return sph::SO3IFTOp::create(builder, spectrum.getLoc(), type, spectrum);
}

DictionaryAttr nameAttr(OpBuilder &builder, StringRef name) {
  return builder.getDictionaryAttr(
      builder.getNamedAttr("spherical.name", builder.getStringAttr(name)));
}

} // namespace spherical::driver
