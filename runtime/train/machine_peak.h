//===- machine_peak.h - what the processor could do -------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_MACHINE_PEAK_H
#define SPHERICAL_RUNTIME_TRAIN_MACHINE_PEAK_H

namespace spherical::runtime {

/// Measures, in about a tenth of a second, how many 10^9 single-precision operations a second
/// `threads` threads do in fused multiply-adds on registers, with the widest vectors that the
/// processor has (AVX-512, AVX2 with FMA, or the compiler's default).
double measurePeakGflops(int threads);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_MACHINE_PEAK_H
