//===- sample_grid.cpp - transforms on users' grids -------------*- C++ -*-===//

#include "runtime/reference/sample_grid.h"

#include "runtime/reference/rotation.h"
#include "runtime/reference/wigner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <tuple>

namespace spherical::reference {
namespace {

using std::numbers::pi;

//===----------------------------------------------------------------------===//
// Points and weights
//===----------------------------------------------------------------------===//

/// P_l(x) of all l < count.
std::vector<double> legendre(double x, int64_t count) {
  std::vector<double> p(std::max<int64_t>(count, 2), 1.0);
  p[1] = x;
  for (int64_t l = 2; l < count; ++l)
    p[l] = ((2 * l - 1) * x * p[l - 1] - (l - 1) * p[l - 2]) / l;
  p.resize(count);
  return p;
}

/// The root number j of P_H(cos beta) by bisection between the bounds of Bruns (1881).
double legendreRoot(int64_t j, int64_t H) {
  double low = pi * (j + 0.5) / (H + 0.5), high = pi * (j + 1) / (H + 0.5);
  const double sign = legendre(std::cos(low), H + 1)[H] > 0 ? 1.0 : -1.0;
  for (int step = 0; step < 64; ++step) {
    const double middle = (low + high) / 2;
    (sign * legendre(std::cos(middle), H + 1)[H] > 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

double rowBeta(const SampleGrid &grid, int64_t j) {
  switch (grid.kind) {
  case GridKind::EquirectangularPoles:
    return pi * j / (grid.rows - 1);
  case GridKind::DriscollHealy:
    return pi * j / grid.rows;
  case GridKind::GaussLegendre:
    return legendreRoot(j, grid.rows);
  default:
    return pi * (2 * j + 1) / (2 * grid.rows);
  }
}

/// Solves the equations of the weights by elimination with pivots.
std::vector<double> rowWeights(const std::vector<double> &betas) {
  const size_t n = betas.size();
  std::vector<std::vector<double>> a(n, std::vector<double>(n + 1));
  for (size_t j = 0; j < n; ++j) {
    const std::vector<double> p = legendre(std::cos(betas[j]), static_cast<int64_t>(n));
    for (size_t l = 0; l < n; ++l)
      a[l][j] = std::sqrt(2 * l + 1.0) * p[l];
  }
  a[0][n] = 1.0;
  for (size_t column = 0; column < n; ++column) {
    size_t pivot = column;
    for (size_t row = column; row < n; ++row)
      if (std::abs(a[row][column]) > std::abs(a[pivot][column]))
        pivot = row;
    std::swap(a[column], a[pivot]);
    for (size_t row = 0; row < n; ++row) {
      const double factor = row == column ? 0.0 : a[row][column] / a[column][column];
      for (size_t k = column; factor != 0.0 && k <= n; ++k)
        a[row][k] -= factor * a[column][k];
    }
  }
  std::vector<double> weights(n);
  for (size_t j = 0; j < n; ++j)
    weights[j] = a[j][n] / a[j][j];
  return weights;
}

/// Pixel (x, y) of a face: u and v are its place in the plane of the projection, in units of pi / 4
/// nside from (0, equator).
struct Pixel {
  int64_t u, v, nested;
  GridPoint point;
};

/// Out of the plane: |v| <= nside is the belt, beyond are the caps.
Pixel pixelOf(int64_t nside, int64_t face, int64_t x, int64_t y, int64_t nested) {
  const int64_t row = face / 4;
  Pixel pixel{(2 * (face % 4) + (row == 1 ? 0 : 1)) * nside + x - y,
              (1 - row) * nside + x + y + 1 - nside, nested, {}};
  const double n = static_cast<double>(nside), v = static_cast<double>(std::abs(pixel.v)) / n;
  double alpha = pi / 4 * static_cast<double>(pixel.u) / n;
  double beta = std::acos(2 * static_cast<double>(pixel.v) / (3 * n));
  if (v > 1) {
    const double sigma = 2 - v, center = pi / 4 * (2 * (face % 4) + 1);
    alpha = center + (alpha - center) / sigma;
    beta = 2 * std::asin(sigma / std::sqrt(6.0)); // cos beta = 1 - sigma^2 / 3
    if (pixel.v < 0)
      beta = pi - beta;
  }
  if (alpha < 0)
    alpha += 2 * pi;
  pixel.point = {beta, alpha, 1.0 / (12.0 * n * n)};
  return pixel;
}

/// x and y in turn, the lowest bit first.
int64_t interleaved(int64_t x, int64_t y) {
  int64_t result = 0;
  for (int64_t bit = 0; bit < 30; ++bit)
    result += ((x >> bit & 1) << (2 * bit)) + ((y >> bit & 1) << (2 * bit + 1));
  return result;
}

std::vector<GridPoint> pixels(const SampleGrid &grid) {
  const int64_t nside = grid.nside;
  std::vector<Pixel> all;
  for (int64_t face = 0; face < 12; ++face)
    for (int64_t y = 0; y < nside; ++y)
      for (int64_t x = 0; x < nside; ++x)
        all.push_back(pixelOf(nside, face, x, y, face * nside * nside + interleaved(x, y)));
  const bool nested = grid.kind == GridKind::HealpixNested;
  std::sort(all.begin(), all.end(), [&](const Pixel &a, const Pixel &b) {
    if (nested)
      return a.nested < b.nested;
    return std::tuple(-a.v, a.point.alpha) < std::tuple(-b.v, b.point.alpha);
  });
  std::vector<GridPoint> points;
  for (const Pixel &pixel : all)
    points.push_back(pixel.point);
  return points;
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// Calls visit(p, l, m, d^l_m0(beta_p), e^{i m alpha_p}) for all points, degrees and orders.
template <typename Visit>
void eachTerm(const GridTransform &t, const std::vector<GridPoint> &points, Visit visit) {
  const Wigner wigner(t.degrees);
  std::map<double, std::vector<double>> columns;
  for (size_t p = 0; p < points.size(); ++p) {
    std::vector<double> &column = columns[points[p].beta];
    if (column.empty()) {
      const Harmonics harmonics(points[p].beta, t.degrees);
      for (int64_t l = 0; l < t.degrees; ++l)
        for (int64_t m = -l; m <= l; ++m)
          column.push_back(wigner.value(l, m, 0, harmonics));
    }
    std::vector<Complex> waves;
    for (int64_t m = 0; m < t.degrees; ++m)
      waves.push_back(std::polar(1.0, m * points[p].alpha));
    for (int64_t l = 0; l < t.degrees; ++l)
      for (int64_t m = -l; m <= l; ++m)
        visit(p, l, m, column[s2Position(l, m)], m < 0 ? std::conj(waves[-m]) : waves[m]);
  }
}

/// sum_p f_p e^{-i m alpha_p} d^l_m0(beta_p), times the weights or 2l + 1.
std::vector<Complex> sumPoints(const GridTransform &t, const std::vector<double> &fields,
                               bool weighted) {
  const std::vector<GridPoint> points = gridPoints(t.grid);
  const int64_t size = spectrumSize(Domain::S2, t.degrees);
  std::vector<Complex> spectra(t.count * size);
  eachTerm(t, points, [&](size_t p, int64_t l, int64_t m, double d, const Complex &wave) {
    const double factor = d * (weighted ? points[p].weight : 2.0 * l + 1);
    for (int64_t s = 0; s < t.count; ++s)
      spectra[s * size + s2Position(l, m)] +=
          factor * fields[s * points.size() + p] * std::conj(wave);
  });
  return spectra;
}

/// The real part of sum_lm X_lm e^{i m alpha_p} d^l_m0(beta_p), times the weights or 2l + 1.
std::vector<double> sumDegrees(const GridTransform &t, const std::vector<Complex> &spectra,
                               bool weighted) {
  const std::vector<GridPoint> points = gridPoints(t.grid);
  const int64_t size = spectrumSize(Domain::S2, t.degrees);
  std::vector<double> fields(t.count * points.size());
  eachTerm(t, points, [&](size_t p, int64_t l, int64_t m, double d, const Complex &wave) {
    const double factor = d * (weighted ? points[p].weight : 2.0 * l + 1);
    for (int64_t s = 0; s < t.count; ++s)
      fields[s * points.size() + p] +=
          factor * (spectra[s * size + s2Position(l, m)] * wave).real();
  });
  return fields;
}

/// A ring: beta, and its points by longitude.
struct Row {
  double beta;
  std::vector<std::pair<double, size_t>> points;
};

/// The value at longitude alpha, linear between the neighbours.
double along(const Row &row, double alpha, const double *field) {
  alpha -= 2 * pi * std::floor(alpha / (2 * pi));
  const size_t n = row.points.size();
  size_t after = 0;
  while (after < n && row.points[after].first <= alpha)
    ++after;
  const auto [east, eastPoint] = row.points[after % n];
  const auto [west, westPoint] = row.points[(after + n - 1) % n];
  const double step = 2 * pi / n, share = (alpha - west + (after == 0 ? 2 * pi : 0.0)) / step;
  return (1 - share) * field[westPoint] + share * field[eastPoint];
}

std::vector<Row> rowsOf(const std::vector<GridPoint> &points) {
  std::map<int64_t, Row> rows; // by beta; rings are much further apart than 1e-9
  for (size_t p = 0; p < points.size(); ++p) {
    Row &row = rows[std::llround(points[p].beta * 1e9)];
    row.beta = points[p].beta;
    row.points.push_back({points[p].alpha, p});
  }
  std::vector<Row> result;
  for (auto &[key, row] : rows) {
    std::sort(row.points.begin(), row.points.end());
    result.push_back(row);
  }
  return result;
}

double linearAt(const std::vector<Row> &rows, double beta, double alpha, const double *field) {
  size_t after = 0;
  while (after < rows.size() && rows[after].beta <= beta)
    ++after;
  const bool north = after == 0, south = after == rows.size();
  const Row &above = rows[north ? 0 : after - 1], &below = rows[south ? after - 1 : after];
  const double from = north ? -above.beta : above.beta;
  const double to = south ? 2 * pi - below.beta : below.beta;
  const double share = to > from ? (beta - from) / (to - from) : 0.0;
  return (1 - share) * along(above, north ? alpha + pi : alpha, field) +
         share * along(below, south ? alpha + pi : alpha, field);
}

} // namespace

std::vector<GridPoint> gridPoints(const SampleGrid &grid) {
  if (grid.kind == GridKind::HealpixRing || grid.kind == GridKind::HealpixNested)
    return pixels(grid);
  std::vector<double> betas;
  for (int64_t j = 0; j < grid.rows; ++j)
    betas.push_back(rowBeta(grid, j));
  const std::vector<double> weights = rowWeights(betas);
  const double first = grid.kind == GridKind::Equirectangular ? 0.5 : 0.0;
  std::vector<GridPoint> points;
  for (int64_t j = 0; j < grid.rows; ++j)
    for (int64_t k = 0; k < grid.columns; ++k)
      points.push_back({betas[j], 2 * pi * (k + first) / grid.columns, weights[j] / grid.columns});
  return points;
}

std::vector<Complex> gridAnalysis(const GridTransform &transform,
                                  const std::vector<double> &fields) {
  return sumPoints(transform, fields, true);
}

std::vector<double> gridSynthesis(const GridTransform &transform,
                                  const std::vector<Complex> &spectra) {
  return sumDegrees(transform, spectra, false);
}

std::vector<double> gridAnalysisAdjoint(const GridTransform &transform,
                                        const std::vector<Complex> &spectra) {
  return sumDegrees(transform, spectra, true);
}

std::vector<Complex> gridSynthesisAdjoint(const GridTransform &transform,
                                          const std::vector<double> &fields) {
  return sumPoints(transform, fields, false);
}

std::vector<double> gridLinear(const SampleGrid &grid, int64_t b, int64_t count,
                               const std::vector<double> &fields) {
  const std::vector<Row> rows = rowsOf(gridPoints(grid));
  const size_t size = fields.size() / count;
  std::vector<double> result;
  for (int64_t s = 0; s < count; ++s)
    for (int64_t j = 0; j < 2 * b; ++j)
      for (int64_t i = 0; i < 2 * b; ++i)
        result.push_back(linearAt(rows, pi * (2 * j + 1) / (4 * b), 2 * pi * i / (2 * b),
                                  &fields[s * size]));
  return result;
}

std::vector<Complex> rotateSamples(int64_t samples, int64_t channels, int64_t degrees,
                                   const std::vector<Complex> &spectra,
                                   const std::vector<double> &angles) {
  std::vector<Complex> result;
  const int64_t size = channels * spectrumSize(Domain::S2, degrees);
  for (int64_t s = 0; s < samples; ++s) {
    const std::vector<Complex> one(spectra.begin() + s * size, spectra.begin() + (s + 1) * size);
    const std::vector<Complex> rotated =
        rotate(Domain::S2, channels, degrees, one,
               {angles[3 * s], angles[3 * s + 1], angles[3 * s + 2]});
    result.insert(result.end(), rotated.begin(), rotated.end());
  }
  return result;
}

} // namespace spherical::reference
