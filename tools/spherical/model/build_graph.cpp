//===- build_graph.cpp - the graph module of a model ----------------------===//

#include "tools/spherical/model/graph.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

#include <cmath>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

/// Builds @forward from the input on, one layer at a time.
class GraphBuilder {
public:
  GraphBuilder(const ModelDescription &model, MLIRContext &context)
      : model(model), builder(&context), element(builder.getF32Type()) {}
  OwningOpRef<ModuleOp> run();

private:
  Location at(Position position);
  Value argument(const std::string &name, ArrayRef<int64_t> shape, StringRef role, Location loc,
                 std::optional<sph::InitAttr> init = std::nullopt);
  Value parameter(const std::string &name, ArrayRef<int64_t> shape, Location loc,
                  sph::InitKind kind, double scale = 1.0);
  Type functionType(sph::SignalKind kind, int64_t channels, int64_t bandLimit);
  sph::GridAttr gridAttr(const KernelGrid &grid, bool onSO3);
  Value addLayer(const Layer &layer, const LayerShape &before, const LayerShape &after, Value x);
  Value addConvolution(const Layer &layer, const LayerShape &before, Value x);
  Value addBatchNorm(const Layer &layer, int64_t channels, Value x);
  Value addLinear(const Layer &layer, int64_t inputs, Value x);
  Value addInput();
  void finish(ModuleOp module, Value result, Location loc);

  const ModelDescription &model;
  OpBuilder builder;
  Type element;
  func::FuncOp function;
  int hiddenLayers = 0, batchNorms = 0, linears = 0;
};

Location GraphBuilder::at(Position position) {
  return FileLineColLoc::get(builder.getContext(), model.file, position.line, position.column);
}

Value GraphBuilder::argument(const std::string &name, ArrayRef<int64_t> shape, StringRef role,
                             Location loc, std::optional<sph::InitAttr> init) {
  NamedAttrList attributes;
  attributes.set("spherical.role", builder.getStringAttr(role));
  attributes.set("spherical.name", builder.getStringAttr(name));
  if (init)
    attributes.set("spherical.init", *init);
  const unsigned index = function.getNumArguments();
  (void)function.insertArgument(index, RankedTensorType::get(shape, element),
                                attributes.getDictionary(builder.getContext()), loc);
  return function.getArgument(index);
}

Value GraphBuilder::parameter(const std::string &name, ArrayRef<int64_t> shape, Location loc,
                              sph::InitKind kind, double scale) {
  return argument(name, shape, "parameter", loc,
                  sph::InitAttr::get(builder.getContext(), kind, scale));
}

Type GraphBuilder::functionType(sph::SignalKind kind, int64_t channels, int64_t bandLimit) {
  return sph::Signal{kind, model.batch, channels, bandLimit, element, Attribute()}.get(
      builder.getContext());
}

sph::GridAttr GraphBuilder::gridAttr(const KernelGrid &grid, bool onSO3) {
  MLIRContext *context = builder.getContext();
  if (grid.kind == "soft")
    return sph::GridAttr::get(context, onSO3 ? sph::GridKind::SO3Soft : sph::GridKind::S2Soft,
                              grid.bandLimit);
  if (grid.kind == "points") {
    SmallVector<double> coordinates;
    for (const std::vector<double> &point : grid.points)
      coordinates.append(point.begin(), point.end());
    return sph::GridAttr::get(context, onSO3 ? sph::GridKind::SO3Points : sph::GridKind::S2Points,
                              ArrayRef<double>(coordinates));
  }
  const bool near = grid.kind == "near_identity";
  const sph::GridKind onS2Kind = near ? sph::GridKind::S2NearIdentity : sph::GridKind::S2Equatorial;
  const sph::GridKind onSO3Kind =
      near ? sph::GridKind::SO3NearIdentity : sph::GridKind::SO3Equatorial;
  return sph::GridAttr::get(context, onSO3 ? onSO3Kind : onS2Kind, grid.beta, grid.alpha,
                            grid.gamma, grid.maxBeta, grid.maxGamma);
}

Value GraphBuilder::addConvolution(const Layer &layer, const LayerShape &before, Value x) {
  const Location loc = at(layer.position);
  const bool onSO3 = layer.kind == LayerKind::SO3Conv;
  const std::string name =
      onSO3 ? "hidden_layers." + std::to_string(hiddenLayers++) : std::string("input_layer");
  const sph::GridAttr grid = gridAttr(layer.grid, onSO3);
  const Value kernel =
      parameter(name + ".kernel", {before.channels, layer.channels, grid.numPoints()}, loc,
                sph::InitKind::Normal);
  const Type type = functionType(sph::SignalKind::SO3, layer.channels, layer.bandLimit);
  sph::HighAttr high;
  if (onSO3 && layer.bandLimit > before.bandLimit)
    high = sph::HighAttr::get(builder.getContext(), layer.high == "quadrature"
                                                        ? sph::High::Quadrature
                                                        : sph::High::Zero);
  Value y = onSO3 ? sph::SO3ConvOp::create(builder, loc, type, x, kernel, grid, high).getResult()
                  : sph::S2ConvOp::create(builder, loc, type, x, kernel, grid).getResult();
  if (!layer.bias)
    return y;
  const Value bias = parameter(name + ".bias", {layer.channels}, loc, sph::InitKind::Zeros);
  return sph::AddBiasOp::create(builder, loc, y.getType(), y, bias);
}

