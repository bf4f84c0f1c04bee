//===- spectrum.cpp - order of spectrum coefficients ------------*- C++ -*-===//

#include "runtime/reference/spectrum.h"

namespace spherical::reference {

int64_t spectrumSize(Domain domain, int64_t degrees) {
  return domain == Domain::S2 ? degrees * degrees : degrees * (4 * degrees * degrees - 1) / 3;
}

int64_t s2Position(int64_t l, int64_t m) { return l * l + l + m; }

int64_t so3Position(int64_t l, int64_t m, int64_t n) {
  return spectrumSize(Domain::SO3, l) + (l + m) * (2 * l + 1) + (l + n);
}

int64_t mirroredPosition(Domain domain, int64_t l, int64_t at) {
  // Within a degree (m, n) -> (-m, -n) reverses the order of the coefficients.
  return spectrumSize(domain, l) + spectrumSize(domain, l + 1) - 1 - at;
}

std::vector<Complex> hermitianPart(Domain domain, int64_t degrees, const Complex *spectrum) {
  std::vector<Complex> result(spectrumSize(domain, degrees));
  for (int64_t l = 0; l < degrees; ++l) {
    const int64_t width = domain == Domain::S2 ? 1 : 2 * l + 1;
    const int64_t first = spectrumSize(domain, l);
    for (int64_t at = first; at < spectrumSize(domain, l + 1); ++at) {
      const int64_t m = (at - first) / width - l;
      const int64_t n = domain == Domain::S2 ? 0 : (at - first) % width - l;
      const double sign = (m - n) % 2 == 0 ? 1.0 : -1.0;
      const Complex mirrored = spectrum[mirroredPosition(domain, l, at)];
      result[at] = 0.5 * (spectrum[at] + sign * std::conj(mirrored));
    }
  }
  return result;
}

} // namespace spherical::reference
