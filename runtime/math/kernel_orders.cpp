//===- kernel_orders.cpp - kernels whose points form a product --*- C++ -*-===//
//
// Kinds, of points (beta, alpha, gamma) that KernelOrders takes:
//   kernel_waves {degrees, transposed}
//       for each class of orders cos(m alpha_p + n gamma_p), then minus the sine, of the points of
//       a ring: [waves][points], or transposed
//   kernel_terms_index, kernel_terms_values {degrees}, scale
//       for each coefficient in the real basis, and zeros up to a multiple of 16 of them, the
//       positions in the rings' values [ring][wave] of which it is a sum, and scale times their
//       factors, the last ones 0 where there are fewer: [coefficients][terms]
//   kernel_sums_index, kernel_sums_values {degrees, rest, terms}, scale
//       the transposed map, in blocks of kKernelSumBlock coefficients: for each wave the positions
//       in the block that it enters, the same of each ring, again filled up with 0:
//       [blocks][waves][terms]; and the factors [blocks][waves][terms][rings]. rest = 0: of all
//       full blocks; 1: of what is left. No row may need more terms (kernelSumTerms).
//
//===----------------------------------------------------------------------===//

#include "runtime/math/kernel_orders.h"

#include "runtime/layout.h"
#include "runtime/math/wigner.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr int64_t kMaxDegrees = 512;

/// The remainder of a / b that is not negative, and the quotient that belongs to it.
int64_t wrapped(int64_t a, int64_t b) { return (a % b + b) % b; }
int64_t floorOf(int64_t a, int64_t b) { return (a - wrapped(a, b)) / b; }

/// The orders |m| <= period / 2 or so that stand for 0 ... period - 1.
int64_t centered(int64_t order, int64_t period) {
  return 2 * order < period + 1 ? order : order - period;
}

/// A coefficient's share of one ring's value.
struct Term {
  int64_t value; ///< position in [ring][wave]
  double factor;
};

/// Gives the terms of coefficients, all degrees of one pair of orders m, n >= 0 after the other.
/// Without a scale it gives their places alone, which takes no Wigner function.
template <typename Sink> class CoefficientTerms {
public:
  CoefficientTerms(const KernelOrders &orders, std::optional<double> scale, Sink sink)
      : orders(orders), scale(scale), grid(orders.betas, orders.degrees), plus(grid), minus(grid),
        dPlus(orders.betas.size()), dMinus(orders.betas.size()), sink(sink) {}

  void run() {
    for (int64_t m = 0; m < orders.degrees; ++m)
      for (int64_t n = 0; n < orders.degrees; ++n)
        pair(m, n);
  }

private:
  void pair(int64_t m, int64_t n);
  void give(int64_t l, int64_t m, int64_t n, int part, double p, double q);

  const KernelOrders &orders;
  std::optional<double> scale;
  const WignerGrid grid;
  WignerSeries plus, minus;
  std::vector<double> dPlus, dMinus;
  std::vector<Term> terms;
  Sink sink;
};

/// R[m, n] as in kernel_table.h: p times the part of P, plus q times that of Q if q is not 0; part
/// 0 is the real one.
template <typename Sink>
void CoefficientTerms<Sink>::give(int64_t l, int64_t m, int64_t n, int part, double p, double q) {
  const int64_t am = std::abs(m), an = std::abs(n);
  terms.clear();
  for (int64_t r = 0; r < orders.rings(); ++r) {
    const int64_t first = r * orders.waves() + part;
    terms.push_back({first + 2 * orders.classOf(am, an), p * dPlus[r]});
    if (q != 0.0)
      terms.push_back({first + 2 * orders.classOf(-am, an), q * dMinus[r]});
  }
  sink(so3Index(l, m, n), std::span<const Term>(terms));
}

template <typename Sink> void CoefficientTerms<Sink>::pair(int64_t m, int64_t n) {
  constexpr double root = std::numbers::sqrt2;
  if (scale) {
    plus.start(m, n);
    minus.start(-m, n);
  }
  for (int64_t l = std::max(m, n); l < orders.degrees; ++l) {
    if (scale) {
      plus.write(dPlus.data(), *scale);
      minus.write(dMinus.data(), m % 2 == 0 ? *scale : -*scale);
    }
    if (m == 0 && n == 0) {
      give(l, 0, 0, 0, 1.0, 0.0);
    } else if (n == 0) {
      give(l, m, 0, 0, root, 0.0);
      give(l, -m, 0, 1, root, 0.0);
    } else if (m == 0) {
      give(l, 0, n, 0, root, 0.0);
      give(l, 0, -n, 1, -root, 0.0);
    } else {
      give(l, m, n, 0, 1.0, 1.0);
      give(l, -m, -n, 0, 1.0, -1.0);
      give(l, -m, n, 1, 1.0, -1.0);
      give(l, m, -n, 1, -1.0, -1.0);
    }
  }
}