Value GraphBuilder::addBatchNorm(const Layer &layer, int64_t channels, Value x) {
  const Location loc = at(layer.position);
  MLIRContext *context = builder.getContext();
  const std::string name = "head.bn" + std::to_string(batchNorms++);
  const Value weight = parameter(name + ".weight", {channels}, loc, sph::InitKind::Ones);
  const Value bias = parameter(name + ".bias", {channels}, loc, sph::InitKind::Zeros);
  const Value mean = argument(name + ".running_mean", {channels}, "state", loc,
                              sph::InitAttr::get(context, sph::InitKind::Zeros, 1.0));
  const Value variance = argument(name + ".running_var", {channels}, "state", loc,
                                  sph::InitAttr::get(context, sph::InitKind::Ones, 1.0));
  return nn::BatchNormOp::create(builder, loc, x.getType(), x, weight, bias, mean, variance,
                                 APFloat(layer.epsilon), APFloat(layer.momentum));
}

Value GraphBuilder::addLinear(const Layer &layer, int64_t inputs, Value x) {
  const Location loc = at(layer.position);
  const std::string name = "head.fc" + std::to_string(linears++);
  const double bound = 1.0 / std::sqrt(double(inputs));
  const Value weight = parameter(name + ".weight", {layer.channels, inputs}, loc,
                                 sph::InitKind::Uniform, bound);
  const Value bias =
      parameter(name + ".bias", {layer.channels}, loc, sph::InitKind::Uniform, bound);
  const Type type = RankedTensorType::get({model.batch, layer.channels}, element);
  return nn::LinearOp::create(builder, loc, type, x, weight, bias);
}

Value GraphBuilder::addLayer(const Layer &layer, const LayerShape &before, const LayerShape &after,
                             Value x) {
  const Location loc = at(layer.position);
  switch (layer.kind) {
  case LayerKind::S2Conv:
  case LayerKind::SO3Conv:
    return addConvolution(layer, before, x);
  case LayerKind::ReLU:
    return nn::ReluOp::create(builder, loc, x.getType(), x);
  case LayerKind::Integrate:
    return sph::SO3IntegrateOp::create(
        builder, loc, RankedTensorType::get({model.batch, before.channels}, element), x);
  case LayerKind::Resample: {
    const auto kind =
        before.kind == LayerShape::OnS2 ? sph::SignalKind::S2 : sph::SignalKind::SO3;
    return sph::ResampleOp::create(builder, loc,
                                   functionType(kind, after.channels, after.bandLimit), x);
  }
  case LayerKind::BatchNorm:
    return addBatchNorm(layer, before.channels, x);
  case LayerKind::Linear:
    return addLinear(layer, before.channels, x);
  }
  return x;
}

Value GraphBuilder::addInput() {
  const Location loc = at(model.inputPosition);
  const int64_t side = 2 * model.inputBandLimit;
  const Value x = argument("x", {model.batch, model.inputChannels, side, side}, "input", loc);
  return sph::SamplesOp::create(
      builder, loc, functionType(sph::SignalKind::S2, model.inputChannels, model.inputBandLimit),
      x);
}

void GraphBuilder::finish(ModuleOp module, Value result, Location loc) {
  func::ReturnOp::create(builder, loc, result);
  const NamedAttribute name =
      builder.getNamedAttr("spherical.name", builder.getStringAttr("logits"));
  (void)function.insertResult(0, result.getType(), builder.getDictionaryAttr(name));
  function->setAttr("spherical.loss", builder.getStringAttr("cross_entropy"));
  module->setAttr("spherical.phase", builder.getStringAttr("graph"));
  const TrainingDescription &training = model.training;
  module->setAttr("spherical.training",
                  builder.getDictionaryAttr(
                      {builder.getNamedAttr("optimizer", builder.getStringAttr("adam")),
                       builder.getNamedAttr("learning_rate",
                                            builder.getF64FloatAttr(training.learningRate)),
                       builder.getNamedAttr("beta1", builder.getF64FloatAttr(training.beta1)),
                       builder.getNamedAttr("beta2", builder.getF64FloatAttr(training.beta2)),
                       builder.getNamedAttr("eps", builder.getF64FloatAttr(training.epsilon))}));
}

OwningOpRef<ModuleOp> GraphBuilder::run() {
  const Result<std::vector<LayerShape>> shapes = inferShapes(model);
  const Location loc = at(Position());
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc, StringRef(model.name));
  builder.setInsertionPointToEnd(module->getBody());
  function = func::FuncOp::create(builder, loc, "forward", builder.getFunctionType({}, {}));
  builder.setInsertionPointToEnd(function.addEntryBlock());
  Value x = addInput();
  for (size_t i = 0; i < model.layers.size(); ++i)
    x = addLayer(model.layers[i], (*shapes)[i], (*shapes)[i + 1], x);
  finish(*module, x, model.layers.empty() ? loc : at(model.layers.back().position));
  if (failed(verify(*module)))
    return nullptr;
  return module;
}

} // namespace

OwningOpRef<ModuleOp> buildGraph(const ModelDescription &model, MLIRContext &context) {
  context.loadDialect<func::FuncDialect, nn::NNDialect, sph::SphericalDialect>();
  return GraphBuilder(model, context).run();
}

} // namespace spherical::driver
