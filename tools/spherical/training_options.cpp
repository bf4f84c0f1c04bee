//===- training_options.cpp - settings of a training ----------------------===//

#include "tools/spherical/training_options.h"

#include "tools/spherical/model/training.h"

namespace spherical::driver {
namespace {

using Training = TrainingDescription;
constexpr const char *ofModel = "what the model says";

/// Adds options that set a member of the settings.
class OverrideAdder {
public:
  OverrideAdder(CLI::App &command, TrainingOverrides &overrides)
      : command(command), overrides(overrides) {}

  template <typename T>
  void loop(const char *name, T Training::*member, const char *text, CLI::Validator check) {
    add<T, Training>(overrides.loop, name, member, text, std::move(check));
  }
  template <typename T>
  void step(const char *name, T Training::*member, const char *text, CLI::Validator check) {
    add<T, Training>(overrides.step, name, member, text, std::move(check));
  }
  template <typename T>
  void loss(const char *name, T LossDescription::*member, const char *text, CLI::Validator check) {
    add<T, LossDescription>(overrides.loss, name, member, text, std::move(check));
  }

private:
  template <typename T, typename Settings>
  void add(std::vector<std::function<void(Settings &)>> &changes, const char *name,
           T Settings::*member, const char *text, CLI::Validator check) {
    const auto change = [&changes, member](const T &value) {
      changes.push_back([member, value](Settings &settings) { settings.*member = value; });
    };
    command.add_option_function<T>(name, change, text)
        ->group("Training")
        ->default_str(ofModel)
        ->transform(std::move(check));
  }

