//===- value_tables.cpp - tables of function values -------------*- C++ -*-===//
//
// Kinds, with l, m, n and the grid as everywhere (quadrature.h, wigner.h):
//   so3_wigner {b, degrees, orders, factor}
//       for n < orders, m < orders, l = max(m, n) .. degrees - 1, j < 2b:
//       d^l_mn(beta_j) times so3Weights_j (factor 0) or 2l + 1 (factor 1);
//       with the optional symmetric = 1 only m = n .. orders - 1, as d_nm = (-1)^{m-n} d_mn
//   s2_wigner {b, degrees, orders, factor}
//       for m < orders, l = m .. degrees - 1, j < 2b: d^l_m0(beta_j) times
//       s2Weights_j (factor 0) or 2l + 1 (factor 1); with the optional half = 1 only j < b, as
//       d^l_m0(pi - beta) = (-1)^{l+m} d^l_m0(beta); with the optional transposed = 1 for each m
//       [j][l] in place of [l][j], with half those of even l - m before those of odd ones
//   Both with the optional lanes = W: latitudes as they lie in lanes, [groups]W, those of the
//       northern half first, zeros where lanes have none; behind them the southern half, each at
//       the lane of its mirror image in the mirrored group (layout.h, ringInLanes).
//       With anchors = D > 2, of a symmetric table on SO(3) in lanes, two degrees of D and the
//       recursion of the others (wigner_anchors.h).
//   so3_kernel {degrees, transposed}, points (beta, alpha, gamma), scale
//       scale conj(D^l_mn(point)) in the real basis, [points][coefficients] or
//       transposed, the inner extent padded with zeros to a multiple of 16; with the optional
//       projection = 1 (sum over even n) or 2 (n = 0) columns on S2 (kernel_table.h)
//   s2_kernel {degrees, transposed}, points (beta, alpha), scale
//       the same of scale 2 degrees conj(D^l_m0(point))
//   integral_weights {b}: so3Weights_j, j < 2b; with the optional so3 = 0 s2Weights_j
//   degree_weights {so3, degrees}: 2l + 1 for each coefficient
//   projection_orders {degrees, projection}: e_n for |n| < degrees, of sums sum_n e_n R[m, n]
//       in the real basis: projection = 1 even n, e_0 = 1, e_n = sqrt2 for even n > 0; 2 n = 0;
//       3 -i times odd n, e_n = -sqrt2 for odd n < 0; the others are 0
//   constants {}: the points
//   roots {n}: for each prime p above 16 that divides n, ascending: cos and sin of 2 pi g^s / p,
//       interleaved, s < p - 1, g its least primitive root (primes.h)
//   twiddles {n, radix0, radix1, ...}: for each pass t, sub-length n_t = n / (product of the
//   radices
//       before), p < n_t / radix_t, r < radix_t: cos and sin of 2 pi p r / n_t
// Those of users' grids: ring_tables.cpp; waves of kernels: kernel_orders.cpp; of planar kernels:
// tap_waves.cpp.
//
//===----------------------------------------------------------------------===//

#include "runtime/layout.h"
#include "runtime/math/kernel_orders.h"
#include "runtime/math/kernel_table.h"
#include "runtime/math/parallel.h"
#include "runtime/math/primes.h"
#include "runtime/math/quadrature.h"
#include "runtime/math/ring_tables.h"
#include "runtime/math/tables.h"
#include "runtime/math/tap_waves.h"
#include "runtime/math/wigner.h"
#include "runtime/math/wigner_anchors.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// Far above every band-limit in use, small enough that no size overflows.
constexpr int64_t maxDegrees = 4096;
constexpr int64_t maxLength = int64_t(1) << 24;

/// The factors of the Wigner tables.
enum Factor : int64_t { Weights = 0, Dimension = 1, One = 2 };

struct WignerParameters {
  int64_t b, degrees, orders, factor;
  bool symmetric;
  int64_t lanes; ///< 1: latitudes in their own order
  bool half;
  bool transposed; ///< degrees of a latitude side by side
  int64_t anchors; ///< distance of anchors, or 0

