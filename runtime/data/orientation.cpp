//===- orientation.cpp - how a field lies on the sphere ---------*- C++ -*-===//

#include "runtime/data/orientation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr int64_t mapHeight = 256, mapWidth = 2 * mapHeight, left = 40, top = 32, bottom = 64;
constexpr Color paper = {255, 255, 255}, ink = {0, 0, 0}, line = {90, 130, 255},
                seam = {255, 140, 0}, missing = {200, 0, 0};
/// Of the first three values: with them, which way rows run.
constexpr Color firstColors[] = {{255, 0, 0}, {0, 170, 0}, {0, 0, 255}};

/// The map's pixel of a point.
int64_t columnOf(double alpha) {
  return static_cast<int64_t>(alpha / (2 * std::numbers::pi) * mapWidth) % mapWidth;
}
int64_t rowOf(double beta) {
  return std::min<int64_t>(static_cast<int64_t>(beta / std::numbers::pi * mapHeight),
                           mapHeight - 1);
}

void drawMap(Picture &picture, const SampleGrid &grid, std::span<const float> field) {
  float low = 0.0F, high = 0.0F;
  bool any = false;
  for (const float value : field)
    if (std::isfinite(value)) {
      low = any ? std::min(low, value) : value;
      high = any ? std::max(high, value) : value;
      any = true;
    }
  const SampleGrid pixels{GridKind::Equirectangular, mapHeight, mapWidth};
  const std::vector<int64_t> nearest = NearestPoints(grid, pixels).find();
  for (int64_t y = 0; y < mapHeight; ++y)
    for (int64_t x = 0; x < mapWidth; ++x) {
      const float value = field[nearest[y * mapWidth + x]];
      const double share = high > low ? (value - low) / (high - low) : 0.5;
      const auto grey = static_cast<uint8_t>(std::isfinite(value) ? 32 + 200 * share : 0);
      picture.set(left + x, top + y,
                  std::isfinite(value) ? Color{grey, grey, grey} : missing);
    }
}

/// Meridians and parallels a quarter turn apart, dashed, with their angles; the seam whole.
void drawLines(Picture &picture) {
  const char *const longitudes[] = {"alpha = 0", "pi/2", "pi", "3 pi/2", "2 pi"};
  for (int64_t quarter = 0; quarter <= 4; ++quarter) {
    const int64_t x = left + std::min(quarter * mapWidth / 4, mapWidth - 1);
    const bool isSeam = quarter % 4 == 0;
    for (int64_t y = 0; y < mapHeight; ++y)
      if (isSeam || y / 4 % 2 == 0)
        picture.set(x, top + y, isSeam ? seam : line);
    picture.drawText(x - (quarter == 0 ? 0 : 12), top - 10, longitudes[quarter],
                     isSeam ? seam : ink);
  }
  const char *const names[] = {"N", "pi/4", "pi/2", "3pi/4", "S"};
  for (int64_t quarter = 0; quarter <= 4; ++quarter) {
    const int64_t y = top + std::min(quarter * mapHeight / 4, mapHeight - 1);
    for (int64_t x = 0; x < mapWidth && quarter == 2; ++x)
      if (x / 4 % 2 == 0)
        picture.set(left + x, y, line);
    picture.drawText(4, y - 4, names[quarter], ink);
  }
  picture.drawText(left + mapWidth / 2 - 60, top - 24, "east: alpha grows ->", ink);
}

/// Squares at the first values of the field, in the order of the file.
void drawFirst(Picture &picture, const SampleGrid &grid) {
  const std::vector<SpherePoint> points = gridPoints(grid);
  for (size_t i = std::min<size_t>(3, points.size()); i-- > 0;)
    picture.fill(left + columnOf(points[i].alpha) - 2, top + rowOf(points[i].beta) - 2, 5, 5,
                 firstColors[i]);
}

} // namespace

Picture drawOrientation(const SampleGrid &grid, std::span<const float> field,
                        const std::string &title) {
  if (static_cast<int64_t>(field.size()) != grid.points() || !grid.onSphere())
    throw std::invalid_argument("expected one value for each point of " + gridText(grid) +
                                ", got " + std::to_string(field.size()));
  Picture picture(left + mapWidth + 40, top + mapHeight + bottom, paper);
  drawMap(picture, grid, field);
  drawLines(picture);
  drawFirst(picture, grid);
  picture.drawText(left, top + mapHeight + 10, title, ink);
  const char *const names[] = {"first value", "second", "third"};
  for (int64_t i = 0; i < 3; ++i) {
    picture.fill(left + 110 * i, top + mapHeight + 28, 7, 7, firstColors[i]);
    picture.drawText(left + 110 * i + 12, top + mapHeight + 28, names[i], ink);
  }
  picture.drawText(left, top + mapHeight + 44, "orange: the seam, where longitudes begin", seam);
  return picture;
}

} // namespace spherical::runtime
