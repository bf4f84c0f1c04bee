//===- describe_graph.cpp - the description of a graph module -------------===//
//
// Follows the chain of ops from the input to the result, in which a shortcut
// makes a residual block of the layers since its input, then builds the graph of
// what it found and compares: only a description that gives exactly the module
// back is returned.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/graph.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

KernelGrid describeGrid(sph::GridAttr attr) {
  KernelGrid grid;
  switch (attr.getKind()) {
  case sph::GridKind::S2Soft:
  case sph::GridKind::SO3Soft:
    grid.kind = "soft";
    grid.bandLimit = attr.getBandLimit();
    return grid;
  case sph::GridKind::S2Points:
  case sph::GridKind::SO3Points:
    grid.kind = "points";
    for (const std::array<double, 3> &point : attr.points())
      grid.points.emplace_back(point.begin(), point.begin() + (attr.onSO3() ? 3 : 2));
    return grid;
  case sph::GridKind::S2Equatorial:
  case sph::GridKind::SO3Equatorial:
    grid.kind = "equatorial";
    break;
  case sph::GridKind::S2NearIdentity:
  case sph::GridKind::SO3NearIdentity:
    grid.kind = "near_identity";
    break;
  }
  grid.beta = attr.getBeta();
  grid.alpha = attr.getAlpha();
  grid.gamma = attr.getGamma();
  grid.maxBeta = attr.getMaxBeta();
  grid.maxGamma = attr.getMaxGamma();
  return grid;
}

std::string describeHigh(std::optional<sph::High> high) {
  const bool plain = !high || *high == sph::High::Zero;
  return plain ? "" : sph::stringifyHigh(*high).str();
}

/// Fills in what the convolutions have in common.
template <typename Conv> Layer describeConvolution(LayerKind kind, Conv conv) {
  const sph::Signal result = *sph::getSignal(conv.getType());
  Layer layer;
  layer.kind = kind;
  layer.channels = result.channels;
  layer.bandLimit = result.bandLimit;
  layer.grid = describeGrid(conv.getGrid());
  layer.bias = false;
  return layer;
}

Layer ofKind(LayerKind kind) {
  Layer layer;
  layer.kind = kind;
  return layer;
}

Layer describeBatchNorm(nn::BatchNormOp norm) {
  Layer layer = ofKind(LayerKind::BatchNorm);
  layer.epsilon = norm.getEps().convertToDouble();
  layer.momentum = norm.getMomentum().convertToDouble();
  layer.statistics = nn::stringifyMeasure(norm.getStatistics()).str();
  return layer;
}

/// What planar layers with windows have in common.
template <typename Op> Layer describeWindows(LayerKind kind, Op op, ArrayRef<int64_t> window) {
  Layer layer = ofKind(kind);
  layer.kernel = window.back();
  layer.stride = op.getStride().front();
  return layer;
}

ImageSize sizeOf(Value image) {
  const auto type = cast<RankedTensorType>(image.getType());
  return {type.getDimSize(2), type.getDimSize(3)};
}

template <typename Conv> Layer describePlanarConvolution(LayerKind kind, Conv conv) {
  Layer layer =
      describeWindows(kind, conv, cast<RankedTensorType>(conv.getWeight().getType()).getShape());
  layer.channels = cast<RankedTensorType>(conv.getType()).getDimSize(1);
  layer.padding = nn::stringifyPadding(conv.getPadding()).str();
  layer.bias = bool(conv.getBias());
  if (kind == LayerKind::ConvTranspose2d)
    layer.outputPadding =
        sizeOf(conv.getResult()).columns - imageSizeAfter(layer, sizeOf(conv.getInput())).columns;
  return layer;
}

