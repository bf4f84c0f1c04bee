//===- fields.cpp - fields side by side -------------------------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"
#include "runtime/pictures/sphere_view.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double discSize = 72.0, discGap = 4.0, panelWidth = 2 * discSize + discGap;
constexpr double mapHeight = panelWidth / 2;
constexpr double barWidth = 6.0, tickRoom = 5.0;
constexpr double captionHeight = 9.0; // below hemispheres
constexpr double rowGap = 8.0;

/// Colours of the panels of a row that share a range.
struct ColorRange {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool isSigned = false;
  size_t lastPanel = 0;

  void add(const FieldPanel &panel) {
    for (const float value : panel.values)
      if (std::isfinite(value)) {
        low = std::min<double>(low, value);
        high = std::max<double>(high, value);
      }
    isSigned |= panel.isSigned;
  }
  /// Ends that differ, around 0 for signed values.
  void close() {
    if (!(low <= high))
      low = high = 0.0;
    if (isSigned)
      low = -(high = std::max(std::abs(low), std::abs(high)));
    if (low == high) {
      const double half = low == 0.0 ? 1.0 : 0.1 * std::abs(low);
      low -= half;
      high += half;
    }
  }
  Axis axis() const { return linearAxis(low, high, 4, true); }
  /// That the bar of colours takes beside a panel.
  double barRoom() const {
    double widest = 0.0;
    for (const Tick &tick : axis().ticks)
      widest = std::max(widest, textWidth(tick.text, kSmallSize));
    return kGap + barWidth + tickRoom + widest + 2 * kGap;
  }
  Color (*color() const)(double) { return isSigned ? signedColor : magnitudeColor; }
  Color of(double value) const {
    return std::isfinite(value) ? color()((value - low) / (high - low)) : kMissing;
  }
};

struct RowPlot {
  FieldRow row;
  std::map<int, ColorRange> ranges;
  std::vector<double> widths; ///< of each panel with its bar of colours
  double height = 0.0;
  bool isTitled = false; ///< whether a panel has a title
};

double planarHeight(const SampleGrid &grid) {
  return std::clamp(panelWidth * static_cast<double>(grid.rows) / static_cast<double>(grid.columns),
                    0.25 * panelWidth, 1.2 * panelWidth);
}

double panelHeight(const FieldPanel &panel, FieldView view) {
  if (!panel.grid.onSphere())
    return planarHeight(panel.grid);
  const double discs = discSize + captionHeight;
  return view == FieldView::Map           ? mapHeight
         : view == FieldView::Hemispheres ? discs
                                          : mapHeight + discGap + discs;
}

RowPlot layOut(const FieldRow &row, FieldView view) {
  if (row.panels.empty())
    throw std::invalid_argument("row '" + row.title + "': expected at least one field, got none");
  RowPlot plot;
  plot.row = row;
  for (size_t k = 0; k < row.panels.size(); ++k) {
    const FieldPanel &panel = row.panels[k];
    if (std::ssize(panel.values) != panel.grid.points() || panel.values.empty())
      throw std::invalid_argument(
          "field '" + panel.title + "': expected one value for each point of " +
          gridText(panel.grid) + ", got " + std::to_string(panel.values.size()));
    plot.ranges[panel.scale].add(panel);
    plot.ranges[panel.scale].lastPanel = k;
    plot.height = std::max(plot.height, panelHeight(panel, view));
    plot.isTitled |= !panel.title.empty();
  }
  for (auto &[scale, range] : plot.ranges)
    range.close();
  for (size_t k = 0; k < row.panels.size(); ++k) {
    const ColorRange &range = plot.ranges[row.panels[k].scale];
    plot.widths.push_back(panelWidth + (range.lastPanel == k ? range.barRoom() : 2 * kGap));
  }
  if (plot.isTitled)
    plot.height += kPanelSize + 4;
  return plot;
}

void paintPlanar(Page &page, const Rectangle &area, const FieldPanel &panel,
                 const ColorRange &range) {
  PixelImage image(panel.grid.columns, panel.grid.rows);
  for (int64_t k = 0; k < panel.grid.points(); ++k)
    image.set(k % image.width, k / image.width, range.of(panel.values[k]));
  page.cells(area, image);
  page.outline(area, {kInk, 0.5});
}

/// Values between points; near one that is not finite the value of the nearest point.
double valueAt(const PointFinder &finder, std::span<const float> values, const SpherePoint &place) {
  const PointFinder::Neighbours around = finder.around(place);
  double value = 0.0;
  for (int k = 0; k < 4; ++k)
    if (around.weights[k] > 0)
      value += around.weights[k] * values[around.points[k]];
  return std::isfinite(value) ? value : values[finder.nearest(place)];
}

