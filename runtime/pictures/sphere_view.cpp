//===- sphere_view.cpp - fields on the sphere, as pixels --------*- C++ -*-===//

#include "runtime/pictures/sphere_view.h"

#include "runtime/data/trigonometry.h"
#include "runtime/pictures/colors.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double pi = std::numbers::pi;
constexpr SampleGrid fineMap{GridKind::Equirectangular, 512, 1024};
constexpr double pixelsPerPoint = 3.0;
constexpr Color lineColor = {128, 128, 128};

Direction cross(const Direction &a, const Direction &b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

double dot(const Direction &a, const Direction &b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Direction normalized(const Direction &v) {
  const double length = std::sqrt(dot(v, v));
  return {v[0] / length, v[1] / length, v[2] / length};
}

Direction directionOf(const SpherePoint &point) {
  return {std::sin(point.beta) * std::cos(point.alpha),
          std::sin(point.beta) * std::sin(point.alpha), std::cos(point.beta)};
}

SpherePoint pointOf(const Direction &direction) {
  const double alpha = portableAtan2(direction[1], direction[0]);
  return {portableAcos(direction[2]), alpha < 0 ? alpha + 2 * pi : alpha};
}

} // namespace

SphereView viewFrom(const Direction &direction) {
  const Direction front = normalized(direction);
  constexpr double nearPole = 0.866; // cos 30 degrees
  if (std::abs(front[2]) > nearPole) {
    const double sign = front[2] > 0 ? 1.0 : -1.0;
    return {{1, 0, 0}, {0, sign, 0}, {0, 0, sign}};
  }
  const Direction up =
      normalized({-front[2] * front[0], -front[2] * front[1], 1 - front[2] * front[2]});
  return {cross(up, front), up, front};
}

SphereView viewOfContents(const SampleGrid &grid, std::span<const double> values) {
  const std::vector<SpherePoint> points = gridPoints(grid);
  Direction sum = {};
  double total = 0.0;
  for (size_t k = 0; k < points.size(); ++k) {
    // Points of a ring lie closer near the poles; pixels of HEALPix have equal areas.
    const double weight = values[k] * (grid.isHealpix() ? 1.0 : std::sin(points[k].beta));
    const Direction direction = directionOf(points[k]);
    for (int axis = 0; axis < 3; ++axis)
      sum[axis] += weight * direction[axis];
    total += weight;
  }
  if (!(std::sqrt(dot(sum, sum)) > 1e-3 * total))
    return viewFrom({-1, 0, 0});
  return viewFrom(sum);
}

PointFinder::PointFinder(const SampleGrid &grid) : grid(grid) {
  if (!grid.onSphere() || grid.points() < 1)
    throw std::invalid_argument("expected a grid on the sphere, got " + gridText(grid));
  if (grid.isHealpix()) {
    fine = NearestPoints(grid, fineMap).find();
    return;
  }
  const std::vector<SpherePoint> points = gridPoints(grid);
  firstColumn = points.front().alpha;
  for (int64_t row = 0; row < grid.rows; ++row)
    rows.push_back(points[row * grid.columns].beta);
}

std::pair<int64_t, double> PointFinder::rowAt(double beta) const {
  const auto below = std::ranges::upper_bound(rows, beta);
  if (below == rows.begin())
    return {0, 0.0};
  if (below == rows.end())
    return {grid.rows - 1, 0.0};
  const double above = *(below - 1);
  return {below - rows.begin() - 1, (beta - above) / (*below - above)};
}

std::pair<int64_t, double> PointFinder::columnAt(double alpha) const {
  const auto columns = static_cast<double>(grid.columns);
  double place = (alpha - firstColumn) / (2 * pi) * columns;
  place -= columns * std::floor(place / columns);
  const auto column = static_cast<int64_t>(place);
  return {column % grid.columns, place - static_cast<double>(column)};
}

int64_t PointFinder::nearest(const SpherePoint &place) const {
  if (grid.isHealpix()) {
    const auto row = static_cast<int64_t>(place.beta / pi * fineMap.rows);
    const auto column = static_cast<int64_t>(place.alpha / (2 * pi) * fineMap.columns);
    return fine[std::clamp<int64_t>(row, 0, fineMap.rows - 1) * fineMap.columns +
                std::clamp<int64_t>(column, 0, fineMap.columns - 1)];
  }
  const auto [row, down] = rowAt(place.beta);
  const auto [column, right] = columnAt(place.alpha);
  return (row + (down >= 0.5)) * grid.columns + (column + (right >= 0.5)) % grid.columns;
}

PointFinder::Neighbours PointFinder::around(const SpherePoint &place) const {
  if (grid.isHealpix()) {
    const int64_t point = nearest(place);
    return {{point, point, point, point}, {1, 0, 0, 0}};
  }
  const auto [row, down] = rowAt(place.beta);
  const auto [column, right] = columnAt(place.alpha);
  const int64_t upper = row * grid.columns;
  const int64_t lower = std::min(row + 1, grid.rows - 1) * grid.columns;
  const int64_t next = (column + 1) % grid.columns;
  return {{upper + column, upper + next, lower + column, lower + next},
          {(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right}};
}

PixelImage sphereImage(const SphereView &view, int64_t size, const ColorAt &color) {
  PixelImage image(size, size);
  const double radius = 0.5 * static_cast<double>(size);
  for (int64_t row = 0; row < size; ++row)
    for (int64_t column = 0; column < size; ++column) {
      double u = (static_cast<double>(column) + 0.5) / radius - 1.0;
      double v = 1.0 - (static_cast<double>(row) + 0.5) / radius;
      const double distance = std::max(1.0, std::hypot(u, v));
      u /= distance;
      v /= distance;
      const double w = std::sqrt(std::max(0.0, 1.0 - u * u - v * v));
      Direction point;
      for (int axis = 0; axis < 3; ++axis)
        point[axis] = u * view.right[axis] + v * view.up[axis] + w * view.front[axis];
      image.set(column, row, color(pointOf(point)));
    }
  return image;
}

PixelImage mapImage(int64_t height, const ColorAt &color) {
  PixelImage image(2 * height, height);
  const double step = pi / static_cast<double>(height);
  for (int64_t row = 0; row < height; ++row)
    for (int64_t column = 0; column < 2 * height; ++column)
      image.set(column, row,
                color({(static_cast<double>(row) + 0.5) * step,
                       (static_cast<double>(column) + 0.5) * step}));
  return image;
}

std::vector<std::vector<Point>> visibleLines(const SphereView &view, const Rectangle &square) {
  constexpr int lines = 6, steps = 120; // per half turn; steps of 3 degrees
  std::vector<std::vector<Point>> pieces;
  const auto trace = [&](int count, const auto &pointAt) {
    pieces.emplace_back();
    for (int k = 0; k <= count; ++k) {
      const Direction direction = directionOf(pointAt(k));
      if (dot(direction, view.front) < 0) {
        if (!pieces.back().empty())
          pieces.emplace_back();
        continue;
      }
      pieces.back().push_back({square.x + (1 + dot(direction, view.right)) * square.width / 2,
                               square.y + (1 - dot(direction, view.up)) * square.height / 2});
    }
    if (pieces.back().size() < 2)
      pieces.pop_back();
  };
  // Meridians end before the poles, where twelve of them would make a blot.
  for (int line = 0; line < 2 * lines; ++line)
    trace(steps, [&](int k) {
      return SpherePoint{pi / 12 + k * (pi - pi / 6) / steps, line * pi / lines};
    });
  for (int line = 1; line < lines; ++line)
    trace(2 * steps, [&](int k) { return SpherePoint{line * pi / lines, k * pi / steps}; });
  return pieces;
}

void paintSphere(Page &page, const Rectangle &square, const SphereView &view,
                 const ColorAt &color) {
  page.disc(square, sphereImage(view, static_cast<int64_t>(pixelsPerPoint * square.width), color));
  for (const std::vector<Point> &line : visibleLines(view, square))
    page.stroke(line, {lineColor, 0.3});
  page.strokeCircle(square.middle(), square.width / 2, {kInk, 0.5});
}

} // namespace spherical::runtime
