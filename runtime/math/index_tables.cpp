//===- index_tables.cpp - tables of indices and sparse maps -----*- C++ -*-===//
//
// Sparse maps, out[i] = sum_t values[i, t] in[index[i, t]], are two tables each:
// <map>_index (i32) and <map>_values (f32 or f64), both [count][terms]. With
// so3 = 1 on SO(3), so3 = 0 on S2:
//   quad_to_basis {so3, degrees, orders, result}: analysis columns to `result` degrees' spectrum
//   basis_to_quad {so3, degrees, orders}: a spectrum to synthesis columns
//       both on S2 with the optional shift = W: columns of transforms that count longitudes from
//       half a step of W columns on, multiplied by e^{-i m pi / W}, and back
//   file_to_basis {so3, degrees, imaginary}: file order (re, im) to the real basis of the real
//       (imaginary = 1: imaginary) part's spectrum
//   basis_to_file {so3, degrees, complex}: back; complex = 1: from two spectra, real part's first
//   basis_to_parts {so3, degrees, half, conjugate}: a spectrum to the real parts of its complex
//       coefficients, then the imaginary ones; conjugate = 1: of their conjugates; half = 0: of all
//       orders m; 1: of m >= 0; 2: of m >= 0, those of m > 0 doubled: in a sum over m they stand
//       for -m
//   parts_to_basis {so3, degrees, half}: back, from m >= 0 (half = 1); from all orders of any
//       coefficients to the spectrum of their real part (half = 0)
// Pairs (re, im) in a row, as complex values lie in files, are one index each:
//   pairs_to_part_index {count, imaginary}: the real (imaginary = 1: imaginary) parts of the pairs
//   parts_to_pairs_index {count}: back, from all real parts followed by all imaginary ones
// Problem lists of `stage.contract`, rows of i64 as in runtime/problem.h: problem_tables.cpp;
// nearest positions of images: nearest_tables.cpp; users' grids and orders: ring_tables.cpp; terms
// of kernels' coefficients: kernel_orders.cpp.
//
//===----------------------------------------------------------------------===//

#include "runtime/math/index_tables.h"

#include "runtime/layout.h"
#include "runtime/math/kernel_orders.h"
#include "runtime/math/quadrature.h"
#include "runtime/math/ring_tables.h"
#include "runtime/math/tables.h"

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr int64_t kMaxDegrees = 512;

// Positions are i32: all that the largest maps can name fit, re and im of each coefficient apart.
static_assert(2 * so3Size(kMaxDegrees) <= std::numeric_limits<int32_t>::max());
static_assert(4 * so3OrderOffset(kMaxDegrees, kMaxDegrees, kMaxDegrees, 0) <=
              std::numeric_limits<int32_t>::max());

/// One sparse row is built at a time and handed to a sink.
struct Row {
  static constexpr int64_t kMaxTerms = 4;
  int64_t index[kMaxTerms] = {0, 0, 0, 0};
  double value[kMaxTerms] = {0, 0, 0, 0};
  int64_t terms = 0;

  void add(int64_t position, double factor) {
    index[terms] = position;
    value[terms++] = factor;
  }
};

double sign(int64_t exponent) { return exponent % 2 == 0 ? 1.0 : -1.0; }

constexpr double kRoot2 = std::numbers::sqrt2;

/// Parameters of the maps between the columns of transforms and a spectrum.
struct Columns {
  bool so3;
  int64_t degrees, orders, result;
  int64_t shift = 0; ///< columns of a grid that begins half a step east, or 0

  /// e^{i m pi / W}, or 1.
  std::complex<double> turn(int64_t m) const {
    return shift == 0 ? 1.0 : rootOfUnity(m, 2 * shift);
  }

  /// Position of column `column` of (m, n, l), or of (m, l) on S2.
  int64_t at(int64_t l, int64_t m, int64_t n, int64_t column) const {
    if (!so3)
      return (s2OrderOffset(degrees, m) + l - m) * 2 + column;
    return (so3ColumnOffset(degrees, orders, n, m) + l - std::max(m, n)) * 4 + column;
  }
};

