//===- public_projection.h - images as the public generator has them -*- C++ -*-===//
//
// The generator of spherical MNIST of the original S2CNN code (Cohen et al. 2018),
// step by step, with what it does differently from projection.h: it samples at
// beta_j = pi j / (2b); image rows run along +x and columns along +y, so that the
// picture is mirrored; the ray starts 0.001 above the north pole; pixels ix - 1 and
// ix + 1 are mixed with weights that add up to 2 and pixel ix is skipped; and each
// image is scaled to 0 ... 255 by its own extremes, then cut off to whole numbers.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_PUBLIC_PROJECTION_H
#define SPHERICAL_RUNTIME_DATA_PUBLIC_PROJECTION_H

#include "runtime/data/projection.h"

namespace spherical::runtime {

/// Projects images of one size. The geometry of the rotation in use can be kept by the caller:
/// the public generator has one rotation for every 500 images.
class PublicProjector {
public:
  /// A grid point that reads at least one pixel: the place (x, y) in the image, in pixels.
  struct PlacedPoint {
    int32_t point;
    int32_t pixelX;
    int32_t pixelY;
    double x;
    double y;
  };

  /// Throws std::invalid_argument for sizes below 1 and band-limits outside 1 ... 256.
  PublicProjector(int64_t bandLimit, int64_t rows, int64_t columns);

  /// The points of the function rotated by `rotation`, f(R^-1 x), in place of what `points` holds.
  void locate(const Rotation &rotation, std::vector<PlacedPoint> &points) const;

  /// Writes the (2b)^2 values to `out`; an image of one value everywhere gives 0.
  void project(std::span<const uint8_t> image, std::span<const PlacedPoint> points,
               uint8_t *out) const;

private:
  GridAngles angles;
  int64_t side; // 2b
  int64_t rows;
  int64_t columns;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_PUBLIC_PROJECTION_H
