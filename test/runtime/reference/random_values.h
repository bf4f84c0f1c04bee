//===- random_values.h - seeded inputs of tests -----------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_RUNTIME_REFERENCE_RANDOM_VALUES_H
#define SPHERICAL_TEST_RUNTIME_REFERENCE_RANDOM_VALUES_H

#include <complex>
#include <cstdint>
#include <random>
#include <vector>

namespace spherical::reference {

/// Returns `count` complex values, real and imaginary part uniform in [-1, 1).
inline std::vector<std::complex<double>> randomComplex(int64_t count, uint64_t seed) {
  std::mt19937_64 bits(seed);
  auto uniform = [&] { return static_cast<double>(bits() >> 11) * 0x1p-52 - 1.0; };
  std::vector<std::complex<double>> values;
  for (int64_t i = 0; i < count; ++i) {
    const double re = uniform();
    values.emplace_back(re, uniform());
  }
  return values;
}

/// Returns Re sum conj(a) b.
inline double innerProduct(const std::vector<std::complex<double>> &a,
                           const std::vector<std::complex<double>> &b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += std::real(std::conj(a[i]) * b[i]);
  return sum;
}

/// Returns the values as complex numbers.
inline std::vector<std::complex<double>> toComplex(const std::vector<double> &values) {
  return {values.begin(), values.end()};
}

/// Returns the real parts.
inline std::vector<double> realParts(const std::vector<std::complex<double>> &values) {
  std::vector<double> parts;
  for (const std::complex<double> &value : values)
    parts.push_back(value.real());
  return parts;
}

} // namespace spherical::reference

#endif // SPHERICAL_TEST_RUNTIME_REFERENCE_RANDOM_VALUES_H
