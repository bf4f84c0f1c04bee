//===- public_projection.cpp - images as the public generator has them -*- C++ -*-===//

#include "runtime/data/public_projection.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace spherical::runtime {
namespace {

constexpr double origin = 2.0 + 1e-3; // height of the ray's start; the sphere stands on the plane
constexpr double halfWidth = 1.5;

int64_t checked(int64_t bandLimit, int64_t rows, int64_t columns) {
  if (bandLimit < 1 || bandLimit > 256 || rows < 1 || columns < 1 || rows > 16384 ||
      columns > 16384)
    throw std::invalid_argument("expected a band-limit of 1 to 256 and images of 1 to 16384 rows "
                                "and columns, got " +
                                std::to_string(bandLimit) + " and " + std::to_string(rows) + " x " +
                                std::to_string(columns));
  return bandLimit;
}

} // namespace

PublicProjector::PublicProjector(int64_t bandLimit, int64_t rows, int64_t columns)
    : angles(checked(bandLimit, rows, columns), SphereGrid::DriscollHealy), side(2 * bandLimit),
      rows(rows), columns(columns) {}

void PublicProjector::locate(const Rotation &rotation, std::vector<PlacedPoint> &points) const {
  const std::array<double, 9> m = rotation.matrix();
  points.clear();
  for (int64_t j = 0; j < side; ++j)
    for (int64_t i = 0; i < side; ++i) {
      const double p[3] = {angles.sinBeta[j] * angles.cosAlpha[i],
                           angles.sinBeta[j] * angles.sinAlpha[i], angles.cosBeta[j]};
      double q[3]; // R^T p
      for (int axis = 0; axis < 3; ++axis)
        q[axis] = m[axis] * p[0] + m[3 + axis] * p[1] + m[6 + axis] * p[2];
      const double z = q[2] + 1.0;
      const double t = -z / (z - origin);
      const double x = (t * q[0] + q[0] + halfWidth) / (2 * halfWidth) * static_cast<double>(rows);
      const double y =
          (t * q[1] + q[1] + halfWidth) / (2 * halfWidth) * static_cast<double>(columns);
      // Cut off towards 0, as there: places between -1 and 0 count as pixel 0.
      const auto pixelX = static_cast<int32_t>(x), pixelY = static_cast<int32_t>(y);
      if (pixelX >= -1 && pixelX <= rows && pixelY >= -1 && pixelY <= columns)
        points.push_back({static_cast<int32_t>(j * side + i), pixelX, pixelY, x, y});
    }
}

void PublicProjector::project(std::span<const uint8_t> image, std::span<const PlacedPoint> points,
                              uint8_t *out) const {
  auto pixel = [&](int64_t x, int64_t y) {
    return x >= 0 && x < rows && y >= 0 && y < columns ? double(image[x * columns + y]) : 0.0;
  };
  thread_local std::vector<double> values;
  values.assign(side * side, 0.0);
  for (const PlacedPoint &at : points) {
    const int64_t x0 = at.pixelX - 1, x1 = at.pixelX + 1, y0 = at.pixelY - 1, y1 = at.pixelY + 1;
    const double low = static_cast<double>(x1) - at.x, high = at.x - static_cast<double>(x0);
    const double upper = low * pixel(x0, y0) + high * pixel(x1, y0);
    const double lower = low * pixel(x0, y1) + high * pixel(x1, y1);
    values[at.point] =
        (static_cast<double>(y1) - at.y) * upper + (at.y - static_cast<double>(y0)) * lower;
  }
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double base = *least, range = *most - *least;
  for (size_t k = 0; k < values.size(); ++k)
    out[k] = range > 0.0 ? static_cast<uint8_t>((values[k] - base) / range * 255.0) : 0;
}

} // namespace spherical::runtime