  /// Values of a degree.
  int64_t rings() const { return (half ? 1 : 2) * ringGroups(b, lanes) * lanes; }
  /// What those of degree l are multiplied with, beside weights.
  double scale(int64_t l) const {
    return factor == Dimension ? static_cast<double>(2 * l + 1) : 1.0;
  }
};

WignerParameters wignerParameters(const TableSpec &spec) {
  WignerParameters p;
  p.b = spec.parameter("b", 1, maxDegrees);
  p.degrees = spec.parameter("degrees", 1, maxDegrees);
  p.orders = spec.parameter("orders", 1, p.degrees);
  p.factor = spec.parameter("factor", Weights, One);
  auto optional = [&](const char *name, int64_t most, int64_t otherwise) {
    return spec.parameters.count(name) ? spec.parameter(name, otherwise, most) : otherwise;
  };
  p.symmetric = optional("symmetric", 1, 0) == 1;
  p.lanes = optional("lanes", 64, 1);
  p.half = optional("half", 1, 0) == 1;
  p.transposed = optional("transposed", 1, 0) == 1;
  if (p.transposed && (spec.kind != "s2_wigner" || p.lanes != 1))
    throw std::invalid_argument("table '" + spec.kind +
                                "' expected transposed of a table on S2, "
                                "of latitudes in their own order");
  p.anchors = optional("anchors", kMostDistance, 0);
  if (p.anchors != 0 && (p.anchors < 3 || !p.symmetric || p.half))
    throw std::invalid_argument("table '" + spec.kind + "' expected anchors from 3 on, of a " +
                                "symmetric table of all latitudes, got " +
                                std::to_string(p.anchors));
  return p;
}

/// Values before row n of so3_wigner.
int64_t so3RowOffset(const WignerParameters &p, int64_t n) {
  const int64_t columns = p.symmetric ? so3SymmetricOffset(p.degrees, p.orders, n, n)
                                      : so3OrderOffset(p.degrees, p.orders, n, 0);
  return columns * p.rings();
}

int64_t s2Offset(const WignerParameters &p, int64_t m) {
  return s2OrderOffset(p.degrees, m) * p.rings();
}

/// The latitudes of a table with their weights, or 1, in the table's order; 0 where there is none.
struct TableRings {
  TableRings(const WignerParameters &p, const std::vector<double> &weights) {
    const std::vector<double> all = softBeta(p.b);
    for (int64_t at = 0; at < p.rings(); ++at) {
      const int64_t ring = ringInLanes(p.b, p.lanes, at);
      betas.push_back(ring < 0 ? 0.0 : all[ring]);
      factors.push_back(ring < 0 ? 0.0 : p.factor == Weights ? weights[ring] : 1.0);
    }
  }
  std::vector<double> betas, factors;
};

/// All degrees of one (m, n); returns the end of what was written.
template <typename T>
T *writeSeries(WignerSeries &series, const WignerParameters &p, int64_t m, int64_t n,
               const double *factors, T *out) {
  series.start(m, n, factors);
  for (int64_t l = series.degree(); l < p.degrees; ++l, out += p.rings())
    series.write(out, p.scale(l));
  return out;
}

template <typename T> void fillSO3Wigner(const TableSpec &spec, T *out, int threads) {
  const WignerParameters p = wignerParameters(spec);
  const TableRings rings(p, so3Weights(p.b));
  const WignerGrid grid(rings.betas, p.orders);
  parallelFor(p.orders, threads, [&](int64_t n) {
    WignerSeries series(grid);
    T *row = out + so3RowOffset(p, n);
    for (int64_t m = p.symmetric ? n : 0; m < p.orders; ++m)
      row = writeSeries(series, p, m, n, rings.factors.data(), row);
  });
}

