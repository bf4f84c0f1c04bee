//===- sample_grid.cpp - where the samples of a field lie -------*- C++ -*-===//

#include "runtime/data/sample_grid.h"

#include "runtime/math/rings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

constexpr std::array<const char *, 8> names = {
    "soft",           "equirectangular", "equirectangular-poles", "driscoll-healy",
    "gauss-legendre", "healpix-ring",    "healpix-nested",        "planar"};

/// A whole number of 1 or more that is all of `text`.
bool readExtent(std::string_view text, int64_t &extent) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), extent);
  return error == std::errc() && end == text.data() + text.size() && extent > 0;
}

/// Calls visit(number of the value, ring, number in the ring) for every point of a grid.
template <typename Visit> void eachPoint(const SampleGrid &grid, Visit visit) {
  const std::vector<Ring> rings = ringsOf(grid);
  const std::vector<int64_t> values = valuesOfRings(grid);
  for (size_t ring = 0; ring < rings.size(); ++ring)
    for (int64_t k = 0; k < rings[ring].length; ++k)
      visit(values[rings[ring].firstPoint + k], ring, rings[ring], k);
}

/// M^T p in polar coordinates, M row by row.
SpherePoint rotatedBack(const std::array<double, 9> &m, const SpherePoint &p) {
  const double v[3] = {std::sin(p.beta) * std::cos(p.alpha), std::sin(p.beta) * std::sin(p.alpha),
                       std::cos(p.beta)};
  double r[3];
  for (int i = 0; i < 3; ++i)
    r[i] = m[i] * v[0] + m[3 + i] * v[1] + m[6 + i] * v[2];
  return {std::atan2(std::hypot(r[0], r[1]), r[2]), std::atan2(r[1], r[0])};
}

} // namespace

const char *gridKindName(GridKind kind) { return names[static_cast<size_t>(kind)]; }

std::optional<GridKind> parseGridKind(std::string_view name) {
  for (size_t kind = 0; kind < names.size(); ++kind)
    if (name == names[kind])
      return static_cast<GridKind>(kind);
  return std::nullopt;
}

std::string gridText(const SampleGrid &grid) {
  return std::string(gridKindName(grid.kind)) + " " +
         (grid.isHealpix() ? std::to_string(grid.nside)
                           : std::to_string(grid.rows) + "x" + std::to_string(grid.columns));
}

std::optional<SampleGrid> parseGrid(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  const size_t space = text.find(' ');
  const std::optional<GridKind> kind = parseGridKind(text.substr(0, space));
  if (!kind)
    return std::nullopt;
  SampleGrid grid{*kind, 0, 0, 0};
  if (space == text.npos)
    return grid;
  const std::string_view size = text.substr(space + 1);
  const size_t cross = size.find('x');
  const bool valid = grid.isHealpix()
                         ? readExtent(size, grid.nside)
                         : cross != size.npos && readExtent(size.substr(0, cross), grid.rows) &&
                               readExtent(size.substr(cross + 1), grid.columns);
  return valid && grid.isPossible() ? std::optional(grid) : std::nullopt;
}

SampleGrid sizedGrid(GridKind kind, std::span<const int64_t> extents) {
  SampleGrid grid{kind};
  if (grid.isHealpix())
    grid.nside = std::llround(std::sqrt(static_cast<double>(extents[0]) / 12.0));
  else
    grid.rows = extents[0], grid.columns = extents[1];
  return grid;
}

std::string gridProblem(std::string_view text) {
  const std::optional<GridKind> kind = parseGridKind(text.substr(0, text.find(' ')));
  std::string expected;
  if (!kind)
    expected = "a grid such as 'equirectangular 64x128' or 'healpix-ring 32', of the kinds soft, "
               "equirectangular, equirectangular-poles, driscoll-healy, gauss-legendre, "
               "healpix-ring, healpix-nested or planar";
  else if (*kind == GridKind::HealpixNested)
    expected = "'healpix-nested N', N a power of two up to " + std::to_string(kMostNside);
  else if (*kind == GridKind::HealpixRing)
    expected = "'healpix-ring N', N from 1 to " + std::to_string(kMostNside);
  else
    expected = std::string("'") + gridKindName(*kind) + " HxW', H and W up to " +
               std::to_string(kMostRows) +
               (*kind == GridKind::Soft                   ? ", even and equal"
                : *kind == GridKind::DriscollHealy        ? ", H even"
                : *kind == GridKind::EquirectangularPoles ? ", H at least 2"
                                                          : "");
  return "expected " + expected + ", got '" + std::string(text) + "'";
}

std::vector<SpherePoint> gridPoints(const SampleGrid &grid) {
  const std::vector<double> betas = ringColatitudes(grid);
  std::vector<SpherePoint> points(grid.points());
  eachPoint(grid, [&](int64_t value, size_t ring, const Ring &r, int64_t k) {
    points[value] = {betas[ring], std::numbers::pi * static_cast<double>(2 * k + r.half) /
                                      static_cast<double>(r.length)};
  });
  return points;
}

std::vector<double> gridWeights(const SampleGrid &grid) {
  const std::vector<double> ofRings = ringWeights(grid);
  std::vector<double> weights(grid.points());
  eachPoint(grid, [&](int64_t value, size_t ring, const Ring &, int64_t) {
    weights[value] = ofRings[ring];
  });
  return weights;
}

NearestPoints::NearestPoints(const SampleGrid &from, const SampleGrid &to)
    : search(std::make_unique<const RingSearch>(from)), points(gridPoints(to)) {}

NearestPoints::~NearestPoints() = default;

std::vector<int64_t> NearestPoints::find() const {
  std::vector<int64_t> nearest;
  nearest.reserve(points.size());
  for (const SpherePoint &p : points)
    nearest.push_back(search->nearest(p.beta, p.alpha));
  return nearest;
}

std::vector<int64_t> NearestPoints::find(const Rotation &rotation) const {
  const std::array<double, 9> matrix = rotation.matrix();
  std::vector<int64_t> nearest;
  nearest.reserve(points.size());
  for (const SpherePoint &point : points) {
    const SpherePoint p = rotatedBack(matrix, point);
    nearest.push_back(search->nearest(p.beta, p.alpha));
  }
  return nearest;
}

} // namespace spherical::runtime
