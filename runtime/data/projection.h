//===- projection.h - images on the sphere ----------------------*- C++ -*-===//
//
// Gerken et al. 2022, appendix C.1: an image lies on the plane that touches the
// sphere at the south pole; each grid point is projected onto the plane from the
// north pole (stereographically) and the image is interpolated there. A rotated
// sample comes from rotated grid points.
//
// A point (x, y, z) meets the plane at q = 2 (x, y) / (1 - z). The longer side of
// the image spans |q| <= halfWidth = 1.5: its edges lie 73.7 degrees from the pole,
// and the picture stays on the southern hemisphere but for its corners.
// Columns run along +x, rows (downwards) along +y, so that the image reads rightly
// when seen from outside the sphere. Beyond the image is 0.
//
// An image is whatever lies on the plane, one digit or a canvas with several.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_PROJECTION_H
#define SPHERICAL_RUNTIME_DATA_PROJECTION_H

#include "runtime/data/idx.h"
#include "runtime/data/rotation.h"

#include <cstdint>
#include <span>
#include <vector>

namespace spherical::runtime {

/// Functions on the sphere, stored as 8 bit. Grid beta_j = pi (2j + 1) / (4b),
/// alpha_i = 2 pi i / (2b).
struct SphericalImages {
  int64_t count = 0;
  int64_t channels = 1;
  int64_t bandLimit = 0;
  std::vector<uint8_t> pixels; ///< [count][channels][2b beta][2b alpha]
  std::vector<int32_t> labels; ///< [count]

  /// Values of one sample: channels * (2b)^2.
  int64_t sampleSize() const { return channels * 4 * bandLimit * bandLimit; }

  /// The values of sample `index`, 0 <= index < count.
  std::span<const uint8_t> sample(int64_t index) const {
    return std::span(pixels).subspan(index * sampleSize(), sampleSize());
  }
};

/// How images come to the sphere.
struct ProjectionOptions {
  int64_t bandLimit = 30; ///< 1 ... 256
  double halfWidth = 1.5; ///< half the side of the image on the plane, for a sphere of radius 1
  int threads = 0;        ///< 0: one for each core; the bytes do not depend on it
};

/// Projects images of one size. The geometry without a rotation is computed once.
class SphereProjector {
public:
  /// Throws std::invalid_argument for sizes below 1, band-limits outside 1 ... 256 and
  /// half-widths that are not positive.
  SphereProjector(const ProjectionOptions &options, int64_t rows, int64_t columns);

  /// Writes the (2b)^2 values of f(x) = image at the projection of x (bilinear between pixel
  /// centres, rounded half up) to `out`.
  void project(std::span<const uint8_t> image, uint8_t *out) const;

  /// The same for the rotated function f(R^-1 x).
  void project(std::span<const uint8_t> image, const Rotation &rotation, uint8_t *out) const;

private:
  /// A grid point whose value is not always 0: the pixel at its upper left in the image with a
  /// border of one, and how far the point lies from it.
  struct Sample {
    int32_t point;
    int32_t pixel;
    double right;
    double down;
  };

  void locate(const Rotation &rotation, std::vector<Sample> &samples) const;
  void interpolate(std::span<const uint8_t> image, std::span<const Sample> samples,
                   uint8_t *out) const;

  int64_t side; // 2b
  int64_t rows;
  int64_t columns;
  double pixelsPerUnit;
  std::vector<double> sinBeta, cosBeta, sinAlpha, cosAlpha; // [side] each
  std::vector<Sample> unrotated;
};

/// Projects all `images`: sample k rotated by `rotations[k]`, or none rotated if `rotations` is
/// empty (any other length: std::invalid_argument). Labels are carried over.
SphericalImages projectImages(const LabelledImages &images, std::span<const Rotation> rotations,
                              const ProjectionOptions &options);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_PROJECTION_H
