//===- orientation.cpp - how a field lies on the sphere ---------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"
#include "runtime/pictures/sphere_view.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double mapWidth = 360.0, mapHeight = mapWidth / 2;
constexpr Rectangle map = {kMargin + 26, kMargin + 30, mapWidth, mapHeight};
constexpr Color seamColor = {230, 159, 0};

struct Orientation {
  SampleGrid grid;
  std::vector<float> field;
  std::string title;
  double low = 0.0, high = 1.0;
  bool isMissing = false; ///< some value
};

Point placeOf(const SpherePoint &point) {
  return {map.x + point.alpha / (2 * std::numbers::pi) * mapWidth,
          map.y + point.beta / std::numbers::pi * mapHeight};
}

void findRange(Orientation &picture) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const float value : picture.field)
    if (std::isfinite(value)) {
      low = std::min<double>(low, value);
      high = std::max<double>(high, value);
    } else {
      picture.isMissing = true;
    }
  if (!(low <= high))
    low = high = 0.0;
  const double half = low < high ? 0.0 : low == 0.0 ? 0.5 : 0.1 * std::abs(low);
  picture.low = low - half;
  picture.high = high + half;
}

void paintValues(Page &page, const Orientation &picture) {
  const PointFinder finder(picture.grid);
  const PixelImage image =
      mapImage(static_cast<int64_t>(3 * mapHeight), [&](const SpherePoint &place) {
        const double value = picture.field[finder.nearest(place)];
        return std::isfinite(value)
                   ? magnitudeColor((value - picture.low) / (picture.high - picture.low))
                   : kMissing;
      });
  page.cells(map, image);
  paintColorBar(page, {map.right() + 14, map.y, 8, mapHeight},
                linearAxis(picture.low, picture.high, 6, true), magnitudeColor);
}

/// Meridians and parallels a quarter turn apart, dashed, with their angles; the seam whole.
void paintLines(Page &page) {
  const char *const longitudes[] = {"0", "π/2", "π", "3π/2", "2π"};
  const char *const colatitudes[] = {"N  0", "π/4", "π/2", "3π/4", "S  π"};
  const TextStyle above = {.size = kTextSize, .color = kInk, .anchor = TextAnchor::Middle};
  const TextStyle beside = {
      .size = kTextSize, .color = kInk, .anchor = TextAnchor::End, .level = TextLevel::Middle};
  for (int quarter = 0; quarter <= 4; ++quarter) {
    const double x = map.x + quarter * mapWidth / 4, y = map.y + quarter * mapHeight / 4;
    if (quarter % 4 != 0) {
      page.line({x, map.y}, {x, map.bottom()}, {kPaper, 0.6, {3, 3}});
      page.line({map.x, y}, {map.right(), y}, {kPaper, quarter == 2 ? 0.9 : 0.4, {3, 3}});
    }
    page.text({x, map.y - 5}, longitudes[quarter], above);
    page.text({map.x - 5, y}, colatitudes[quarter], beside);
  }
  page.outline(map, {kInk, 0.5});
  for (const double x : {map.x, map.right()})
    page.line({x, map.y}, {x, map.bottom()}, {seamColor, 2.0});
  page.text({map.middle().x, map.y - 18}, "longitude α, growing eastwards →", above);
  page.text({kMargin + 0.75 * kTextSize - 4, map.middle().y}, "colatitude β",
            {.size = kTextSize, .color = kInk, .anchor = TextAnchor::Middle, .turn = 90});
}

/// The first values of the field, numbered, in the order of the file.
void paintFirst(Page &page, const Orientation &picture) {
  const std::vector<SpherePoint> points = gridPoints(picture.grid);
  // Where they lie close, their numbers step to the right, so that lines lead to them.
  double free = 0.0;
  for (size_t k = 0; k < std::min<size_t>(3, points.size()); ++k) {
    const Point dot = placeOf(points[k]);
    const Point number = {std::max(dot.x + 9, free), std::max(dot.y + 12, map.y + 12)};
    free = number.x + 12;
    page.line(dot, number, {kPaper, 1.6});
    page.line(dot, number, {kWrong, 0.8});
    page.fillCircle(dot, 2.6, kPaper);
    page.fillCircle(dot, 1.8, kWrong);
    page.fillCircle(number, 5.0, kPaper);
    page.strokeCircle(number, 5.0, {kWrong, 0.8});
    page.text(number, std::to_string(k + 1),
              {.size = kTextSize,
               .color = kInk,
               .anchor = TextAnchor::Middle,
               .level = TextLevel::Middle});
  }
}

void paint(Page &page, const Orientation &picture) {
  paintValues(page, picture);
  paintLines(page);
  paintFirst(page, picture);
  double row = map.bottom() + 16;
  page.text({map.x, row}, picture.title, {.size = kTextSize, .color = kInk, .isBold = true});
  row += 12;
  page.fillCircle({map.x + 3, row - 2.5}, 1.8, kWrong);
  page.text({map.x + 9, row}, "the first three values", {.size = kTextSize, .color = kInk});
  page.line({map.x + 130, row - 6}, {map.x + 130, row + 1}, {seamColor, 2.0});
  page.text({map.x + 136, row}, "the seam, where longitudes begin",
            {.size = kTextSize, .color = kInk});
  if (!picture.isMissing)
    return;
  page.fill({map.x + 280, row - 6, 7, 7}, kMissing);
  page.text({map.x + 290, row}, "no finite value", {.size = kTextSize, .color = kInk});
}

} // namespace

Figure drawOrientation(const SampleGrid &grid, std::span<const float> field,
                       const std::string &title) {
  if (std::ssize(field) != grid.points() || !grid.onSphere())
    throw std::invalid_argument("expected one value for each point of " + gridText(grid) +
                                ", got " + std::to_string(field.size()));
  auto picture = std::make_shared<Orientation>();
  picture->grid = grid;
  picture->field.assign(field.begin(), field.end());
  picture->title = fittedText(title, kTextSize, mapWidth);
  findRange(*picture);
  return Figure(map.right() + 14 + 8 + 40 + kMargin, map.bottom() + 28 + kMargin,
                [picture](Page &page) { paint(page, *picture); });
}

} // namespace spherical::runtime
