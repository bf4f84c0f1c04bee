//===- tap_waves.h - waves between kernels and their bins -------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_MATH_TAP_WAVES_H
#define SPHERICAL_RUNTIME_MATH_TAP_WAVES_H

#include "runtime/math/tables.h"

namespace spherical::runtime {

/// Number of elements of a table of waves, nothing if the kind is none of those in tap_waves.cpp.
/// Errors are std::invalid_argument.
std::optional<int64_t> tapWavesSize(const TableSpec &spec);

/// Fills such a table, of T = float or double.
template <typename T> void fillTapWaves(const TableSpec &spec, T *out);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_TAP_WAVES_H
