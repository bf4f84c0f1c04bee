//===- scatter.cpp - predicted values over true ones ------------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double side = 170.0;
constexpr size_t mostDots = 2000;
constexpr int64_t cellsAcross = 64;
constexpr double seam = 0.2; // that cells overlap, so that no line shines through between them

/// An output's pairs and what they are worth.
struct ScatterPlot {
  explicit ScatterPlot(const ScatterPanel &panel);
  void paint(Page &page, Point area) const;

  std::vector<std::pair<double, double>> pairs; // true, predicted
  size_t leftOut = 0;
  double absolute = 0.0;       // the mean of |predicted - true|
  double determination = 0.0;  // 1 - sum (predicted - true)^2 / sum (true - mean)^2
  std::vector<int64_t> counts; // of the cells, [row][column]; empty where pairs are dots
  int64_t largest = 0;         // of the counts
  Plot plot;

private:
  void measure();
  void countCells();
  void paintCells(Page &page, const Plot &placed) const;
  std::vector<std::string> summary() const;
};

ScatterPlot::ScatterPlot(const ScatterPanel &panel) {
  if (panel.truth.size() != panel.predicted.size())
    throw std::invalid_argument("'" + panel.title + "': expected as many predictions as true " +
                                "values, " + std::to_string(panel.truth.size()) + ", got " +
                                std::to_string(panel.predicted.size()));
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (size_t k = 0; k < panel.truth.size(); ++k) {
    const double truth = panel.truth[k], predicted = panel.predicted[k];
    if (!std::isfinite(truth) || !std::isfinite(predicted)) {
      ++leftOut;
      continue;
    }
    pairs.emplace_back(truth, predicted);
    low = std::min({low, truth, predicted});
    high = std::max({high, truth, predicted});
  }
  if (pairs.empty())
    throw std::invalid_argument("'" + panel.title + "': expected a pair of values, got none");
  plot.title = panel.title;
  plot.xLabel = "true value";
  plot.yLabel = "predicted value";
  plot.x = plot.y = linearAxis(low, high, 5);
  measure();
  if (pairs.size() > mostDots)
    countCells();
}

void ScatterPlot::measure() {
  const auto count = static_cast<double>(pairs.size());
  double mean = 0.0, squares = 0.0, variance = 0.0;
  for (const auto &[truth, predicted] : pairs) {
    mean += truth / count;
    absolute += std::abs(predicted - truth) / count;
  }
  for (const auto &[truth, predicted] : pairs) {
    squares += (predicted - truth) * (predicted - truth);
    variance += (truth - mean) * (truth - mean);
  }
  determination = variance > 0 ? 1 - squares / variance : std::numeric_limits<double>::quiet_NaN();
}

std::vector<std::string> ScatterPlot::summary() const {
  std::vector<std::string> lines = {"n = " + groupedNumber(static_cast<int64_t>(pairs.size())),
                                    "mean absolute error " + shortNumber(absolute)};
  if (std::isfinite(determination))
    lines.push_back("R² = " + fixedNumber(determination, 3));
  if (!counts.empty())
    lines.push_back("darkest: " + groupedNumber(largest) + " pairs in a cell");
  if (leftOut > 0)
    lines.push_back(groupedNumber(static_cast<int64_t>(leftOut)) + " not finite");
  return lines;
}

void ScatterPlot::countCells() {
  counts.resize(cellsAcross * cellsAcross);
  const auto cellOf = [](double share) {
    return std::clamp<int64_t>(static_cast<int64_t>(share * cellsAcross), 0, cellsAcross - 1);
  };
  for (const auto &[truth, predicted] : pairs)
    ++counts[(cellsAcross - 1 - cellOf(plot.y.share(predicted))) * cellsAcross +
             cellOf(plot.x.share(truth))];
  largest = *std::ranges::max_element(counts);
}

/// Darker where there are more pairs, on a logarithmic scale.
void ScatterPlot::paintCells(Page &page, const Plot &placed) const {
  const double width = placed.area.width / cellsAcross, height = placed.area.height / cellsAcross;
  for (int64_t k = 0; k < std::ssize(counts); ++k) {
    if (counts[k] == 0)
      continue;
    const double share =
        std::log1p(static_cast<double>(counts[k])) / std::log1p(static_cast<double>(largest));
    page.fill({placed.area.x + static_cast<double>(k % cellsAcross) * width,
               placed.area.y + static_cast<double>(k / cellsAcross) * height, width + seam,
               height + seam},
              magnitudeColor(1 - share));
  }
}

void ScatterPlot::paint(Page &page, Point area) const {
  Plot placed = plot;
  placed.area = {area.x, area.y, side, side};
  placed.paintAxes(page);
  page.clip(placed.area);
  if (!counts.empty())
    paintCells(page, placed);
  else
    for (const auto &[truth, predicted] : pairs)
      page.fillCircle(placed.at(truth, predicted), 1.6, kRight, 0.55);
  page.line(placed.at(plot.x.low, plot.x.low), placed.at(plot.x.high, plot.x.high),
            {kInk, 0.8, {3, 2}});
  page.unclip();
  double row = area.y + 10;
  for (const std::string &line : summary()) {
    const double wide = textWidth(line, kSmallSize);
    page.fill({area.x + 3, row - kSmallSize, wide + 4, kSmallSize + 2.5}, kPaper, 0.85);
    page.text({area.x + 5, row}, line, {.size = kSmallSize, .color = kInk});
    row += kSmallSize + 2.5;
  }
}

} // namespace

Figure drawScatter(std::span<const ScatterPanel> panels, const std::string &title,
                   int64_t columns) {
  if (panels.empty() || columns < 0)
    throw std::invalid_argument("expected at least one output and no negative columns");
  auto plots = std::make_shared<std::vector<ScatterPlot>>(panels.begin(), panels.end());
  double left = 0.0;
  for (const ScatterPlot &plot : *plots)
    left = std::max(left, plot.plot.leftRoom());
  const double top = kPanelSize + 2 * kGap;
  PanelGrid grid;
  grid.count = std::ssize(*plots);
  grid.columns = std::min<int64_t>(columns > 0 ? columns : 3, grid.count);
  grid.width = left + side + 2 * kMargin;
  grid.height = top + side + plots->front().plot.bottomRoom() + kMargin;
  grid.top = kMargin + titleHeight(title);
  const double width = std::max(grid.pageWidth(), 2 * kMargin + textWidth(title, kTitleSize, true));
  return Figure(width, grid.pageHeight(), [=](Page &page) {
    paintTitle(page, title);
    for (int64_t k = 0; k < grid.count; ++k) {
      const Point corner = grid.corner(k);
      (*plots)[k].paint(page, {corner.x + left, corner.y + top});
    }
  });
}

} // namespace spherical::runtime
