//===- training_graph.cpp - loss and training in a module -----------------===//
//
// What decides a step stands at @forward, `spherical.loss` and
// `spherical.optimizer`, what only the training loop needs at the module,
// `spherical.training`.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/graph.h"
#include "tools/spherical/model/training.h"

#include "dialects/nn/dialect.h"
#include "runtime/data/glob.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>
#include <set>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

constexpr StringLiteral kLoss = "spherical.loss";
constexpr StringLiteral kOptimizer = "spherical.optimizer";
constexpr StringLiteral kTraining = "spherical.training";
constexpr StringLiteral kFrozen = "spherical.frozen";

/// The loss, by its name alone where that says all.
Attribute lossAttr(const LossDescription &loss, MLIRContext *context) {
  const nn::LossKind kind = *nn::symbolizeLossKind(loss.kind);
  const bool open = loss.balanced && loss.classWeights.empty();
  const auto attr = nn::LossAttr::get(
      context, kind, loss.area ? nn::Measure::Area : nn::Measure::Grid, loss.ignore,
      loss.classWeights.empty() ? DenseF64ArrayAttr()
                                : DenseF64ArrayAttr::get(context, loss.classWeights),
      open, sph::Double(loss.labelSmoothing), sph::Double(loss.delta));
  const auto name = StringAttr::get(context, loss.kind);
  return attr == nn::LossAttr::from(name) ? Attribute(name) : Attribute(attr);
}

/// The constants of the optimizer; null if they are those of plain Adam.
nn::OptimizerAttr optimizerAttr(const TrainingDescription &t, MLIRContext *context) {
  using sph::Double;
  const auto attr = nn::OptimizerAttr::get(
      context, t.optimizer == "sgd" ? nn::OptimizerKind::Sgd : nn::OptimizerKind::Adam,
      Double(t.beta1), Double(t.beta2), Double(t.epsilon), Double(t.momentum), t.nesterov,
      Double(t.weightDecay), Double(t.clip), t.accumulate, Double(t.average));
  return attr == nn::OptimizerAttr::plain(context) ? nn::OptimizerAttr() : attr;
}

/// The names of the parameters of @forward, by the argument's index.
std::map<unsigned, std::string> parameterNames(func::FuncOp forward) {
  std::map<unsigned, std::string> names;
  for (unsigned index = 0; index < forward.getNumArguments(); ++index) {
    const auto role = forward.getArgAttrOfType<StringAttr>(index, "spherical.role");
    const auto name = forward.getArgAttrOfType<StringAttr>(index, "spherical.name");
    if (role && role.getValue() == "parameter" && name)
      names.emplace(index, name.str());
  }
  return names;
}

/// Marks the parameters that a pattern names. Fails, and marks none, at a pattern that names none
/// and if all parameters are named.
LogicalResult markFrozen(func::FuncOp forward, ArrayRef<std::string> patterns, Location loc) {
  const std::map<unsigned, std::string> parameters = parameterNames(forward);
  std::set<unsigned> frozen;
  for (const std::string &pattern : patterns) {
    bool used = false;
    std::vector<std::string> names;
    for (const auto &[index, name] : parameters) {
      names.push_back(name);
      if (runtime::matchesGlob(pattern, name)) {
        frozen.insert(index);
        used = true;
      }
    }
    if (!used)
      return emitError(loc) << "'freeze' expected the name of a parameter, got '" << pattern << "'"
                            << guessFor(pattern, names);
  }
  if (!frozen.empty() && frozen.size() == parameters.size())
    return emitError(loc) << "'freeze' expected to leave a parameter to train, got patterns of all";
  for (const auto &[index, name] : parameters)
    if (frozen.contains(index))
      forward.setArgAttr(index, kFrozen, UnitAttr::get(forward.getContext()));
    else
      forward.removeArgAttr(index, kFrozen);
  return success();
}

Attribute valueAttr(Builder &builder, double value) { return builder.getF64FloatAttr(value); }
Attribute valueAttr(Builder &builder, int64_t value) { return builder.getI64IntegerAttr(value); }
Attribute valueAttr(Builder &builder, const std::string &value) {
  return builder.getStringAttr(value);
}
Attribute valueAttr(Builder &builder, const std::optional<int64_t> &value) {
  return builder.getI64IntegerAttr(*value);
}

void takeValue(Attribute attribute, double &value) {
  if (const auto number = dyn_cast<FloatAttr>(attribute))
    value = number.getValueAsDouble();
}
void takeValue(Attribute attribute, std::string &value) {
  if (const auto text = dyn_cast<StringAttr>(attribute))
    value = text.str();
}
template <typename Integer> void takeValue(Attribute attribute, Integer &value) {
  if (const auto number = dyn_cast<IntegerAttr>(attribute))
    value = number.getInt();
}

