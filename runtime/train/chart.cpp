//===- chart.cpp - bars with deviations -------------------------*- C++ -*-===//

#include "runtime/train/chart.h"

#include "runtime/train/text.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr Color paper = {255, 255, 255};
constexpr Color ink = {40, 40, 40};
constexpr Color gridLine = {220, 220, 220};
constexpr int64_t textScale = 2;
constexpr int64_t textHeight = Picture::characterHeight * textScale;
constexpr int64_t gap = 16;
constexpr int64_t axisWidth = 44; // for the numbers of the axis
constexpr int64_t plotHeight = 260;
constexpr int64_t barWidth = 76;
constexpr int64_t barPitch = 148;

int64_t textWidth(const std::string &text) {
  return Picture::characterWidth * textScale * static_cast<int64_t>(text.size());
}

void drawCentered(Picture &picture, int64_t middle, int64_t y, const std::string &text) {
  picture.drawText(middle - textWidth(text) / 2, y, text, ink, textScale);
}

/// Where a panel's parts lie, from its upper left corner.
struct PanelShape {
  int64_t bars = 0, lines = 0;
  int64_t heading = 0; ///< the widest title or unit

  int64_t plotTop() const { return 3 * textHeight + 2 * gap; }
  int64_t plotWidth() const { return bars * barPitch; }
  int64_t width() const { return axisWidth + std::max(plotWidth(), heading) + gap; }
  int64_t height() const { return plotTop() + plotHeight + gap + lines * textHeight + gap; }
  /// The row of a value on the axis.
  int64_t row(double value) const {
    return plotTop() + std::llround((100.0 - std::clamp(value, 0.0, 100.0)) / 100.0 * plotHeight);
  }
};

PanelShape shapeOf(const std::vector<Panel> &panels) {
  PanelShape shape;
  for (const Panel &panel : panels) {
    shape.bars = std::max(shape.bars, static_cast<int64_t>(panel.bars.size()));
    shape.heading = std::max({shape.heading, textWidth(panel.title), textWidth(panel.unit)});
    for (const Bar &bar : panel.bars)
      shape.lines = std::max(shape.lines, static_cast<int64_t>(bar.lines.size()));
  }
  return shape;
}

void drawAxis(Picture &picture, int64_t x, int64_t y, const PanelShape &shape) {
  for (int value = 0; value <= 100; value += 20) {
    const int64_t row = y + shape.row(value);
    const std::string text = std::to_string(value);
    picture.fill(x + axisWidth, row, shape.plotWidth(), 1, value == 0 ? ink : gridLine);
    picture.drawText(x + axisWidth - 6 - textWidth(text), row - textHeight / 2 + 1, text, ink,
                     textScale);
  }
}

/// A bar around the column `middle`, with its value above everything that belongs to it.
void drawBar(Picture &picture, int64_t middle, int64_t y, const PanelShape &shape, const Bar &bar) {
  const int64_t top = y + shape.row(bar.value), bottom = y + shape.row(0.0);
  picture.fill(middle - barWidth / 2, top, barWidth, bottom - top, bar.color);
  int64_t highest = top;
  for (size_t k = 0; k < bar.samples.size(); ++k) {
    const int64_t row = y + shape.row(bar.samples[k]);
    const auto step = static_cast<int64_t>(barWidth / (bar.samples.size() + 1));
    picture.fill(middle - barWidth / 2 + step * static_cast<int64_t>(k + 1) - 3, row - 3, 6, 6,
                 ink);
    highest = std::min(highest, row - 3);
  }
  if (!std::isnan(bar.deviation)) {
    const int64_t high = y + shape.row(bar.value + bar.deviation);
    const int64_t low = y + shape.row(bar.value - bar.deviation);
    picture.fill(middle - 1, high, 2, low - high + 1, ink);
    picture.fill(middle - 10, high, 20, 2, ink);
    picture.fill(middle - 10, low, 20, 2, ink);
    highest = std::min(highest, high);
  }
  drawCentered(picture, middle, highest - textHeight - 2, fixedText(bar.value, 1));
  for (size_t line = 0; line < bar.lines.size(); ++line)
    drawCentered(picture, middle, bottom + gap / 2 + static_cast<int64_t>(line) * (textHeight + 2),
                 bar.lines[line]);
}

} // namespace

Picture drawBars(const std::vector<Panel> &panels, int64_t columns, const std::string &title) {
  if (panels.empty() || columns < 1)
    throw std::invalid_argument("expected at least one panel and one column");
  const auto count = static_cast<int64_t>(panels.size());
  columns = std::min(columns, count);
  const PanelShape shape = shapeOf(panels);
  const int64_t titleHeight = textHeight + 2 * gap;
  Picture picture(std::max(columns * shape.width(), textWidth(title)) + 2 * gap,
                  titleHeight + (count + columns - 1) / columns * shape.height(), paper);
  picture.drawText(gap, gap, title, ink, textScale);
  for (int64_t index = 0; index < count; ++index) {
    const int64_t x = gap + index % columns * shape.width();
    const int64_t y = titleHeight + index / columns * shape.height();
    drawAxis(picture, x, y, shape);
    picture.drawText(x + axisWidth, y, panels[index].title, ink, textScale);
    picture.drawText(x + axisWidth, y + textHeight + 2, panels[index].unit, ink, textScale);
    for (size_t bar = 0; bar < panels[index].bars.size(); ++bar)
      drawBar(picture, x + axisWidth + barPitch / 2 + static_cast<int64_t>(bar) * barPitch, y,
              shape, panels[index].bars[bar]);
  }
  return picture;
}

} // namespace spherical::runtime
