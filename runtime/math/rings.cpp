//===- rings.cpp - grids as rings of points ---------------------*- C++ -*-===//

#include "runtime/math/rings.h"

#include "runtime/math/quadrature.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace spherical::runtime {

using std::numbers::pi;

//===----------------------------------------------------------------------===//
// Rings
//===----------------------------------------------------------------------===//

/// Points before ring r of HEALPix: 2 i (i - 1) before the i-th of the northern cap, 4 nside a ring
/// in the belt.
static int64_t healpixStart(int64_t nside, int64_t ring) {
  const int64_t i = ring + 1, belt = 2 * nside * (nside - 1);
  if (i <= nside)
    return 2 * i * (i - 1);
  if (i <= 3 * nside)
    return belt + (i - nside) * 4 * nside;
  const int64_t fromSouth = 4 * nside - i;
  return 12 * nside * nside - 2 * fromSouth * (fromSouth + 1);
}

static std::vector<RingClass> healpixClasses(int64_t nside) {
  std::vector<RingClass> classes;
  const int64_t last = 4 * nside - 2;
  for (int64_t ring = 0; ring + 1 < nside; ++ring) {
    const int64_t first = healpixStart(nside, ring);
    classes.push_back({4 * (ring + 1), 1, 2, ring, last - 2 * ring, first,
                       healpixStart(nside, last - ring) - first});
  }
  // Rings of the belt are shifted by half a step in turn.
  const int64_t ring = nside - 1, first = healpixStart(nside, ring), length = 4 * nside;
  classes.push_back({length, 1, nside + 1, ring, 2, first, 2 * length});
  classes.push_back({length, 0, nside, ring + 1, 2, first + length, 2 * length});
  return classes;
}

std::vector<RingClass> ringClasses(const SampleGrid &grid) {
  if (grid.isHealpix())
    return healpixClasses(grid.nside);
  const int64_t half = grid.kind == GridKind::Equirectangular ? 1 : 0;
  return {{grid.columns, half, grid.rows, 0, 1, 0, grid.columns}};
}

std::vector<Ring> ringsOf(const SampleGrid &grid) {
  std::vector<Ring> rings(grid.rings());
  for (const RingClass &c : ringClasses(grid))
    for (int64_t i = 0; i < c.rings; ++i)
      rings[c.firstRing + i * c.ringStep] = {c.length, c.half, c.firstPoint + i * c.pointStep};
  return rings;
}

//===----------------------------------------------------------------------===//
// Colatitudes and weights
//===----------------------------------------------------------------------===//

namespace {
/// The Legendre polynomial of degree n at x and its derivative, |x| < 1.
struct Legendre {
  double value = 0.0, derivative = 0.0;
  Legendre(int64_t n, double x) {
    double before = 0.0;
    value = 1.0;
    for (int64_t l = 0; l < n; ++l) {
      const auto k = static_cast<double>(l);
      const double next = ((2 * k + 1) * x * value - k * before) / (k + 1);
      before = value;
      value = next;
    }
    derivative = static_cast<double>(n) * (before - x * value) / (1 - x * x);
  }
};
} // namespace

/// The colatitude of root j of P_n, by Newton's method in beta from Tricomi's approximation.
static double gaussColatitude(int64_t j, int64_t n) {
  double beta = pi * static_cast<double>(4 * j + 3) / static_cast<double>(4 * n + 2);
  for (int step = 0; step < 8; ++step) {
    const Legendre p(n, std::cos(beta));
    beta += p.value / (p.derivative * std::sin(beta));
  }
  return beta;
}

static double healpixColatitude(int64_t nside, int64_t ring) {
  const auto n = static_cast<double>(nside), i = static_cast<double>(ring + 1);
  const double fromSouth = 4 * n - i;
  if (i < n) // 1 - cos beta = i^2 / 3 nside^2 = 2 sin^2(beta / 2)
    return 2 * std::asin(i / (n * std::sqrt(6.0)));
  if (fromSouth < n)
    return pi - 2 * std::asin(fromSouth / (n * std::sqrt(6.0)));
  return std::acos((4 * n - 2 * i) / (3 * n));
}

