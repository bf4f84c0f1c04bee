//===- libraries.h - library calls of the emulation -------------*- C++ -*-===//
//
// The entries `libraries`, `fft_plan` ... `gemm` of the table; see device.h.
// They refuse what a library would refuse, and also what it would do silently:
// read or write memory that is not the device's, that nobody has written (in
// contexts of the strict emulation), or that other work still uses.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_EMULATION_LIBRARIES_H
#define SPHERICAL_TOOLS_EMULATION_LIBRARIES_H

#include "runtime/cuda/device.h"

namespace spherical::emulation {

const char *libraries(sph_device_context *context, sph_device_libraries *libraries);
const char *fftPlan(sph_device_context *context, const sph_fft_shape *shape, sph_device_fft **plan,
                    int64_t *workspaceBytes);
void fftDestroy(sph_device_fft *plan);
const char *fftExecute(sph_device_stream *stream, sph_device_fft *plan, void *in, void *out,
                       int32_t inverse, void *workspace);
const char *gemm(sph_device_stream *stream, const sph_gemm_shape *shape, const void *a,
                 const void *b, void *c, void *workspace, int64_t workspaceBytes);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_LIBRARIES_H