template <typename Sink>
void forTerms(const KernelOrders &orders, std::optional<double> scale, Sink sink) {
  CoefficientTerms<Sink>(orders, scale, sink).run();
}

/// The full blocks of an adjoint, or the one of what is left, which may be empty.
struct Blocks {
  int64_t first, size, count;

  Blocks(int64_t coefficients, bool rest)
      : first(rest ? coefficients / kKernelSumBlock * kKernelSumBlock : 0),
        size(rest ? coefficients - first : kKernelSumBlock),
        count(rest ? (size > 0 ? 1 : 0) : coefficients / kKernelSumBlock) {}

  bool holds(int64_t coefficient) const {
    return coefficient >= first && coefficient < first + size * count;
  }
  int64_t blockOf(int64_t coefficient) const { return (coefficient - first) / size; }
};

/// Gives each term of the transposed map: row [block][wave], ring, number in the row, position in
/// the block. Rings take the same coefficients in the same order.
template <typename Sink>
void forSums(const KernelOrders &orders, const Blocks &blocks, std::optional<double> scale,
             Sink sink) {
  std::vector<int64_t> used(blocks.count * orders.values(), 0);
  forTerms(orders, scale, [&](int64_t coefficient, std::span<const Term> terms) {
    if (!blocks.holds(coefficient))
      return;
    const int64_t block = blocks.blockOf(coefficient);
    for (const Term &term : terms) {
      const int64_t ring = term.value / orders.waves(), wave = term.value % orders.waves();
      sink(block * orders.waves() + wave, ring, used[block * orders.values() + term.value]++,
           coefficient - blocks.first - block * blocks.size, term.factor);
    }
  });
}

KernelOrders ordersOf(const TableSpec &spec) {
  const int64_t degrees = spec.parameter("degrees", 1, kMaxDegrees);
  const bool whole = !spec.points.empty() && spec.points.size() % 3 == 0;
  std::optional<KernelOrders> orders;
  if (whole)
    orders = KernelOrders::find(spec.points, degrees);
  if (!orders)
    throw std::invalid_argument("table '" + spec.kind +
                                "' expected points of rings with the same angles alpha and gamma");
  return *orders;
}

bool isRest(const TableSpec &spec) { return spec.parameter("rest", 0, 1) == 1; }

int64_t sumTermsOf(const TableSpec &spec) {
  return spec.parameter("terms", 1, 2 * kKernelSumBlock); // P and Q of a coefficient may be one
}

/// The positions (element i32) or factors of a map.
template <typename T> void writeTerms(const TableSpec &spec, T *out) {
  const KernelOrders orders = ordersOf(spec);
  const bool values = spec.kind.ends_with("_values");
  const std::optional<double> scale = values ? std::optional(spec.scale) : std::nullopt;
  auto pick = [&](int64_t position, double factor) {
    return static_cast<T>(values ? factor : static_cast<double>(position));
  };
  if (spec.kind.starts_with("kernel_terms")) {
    std::fill_n(out, padded(so3Size(orders.degrees)) * orders.terms(), T(0));
    forTerms(orders, scale, [&](int64_t coefficient, std::span<const Term> terms) {
      for (size_t t = 0; t < terms.size(); ++t)
        out[coefficient * orders.terms() + static_cast<int64_t>(t)] =
            pick(terms[t].value, terms[t].factor);
    });
    return;
  }
  const Blocks blocks(so3Size(orders.degrees), isRest(spec));
  const int64_t terms = sumTermsOf(spec), rings = values ? orders.rings() : 1;
  std::fill_n(out, blocks.count * orders.waves() * terms * rings, T(0));
  forSums(orders, blocks, scale,
          [&](int64_t row, int64_t ring, int64_t number, int64_t position, double factor) {
            if (number >= terms)
              throw std::invalid_argument("table '" + spec.kind + "' expected at most " +
                                          std::to_string(terms) + " terms in a row, got more");
            if (ring < rings)
              out[(row * terms + number) * rings + ring] = pick(position, factor);
          });
}

} // namespace

bool KernelOrders::isPeriod(int64_t rows, int64_t columns) const {
  constexpr double tolerance = 1e-12;
  for (size_t p = 0; p < alpha.size(); ++p) {
    const double angle =
        static_cast<double>(rows) * alpha[p] + static_cast<double>(columns) * gamma[p];
    if (std::abs(std::remainder(angle, 2 * std::numbers::pi)) > tolerance)
      return false;
  }
  return true;
}