/// All degrees of one m, latitude by latitude.
template <typename T>
void writeTransposed(WignerSeries &series, const WignerParameters &p, int64_t m,
                     const double *factors, T *out) {
  const int64_t all = p.degrees - m, parts = p.half ? 2 : 1, rings = p.rings();
  std::vector<T> values(rings);
  series.start(m, 0, factors);
  for (int64_t l = series.degree(); l < p.degrees; ++l) {
    series.write(values.data(), p.scale(l));
    const int64_t part = (l - m) % parts, degrees = (all - part + parts - 1) / parts;
    T *first = out + part * ((all + 1) / 2) * rings + (l - m) / parts;
    for (int64_t j = 0; j < rings; ++j)
      first[j * degrees] = values[j];
  }
}

template <typename T> void fillS2Wigner(const TableSpec &spec, T *out, int threads) {
  const WignerParameters p = wignerParameters(spec);
  const TableRings rings(p, s2Weights(p.b));
  const WignerGrid grid(rings.betas, p.orders);
  parallelFor(p.orders, threads, [&](int64_t m) {
    WignerSeries series(grid);
    T *start = out + s2Offset(p, m);
    if (p.transposed)
      writeTransposed(series, p, m, rings.factors.data(), start);
    else
      writeSeries(series, p, m, 0, rings.factors.data(), start);
  });
}

WignerAnchors anchorsOf(const WignerParameters &p) {
  return {{p.anchors, p.rings() / p.lanes, p.lanes}, p.degrees, p.orders};
}

/// The factors of the recursion to degree l, of the table's values.
template <typename T>
void writeRecursion(const WignerParameters &p, int64_t m, int64_t n, int64_t l, T *out) {
  const auto [a, b, c] = wignerRecursion(l - 1, m, n);
  out[0] = static_cast<T>(a * p.scale(l) / p.scale(l - 1));
  out[1] = static_cast<T>(-b * p.scale(l) / p.scale(l - 1));
  out[2] = static_cast<T>(-c * p.scale(l) / p.scale(l - 2));
}

/// The blocks of one (m, n).
template <typename T>
void writeBlocks(WignerSeries &series, const WignerParameters &p, int64_t m, int64_t n,
                 const double *factors, T *out) {
  const WignerAnchors anchors = anchorsOf(p);
  std::vector<T> passed(p.rings());
  series.start(m, n, factors);
  for (int64_t l = series.degree(); l < p.degrees; ++l) {
    const int64_t row = (l - m) % p.anchors;
    T *block = out + (l - m) / p.anchors * anchors.block.size() * p.lanes;
    series.write(row < 2 ? block + row * p.rings() : passed.data(), p.scale(l));
    if (row >= 2)
      writeRecursion(p, m, n, l, block + 2 * p.rings() + 3 * (row - 2));
  }
}

template <typename T> void fillAnchors(const TableSpec &spec, T *out, int threads) {
  const WignerParameters p = wignerParameters(spec);
  const TableRings rings(p, so3Weights(p.b));
  const WignerGrid grid(rings.betas, p.orders);
  const WignerAnchors anchors = anchorsOf(p);
  const std::vector<int64_t> starts = anchors.offsets();
  std::fill_n(out, starts.back() * p.lanes, T(0));
  std::transform(rings.betas.begin(), rings.betas.end(), out,
                 [](double beta) { return static_cast<T>(std::cos(beta)); });
  parallelFor(p.orders, threads, [&](int64_t n) {
    WignerSeries series(grid);
    for (int64_t m = n; m < p.orders; ++m)
      writeBlocks(series, p, m, n, rings.factors.data(),
                  out + starts[anchors.pair(n, m)] * p.lanes);
  });
}

