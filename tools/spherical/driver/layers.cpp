//===- layers.cpp - a model taken apart layer by layer --------------------===//

#include "tools/spherical/driver/layers.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "tools/spherical/driver/layer_ops.h"

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

Value toTensor(OpBuilder &builder, Value value) {
  const std::optional<sph::Signal> signal = sph::getSignal(value.getType());
  if (!signal)
    return value;
  return sph::SamplesOp::create(builder, value.getLoc(),
                                RankedTensorType::get(signal->fileShape(), signal->element), value);
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
  x.setType(sph::getSignal(samples.getType())->asSpectrum().get(builder.getContext()));
  samples.replaceAllUsesWith(toFunction(builder, x, samples.getType()));
  samples.erase();
  function.setFunctionType(
      builder.getFunctionType(function.getBody().getArgumentTypes(), function.getResultTypes()));
}

} // namespace

Result<std::vector<GraphLayer>> graphLayers(Session &session) {
  Result<func::FuncOp> function = forwardOf(session);
  if (!function)
    return function.error();
  std::vector<GraphLayer> layers;
  for (LayerOps &layer : collectLayers(*function))
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
  returnLayers(*function, collectLayers(*function), toTensor);
  return Done{};
}

Status tapSpectra(Session &session) {
  Result<func::FuncOp> function = forwardOf(session);
  if (!function)
    return function.error();
  const std::vector<LayerOps> layers = collectLayers(*function);
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