std::vector<double> ringColatitudes(const SampleGrid &grid) {
  std::vector<double> betas(grid.rings());
  const auto H = static_cast<double>(grid.rows);
  for (int64_t ring = 0; ring < grid.rings(); ++ring) {
    const auto j = static_cast<double>(ring);
    switch (grid.kind) {
    case GridKind::EquirectangularPoles:
      betas[ring] = pi * j / (H - 1);
      break;
    case GridKind::DriscollHealy:
      betas[ring] = pi * j / H;
      break;
    case GridKind::GaussLegendre:
      betas[ring] = gaussColatitude(ring, grid.rows);
      break;
    case GridKind::HealpixRing:
    case GridKind::HealpixNested:
      betas[ring] = healpixColatitude(grid.nside, ring);
      break;
    default:
      betas[ring] = pi * (2 * j + 1) / (2 * H);
    }
  }
  return betas;
}

/// Half the integral over [-1, 1] of the interpolating polynomial of one row, by the sums of Fejer
/// (first rule), Clenshaw and Curtis, and Driscoll and Healy (1994, theorem 3).
static double latitudeWeight(const SampleGrid &grid, int64_t j, double beta) {
  const int64_t H = grid.rows;
  const auto rows = static_cast<double>(H);
  double sum = 0.0;
  switch (grid.kind) {
  case GridKind::EquirectangularPoles: {
    const int64_t n = H - 1;
    for (int64_t k = 1; 2 * k <= n; ++k)
      sum += (2 * k == n ? 1.0 : 2.0) * rootOfUnity(k * j, n).real() /
             static_cast<double>(4 * k * k - 1);
    return (j == 0 || j == n ? 0.5 : 1.0) * (1.0 - sum) / static_cast<double>(n);
  }
  case GridKind::DriscollHealy:
    for (int64_t k = 0; 2 * k < H; ++k)
      sum += rootOfUnity((2 * k + 1) * j, 2 * H).imag() / static_cast<double>(2 * k + 1);
    return 2.0 / rows * rootOfUnity(j, 2 * H).imag() * sum;
  case GridKind::GaussLegendre: {
    const double slope = Legendre(H, std::cos(beta)).derivative * std::sin(beta);
    return 1.0 / (slope * slope);
  }
  default:
    for (int64_t k = 1; 2 * k <= H; ++k)
      sum += rootOfUnity(k * (2 * j + 1), 2 * H).real() / static_cast<double>(4 * k * k - 1);
    return (1.0 - 2.0 * sum) / rows;
  }
}

std::vector<double> ringWeights(const SampleGrid &grid) {
  if (grid.isHealpix())
    return std::vector<double>(grid.rings(), 1.0 / static_cast<double>(grid.points()));
  const std::vector<double> betas = ringColatitudes(grid);
  std::vector<double> weights(grid.rows);
  for (int64_t j = 0; j < grid.rows; ++j)
    weights[j] = latitudeWeight(grid, j, betas[j]) / static_cast<double>(grid.columns);
  return weights;
}

//===----------------------------------------------------------------------===//
// Nested pixels
//===----------------------------------------------------------------------===//

/// The bits of `value` at even places, close together.
static int64_t evenBits(int64_t value) {
  int64_t result = 0;
  for (int64_t place = 0; value >> (2 * place); ++place)
    result |= (value >> (2 * place) & 1) << place;
  return result;
}

