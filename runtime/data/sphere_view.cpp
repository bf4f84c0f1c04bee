//===- sphere_view.cpp - functions on the sphere, drawn ---------*- C++ -*-===//

#include "runtime/data/sphere_view.h"

#include "runtime/data/trigonometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

using Vector = std::array<double, 3>;
using Tone = std::array<double, 3>; // colour in 0 ... 255

constexpr Tone lineTone = {110, 140, 190};
constexpr double lineShare = 0.45; // of a meridian's colour in what it crosses
constexpr double rimLight = 0.45;  // of the light at the middle

Vector cross(const Vector &a, const Vector &b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Vector normalized(const Vector &v) {
  const double length = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  return {v[0] / length, v[1] / length, v[2] / length};
}

/// A place on the grid: fractional row and column.
struct GridPlace {
  double row;
  double column;
};

GridPlace placeOf(const Vector &point, int64_t side, SphereGrid grid) {
  const double perBeta = static_cast<double>(side) / std::numbers::pi;
  const double alpha = portableAtan2(point[1], point[0]) / (2 * std::numbers::pi);
  return {portableAcos(point[2]) * perBeta - (grid == SphereGrid::Soft ? 0.5 : 0.0),
          (alpha < 0 ? alpha + 1 : alpha) * static_cast<double>(side)};
}

/// Whether a point lies within `width` radians of a meridian or parallel of a multiple of 30
/// degrees.
bool onLine(const Vector &point, double width) {
  const double step = std::numbers::pi / 6;
  auto distance = [&](double angle) {
    return std::fabs(angle - step * std::nearbyint(angle / step));
  };
  const double radius = std::sqrt(point[0] * point[0] + point[1] * point[1]);
  return distance(portableAcos(point[2])) < width ||
         (radius > 0.2 && distance(portableAtan2(point[1], point[0])) * radius < width);
}

/// Draws tone(place on the grid) for the visible half.
template <typename ToneAt>
void draw(Picture &picture, int64_t x, int64_t y, int64_t size, int64_t side, SphereGrid grid,
          const SphereView &view, const ToneAt &toneAt) {
  constexpr int samples = 2; // per pixel and axis
  const double radius = 0.5 * static_cast<double>(size);
  for (int64_t row = 0; row < size; ++row)
    for (int64_t column = 0; column < size; ++column) {
      const Color behind = x + column < picture.width() && y + row < picture.height()
                               ? picture.at(x + column, y + row)
                               : Color{};
      Tone sum = {};
      for (int part = 0; part < samples * samples; ++part) {
        const double u =
            (static_cast<double>(column) + (part % samples + 0.5) / samples) / radius - 1.0;
        const double v =
            1.0 - (static_cast<double>(row) + (part / samples + 0.5) / samples) / radius;
        const double depth = 1.0 - u * u - v * v;
        if (depth <= 0.0) {
          for (int c = 0; c < 3; ++c)
            sum[c] += behind[c];
          continue;
        }
        const double w = std::sqrt(depth);
        Vector point;
        for (int axis = 0; axis < 3; ++axis)
          point[axis] = u * view.right[axis] + v * view.up[axis] + w * view.front[axis];
        const Tone tone = toneAt(placeOf(point, side, grid));
        const double line = onLine(point, 0.8 / radius) ? lineShare : 0.0;
        for (int c = 0; c < 3; ++c)
          sum[c] += (tone[c] + line * (lineTone[c] - tone[c])) * (rimLight + (1 - rimLight) * w);
      }
      Color color;
      for (int c = 0; c < 3; ++c)
        color[c] = static_cast<uint8_t>(sum[c] / (samples * samples) + 0.5);
      picture.set(x + column, y + row, color);
    }
}

} // namespace

SphereView viewFrom(Vector direction) {
  const Vector front = normalized(direction);
  constexpr double nearPole = 0.866; // cos 30 degrees
  if (std::fabs(front[2]) > nearPole) {
    const double sign = front[2] > 0 ? 1.0 : -1.0;
    return {{1, 0, 0}, {0, sign, 0}, {0, 0, sign}};
  }
  const Vector up =
      normalized({-front[2] * front[0], -front[2] * front[1], 1 - front[2] * front[2]});
  return {cross(up, front), up, front};
}

SphereView viewOfContents(std::span<const uint8_t> values, int64_t bandLimit, SphereGrid grid) {
  const int64_t side = 2 * bandLimit;
  const GridAngles angles(bandLimit, grid);
  Vector sum = {};
  double total = 0.0;
  for (int64_t j = 0; j < side; ++j)
    for (int64_t i = 0; i < side; ++i) {
      const double weight = values[j * side + i] * angles.sinBeta[j];
      sum[0] += weight * angles.sinBeta[j] * angles.cosAlpha[i];
      sum[1] += weight * angles.sinBeta[j] * angles.sinAlpha[i];
      sum[2] += weight * angles.cosBeta[j];
      total += weight;
    }
  const double length = std::sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
  if (!(length > 1e-3 * total))
    return viewFrom({-1, 0, 0});
  return viewFrom(sum);
}

void drawOnSphere(Picture &picture, int64_t x, int64_t y, int64_t size,
                  std::span<const uint8_t> values, int64_t bandLimit, SphereGrid grid,
                  const SphereView &view) {
  const int64_t side = 2 * bandLimit;
  draw(picture, x, y, size, side, grid, view, [&](const GridPlace &place) {
    const double row = std::clamp(place.row, 0.0, static_cast<double>(side - 1));
    const auto j = static_cast<int64_t>(row), i = static_cast<int64_t>(place.column);
    const int64_t below = std::min(j + 1, side - 1);
    const double down = row - static_cast<double>(j);
    const double right = place.column - static_cast<double>(i);
    auto at = [&](int64_t r, int64_t c) { return double(values[r * side + c % side]); };
    const double grey = (1 - down) * ((1 - right) * at(j, i) + right * at(j, i + 1)) +
                        down * ((1 - right) * at(below, i) + right * at(below, i + 1));
    return Tone{grey, grey, grey};
  });
}

void drawClassesOnSphere(Picture &picture, int64_t x, int64_t y, int64_t size,
                         std::span<const uint8_t> classes, int64_t bandLimit, SphereGrid grid,
                         const SphereView &view) {
  const int64_t side = 2 * bandLimit;
  draw(picture, x, y, size, side, grid, view, [&](const GridPlace &place) {
    const auto j =
        static_cast<int64_t>(std::clamp(place.row + 0.5, 0.0, static_cast<double>(side) - 0.5));
    const auto i = static_cast<int64_t>(place.column + 0.5) % side;
    const Color color = classColor(classes[j * side + i]);
    return Tone{double(color[0]), double(color[1]), double(color[2])};
  });
}

void drawClasses(Picture &picture, int64_t x, int64_t y, std::span<const uint8_t> classes,
                 int64_t width, int64_t scale) {
  for (int64_t k = 0; k < static_cast<int64_t>(classes.size()); ++k)
    picture.fill(x + k % width * scale, y + k / width * scale, scale, scale,
                 classColor(classes[k]));
}

Color classColor(int64_t index) {
  constexpr std::array<Color, 10> colors = {{{31, 119, 180},
                                             {255, 127, 14},
                                             {44, 160, 44},
                                             {214, 39, 40},
                                             {148, 103, 189},
                                             {140, 86, 75},
                                             {227, 119, 194},
                                             {150, 150, 150},
                                             {188, 189, 34},
                                             {23, 190, 207}}};
  return index == 0 ? Color{36, 36, 40} : colors[(index - 1) % colors.size()];
}

} // namespace spherical::runtime
