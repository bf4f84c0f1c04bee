//===- curves.cpp - values over steps ---------------------------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double plotWidth = 270.0, plotHeight = 160.0;
constexpr double columnsPerPoint = 2.0; // as many as pixels of a PNG

/// The range of some values.
struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;

  bool isEmpty() const { return !(low <= high); }
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

bool isShown(double value, bool isLogarithmic) {
  return std::isfinite(value) && (!isLogarithmic || value > 0);
}

Stroke strokeOf(size_t index) {
  // After seven curves the colours come again, with dashes, then with dots.
  static const std::vector<double> patterns[] = {{}, {5, 2}, {1.2, 1.8}};
  return {seriesColor(static_cast<int64_t>(index)), 1.1, patterns[index / 7 % 3]};
}

/// The names of curves over all panels, in the order in which they come: a name looks the same in
/// each.
using Names = std::vector<std::string>;

Names namesOf(std::span<const CurvePanel> panels) {
  Names names;
  for (const CurvePanel &panel : panels)
    for (const Curve &curve : panel.curves)
      if (std::find(names.begin(), names.end(), curve.name) == names.end())
        names.push_back(curve.name);
  return names;
}

/// The strokes of a panel's curves: by name or, where names do not tell them apart, in order.
std::vector<Stroke> strokesOf(const CurvePanel &panel, const Names &names) {
  const Names own = namesOf({&panel, 1});
  const bool byName = own.size() == panel.curves.size();
  std::vector<Stroke> strokes;
  for (const Curve &curve : panel.curves) {
    const auto place = std::find(names.begin(), names.end(), curve.name) - names.begin();
    strokes.push_back(strokeOf(byName ? static_cast<size_t>(place) : strokes.size()));
  }
  return strokes;
}

/// A panel with its place on the page.
class PanelPlot {
public:
  PanelPlot(const CurvePanel &panel, const Names &names);

  double legendHeight() const { return legendRowsHeight(legend, plotWidth); }
  double leftRoom() const { return plot.leftRoom(); }
  double topRoom() const { return plot.topRoom() + legendHeight() + (legend.empty() ? 0 : 3); }
  double bottomRoom() const { return plot.bottomRoom(); }

  void paint(Page &page, Point area) const;

private:
  std::vector<std::vector<Point>> pieces(const Curve &curve, const Plot &placed) const;
  void paintMarks(Page &page, const Plot &placed) const;

  CurvePanel panel;
  std::vector<Stroke> strokes; ///< of its curves
  Plot plot;
  std::vector<LegendEntry> legend;
};

PanelPlot::PanelPlot(const CurvePanel &panel, const Names &names)
    : panel(panel), strokes(strokesOf(panel, names)) {
  Range x, y;
  for (size_t k = 0; k < panel.curves.size(); ++k) {
    const Curve &curve = panel.curves[k];
    if (curve.x.size() != curve.y.size())
      throw std::invalid_argument("curve '" + curve.name + "': expected as many y as x, " +
                                  std::to_string(curve.x.size()) + ", got " +
                                  std::to_string(curve.y.size()));
    for (size_t i = 0; i < curve.x.size(); ++i)
      if (isShown(curve.x[i], panel.logX) && isShown(curve.y[i], panel.logY)) {
        x.add(curve.x[i]);
        y.add(curve.y[i]);
      }
    if (!curve.name.empty())
      legend.push_back({curve.name, strokes[k]});
  }
  if (x.isEmpty())
    throw std::invalid_argument("panel '" + panel.title + "': expected a value to draw, got none");
  for (const CurveMark &mark : panel.marks)
    if (isShown(mark.x, panel.logX))
      x.add(mark.x);
  plot.title = panel.title;
  plot.xLabel = panel.xLabel;
  plot.yLabel = panel.yLabel;
  plot.x = panel.logX ? logarithmicAxis(x.low, x.high, 7) : linearAxis(x.low, x.high, 6);
  plot.y = panel.logY ? logarithmicAxis(y.low, y.high, 6) : linearAxis(y.low, y.high, 5);
}