/// R[m, n] of degree l from the columns Re P, Im P, s Re Q, s Im Q of (|m|, |n|), all times the
/// sign of the transposed Wigner function where |m| < |n|. (math.md, section 2)
Row so3BasisRow(const Columns &c, int64_t l, int64_t m, int64_t n) {
  const int64_t am = std::abs(m), an = std::abs(n);
  const double transposed = am < an ? sign(am - an) : 1.0, s = sign(l + am + an);
  Row row;
  if (am >= c.orders || an >= c.orders || l >= c.degrees)
    return row;
  auto at = [&](int64_t column) { return c.at(l, am, an, column); };
  if (m == 0 && n == 0)
    row.add(at(0), 1.0);
  else if (m == 0)
    n > 0 ? row.add(at(0), kRoot2 * transposed) : row.add(at(1), -kRoot2 * transposed);
  else if (n == 0)
    row.add(at(m > 0 ? 0 : 1), kRoot2);
  else if ((m > 0) == (n > 0)) {
    row.add(at(0), transposed);
    row.add(at(2), m > 0 ? transposed * s : -transposed * s);
  } else {
    row.add(at(1), m < 0 ? transposed : -transposed);
    row.add(at(3), -transposed * s);
  }
  return row;
}

/// Column `column` of (m, n, l), m, n >= 0, from R: the inverse of the above.
Row so3ColumnRow(int64_t l, int64_t m, int64_t n, int64_t column) {
  const bool imaginary = column % 2 == 1, mirrored = column >= 2;
  const double transposed = m < n ? sign(m - n) : 1.0;
  const double s = mirrored ? sign(l + m + n) : 1.0;
  Row row;
  if (m == 0 && n == 0) {
    if (column == 0)
      row.add(so3Index(l, 0, 0), 1.0);
  } else if (m == 0) {
    if (!mirrored)
      row.add(so3Index(l, 0, imaginary ? -n : n), (imaginary ? -1 : 1) * transposed / kRoot2);
  } else if (n == 0) { // Q = conj P
    row.add(so3Index(l, imaginary ? -m : m, 0), (imaginary && mirrored ? -1 : 1) * s / kRoot2);
  } else if (!imaginary) {
    row.add(so3Index(l, m, n), 0.5 * s * transposed);
    row.add(so3Index(l, -m, -n), (mirrored ? -0.5 : 0.5) * s * transposed);
  } else {
    row.add(so3Index(l, -m, n), (mirrored ? -0.5 : 0.5) * s * transposed);
    row.add(so3Index(l, m, -n), -0.5 * s * transposed);
  }
  return row;
}

/// The real (m >= 0) or imaginary part of F = conj(turn) (re + i im), of order |m| on S2.
Row s2BasisRow(const Columns &c, int64_t l, int64_t m) {
  const int64_t order = std::abs(m);
  Row row;
  if (l >= c.degrees || order >= c.orders)
    return row;
  const double scale = m == 0 ? 1.0 : kRoot2;
  const std::complex<double> turn = c.turn(order);
  row.add(c.at(l, order, 0, m < 0 ? 1 : 0), scale * turn.real());
  if (c.shift > 0 && m != 0)
    row.add(c.at(l, order, 0, m < 0 ? 0 : 1), (m < 0 ? -scale : scale) * turn.imag());
  return row;
}

/// The real or imaginary part of turn F, F = (R_m + i R_{-m}) / sqrt2, of order m >= 0 on S2.
Row s2ColumnRow(const Columns &c, int64_t l, int64_t m, bool imaginary) {
  Row row;
  if (m == 0 && !imaginary)
    row.add(s2Index(l, 0), 1.0);
  if (m == 0)
    return row;
  const std::complex<double> turn = c.turn(m) / kRoot2;
  row.add(s2Index(l, imaginary ? -m : m), turn.real());
  if (c.shift > 0)
    row.add(s2Index(l, imaginary ? m : -m), imaginary ? turn.imag() : -turn.imag());
  return row;
}

template <typename Sink> void quadToBasis(const Columns &c, Sink sink) {
  for (int64_t l = 0; l < c.result; ++l)
    for (int64_t m = -l; m <= l; ++m) {
      if (c.so3) {
        for (int64_t n = -l; n <= l; ++n)
          sink(so3BasisRow(c, l, m, n));
        continue;
      }
      sink(s2BasisRow(c, l, m));
    }
}

template <typename Sink> void so3BasisToQuad(const Columns &c, Sink sink) {
  for (int64_t first = 0; first < c.orders; first += kOrderBlock)
    for (int64_t m = 0; m < c.orders; ++m)
      for (int64_t n = first; n < std::min(first + kOrderBlock, c.orders); ++n)
        for (int64_t l = std::max(m, n); l < c.degrees; ++l)
          for (int64_t column = 0; column < 4; ++column)
            sink(so3ColumnRow(l, m, n, column));
}

