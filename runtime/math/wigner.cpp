//===- wigner.cpp - Wigner d functions --------------------------*- C++ -*-===//

#include "runtime/math/wigner.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>

// The recursion runs on the widest vectors that the machine has.
#if defined(__x86_64__) && defined(__has_attribute)
#if __has_attribute(target_clones) && !defined(__SANITIZE_ADDRESS__)
#define SPHERICAL_VECTOR_CLONES                                                                    \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#endif
#ifndef SPHERICAL_VECTOR_CLONES
#define SPHERICAL_VECTOR_CLONES
#endif

namespace spherical::runtime {

namespace {

/// One scaling step; values stay within [2^-512, 2^256] times a few units while they are scaled.
constexpr int stepBits = 512;
const double stepDown = std::ldexp(1.0, -stepBits);
const double largest = std::ldexp(1.0, stepBits / 2);

/// out = scale * factors * current; previous = next degree's values.
template <typename T>
[[gnu::always_inline]] inline void
recur(const double *__restrict cosines, const double *__restrict current,
      double *__restrict previous, const double *__restrict factors, T *__restrict out,
      int64_t size, double scale, const double *abc) {
  const double a = abc[0], b = abc[1], c = abc[2];
  for (int64_t j = 0; j < size; ++j) {
    out[j] = static_cast<T>(scale * factors[j] * current[j]);
    previous[j] = (a * cosines[j] - b) * current[j] - c * previous[j];
  }
}

SPHERICAL_VECTOR_CLONES
void recurF32(const double *cosines, const double *current, double *previous, const double *factors,
              float *out, int64_t size, double scale, const double *abc) {
  recur(cosines, current, previous, factors, out, size, scale, abc);
}

SPHERICAL_VECTOR_CLONES
void recurF64(const double *cosines, const double *current, double *previous, const double *factors,
              double *out, int64_t size, double scale, const double *abc) {
  recur(cosines, current, previous, factors, out, size, scale, abc);
}

} // namespace

std::array<double, 3> wignerRecursion(int64_t l, int64_t m, int64_t n) {
  const double mm = static_cast<double>(m * m), nn = static_cast<double>(n * n);
  const double now = static_cast<double>(l * l), next = static_cast<double>((l + 1) * (l + 1));
  const double a =
      static_cast<double>((l + 1) * (2 * l + 1)) / (std::sqrt(next - mm) * std::sqrt(next - nn));
  if (l == 0)
    return {a, 0.0, 0.0};
  return {a, a * static_cast<double>(m * n) / static_cast<double>(l * (l + 1)),
          a * std::sqrt(now - mm) * std::sqrt(now - nn) / static_cast<double>(l * (2 * l + 1))};
}

WignerGrid::WignerGrid(std::span<const double> betas, int64_t degrees) : degrees(degrees) {
  cosines.resize(betas.size());
  for (size_t j = 0; j < betas.size(); ++j)
    cosines[j] = std::cos(betas[j]);
  cosPowers = powersOf([](double half) { return std::cos(half); }, betas);
  sinPowers = powersOf([](double half) { return std::sin(half); }, betas);
}

WignerGrid::Powers WignerGrid::powersOf(double (*function)(double),
                                        std::span<const double> betas) const {
  const int64_t count = std::max<int64_t>(1, 2 * degrees - 1), width = betas.size();
  Powers powers{std::vector<double>(count * width), std::vector<int32_t>(count * width)};
  for (int64_t j = 0; j < width; ++j) {
    const long double base = function(betas[j] / 2);
    long double mantissa = 1.0L;
    int exponent = 0;
    for (int64_t p = 0; p < count; ++p) {
      powers.mantissa[p * width + j] = static_cast<double>(mantissa);
      powers.exponent[p * width + j] = exponent;
      int shift = 0;
      mantissa = std::frexp(mantissa * base, &shift);
      exponent += shift;
    }
  }
  return powers;
}

WignerSeries::WignerSeries(const WignerGrid &grid)
    : grid(grid), current(grid.size()), previous(grid.size()), outFactors(grid.size()),
      steps(grid.size()) {}

// d^l_ln = (-1)^{l-n} sqrt(binomial(2l, l-n)) cos(beta/2)^{l+n} sin(beta/2)^{l-n}; the other
// borders of the block follow from d_mn = (-1)^{m-n} d_nm = (-1)^{m-n} d_{-m,-n} = d_{-n,-m}.
void WignerSeries::start(int64_t mNew, int64_t nNew, const double *factorsNew) {
  m = mNew, n = nNew, factors = factorsNew;
  l = std::max(std::abs(m), std::abs(n));
  assert(l < grid.degrees && "the grid was made for fewer degrees");
  int64_t order = n; // of d^l_{l, order}
  bool flipped = false;
  if (m == l) {
  } else if (n == -l) {
    order = -m;
  } else if (n == l) {
    order = m, flipped = (m - n) % 2 != 0;
  } else {
    order = -n, flipped = (m - n) % 2 != 0;
  }
  const int64_t cosPower = l + order, sinPower = l - order;
  long double binomial = 1.0L;
  int64_t exponent = 0;
  for (int64_t i = 1; i <= std::min(cosPower, sinPower); ++i) {
    int shift = 0;
    binomial = std::frexp(binomial * (2 * l + 1 - i) / i, &shift);
    exponent += shift;
  }
  if (exponent % 2 != 0) // an even exponent, so that its root is an integer
    binomial *= 2, exponent -= 1;
  double root = static_cast<double>(std::sqrt(binomial));
  if ((sinPower % 2 != 0) != flipped)
    root = -root;
  scaled = 0;
  for (int64_t j = 0; j < grid.size(); ++j)
    startValue(j, cosPower, sinPower, root, static_cast<int>(exponent / 2));
  std::fill(previous.begin(), previous.end(), 0.0);
  updateFactors();
}

void WignerSeries::startValue(int64_t j, int64_t cosPower, int64_t sinPower, double mantissa,
                              int exponent) {
  const int64_t atCos = cosPower * grid.size() + j, atSin = sinPower * grid.size() + j;
  mantissa *= grid.cosPowers.mantissa[atCos] * grid.sinPowers.mantissa[atSin];
  exponent += grid.cosPowers.exponent[atCos] + grid.sinPowers.exponent[atSin];
  // At beta = 0 or pi the value is zero for good: no scaling.
  const int32_t step =
      mantissa == 0.0 || exponent >= -stepBits ? 0 : static_cast<int32_t>(-exponent / stepBits);
  steps[j] = step;
  scaled += step > 0;
  current[j] = std::ldexp(mantissa, exponent + step * stepBits);
}

void WignerSeries::updateFactors() {
  for (int64_t j = 0; j < grid.size(); ++j) {
    const double scale = steps[j] == 0 ? 1.0 : steps[j] == 1 ? stepDown : 0.0;
    outFactors[j] = factors ? scale * factors[j] : scale;
  }
}

void WignerSeries::rescale() {
  bool changed = false;
  for (int64_t j = 0; j < grid.size(); ++j) {
    if (steps[j] == 0 || std::abs(current[j]) < largest)
      continue;
    current[j] *= stepDown;
    previous[j] *= stepDown;
    scaled -= --steps[j] == 0;
    changed = true;
  }
  if (changed)
    updateFactors();
}

template <typename T> void WignerSeries::writeAndAdvance(T *out, double scale) {
  const std::array<double, 3> abc = wignerRecursion(l, m, n);
  if constexpr (sizeof(T) == 4)
    recurF32(grid.cosines.data(), current.data(), previous.data(), outFactors.data(), out,
             grid.size(), scale, abc.data());
  else
    recurF64(grid.cosines.data(), current.data(), previous.data(), outFactors.data(), out,
             grid.size(), scale, abc.data());
  std::swap(current, previous);
  ++l;
  if (scaled > 0)
    rescale();
}

void WignerSeries::write(float *out, double scale) { writeAndAdvance(out, scale); }
void WignerSeries::write(double *out, double scale) { writeAndAdvance(out, scale); }

double wignerD(int64_t l, int64_t m, int64_t n, double beta) {
  const WignerGrid grid(std::span(&beta, 1), std::max(std::abs(m), std::abs(n)) + 1);
  WignerSeries series(grid);
  series.start(m, n);
  double value = 0.0;
  while (series.degree() <= l)
    series.write(&value);
  return value;
}

} // namespace spherical::runtime
