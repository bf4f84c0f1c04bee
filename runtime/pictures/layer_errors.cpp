//===- layer_errors.cpp - errors by layer -----------------------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double plotWidth = 230.0, pitch = 15.0, barHeight = 9.0;
constexpr double longestName = 150.0, numberRoom = 44.0;

bool isDrawn(double error) { return std::isfinite(error) && error > 0; }

Axis axisOf(const LayerErrors &errors) {
  double low = std::numeric_limits<double>::infinity(), high = 0.0;
  const auto add = [&](double value) {
    if (!isDrawn(value))
      return;
    low = std::min(low, value);
    high = std::max(high, value);
  };
  for (const LayerError &layer : errors.layers)
    add(layer.error);
  add(errors.bound);
  if (high == 0.0)
    return logarithmicAxis(1e-7, 1.0, 7);
  // From the power of ten below, so that the smallest bar has a length.
  return logarithmicAxis(std::pow(10.0, std::floor(std::log10(low / 2))), high, 7);
}

std::string errorText(double error) {
  if (error == 0.0)
    return "0";
  return std::isfinite(error) ? shortNumber(error) : "not finite";
}

struct LayerPlot {
  LayerErrors errors;
  std::vector<std::string> names;
  Plot plot;
};

void paintLayer(Page &page, const LayerPlot &figure, size_t index) {
  const Plot &plot = figure.plot;
  const LayerError &layer = figure.errors.layers[index];
  const double middle = plot.area.y + (static_cast<double>(index) + 0.5) * pitch;
  page.text(
      {plot.area.x - kGap, middle}, figure.names[index],
      {.size = kTextSize, .color = kInk, .anchor = TextAnchor::End, .level = TextLevel::Middle});
  double end = plot.area.x;
  if (isDrawn(layer.error)) {
    end = plot.at(layer.error, 0).x;
    page.fill({plot.area.x, middle - barHeight / 2, end - plot.area.x, barHeight},
              layer.isFault ? kWrong : kRight);
  }
  page.text({plot.area.right() + kGap, middle}, errorText(layer.error),
            {.size = kTextSize,
             .color = layer.isFault ? kWrong : kInk,
             .level = TextLevel::Middle,
             .isBold = layer.isFault});
  page.text(
      {plot.area.right() + kGap + numberRoom, middle}, layer.cause,
      {.size = kTextSize, .color = layer.isFault ? kWrong : kSoftInk, .level = TextLevel::Middle});
}

void paint(Page &page, const LayerPlot &figure) {
  const Plot &plot = figure.plot;
  paintTitle(page, figure.errors.title);
  plot.paintAxes(page);
  for (size_t k = 0; k < figure.errors.layers.size(); ++k)
    paintLayer(page, figure, k);
  if (!isDrawn(figure.errors.bound))
    return;
  const double column = plot.at(figure.errors.bound, 0).x;
  page.line({column, plot.area.y}, {column, plot.area.bottom()}, {kInk, 0.9, {3, 2}});
  const double half = textWidth(figure.errors.boundName, kSmallSize) / 2;
  page.text({std::clamp(column, plot.area.x + half,
                        std::max(plot.area.x + half, plot.area.right() - half)),
             plot.area.y - 4},
            figure.errors.boundName,
            {.size = kSmallSize, .color = kInk, .anchor = TextAnchor::Middle});
}

} // namespace

Figure drawLayerErrors(const LayerErrors &errors) {
  if (errors.layers.empty())
    throw std::invalid_argument("expected the error of at least one layer, got none");
  auto figure = std::make_shared<LayerPlot>();
  figure->errors = errors;
  double widest = 0.0, cause = 0.0;
  for (const LayerError &layer : errors.layers) {
    if (layer.error < 0)
      throw std::invalid_argument("layer '" + layer.layer +
                                  "': expected an error of at least 0, got " +
                                  shortNumber(layer.error));
    figure->names.push_back(fittedText(layer.layer, kTextSize, longestName));
    widest = std::max(widest, textWidth(figure->names.back(), kTextSize));
    cause = std::max(cause, textWidth(layer.cause, kTextSize));
  }
  Plot &plot = figure->plot;
  plot.x = axisOf(errors);
  plot.xLabel = errors.errorLabel;
  plot.area = {kMargin + widest + kGap, kMargin + titleHeight(errors.title) + kSmallSize + kGap,
               plotWidth, pitch * static_cast<double>(errors.layers.size())};
  const double width = std::max(plot.area.right() + kGap + numberRoom + cause + kMargin,
                                2 * kMargin + textWidth(errors.title, kTitleSize, true));
  return Figure(width, plot.area.bottom() + plot.bottomRoom() + kMargin,
                [figure](Page &page) { paint(page, *figure); });
}

} // namespace spherical::runtime
