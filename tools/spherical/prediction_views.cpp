//===- prediction_views.cpp - samples and predictions to look at ----------===//

#include "tools/spherical/prediction_views.h"

#include "runtime/data/target.h"
#include "runtime/pictures/axis.h"
#include "runtime/train/metrics.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

namespace spherical::driver {
namespace {

using runtime::Agreement;
using runtime::SampleView;
using runtime::TargetKind;

constexpr size_t likeliest = 3; // probabilities that are shown, and that of the label

/// A sample and its target.
struct LoadedSample {
  std::vector<float> x;
  std::vector<int32_t> labels;
  std::vector<float> values;
};

LoadedSample load(const PicturedData &data, int64_t index) {
  const runtime::SampleLayout layout = data.samples->layout();
  LoadedSample sample{std::vector<float>(layout.values()), std::vector<int32_t>(layout.labels()),
                      std::vector<float>(layout.targetValues())};
  data.samples->load(index, sample.x.data(), {sample.labels.data(), sample.values.data()});
  return sample;
}

/// One channel in 8 bit.
void appendPixels(std::span<const float> channel, std::vector<uint8_t> &pixels) {
  float low = std::numeric_limits<float>::infinity(), high = -low;
  for (const float value : channel)
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  if (low >= 0.0F && high <= 1.0F) {
    low = 0.0F;
    high = 1.0F;
  }
  for (const float value : channel)
    pixels.push_back(std::isfinite(value) && high > low
                         ? static_cast<uint8_t>(std::lround(255 * (value - low) / (high - low)))
                         : 0);
}

std::vector<double> probabilitiesOf(std::span<const float> logits) {
  const double largest = *std::ranges::max_element(logits);
  std::vector<double> result;
  for (const float logit : logits)
    result.push_back(std::exp(logit - largest));
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  for (double &probability : result)
    probability /= sum;
  return result;
}

/// The share of labelled points that are predicted rightly; NaN if none has a label.
double shareRight(std::span<const int32_t> labels, std::span<const int32_t> predictions) {
  int64_t labelled = 0, right = 0;
  for (size_t p = 0; p < labels.size(); ++p) {
    labelled += labels[p] >= 0;
    right += labels[p] >= 0 && labels[p] == predictions[p];
  }
  return static_cast<double>(right) / static_cast<double>(labelled);
}

SampleView viewOf(const PicturedData &data, const LoadedSample &sample) {
  const runtime::SampleLayout layout = data.samples->layout();
  SampleView view;
  view.grid = gridOf(data);
  view.channels = layout.channels;
  for (int64_t channel = 0; channel < layout.channels; ++channel)
    appendPixels(std::span(sample.x).subspan(channel * layout.points(), layout.points()),
                 view.pixels);
  if (layout.target() == TargetKind::PointClasses)
    view.labels = sample.labels;
  if (layout.target() == TargetKind::Class)
    view.caption = {sample.labels[0] < 0 ? "no label" : data.className(sample.labels[0])};
  return view;
}

} // namespace

runtime::SampleGrid gridOf(const PicturedData &data) {
  const runtime::SampleLayout layout = data.samples->layout();
  const bool isHalfShifted = data.grid == runtime::SphereGrid::Soft;
  const runtime::GridKind kind = layout.bandLimit == 0 ? runtime::GridKind::Planar
                                 : isHalfShifted       ? runtime::GridKind::Soft
                                                       : runtime::GridKind::DriscollHealy;
  return {kind, layout.height(), layout.width()};
}

SampleView viewSample(const PicturedData &data, int64_t index) {
  return viewOf(data, load(data, index));
}

SampleView viewPrediction(const PicturedData &data, int64_t index, std::span<const float> outputs) {
  const LoadedSample sample = load(data, index);
  SampleView view = viewOf(data, sample);
  const TargetKind target = data.samples->layout().target();
  if (target == TargetKind::PointClasses) {
    view.predictions.resize(sample.labels.size());
    runtime::predictedClasses(outputs, view.predictions);
    const double share = shareRight(sample.labels, view.predictions);
    view.caption = {std::isnan(share) ? "no label"
                                      : runtime::fixedText(100 * share, 1) + " % of points right"};
  } else if (target == TargetKind::Class) {
    const int32_t predicted = runtime::predictedClass(outputs);
    const int32_t label = sample.labels[0];
    view.agreement = label < 0            ? Agreement::Unknown
                     : predicted == label ? Agreement::Right
                                          : Agreement::Wrong;
    if (predicted != label)
      view.caption.push_back("predicted " + data.className(predicted));
  } else {
    std::string truth = "true", predicted = "predicted";
    for (size_t k = 0; k < sample.values.size(); ++k) {
      truth += " " + runtime::shortNumber(sample.values[k]);
      predicted += " " + runtime::shortNumber(outputs[k]);
    }
    view.caption = {truth, predicted};
  }
  return view;
}

void addProbabilities(const PicturedData &data, int64_t label, std::span<const float> outputs,
                      SampleView &view) {
  const std::vector<double> probabilities = probabilitiesOf(outputs);
  std::vector<int64_t> order(outputs.size());
  std::iota(order.begin(), order.end(), int64_t(0));
  std::ranges::sort(order, std::less(), [&](int64_t at) {
    return std::pair(-probabilities[at], at); // of equal ones the first
  });
  for (size_t place = 0; place < order.size(); ++place)
    if (place < likeliest || order[place] == label)
      view.probabilities.push_back(
          {data.className(order[place]), probabilities[order[place]], order[place] == label});
}

std::vector<runtime::FieldRow> fieldRows(const PicturedData &data, int64_t index,
                                         std::span<const float> outputs) {
  const LoadedSample sample = load(data, index);
  const runtime::SampleLayout layout = data.samples->layout();
  const runtime::SampleGrid grid = gridOf(data);
  std::vector<runtime::FieldRow> rows;
  for (int64_t output = 0; output < layout.outputs; ++output) {
    const auto field = [&](std::span<const float> values) {
      const auto part = values.subspan(output * layout.points(), layout.points());
      return std::vector<float>(part.begin(), part.end());
    };
    const std::vector<float> truth = field(sample.values), predicted = field(outputs);
    std::vector<float> difference;
    for (size_t p = 0; p < truth.size(); ++p)
      difference.push_back(predicted[p] - truth[p]);
    rows.push_back({"sample " + data.sampleName(index) +
                        (layout.outputs > 1 ? ", output " + std::to_string(output) : ""),
                    {{"truth", grid, truth},
                     {"prediction", grid, predicted},
                     {"prediction \u2212 truth", grid, difference, 1, true}}});
  }
  return rows;
}

runtime::SampleSheet sheetOf(const PicturedData &data, const std::string &title,
                             std::vector<SampleView> views) {
  const runtime::SampleLayout layout = data.samples->layout();
  runtime::SampleSheet sheet;
  sheet.title = title;
  sheet.samples = std::move(views);
  sheet.palette = data.palette;
  for (int64_t c = 0; layout.segmented && c < layout.classes; ++c)
    sheet.classes.push_back(data.className(c));
  return sheet;
}

} // namespace spherical::driver