/// The layer of an op on images; nothing for ops that are not a layer.
std::optional<Layer> describePlanar(Operation *op) {
  using Result = std::optional<Layer>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([](nn::Conv2dOp conv) { return describePlanarConvolution(LayerKind::Conv2d, conv); })
      .Case([](nn::ConvTranspose2dOp conv) {
        return describePlanarConvolution(LayerKind::ConvTranspose2d, conv);
      })
      .Case([](nn::MaxPool2dOp pool) {
        return describeWindows(LayerKind::MaxPool, pool, pool.getWindow());
      })
      .Case([](nn::AvgPool2dOp pool) -> Result {
        if (pool.getAdjoint())
          return std::nullopt;
        return describeWindows(LayerKind::AvgPool, pool, pool.getWindow());
      })
      .Case([](nn::GlobalAvgPoolOp pool) -> Result {
        return pool.getAdjoint() ? Result() : ofKind(LayerKind::GlobalAvgPool);
      })
      .Case([](nn::UpsampleNearestOp upsample) -> Result {
        if (upsample.getAdjoint())
          return std::nullopt;
        Layer layer = ofKind(LayerKind::Upsample);
        layer.size = sizeOf(upsample.getResult());
        return layer;
      })
      .Default([](Operation *) { return std::nullopt; });
}

/// The layer of an op; nothing for ops that are not the start of a layer.
std::optional<Layer> describeLayer(Operation *op) {
  using Result = std::optional<Layer>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([](sph::S2ConvOp conv) { return describeConvolution(LayerKind::S2Conv, conv); })
      .Case([](sph::SO3ConvOp conv) {
        Layer layer = describeConvolution(LayerKind::SO3Conv, conv);
        layer.high = describeHigh(conv.getHigh());
        return layer;
      })
      .Case([](sph::SO3ToS2Op conv) {
        Layer layer = describeConvolution(LayerKind::SO3ToS2, conv);
        layer.high = describeHigh(conv.getHigh());
        layer.projection = sph::stringifyProjection(conv.getProjection()).str();
        return layer;
      })
      .Case([](sph::ResampleOp resample) {
        Layer layer = ofKind(LayerKind::Resample);
        layer.bandLimit = sph::getSignal(resample.getType())->bandLimit;
        return layer;
      })
      .Case([](sph::RotateOp rotate) {
        Layer layer = ofKind(LayerKind::Rotate);
        llvm::copy(rotate.getAngles(), layer.angles.begin());
        return layer;
      })
      .Case([](nn::LinearOp linear) {
        Layer layer = ofKind(LayerKind::Linear);
        layer.channels = cast<RankedTensorType>(linear.getType()).getDimSize(1);
        return layer;
      })
      .Case([](nn::BatchNormOp norm) { return describeBatchNorm(norm); })
      .Case([](nn::ReluOp) { return ofKind(LayerKind::ReLU); })
      .Case([](nn::LeakyReluOp relu) {
        Layer layer = ofKind(LayerKind::LeakyReLU);
        layer.slope = relu.getSlope().convertToDouble();
        return layer;
      })
      .Case([](nn::GeluOp) { return ofKind(LayerKind::GELU); })
      .Case([](sph::SO3OrbitMeanOp mean) -> Result {
        return mean.getAdjoint() ? Result() : ofKind(LayerKind::OrbitMean);
      })
      .Case([](sph::SO3IntegrateOp) { return ofKind(LayerKind::Integrate); })
      .Default([](Operation *other) { return describePlanar(other); });
}

/// Collects the layers of @forward, op by op.
class BodyReader {
public:
  explicit BodyReader(ModelDescription &model) : model(model) {}
  LogicalResult read(func::FuncOp function);

private:
  LogicalResult readOp(Operation *op);
  LogicalResult readSamples(sph::SamplesOp samples);
  bool closeBlock(Layer layer, Value start);
  bool closeResidual(nn::AddOp add);
  bool closeImageResidual(nn::AddOp add);
  bool closeSkip();
  bool closeConcat(nn::ConcatOp concat);
  LogicalResult readImages(func::FuncOp function);

  ModelDescription &model;
  /// How many layers stood before each value.
  llvm::DenseMap<Value, size_t> layersBefore;
};

LogicalResult BodyReader::readSamples(sph::SamplesOp samples) {
  if (sph::getSignal(samples.getInput().getType())) // the result
    return success();
  const std::optional<sph::Signal> signal = sph::getSignal(samples.getType());
  if (!signal || signal->kind != sph::SignalKind::S2 || model.inputBandLimit != 0)
    return samples.emitError("YAML has no words for 'spherical.samples' but at a model's input");
  model.batch = signal->batch;
  model.inputChannels = signal->channels;
  model.inputBandLimit = signal->bandLimit;
  return success();
}