KernelTable kernelTable(const TableSpec &spec) {
  KernelTable table;
  table.onSO3 = spec.kind == "so3_kernel";
  table.degrees = spec.parameter("degrees", 1, maxDegrees);
  table.transposed = spec.parameter("transposed", 0, 1) == 1;
  table.scale = table.onSO3 ? spec.scale : spec.scale * static_cast<double>(2 * table.degrees);
  table.points = spec.points;
  if (table.onSO3 && spec.parameters.count("projection"))
    table.projection = static_cast<KernelProjection>(spec.parameter("projection", 0, 2));
  const size_t columns = table.onSO3 ? 3 : 2;
  if (spec.points.empty() || spec.points.size() % columns != 0)
    throw std::invalid_argument("table '" + spec.kind + "' expected points of " +
                                std::to_string(columns) + " angles, got " +
                                std::to_string(spec.points.size()) + " numbers");
  return table;
}

/// Whether weights are those of SO(3), as they are without the parameter.
bool weightsOnSO3(const TableSpec &spec) {
  return !spec.parameters.count("so3") || spec.parameter("so3", 0, 1) == 1;
}

template <typename T> void fillIntegralWeights(const TableSpec &spec, T *out) {
  const int64_t b = spec.parameter("b", 1, maxDegrees);
  for (double weight : weightsOnSO3(spec) ? so3Weights(b) : s2Weights(b))
    *out++ = static_cast<T>(weight);
}

template <typename T> void fillDegreeWeights(const TableSpec &spec, T *out) {
  const bool so3 = spec.parameter("so3", 0, 1) == 1;
  for (int64_t l = 0; l < spec.parameter("degrees", 1, maxDegrees); ++l)
    out = std::fill_n(out, so3 ? (2 * l + 1) * (2 * l + 1) : 2 * l + 1, static_cast<T>(2 * l + 1));
}

template <typename T> void fillProjectionOrders(const TableSpec &spec, T *out) {
  const int64_t degrees = spec.parameter("degrees", 1, maxDegrees);
  const int64_t projection = spec.parameter("projection", 1, 3);
  std::fill_n(out, 2 * degrees - 1, T(0));
  T *center = out + degrees - 1;
  if (projection != 3)
    *center = T(1);
  for (int64_t n = 1; n < degrees && projection != 2; ++n) {
    if (projection == 1 && n % 2 == 0)
      center[n] = static_cast<T>(std::numbers::sqrt2);
    if (projection == 3 && n % 2 == 1)
      center[-n] = static_cast<T>(-std::numbers::sqrt2);
  }
}

template <typename T> T *writeRoot(int64_t k, int64_t n, T *out) {
  const std::complex<double> root = rootOfUnity(k, n);
  *out++ = static_cast<T>(root.real());
  *out++ = static_cast<T>(root.imag());
  return out;
}

template <typename T> void fillRoots(const TableSpec &spec, T *out) {
  for (int64_t p : largePrimes(spec.parameter("n", 1, maxLength))) {
    const int64_t g = primitiveRoot(p);
    for (int64_t s = 0, power = 1; s < p - 1; ++s, power = power * g % p)
      out = writeRoot(power, p, out);
  }
}

int64_t rootsSize(const TableSpec &spec) {
  const int64_t n = spec.parameter("n", 1, maxLength);
  if (largePrimes(n).empty())
    throw std::invalid_argument("table 'roots' expected 'n' with a prime above " +
                                std::to_string(kLargestRadix) + ", got " + std::to_string(n));
  return 2 * rootCount(n);
}

/// radix0, radix1, ...: their product must be n.
std::vector<int64_t> radices(const TableSpec &spec) {
  int64_t rest = spec.parameter("n", 1, maxLength);
  std::vector<int64_t> result;
  for (std::string name = "radix0"; rest > 1; name = "radix" + std::to_string(result.size())) {
    result.push_back(spec.parameter(name, 2, rest));
    if (rest % result.back() != 0)
      throw std::invalid_argument("table 'twiddles' expected '" + name + "' to divide " +
                                  std::to_string(rest) + ", got " + std::to_string(result.back()));
    rest /= result.back();
  }
  return result;
}

int64_t twiddlesSize(const TableSpec &spec) {
  int64_t length = spec.parameter("n", 1, maxLength), size = 0;
  for (int64_t radix : radices(spec)) {
    size += 2 * length;
    length /= radix;
  }
  return size;
}

