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

void checkOptions(const ProjectionOptions &options, int64_t rows, int64_t columns) {
  if (options.bandLimit < 1 || options.bandLimit > maxBandLimit)
    throw std::invalid_argument("expected a band-limit of 1 to 256, got " +
                                std::to_string(options.bandLimit));
  if (!(options.halfWidth > 0.0))
    throw std::invalid_argument("expected a positive half-width, got " +
                                std::to_string(options.halfWidth));
  if (rows < 1 || columns < 1 || rows > maxImageSide || columns > maxImageSide)
    throw std::invalid_argument("expected images of 1 to 16384 rows and columns, got " +
                                std::to_string(rows) + " x " + std::to_string(columns));
}

} // namespace

SphereProjector::SphereProjector(const ProjectionOptions &options, int64_t rows, int64_t columns)
    : side(2 * options.bandLimit), rows(rows), columns(columns) {
  checkOptions(options, rows, columns);
  pixelsPerUnit = static_cast<double>(std::max(rows, columns)) / (2.0 * options.halfWidth);
  for (int64_t j = 0; j < side; ++j) {
    // beta_j = pi (2j + 1) / (4b) is (2j + 1) / (4 * side) turns.
    const SinCos beta = sinCosOfTurns(static_cast<double>(2 * j + 1) / (4.0 * side));
    const SinCos alpha = sinCosOfTurns(static_cast<double>(j) / side);
    sinBeta.push_back(beta.sin);
    cosBeta.push_back(beta.cos);
    sinAlpha.push_back(alpha.sin);
    cosAlpha.push_back(alpha.cos);
  }
  locate(Rotation(), unrotated);
}

void SphereProjector::locate(const Rotation &rotation, std::vector<Sample> &samples) const {
  // The point to look at is R^-1 p = M^T (sin beta cos alpha, sin beta sin alpha, cos beta).
  const std::array<double, 9> m = rotation.matrix();
  std::array<std::vector<double>, 3> equator; // M^T (cos alpha, sin alpha, 0)
  for (int axis = 0; axis < 3; ++axis) {
    equator[axis].resize(side);
    for (int64_t i = 0; i < side; ++i)
      equator[axis][i] = m[axis] * cosAlpha[i] + m[3 + axis] * sinAlpha[i];
  }
  // Pixel p covers [p, p + 1]: its centre is at p + 1/2. A border of one adds 1.
  const double middleColumn = 0.5 * columns + 0.5;
  const double middleRow = 0.5 * rows + 0.5;
  const double lastColumn = columns + 1.0;
  const double lastRow = rows + 1.0;
  const int64_t stride = columns + 2;
  std::vector<double> right(side), down(side);
  samples.clear();
  for (int64_t j = 0; j < side; ++j) {
    const double s = sinBeta[j], x0 = m[6] * cosBeta[j], y0 = m[7] * cosBeta[j],
                 z0 = 1.0 - m[8] * cosBeta[j];
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
      samples.push_back({static_cast<int32_t>(j * side + i),
                         static_cast<int32_t>(row * stride + column), right[i] - column,
                         down[i] - row});
    }
  }
}

void SphereProjector::interpolate(std::span<const uint8_t> image, std::span<const Sample> samples,
                                  uint8_t *out) const {
  const int64_t stride = columns + 2;
  thread_local std::vector<uint8_t> bordered;
  bordered.assign((rows + 2) * stride, 0);
  for (int64_t row = 0; row < rows; ++row)
    std::copy_n(image.data() + row * columns, columns, bordered.data() + (row + 1) * stride + 1);
  std::fill_n(out, side * side, uint8_t(0));
  for (const Sample &sample : samples) {
    const uint8_t *upper = bordered.data() + sample.pixel;
    const uint8_t *lower = upper + stride;
    const double top = upper[0] + sample.right * (upper[1] - upper[0]);
    const double bottom = lower[0] + sample.right * (lower[1] - lower[0]);
    out[sample.point] = static_cast<uint8_t>(top + sample.down * (bottom - top) + 0.5);
  }
}

void SphereProjector::project(std::span<const uint8_t> image, uint8_t *out) const {
  interpolate(image, unrotated, out);
}

void SphereProjector::project(std::span<const uint8_t> image, const Rotation &rotation,
                              uint8_t *out) const {
  thread_local std::vector<Sample> samples;
  locate(rotation, samples);
  interpolate(image, samples, out);
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
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  parallelFor(images.count, options.threads > 0 ? options.threads : cores, [&](int64_t index) {
    uint8_t *out = result.pixels.data() + index * result.sampleSize();
    if (rotations.empty())
      projector.project(images.image(index), out);
    else
      projector.project(images.image(index), rotations[index], out);
  });
  return result;
}

} // namespace spherical::runtime
