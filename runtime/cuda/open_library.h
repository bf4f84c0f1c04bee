//===- open_library.h - libraries of CUDA -----------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_CUDA_OPEN_LIBRARY_H
#define SPHERICAL_RUNTIME_CUDA_OPEN_LIBRARY_H

#include <span>
#include <string>

namespace spherical::runtime::cuda {

/// Opens the first library of these names: below $SPHERICAL_CUDA_PATH (the folder itself, lib64 or
/// lib in it) if that is set, else where the system looks. Returns null after a sentence in
/// `reason` that says that `what` was expected, and where.
void *openLibrary(const std::string &what, std::span<const char *const> names, std::string &reason);

} // namespace spherical::runtime::cuda

#endif // SPHERICAL_RUNTIME_CUDA_OPEN_LIBRARY_H