template <typename Sink> void s2BasisToQuad(const Columns &c, Sink sink) {
  for (int64_t m = 0; m < c.orders; ++m)
    for (int64_t l = m; l < c.degrees; ++l)
      for (const bool imaginary : {false, true})
        sink(s2ColumnRow(c, l, m, imaginary));
}

template <typename Sink> void basisToQuad(const Columns &c, Sink sink) {
  c.so3 ? so3BasisToQuad(c, sink) : s2BasisToQuad(c, sink);
}

/// U[a, m] of the unitary change of basis r = U v, for m = a or m = -a. (math.md, section 2)
std::complex<double> basisChange(int64_t a, int64_t m) {
  if (a == 0)
    return 1.0;
  if (a > 0)
    return (m > 0 ? 1.0 : sign(a)) / kRoot2;
  return std::complex<double>(0.0, (m > 0 ? -1.0 : sign(a)) / kRoot2);
}

/// The orders +-a, once each.
std::pair<const int64_t *, int64_t> bothSigns(int64_t a, int64_t (&storage)[2]) {
  storage[0] = a;
  storage[1] = -a;
  return {storage, a == 0 ? 1 : 2};
}

/// Calls visit(m', n') for the order pairs that mix with (m, n) in a change of basis.
template <typename Visit> void forMixed(bool so3, int64_t m, int64_t n, Visit visit) {
  int64_t ms[2], ns[2];
  const auto [rows, rowCount] = bothSigns(m, ms);
  const auto [columns, columnCount] = bothSigns(so3 ? n : 0, ns);
  for (int64_t i = 0; i < rowCount; ++i)
    for (int64_t j = 0; j < columnCount; ++j)
      visit(rows[i], columns[j]);
}

int64_t coefficient(bool so3, int64_t l, int64_t m, int64_t n) {
  return so3 ? so3Index(l, m, n) : s2Index(l, m);
}

/// Calls visit(l, m, n) for all coefficients in file order; n = 0 on S2.
template <typename Visit> void forCoefficients(bool so3, int64_t degrees, Visit visit) {
  for (int64_t l = 0; l < degrees; ++l)
    for (int64_t m = -l; m <= l; ++m)
      for (int64_t n = so3 ? -l : 0; n <= (so3 ? l : 0); ++n)
        visit(l, m, n);
}

/// R = U F U^H: its real part is the real basis of the real part's spectrum.
template <typename Sink> void fileToBasis(bool so3, int64_t degrees, bool imaginary, Sink sink) {
  forCoefficients(so3, degrees, [&](int64_t l, int64_t a, int64_t b) {
    Row row;
    forMixed(so3, a, b, [&](int64_t m, int64_t n) {
      const auto factor = basisChange(a, m) * std::conj(so3 ? basisChange(b, n) : 1.0);
      const int64_t at = 2 * coefficient(so3, l, m, n);
      const bool isReal = factor.imag() == 0.0;
      if (isReal)
        row.add(at + (imaginary ? 1 : 0), factor.real());
      else
        row.add(at + (imaginary ? 0 : 1), imaginary ? factor.imag() : -factor.imag());
    });
    sink(row);
  });
}

/// F = U^H (A + iB) U, real and imaginary part of every coefficient.
template <typename Sink> void basisToFile(bool so3, int64_t degrees, bool complex, Sink sink) {
  const int64_t size = so3 ? so3Size(degrees) : s2Size(degrees);
  forCoefficients(so3, degrees, [&](int64_t l, int64_t m, int64_t n) {
    for (bool imaginary : {false, true}) {
      Row row;
      forMixed(so3, m, n, [&](int64_t a, int64_t b) {
        const auto factor = std::conj(basisChange(a, m)) * (so3 ? basisChange(b, n) : 1.0);
        const int64_t at = coefficient(so3, l, a, b);
        const bool isReal = factor.imag() == 0.0;
        if (isReal != imaginary)
          row.add(at, isReal ? factor.real() : factor.imag());
        else if (complex)
          row.add(size + at, isReal ? factor.real() : -factor.imag());
      });
      sink(row);
    }
  });
}

/// Real parts of complex coefficients, then the imaginary ones, of all orders m or of m >= 0.
struct Parts {
  bool so3;
  int64_t degrees;
  bool half;

  int64_t before(int64_t l) const {
    if (half)
      return so3 ? so3HalfSize(l) : s2HalfSize(l);
    return so3 ? so3Size(l) : s2Size(l);
  }
  int64_t at(int64_t l, int64_t m, int64_t n, bool imaginary) const {
    const int64_t row = half ? m : l + m;
    return (imaginary ? before(degrees) : 0) + before(l) + (so3 ? row * (2 * l + 1) + l + n : row);
  }
};