/// In the letters of section 5: face f in row f_row, x and y within it; v and h its coordinates
/// towards the north and along a ring; ring i of nr pixels a quarter, j its number there.
int64_t ringOfNested(int64_t nside, int64_t pixel) {
  const int64_t f = pixel / (nside * nside), inFace = pixel % (nside * nside);
  const int64_t x = evenBits(inFace), y = evenBits(inFace >> 1);
  const int64_t row = f / 4, F1 = row + 2, F2 = 2 * (f % 4) - row % 2 + 1;
  const int64_t v = x + y, h = x - y;
  const int64_t i = F1 * nside - v - 1;
  const int64_t nr = std::min({i, nside, 4 * nside - i});
  const int64_t shift = nr == nside ? (i - nside) % 2 : 0;
  const int64_t j = (F2 * nr + h + 1 + shift) / 2 - 1; // from 0
  const int64_t around = 4 * nr;
  return healpixStart(nside, i - 1) + (j + around) % around;
}

std::vector<int64_t> valuesOfRings(const SampleGrid &grid) {
  std::vector<int64_t> values(grid.points());
  std::iota(values.begin(), values.end(), 0);
  if (grid.kind == GridKind::HealpixNested)
    for (int64_t pixel = 0; pixel < grid.points(); ++pixel)
      values[ringOfNested(grid.nside, pixel)] = pixel;
  return values;
}

//===----------------------------------------------------------------------===//
// Neighbours
//===----------------------------------------------------------------------===//

RingSearch::RingSearch(const SampleGrid &grid)
    : rings(ringsOf(grid)), betas(ringColatitudes(grid)), values(valuesOfRings(grid)) {}

/// The points on both sides of alpha; `share` is the second one's.
std::array<int64_t, 2> RingSearch::besides(int64_t ring, double alpha, double &share) const {
  const Ring &r = rings[ring];
  const double steps = alpha / (2 * pi) * static_cast<double>(r.length) - 0.5 * r.half;
  const double floor = std::floor(steps);
  share = steps - floor;
  const int64_t k = ((static_cast<int64_t>(floor) % r.length) + r.length) % r.length;
  return {values[r.firstPoint + k], values[r.firstPoint + (k + 1) % r.length]};
}

int64_t RingSearch::nearest(double beta, double alpha) const {
  const auto after = std::lower_bound(betas.begin(), betas.end(), beta) - betas.begin();
  const auto count = static_cast<int64_t>(rings.size());
  int64_t best = 0;
  double closest = 5.0; // squares of chords are at most 4
  for (int64_t ring = std::max<int64_t>(0, after - 2); ring < std::min(count, after + 2); ++ring) {
    double share;
    const auto points = besides(ring, alpha, share);
    for (int side : {0, 1}) {
      const auto length = static_cast<double>(rings[ring].length);
      const double turn = (side == 0 ? share : share - 1.0) / length;
      // The square of the chord, 4 sin^2(half the angle), without cancellation.
      const double north = std::sin((beta - betas[ring]) / 2), east = std::sin(pi * turn);
      const double chord =
          4 * (north * north + std::sin(beta) * std::sin(betas[ring]) * east * east);
      const bool nearer = chord < closest - 1e-14;
      if (nearer || (chord < closest + 1e-14 && points[side] < best)) {
        closest = std::min(chord, closest);
        best = points[side];
      }
    }
  }
  return best;
}

LinearTerms RingSearch::linear(double beta, double alpha) const {
  const auto last = static_cast<int64_t>(rings.size()) - 1;
  const auto after = std::upper_bound(betas.begin(), betas.end(), beta) - betas.begin();
  // The ring before the first is that one beyond the pole, at -beta.
  const int64_t north = std::max<int64_t>(after - 1, 0), south = std::min<int64_t>(after, last);
  const double above = after == 0 ? -betas.front() : betas[north];
  const double below = after > last ? 2 * pi - betas.back() : betas[south];
  const double down = below > above ? (beta - above) / (below - above) : 0.0;
  double northShare, southShare;
  const auto n = besides(north, after == 0 ? alpha + pi : alpha, northShare);
  const auto s = besides(south, after > last ? alpha + pi : alpha, southShare);
  return {{n[0], n[1], s[0], s[1]},
          {(1 - down) * (1 - northShare), (1 - down) * northShare, down * (1 - southShare),
           down * southShare}};
}

} // namespace spherical::runtime
