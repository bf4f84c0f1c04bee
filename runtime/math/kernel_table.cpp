//===- kernel_table.cpp - Fourier transforms of kernel points ---*- C++ -*-===//

#include "runtime/math/kernel_table.h"

#include "runtime/layout.h"
#include "runtime/math/parallel.h"
#include "runtime/math/wigner.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace spherical::runtime {
namespace {

/// The points of a table, their distinct angles beta among which the Wigner functions are shared.
struct Points {
  explicit Points(const KernelTable &table);
  std::vector<double> alpha, gamma, betas;
  std::vector<int64_t> betaOf; // index into betas
};

Points::Points(const KernelTable &table) {
  const int64_t columns = table.onSO3 ? 3 : 2;
  for (int64_t p = 0; p < table.pointCount(); ++p) {
    const double *point = &table.points[p * columns];
    alpha.push_back(point[1]);
    gamma.push_back(table.onSO3 ? point[2] : 0.0);
    auto found = std::find(betas.begin(), betas.end(), point[0]);
    betaOf.push_back(found - betas.begin());
    if (found == betas.end())
      betas.push_back(point[0]);
  }
}

/// Gives the coefficients (+-m, +-n), all degrees and points, for given m, n >= 0, to
/// store(l, m, n, p, value).
template <typename Store> class OrderPair {
public:
  OrderPair(const KernelTable &table, const Points &points, const WignerGrid &grid, Store store)
      : table(table), points(points), plus(grid), minus(grid), dPlus(grid.size()),
        dMinus(grid.size()), store(store) {}

  void fill(int64_t m, int64_t n) {
    plus.start(m, n);
    minus.start(-m, n);
    setPhases(m, n);
    for (int64_t l = std::max(m, n); l < table.degrees; ++l) {
      plus.write(dPlus.data(), table.scale);
      minus.write(dMinus.data(), m % 2 == 0 ? table.scale : -table.scale);
      for (int64_t p = 0; p < table.pointCount(); ++p)
        fillPoint(l, m, n, p);
    }
  }

private:
  void setPhases(int64_t m, int64_t n) {
    phaseP.resize(points.alpha.size()), phaseQ.resize(points.alpha.size());
    const double dm = static_cast<double>(m), dn = static_cast<double>(n);
    for (size_t p = 0; p < points.alpha.size(); ++p) {
      phaseP[p] = std::polar(1.0, -(dm * points.alpha[p] + dn * points.gamma[p]));
      phaseQ[p] = std::polar(1.0, -(-dm * points.alpha[p] + dn * points.gamma[p]));
    }
  }

  void fillPoint(int64_t l, int64_t m, int64_t n, int64_t p) {
    const std::complex<double> P = dPlus[points.betaOf[p]] * phaseP[p];
    const std::complex<double> Q = dMinus[points.betaOf[p]] * phaseQ[p];
    if (m == 0 && n == 0)
      return store(l, 0, 0, p, P.real());
    if (n == 0) {
      store(l, m, 0, p, std::numbers::sqrt2 * P.real());
      return store(l, -m, 0, p, std::numbers::sqrt2 * P.imag());
    }
    if (m == 0) {
      store(l, 0, n, p, std::numbers::sqrt2 * P.real());
      return store(l, 0, -n, p, -std::numbers::sqrt2 * P.imag());
    }
    store(l, m, n, p, P.real() + Q.real());
    store(l, -m, -n, p, P.real() - Q.real());
    store(l, -m, n, p, P.imag() - Q.imag());
    store(l, m, -n, p, -(P.imag() + Q.imag()));
  }

  const KernelTable &table;
  const Points &points;
  WignerSeries plus, minus;
  std::vector<double> dPlus, dMinus;
  std::vector<std::complex<double>> phaseP, phaseQ;
  Store store;
};

/// Position of coefficient i of point p.
int64_t position(const KernelTable &table, int64_t i, int64_t p) {
  return table.transposed ? i * padded(table.pointCount()) + p
                          : p * padded(table.coefficientCount()) + i;
}

template <typename T>
void fillFull(const KernelTable &table, const Points &points, const WignerGrid &grid, T *out,
              int threads) {
  auto store = [&table, out](int64_t l, int64_t m, int64_t n, int64_t p, double value) {
    const int64_t i = table.onSO3 ? so3Index(l, m, n) : s2Index(l, m);
    out[position(table, i, p)] = static_cast<T>(value);
  };
  parallelFor(table.degrees, threads, [&](int64_t m) {
    OrderPair pair(table, points, grid, store);
    for (int64_t n = 0; n < (table.onSO3 ? table.degrees : 1); ++n)
      pair.fill(m, n);
  });
}

/// One order n after the other, so that the rows m of a column are added in order.
template <typename T>
void fillProjected(const KernelTable &table, const Points &points, const WignerGrid &grid, T *out,
                   int threads) {
  const bool all = table.projection == KernelProjection::SumN;
  std::vector<double> sums(table.size(), 0.0);
  auto store = [&](int64_t l, int64_t m, int64_t n, int64_t p, double value) {
    if (m >= 0)
      sums[position(table, s2Index(l, n), p)] += m == 0 ? value : std::numbers::sqrt2 * value;
  };
  parallelFor(table.degrees, threads, [&](int64_t n) {
    OrderPair pair(table, points, grid, store);
    for (int64_t m = 0; m < (all ? table.degrees : 1); m += 2)
      pair.fill(m, n);
  });
  std::transform(sums.begin(), sums.end(), out, [](double sum) { return static_cast<T>(sum); });
}

template <typename T> void fillTable(const KernelTable &table, T *out, int threads) {
  const Points points(table);
  const WignerGrid grid(points.betas, table.degrees);
  if (table.projection != KernelProjection::None)
    return fillProjected(table, points, grid, out, threads);
  std::fill(out, out + table.size(), T(0));
  fillFull(table, points, grid, out, threads);
}

} // namespace

int64_t KernelTable::coefficientCount() const {
  const bool matrices = onSO3 && projection == KernelProjection::None;
  return matrices ? so3Size(degrees) : s2Size(degrees);
}

int64_t KernelTable::size() const {
  return transposed ? coefficientCount() * padded(pointCount())
                    : pointCount() * padded(coefficientCount());
}

void fillKernelTable(const KernelTable &table, float *out, int threads) {
  fillTable(table, out, threads);
}

void fillKernelTable(const KernelTable &table, double *out, int threads) {
  fillTable(table, out, threads);
}

} // namespace spherical::runtime