/// F = U^H R U, or its conjugate; coefficients of m > 0 times `weight`.
template <typename Sink>
void basisToParts(const Parts &parts, bool conjugate, double weight, Sink sink) {
  for (bool imaginary : {false, true})
    forCoefficients(parts.so3, parts.degrees, [&](int64_t l, int64_t m, int64_t n) {
      if (parts.half && m < 0)
        return;
      const double sign = imaginary && conjugate ? -1.0 : 1.0, scale = m > 0 ? weight : 1.0;
      Row row;
      forMixed(parts.so3, m, n, [&](int64_t a, int64_t b) {
        const auto factor = std::conj(basisChange(a, m)) * (parts.so3 ? basisChange(b, n) : 1.0);
        if ((factor.imag() == 0.0) != imaginary)
          row.add(coefficient(parts.so3, l, a, b),
                  sign * scale * (imaginary ? factor.imag() : factor.real()));
      });
      sink(row);
    });
}

/// The real part of U F U^H. If F is of a real function, m and -m add the same to it.
template <typename Sink> void partsToBasis(const Parts &parts, Sink sink) {
  forCoefficients(parts.so3, parts.degrees, [&](int64_t l, int64_t a, int64_t b) {
    const double scale = parts.half && a != 0 ? 2.0 : 1.0;
    Row row;
    forMixed(parts.so3, a, b, [&](int64_t m, int64_t n) {
      if (parts.half && m < 0)
        return;
      const auto factor = basisChange(a, m) * std::conj(parts.so3 ? basisChange(b, n) : 1.0);
      const bool imaginary = factor.imag() != 0.0;
      row.add(parts.at(l, m, n, imaginary), scale * (imaginary ? -factor.imag() : factor.real()));
    });
    sink(row);
  });
}

/// A map by name: its extents, and its rows.
struct SparseMap {
  std::string kind;
  bool values;
  const TableSpec &spec;
  bool so3;
  int64_t degrees;

  int64_t orders() const { return spec.parameter("orders", 1, degrees); }
  int64_t shift() const {
    return !so3 && spec.parameters.count("shift") ? spec.parameter("shift", 1, kMostRows) : 0;
  }
  int64_t result() const { return spec.parameter("result", degrees, kMaxDegrees); }
  bool imaginary() const { return spec.parameter("imaginary", 0, 1) == 1; }
  bool conjugate() const { return spec.parameter("conjugate", 0, 1) == 1; }
  int64_t half() const { return spec.parameter("half", 0, kind == "basis_to_parts" ? 2 : 1); }
  Parts parts() const { return {so3, degrees, half() > 0}; }
  int64_t size(int64_t L) const { return so3 ? so3Size(L) : s2Size(L); }

  int64_t terms() const {
    if (kind == "file_to_basis")
      return so3 ? 4 : 2;
    if (kind == "basis_to_file")
      return (so3 ? 2 : 1) * (1 + spec.parameter("complex", 0, 1));
    if (kind == "parts_to_basis" && half() == 0)
      return so3 ? 4 : 2;
    const bool quad = kind == "quad_to_basis" || kind == "basis_to_quad";
    return so3 || (quad && shift() > 0) ? 2 : 1;
  }

  /// Of a map whose rows can be made: reads all that they depend on.
  int64_t count() const {
    if (kind == "quad_to_basis") {
      orders();
      return size(result());
    }
    if (kind == "file_to_basis")
      imaginary();
    if (kind == "basis_to_parts") {
      conjugate();
      return 2 * parts().before(degrees);
    }
    if (kind == "basis_to_quad")
      return so3 ? 4 * so3OrderOffset(degrees, orders(), orders(), 0)
                 : 2 * s2OrderOffset(degrees, orders());
    return size(degrees) * (kind == "basis_to_file" ? 2 : 1);
  }

  template <typename Sink> void rows(Sink sink) const {
    if (kind == "quad_to_basis")
      quadToBasis({so3, degrees, orders(), result(), shift()}, sink);
    else if (kind == "basis_to_quad")
      basisToQuad({so3, degrees, orders(), degrees, shift()}, sink);
    else if (kind == "file_to_basis")
      fileToBasis(so3, degrees, imaginary(), sink);
    else if (kind == "basis_to_parts")
      basisToParts(parts(), conjugate(), half() == 2 ? 2.0 : 1.0, sink);
    else if (kind == "parts_to_basis")
      partsToBasis(parts(), sink);
    else
      basisToFile(so3, degrees, spec.parameter("complex", 0, 1) == 1, sink);
  }
};

