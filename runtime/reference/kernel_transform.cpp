//===- kernel_transform.cpp - spectra of kernels given at points -*- C++ -*-===//

#include "runtime/reference/kernel_transform.h"

#include "runtime/reference/wigner.h"

namespace spherical::reference {

std::vector<Complex> kernelMatrix(Domain domain, int64_t degrees, const std::vector<Point> &points,
                                  double scale) {
  const Wigner wigner(degrees);
  const double factor = domain == Domain::S2 ? 2 * degrees * scale : scale;
  std::vector<Complex> matrix;
  matrix.reserve(points.size() * spectrumSize(domain, degrees));
  for (const auto &[beta, alpha, gamma] : points) {
    const Harmonics harmonics(beta, degrees);
    for (int64_t l = 0; l < degrees; ++l)
      for (int64_t m = -l; m <= l; ++m) {
        const int64_t last = domain == Domain::S2 ? 0 : l;
        for (int64_t n = -last; n <= last; ++n)
          matrix.push_back(factor * wigner.value(l, m, n, harmonics) *
                           std::polar(1.0, -(m * alpha + n * gamma)));
      }
  }
  return matrix;
}

std::vector<Complex> kernelTransform(int64_t count, int64_t points,
                                     const std::vector<double> &kernels,
                                     const std::vector<Complex> &matrix) {
  const int64_t size = static_cast<int64_t>(matrix.size()) / points;
  std::vector<Complex> spectra(count * size);
  for (int64_t c = 0; c < count; ++c)
    for (int64_t p = 0; p < points; ++p)
      for (int64_t s = 0; s < size; ++s)
        spectra[c * size + s] += kernels[c * points + p] * matrix[p * size + s];
  return spectra;
}

std::vector<double> kernelTransformAdjoint(int64_t count, int64_t points,
                                           const std::vector<Complex> &spectra,
                                           const std::vector<Complex> &matrix) {
  const int64_t size = static_cast<int64_t>(matrix.size()) / points;
  std::vector<double> kernels(count * points);
  for (int64_t c = 0; c < count; ++c)
    for (int64_t p = 0; p < points; ++p)
      for (int64_t s = 0; s < size; ++s)
        kernels[c * points + p] +=
            std::real(std::conj(matrix[p * size + s]) * spectra[c * size + s]);
  return kernels;
}

} // namespace spherical::reference
