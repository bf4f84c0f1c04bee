//===- tables.cpp - tables of planned programs by definition ----*- C++ -*-===//
//
// runtime/math/value_tables.cpp, ring_tables.cpp and tap_waves.cpp say what each kind
// holds and in which order.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/reference/tables.h"

#include "runtime/reference/grid.h"
#include "runtime/reference/kernel_transform.h"
#include "runtime/reference/sample_grid.h"
#include "runtime/reference/wigner.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <numeric>
#include <stdexcept>

namespace spherical::reference {
namespace {

using runtime::Element;
using runtime::TableSpec;

constexpr int64_t most = int64_t(1) << 24;

int64_t optional(const TableSpec &spec, const std::string &name, int64_t otherwise) {
  return spec.parameters.count(name) ? spec.parameter(name, 0, most) : otherwise;
}

/// The latitudes of a Wigner table in its order, -1 where it has zeros. In groups of `lanes`, the
/// northern ones in order, the southern ones as their mirror images, from the equator on.
std::vector<int64_t> wignerRings(const TableSpec &spec, int64_t b) {
  const int64_t lanes = std::max<int64_t>(1, optional(spec, "lanes", 1));
  std::vector<int64_t> north(b);
  std::iota(north.begin(), north.end(), 0);
  while (north.size() % lanes != 0)
    north.push_back(-1);
  std::vector<int64_t> all = north;
  if (optional(spec, "half", 0) == 1)
    return all;
  for (auto group = static_cast<int64_t>(north.size()) - lanes; group >= 0; group -= lanes)
    for (int64_t w = group; w < group + lanes; ++w)
      all.push_back(north[w] < 0 ? -1 : 2 * b - 1 - north[w]);
  return all;
}

/// d^l_mn(beta_j) of a Wigner table with its weights, or zeros where there is no latitude.
struct WignerValues {
  explicit WignerValues(const TableSpec &spec)
      : so3(spec.kind == "so3_wigner"), b(spec.parameter("b", 1, 256)),
        degrees(spec.parameter("degrees", 1, 256)), orders(spec.parameter("orders", 1, degrees)),
        factor(spec.parameter("factor", 0, 2)), weights(so3 ? so3Weights(b) : s2Weights(b)),
        rings(wignerRings(spec, b)), wigner(degrees) {
    for (double beta : softBeta(b))
      harmonics.emplace_back(beta, degrees);
  }

  double scale(int64_t l) const { return factor == 1 ? 2.0 * l + 1 : 1.0; }
  double at(int64_t l, int64_t m, int64_t n, int64_t j) const {
    const double weight = factor == 0 && j >= 0 ? weights[j] : 1.0;
    return j < 0 ? 0.0 : weight * scale(l) * wigner.value(l, m, n, harmonics[j]);
  }
  void addRow(int64_t l, int64_t m, int64_t n, std::vector<double> &out) const {
    for (int64_t j : rings)
      out.push_back(at(l, m, n, j));
  }
  /// Degrees m, m + step, ... from `l` on for each latitude.
  void addColumns(int64_t l, int64_t m, int64_t step, std::vector<double> &out) const {
    for (int64_t j : rings)
      for (int64_t degree = l; degree < degrees; degree += step)
        out.push_back(at(degree, m, 0, j));
  }

