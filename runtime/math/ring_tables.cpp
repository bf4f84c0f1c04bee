//===- ring_tables.cpp - tables of transforms on users' grids ---*- C++ -*-===//
//
// Kinds, with {grid} the parameters grid, rows, columns, nside of a grid on the
// sphere, its rings r and their classes as in rings.h. Values:
//   ring_waves {grid, degrees}
//       for each class of rings, m < degrees, both parts, points k of a ring:
//       cos(m alpha_k), then -sin(m alpha_k): e^{-i m alpha_k}
//   ring_wigner {grid, degrees, factor, doubled}
//       for m < degrees, l = m .. degrees - 1, all rings: d^l_m0(beta_r) times the ring's weight
//       (factor 0) or 2l + 1 (factor 1), twice that for m > 0 if doubled = 1
// Positions in a field, and their coefficients:
//   nested_index {nside, back}: the nested pixel of each point in ring order; back = 1: the reverse
//   linear_index, linear_values {grid, b}: four terms for each point of the soft grid of b, by
//       RingSearch::linear
// Of a spectrum on S2 in the real basis, for coefficient (l, m):
//   order_index {degrees}: |m|
//   mirror_index, mirror_values {degrees}: the position of (l, -m), and the sign of m (0 for m = 0)
//
//===----------------------------------------------------------------------===//

#include "runtime/math/ring_tables.h"

#include "runtime/layout.h"
#include "runtime/math/parallel.h"
#include "runtime/math/quadrature.h"
#include "runtime/math/rings.h"
#include "runtime/math/wigner.h"

#include <algorithm>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr int64_t kMaxDegrees = 512;

int64_t degreesOf(const TableSpec &spec) { return spec.parameter("degrees", 1, kMaxDegrees); }

/// The waves of one class, from `out` on; returns their end.
template <typename T> T *writeWaves(const RingClass &c, int64_t degrees, T *out) {
  for (int64_t m = 0; m < degrees; ++m)
    for (bool imaginary : {false, true})
      for (int64_t k = 0; k < c.length; ++k) {
        const std::complex<double> root = rootOfUnity(m * (2 * k + c.half), 2 * c.length);
        *out++ = static_cast<T>(imaginary ? -root.imag() : root.real());
      }
  return out;
}

template <typename T> void fillWaves(const TableSpec &spec, T *out) {
  for (const RingClass &c : ringClasses(tableGrid(spec)))
    out = writeWaves(c, degreesOf(spec), out);
}

template <typename T> void fillWigner(const TableSpec &spec, T *out, int threads) {
  const SampleGrid ringGrid = tableGrid(spec);
  const int64_t degrees = degreesOf(spec), rings = ringGrid.rings();
  const bool weighted = spec.parameter("factor", 0, 1) == 0;
  const bool doubled = spec.parameter("doubled", 0, 1) == 1;
  const std::vector<double> weights = ringWeights(ringGrid);
  const WignerGrid grid(ringColatitudes(ringGrid), degrees);
  parallelFor(degrees, threads, [&](int64_t m) {
    WignerSeries series(grid);
    series.start(m, 0, weighted ? weights.data() : nullptr);
    T *row = out + s2OrderOffset(degrees, m) * rings;
    for (int64_t l = m; l < degrees; ++l, row += rings)
      series.write(row, (doubled && m > 0 ? 2.0 : 1.0) *
                            (weighted ? 1.0 : static_cast<double>(2 * l + 1)));
  });
}

template <typename T> void fillNested(const TableSpec &spec, T *out) {
  const int64_t nside = spec.parameter("nside", 1, kMostNside);
  const bool back = spec.parameter("back", 0, 1) == 1;
  for (int64_t pixel = 0; pixel < 12 * nside * nside; ++pixel) {
    const int64_t ring = ringOfNested(nside, pixel);
    out[back ? pixel : ring] = static_cast<T>(back ? ring : pixel);
  }
}

