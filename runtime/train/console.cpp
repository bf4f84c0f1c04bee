//===- console.cpp - what a run says while it goes --------------*- C++ -*-===//

#include "runtime/train/console.h"

#include "runtime/train/text.h"

#include <cmath>
#include <ostream>

namespace spherical::runtime {

/// Losses of classes are about 1, those of values of any size.
std::string RunConsole::lossText(double loss) const {
  return isNumeric(target) ? scientificText(loss) : fixedText(loss, 4);
}

/// What the predictions of classes or values were worth, in words.
std::string RunConsole::scoreText(const EpochReport &report, int digits) const {
  return isNumeric(target) ? "mean absolute error " + scientificText(report.meanAbsoluteError)
                           : "accuracy " + fixedText(100 * report.accuracy, digits) + " %";
}

/// Shares of 1 as percent; errors may be of any size.
std::string RunConsole::scoreText(const MetricScore &score) {
  const std::string name = validationMetricName(score.metric);
  if (std::isnan(score.value))
    return name + " undefined";
  if (score.metric == ValidationMetric::Loss)
    return name + " " + fixedText(score.value, 4);
  return isHigherBetter(score.metric) && !name.ends_with("r2")
             ? name + " " + fixedText(100 * score.value, 2) + " %"
             : name + " " + scientificText(score.value);
}

void RunConsole::say(const std::string &text) {
  progress.clear();
  if (messages)
    *messages << text << std::endl;
}

void RunConsole::sayEpoch(const EpochReport &report) {
  std::string text = "epoch " + std::to_string(report.epoch) + "/" + std::to_string(report.epochs) +
                     ": loss " + lossText(report.loss) + ", " + scoreText(report, 2);
  if (target == TargetKind::PointClasses)
    text += ", non-background mIoU " + fixedText(100 * report.nonBackgroundIoU, 2) + " %";
  say(text + " (" + fixedText(report.seconds, 1) + " s)");
  if (report.validation.empty())
    return;
  text = "  validation: ";
  for (const MetricScore &score : report.validation)
    text += (&score == report.validation.data() ? "" : ", ") + scoreText(score);
  say(text + (report.isBest ? ", the best so far" : ""));
}

void RunConsole::show(const EpochProgress &epoch) {
  const EpochReport &report = epoch.report;
  progress.show("epoch " + std::to_string(report.epoch) + "/" + std::to_string(report.epochs) +
                ", step " + std::to_string(epoch.batch) + "/" + std::to_string(epoch.batches) +
                ": loss " + lossText(report.loss) + ", " + scoreText(report, 1) + ", " +
                fixedText(1000 * epoch.secondsPerStep, 1) + " ms a step, " +
                durationText(epoch.secondsLeft) + " left");
}

} // namespace spherical::runtime
