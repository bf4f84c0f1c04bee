//===- confusion.cpp - which classes are taken for which --------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr int64_t mostClasses = 1000, mostNumbered = 60;
constexpr double longestName = 110.0;

/// Sizes by the number of classes.
struct CellShape {
  explicit CellShape(int64_t classes)
      : side(classes <= 12             ? 36.0
             : classes <= 25           ? 24.0
             : classes <= mostNumbered ? 15.0
                                       : 6.0),
        shareSize(classes <= 12   ? 8.0
                  : classes <= 25 ? 6.5
                                  : 5.0),
        countSize(classes <= 12   ? 6.0
                  : classes <= 25 ? 5.0
                                  : 3.8),
        nameSize(classes <= 25             ? kTextSize
                 : classes <= mostNumbered ? 6.5
                                           : 5.0),
        isNumbered(classes <= mostNumbered) {}

  double side, shareSize, countSize, nameSize;
  bool isNumbered;
};

class ConfusionPlot {
public:
  explicit ConfusionPlot(const ConfusionMatrix &matrix);

  double width() const { return area.right() + room + 46 + kMargin; }
  double height() const { return area.bottom() + room + kMargin; }
  void paint(Page &page) const;

private:
  void paintCell(Page &page, int64_t label, int64_t prediction) const;
  void paintNames(Page &page) const;
  void paintTotals(Page &page) const;

  const ConfusionMatrix matrix;
  const int64_t classes;
  const CellShape cell;
  std::vector<std::string> names;
  std::vector<int64_t> rowTotals, columnTotals;
  double room = 0.0;      // of the totals
  bool areTurned = false; // the names of the columns
  Rectangle area;
};

ConfusionPlot::ConfusionPlot(const ConfusionMatrix &matrix)
    : matrix(matrix), classes(std::ssize(matrix.classes)), cell(classes) {
  if (classes < 1 || classes > mostClasses || std::ssize(matrix.counts) != classes * classes)
    throw std::invalid_argument("expected counts of 1 to 1000 classes squared, got " +
                                std::to_string(matrix.counts.size()) + " of " +
                                std::to_string(classes) + " classes");
  double widest = 0.0;
  for (const std::string &name : matrix.classes) {
    names.push_back(fittedText(name, cell.nameSize, longestName));
    widest = std::max(widest, textWidth(names.back(), cell.nameSize));
  }
  rowTotals.resize(classes);
  columnTotals.resize(classes);
  for (int64_t row = 0; row < classes; ++row)
    for (int64_t column = 0; column < classes; ++column) {
      rowTotals[row] += matrix.counts[row * classes + column];
      columnTotals[column] += matrix.counts[row * classes + column];
    }
  if (std::accumulate(rowTotals.begin(), rowTotals.end(), int64_t(0)) == 0)
    throw std::invalid_argument("expected a confusion matrix with a count, got zeros");
  for (const std::vector<int64_t> *totals : {&rowTotals, &columnTotals})
    for (const int64_t total : *totals)
      room = std::max(room, textWidth(groupedNumber(total), cell.nameSize) + 2 * kGap);
  const double side = cell.side * static_cast<double>(classes);
  areTurned = widest > cell.side - 2;
  const double above = areTurned ? widest : cell.nameSize;
  area = {kMargin + kTextSize + kGap + widest + kGap,
          kMargin + titleHeight(matrix.title) + kTextSize + kGap + above + kGap, side, side};
}

/// Counts that are too long for the cell lose their last digits: "12k".
std::string countText(int64_t count, double size, double width) {
  std::string text = std::to_string(count);
  for (const char *unit : {"k", "M", "G"}) {
    if (textWidth(text, size) <= width)
      break;
    count = (count + 500) / 1000;
    text = std::to_string(count) + unit;
  }
  return text;
}

