//===- load_libraries.h - find cuFFT and cuBLAS -----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_CUDA_LOAD_LIBRARIES_H
#define SPHERICAL_RUNTIME_CUDA_LOAD_LIBRARIES_H

#include "runtime/cuda/library_api.h"

#include <string>

namespace spherical::runtime::cuda {

/// The functions of cuFFT and of cuBLAS; null after a sentence in `reason` that says what was
/// looked for, and what to install. A success is kept for the life of the process.
const FftApi *loadFft(std::string &reason);
const GemmApi *loadGemm(std::string &reason);

/// "cufftExecC2C: the transform could not be run (CUFFT_EXEC_FAILED)".
std::string fftFailureText(const char *call, LibraryStatus status);
std::string gemmFailureText(const char *call, LibraryStatus status);

} // namespace spherical::runtime::cuda

#endif // SPHERICAL_RUNTIME_CUDA_LOAD_LIBRARIES_H