/// Of many points in one column of pixels the first, the lowest, the highest and the last: they
/// look as all do.
std::vector<Point> thinned(const std::vector<Point> &points) {
  std::vector<Point> result;
  for (size_t begin = 0, end = 0; begin < points.size(); begin = end) {
    const double column = std::floor(points[begin].x * columnsPerPoint);
    while (end < points.size() && std::floor(points[end].x * columnsPerPoint) == column)
      ++end;
    const auto first = points.begin() + static_cast<int64_t>(begin);
    const auto last = points.begin() + static_cast<int64_t>(end);
    const auto higher = [](const Point &a, const Point &b) { return a.y < b.y; };
    const auto [least, most] = std::minmax_element(first, last, higher);
    std::vector<std::vector<Point>::const_iterator> kept = {first, std::min(least, most),
                                                            std::max(least, most), last - 1};
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    for (const auto point : kept)
      result.push_back(*point);
  }
  return result;
}

/// The curve between its interruptions.
std::vector<std::vector<Point>> PanelPlot::pieces(const Curve &curve, const Plot &placed) const {
  std::vector<std::vector<Point>> result(1);
  for (size_t i = 0; i < curve.x.size(); ++i)
    if (isShown(curve.x[i], panel.logX) && isShown(curve.y[i], panel.logY))
      result.back().push_back(placed.at(curve.x[i], curve.y[i]));
    else if (!result.back().empty())
      result.emplace_back();
  if (result.back().empty())
    result.pop_back();
  return result;
}

void PanelPlot::paintMarks(Page &page, const Plot &placed) const {
  double row = placed.area.y + kSmallSize + 1;
  for (const CurveMark &mark : panel.marks) {
    if (!isShown(mark.x, panel.logX))
      continue;
    const double column = placed.at(mark.x, placed.y.low).x;
    page.line({column, placed.area.y}, {column, placed.area.bottom()}, {kSoftInk, 0.75, {2, 2}});
    const double wide = textWidth(mark.text, kSmallSize);
    const double left = column + 3 + wide > placed.area.right() ? column - 3 - wide : column + 3;
    page.fill({left - 1, row - kSmallSize, wide + 2, kSmallSize + 2}, kPaper, 0.85);
    page.text({left, row}, mark.text, {.size = kSmallSize, .color = kSoftInk});
    row += kSmallSize + 3;
  }
}

void PanelPlot::paint(Page &page, Point area) const {
  Plot placed = plot;
  placed.area = {area.x, area.y, plotWidth, plotHeight};
  placed.title = "";
  placed.paintAxes(page);
  page.text({area.x, area.y - topRoom() + kPanelSize}, panel.title,
            {.size = kPanelSize, .color = kInk, .isBold = true});
  paintLegendRows(page, {area.x, area.y - legendHeight() - 3}, legend, plotWidth);
  page.clip(placed.area);
  for (size_t k = 0; k < panel.curves.size(); ++k) {
    const Stroke &stroke = strokes[k];
    for (const std::vector<Point> &piece : pieces(panel.curves[k], placed))
      if (piece.size() == 1)
        page.fillCircle(piece.front(), 1.8, stroke.color);
      else
        page.stroke(thinned(piece), stroke);
  }
  page.unclip();
  paintMarks(page, placed);
}

} // namespace

Figure drawCurves(std::span<const CurvePanel> panels, const std::string &title, int64_t columns) {
  if (panels.empty() || columns < 0)
    throw std::invalid_argument("expected at least one panel of curves and no negative columns");
  auto plots = std::make_shared<std::vector<PanelPlot>>();
  const Names names = namesOf(panels);
  for (const CurvePanel &panel : panels)
    plots->emplace_back(panel, names);
  columns = std::min<int64_t>(columns > 0 ? columns : 2, std::ssize(*plots));
  double left = 0.0, height = kMargin + titleHeight(title);
  std::vector<double> tops; // of the areas of each row
  for (const PanelPlot &plot : *plots)
    left = std::max(left, plot.leftRoom());
  for (size_t first = 0; first < plots->size(); first += columns) {
    double top = 0.0, bottom = 0.0;
    for (size_t k = first; k < std::min(first + columns, plots->size()); ++k) {
      top = std::max(top, (*plots)[k].topRoom());
      bottom = std::max(bottom, (*plots)[k].bottomRoom());
    }
    tops.push_back(height + top);
    height += top + plotHeight + bottom + kMargin;
  }
  const double pitch = left + plotWidth + 2 * kMargin;
  const double width = std::max(kMargin + static_cast<double>(columns) * pitch,
                                2 * kMargin + textWidth(title, kTitleSize, true));
  return Figure(width, height, [=](Page &page) {
    paintTitle(page, title);
    for (int64_t k = 0; k < std::ssize(*plots); ++k)
      (*plots)[k].paint(
          page, {kMargin + left + static_cast<double>(k % columns) * pitch, tops[k / columns]});
  });
}

} // namespace spherical::runtime