void ConfusionPlot::paintCell(Page &page, int64_t label, int64_t prediction) const {
  const int64_t count = matrix.counts[label * classes + prediction];
  if (count == 0)
    return;
  const double share = static_cast<double>(count) / static_cast<double>(rowTotals[label]);
  const Color color = densityColor(share);
  const Rectangle place = {area.x + cell.side * static_cast<double>(prediction),
                           area.y + cell.side * static_cast<double>(label), cell.side, cell.side};
  page.fill(place, color);
  if (!cell.isNumbered)
    return;
  const double percent = 100 * share;
  const std::string text = percent < 0.95 && classes > 12
                               ? (percent < 0.05 ? "<.1" : fixedNumber(percent, 1).substr(1))
                               : fixedNumber(percent, classes <= 12 ? 1 : 0);
  const double middle = place.middle().x;
  page.text({middle, place.y + 0.36 * cell.side}, text,
            {.size = cell.shareSize,
             .color = letterColor(color),
             .anchor = TextAnchor::Middle,
             .level = TextLevel::Middle});
  page.text({middle, place.y + 0.74 * cell.side}, countText(count, cell.countSize, cell.side - 1.5),
            {.size = cell.countSize,
             .color = letterColor(color),
             .anchor = TextAnchor::Middle,
             .level = TextLevel::Middle});
}

void ConfusionPlot::paintNames(Page &page) const {
  for (int64_t k = 0; k < classes; ++k) {
    const double place = (static_cast<double>(k) + 0.5) * cell.side;
    page.text({area.x - kGap, area.y + place}, names[k],
              {.size = cell.nameSize,
               .color = kInk,
               .anchor = TextAnchor::End,
               .level = TextLevel::Middle});
    page.text({area.x + place, area.y - kGap}, names[k],
              {.size = cell.nameSize,
               .color = kInk,
               .anchor = areTurned ? TextAnchor::Start : TextAnchor::Middle,
               .level = areTurned ? TextLevel::Middle : TextLevel::Baseline,
               .turn = areTurned ? 90.0 : 0.0});
  }
  const TextStyle bold = {
      .size = kTextSize, .color = kInk, .anchor = TextAnchor::Middle, .isBold = true};
  TextStyle turned = bold;
  turned.turn = 90;
  page.text({area.middle().x, kMargin + titleHeight(matrix.title) + 0.8 * kTextSize}, "prediction",
            bold);
  page.text({kMargin + 0.8 * kTextSize, area.middle().y}, "label", turned);
}

void ConfusionPlot::paintTotals(Page &page) const {
  for (int64_t k = 0; k < classes; ++k) {
    const double place = (static_cast<double>(k) + 0.5) * cell.side;
    page.text({area.right() + kGap, area.y + place}, groupedNumber(rowTotals[k]),
              {.size = cell.nameSize, .color = kSoftInk, .level = TextLevel::Middle});
    const std::string total = groupedNumber(columnTotals[k]);
    const bool fits = room - 2 * kGap < cell.side - 2;
    page.text({area.x + place, area.bottom() + kGap + (fits ? 0.6 * cell.nameSize : 0.0)}, total,
              {.size = cell.nameSize,
               .color = kSoftInk,
               .anchor = fits ? TextAnchor::Middle : TextAnchor::End,
               .level = fits ? TextLevel::Baseline : TextLevel::Middle,
               .turn = fits ? 0.0 : 90.0});
  }
}

void ConfusionPlot::paint(Page &page) const {
  paintTitle(page, matrix.title);
  for (int64_t label = 0; label < classes; ++label)
    for (int64_t prediction = 0; prediction < classes; ++prediction)
      paintCell(page, label, prediction);
  for (int64_t k = 0; k <= classes; ++k) {
    const double place = static_cast<double>(k) * cell.side;
    page.line({area.x + place, area.y}, {area.x + place, area.bottom()}, {kGridLine, 0.4});
    page.line({area.x, area.y + place}, {area.right(), area.y + place}, {kGridLine, 0.4});
  }
  page.outline(area, {kInk, 0.75});
  paintNames(page);
  paintTotals(page);
  const Rectangle bar = {area.right() + room + kGap, area.y, 9,
                         std::clamp(0.6 * area.height, 40.0, 220.0)};
  paintColorBar(page, bar, linearAxis(0, 100, 5, true), densityColor);
  page.text({bar.x, bar.bottom() + 2 * kSmallSize}, "% of row",
            {.size = kSmallSize, .color = kInk});
}

} // namespace

Figure drawConfusion(const ConfusionMatrix &matrix) {
  auto plot = std::make_shared<ConfusionPlot>(matrix);
  const double title = 2 * kMargin + textWidth(matrix.title, kTitleSize, true);
  return Figure(std::max(plot->width(), title), plot->height(),
                [plot](Page &page) { plot->paint(page); });
}

} // namespace spherical::runtime
