//===- roofline.cpp - what programs reach of a machine ----------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double plotWidth = 400.0, plotHeight = 220.0;

/// Axes around the points and the ridge, in whole powers of 10.
void setAxes(Plot &plot, const RooflinePlot &roofline) {
  const double ridge = roofline.gigaflop / roofline.gigabytes;
  double leastX = ridge / 10, mostX = ridge * 10;
  double leastY = roofline.gigaflop / 100, mostY = roofline.gigaflop;
  for (const RooflinePoint &point : roofline.points) {
    leastX = std::min(leastX, point.intensity);
    mostX = std::max(mostX, point.intensity);
    leastY = std::min(leastY, point.rate);
    mostY = std::max(mostY, point.rate);
  }
  plot.x = logarithmicAxis(leastX, mostX, 9);
  plot.y = logarithmicAxis(leastY, mostY, 9);
}

void paintRoof(Page &page, const Plot &plot, const RooflinePlot &roofline) {
  const auto bound = [&](double intensity) {
    return std::min(roofline.gigaflop, intensity * roofline.gigabytes);
  };
  const double ridge = roofline.gigaflop / roofline.gigabytes;
  page.clip(plot.area);
  const Point line[] = {plot.at(plot.x.low, bound(plot.x.low)), plot.at(ridge, bound(ridge)),
                        plot.at(plot.x.high, bound(plot.x.high))};
  page.stroke(line, {kRight, 1.6});
  page.unclip();
}

/// Where the numbers of points stand: beside them, or where others lie close, further down.
void paintPoints(Page &page, const Plot &plot, const RooflinePlot &roofline) {
  std::vector<Point> written;
  for (const RooflinePoint &point : roofline.points)
    page.fillCircle(plot.at(point.intensity, point.rate), 2.4, kWrong);
  for (size_t k = 0; k < roofline.points.size(); ++k) {
    const Point dot = plot.at(roofline.points[k].intensity, roofline.points[k].rate);
    Point place = {dot.x + 4, dot.y};
    const auto meets = [&](const Point &other) {
      return std::abs(other.x - place.x) < 9 && std::abs(other.y - place.y) < 6.5;
    };
    while (std::ranges::any_of(written, meets))
      place.y += 2;
    written.push_back(place);
    if (place.y > dot.y + 4)
      page.line(dot, place, {kSoftInk, 0.4});
    page.text(place, std::to_string(k + 1),
              {.size = kSmallSize, .color = kInk, .level = TextLevel::Middle});
  }
}

void paintNames(Page &page, Point corner, const RooflinePlot &roofline) {
  for (size_t k = 0; k < roofline.points.size(); ++k) {
    const double row = corner.y + static_cast<double>(k) * kLegendPitch;
    page.text({corner.x + 14, row}, std::to_string(k + 1),
              {.size = kTextSize, .color = kInk, .anchor = TextAnchor::End, .isBold = true});
    page.text({corner.x + 20, row}, roofline.points[k].name, {.size = kTextSize, .color = kInk});
  }
}

} // namespace

Figure drawRoofline(const RooflinePlot &roofline) {
  const auto isPositive = [](double value) { return std::isfinite(value) && value > 0; };
  const bool fit = isPositive(roofline.gigaflop) && isPositive(roofline.gigabytes) &&
                   std::ranges::all_of(roofline.points, [&](const RooflinePoint &point) {
                     return isPositive(point.intensity) && isPositive(point.rate);
                   });
  if (!fit)
    throw std::invalid_argument("expected rates and operations a byte above 0");
  auto plot = std::make_shared<Plot>();
  setAxes(*plot, roofline);
  plot->xLabel = "operations a byte";
  plot->yLabel = "GFLOP/s";
  plot->area = {kMargin + plot->leftRoom(), kMargin + titleHeight(roofline.title) + kGap, plotWidth,
                plotHeight};
  double widest = textWidth(roofline.title, kTitleSize, true);
  for (const RooflinePoint &point : roofline.points)
    widest = std::max(widest, plot->leftRoom() + 20 + textWidth(point.name, kTextSize));
  const double names = plot->area.bottom() + plot->bottomRoom() + kLegendPitch + kGap;
  const double height = names + static_cast<double>(roofline.points.size()) * kLegendPitch;
  return Figure(std::max(plot->area.right(), kMargin + widest) + kMargin + kGap, height,
                [=](Page &page) {
                  paintTitle(page, roofline.title);
                  plot->paintAxes(page);
                  paintRoof(page, *plot, roofline);
                  paintPoints(page, *plot, roofline);
                  paintNames(page, {plot->area.x - 14, names}, roofline);
                });
}

} // namespace spherical::runtime
