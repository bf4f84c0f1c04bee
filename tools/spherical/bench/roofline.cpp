//===- roofline.cpp - the roofline as a picture ---------------------------===//

#include "tools/spherical/bench/report.h"

#include "runtime/train/text.h"

#include <algorithm>
#include <cmath>

namespace spherical::driver {
namespace {

using runtime::Color;
using runtime::Picture;

constexpr Color paper = {255, 255, 255}, ink = {40, 40, 40}, gridLine = {225, 225, 225};
constexpr Color roof = {31, 95, 175}, dot = {200, 60, 40};
constexpr int64_t textScale = 2;
constexpr int64_t characterWidth = Picture::characterWidth * textScale;
constexpr int64_t lineHeight = Picture::characterHeight * textScale + 4;
constexpr int64_t left = 100, top = 60, plotWidth = 840, plotHeight = 420, gap = 16;

/// A decade axis from 10^low to 10^high over `length` pixels.
struct Axis {
  int low = 0, high = 1;
  int64_t length = 1;

  int64_t place(double value) const {
    const double share = (std::log10(value) - low) / (high - low);
    return std::llround(std::clamp(share, 0.0, 1.0) * static_cast<double>(length));
  }
};

Axis axisFor(double least, double most, int64_t length) {
  const int low = static_cast<int>(std::floor(std::log10(least)));
  return {low, std::max(low + 1, static_cast<int>(std::ceil(std::log10(most)))), length};
}

double intensityOf(const Speed &speed) { return speed.flop / std::max(speed.bytes, 1.0); }
double rateOf(const Speed &speed) { return 1e-9 * speed.flop / speed.seconds; }

/// What is drawn: problems that compute something, and the axes around them and the ridge.
struct Plot {
  explicit Plot(const BenchReport &report);

  int64_t column(double intensity) const { return left + x.place(intensity); }
  int64_t row(double rate) const { return top + plotHeight - y.place(rate); }

  const Roofline &roofline;
  std::vector<const Outcome *> points;
  Axis x, y;
};

Plot::Plot(const BenchReport &report) : roofline(*report.roofline) {
  const double ridge = roofline.gigaflop() / roofline.gigabytes();
  double leastX = ridge / 10, mostX = ridge * 10;
  double leastY = roofline.gigaflop() / 100, mostY = roofline.gigaflop();
  for (const Outcome &outcome : report.outcomes) {
    if (!outcome.speed || outcome.speed->flop <= 0)
      continue;
    points.push_back(&outcome);
    leastX = std::min(leastX, intensityOf(*outcome.speed));
    mostX = std::max(mostX, intensityOf(*outcome.speed));
    leastY = std::min(leastY, rateOf(*outcome.speed));
    mostY = std::max(mostY, rateOf(*outcome.speed));
  }
  x = axisFor(leastX, mostX, plotWidth);
  y = axisFor(leastY, mostY, plotHeight);
}

std::string decadeText(int exponent) {
  return exponent < 0 ? runtime::fixedText(std::pow(10.0, exponent), -exponent)
                      : runtime::fixedText(std::pow(10.0, exponent), 0);
}

void drawAxes(Picture &picture, const Plot &plot) {
  for (int decade = plot.x.low; decade <= plot.x.high; ++decade) {
    const int64_t column = plot.column(std::pow(10.0, decade));
    picture.fill(column, top, 1, plotHeight, decade == plot.x.low ? ink : gridLine);
    const std::string text = decadeText(decade);
    picture.drawText(column - static_cast<int64_t>(text.size()) * characterWidth / 2,
                     top + plotHeight + 8, text, ink, textScale);
  }
  for (int decade = plot.y.low; decade <= plot.y.high; ++decade) {
    const int64_t row = plot.row(std::pow(10.0, decade));
    picture.fill(left, row, plotWidth, 1, decade == plot.y.low ? ink : gridLine);
    const std::string text = decadeText(decade);
    picture.drawText(left - 8 - static_cast<int64_t>(text.size()) * characterWidth,
                     row - lineHeight / 2 + 2, text, ink, textScale);
  }
  picture.drawText(left, top - lineHeight, "GFLOP/s", ink, textScale);
  picture.drawText(left + plotWidth - 17 * characterWidth, top + plotHeight + 8 + lineHeight,
                   "operations a byte", ink, textScale);
}

void drawRoof(Picture &picture, const Plot &plot) {
  for (int64_t step = 0; step <= plotWidth; ++step) {
    const double share = static_cast<double>(step) / plotWidth;
    const double intensity = std::pow(10.0, plot.x.low + share * (plot.x.high - plot.x.low));
    const double rate = std::min(plot.roofline.gigaflop(), intensity * plot.roofline.gigabytes());
    if (rate >= std::pow(10.0, plot.y.low))
      picture.fill(left + step, plot.row(rate) - 1, 1, 3, roof);
  }
}

void drawPoints(Picture &picture, const Plot &plot) {
  for (size_t i = 0; i < plot.points.size(); ++i) {
    const Speed &speed = *plot.points[i]->speed;
    const int64_t column = plot.column(intensityOf(speed)), row = plot.row(rateOf(speed));
    picture.fill(column - 4, row - 4, 9, 9, dot);
    picture.drawText(column + 8, row - 6, std::to_string(i + 1), ink, textScale);
    picture.drawText(left, top + plotHeight + 2 * gap + (static_cast<int64_t>(i) + 2) * lineHeight,
                     std::to_string(i + 1) + "  " + plot.points[i]->problem.word, ink, textScale);
  }
}

} // namespace

Picture drawRoofline(const BenchReport &report) {
  const Plot plot(report);
  const std::string title = report.cpu + ", " + std::to_string(report.threads) +
                            " threads: " + runtime::fixedText(plot.roofline.gigaflop(), 0) +
                            " GFLOP/s, " + runtime::fixedText(plot.roofline.gigabytes(), 1) +
                            " GB/s";
  size_t letters = title.size();
  for (const Outcome *outcome : plot.points)
    letters = std::max(letters, outcome->problem.word.size() + 5);
  Picture picture(left + std::max(plotWidth, static_cast<int64_t>(letters) * characterWidth) +
                      2 * gap + left / 2,
                  top + plotHeight + 3 * gap +
                      (static_cast<int64_t>(plot.points.size()) + 2) * lineHeight,
                  paper);
  picture.drawText(left, gap / 2, title, ink, textScale);
  drawAxes(picture, plot);
  drawRoof(picture, plot);
  drawPoints(picture, plot);
  return picture;
}

} // namespace spherical::driver
