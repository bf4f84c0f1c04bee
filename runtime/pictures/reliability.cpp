//===- reliability.cpp - what probabilities are worth -----------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double side = 220.0, countsHeight = 70.0, between = 22.0;

int64_t totalOf(const Reliability &reliability) {
  int64_t total = 0;
  for (const ReliabilityBin &bin : reliability.bins)
    total += bin.count;
  return total;
}

Rectangle barOf(const Plot &plot, const ReliabilityBin &bin, double value) {
  const Point upper = plot.at(bin.low, value), lower = plot.at(bin.high, plot.y.low);
  return {upper.x + 0.5, upper.y, lower.x - upper.x - 1.0, lower.y - upper.y};
}

void paintAccuracy(Page &page, const Plot &plot, const Reliability &reliability) {
  plot.paintAxes(page);
  for (const ReliabilityBin &bin : reliability.bins) {
    if (bin.count == 0)
      continue;
    page.fill(barOf(plot, bin, bin.accuracy), {158, 202, 225});
  }
  page.line(plot.at(0, 0), plot.at(1, 1), {kSoftInk, 0.9, {3, 2}});
  for (const ReliabilityBin &bin : reliability.bins) {
    if (bin.count == 0)
      continue;
    const double error =
        std::sqrt(bin.accuracy * (1 - bin.accuracy) / static_cast<double>(bin.count));
    const Point point = plot.at(bin.confidence, bin.accuracy);
    page.line(plot.at(bin.confidence, std::max(0.0, bin.accuracy - error)),
              plot.at(bin.confidence, std::min(1.0, bin.accuracy + error)), {kRight, 1.0});
    page.fillCircle(point, 2.0, kRight);
  }
  const std::string error =
      "expected calibration error " + fixedNumber(100 * reliability.error, 2) + " %";
  const double wide = textWidth(error, kTextSize);
  page.fill({plot.area.x + 3, plot.area.y + 3, wide + 6, kTextSize + 6}, kPaper, 0.85);
  page.text({plot.area.x + 6, plot.area.y + 4 + kTextSize}, error,
            {.size = kTextSize, .color = kInk});
}

void paintCounts(Page &page, const Plot &plot, const Reliability &reliability) {
  plot.paintAxes(page);
  const auto total = static_cast<double>(totalOf(reliability));
  for (const ReliabilityBin &bin : reliability.bins) {
    if (bin.count == 0)
      continue;
    const Rectangle bar = barOf(plot, bin, 100 * static_cast<double>(bin.count) / total);
    page.fill(bar, {150, 150, 150});
    const std::string count = std::to_string(bin.count);
    const bool isInside = bar.height > textWidth(count, 5.0) + 4;
    page.text({bar.middle().x, isInside ? bar.y + 2 : bar.y - 2}, count,
              {.size = 5.0,
               .color = isInside ? kPaper : kInk,
               .anchor = isInside ? TextAnchor::End : TextAnchor::Start,
               .level = TextLevel::Middle,
               .turn = 90});
  }
}

void check(const Reliability &reliability) {
  for (const ReliabilityBin &bin : reliability.bins)
    if (!(bin.low >= 0 && bin.low < bin.high && bin.high <= 1 && bin.count >= 0))
      throw std::invalid_argument("expected bins within 0 and 1 with counts of at least 0");
  if (totalOf(reliability) == 0)
    throw std::invalid_argument("expected predictions with a confidence, got none");
}

} // namespace

Figure drawReliability(const Reliability &reliability) {
  check(reliability);
  auto upper = std::make_shared<Plot>(), lower = std::make_shared<Plot>();
  upper->x = upper->y = linearAxis(0, 1, 5, true);
  upper->yLabel = "accuracy";
  int64_t largest = 0;
  for (const ReliabilityBin &bin : reliability.bins)
    largest = std::max(largest, bin.count);
  const double share =
      100 * static_cast<double>(largest) / static_cast<double>(totalOf(reliability));
  lower->x = upper->x;
  lower->y = roundAxis(0, 1.05 * share, 3);
  lower->xLabel = "confidence, the probability of the predicted class";
  lower->yLabel = "% of predictions";
  const double left = kMargin + std::max(upper->leftRoom(), lower->leftRoom());
  const double top = kMargin + titleHeight(reliability.title) + kGap;
  upper->area = {left, top, side, side};
  lower->area = {left, top + side + between, side, countsHeight};
  const double width = std::max(left + side + 2 * kMargin,
                                2 * kMargin + textWidth(reliability.title, kTitleSize, true));
  return Figure(width, lower->area.bottom() + lower->bottomRoom() + kMargin, [=](Page &page) {
    paintTitle(page, reliability.title);
    paintAccuracy(page, *upper, reliability);
    paintCounts(page, *lower, reliability);
  });
}

} // namespace spherical::runtime
