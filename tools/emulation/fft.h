//===- fft.h - Fourier transforms of the emulation --------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_FFT_H
#define SPHERICAL_TOOLS_EMULATION_FFT_H

#include "runtime/cuda/device.h"
#include "tools/emulation/footprint.h"

namespace spherical::emulation {

/// "", or what about a shape breaks a rule of sph_fft_shape: "expected `n[0]` of 1 or more, got 0".
std::string shapeFault(const sph_fft_shape &shape);

/// What transforms of a shape without a fault read and write.
Footprint fftInput(const sph_fft_shape &shape, const void *in);
Footprint fftOutput(const sph_fft_shape &shape, const void *out);

/// "", or why transforms of this shape cannot have `in` and `out` at one place.
std::string inPlaceFault(const sph_fft_shape &shape);

/// By the definition, O(n^2) an axis, in f64, rounded once.
void transform(const sph_fft_shape &shape, const void *in, void *out, bool inverse);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_FFT_H