/// The map that a kind of table belongs to, or nothing.
std::optional<SparseMap> findMap(const TableSpec &spec) {
  for (const char *kind : {"quad_to_basis", "basis_to_quad", "file_to_basis", "basis_to_file",
                           "basis_to_parts", "parts_to_basis"})
    for (const char *suffix : {"_index", "_values"})
      if (spec.kind == std::string(kind) + suffix)
        return SparseMap{kind, std::string(suffix) == "_values", spec,
                         spec.parameter("so3", 0, 1) == 1,
                         spec.parameter("degrees", 1, kMaxDegrees)};
  return std::nullopt;
}

template <typename T> void writeMap(const SparseMap &map, T *out) {
  const int64_t terms = map.terms();
  map.rows([&](const Row &row) {
    for (int64_t t = 0; t < terms; ++t)
      *out++ = static_cast<T>(map.values ? row.value[t] : static_cast<double>(row.index[t]));
  });
}

constexpr int64_t kMaxPairs = int64_t(1) << 24; // 2 kMaxPairs is a position, an i32

/// Number of indices of a table of pairs, nothing if the kind is none.
std::optional<int64_t> pairsSize(const TableSpec &spec) {
  if (spec.kind == "pairs_to_part_index") {
    spec.parameter("imaginary", 0, 1);
    return spec.parameter("count", 1, kMaxPairs);
  }
  if (spec.kind == "parts_to_pairs_index")
    return 2 * spec.parameter("count", 1, kMaxPairs);
  return std::nullopt;
}

void fillPairs(const TableSpec &spec, int32_t *out) {
  const int64_t count = spec.parameter("count", 1, kMaxPairs);
  if (spec.kind == "pairs_to_part_index") {
    const int64_t imaginary = spec.parameter("imaginary", 0, 1);
    for (int64_t i = 0; i < count; ++i)
      *out++ = static_cast<int32_t>(2 * i + imaginary);
    return;
  }
  for (int64_t i = 0; i < 2 * count; ++i)
    *out++ = static_cast<int32_t>(i % 2 * count + i / 2);
}

/// Whether a table may have these elements: values are real numbers, positions are i32.
bool holds(Element element, bool values) {
  return values ? element == Element::F32 || element == Element::F64 : element == Element::I32;
}

void checkElement(const TableSpec &spec, bool fits) {
  if (!fits)
    throw std::invalid_argument("table '" + spec.kind + "' cannot hold elements of type " +
                                elementName(spec.element));
}

} // namespace

std::optional<int64_t> indexTableSize(const TableSpec &spec) {
  if (const auto map = findMap(spec)) {
    checkElement(spec, holds(spec.element, map->values));
    return map->count() * map->terms();
  }
  if (const std::optional<int64_t> size = pairsSize(spec)) {
    checkElement(spec, spec.element == Element::I32);
    return size;
  }
  if (const std::optional<int64_t> problems = problemCount(spec)) {
    checkElement(spec, spec.element == Element::I64);
    return *problems * kProblemFieldCount;
  }
  if (const std::optional<int64_t> size = nearestSize(spec)) {
    checkElement(spec, holds(spec.element, spec.kind.ends_with("_values")));
    return size;
  }
  for (const auto sizeOf : {ringIndexSize, kernelTermsSize})
    if (const std::optional<int64_t> size = sizeOf(spec)) {
      checkElement(spec, holds(spec.element, spec.kind.ends_with("_values")));
      return size;
    }
  return std::nullopt;
}

void fillIndexTable(const TableSpec &spec, void *out) {
  indexTableSize(spec); // checks kind and element
  if (pairsSize(spec))
    return fillPairs(spec, static_cast<int32_t *>(out));
  const auto map = findMap(spec);
  if (!map && nearestSize(spec))
    return fillNearest(spec, out);
  if (!map && ringIndexSize(spec))
    return fillRingIndex(spec, out);
  if (!map && kernelTermsSize(spec))
    return fillKernelTerms(spec, out);
  if (!map)
    return fillProblems(spec, static_cast<Problem *>(out));
  if (spec.element == Element::I32)
    return writeMap(*map, static_cast<int32_t *>(out));
  if (spec.element == Element::F32)
    return writeMap(*map, static_cast<float *>(out));
  writeMap(*map, static_cast<double *>(out));
}

} // namespace spherical::runtime
