//===- projection.h - images on the sphere ----------------------*- C++ -*-===//
//
// Gerken et al. 2022, appendix C.1: an image lies on the plane that touches the
// sphere, at the south pole for example; each grid point is projected onto the plane from the
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
// The plane may touch the sphere elsewhere: the whole picture is turned, so that it
// still reads rightly from outside.
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

/// Where the 2b x 2b samples of a function lie; alpha_i = 2 pi i / (2b).
enum class SphereGrid {
  Soft,          ///< beta_j = pi (2j + 1) / (4b): where the networks assume them
  DriscollHealy, ///< beta_j = pi j / (2b): half a step off; what the public generator samples
};

/// Where on the sphere the middle of an image lies, before any rotation.
enum class ProjectionPoint {
  SouthPole,  ///< columns along +x, rows along +y: the picture covers the southern hemisphere
  NorthPole,  ///< columns along +x, rows along -y
  GridCentre, ///< beta = pi/2, alpha = pi: columns along increasing alpha, rows along beta
};

/// Functions on the sphere, stored as 8 bit.
struct SphericalImages {
  int64_t count = 0;
  int64_t channels = 1;
  int64_t bandLimit = 0;
  std::vector<uint8_t> pixels;        ///< [count][channels][2b beta][2b alpha]
  std::vector<int32_t> labels;        ///< [count]; of segmented images: the items on the sphere
  std::vector<uint8_t> masks = {};    ///< class of each point [count][2b][2b], or empty
  SphereGrid grid = SphereGrid::Soft; ///< where the samples lie
  float unit = 255.0f;                ///< the pixel that enters a network as 1

  /// Points of one channel of a sample: (2b)^2.
  int64_t points() const { return 4 * bandLimit * bandLimit; }

  /// Values of one sample: channels * (2b)^2.
  int64_t sampleSize() const { return channels * 4 * bandLimit * bandLimit; }

  /// The values of sample `index`, 0 <= index < count.
  std::span<const uint8_t> sample(int64_t index) const {
    return std::span(pixels).subspan(index * sampleSize(), sampleSize());
  }

  /// The classes of the points of sample `index`, if there are masks.
  std::span<const uint8_t> mask(int64_t index) const {
    return std::span(masks).subspan(index * points(), points());
  }
};

/// How images come to the sphere.
struct ProjectionOptions {
  int64_t bandLimit = 30; ///< 1 ... 256
  double halfWidth = 1.5; ///< half the side of the image on the plane, for a sphere of radius 1
  int threads = 0;        ///< 0: one for each core; the bytes do not depend on it
  SphereGrid grid = SphereGrid::Soft;
  ProjectionPoint point = ProjectionPoint::SouthPole;
};

/// sin and cos of the grid's angles, [2b] each; the same bits everywhere.
struct GridAngles {
  GridAngles(int64_t bandLimit, SphereGrid grid);
  std::vector<double> sinBeta, cosBeta, sinAlpha, cosAlpha;
};

/// Projects images of one size. The geometry without a rotation is computed once. Calls from
/// several threads do not disturb each other.
class SphereProjector {
public:
  /// A grid point whose value is not always 0: the pixel at its upper left in the image with a
  /// border of one, and how far the point lies from that pixel's centre.
  struct PlacedPoint {
    int32_t point;
    int32_t pixel;
    double right;
    double down;
  };

  /// Throws std::invalid_argument for sizes below 1, band-limits outside 1 ... 256 and
  /// half-widths that are not positive.
  SphereProjector(const ProjectionOptions &options, int64_t rows, int64_t columns);

  /// The points of the function f(x) = image at the projection of x.
  const std::vector<PlacedPoint> &unrotated() const { return atRest; }

  /// The points of the rotated function f(R^-1 x), in place of what `points` holds.
  void locate(const Rotation &rotation, std::vector<PlacedPoint> &points) const;

  /// Writes the (2b)^2 values to `out`: bilinear between pixel centres, rounded half up.
  void interpolate(std::span<const uint8_t> image, std::span<const PlacedPoint> points,
                   uint8_t *out) const;

  /// Writes the (2b)^2 values of the nearest pixels to `out`: pixel p covers [p, p + 1).
  void takeNearest(std::span<const uint8_t> image, std::span<const PlacedPoint> points,
                   uint8_t *out) const;

private:
  std::span<const uint8_t> withBorder(std::span<const uint8_t> image) const;

  GridAngles angles;
  std::array<double, 9> frame; // its columns: directions of columns, rows and into the sphere
  int64_t side;                // 2b
  int64_t rows;
  int64_t columns;
  double pixelsPerUnit;
  std::vector<PlacedPoint> atRest;
};

/// Projects all `images`: sample k rotated by `rotations[k]`, or none rotated if `rotations` is
/// empty (any other length: std::invalid_argument). Labels are carried over.
SphericalImages projectImages(const LabelledImages &images, std::span<const Rotation> rotations,
                              const ProjectionOptions &options);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_PROJECTION_H