/// Makes the block of `layer` of the layers since the value `start`; false if there are none.
bool BodyReader::closeBlock(Layer layer, Value start) {
  const auto before = layersBefore.find(start);
  if (before == layersBefore.end() || before->second >= model.layers.size())
    return false;
  const auto first = model.layers.begin() + static_cast<std::ptrdiff_t>(before->second);
  layer.block.assign(first, model.layers.end());
  model.layers.erase(first, model.layers.end());
  model.layers.push_back(std::move(layer));
  return true;
}

/// Makes a residual block of the layers since the input of the shortcut that `add` ends in.
bool BodyReader::closeResidual(nn::AddOp add) {
  auto bias = add.getRhs().getDefiningOp<sph::AddBiasOp>();
  const Value end = bias ? bias.getInput() : add.getRhs();
  auto shortcut = end.getDefiningOp<sph::SO3ShortcutOp>();
  if (!shortcut)
    return false;
  Layer layer = ofKind(LayerKind::Residual);
  layer.high = describeHigh(shortcut.getHigh());
  layer.bias = bool(bias);
  return closeBlock(std::move(layer), shortcut.getInput());
}

/// Whether the weight of a convolution has the name of one of a shortcut.
bool isShortcut(nn::Conv2dOp conv) {
  const auto weight = dyn_cast<BlockArgument>(conv.getWeight());
  auto function = dyn_cast<func::FuncOp>(conv->getParentOp());
  if (!weight || !function)
    return false;
  const auto name = function.getArgAttrOfType<StringAttr>(weight.getArgNumber(), "spherical.name");
  return name && name.getValue().starts_with("shortcuts.");
}

/// The same of images: `add` ends in the input itself, or in a convolution of it and perhaps an
/// upsampling, which were taken for layers.
bool BodyReader::closeImageResidual(nn::AddOp add) {
  Value end = add.getRhs();
  if (!isa<RankedTensorType>(end.getType()))
    return false;
  Layer layer = ofKind(LayerKind::Residual);
  layer.bias = false;
  auto upsample = end.getDefiningOp<nn::UpsampleNearestOp>();
  auto conv = (upsample ? upsample.getInput() : end).getDefiningOp<nn::Conv2dOp>();
  if (!conv || !isShortcut(conv))
    return closeBlock(std::move(layer), end);
  const size_t shortcut = upsample ? 2 : 1;
  if (model.layers.size() < shortcut)
    return false;
  layer.bias = bool(conv.getBias());
  model.layers.resize(model.layers.size() - shortcut);
  return closeBlock(std::move(layer), conv.getInput());
}

/// Makes down or up of the three layers before the sum of a convolution and its shortcut.
bool BodyReader::closeSkip() {
  using Kinds = std::array<LayerKind, 3>;
  const size_t count = model.layers.size();
  if (count < 3)
    return false;
  const auto first = model.layers.end() - 3;
  const Kinds kinds = {first[0].kind, first[1].kind, first[2].kind};
  if (kinds == Kinds{LayerKind::Conv2d, LayerKind::MaxPool, LayerKind::Conv2d})
    first->kind = LayerKind::Down;
  else if (kinds == Kinds{LayerKind::ConvTranspose2d, LayerKind::Conv2d, LayerKind::Upsample})
    first->kind = LayerKind::Up;
  else
    return false;
  model.layers.resize(count - 2);
  return true;
}

/// Makes a block of the layers since the first input of `concat`.
bool BodyReader::closeConcat(nn::ConcatOp concat) {
  return concat.getInputs().size() == 2 &&
         closeBlock(ofKind(LayerKind::Concat), concat.getInputs().front());
}

LogicalResult BodyReader::readOp(Operation *op) {
  if (auto samples = dyn_cast<sph::SamplesOp>(op))
    return readSamples(samples);
  if (isa<sph::SO3ShortcutOp>(op))
    return success();
  if (auto add = dyn_cast<nn::AddOp>(op);
      add && (closeResidual(add) || closeImageResidual(add) || closeSkip()))
    return success();
  if (auto concat = dyn_cast<nn::ConcatOp>(op); concat && closeConcat(concat))
    return success();
  if (auto bias = dyn_cast<sph::AddBiasOp>(op);
      bias && bias.getInput().getDefiningOp<sph::SO3ShortcutOp>())
    return success();
  if (isa<sph::AddBiasOp>(op) && !model.layers.empty() && isConvolution(model.layers.back())) {
    model.layers.back().bias = true;
    return success();
  }
  const std::optional<Layer> layer = describeLayer(op);
  if (!layer)
    return op->emitError("YAML has no words for '") << op->getName() << "' here";
  model.layers.push_back(*layer);
  return success();
}

