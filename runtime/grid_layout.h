//===- grid_layout.h - the grids of users' fields ---------------*- C++ -*-===//
//
// The kinds of grids on which fields come, and their sizes, for the compiler and
// for the tables that its programs read. All but planar ones are rings: points
// of one colatitude, evenly spaced in longitude.
//
// beta is the angle from the north pole, alpha the longitude, growing eastwards;
// rows and rings go from north to south, columns with alpha. So row 0 of an
// equirectangular picture of H x W pixels is its northernmost, centred at
// beta = pi / 2H, and column 0 is the one just east of the seam alpha = 0,
// centred at alpha = pi / W: a map of the world whose left edge is longitude 0.
// On grids of sample points column 0 lies at alpha = 0.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_GRID_LAYOUT_H
#define SPHERICAL_RUNTIME_GRID_LAYOUT_H

#include "runtime/layout.h"

namespace spherical::runtime {

/// The grids on which users' fields come; j counts rows from 0, k columns.
enum class GridKind {
  Soft,                 ///< beta = pi (2j + 1) / 4b, alpha = pi k / b: 2b x 2b
  Equirectangular,      ///< beta = pi (2j + 1) / 2H, alpha = pi (2k + 1) / W: centres of pixels
  EquirectangularPoles, ///< beta = pi j / (H - 1), alpha = 2 pi k / W: both poles are rows
  DriscollHealy,        ///< beta = pi j / H, H even, alpha = 2 pi k / W: row 0 is the north pole
  GaussLegendre,        ///< cos beta the roots of the Legendre polynomial P_H, alpha = 2 pi k / W
  HealpixRing,          ///< 12 nside^2 pixels, ring by ring (Gorski et al. 2005)
  HealpixNested,        ///< the same pixels, face by face; nside is a power of two
  Planar                ///< not on the sphere: a picture of any height and width
};

/// A grid of one kind and size.
struct SampleGrid {
  GridKind kind = GridKind::Planar;
  int64_t rows = 0, columns = 0; ///< 0 for HEALPix
  int64_t nside = 0;             ///< HEALPix only

  bool operator==(const SampleGrid &) const = default;

  constexpr bool isHealpix() const {
    return kind == GridKind::HealpixRing || kind == GridKind::HealpixNested;
  }
  constexpr bool onSphere() const { return kind != GridKind::Planar; }

  /// Number of values of one field.
  constexpr int64_t points() const { return isHealpix() ? 12 * nside * nside : rows * columns; }

  /// Number of rings, and points of the longest one.
  constexpr int64_t rings() const { return isHealpix() ? 4 * nside - 1 : rows; }
  constexpr int64_t ringLength() const { return isHealpix() ? 4 * nside : columns; }

  /// Whether quadrature on the grid is exact: analysis gives the spectrum of a function of at most
  /// `bandLimit()` degrees up to rounding.
  constexpr bool isExact() const { return onSphere() && !isHealpix(); }

  /// The largest band-limit L of functions that the grid determines. A product of two degrees
  /// below L has degrees up to 2L - 2: H rows integrate degrees below H, Gauss-Legendre ones below
  /// 2H, and W columns tell 2L - 1 orders apart up to 2L - 1 = W. HEALPix: 2 nside, by least
  /// squares. 0 for planar grids.
  constexpr int64_t bandLimit() const {
    if (!onSphere())
      return 0;
    if (isHealpix())
      return 2 * nside;
    const int64_t byRows = kind == GridKind::GaussLegendre ? rows : (rows + 1) / 2;
    const int64_t byColumns = (columns + 1) / 2;
    return byRows < byColumns ? byRows : byColumns;
  }

  /// Whether there is such a grid: extents from 1 to kMostRows, and what the kind says.
  constexpr bool isPossible() const;
};

/// The most rows and columns, and the largest nside (3.1 million pixels).
inline constexpr int64_t kMostRows = 16384, kMostNside = 512;

constexpr bool SampleGrid::isPossible() const {
  if (isHealpix())
    return rows == 0 && columns == 0 && nside >= 1 && nside <= kMostNside &&
           (kind == GridKind::HealpixRing || (nside & (nside - 1)) == 0);
  if (nside != 0 || rows < 1 || columns < 1 || rows > kMostRows || columns > kMostRows)
    return false;
  if (kind == GridKind::Soft)
    return rows == columns && rows % 2 == 0;
  if (kind == GridKind::DriscollHealy)
    return rows % 2 == 0;
  return kind != GridKind::EquirectangularPoles || rows >= 2;
}

/// Points of one ring of each length and phase: those of HEALPix's caps come in pairs, its belt has
/// two phases.
constexpr int64_t ringWavePoints(const SampleGrid &grid) {
  const int64_t n = grid.nside;
  return grid.isHealpix() ? 2 * n * (n - 1) + (n > 0 ? 8 * n : 0) : grid.columns;
}

/// Numbers in the tables of a transform of `degrees` degrees: cosines and sines of all orders along
/// the rings, and Wigner functions at their colatitudes.
constexpr int64_t ringTableValues(const SampleGrid &grid, int64_t degrees) {
  return 2 * degrees * ringWavePoints(grid) + s2OrderOffset(degrees, degrees) * grid.rings();
}

/// The most of them: 1 GiB in single precision.
inline constexpr int64_t kMostRingTableValues = int64_t(1) << 28;

/// Rings of one class that one product along them takes: with their waves they stay in the cache.
inline constexpr int64_t kRingBlock = 8;

/// The number of such products: HEALPix has nside - 1 pairs of rings in its caps, and nside + 1 and
/// nside rings of two phases in its belt.
constexpr int64_t ringProblemCount(const SampleGrid &grid) {
  const auto blocks = [](int64_t rings) { return (rings + kRingBlock - 1) / kRingBlock; };
  return grid.isHealpix() ? grid.nside - 1 + blocks(grid.nside + 1) + blocks(grid.nside)
                          : blocks(grid.rows);
}

static_assert(SampleGrid{GridKind::HealpixRing, 0, 0, 2}.rings() == 7);
static_assert(SampleGrid{GridKind::Equirectangular, 64, 128}.bandLimit() == 32);
static_assert(SampleGrid{GridKind::GaussLegendre, 32, 63}.bandLimit() == 32);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_GRID_LAYOUT_H
