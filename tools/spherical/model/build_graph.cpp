//===- build_graph.cpp - the graph module of a model ----------------------===//

#include "tools/spherical/model/graph_builder.h"

#include "dialects/nn/dialect.h"
#include "tools/spherical/model/angle.h"

#include "mlir/IR/Verifier.h"

#include <cmath>
#include <numbers>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {

/// The last of these layers, inside blocks too.
static const Layer *findLast(const std::vector<Layer> &layers, bool (*wanted)(const Layer &)) {
  const Layer *last = nullptr;
  for (const Layer &layer : layers)
    if (wanted(layer))
      last = &layer;
    else if (const Layer *inner = findLast(layer.block, wanted))
      last = inner;
  return last;
}

int64_t channelsOf(Value x) {
  if (const std::optional<sph::Signal> signal = sph::getSignal(x.getType()))
    return signal->channels;
  return cast<RankedTensorType>(x.getType()).getDimSize(1);
}

LayerShape shapeOf(Value x) {
  if (const std::optional<sph::Signal> signal = sph::getSignal(x.getType()))
    return {signal->kind == sph::SignalKind::SO3 ? LayerShape::OnSO3 : LayerShape::OnS2,
            signal->channels, signal->bandLimit};
  const auto tensor = cast<RankedTensorType>(x.getType());
  if (tensor.getRank() == 2)
    return {LayerShape::Features, tensor.getDimSize(1)};
  return {LayerShape::Image, tensor.getDimSize(1), 0, {tensor.getDimSize(2), tensor.getDimSize(3)}};
}

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

/// `high` of a layer, null if the band-limit does not grow.
sph::HighAttr GraphBuilder::highAttr(const Layer &layer, int64_t before, int64_t after) {
  if (after <= before)
    return {};
  const std::optional<sph::High> high = sph::symbolizeHigh(layer.high);
  return sph::HighAttr::get(builder.getContext(), high.value_or(sph::High::Zero));
}

/// The first convolution on S2 is the input layer, a last one to S2 the output layer.
std::string GraphBuilder::convolutionName(const Layer &layer) {
  if (convolutions++ == 0 && layer.kind == LayerKind::S2Conv)
    return "input_layer";
  if (&layer == lastConvolution && layer.kind == LayerKind::SO3ToS2)
    return "output_layer";
  return "hidden_layers." + std::to_string(hiddenLayers++);
}

Value GraphBuilder::addConvolution(const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  const sph::Signal before = *sph::getSignal(x.getType());
  const std::string name = convolutionName(layer);
  const sph::GridAttr grid = gridAttr(layer.grid, layer.kind != LayerKind::S2Conv);
  const std::vector<Extents> learned =
      learnedShapes(layer, shapeOf(x), {.channels = layer.channels});
  const Value kernel = parameter(name + ".kernel", learned[0], loc, sph::InitKind::Normal);
  const bool toS2 = layer.kind == LayerKind::SO3ToS2;
  const Type type = functionType(toS2 ? sph::SignalKind::S2 : sph::SignalKind::SO3, layer.channels,
                                 layer.bandLimit);
  const sph::HighAttr high = highAttr(layer, before.bandLimit, layer.bandLimit);
  Value y;
  if (layer.kind == LayerKind::S2Conv)
    y = sph::S2ConvOp::create(builder, loc, type, x, kernel, grid);
  else if (!toS2)
    y = sph::SO3ConvOp::create(builder, loc, type, x, kernel, grid, high);
  else
    y = sph::SO3ToS2Op::create(builder, loc, type, x, kernel, grid, high,
                               *sph::symbolizeProjection(layer.projection));
  if (!layer.bias)
    return y;
  const Value bias = parameter(name + ".bias", learned[1], loc, sph::InitKind::Zeros);
  return sph::AddBiasOp::create(builder, loc, y.getType(), y, bias);
}

