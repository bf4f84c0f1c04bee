//===- tap_waves.cpp - waves between kernels and their bins -----*- C++ -*-===//
//
// Short kernels on transforms of length n, w = 2 pi / n (fourier_tiles.h in dialects/nn/stages):
//   tap_waves {n, bins, taps, planes, parts, turned}: [bins][planes][taps][parts], times scale
//       plane p of e^{i w k a} x for x = 1 (part 0) and x = i (part 1), with a = r + 1 at tap r or,
//       turned = 1, a = taps - r; planes are the real part, the imaginary one and minus the real
//       one.
//   bin_waves {n, bins, taps, parts, half}: [taps][planes][bins][parts], times scale
//       parts = 2: the real part of e^{i w k r} x for x = 1 and x = i (one plane);
//       parts = 4: real and imaginary part (two planes) of e^{i w k r} conj(g) x for the four
//           products of g = 1, i (outer) and x = 1, i.
//       With half = 1 bins stand for their mirror images, too: all but k = 0 and k = n / 2 count
//       twice.
//
//===----------------------------------------------------------------------===//

#include "runtime/math/tap_waves.h"

#include "runtime/math/quadrature.h"

#include <complex>
#include <stdexcept>

namespace spherical::runtime {
namespace {

struct Waves {
  int64_t n, bins, taps, planes, parts;
  bool flag; ///< turned, or half
};

Waves wavesOf(const TableSpec &spec) {
  constexpr int64_t most = 4096; // no size overflows
  const bool fromTaps = spec.kind == "tap_waves";
  Waves w;
  w.n = spec.parameter("n", 1, most), w.bins = spec.parameter("bins", 1, w.n);
  w.taps = spec.parameter("taps", 1, w.n);
  w.parts = spec.parameter("parts", 1, fromTaps ? 2 : 4);
  if (!fromTaps && w.parts % 2 != 0)
    throw std::invalid_argument("table 'bin_waves' expected parts of 2 or 4, got " +
                                std::to_string(w.parts));
  w.planes = fromTaps ? spec.parameter("planes", 1, 3) : w.parts / 2;
  w.flag = spec.parameter(fromTaps ? "turned" : "half", 0, 1) == 1;
  return w;
}

/// Plane 0, 1 or 2 of a value: re, im, -re.
double planeOf(std::complex<double> value, int64_t plane) {
  return plane == 1 ? value.imag() : plane == 2 ? -value.real() : value.real();
}

/// 1 or i.
std::complex<double> unitOf(int64_t part) { return part == 0 ? 1.0 : std::complex(0.0, 1.0); }

} // namespace

std::optional<int64_t> tapWavesSize(const TableSpec &spec) {
  if (spec.kind != "tap_waves" && spec.kind != "bin_waves")
    return std::nullopt;
  const Waves w = wavesOf(spec);
  return w.bins * w.planes * w.taps * w.parts;
}

template <typename T> static void fillFromTaps(const Waves &w, double scale, T *out) {
  for (int64_t k = 0; k < w.bins; ++k)
    for (int64_t plane = 0; plane < w.planes; ++plane)
      for (int64_t r = 0; r < w.taps; ++r)
        for (int64_t part = 0; part < w.parts; ++part) {
          const int64_t a = w.flag ? w.taps - r : r + 1;
          *out++ =
              static_cast<T>(scale * planeOf(rootOfUnity(k * a % w.n, w.n) * unitOf(part), plane));
        }
}

template <typename T> static void fillFromBins(const Waves &w, double scale, T *out) {
  for (int64_t r = 0; r < w.taps; ++r)
    for (int64_t plane = 0; plane < w.planes; ++plane)
      for (int64_t k = 0; k < w.bins; ++k)
        for (int64_t part = 0; part < w.parts; ++part) {
          const std::complex<double> x = unitOf(part % 2) * std::conj(unitOf(part / 2));
          const double times = w.flag && k > 0 && 2 * k != w.n ? 2.0 : 1.0;
          *out++ =
              static_cast<T>(scale * times * planeOf(rootOfUnity(k * r % w.n, w.n) * x, plane));
        }
}

template <typename T> void fillTapWaves(const TableSpec &spec, T *out) {
  const Waves w = wavesOf(spec);
  if (spec.kind == "tap_waves")
    fillFromTaps(w, spec.scale, out);
  else
    fillFromBins(w, spec.scale, out);
}

template void fillTapWaves(const TableSpec &spec, float *out);
template void fillTapWaves(const TableSpec &spec, double *out);

} // namespace spherical::runtime
