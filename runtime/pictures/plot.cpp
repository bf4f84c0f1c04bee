//===- plot.cpp - axes, their numbers and names -----------------*- C++ -*-===//

#include "runtime/pictures/plot.h"

#include <algorithm>

namespace spherical::runtime {
namespace {

constexpr double tickLength = 2.5, tickGap = 2.0;
constexpr double sampleLength = 16.0, areaLength = 8.0; // in a legend
constexpr double entryGap = 14.0;                       // between entries in a row

const Stroke axisLine = {kInk, 0.75};
const Stroke faintLine = {kGridLine, 0.6};

double widestText(const Axis &axis) {
  double widest = 0.0;
  for (const Tick &tick : axis.ticks)
    widest = std::max(widest, textWidth(tick.text, kTextSize));
  return widest;
}

double lengthOf(const LegendEntry &entry) { return entry.isArea ? areaLength : sampleLength; }

double entryWidth(const LegendEntry &entry) {
  return lengthOf(entry) + 4 + textWidth(entry.name, kTextSize);
}

void paintEntry(Page &page, Point corner, const LegendEntry &entry) {
  const double middle = corner.y + kLegendPitch / 2;
  if (entry.isArea)
    page.fill({corner.x, middle - 3.5, areaLength, 7}, entry.line.color);
  else
    page.line({corner.x, middle}, {corner.x + sampleLength, middle}, entry.line);
  page.text({corner.x + lengthOf(entry) + 4, middle}, entry.name,
            {.size = kTextSize, .color = kInk, .level = TextLevel::Middle});
}

/// Calls visit(entry, corner) for entries side by side; returns the height of their rows.
template <typename Visit>
double visitRows(std::span<const LegendEntry> entries, double width, const Visit &visit) {
  double x = 0.0, y = 0.0;
  for (const LegendEntry &entry : entries) {
    const double needed = entryWidth(entry);
    if (x > 0 && x + needed > width) {
      x = 0.0;
      y += kLegendPitch;
    }
    visit(entry, Point{x, y});
    x += needed + entryGap;
  }
  return entries.empty() ? 0.0 : y + kLegendPitch;
}

} // namespace

double Plot::leftRoom() const {
  return widestText(y) + tickLength + tickGap + (yLabel.empty() ? 0.0 : kTextSize + kGap);
}

double Plot::bottomRoom() const {
  return tickLength + tickGap + kTextSize + 2 + (xLabel.empty() ? 0.0 : kTextSize + kGap);
}

double Plot::topRoom() const { return title.empty() ? kGap : kPanelSize + kGap; }

void Plot::paintAxes(Page &page) const {
  for (const Tick &tick : x.ticks) {
    const double column = at(tick.value, y.low).x;
    page.line({column, area.y}, {column, area.bottom()}, faintLine);
    page.line({column, area.bottom()}, {column, area.bottom() + tickLength}, axisLine);
    page.text({column, area.bottom() + tickLength + tickGap + 0.75 * kTextSize}, tick.text,
              {.size = kTextSize, .color = kInk, .anchor = TextAnchor::Middle});
  }
  for (const Tick &tick : y.ticks) {
    const double row = at(x.low, tick.value).y;
    page.line({area.x, row}, {area.right(), row}, faintLine);
    page.line({area.x - tickLength, row}, {area.x, row}, axisLine);
    page.text(
        {area.x - tickLength - tickGap, row}, tick.text,
        {.size = kTextSize, .color = kInk, .anchor = TextAnchor::End, .level = TextLevel::Middle});
  }
  page.line({area.x, area.y}, {area.x, area.bottom()}, axisLine);
  page.line({area.x, area.bottom()}, {area.right(), area.bottom()}, axisLine);
  page.text({area.x, area.y - kGap}, title, {.size = kPanelSize, .color = kInk, .isBold = true});
  page.text({area.middle().x, area.bottom() + bottomRoom() - 1}, xLabel,
            {.size = kTextSize, .color = kInk, .anchor = TextAnchor::Middle});
  page.text({area.x - leftRoom() + 0.75 * kTextSize, area.middle().y}, yLabel,
            {.size = kTextSize, .color = kInk, .anchor = TextAnchor::Middle, .turn = 90});
}

double legendRowsHeight(std::span<const LegendEntry> entries, double width) {
  return visitRows(entries, width, [](const LegendEntry &, Point) {});
}

void paintLegendRows(Page &page, Point corner, std::span<const LegendEntry> entries, double width) {
  visitRows(entries, width, [&](const LegendEntry &entry, Point place) {
    paintEntry(page, {corner.x + place.x, corner.y + place.y}, entry);
  });
}

void paintColorBar(Page &page, const Rectangle &bar, const Axis &values, Color (*color)(double)) {
  constexpr int64_t steps = 128;
  PixelImage image(1, steps);
  for (int64_t k = 0; k < steps; ++k)
    image.set(0, k, color(1.0 - (static_cast<double>(k) + 0.5) / steps));
  page.cells(bar, image);
  page.outline(bar, {kInk, 0.5});
  for (const Tick &tick : values.ticks) {
    const double row = bar.bottom() - values.share(tick.value) * bar.height;
    page.line({bar.right(), row}, {bar.right() + tickLength, row}, {kInk, 0.5});
    page.text({bar.right() + tickLength + tickGap, row}, tick.text,
              {.size = kSmallSize, .color = kInk, .level = TextLevel::Middle});
  }
}

double titleHeight(const std::string &title) { return title.empty() ? 0.0 : kTitleSize + kGap; }

void paintTitle(Page &page, const std::string &title) {
  page.text({kMargin, kMargin + 0.8 * kTitleSize}, title,
            {.size = kTitleSize, .color = kInk, .isBold = true});
}

} // namespace spherical::runtime