template <typename T> void fillTwiddles(const TableSpec &spec, T *out) {
  int64_t length = spec.parameter("n", 1, maxLength);
  for (int64_t radix : radices(spec)) {
    for (int64_t p = 0; p < length / radix; ++p)
      for (int64_t r = 0; r < radix; ++r)
        out = writeRoot(p * r, length, out);
    length /= radix;
  }
}

template <typename T> void fill(const TableSpec &spec, T *out, int threads) {
  if (spec.kind == "so3_wigner" && spec.parameters.count("anchors"))
    fillAnchors(spec, out, threads);
  else if (spec.kind == "so3_wigner")
    fillSO3Wigner(spec, out, threads);
  else if (spec.kind == "s2_wigner")
    fillS2Wigner(spec, out, threads);
  else if (spec.kind == "so3_kernel" || spec.kind == "s2_kernel")
    fillKernelTable(kernelTable(spec), out, threads);
  else if (spec.kind == "integral_weights")
    fillIntegralWeights(spec, out);
  else if (spec.kind == "degree_weights")
    fillDegreeWeights(spec, out);
  else if (spec.kind == "projection_orders")
    fillProjectionOrders(spec, out);
  else if (spec.kind == "constants")
    std::transform(spec.points.begin(), spec.points.end(), out,
                   [](double value) { return static_cast<T>(value); });
  else if (spec.kind == "roots")
    fillRoots(spec, out);
  else if (spec.kind == "twiddles")
    fillTwiddles(spec, out);
  else if (spec.kind == "kernel_waves")
    fillKernelWaves(spec, out);
  else if (tapWavesSize(spec))
    fillTapWaves(spec, out);
  else
    fillRingValues(spec, out, threads);
}

/// Reads all parameters that values depend on: what has a size can be filled.
std::optional<int64_t> sizeOf(const TableSpec &spec) {
  if (spec.kind == "so3_wigner") {
    const WignerParameters p = wignerParameters(spec);
    return p.anchors != 0 ? anchorsOf(p).offsets().back() * p.lanes : so3RowOffset(p, p.orders);
  }
  if (spec.kind == "s2_wigner") {
    const WignerParameters p = wignerParameters(spec);
    return s2Offset(p, p.orders);
  }
  if (spec.kind == "so3_kernel" || spec.kind == "s2_kernel")
    return kernelTable(spec).size();
  if (spec.kind == "integral_weights") {
    weightsOnSO3(spec);
    return 2 * spec.parameter("b", 1, maxDegrees);
  }
  if (spec.kind == "degree_weights") {
    const int64_t degrees = spec.parameter("degrees", 1, maxDegrees);
    return spec.parameter("so3", 0, 1) == 1 ? so3Size(degrees) : s2Size(degrees);
  }
  if (spec.kind == "projection_orders") {
    spec.parameter("projection", 1, 3);
    return 2 * spec.parameter("degrees", 1, maxDegrees) - 1;
  }
  if (spec.kind == "constants")
    return static_cast<int64_t>(spec.points.size());
  if (spec.kind == "roots")
    return rootsSize(spec);
  if (spec.kind == "twiddles")
    return twiddlesSize(spec);
  if (spec.kind == "kernel_waves")
    return kernelWavesSize(spec);
  if (const std::optional<int64_t> size = tapWavesSize(spec))
    return size;
  return ringValuesSize(spec);
}

} // namespace

std::optional<int64_t> valueTableSize(const TableSpec &spec) {
  const std::optional<int64_t> size = sizeOf(spec);
  if (size && spec.element != Element::F32 && spec.element != Element::F64)
    throw std::invalid_argument("table '" + spec.kind + "' expected element f32 or f64, got " +
                                elementName(spec.element));
  return size;
}

void fillValueTable(const TableSpec &spec, void *out, int threads) {
  if (spec.element == Element::F32)
    fill(spec, static_cast<float *>(out), threads);
  else
    fill(spec, static_cast<double *>(out), threads);
}

} // namespace spherical::runtime
