//===- bars.cpp - means with deviations, side by side -----------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double plotHeight = 150.0, barWidth = 30.0, pitch = 58.0, whisker = 8.0;
constexpr double linePitch = 9.5;
constexpr double titleRise = 18.0; // above the area, over the value of the highest bar

struct BarsFigure {
  std::vector<BarPanel> panels;
  std::vector<Plot> plots;
  std::vector<LegendEntry> legend;
  PanelGrid grid;
  std::string title;
  double left = 0.0, top = 0.0;
};

double topOf(const Bar &bar) {
  double top = bar.value + (std::isfinite(bar.deviation) ? bar.deviation : 0.0);
  for (const double sample : bar.samples)
    top = std::max(top, sample);
  return top;
}

Plot plotOf(const BarPanel &panel) {
  double high = panel.high;
  for (const Bar &bar : panel.bars) {
    if (!std::isfinite(bar.value) || bar.value < 0)
      throw std::invalid_argument("panel '" + panel.title + "': expected bars of at least 0, got " +
                                  shortNumber(bar.value));
    if (panel.high <= 0)
      high = std::max(high, topOf(bar));
  }
  if (panel.bars.empty())
    throw std::invalid_argument("panel '" + panel.title + "': expected at least one bar");
  Plot plot;
  plot.title = panel.title;
  plot.yLabel = panel.valueLabel;
  plot.y = panel.high > 0 ? linearAxis(0, high, 5, true) : roundAxis(0, high > 0 ? high : 1.0, 5);
  return plot;
}

/// Lines and numbers of the vertical axis, and the one on which bars stand.
void paintAxis(Page &page, const Plot &plot) {
  Plot bare = plot;
  bare.x = {0, 1, false, {}};
  bare.title = "";
  bare.paintAxes(page);
  page.text({plot.area.x, plot.area.y - titleRise}, plot.title,
            {.size = kPanelSize, .color = kInk, .isBold = true});
}

void paintBar(Page &page, const Plot &plot, double middle, const Bar &bar) {
  const auto row = [&](double value) {
    return plot.at(0, std::clamp(value, plot.y.low, plot.y.high)).y;
  };
  const double bottom = plot.area.bottom();
  double highest = row(bar.value);
  page.fill({middle - barWidth / 2, highest, barWidth, bottom - highest}, seriesColor(bar.group));
  for (size_t k = 0; k < bar.samples.size(); ++k) {
    const double step = barWidth / static_cast<double>(bar.samples.size() + 1);
    const Point dot = {middle - barWidth / 2 + step * static_cast<double>(k + 1),
                       row(bar.samples[k])};
    page.fillCircle(dot, 2.1, kPaper);
    page.fillCircle(dot, 1.5, kInk);
    highest = std::min(highest, dot.y - 2);
  }
  if (std::isfinite(bar.deviation)) {
    const double high = row(bar.value + bar.deviation), low = row(bar.value - bar.deviation);
    page.line({middle, high}, {middle, low}, {kInk, 1.0});
    for (const double end : {high, low})
      page.line({middle - whisker / 2, end}, {middle + whisker / 2, end}, {kInk, 1.0});
    highest = std::min(highest, high);
  }
  const TextStyle centred = {.size = kTextSize, .color = kInk, .anchor = TextAnchor::Middle};
  page.text({middle, highest - 3},
            plot.y.high >= 10 ? fixedNumber(bar.value, 1) : shortNumber(bar.value), centred);
  for (size_t line = 0; line < bar.lines.size(); ++line)
    page.text({middle, bottom + 10 + static_cast<double>(line) * linePitch},
              fittedText(bar.lines[line], kTextSize, pitch - 2), centred);
}

void paint(Page &page, const BarsFigure &figure) {
  paintTitle(page, figure.title);
  paintLegendRows(page, {kMargin, kMargin + titleHeight(figure.title)}, figure.legend,
                  figure.grid.pageWidth() - 2 * kMargin);
  for (int64_t k = 0; k < figure.grid.count; ++k) {
    const Point corner = figure.grid.corner(k);
    const std::vector<Bar> &bars = figure.panels[k].bars;
    Plot plot = figure.plots[k];
    plot.area = {corner.x + figure.left, corner.y + figure.top,
                 pitch * static_cast<double>(bars.size()), plotHeight};
    paintAxis(page, plot);
    for (size_t bar = 0; bar < bars.size(); ++bar)
      paintBar(page, plot, plot.area.x + (static_cast<double>(bar) + 0.5) * pitch, bars[bar]);
  }
}

} // namespace

Figure drawBars(std::span<const BarPanel> panels, int64_t columns, const std::string &title,
                std::span<const std::string> groups) {
  if (panels.empty() || columns < 1)
    throw std::invalid_argument("expected at least one panel and one column");
  auto figure = std::make_shared<BarsFigure>();
  figure->panels.assign(panels.begin(), panels.end());
  figure->title = title;
  size_t bars = 0, lines = 0;
  double heading = 0.0;
  for (const BarPanel &panel : panels) {
    figure->plots.push_back(plotOf(panel));
    figure->left = std::max(figure->left, figure->plots.back().leftRoom());
    heading = std::max(heading, textWidth(panel.title, kPanelSize, true));
    bars = std::max(bars, panel.bars.size());
    for (const Bar &bar : panel.bars)
      lines = std::max(lines, bar.lines.size());
  }
  for (size_t k = 0; k < groups.size(); ++k)
    figure->legend.push_back({groups[k], {seriesColor(static_cast<int64_t>(k))}, true});
  figure->top = titleRise + kPanelSize;
  PanelGrid &grid = figure->grid;
  grid.count = std::ssize(panels);
  grid.columns = std::min(columns, grid.count);
  grid.width = figure->left + std::max(pitch * static_cast<double>(bars), heading) + 2 * kMargin;
  grid.height = figure->top + plotHeight + 10 + static_cast<double>(lines) * linePitch + kMargin;
  grid.top = kMargin + titleHeight(title) +
             legendRowsHeight(figure->legend, grid.pageWidth() - 2 * kMargin) + kGap;
  const double width = std::max(grid.pageWidth(), 2 * kMargin + textWidth(title, kTitleSize, true));
  return Figure(width, grid.pageHeight(), [figure](Page &page) { paint(page, *figure); });
}

} // namespace spherical::runtime