  CLI::App &command;
  TrainingOverrides &overrides;
};

void addLoopOptions(OverrideAdder &add) {
  add.loop("--learning-rate", &Training::learningRate, "after warm-up", number(positive));
  add.loop("--schedule", &Training::schedule,
           "of the learning rate: constant, cosine down to 0, step, plateau or one_cycle",
           oneOf(schedules()));
  add.loop("--warmup", &Training::warmup, "steps of rising learning rate", natural(0, maxSteps));
  add.loop("--step-epochs", &Training::stepEpochs, "schedule step: epochs between two falls",
           natural(1, maxEpochs));
  add.loop("--factor", &Training::factor, "schedules step and plateau: of each fall",
           number(openShare));
  add.loop("--plateau-patience", &Training::plateauPatience,
           "schedule plateau: epochs without a better validation before the rate falls",
           natural(1, maxEpochs));
  add.loop("--patience", &Training::patience,
           "early stopping: epochs without a better validation before the training ends",
           natural(1, maxEpochs));
}

void addStepOptions(OverrideAdder &add) {
  add.step("--beta1", &Training::beta1, "adam, adamw: decay of the mean of gradients",
           number(decay));
  add.step("--beta2", &Training::beta2, "adam, adamw: decay of the mean of their squares",
           number(decay));
  add.step("--eps", &Training::epsilon, "adam, adamw: added to the root of the latter",
           number(positive));
  add.step("--momentum", &Training::momentum, "sgd: decay of the sum of gradients", number(decay));
  add.step("--nesterov", &Training::nesterov, "sgd: true or false, whether the step looks ahead",
           oneOf({"true", "false"}));
  add.step("--weight-decay", &Training::weightDecay, "adamw, sgd", number(notNegative));
  add.step("--clip", &Training::clip, "largest norm of all gradients together, 0 for any",
           number(notNegative));
  add.step("--accumulate", &Training::accumulate, "batches whose gradients make one step",
           natural(1, maxAccumulated));
  add.step("--average", &Training::average, "decay of the moving average of parameters, 0 for none",
           number(decay));
}

} // namespace

void addTrainingOverrides(CLI::App &command, TrainingOverrides &overrides) {
  OverrideAdder add(command, overrides);
  const auto changeOptimizer = [&overrides](const std::string &name) {
    // First: a weight decay that is said holds, in whatever order.
    overrides.step.insert(overrides.step.begin(), [name](Training &training) {
      if (training.optimizer != name)
        training.weightDecay = name == "adamw" ? defaultWeightDecay : 0;
      training.optimizer = name;
    });
  };
  command.add_option_function<std::string>("--optimizer", changeOptimizer, "adam, adamw or sgd")
      ->group("Training")
      ->default_str(ofModel)
      ->transform(oneOf(optimizers()));
  addLoopOptions(add);
  command
      .add_option_function<std::string>(
          "--early-stopping",
          [&overrides](const std::string &metric) {
            overrides.loop.push_back(
                [metric](Training &training) { training.earlyStopping = metric; });
          },
          "metric of validations whose best value ends the training 'patience' epochs later: " +
              runtime::validationMetricNames())
      ->group("Training")
      ->default_str(ofModel);
  command
      .add_option_function<std::string>(
          "--validation",
          [&overrides](const std::string &data) {
            overrides.loop.push_back([data](Training &training) { training.validation = data; });
          },
          "look at other samples after each epoch: a share of the training part as 0.1; "
          "'validation' or 'test' of the data's parts; or a path")
      ->group("Training")
      ->default_str(ofModel);
  addStepOptions(add);
  command
      .add_option_function<std::vector<std::string>>(
          "--freeze",
          [&overrides](const std::vector<std::string> &globs) {
            const bool none = globs == std::vector<std::string>{"none"};
            overrides.step.push_back([=](Training &training) {
              training.freeze = none ? std::vector<std::string>() : globs;
            });
          },
          "parameters that keep their values: names with * and ?, or none")
      ->group("Training")
      ->expected(1)
      ->take_all()
      ->default_str(ofModel);
  add.loss("--label-smoothing", &LossDescription::labelSmoothing,
           "share of the truth that all classes have together", number(decay));
  command
      .add_option_function<std::string>(
          "--class-weights",
          [&overrides](const std::string &kind) {
            overrides.loss.push_back([kind](LossDescription &loss) {
              loss.balanced = kind == "balanced";
              loss.classWeights.clear();
            });
          },
          "balanced, by the labels of the training part; or none")
      ->group("Training")
      ->default_str(ofModel)
      ->transform(oneOf({"balanced", "none"}));
}

Result<TrainingDescription> applyOverrides(Session &session, const TrainingOverrides &overrides) {
  TrainingDescription training = session.training();
  for (const auto &change : overrides.step)
    change(training);
  for (const auto &change : overrides.loop)
    change(training);
  if (!overrides.step.empty() || !overrides.loop.empty())
    if (Status status = session.setTraining(training); !status)
      return status.error();
  if (overrides.loss.empty())
    return training;
  LossDescription loss = session.loss();
  for (const auto &change : overrides.loss)
    change(loss);
  if (Status status = session.setLoss(loss); !status)
    return status.error();
  return training;
}

Status setLoopOptions(const TrainingDescription &training, runtime::TrainOptions &options) {
  options.schedule.kind =
      runtime::parseScheduleKind(training.schedule).value_or(runtime::ScheduleKind::Cosine);
  options.schedule.base = training.learningRate;
  options.schedule.warmup = training.warmup;
  options.schedule.factor = training.factor;
  options.stepEpochs = training.stepEpochs;
  options.plateauPatience = training.plateauPatience;
  options.accumulate = training.accumulate;
  if (training.earlyStopping.empty() || training.earlyStopping == "none")
    return Done{};
  options.monitor = runtime::parseValidationMetric(training.earlyStopping);
  if (!options.monitor)
    return commandError("--early-stopping: expected a metric (" + runtime::validationMetricNames() +
                        "), got '" + training.earlyStopping + "'");
  options.patience = training.patience;
  return Done{};
}

std::map<std::string, std::string> settingTexts(const TrainingDescription &training) {
  std::map<std::string, std::string> texts = {
      {"optimizer", training.optimizer},
      {"learning_rate", settingText(training.learningRate)},
      {"freeze", training.freeze.empty() ? "none" : settingText(training.freeze)}};
  const auto add = [&](const char *key, auto member) {
    texts[key] = settingText(training.*member);
  };
  eachStepSetting(add);
  eachLoopSetting(add);
  for (auto &[key, text] : texts)
    if (text == settingText(std::string()))
      text = "none";
  texts["schedule"] = runtime::scheduleKindName(
      runtime::parseScheduleKind(training.schedule).value_or(runtime::ScheduleKind::Cosine));
  return texts;
}

} // namespace spherical::driver
