//===- sphere_view.h - functions on the sphere, drawn -----------*- C++ -*-===//
//
// Orthographic views: the half of the sphere that faces a far observer.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SPHERE_VIEW_H
#define SPHERICAL_RUNTIME_DATA_SPHERE_VIEW_H

#include "runtime/data/picture.h"
#include "runtime/data/projection.h"

#include <array>
#include <cstdint>
#include <span>

namespace spherical::runtime {

/// From where a sphere is seen: three directions that are orthogonal and of length 1.
struct SphereView {
  std::array<double, 3> right;
  std::array<double, 3> up;
  std::array<double, 3> front; ///< towards the observer; right x up = front
};

/// The view with `direction` (not 0) in the middle and north upwards; for directions within 30
/// degrees of a pole that pole is in the middle and +x is to the right.
SphereView viewFrom(std::array<double, 3> direction);

/// The view with the values' centre of mass in the middle, [2b beta][2b alpha]; the grid's centre
/// (beta = pi/2, alpha = pi) if there is none.
SphereView viewOfContents(std::span<const uint8_t> values, int64_t bandLimit, SphereGrid grid);

/// Draws grey values [2b][2b] on a sphere of `size` pixels across in the square at (x, y):
/// interpolated between grid points, darker towards the rim, with meridians and parallels every
/// 30 degrees.
void drawOnSphere(Picture &picture, int64_t x, int64_t y, int64_t size,
                  std::span<const uint8_t> values, int64_t bandLimit, SphereGrid grid,
                  const SphereView &view);

/// The same for classes, each in its colour, from the nearest grid point.
void drawClassesOnSphere(Picture &picture, int64_t x, int64_t y, int64_t size,
                         std::span<const uint8_t> classes, int64_t bandLimit, SphereGrid grid,
                         const SphereView &view);

/// Draws classes [height][width] in their colours, each as a square of `scale` x `scale` pixels.
void drawClasses(Picture &picture, int64_t x, int64_t y, std::span<const uint8_t> classes,
                 int64_t width, int64_t scale);

/// The colour of a class: dark for 0, the background; after 10 colours they come again.
Color classColor(int64_t index);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SPHERE_VIEW_H