void paintOnSphere(Page &page, Point corner, const FieldPanel &panel, const ColorRange &range,
                   FieldView view) {
  const PointFinder finder(panel.grid);
  const ColorAt color = [&](const SpherePoint &place) {
    return range.of(valueAt(finder, panel.values, place));
  };
  if (view != FieldView::Hemispheres) {
    const Rectangle map = {corner.x, corner.y, panelWidth, mapHeight};
    page.cells(map, mapImage(static_cast<int64_t>(3 * mapHeight), color));
    page.outline(map, {kInk, 0.5});
    corner.y += mapHeight + discGap;
  }
  if (view == FieldView::Map)
    return;
  const char *const names[] = {"from α = 0", "from α = π"};
  for (int side = 0; side < 2; ++side) {
    const Rectangle square = {corner.x + side * (discSize + discGap), corner.y, discSize, discSize};
    paintSphere(page, square, viewFrom({side == 0 ? 1.0 : -1.0, 0, 0}), color);
    page.text({square.middle().x, square.bottom() + captionHeight - 2}, names[side],
              {.size = kSmallSize, .color = kSoftInk, .anchor = TextAnchor::Middle});
  }
}

/// Where the panels of all rows begin, one below the other, and where the last one ends.
std::vector<double> leftsOf(const std::vector<RowPlot> &plots) {
  std::vector<double> widths;
  for (const RowPlot &plot : plots) {
    widths.resize(std::max(widths.size(), plot.widths.size()));
    for (size_t k = 0; k < plot.widths.size(); ++k)
      widths[k] = std::max(widths[k], plot.widths[k]);
  }
  std::vector<double> lefts = {0.0};
  for (const double width : widths)
    lefts.push_back(lefts.back() + width);
  return lefts;
}

void paintRow(Page &page, Point corner, const RowPlot &plot, std::span<const double> lefts,
              FieldView view) {
  const double top = corner.y + (plot.isTitled ? kPanelSize + 4 : 0.0);
  for (size_t k = 0; k < plot.row.panels.size(); ++k) {
    const FieldPanel &panel = plot.row.panels[k];
    const ColorRange &range = plot.ranges.at(panel.scale);
    const Point place = {corner.x + lefts[k], top};
    page.text({place.x + panelWidth / 2, corner.y + 0.8 * kPanelSize},
              fittedText(panel.title, kPanelSize, panelWidth),
              {.size = kPanelSize, .color = kInk, .anchor = TextAnchor::Middle});
    const double height = panelHeight(panel, view);
    if (panel.grid.onSphere())
      paintOnSphere(page, place, panel, range, view);
    else
      paintPlanar(page, {place.x, place.y, panelWidth, height}, panel, range);
    if (range.lastPanel == k)
      paintColorBar(page,
                    {place.x + panelWidth + kGap, place.y + 2, barWidth,
                     std::max(30.0, height - captionHeight - 4)},
                    range.axis(), range.color());
  }
}

bool hasMissing(std::span<const FieldRow> rows) {
  for (const FieldRow &row : rows)
    for (const FieldPanel &panel : row.panels)
      if (!std::ranges::all_of(panel.values, [](float value) { return std::isfinite(value); }))
        return true;
  return false;
}

} // namespace

Figure drawFields(std::span<const FieldRow> rows, const std::string &title, FieldView view) {
  if (rows.empty())
    throw std::invalid_argument("expected at least one row of fields, got none");
  auto plots = std::make_shared<std::vector<RowPlot>>();
  double height = kMargin + titleHeight(title);
  bool isNamed = false;
  for (const FieldRow &row : rows) {
    plots->push_back(layOut(row, view));
    height += plots->back().height + rowGap;
    isNamed |= !row.title.empty();
  }
  const std::vector<double> lefts = leftsOf(*plots);
  const double names = isNamed ? kPanelSize + kGap : 0.0;
  const std::string note = hasMissing(rows) ? "grey: not a finite number" : "";
  const double width =
      std::max(lefts.back() + names, textWidth(title, kTitleSize, true)) + 2 * kMargin;
  return Figure(width, height + (note.empty() ? 0.0 : 10.0) + 2, [=](Page &page) {
    paintTitle(page, title);
    double top = kMargin + titleHeight(title);
    for (const RowPlot &plot : *plots) {
      page.text({kMargin + 0.8 * kPanelSize, top + plot.height / 2},
                fittedText(plot.row.title, kPanelSize, plot.height),
                {.size = kPanelSize,
                 .color = kInk,
                 .anchor = TextAnchor::Middle,
                 .isBold = true,
                 .turn = 90});
      paintRow(page, {kMargin + names, top}, plot, lefts, view);
      top += plot.height + rowGap;
    }
    page.text({kMargin + names, top + 4}, note, {.size = kSmallSize, .color = kSoftInk});
  });
}

} // namespace spherical::runtime