/// Orders without a period are classes of their own.
void KernelOrders::findPeriods() {
  rowPeriod = 2 * degrees - 1;
  bool periodic = false;
  for (int64_t rows = 1; rows < 2 * degrees - 1 && !periodic; ++rows)
    if (isPeriod(rows, 0)) {
      rowPeriod = rows;
      periodic = true;
    }
  columnPeriod = degrees;
  for (int64_t columns = 1; columns < degrees; ++columns)
    for (int64_t rows = 0; rows < (periodic ? rowPeriod : 1); ++rows)
      if (isPeriod(rows, columns)) {
        columnPeriod = columns;
        shift = rows;
        return;
      }
}

std::optional<KernelOrders> KernelOrders::find(std::span<const double> points, int64_t degrees) {
  KernelOrders orders;
  orders.degrees = degrees;
  for (size_t p = 0; p < points.size(); p += 3) {
    if (orders.betas.empty() || orders.betas.back() != points[p])
      orders.betas.push_back(points[p]);
    if (orders.rings() == 1) {
      orders.alpha.push_back(points[p + 1]);
      orders.gamma.push_back(points[p + 2]);
    }
  }
  const size_t ring = orders.alpha.size(), count = points.size() / 3;
  if (ring * orders.betas.size() != count)
    return std::nullopt;
  for (size_t p = 0; p < count; ++p)
    if (points[3 * p] != orders.betas[p / ring] || points[3 * p + 1] != orders.alpha[p % ring] ||
        points[3 * p + 2] != orders.gamma[p % ring])
      return std::nullopt;
  orders.findPeriods();
  return orders;
}

int64_t KernelOrders::classOf(int64_t m, int64_t n) const {
  const int64_t row = wrapped(m - floorOf(n, columnPeriod) * shift, rowPeriod);
  return wrapped(n, columnPeriod) * rowPeriod + row;
}

std::pair<int64_t, int64_t> KernelOrders::ordersOf(int64_t index) const {
  return {centered(index % rowPeriod, rowPeriod), index / rowPeriod};
}

int64_t kernelSumTerms(const KernelOrders &orders, bool rest) {
  int64_t most = 0;
  forSums(orders, Blocks(so3Size(orders.degrees), rest), std::nullopt,
          [&](int64_t, int64_t, int64_t number, int64_t, double) {
            most = std::max(most, number + 1);
          });
  return most;
}

std::optional<int64_t> kernelWavesSize(const TableSpec &spec) {
  if (spec.kind != "kernel_waves")
    return std::nullopt;
  spec.parameter("transposed", 0, 1);
  const KernelOrders orders = ordersOf(spec);
  return orders.waves() * orders.ringPoints();
}

template <typename T> void fillKernelWaves(const TableSpec &spec, T *out) {
  const KernelOrders orders = ordersOf(spec);
  const bool transposed = spec.parameter("transposed", 0, 1) == 1;
  const int64_t waves = orders.waves(), points = orders.ringPoints();
  for (int64_t wave = 0; wave < waves; ++wave)
    for (int64_t p = 0; p < points; ++p) {
      const auto [m, n] = orders.ordersOf(wave / 2);
      const double angle =
          static_cast<double>(m) * orders.alpha[p] + static_cast<double>(n) * orders.gamma[p];
      const double value = wave % 2 == 0 ? std::cos(angle) : -std::sin(angle);
      out[transposed ? p * waves + wave : wave * points + p] = static_cast<T>(value);
    }
}

template void fillKernelWaves(const TableSpec &spec, float *out);
template void fillKernelWaves(const TableSpec &spec, double *out);

std::optional<int64_t> kernelTermsSize(const TableSpec &spec) {
  if (spec.kind == "kernel_terms_index" || spec.kind == "kernel_terms_values") {
    const KernelOrders orders = ordersOf(spec);
    return padded(so3Size(orders.degrees)) * orders.terms();
  }
  if (spec.kind == "kernel_sums_index" || spec.kind == "kernel_sums_values") {
    const KernelOrders orders = ordersOf(spec);
    const int64_t rings = spec.kind.ends_with("_values") ? orders.rings() : 1;
    return Blocks(so3Size(orders.degrees), isRest(spec)).count * orders.waves() * sumTermsOf(spec) *
           rings;
  }
  return std::nullopt;
}

void fillKernelTerms(const TableSpec &spec, void *out) {
  if (spec.element == Element::I32)
    return writeTerms(spec, static_cast<int32_t *>(out));
  if (spec.element == Element::F32)
    return writeTerms(spec, static_cast<float *>(out));
  writeTerms(spec, static_cast<double *>(out));
}

} // namespace spherical::runtime