/// The settings of the training loop that differ from the defaults, and what is always said.
DictionaryAttr trainingAttr(const TrainingDescription &training, MLIRContext *context) {
  Builder builder(context);
  const TrainingDescription plain;
  NamedAttrList attributes;
  attributes.set("optimizer", builder.getStringAttr(training.optimizer));
  attributes.set("learning_rate", builder.getF64FloatAttr(training.learningRate));
  eachLoopSetting([&](const char *key, auto member) {
    if (training.*member != plain.*member)
      attributes.set(key, valueAttr(builder, training.*member));
  });
  if (!training.freeze.empty())
    attributes.set("freeze",
                   builder.getStrArrayAttr(llvm::to_vector_of<StringRef>(training.freeze)));
  return attributes.getDictionary(context);
}

} // namespace

LogicalResult setTraining(ModuleOp module, const TrainingDescription &training, Location loc) {
  MLIRContext *context = module.getContext();
  auto forward = module.lookupSymbol<func::FuncOp>("forward");
  if (forward && failed(markFrozen(forward, training.freeze, loc)))
    return failure();
  module->setAttr(kTraining, trainingAttr(training, context));
  if (!forward)
    return success();
  if (const nn::OptimizerAttr optimizer = optimizerAttr(training, context))
    forward->setAttr(kOptimizer, optimizer);
  else
    forward->removeAttr(kOptimizer);
  return success();
}

TrainingDescription trainingOf(ModuleOp module) {
  TrainingDescription training;
  if (const auto given = module->getAttrOfType<DictionaryAttr>(kTraining)) {
    const auto take = [&](const char *key, auto &value) {
      if (const Attribute attribute = given.get(key))
        takeValue(attribute, value);
    };
    take("optimizer", training.optimizer);
    take("learning_rate", training.learningRate);
    eachLoopSetting([&](const char *key, auto member) { take(key, training.*member); });
    if (const auto patterns = given.getAs<ArrayAttr>("freeze"))
      for (const auto pattern : patterns.getAsRange<StringAttr>())
        training.freeze.push_back(pattern.str());
  }
  auto forward = module.lookupSymbol<func::FuncOp>("forward");
  if (!forward)
    return training;
  if (training.freeze.empty())
    for (unsigned i = 0; i < forward.getNumArguments(); ++i)
      if (const auto name = forward.getArgAttrOfType<StringAttr>(i, "spherical.name");
          name && forward.getArgAttr(i, kFrozen))
        training.freeze.push_back(name.str());
  if (const auto constants = forward->getAttrOfType<nn::OptimizerAttr>(kOptimizer)) {
    training.beta1 = constants.getBeta1();
    training.beta2 = constants.getBeta2();
    training.epsilon = constants.getEps();
    training.weightDecay = constants.getWeightDecay();
    training.clip = constants.getClip();
    training.momentum = constants.getMomentum();
    training.nesterov = constants.getNesterov();
    training.accumulate = constants.getAccumulate();
    training.average = constants.getAverage();
    if (constants.getKind() == nn::OptimizerKind::Sgd)
      training.optimizer = "sgd";
    else if (training.weightDecay > 0)
      training.optimizer = "adamw";
  }
  return training;
}

void setLoss(ModuleOp module, const LossDescription &loss) {
  if (auto forward = module.lookupSymbol<func::FuncOp>("forward"))
    forward->setAttr(kLoss, lossAttr(loss, module.getContext()));
}

LossDescription lossOf(ModuleOp module) {
  LossDescription loss;
  auto forward = module.lookupSymbol<func::FuncOp>("forward");
  const nn::LossAttr attr = forward ? nn::LossAttr::from(forward->getAttr(kLoss)) : nn::LossAttr();
  if (!attr)
    return loss;
  loss.kind = nn::stringifyLossKind(attr.getKind()).str();
  loss.area = attr.getWeights() == nn::Measure::Area;
  loss.ignore = attr.getIgnore();
  if (attr.getClassWeights())
    loss.classWeights.assign(attr.getClassWeights().asArrayRef().begin(),
                             attr.getClassWeights().asArrayRef().end());
  loss.balanced = attr.getBalanced();
  loss.labelSmoothing = attr.getLabelSmoothing();
  loss.delta = attr.getDelta();
  return loss;
}

} // namespace spherical::driver