template <typename T> void fillLinear(const TableSpec &spec, T *out) {
  const int64_t n = 2 * spec.parameter("b", 1, kMaxDegrees);
  const bool values = spec.kind == "linear_values";
  const RingSearch search(tableGrid(spec));
  const std::vector<double> betas = softBeta(n / 2);
  for (double beta : betas)
    for (int64_t i = 0; i < n; ++i) {
      const double alpha = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
      const LinearTerms terms = search.linear(beta, alpha);
      for (int t = 0; t < 4; ++t)
        *out++ = static_cast<T>(values ? terms.share[t] : static_cast<double>(terms.position[t]));
    }
}

/// One number for each coefficient (l, m).
template <typename T, typename Number>
void eachCoefficient(const TableSpec &spec, T *out, Number number) {
  for (int64_t l = 0; l < degreesOf(spec); ++l)
    for (int64_t m = -l; m <= l; ++m)
      *out++ = static_cast<T>(number(l, m));
}

template <typename T> void fillIndex(const TableSpec &spec, T *out) {
  if (spec.kind == "nested_index")
    fillNested(spec, out);
  else if (spec.kind == "order_index")
    eachCoefficient(spec, out, [](int64_t, int64_t m) { return std::abs(m); });
  else if (spec.kind == "mirror_index")
    eachCoefficient(spec, out, [](int64_t l, int64_t m) { return s2Index(l, -m); });
  else if (spec.kind == "mirror_values")
    eachCoefficient(spec, out, [](int64_t, int64_t m) { return m > 0 ? 1 : m < 0 ? -1 : 0; });
  else
    fillLinear(spec, out);
}

} // namespace

SampleGrid tableGrid(const TableSpec &spec) {
  const auto last = static_cast<int64_t>(GridKind::HealpixNested);
  const SampleGrid grid{static_cast<GridKind>(spec.parameter("grid", 0, last)),
                        spec.parameter("rows", 0, kMostRows),
                        spec.parameter("columns", 0, kMostRows),
                        spec.parameter("nside", 0, kMostNside)};
  if (!grid.isPossible())
    throw std::invalid_argument("table '" + spec.kind + "' expected the size of a grid, got rows " +
                                std::to_string(grid.rows) + ", columns " +
                                std::to_string(grid.columns) + ", nside " +
                                std::to_string(grid.nside));
  return grid;
}

std::optional<int64_t> ringValuesSize(const TableSpec &spec) {
  if (spec.kind == "ring_waves")
    return 2 * degreesOf(spec) * ringWavePoints(tableGrid(spec));
  if (spec.kind != "ring_wigner")
    return std::nullopt;
  spec.parameter("factor", 0, 1);
  spec.parameter("doubled", 0, 1);
  return s2OrderOffset(degreesOf(spec), degreesOf(spec)) * tableGrid(spec).rings();
}

template <typename T> void fillRingValues(const TableSpec &spec, T *out, int threads) {
  if (spec.kind == "ring_waves")
    fillWaves(spec, out);
  else
    fillWigner(spec, out, threads);
}

template void fillRingValues(const TableSpec &, float *, int);
template void fillRingValues(const TableSpec &, double *, int);

std::optional<int64_t> ringIndexSize(const TableSpec &spec) {
  if (spec.kind == "nested_index") {
    const int64_t nside = spec.parameter("nside", 1, kMostNside);
    spec.parameter("back", 0, 1);
    if ((nside & (nside - 1)) != 0)
      throw std::invalid_argument("table 'nested_index' expected nside to be a power of two, got " +
                                  std::to_string(nside));
    return 12 * nside * nside;
  }
  if (spec.kind == "linear_index" || spec.kind == "linear_values") {
    const int64_t n = 2 * spec.parameter("b", 1, kMaxDegrees);
    tableGrid(spec);
    return 4 * n * n;
  }
  if (spec.kind == "order_index" || spec.kind == "mirror_index" || spec.kind == "mirror_values")
    return s2Size(degreesOf(spec));
  return std::nullopt;
}

void fillRingIndex(const TableSpec &spec, void *out) {
  if (spec.element == Element::I32)
    return fillIndex(spec, static_cast<int32_t *>(out));
  if (spec.element == Element::F32)
    return fillIndex(spec, static_cast<float *>(out));
  fillIndex(spec, static_cast<double *>(out));
}

} // namespace spherical::runtime
