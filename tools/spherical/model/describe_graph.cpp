//===- describe_graph.cpp - the description of a graph module -------------===//
//
// Follows the one chain of ops from the input to the result, then builds the
// graph of what it found and compares: only a description that gives exactly
// the module back is returned.
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

/// The layer of an op; nothing for ops that are not the start of a layer.
std::optional<Layer> describeLayer(Operation *op) {
  Layer layer;
  const auto setResult = [&](LayerKind kind, Value result) {
    const std::optional<sph::Signal> signal = sph::getSignal(result.getType());
    layer.kind = kind;
    layer.channels = signal ? signal->channels : 0;
    layer.bandLimit = signal ? signal->bandLimit : 0;
  };
  return llvm::TypeSwitch<Operation *, std::optional<Layer>>(op)
      .Case([&](sph::S2ConvOp conv) {
        setResult(LayerKind::S2Conv, conv.getResult());
        layer.grid = describeGrid(conv.getGrid());
        layer.bias = false;
        return layer;
      })
      .Case([&](sph::SO3ConvOp conv) {
        setResult(LayerKind::SO3Conv, conv.getResult());
        layer.grid = describeGrid(conv.getGrid());
        layer.bias = false;
        if (conv.getHigh() == sph::High::Quadrature)
          layer.high = "quadrature";
        return layer;
      })
      .Case([&](sph::ResampleOp resample) {
        setResult(LayerKind::Resample, resample.getResult());
        return layer;
      })
      .Case([&](nn::ReluOp) {
        layer.kind = LayerKind::ReLU;
        return layer;
      })
      .Case([&](sph::SO3IntegrateOp) {
        layer.kind = LayerKind::Integrate;
        return layer;
      })
      .Case([&](nn::BatchNormOp norm) {
        layer.kind = LayerKind::BatchNorm;
        layer.epsilon = norm.getEps().convertToDouble();
        layer.momentum = norm.getMomentum().convertToDouble();
        return layer;
      })
      .Case([&](nn::LinearOp linear) {
        layer.kind = LayerKind::Linear;
        layer.channels = cast<RankedTensorType>(linear.getType()).getDimSize(1);
        return layer;
      })
      .Default([](Operation *) { return std::nullopt; });
}

bool isConvolution(const Layer &layer) {
  return layer.kind == LayerKind::S2Conv || layer.kind == LayerKind::SO3Conv;
}

LogicalResult describeBody(func::FuncOp function, ModelDescription &model) {
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (auto samples = dyn_cast<sph::SamplesOp>(op)) {
      const std::optional<sph::Signal> signal = sph::getSignal(samples.getType());
      if (!signal || signal->kind != sph::SignalKind::S2 || model.inputBandLimit != 0)
        return op.emitError("YAML has no words for 'spherical.samples' but at a model's input");
      model.batch = signal->batch;
      model.inputChannels = signal->channels;
      model.inputBandLimit = signal->bandLimit;
      continue;
    }
    if (isa<sph::AddBiasOp>(op) && !model.layers.empty() && isConvolution(model.layers.back())) {
      model.layers.back().bias = true;
      continue;
    }
    const std::optional<Layer> layer = describeLayer(&op);
    if (!layer)
      return op.emitError("YAML has no words for '") << op.getName() << "' here";
    model.layers.push_back(*layer);
  }
  return success();
}

std::string printed(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text;
}

/// Whether the graph of `model` is `module`, attributes of the module aside that YAML does not name.
LogicalResult checkSame(const ModelDescription &model, ModuleOp module) {
  const Result<std::vector<LayerShape>> shapes = inferShapes(model);
  if (!shapes)
    return module.emitError("expected a model that YAML can write, got layers that do not fit");
  OwningOpRef<ModuleOp> rebuilt = buildGraph(model, *module.getContext());
  if (!rebuilt)
    return failure();
  OwningOpRef<ModuleOp> original = module.clone();
  (*original)->setAttrs((*rebuilt)->getAttrDictionary());
  if (printed(*original) == printed(*rebuilt))
    return success();
  return module.emitError("expected the graph of a chain of layers with the names, roles and "
                          "initial values that YAML gives, got another graph");
}

} // namespace

TrainingDescription trainingOf(ModuleOp module) {
  TrainingDescription training;
  const auto given = module->getAttrOfType<DictionaryAttr>("spherical.training");
  const auto number = [&](StringRef name, double &value) {
    if (const auto attr = given ? given.getAs<FloatAttr>(name) : FloatAttr())
      value = attr.getValueAsDouble();
  };
  number("learning_rate", training.learningRate);
  number("beta1", training.beta1);
  number("beta2", training.beta2);
  number("eps", training.epsilon);
  return training;
}

FailureOr<ModelDescription> describeGraph(ModuleOp module) {
  auto functions = module.getOps<func::FuncOp>();
  auto function = module.lookupSymbol<func::FuncOp>("forward");
  if (!function || function.isExternal() || !llvm::hasSingleElement(functions))
    return module.emitError("YAML writes models with one function @forward, got ")
           << std::distance(functions.begin(), functions.end()) << " functions";
  ModelDescription model;
  model.file = "yaml";
  model.name = module.getName().value_or("model").str();
  model.training = trainingOf(module);
  if (failed(describeBody(function, model)) || failed(checkSame(model, module)))
    return failure();
  return model;
}

} // namespace spherical::driver