  bool so3;
  int64_t b, degrees, orders, factor;
  std::vector<double> weights;
  std::vector<int64_t> rings;
  Wigner wigner;
  std::vector<Harmonics> harmonics;
};

/// The factors with which degree l follows from the two before it (Kostelec and Rockmore 2008).
void addRecursion(const WignerValues &values, int64_t l, int64_t m, int64_t n,
                  std::vector<double> &out) {
  auto root = [&](int64_t degree) {
    return std::sqrt(static_cast<double>((degree * degree - m * m) * (degree * degree - n * n)));
  };
  const int64_t k = l - 1;
  const double a = static_cast<double>(l * (2 * k + 1)) / root(l);
  out.push_back(a * values.scale(l) / values.scale(k));
  out.push_back(-a * m * n / static_cast<double>(k * l) * values.scale(l) / values.scale(k));
  out.push_back(-a * root(k) / static_cast<double>(k * (2 * k + 1)) * values.scale(l) /
                values.scale(k - 1));
}

/// Cosines, and blocks of degrees: two rows, and the factors of the others.
void anchoredTable(const TableSpec &spec, int64_t distance, std::vector<double> &out) {
  const WignerValues values(spec);
  const int64_t lanes = std::max<int64_t>(1, optional(spec, "lanes", 1));
  const std::vector<double> betas = softBeta(values.b);
  for (int64_t j : values.rings)
    out.push_back(j < 0 ? 1.0 : std::cos(betas[j]));
  for (int64_t n = 0; n < values.orders; ++n)
    for (int64_t m = n; m < values.orders; ++m)
      for (int64_t first = m; first < values.degrees; first += distance) {
        for (int64_t l = first; l < first + 2; ++l) {
          if (l < values.degrees)
            values.addRow(l, m, n, out);
          else
            out.insert(out.end(), values.rings.size(), 0.0);
        }
        std::vector<double> factors;
        for (int64_t l = first + 2; l < std::min(first + distance, values.degrees); ++l)
          addRecursion(values, l, m, n, factors);
        factors.resize((3 * (distance - 2) + lanes - 1) / lanes * lanes, 0.0);
        out.insert(out.end(), factors.begin(), factors.end());
      }
}

/// Series over the degrees of d^l_mn(beta_j) for all orders (m, n) that the kind stores.
void wignerTable(const TableSpec &spec, std::vector<double> &out) {
  if (const int64_t distance = optional(spec, "anchors", 0))
    return anchoredTable(spec, distance, out);
  const WignerValues values(spec);
  const bool symmetric = values.so3 && optional(spec, "symmetric", 0) == 1;
  if (optional(spec, "transposed", 0) == 1) {
    const int64_t parts = optional(spec, "half", 0) == 1 ? 2 : 1;
    for (int64_t m = 0; m < values.orders; ++m)
      for (int64_t part = 0; part < parts; ++part)
        values.addColumns(m + part, m, parts, out);
    return;
  }
  for (int64_t n = 0; n < (values.so3 ? values.orders : 1); ++n)
    for (int64_t m = symmetric ? n : 0; m < values.orders; ++m)
      for (int64_t l = std::max(m, n); l < values.degrees; ++l)
        values.addRow(l, m, n, out);
}

/// The rings of a grid: points of one beta from north to south, in each by longitude.
std::vector<std::vector<GridPoint>> gridRings(const TableSpec &spec) {
  SampleGrid grid{static_cast<GridKind>(spec.parameter("grid", 0, 6)),
                  spec.parameter("rows", 0, most), spec.parameter("columns", 0, most),
                  spec.parameter("nside", 0, most)};
  if (grid.kind == GridKind::HealpixNested) // tables count its points by rings
    grid.kind = GridKind::HealpixRing;
  std::vector<std::vector<GridPoint>> rings;
  for (const GridPoint &point : gridPoints(grid)) {
    if (rings.empty() || std::abs(rings.back().front().beta - point.beta) > 1e-9)
      rings.emplace_back();
    rings.back().push_back(point);
  }
  return rings;
}

/// Waves of the rings of each length and phase, the first of them with each: in HEALPix's northern
/// cap and the first two rings of its belt.
void ringWaves(const TableSpec &spec, std::vector<double> &out) {
  const int64_t degrees = spec.parameter("degrees", 1, 256);
  std::vector<std::pair<size_t, double>> seen;
  for (const std::vector<GridPoint> &ring : gridRings(spec)) {
    const double phase = ring[0].alpha * static_cast<double>(ring.size());
    const bool known = std::any_of(seen.begin(), seen.end(), [&](const auto &one) {
      return one.first == ring.size() && std::abs(one.second - phase) < 1e-6;
    });
    if (known)
      continue;
    seen.emplace_back(ring.size(), phase);
    for (int64_t m = 0; m < degrees; ++m)
      for (const bool imaginary : {false, true})
        for (const GridPoint &point : ring)
          out.push_back(imaginary ? -std::sin(m * point.alpha) : std::cos(m * point.alpha));
  }
}

/// Series over the degrees of d^l_m0 at the rings.
void ringWigner(const TableSpec &spec, std::vector<double> &out) {
  const int64_t degrees = spec.parameter("degrees", 1, 256);
  const bool weighted = spec.parameter("factor", 0, 1) == 0;
  const bool doubled = spec.parameter("doubled", 0, 1) == 1;
  const auto rings = gridRings(spec);
  const Wigner wigner(degrees);
  std::vector<Harmonics> harmonics;
  for (const auto &ring : rings)
    harmonics.emplace_back(ring[0].beta, degrees);
  for (int64_t m = 0; m < degrees; ++m)
    for (int64_t l = m; l < degrees; ++l)
      for (size_t r = 0; r < rings.size(); ++r)
        out.push_back((weighted ? rings[r][0].weight : 2.0 * l + 1) * (doubled && m > 0 ? 2 : 1) *
                      wigner.value(l, m, 0, harmonics[r]));
}

double sign(int64_t exponent) { return exponent % 2 == 0 ? 1.0 : -1.0; }

/// Coefficient (m, n) in the real basis of the degree l of a Hermitian spectrum: with
/// P = F_|m||n| and Q = (-1)^m F_{-|m|,|n|} for m, n > 0
///   R[m,n] = Re P + Re Q, R[-m,-n] = Re P - Re Q, R[-m,n] = Im P - Im Q, R[m,-n] = -(Im P + Im Q).
double realCoefficient(const Complex *degree, int64_t l, int64_t m, int64_t n, int64_t width) {
  const double root = std::numbers::sqrt2;
  auto F = [&](int64_t row, int64_t column) {
    return degree[(row + l) * width + (width == 1 ? 0 : column + l)];
  };
  const int64_t u = std::abs(m), v = std::abs(n);
  const Complex P = F(u, v), Q = sign(u) * F(-u, v);
  if (u == 0 && v == 0)
    return P.real();
  if (v == 0)
    return root * (m > 0 ? P.real() : P.imag());
  if (u == 0)
    return root * (n > 0 ? P.real() : -P.imag());
  if (m > 0)
    return n > 0 ? P.real() + Q.real() : -(P.imag() + Q.imag());
  return n > 0 ? P.imag() - Q.imag() : P.real() - Q.real();
}

/// sum_m conj(F_mn) over even m (projection 1) or m = 0 (2), in the real basis: the matrix is sums
/// of D^l_mn(g_p) over those m.
void projectedKernelTable(const TableSpec &spec, std::vector<double> &out) {
  const int64_t degrees = spec.parameter("degrees", 1, 256);
  const bool transposed = spec.parameter("transposed", 0, 1) == 1;
  const int64_t rows = static_cast<int64_t>(spec.points.size() / 3);
  const int64_t columns = spectrumSize(Domain::S2, degrees);
  const int64_t stride = ((transposed ? rows : columns) + 15) / 16 * 16;
  const int64_t last = spec.parameter("projection", 1, 2) == 1 ? degrees : 0;
  out.assign((transposed ? columns : rows) * stride, 0.0);
  for (int64_t p = 0; p < rows; ++p) {
    const double *point = &spec.points[p * 3];
    const std::vector<Complex> row =
        kernelMatrix(Domain::SO3, degrees, {{point[0], point[1], point[2]}}, spec.scale);
    for (int64_t l = 0; l < degrees; ++l) {
      const int64_t first = spectrumSize(Domain::SO3, l), width = 2 * l + 1;
      std::vector<Complex> column(width);
      for (int64_t m = -l; m <= l; ++m)
        for (int64_t n = -l; n <= l; ++n)
          if (m % 2 == 0 && std::abs(m) <= last)
            column[n + l] += std::conj(row[first + (m + l) * width + n + l]);
      for (int64_t n = -l; n <= l; ++n) {
        const int64_t at = l * l + n + l;
        out[transposed ? at * stride + p : p * stride + at] =
            realCoefficient(column.data(), l, n, 0, 1);
      }
    }
  }
}

/// The matrix of the kernel transform in the real basis, rows padded with zeros.
void kernelTable(const TableSpec &spec, std::vector<double> &out) {
  if (optional(spec, "projection", 0) != 0)
    return projectedKernelTable(spec, out);
  const Domain domain = spec.kind == "so3_kernel" ? Domain::SO3 : Domain::S2;
  const size_t angles = domain == Domain::SO3 ? 3 : 2;
  const int64_t degrees = spec.parameter("degrees", 1, 256);
  const int64_t rows = static_cast<int64_t>(spec.points.size() / angles);
  const int64_t columns = spectrumSize(domain, degrees);
  const bool transposed = spec.parameter("transposed", 0, 1) == 1;
  const int64_t stride = ((transposed ? rows : columns) + 15) / 16 * 16;
  out.assign((transposed ? columns : rows) * stride, 0.0);
  for (int64_t p = 0; p < rows; ++p) {
    const double *point = &spec.points[p * angles];
    const std::vector<Complex> row = kernelMatrix(
        domain, degrees, {{point[0], point[1], angles == 3 ? point[2] : 0.0}}, spec.scale);
    for (int64_t l = 0; l < degrees; ++l) {
      const int64_t first = spectrumSize(domain, l), width = domain == Domain::S2 ? 1 : 2 * l + 1;
      for (int64_t at = 0; at < width * (2 * l + 1); ++at) {
        const int64_t n = width == 1 ? 0 : at % width - l;
        out[transposed ? (first + at) * stride + p : p * stride + first + at] =
            realCoefficient(&row[first], l, at / width - l, n, width);
      }
    }
  }
}

void integralWeights(const TableSpec &spec, std::vector<double> &out) {
  const int64_t b = spec.parameter("b", 1, 256);
  out = optional(spec, "so3", 1) == 1 ? so3Weights(b) : s2Weights(b);
}

void degreeWeights(const TableSpec &spec, std::vector<double> &out) {
  const Domain domain = spec.parameter("so3", 0, 1) == 1 ? Domain::SO3 : Domain::S2;
  for (int64_t l = 0; l < spec.parameter("degrees", 1, 256); ++l)
    out.resize(spectrumSize(domain, l + 1), 2.0 * l + 1);
}

/// Sums over orders n of F_mn in the real basis R = U F U^H: e = U s for the column s of factors, 1
/// at even n (1), at n = 0 (2), -i at odd n (3).
void projectionOrders(const TableSpec &spec, std::vector<double> &out) {
  const int64_t degrees = spec.parameter("degrees", 1, 256), l = degrees - 1;
  const int64_t projection = spec.parameter("projection", 1, 3);
  std::vector<Complex> factors(2 * l + 1);
  for (int64_t n = -l; n <= l; ++n) {
    const bool odd = n % 2 != 0;
    if (projection == 3 ? odd : !odd && (projection == 1 || n == 0))
      factors[n + l] = odd ? Complex(0.0, -1.0) : Complex(1.0);
  }
  for (int64_t n = -l; n <= l; ++n)
    out.push_back(realCoefficient(factors.data(), l, n, 0, 1));
}

void constants(const TableSpec &spec, std::vector<double> &out) { out = spec.points; }

void addRoot(int64_t k, int64_t n, std::vector<double> &out) {
  const double angle = 2 * std::numbers::pi * (k % n) / n;
  out.push_back(std::cos(angle));
  out.push_back(std::sin(angle));
}

/// 1, g, g^2, ... modulo p, up to the first that is 1 again.
std::vector<int64_t> powersModulo(int64_t g, int64_t p) {
  std::vector<int64_t> powers = {1};
  for (int64_t power = g % p; power > 1; power = power * g % p)
    powers.push_back(power);
  return powers;
}

/// For each prime above 16 the powers of the first number that has p - 1 different ones.
void rootsTable(const TableSpec &spec, std::vector<double> &out) {
  int64_t rest = spec.parameter("n", 1, most);
  for (int64_t p = 2; rest > 1; ++p) {
    if (rest % p != 0)
      continue;
    while (rest % p == 0)
      rest /= p;
    std::vector<int64_t> powers;
    for (int64_t g = 2; p > 16 && std::ssize(powers) < p - 1; ++g)
      powers = powersModulo(g, p);
    for (int64_t power : powers)
      addRoot(power, p, out);
  }
}

void twiddlesTable(const TableSpec &spec, std::vector<double> &out) {
  int64_t length = spec.parameter("n", 1, most);
  for (int64_t pass = 0; length > 1; ++pass) {
    const int64_t radix = spec.parameter("radix" + std::to_string(pass), 2, length);
    for (int64_t at = 0; at < length; ++at)
      addRoot((at / radix) * (at % radix), length, out);
    length /= radix;
  }
}

/// cos(angle), sin(angle) and -cos(angle).
double wave(double angle, int64_t plane) {
  return plane == 1 ? std::sin(angle) : (plane == 2 ? -1 : 1) * std::cos(angle);
}

/// A factor of i is a quarter of a turn.
void tapWaves(const TableSpec &spec, std::vector<double> &out) {
  const int64_t n = spec.parameter("n", 1, most), taps = spec.parameter("taps", 1, most);
  const bool turned = spec.parameter("turned", 0, 1) == 1;
  for (int64_t k = 0; k < spec.parameter("bins", 1, most); ++k)
    for (int64_t plane = 0; plane < spec.parameter("planes", 1, 3); ++plane)
      for (int64_t r = 0; r < taps; ++r)
        for (int64_t part = 0; part < spec.parameter("parts", 1, 2); ++part) {
          const double turns = static_cast<double>(k * (turned ? taps - r : r + 1) % n) / n;
          out.push_back(spec.scale * wave(2 * std::numbers::pi * (turns + 0.25 * part), plane));
        }
}

/// For conj(i) a quarter of a turn back.
void binWaves(const TableSpec &spec, std::vector<double> &out) {
  const int64_t n = spec.parameter("n", 1, most), parts = spec.parameter("parts", 2, 4);
  const bool half = spec.parameter("half", 0, 1) == 1;
  for (int64_t r = 0; r < spec.parameter("taps", 1, most); ++r)
    for (int64_t plane = 0; plane < parts / 2; ++plane)
      for (int64_t k = 0; k < spec.parameter("bins", 1, most); ++k)
        for (int64_t part = 0; part < parts; ++part) {
          const double quarters = static_cast<double>(part % 2 - part / 2);
          const double turns = static_cast<double>(k * r % n) / n + 0.25 * quarters;
          out.push_back(spec.scale * (half && k % n != 0 && 2 * k != n ? 2 : 1) *
                        wave(2 * std::numbers::pi * turns, plane));
        }
}

template <typename T> void fillIntegers(const TableSpec &spec, std::vector<double> &out) {
  std::vector<T> numbers(out.size());
  runtime::fillTable(spec, numbers.data(), 1);
  std::copy(numbers.begin(), numbers.end(), out.begin());
}

/// Lists of indices and their coefficients, and of problems: part of the plan, not of the
/// mathematics.
void indexTable(const TableSpec &spec, std::vector<double> &out) {
  TableSpec exact = spec;
  if (spec.element == Element::F32)
    exact.element = Element::F64;
  out.resize(runtime::tableSize(exact));
  if (exact.element == Element::F64) {
    runtime::fillTable(exact, out.data(), 1);
    return;
  }
  if (exact.element == Element::I32)
    fillIntegers<int32_t>(exact, out);
  else
    fillIntegers<int64_t>(exact, out);
}

} // namespace

std::string referenceTable(const TableSpec &spec, std::vector<double> &out) {
  static const std::map<std::string, std::function<void(const TableSpec &, std::vector<double> &)>>
      definitions = {{"so3_wigner", wignerTable},
                     {"s2_wigner", wignerTable},
                     {"so3_kernel", kernelTable},
                     {"s2_kernel", kernelTable},
                     {"integral_weights", integralWeights},
                     {"degree_weights", degreeWeights},
                     {"projection_orders", projectionOrders},
                     {"ring_waves", ringWaves},
                     {"ring_wigner", ringWigner},
                     {"tap_waves", tapWaves},
                     {"bin_waves", binWaves},
                     {"constants", constants},
                     {"roots", rootsTable},
                     {"twiddles", twiddlesTable}};
  out.clear();
  try {
    const auto found = definitions.find(spec.kind);
    found == definitions.end() ? indexTable(spec, out) : found->second(spec, out);
  } catch (const std::exception &error) {
    return error.what();
  }
  return "";
}

} // namespace spherical::reference
