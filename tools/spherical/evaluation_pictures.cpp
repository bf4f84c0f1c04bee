//===- evaluation_pictures.cpp - what a test found, drawn -----------------===//

#include "tools/spherical/evaluation_pictures.h"

#include "tools/spherical/commands.h"
#include "tools/spherical/options.h"
#include "tools/spherical/output.h"

#include "runtime/pictures/axis.h"
#include "runtime/train/metrics.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace spherical::driver {
namespace {

using runtime::Figure;
using runtime::TargetKind;

/// How many samples are shown.
constexpr int64_t firstClasses = 40, firstMasks = 18, masksInRow = 3, firstFields = 4;
constexpr size_t worstShown = 12, worstFields = 4;
constexpr size_t mostRows = 12;       // of fields
constexpr size_t mostPairs = 1 << 18; // of an output

int64_t firstShown(TargetKind target) {
  return target == TargetKind::PointClasses ? firstMasks
         : target == TargetKind::Field      ? firstFields
                                            : firstClasses;
}

std::string percent(double share, int digits) {
  return runtime::fixedText(100 * share, digits) + " %";
}

/// "1,000 samples" or "60,000 points", of what has a label.
std::string countedText(const runtime::Evaluation &result) {
  const bool points = result.target == TargetKind::PointClasses;
  return runtime::groupedNumber(result.metrics.count) + (points ? " points" : " samples");
}

/// "accuracy 91.2 %" or "91.2 % of points right".
std::string accuracyText(const runtime::Evaluation &result) {
  const std::string share = percent(result.metrics.accuracy(), 1);
  return result.target == TargetKind::PointClasses ? share + " of points right"
                                                   : "accuracy " + share;
}

} // namespace

void addPictureOptions(CLI::App &command, PictureOptions &options) {
  const char *const group = "Pictures";
  command
      .add_option("--picture", options.picture,
                  "predictions beside truth of the first samples: .png, .svg or .pdf")
      ->group(group)
      ->check(pictureFile());
  command
      .add_option("--pictures", options.folder,
                  "folder for all pictures: predictions, the worst samples with their "
                  "probabilities, confusion, reliability; of values predicted against true ones")
      ->group(group);
  command.add_option("--format", options.form, "of the files in that folder: png, svg or pdf")
      ->group(group)
      ->default_str("png")
      ->transform(oneOf({"png", "svg", "pdf"}));
}

