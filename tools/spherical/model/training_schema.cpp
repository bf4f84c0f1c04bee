//===- training_schema.cpp - the map `training` of a model file -----------===//
//
// Keys that decide what a step computes, then those of the training loop.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/model/schema.h"
#include "tools/spherical/model/training.h"

#include <algorithm>
#include <climits>

namespace spherical::driver {
namespace {

using T = TrainingDescription;

/// adam, adamw or sgd; empty if it is none of them.
Key<T> optimizerKey() {
  return {{"optimizer", joined(optimizers()), byDefault(T().optimizer),
           "adamw and sgd have a weight decay, sgd a momentum"},
          [](const YAML::Node &node, T &training) {
            training.optimizer.clear();
            training.optimizer = toWord(node, "optimizer", optimizers());
            training.weightDecay = training.optimizer == "adamw" ? defaultWeightDecay : 0;
          }};
}

/// A key that only some optimizers have; `remedy` is the one to write.
Key<T> ofOptimizer(Key<T> key, const std::vector<std::string> &owners, const std::string &remedy) {
  key.meaning += "; with " + joined(owners) + " only";
  key.read = [name = key.name, read = key.read, owners, remedy](const YAML::Node &node,
                                                                T &training) {
    const std::string &optimizer = training.optimizer;
    if (!optimizer.empty() && std::ranges::find(owners, optimizer) == owners.end())
      throw ModelFault{positionOf(node),
                       "'" + name + "' expected the optimizer " + joined(owners) + ", got " +
                           optimizer,
                       "write optimizer: " + remedy};
    read(node, training);
  };
  return key;
}

Key<T> ofAdam(const Key<T> &key) { return ofOptimizer(key, {"adam", "adamw"}, "adam"); }

Key<T> weightDecayKey(const Keys<T> &key) {
  const Key<T> plain =
      key.number("weight_decay", &T::weightDecay, notNegative,
                 "share of the learning rate by which weights shrink each step; sgd adds it times "
                 "the weights to the gradient");
  return otherwise(ofOptimizer(plain, {"adamw", "sgd"}, "adamw"),
                   byDefault(printNumber(defaultWeightDecay)) + " of adamw, 0 of sgd");
}

void checkNesterov(const YAML::Node &node, T &training) {
  if (training.nesterov && training.momentum == 0)
    throw ModelFault{positionOf(node), "'nesterov' expected a momentum above 0, got 0",
                     "write momentum: 0.9"};
}

void readFreeze(const YAML::Node &node, T &training) {
  training.freezePosition = positionOf(node);
  if (!node.IsSequence())
    throw ModelFault{positionOf(node),
                     "'freeze' expected a list of names of parameters, got " + got(node),
                     "for example [\"input_layer.*\"]"};
  Parts parts;
  for (const YAML::Node &entry : node)
    parts.attempt([&] {
      if (!entry.IsScalar() || entry.Scalar().empty())
        throw ModelFault{
            positionOf(entry),
            "'freeze' expected the name of a parameter, with * and ? or without, got " + got(entry),
            ""};
      training.freeze.push_back(entry.Scalar());
    });
  parts.finish();
}

/// A word of letters, digits, underscores and dots; what it names depends on the task.
void readMetric(const YAML::Node &node, T &training) {
  const std::string metric = node.IsScalar() ? node.Scalar() : "";
  const bool word = !metric.empty() && std::ranges::all_of(metric, [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '.' || c == '-';
  });
  if (!word)
    throw ModelFault{positionOf(node),
                     "'early_stopping' expected the name of a metric, got " + got(node), ""};
  training.earlyStopping = metric;
}

/// A number is a share, anything else a path.
void readValidation(const YAML::Node &node, T &training) {
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  if (text.empty())
    throw ModelFault{positionOf(node), "'validation' expected a share or a path, got " + got(node),
                     ""};
  const bool number = text.find_first_not_of("+-.0123456789eE") == std::string::npos;
  if (number)
    (void)toNumber(node, "validation", openShare);
  training.validation = text;
}

/// The keys of the training loop.
void addLoopKeys(const Keys<T> &key, std::vector<Key<T>> &keys) {
  keys.push_back(
      otherwise(key.word("schedule", &T::schedule, schedules(),
                         "of the learning rate after warm-up; cosine goes down to 0, step and "
                         "plateau fall by `factor`, one_cycle rises first"),
                byDefault("cosine")));
  keys.push_back(
      key.integer("warmup", &T::warmup, 0, maxSteps, "first steps, in which the rate rises"));
  keys.push_back(key.integer("step_epochs", &T::stepEpochs, 1, maxEpochs,
                             "of the schedule step: epochs between two falls"));
  keys.push_back(key.number("factor", &T::factor, openShare,
                            "of step and plateau: what the rate is multiplied by"));
  keys.push_back(key.integer("plateau_patience", &T::plateauPatience, 0, maxEpochs,
                             "of plateau: epochs without a better result before the rate falls"));
  keys.push_back({{"early_stopping", "name of a metric", "none by default",
                   "ends the training when it was best `patience` epochs ago"},
                  readMetric});
  keys.push_back(key.integer("patience", &T::patience, 1, maxEpochs,
                             "of early stopping: epochs to wait for a better result"));
  keys.push_back({{"validation", numberText(openShare) + ", or a path", "none by default",
                   "what is left out of the training data and tested after each epoch: a share, or "
                   "data of its own"},
                  readValidation});
  keys.push_back(
      otherwise(key.integer("epochs", &T::epochs, 1, maxEpochs, "times through the data"),
                "what `train` says by default"));
  keys.push_back({{"seed", integerText(0, INT64_MAX), "what `train` says by default",
                   "of initial weights, order and augmentation"},
                  [](const YAML::Node &node, T &training) {
                    training.seed = toInteger(node, "seed", 0, INT64_MAX);
                  }});
}

std::vector<Key<T>> stepKeys(const Keys<T> &key) {
  return {
      optimizerKey(),
      key.number("learning_rate", &T::learningRate, positive, "that of the steps after warm-up"),
      ofAdam(key.number("beta1", &T::beta1, decay, "decay of the mean of gradients")),
      ofAdam(key.number("beta2", &T::beta2, decay, "decay of the mean of their squares")),
      ofAdam(key.number("eps", &T::epsilon, positive, "added to the root of the latter")),
      ofOptimizer(key.number("momentum", &T::momentum, decay, "decay of the sum of gradients"),
                  {"sgd"}, "sgd"),
      andThen<T>(ofOptimizer(key.flag("nesterov", &T::nesterov, "the momentum looks a step ahead"),
                             {"sgd"}, "sgd"),
                 checkNesterov),
      weightDecayKey(key),
      otherwise(key.number("clip", &T::clip, positive, "largest norm of all gradients together"),
                "no limit by default"),
      key.integer("accumulate", &T::accumulate, 1, maxAccumulated,
                  "batches whose gradients make one step"),
      otherwise(key.number("average", &T::average, decay,
                           "decay of a moving average of the parameters, which are the weights "
                           "then"),
                "none by default"),
      {{"freeze", "list of names, with * and ?", "none by default",
        "parameters that keep their values; a batch_norm of which all are frozen keeps its "
        "statistics, too"},
       readFreeze}};
}

} // namespace

const std::vector<Key<TrainingDescription>> &trainingKeys() {
  static const std::vector<Key<T>> keys = [] {
    const Keys<T> key;
    std::vector<Key<T>> all = stepKeys(key);
    addLoopKeys(key, all);
    return all;
  }();
  return keys;
}

} // namespace spherical::driver