/// The block's result plus a shortcut from its input, on SO(3) an equivariant one.
Value GraphBuilder::addResidual(const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  const std::string name = "shortcuts." + std::to_string(shortcuts++);
  const Value y = addLayers(layer.block, x);
  if (!sph::getSignal(x.getType()))
    return nn::AddOp::create(builder, loc, y.getType(), y, addImageShortcut(name, layer, x, y));
  const sph::Signal before = *sph::getSignal(x.getType()), after = *sph::getSignal(y.getType());
  const std::vector<Extents> learned = learnedShapes(layer, shapeOf(x), shapeOf(y));
  const Value kernel = parameter(name + ".kernel", learned[0], loc, sph::InitKind::Normal);
  Value shortcut = sph::SO3ShortcutOp::create(builder, loc, y.getType(), x, kernel,
                                              highAttr(layer, before.bandLimit, after.bandLimit));
  if (layer.bias) {
    const Value bias = parameter(name + ".bias", learned[1], loc, sph::InitKind::Zeros);
    shortcut = sph::AddBiasOp::create(builder, loc, y.getType(), shortcut, bias);
  }
  return nn::AddOp::create(builder, loc, y.getType(), y, shortcut);
}

Value GraphBuilder::addBatchNorm(const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  MLIRContext *context = builder.getContext();
  const int64_t channels = channelsOf(x);
  const auto tensor = dyn_cast<RankedTensorType>(x.getType());
  const bool features = tensor && tensor.getRank() == 2;
  const std::string name = features ? "head.bn" + std::to_string(batchNorms++)
                                    : "norm_layers." + std::to_string(norms++);
  const std::vector<Extents> learned = learnedShapes(layer, shapeOf(x), shapeOf(x));
  const Value weight = parameter(name + ".weight", learned[0], loc, sph::InitKind::Ones);
  const Value bias = parameter(name + ".bias", learned[1], loc, sph::InitKind::Zeros);
  const Value mean = argument(name + ".running_mean", {channels}, "state", loc,
                              sph::InitAttr::get(context, sph::InitKind::Zeros, 1.0));
  const Value variance = argument(name + ".running_var", {channels}, "state", loc,
                                  sph::InitAttr::get(context, sph::InitKind::Ones, 1.0));
  return nn::BatchNormOp::create(builder, loc, x.getType(), x, weight, bias, mean, variance,
                                 APFloat(layer.epsilon), APFloat(layer.momentum),
                                 *nn::symbolizeMeasure(layer.statistics));
}

Value GraphBuilder::addLinear(const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  const std::string name = "head.fc" + std::to_string(linears++);
  const double bound = 1.0 / std::sqrt(double(channelsOf(x)));
  const std::vector<Extents> learned =
      learnedShapes(layer, shapeOf(x), {.channels = layer.channels});
  const Value weight = parameter(name + ".weight", learned[0], loc, sph::InitKind::Uniform, bound);
  const Value bias = parameter(name + ".bias", learned[1], loc, sph::InitKind::Uniform, bound);
  const Type type = RankedTensorType::get({model.batch, layer.channels}, element);
  return nn::LinearOp::create(builder, loc, type, x, weight, bias);
}

/// A rotation may have any angles, but degrees are probably meant by those beyond a full turn.
static void warnOfTurns(const Layer &layer, Location loc) {
  for (const double angle : layer.angles)
    if (std::abs(angle) > 2 * std::numbers::pi) {
      emitWarning(loc) << "'rotate' got an angle of " << printNumber(angle)
                       << " radians, more than a full turn; 90 degrees is pi/2";
      return;
    }
}

