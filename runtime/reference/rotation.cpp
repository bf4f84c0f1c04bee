//===- rotation.cpp - rotated spectra ---------------------------*- C++ -*-===//

#include "runtime/reference/rotation.h"

#include "runtime/reference/wigner.h"

namespace spherical::reference {
namespace {

/// conj(D^l_mk(R)), [m + l][k + l].
std::vector<Complex> conjugateWigner(const Wigner &wigner, int64_t l,
                                     const std::array<double, 3> &angles) {
  const auto [alpha, beta, gamma] = angles;
  std::vector<double> d((2 * l + 1) * (2 * l + 1));
  wigner.matrix(l, Harmonics(beta, l + 1), d.data());
  std::vector<Complex> matrix;
  for (int64_t m = -l; m <= l; ++m)
    for (int64_t k = -l; k <= l; ++k)
      matrix.push_back(std::polar(1.0, -(m * alpha + k * gamma)) * d[matrix.size()]);
  return matrix;
}

/// out_mn = sum_k matrix_mk in_kn, `columns` values of n.
void multiply(const std::vector<Complex> &matrix, int64_t width, int64_t columns, const Complex *in,
              Complex *out) {
  for (int64_t m = 0; m < width; ++m)
    for (int64_t k = 0; k < width; ++k)
      for (int64_t n = 0; n < columns; ++n)
        out[m * columns + n] += matrix[m * width + k] * in[k * columns + n];
}

} // namespace

std::vector<Complex> rotate(Domain domain, int64_t count, int64_t degrees,
                            const std::vector<Complex> &spectra,
                            const std::array<double, 3> &angles) {
  const Wigner wigner(degrees);
  const int64_t size = spectrumSize(domain, degrees);
  std::vector<Complex> rotated(spectra.size());
  for (int64_t l = 0; l < degrees; ++l) {
    const std::vector<Complex> matrix = conjugateWigner(wigner, l, angles);
    const int64_t width = 2 * l + 1, block = spectrumSize(domain, l);
    for (int64_t s = 0; s < count; ++s)
      multiply(matrix, width, domain == Domain::S2 ? 1 : width, &spectra[s * size + block],
               &rotated[s * size + block]);
  }
  return rotated;
}

} // namespace spherical::reference
