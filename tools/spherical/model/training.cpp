//===- training.cpp - the settings of a training --------------------------===//

#include "tools/spherical/model/training.h"

#include <algorithm>
#include <numeric>

namespace spherical::driver {

const std::vector<std::string> &optimizers() {
  static const std::vector<std::string> words = {"adam", "adamw", "sgd"};
  return words;
}

const std::vector<std::string> &schedules() {
  static const std::vector<std::string> words = {"constant", "cosine", "step", "plateau",
                                                 "one_cycle"};
  return words;
}

const std::vector<std::string> &lossKinds() {
  static const std::vector<std::string> kinds = {"cross_entropy", "mean_squared_error",
                                                 "mean_absolute_error", "huber"};
  return kinds;
}

std::string settingText(double value) { return printNumber(value); }
std::string settingText(int64_t value) { return std::to_string(value); }
std::string settingText(bool value) { return value ? "true" : "false"; }
std::string settingText(const std::optional<int64_t> &value) {
  return value ? std::to_string(*value) : "";
}

std::string quoted(const std::string &value) {
  std::string text = "\"";
  for (const char c : value)
    text += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
  return text + "\"";
}

/// Words stand as they are, all else in quotes.
std::string settingText(const std::string &value) {
  const bool plain = std::ranges::all_of(
      value, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.'; });
  return plain && !value.empty() ? value : quoted(value);
}

std::string settingText(const std::vector<std::string> &values) {
  std::string text;
  for (const std::string &value : values)
    text += (text.empty() ? "" : ", ") + quoted(value);
  return "[" + text + "]";
}

namespace {

/// Keeps the first thing that is wrong.
class Checks {
public:
  void number(const std::string &name, double value, const Interval &interval) {
    const std::string text = printNumber(value);
    if (const Number number = parseNumber(text, interval); !number.fault.empty())
      add(name + " " + number.fault + ", got " + text);
  }
  void integer(const std::string &name, int64_t value, int64_t low, int64_t high) {
    if (value < low || value > high)
      add(name + " expected an integer from " + std::to_string(low) + " to " +
          std::to_string(high) + ", got " + std::to_string(value));
  }
  void word(const std::string &name, const std::string &value,
            const std::vector<std::string> &words) {
    if (std::ranges::find(words, value) == words.end())
      add(name + " expected " + joined(words) + ", got '" + value + "'");
  }
  /// `value` stands for nothing unless the kind is one of `kinds`.
  void onlyOf(const std::string &name, bool given, const std::string &what, const std::string &kind,
              const std::vector<std::string> &kinds) {
    if (given && std::ranges::find(kinds, kind) == kinds.end())
      add(name + " expected " + what + " " + joined(kinds) + ", got " + kind);
  }
  void add(const std::string &message) {
    if (fault.empty())
      fault = message;
  }
  std::string fault;
};

} // namespace

std::string trainingFault(const TrainingDescription &t) {
  const TrainingDescription plain;
  Checks checks;
  checks.word("optimizer", t.optimizer, optimizers());
  checks.number("learning_rate", t.learningRate, positive);
  checks.number("beta1", t.beta1, decay);
  checks.number("beta2", t.beta2, decay);
  checks.number("eps", t.epsilon, positive);
  checks.number("momentum", t.momentum, decay);
  checks.number("weight_decay", t.weightDecay, notNegative);
  checks.number("clip", t.clip, notNegative);
  checks.integer("accumulate", t.accumulate, 1, maxAccumulated);
  checks.number("average", t.average, decay);
  const auto onlyOf = [&](const char *name, bool given, const std::vector<std::string> &kinds) {
    checks.onlyOf(name, given, "the optimizer", t.optimizer, kinds);
  };
  onlyOf("beta1", t.beta1 != plain.beta1, {"adam", "adamw"});
  onlyOf("beta2", t.beta2 != plain.beta2, {"adam", "adamw"});
  onlyOf("eps", t.epsilon != plain.epsilon, {"adam", "adamw"});
  onlyOf("momentum", t.momentum != 0, {"sgd"});
  onlyOf("nesterov", t.nesterov, {"sgd"});
  onlyOf("weight_decay", t.weightDecay != 0, {"adamw", "sgd"});
  if (t.nesterov && t.momentum == 0)
    checks.add("nesterov expected a momentum above 0, got 0");
  if (!t.schedule.empty())
    checks.word("schedule", t.schedule, schedules());
  checks.integer("warmup", t.warmup, 0, maxSteps);
  checks.integer("step_epochs", t.stepEpochs, 1, maxEpochs);
  checks.number("factor", t.factor, openShare);
  checks.integer("plateau_patience", t.plateauPatience, 0, maxEpochs);
  checks.integer("patience", t.patience, 1, maxEpochs);
  checks.integer("epochs", t.epochs, 0, maxEpochs);
  return checks.fault;
}

std::string lossFault(const LossDescription &loss) {
  Checks checks;
  checks.word("the loss", loss.kind, lossKinds());
  checks.number("label_smoothing", loss.labelSmoothing, decay);
  checks.number("delta", loss.delta, positive);
  for (const double weight : loss.classWeights)
    checks.number("class_weights", weight, classWeight);
  const auto onlyOf = [&](const char *name, bool given, const std::string &kind) {
    checks.onlyOf(name, given, "the loss", loss.kind, {kind});
  };
  onlyOf("ignore", loss.ignore.has_value(), "cross_entropy");
  onlyOf("class_weights", loss.balanced || !loss.classWeights.empty(), "cross_entropy");
  onlyOf("label_smoothing", loss.labelSmoothing != 0, "cross_entropy");
  onlyOf("delta", loss.delta != LossDescription().delta, "huber");
  return checks.fault;
}

Result<std::vector<double>> balancedWeights(const std::vector<int64_t> &counts) {
  const double all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), int64_t(0)));
  std::vector<double> weights;
  for (size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] <= 0)
      return Error{"error: 'class_weights: balanced' expected labels of each of the " +
                   std::to_string(counts.size()) + " classes in the training part, got none of " +
                   "class " + std::to_string(c)};
    weights.push_back(all / (static_cast<double>(counts.size()) * static_cast<double>(counts[c])));
  }
  return weights;
}

} // namespace spherical::driver
