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

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace spherical::driver {
namespace {

constexpr StringLiteral kLoss = "spherical.loss";
constexpr StringLiteral kOptimizer = "spherical.optimizer";
constexpr StringLiteral kTraining = "spherical.training";

/// The loss, by its name alone where that says all.
Attribute lossAttr(const LossDescription &loss, MLIRContext *context) {
  const nn::LossKind kind = *nn::symbolizeLossKind(loss.kind);
  if (!loss.area && !loss.ignore && loss.classWeights.empty())
    return StringAttr::get(context, loss.kind);
  return nn::LossAttr::get(
      context, kind, loss.area ? nn::Measure::Area : nn::Measure::Grid, loss.ignore,
      loss.classWeights.empty() ? DenseF64ArrayAttr()
                                : DenseF64ArrayAttr::get(context, loss.classWeights));
}

/// The constants of the optimizer; null if they are those of plain Adam.
nn::OptimizerAttr optimizerAttr(const TrainingDescription &training, MLIRContext *context) {
  const TrainingDescription plain;
  if (training.beta1 == plain.beta1 && training.beta2 == plain.beta2 &&
      training.epsilon == plain.epsilon && training.weightDecay == 0 && training.clip == 0)
    return {};
  return nn::OptimizerAttr::get(context, training.beta1, training.beta2, training.epsilon,
                                training.weightDecay, training.clip);
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

void setTraining(ModuleOp module, const TrainingDescription &training) {
  MLIRContext *context = module.getContext();
  module->setAttr(kTraining, trainingAttr(training, context));
  auto forward = module.lookupSymbol<func::FuncOp>("forward");
  if (!forward)
    return;
  if (const nn::OptimizerAttr optimizer = optimizerAttr(training, context))
    forward->setAttr(kOptimizer, optimizer);
  else
    forward->removeAttr(kOptimizer);
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
  if (const auto constants = forward->getAttrOfType<nn::OptimizerAttr>(kOptimizer)) {
    training.beta1 = constants.getBeta1();
    training.beta2 = constants.getBeta2();
    training.epsilon = constants.getEps();
    training.weightDecay = constants.getWeightDecay();
    training.clip = constants.getClip();
    if (training.weightDecay > 0)
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
  return loss;
}

} // namespace spherical::driver