Value GraphBuilder::addLayer(const Layer &layer, Value x) {
  const Location loc = at(layer.position);
  const std::optional<sph::Signal> before = sph::getSignal(x.getType());
  switch (layer.kind) {
  case LayerKind::S2Conv:
  case LayerKind::SO3Conv:
  case LayerKind::SO3ToS2:
    return addConvolution(layer, x);
  case LayerKind::OrbitMean:
    return sph::SO3OrbitMeanOp::create(
        builder, loc, functionType(sph::SignalKind::S2, before->channels, before->bandLimit), x);
  case LayerKind::ReLU:
    return nn::ReluOp::create(builder, loc, x.getType(), x);
  case LayerKind::LeakyReLU:
    return nn::LeakyReluOp::create(builder, loc, x.getType(), x, APFloat(layer.slope));
  case LayerKind::GELU:
    return nn::GeluOp::create(builder, loc, x.getType(), x);
  case LayerKind::Rotate:
    warnOfTurns(layer, loc);
    return sph::RotateOp::create(builder, loc, x.getType(), x, ArrayRef<double>(layer.angles));
  case LayerKind::Residual:
    return addResidual(layer, x);
  case LayerKind::Integrate:
    return sph::SO3IntegrateOp::create(
        builder, loc, RankedTensorType::get({model.batch, before->channels}, element), x);
  case LayerKind::Resample:
    return sph::ResampleOp::create(
        builder, loc, functionType(before->kind, before->channels, layer.bandLimit), x);
  case LayerKind::BatchNorm:
    return addBatchNorm(layer, x);
  case LayerKind::Linear:
    return addLinear(layer, x);
  case LayerKind::Conv2d:
  case LayerKind::ConvTranspose2d:
  case LayerKind::Down:
  case LayerKind::Up:
  case LayerKind::MaxPool:
  case LayerKind::AvgPool:
  case LayerKind::GlobalAvgPool:
  case LayerKind::Upsample:
  case LayerKind::Concat:
    return addPlanar(layer, x);
  }
  return x;
}

Value GraphBuilder::addLayers(const std::vector<Layer> &layers, Value x) {
  for (const Layer &layer : layers)
    x = addLayer(layer, x);
  return x;
}

Value GraphBuilder::addInput() {
  const Location loc = at(model.inputPosition);
  const int64_t side = 2 * model.inputBandLimit;
  const ImageSize size = model.takesImages() ? model.inputSize : ImageSize{side, side};
  const Value x =
      argument("x", {model.batch, model.inputChannels, size.rows, size.columns}, "input", loc);
  if (model.takesImages())
    return x;
  return sph::SamplesOp::create(
      builder, loc, functionType(sph::SignalKind::S2, model.inputChannels, model.inputBandLimit),
      x);
}

/// The logits or values as a tensor: features, an image, or the samples of a function on S2.
Value GraphBuilder::addOutput(Value result, Location loc) {
  const std::optional<sph::Signal> signal = sph::getSignal(result.getType());
  if (!signal)
    return result;
  return sph::SamplesOp::create(builder, loc, RankedTensorType::get(signal->fileShape(), element),
                                result);
}

void GraphBuilder::finish(ModuleOp module, Value result, Location loc) {
  func::ReturnOp::create(builder, loc, result);
  const NamedAttribute name =
      builder.getNamedAttr("spherical.name", builder.getStringAttr(outputName(model.task)));
  (void)function.insertResult(0, result.getType(), builder.getDictionaryAttr(name));
  module->setAttr("spherical.phase", builder.getStringAttr("graph"));
  setLoss(module, model.loss);
}

OwningOpRef<ModuleOp> GraphBuilder::run() {
  const Location loc = at(Position());
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc, StringRef(model.name));
  builder.setInsertionPointToEnd(module->getBody());
  function = func::FuncOp::create(builder, loc, "forward", builder.getFunctionType({}, {}));
  builder.setInsertionPointToEnd(function.addEntryBlock());
  lastConvolution = findLast(model.layers, isConvolution);
  lastPlanar = findLast(model.layers, convolvesImages);
  endsInFeatures = findLast(
      model.layers, [](const Layer &layer) { return layer.kind == LayerKind::GlobalAvgPool; });
  const Location end = model.layers.empty() ? loc : at(model.layers.back().position);
  finish(*module, addOutput(addLayers(model.layers, addInput()), end), end);
  if (failed(setTraining(*module, model.training, at(model.training.freezePosition))) ||
      failed(verify(*module)))
    return nullptr;
  return module;
}

OwningOpRef<ModuleOp> buildGraph(const ModelDescription &model, MLIRContext &context) {
  context.loadDialect<func::FuncDialect, nn::NNDialect, sph::SphericalDialect>();
  return GraphBuilder(model, context).run();
}

} // namespace spherical::driver
