//===- sample_grid.h - where the samples of a field lie ---------*- C++ -*-===//
//
// Grids as texts, their points and quadrature weights, and the nearest points of
// one grid to those of another. What the kinds are and how their rows and columns
// lie: runtime/grid_layout.h.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SAMPLE_GRID_H
#define SPHERICAL_RUNTIME_DATA_SAMPLE_GRID_H

#include "runtime/data/rotation.h"
#include "runtime/grid_layout.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

/// "soft", "equirectangular", "equirectangular-poles", "driscoll-healy", "gauss-legendre",
/// "healpix-ring", "healpix-nested" or "planar".
const char *gridKindName(GridKind kind);
std::optional<GridKind> parseGridKind(std::string_view name);

/// "equirectangular 64x128", "healpix-ring 32".
std::string gridText(const SampleGrid &grid);

/// The grid of such a text; nothing for any other text, or where there is no such grid. Without a
/// size, as in "equirectangular", rows, columns and nside are 0.
std::optional<SampleGrid> parseGrid(std::string_view text);

/// Why `parseGrid` gives nothing, or no size: "expected ..., got '...'".
std::string gridProblem(std::string_view text);

/// The grid of a kind whose fields have these extents, rows x columns or pixels; they need not fit.
SampleGrid sizedGrid(GridKind kind, std::span<const int64_t> extents);

/// A point of the sphere: the angle from the north pole and the longitude, in radians.
struct SpherePoint {
  double beta = 0.0, alpha = 0.0;
};

/// All points of a grid on the sphere in the order of its values; beta in [0, pi], alpha in
/// [0, 2 pi).
std::vector<SpherePoint> gridPoints(const SampleGrid &grid);

/// The quadrature weight of each point, of the measure of total mass 1; of HEALPix the equal areas
/// of its pixels, which integrate approximately.
std::vector<double> gridWeights(const SampleGrid &grid);

class RingSearch;

/// Nearest points of one grid on the sphere to those of another. Threads may share it.
class NearestPoints {
public:
  NearestPoints(const SampleGrid &from, const SampleGrid &to);
  ~NearestPoints();

  /// For each point p of `to` the number of the point of `from` that is nearest to it, the first of
  /// equally near ones.
  std::vector<int64_t> find() const;
  /// The one nearest to R^-1 p: values taken there are those of the field rotated by R.
  std::vector<int64_t> find(const Rotation &rotation) const;

private:
  std::unique_ptr<const RingSearch> search;
  std::vector<SpherePoint> points;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SAMPLE_GRID_H
