//===- sphere_view.h - fields on the sphere, as pixels ----------*- C++ -*-===//
//
// Maps and orthographic views: the half of the sphere that faces a far observer.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_PICTURES_SPHERE_VIEW_H
#define SPHERICAL_RUNTIME_PICTURES_SPHERE_VIEW_H

#include "runtime/data/sample_grid.h"
#include "runtime/pictures/page.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace spherical::runtime {

/// A direction in space.
using Direction = std::array<double, 3>;

/// From where a sphere is seen: three directions that are orthogonal and of length 1.
struct SphereView {
  Direction right;
  Direction up;
  Direction front; ///< towards the observer; right x up = front
};

/// The view with `direction` (not 0) in the middle and north upwards; for directions within 30
/// degrees of a pole that pole is in the middle and +x is to the right.
SphereView viewFrom(const Direction &direction);

/// The view with the centre of mass of values of at least 0, [points], in the middle, each weighing
/// as the area of its point; the one from beta = pi/2, alpha = pi if there is none.
SphereView viewOfContents(const SampleGrid &grid, std::span<const double> values);

/// The points of a grid on the sphere around any place.
class PointFinder {
public:
  /// Throws std::invalid_argument for a grid that is not on the sphere.
  explicit PointFinder(const SampleGrid &grid);

  /// The number of the point nearest to a place.
  int64_t nearest(const SpherePoint &place) const;

  /// Points with weights that add up to 1: bilinear between rows and columns; on HEALPix, and
  /// beyond the first and the last row, the nearest ones.
  struct Neighbours {
    std::array<int64_t, 4> points;
    std::array<double, 4> weights;
  };
  Neighbours around(const SpherePoint &place) const;

private:
  /// The row above a place, and the share of the way to the next; of one longitude the columns.
  std::pair<int64_t, double> rowAt(double beta) const;
  std::pair<int64_t, double> columnAt(double alpha) const;

  SampleGrid grid;
  std::vector<double> rows;  // beta of each row
  double firstColumn = 0.0;  // alpha of column 0
  std::vector<int64_t> fine; // of HEALPix: the nearest points of a fine map
};

/// What a place on the sphere looks like.
using ColorAt = std::function<Color(const SpherePoint &)>;

/// The visible half in a square of size x size pixels; beyond its rim the colours of the rim.
PixelImage sphereImage(const SphereView &view, int64_t size, const ColorAt &color);

/// All longitudes from 0 to 2 pi to the right, north on top: 2 height x height pixels.
PixelImage mapImage(int64_t height, const ColorAt &color);

/// The visible parts of the meridians and parallels of multiples of 30 degrees, in the square of
/// the sphere.
std::vector<std::vector<Point>> visibleLines(const SphereView &view, const Rectangle &square);

/// The sphere with its lines and rim, in the square.
void paintSphere(Page &page, const Rectangle &square, const SphereView &view, const ColorAt &color);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PICTURES_SPHERE_VIEW_H
