//===- projection.cpp - from SO(3) to S2 ------------------------*- C++ -*-===//

#include "runtime/reference/projection.h"

namespace spherical::reference {
namespace {

bool takes(Orders orders, int64_t n) {
  switch (orders) {
  case Orders::All:
    return true;
  case Orders::Even:
    return n % 2 == 0;
  case Orders::Odd:
    return n % 2 != 0;
  case Orders::Zero:
    return n == 0;
  }
  return false;
}

/// Calls visit(position on S2 of (l, p), position on SO(3) of (l, p, n) or of (l, n, p)) for every
/// order n taken of `count` spectra.
template <typename Visit>
void eachPair(Orders orders, int64_t count, int64_t degrees, bool rows, Visit visit) {
  const int64_t s2 = spectrumSize(Domain::S2, degrees), so3 = spectrumSize(Domain::SO3, degrees);
  for (int64_t c = 0; c < count; ++c)
    for (int64_t l = 0; l < degrees; ++l)
      for (int64_t p = -l; p <= l; ++p)
        for (int64_t n = -l; n <= l; ++n)
          if (takes(orders, n))
            visit(c * s2 + s2Position(l, p),
                  c * so3 + (rows ? so3Position(l, n, p) : so3Position(l, p, n)));
}

} // namespace

std::vector<Complex> sumOrders(Orders orders, int64_t count, int64_t degrees,
                               const std::vector<Complex> &spectra) {
  std::vector<Complex> sums(count * spectrumSize(Domain::S2, degrees));
  const Complex factor = orders == Orders::Odd ? Complex(0, -1) : Complex(1, 0);
  eachPair(orders, count, degrees, /*rows=*/false,
           [&](int64_t s2, int64_t so3) { sums[s2] += factor * spectra[so3]; });
  return sums;
}

std::vector<Complex> sumOrdersAdjoint(Orders orders, int64_t count, int64_t degrees,
                                      const std::vector<Complex> &spectra) {
  std::vector<Complex> result(count * spectrumSize(Domain::SO3, degrees));
  const Complex factor = orders == Orders::Odd ? Complex(0, 1) : Complex(1, 0);
  eachPair(orders, count, degrees, /*rows=*/false,
           [&](int64_t s2, int64_t so3) { result[so3] = factor * spectra[s2]; });
  return result;
}

std::vector<Complex> projectKernel(Orders orders, int64_t count, int64_t degrees,
                                   const std::vector<Complex> &spectra) {
  std::vector<Complex> columns(count * spectrumSize(Domain::S2, degrees));
  eachPair(orders, count, degrees, /*rows=*/true,
           [&](int64_t s2, int64_t so3) { columns[s2] += std::conj(spectra[so3]); });
  return columns;
}

std::vector<Complex> projectKernelAdjoint(Orders orders, int64_t count, int64_t degrees,
                                          const std::vector<Complex> &columns) {
  std::vector<Complex> spectra(count * spectrumSize(Domain::SO3, degrees));
  eachPair(orders, count, degrees, /*rows=*/true,
           [&](int64_t s2, int64_t so3) { spectra[so3] = std::conj(columns[s2]); });
  return spectra;
}

std::vector<Complex> orbitMean(int64_t count, int64_t b, const std::vector<Complex> &functions) {
  std::vector<Complex> means(count * 4 * b * b);
  for (int64_t at = 0; at < count * 8 * b * b * b; ++at)
    means[at / (2 * b)] += functions[at] / static_cast<double>(2 * b);
  return means;
}

std::vector<Complex> orbitMeanAdjoint(int64_t count, int64_t b,
                                      const std::vector<Complex> &functions) {
  std::vector<Complex> result(count * 8 * b * b * b);
  for (int64_t at = 0; at < count * 8 * b * b * b; ++at)
    result[at] = functions[at / (2 * b)] / static_cast<double>(2 * b);
  return result;
}

} // namespace spherical::reference
