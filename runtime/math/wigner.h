//===- wigner.h - Wigner d functions ----------------------------*- C++ -*-===//
//
// d^l_mn(beta) = <l m| exp(-i beta J_y) |l n>, so that d^1_10 = -sin(beta)/sqrt(2),
// by the three-term recursion in l for fixed m and n, in fp64:
//   d^{l+1} = (A_l cos(beta) - B_l) d^l - C_l d^{l-1},
//   A_l = (l+1)(2l+1) / sqrt(((l+1)^2-m^2)((l+1)^2-n^2)),  B_l = A_l mn / (l(l+1)),
//   C_l = A_l sqrt((l^2-m^2)(l^2-n^2)) / (l(2l+1)),
// which starts at l = max(|m|,|n|) and is stable upwards (Kostelec and Rockmore
// 2008, section 3). Start values below the range of a double are kept with an
// exponent of their own, so that values that grow back are right at any degree.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_MATH_WIGNER_H
#define SPHERICAL_RUNTIME_MATH_WIGNER_H

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace spherical::runtime {

/// d^l_mn(beta), |m|, |n| <= l, beta in radians. Relative error about 1e-15 (l + 1) where
/// the value is not much below its maximum over beta; values below 2^-768 are returned as 0.
double wignerD(int64_t l, int64_t m, int64_t n, double beta);

/// A_l, B_l and C_l of the recursion from l to l + 1.
std::array<double, 3> wignerRecursion(int64_t l, int64_t m, int64_t n);

/// Angles, with what all (m, n) share: cosines, and powers of cos and sin of the half angles.
class WignerGrid {
public:
  /// `betas` in radians; series will start at degrees max(|m|, |n|) < `degrees`.
  WignerGrid(std::span<const double> betas, int64_t degrees);

  int64_t size() const { return static_cast<int64_t>(cosines.size()); }

private:
  friend class WignerSeries;
  /// mantissa * 2^exponent of the p-th power for each angle, at [p * size() + j].
  struct Powers {
    std::vector<double> mantissa;
    std::vector<int32_t> exponent;
  };
  Powers powersOf(double (*function)(double), std::span<const double> betas) const;

  int64_t degrees;
  std::vector<double> cosines;
  Powers cosPowers, sinPowers;
};

/// d^l_mn at all angles of a grid, for fixed m, n and ascending l.
class WignerSeries {
public:
  explicit WignerSeries(const WignerGrid &grid);

  /// Goes to (m, n) and l = max(|m|, |n|), which must be below the grid's degrees. The values
  /// written from now on are multiplied by factors[j] (none: by 1); factors must stay alive.
  void start(int64_t m, int64_t n, const double *factors = nullptr);

  /// Writes scale * factors[j] * d^l_mn(beta_j), 0 <= j < size, and goes on to l + 1.
  void write(float *out, double scale = 1.0);
  void write(double *out, double scale = 1.0);

  /// The degree that the next `write` writes.
  int64_t degree() const { return l; }

private:
  template <typename T> void writeAndAdvance(T *out, double scale);
  void startValue(int64_t j, int64_t cosPower, int64_t sinPower, double mantissa, int exponent);
  void rescale();
  void updateFactors();

  const WignerGrid &grid;
  int64_t l = 0, m = 0, n = 0;
  const double *factors = nullptr;
  /// True values are stored ones times 2^(-512 steps[j]); scaled counts the nonzero steps.
  std::vector<double> current, previous, outFactors;
  std::vector<int32_t> steps;
  int64_t scaled = 0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_WIGNER_H
