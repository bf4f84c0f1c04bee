//===- gemm.h - products of matrices of the emulation -----------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_GEMM_H
#define SPHERICAL_TOOLS_EMULATION_GEMM_H

#include "runtime/cuda/device.h"
#include "tools/emulation/footprint.h"

namespace spherical::emulation {

/// "", or what about a shape breaks a rule of sph_gemm_shape: "expected `m` of 1 or more, got 0".
std::string shapeFault(const sph_gemm_shape &shape);

/// The matrices of a shape without a fault.
struct GemmMatrices {
  Footprint a, b, c;
};
GemmMatrices gemmMatrices(const sph_gemm_shape &shape, const void *a, const void *b, const void *c);

/// By the definition, in f64, rounded once.
void multiply(const sph_gemm_shape &shape, const void *a, const void *b, void *c);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_GEMM_H