/// The input of a model that does not become a function.
LogicalResult BodyReader::readImages(func::FuncOp function) {
  const auto input = function.getNumArguments() > 0
                         ? dyn_cast<RankedTensorType>(function.getArgument(0).getType())
                         : RankedTensorType();
  if (!input || input.getRank() != 4)
    return function.emitError("YAML writes models of functions on S2 or of images [N, C, H, W], "
                              "got neither as the first argument");
  model.batch = input.getDimSize(0);
  model.inputChannels = input.getDimSize(1);
  model.inputSize = {input.getDimSize(2), input.getDimSize(3)};
  return success();
}

/// The task by what a function gives: values or logits, for each sample or for each point.
Task describeTask(func::FuncOp function) {
  const auto name = function.getNumResults() == 1
                        ? function.getResultAttrOfType<StringAttr>(0, "spherical.name")
                        : StringAttr();
  if (name && name.getValue() == outputName(Task::Regression))
    return Task::Regression;
  const auto result = function.getNumResults() == 1
                          ? dyn_cast<RankedTensorType>(function.getResultTypes().front())
                          : RankedTensorType();
  return result && result.getRank() == 4 ? Task::Segmentation : Task::Classification;
}

LogicalResult BodyReader::read(func::FuncOp function) {
  if (function.getNumArguments() > 0)
    layersBefore[function.getArgument(0)] = 0;
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (failed(readOp(&op)))
      return failure();
    if (op.getNumResults() == 1)
      layersBefore[op.getResult(0)] = model.layers.size();
  }
  return model.inputBandLimit == 0 ? readImages(function) : success();
}

std::string printed(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text;
}

/// Writes loss and optimizer of `module` as `like` does, which has the same ones.
void sameSpelling(ModuleOp module, ModuleOp like) {
  auto function = module.lookupSymbol<func::FuncOp>("forward");
  auto other = like.lookupSymbol<func::FuncOp>("forward");
  for (StringRef name : {"spherical.loss", "spherical.optimizer"})
    if (const Attribute attr = other->getAttr(name))
      function->setAttr(name, attr);
    else
      function->removeAttr(name);
}

/// Whether the graph of `model` is `module`, attributes of the module aside that YAML does not
/// name.
LogicalResult checkSame(const ModelDescription &model, ModuleOp module) {
  if (!checkModel(model))
    return module.emitError("expected a model that YAML can write, got layers that do not fit");
  OwningOpRef<ModuleOp> rebuilt = buildGraph(model, *module.getContext());
  if (!rebuilt)
    return failure();
  OwningOpRef<ModuleOp> original = module.clone();
  (*original)->setAttrs((*rebuilt)->getAttrDictionary());
  sameSpelling(*original, *rebuilt);
  if (printed(*original) == printed(*rebuilt))
    return success();
  return module.emitError("expected the graph of a chain of layers with the names, roles and "
                          "initial values that YAML gives, got another graph");
}

} // namespace

FailureOr<ModelDescription> describeGraph(ModuleOp module) {
  module.getContext()->loadDialect<nn::NNDialect>(); // losses belong to it, even without its ops
  auto functions = module.getOps<func::FuncOp>();
  auto function = module.lookupSymbol<func::FuncOp>("forward");
  if (!function || function.isExternal() || !llvm::hasSingleElement(functions))
    return module.emitError("YAML writes models with one function @forward, got ")
           << std::distance(functions.begin(), functions.end()) << " functions";
  ModelDescription model;
  model.file = "yaml";
  model.name = module.getName().value_or("model").str();
  model.training = trainingOf(module);
  model.task = describeTask(function);
  model.loss = lossOf(module);
  if (failed(BodyReader(model).read(function)) || failed(checkSame(model, module)))
    return failure();
  return model;
}

} // namespace spherical::driver
