//===- projection.cpp - images on the sphere --------------------*- C++ -*-===//

#include "runtime/data/projection.h"

#include "runtime/data/trigonometry.h"
#include "runtime/math/parallel.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <thread>

namespace spherical::runtime {
namespace {

constexpr int64_t maxBandLimit = 256;
constexpr int64_t maxImageSide = 16384;

const ProjectionOptions &checked(const ProjectionOptions &options, int64_t rows, int64_t columns) {
  if (options.bandLimit < 1 || options.bandLimit > maxBandLimit)
    throw std::invalid_argument("expected a band-limit of 1 to 256, got " +
                                std::to_string(options.bandLimit));
  if (!(options.halfWidth > 0.0))
    throw std::invalid_argument("expected a positive half-width, got " +
                                std::to_string(options.halfWidth));
  if (rows < 1 || columns < 1 || rows > maxImageSide || columns > maxImageSide)
    throw std::invalid_argument("expected images of 1 to 16384 rows and columns, got " +
                                std::to_string(rows) + " x " + std::to_string(columns));
  return options;
}

using Matrix = std::array<double, 9>;

/// The rotation that takes the picture from the south pole to `point`.
Matrix frameAt(ProjectionPoint point) {
  switch (point) {
  case ProjectionPoint::SouthPole:
    return {1, 0, 0, 0, 1, 0, 0, 0, 1};
  case ProjectionPoint::NorthPole: // x -> x, y -> -y, z -> -z
    return {1, 0, 0, 0, -1, 0, 0, 0, -1};
  case ProjectionPoint::GridCentre: // x -> -y, y -> -z, z -> x
    return {0, 0, 1, -1, 0, 0, 0, -1, 0};
  }
  throw std::invalid_argument("unknown point of projection");
}

Matrix product(const Matrix &a, const Matrix &b) {
  Matrix c;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      c[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
  return c;
}

} // namespace

GridAngles::GridAngles(int64_t bandLimit, SphereGrid grid) {
  const int64_t side = 2 * bandLimit;
  for (int64_t j = 0; j < side; ++j) {
    // beta_j = pi (2j + 1) / (4b) is (2j + 1) / (4 * side) turns, pi j / (2b) is 2j / (4 * side).
    const auto quarter = static_cast<double>(grid == SphereGrid::Soft ? 2 * j + 1 : 2 * j);
    const SinCos beta = sinCosOfTurns(quarter / (4.0 * static_cast<double>(side)));
    const SinCos alpha = sinCosOfTurns(static_cast<double>(j) / static_cast<double>(side));
    sinBeta.push_back(beta.sin);
    cosBeta.push_back(beta.cos);
    sinAlpha.push_back(alpha.sin);
    cosAlpha.push_back(alpha.cos);
  }
}

SphereProjector::SphereProjector(const ProjectionOptions &options, int64_t rows, int64_t columns)
    : angles(checked(options, rows, columns).bandLimit, options.grid),
      frame(frameAt(options.point)), side(2 * options.bandLimit), rows(rows), columns(columns),
      pixelsPerUnit(static_cast<double>(std::max(rows, columns)) / (2.0 * options.halfWidth)) {
  locate(Rotation(), atRest);
}

void SphereProjector::locate(const Rotation &rotation, std::vector<PlacedPoint> &points) const {
  // The point to look at, with the plane below the south pole, is (R F)^T p for
  // p = (sin beta cos alpha, sin beta sin alpha, cos beta) and the frame F.
  const Matrix m = product(rotation.matrix(), frame);
  std::array<std::vector<double>, 3> equator; // M^T (cos alpha, sin alpha, 0)
  for (int axis = 0; axis < 3; ++axis) {
    equator[axis].resize(side);
    for (int64_t i = 0; i < side; ++i)
      equator[axis][i] = m[axis] * angles.cosAlpha[i] + m[3 + axis] * angles.sinAlpha[i];
  }
  // Pixel p covers [p, p + 1]: its centre is at p + 1/2. A border of one adds 1.
  const double middleColumn = 0.5 * columns + 0.5;
  const double middleRow = 0.5 * rows + 0.5;
  const double lastColumn = columns + 1.0;
  const double lastRow = rows + 1.0;
  const int64_t stride = columns + 2;
  std::vector<double> right(side), down(side);
  points.clear();
  for (int64_t j = 0; j < side; ++j) {
    const double s = angles.sinBeta[j], c = angles.cosBeta[j];
    const double x0 = m[6] * c, y0 = m[7] * c, z0 = 1.0 - m[8] * c;
    for (int64_t i = 0; i < side; ++i) {
      const double scale = 2.0 * pixelsPerUnit / (z0 - s * equator[2][i]);
      right[i] = (x0 + s * equator[0][i]) * scale + middleColumn;
      down[i] = (y0 + s * equator[1][i]) * scale + middleRow;
    }
    for (int64_t i = 0; i < side; ++i) {
      // Written so that infinities and NaNs, which the north pole may give, stay outside.
      if (!(right[i] > 0.0 && right[i] < lastColumn && down[i] > 0.0 && down[i] < lastRow))
        continue;
      const auto column = static_cast<int32_t>(right[i]);
      const auto row = static_cast<int32_t>(down[i]);
      points.push_back({static_cast<int32_t>(j * side + i),
                        static_cast<int32_t>(row * stride + column), right[i] - column,
                        down[i] - row});
    }
  }
}

std::span<const uint8_t> SphereProjector::withBorder(std::span<const uint8_t> image) const {
  const int64_t stride = columns + 2;
  thread_local std::vector<uint8_t> bordered;
  bordered.assign((rows + 2) * stride, 0);
  for (int64_t row = 0; row < rows; ++row)
    std::copy_n(image.data() + row * columns, columns, bordered.data() + (row + 1) * stride + 1);
  return bordered;
}

void SphereProjector::interpolate(std::span<const uint8_t> image,
                                  std::span<const PlacedPoint> points, uint8_t *out) const {
  const std::span<const uint8_t> bordered = withBorder(image);
  std::fill_n(out, side * side, uint8_t(0));
  for (const PlacedPoint &at : points) {
    const uint8_t *upper = bordered.data() + at.pixel;
    const uint8_t *lower = upper + columns + 2;
    const double top = upper[0] + at.right * (upper[1] - upper[0]);
    const double bottom = lower[0] + at.right * (lower[1] - lower[0]);
    out[at.point] = static_cast<uint8_t>(top + at.down * (bottom - top) + 0.5);
  }
}

void SphereProjector::takeNearest(std::span<const uint8_t> image,
                                  std::span<const PlacedPoint> points, uint8_t *out) const {
  const std::span<const uint8_t> bordered = withBorder(image);
  std::fill_n(out, side * side, uint8_t(0));
  for (const PlacedPoint &at : points) {
    const int64_t pixel = at.pixel + (at.right >= 0.5 ? 1 : 0) + (at.down >= 0.5 ? columns + 2 : 0);
    out[at.point] = bordered[pixel];
  }
}

SphericalImages projectImages(const LabelledImages &images, std::span<const Rotation> rotations,
                              const ProjectionOptions &options) {
  if (!rotations.empty() && static_cast<int64_t>(rotations.size()) != images.count)
    throw std::invalid_argument("expected " + std::to_string(images.count) +
                                " rotations, one for each image, got " +
                                std::to_string(rotations.size()));
  const SphereProjector projector(options, images.rows, images.columns);
  SphericalImages result{images.count, 1, options.bandLimit, {}, {}};
  result.pixels.resize(result.count * result.sampleSize());
  result.labels.assign(images.labels.begin(), images.labels.end());
  result.grid = options.grid;
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  parallelFor(images.count, options.threads > 0 ? options.threads : cores, [&](int64_t index) {
    uint8_t *out = result.pixels.data() + index * result.sampleSize();
    thread_local std::vector<SphereProjector::PlacedPoint> points;
    if (!rotations.empty())
      projector.locate(rotations[index], points);
    projector.interpolate(images.image(index), rotations.empty() ? projector.unrotated() : points,
                          out);
  });
  return result;
}

} // namespace spherical::runtime