Status checkPictures(const PictureOptions &options) {
  if (!options.form.empty() && options.folder.empty())
    return commandError("--format is about the files of --pictures, expected --pictures with a "
                        "folder, got none",
                        "the form of --picture is that of its ending");
  if (!options.any())
    return Done{};
  try {
    runtime::expectDrawable();
    return Done{};
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

void EvaluationPictures::Pairs::add(float trueValue, float predictedValue) {
  if (seen++ % step != 0)
    return;
  truth.push_back(trueValue);
  predicted.push_back(predictedValue);
  if (truth.size() <= mostPairs)
    return;
  for (std::vector<float> *values : {&truth, &predicted}) {
    for (size_t k = 0; 2 * k < values->size(); ++k)
      (*values)[k] = (*values)[2 * k];
    values->resize((values->size() + 1) / 2);
  }
  step *= 2;
}

EvaluationPictures::EvaluationPictures(const PictureOptions &options,
                                       const runtime::Executable &network, PicturedData data)
    : options(options), data(std::move(data)), target(network.target()),
      channels(network.classes()), points(network.points()),
      pairs(isNumeric(network.target()) ? network.classes() : 0) {
  if (!options.folder.empty() && !isNumeric(target) && channels > mostPicturedClasses)
    throw std::runtime_error("--pictures expected at most " + std::to_string(mostPicturedClasses) +
                             " classes, got " + std::to_string(channels));
  if (options.folder.empty())
    return;
  std::filesystem::create_directories(options.folder);
  expectWritable({(std::filesystem::path(options.folder) / "predictions").string()});
}

/// The loss of a sample, or the mean of |value - target|; NaN for one without a target.
double EvaluationPictures::badnessOf(const runtime::Batch &batch, int64_t i,
                                     std::span<const float> outputs) const {
  double sum = 0.0;
  int64_t count = 0;
  if (isNumeric(target)) {
    const auto truth = std::span(batch.values).subspan(i * channels * points, channels * points);
    for (size_t k = 0; k < truth.size(); ++k)
      if (!std::isnan(truth[k])) {
        sum += std::abs(static_cast<double>(outputs[k]) - truth[k]);
        ++count;
      }
  } else {
    runtime::visitScores(outputs, std::span(batch.labels).subspan(i * points, points),
                         [&](size_t, const runtime::Score &score) {
                           sum += score.loss;
                           ++count;
                         });
  }
  return count > 0 ? sum / static_cast<double>(count) : std::nan("");
}

void EvaluationPictures::keepWorst(Kept sample) {
  const size_t most = target == TargetKind::Field ? worstFields : worstShown;
  // A loss that is no number is worse than any; of equal ones the first samples stay.
  const auto worse = [](const Kept &a, const Kept &b) {
    if (std::isfinite(a.badness) != std::isfinite(b.badness))
      return !std::isfinite(a.badness);
    return std::isfinite(a.badness) && a.badness > b.badness;
  };
  worst.insert(std::ranges::upper_bound(worst, sample, worse), sample);
  if (worst.size() > most)
    worst.pop_back();
}

void EvaluationPictures::addPairs(const runtime::Batch &batch, int64_t i,
                                  std::span<const float> outputs) {
  const float *truth = batch.values.data() + i * channels * points;
  for (int64_t output = 0; output < channels; ++output)
    for (int64_t p = 0; p < points; ++p)
      if (!std::isnan(truth[output * points + p]))
        pairs[output].add(truth[output * points + p], outputs[output * points + p]);
}

void EvaluationPictures::add(const runtime::Batch &batch, std::span<const float> outputs) {
  const int64_t size = channels * points;
  for (int64_t i = 0; i < batch.count; ++i) {
    const std::span<const float> sample = outputs.subspan(i * size, size);
    Kept kept{batch.indices[i], badnessOf(batch, i, sample)};
    kept.outputs.assign(sample.begin(), sample.end());
    if (target == TargetKind::Class)
      kept.label = batch.labels[i];
    if (std::ssize(first) < firstShown(target))
      first.push_back(kept);
    if (isNumeric(target))
      addPairs(batch, i, sample);
    const bool hasTarget =
        isNumeric(target) || kept.label >= 0 || target == TargetKind::PointClasses;
    if (!options.folder.empty() && hasTarget)
      keepWorst(std::move(kept));
  }
}

Figure EvaluationPictures::sheet(const std::string &title, std::span<const Kept> samples,
                                 bool areWorst) const {
  std::vector<runtime::SampleView> views;
  for (const Kept &sample : samples) {
    runtime::SampleView view = viewPrediction(data, sample.index, sample.outputs);
    if (areWorst) {
      view.caption.insert(view.caption.begin(), "sample " + data.sampleName(sample.index) +
                                                    (isNumeric(target) ? ", off by " : ", loss ") +
                                                    runtime::shortNumber(sample.badness));
      if (target == TargetKind::Class)
        addProbabilities(data, sample.label, sample.outputs, view);
    }
    views.push_back(std::move(view));
  }
  runtime::SampleSheet sheet = sheetOf(data, title, std::move(views));
  const bool segmented = target == TargetKind::PointClasses;
  sheet.spheres = segmented || areWorst;
  sheet.columns = segmented ? masksInRow : 0;
  return drawSamples(sheet);
}

Figure EvaluationPictures::fields(const std::string &title, std::span<const Kept> samples) const {
  std::vector<runtime::FieldRow> rows;
  for (const Kept &sample : samples)
    for (runtime::FieldRow &row : fieldRows(data, sample.index, sample.outputs))
      if (rows.size() < mostRows)
        rows.push_back(std::move(row));
  return drawFields(rows, title);
}

Figure EvaluationPictures::scatter(const std::string &title) const {
  std::vector<runtime::ScatterPanel> panels;
  for (size_t output = 0; output < pairs.size(); ++output)
    panels.push_back({pairs.size() > 1 ? "output " + std::to_string(output) : "",
                      pairs[output].truth, pairs[output].predicted});
  return drawScatter(panels, title);
}

Figure EvaluationPictures::confusion(const runtime::Evaluation &result) const {
  runtime::ConfusionMatrix matrix{
      "Confusion of " + countedText(result) + ", " + accuracyText(result), {}, {}};
  for (int64_t c = 0; c < channels; ++c)
    matrix.classes.push_back(data.className(c));
  matrix.counts = result.metrics.confusion;
  return drawConfusion(matrix);
}

std::map<std::string, Figure> EvaluationPictures::figures(const runtime::Evaluation &result) const {
  const std::string all = runtime::groupedNumber(result.samples) + " samples";
  const std::string firstTitle = "The first " + std::to_string(first.size()) + " of " + all;
  const std::string worstTitle = "The worst " + std::to_string(worst.size()) + " of " + all;
  std::map<std::string, Figure> made;
  if (target == TargetKind::Values)
    made.emplace("predictions", scatter("Predicted against true values of " + all));
  else if (target == TargetKind::Field)
    made.emplace("predictions", fields(firstTitle, first));
  else
    made.emplace("predictions", sheet(firstTitle + ", " + accuracyText(result), first, false));
  if (options.folder.empty())
    return made;
  if (target == TargetKind::Field) {
    made.emplace("scatter", scatter("Predicted against true values of points of " + all));
    made.emplace("worst", fields(worstTitle + ", by mean absolute error", worst));
    return made;
  }
  made.emplace("worst",
               sheet(worstTitle + (isNumeric(target) ? ", by mean absolute error" : ", by loss"),
                     worst, true));
  if (isNumeric(target))
    return made;
  made.emplace("confusion", confusion(result));
  made.emplace("reliability", drawReliability(reliabilityOf(
                                  result.calibration, "Reliability over " + countedText(result))));
  return made;
}

void EvaluationPictures::write(const runtime::Evaluation &result) const {
  const std::string ending = "." + (options.form.empty() ? "png" : options.form);
  for (const auto &[name, figure] : figures(result)) {
    std::vector<std::string> paths;
    if (name == "predictions" && !options.picture.empty())
      paths.push_back(options.picture);
    if (!options.folder.empty())
      paths.push_back((std::filesystem::path(options.folder) / (name + ending)).string());
    for (const std::string &path : paths) {
      figure.write(path);
      std::printf("picture: %s\n", path.c_str());
    }
  }
}

runtime::Reliability reliabilityOf(const runtime::Calibration &calibration,
                                   const std::string &title) {
  runtime::Reliability reliability{title, {}, calibration.error()};
  constexpr double bins = runtime::Calibration::bins;
  for (int bin = 0; bin < runtime::Calibration::bins; ++bin) {
    const auto count = static_cast<double>(calibration.count[bin]);
    reliability.bins.push_back({bin / bins, (bin + 1) / bins, calibration.count[bin],
                                calibration.confidenceSum[bin] / count,
                                static_cast<double>(calibration.correct[bin]) / count});
  }
  return reliability;
}

} // namespace spherical::driver
