//===- conversion.h - numbers of one type as those of another ---*- C++ -*-===//
//
// Files hold numbers of many types, programs take F32, F64, I32 and I64. What may
// stand for what is decided here, for every command and for the C interface.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_CONVERSION_H
#define SPHERICAL_RUNTIME_DATA_CONVERSION_H

#include "runtime/data/safetensors.h"

namespace spherical::runtime {

/// Whether numbers of the type are floating-point: F64, F32, F16 and BF16.
bool isFloat(DType dtype);

/// The same numbers as F32, F64, I32 or I64, rounded to nearest where they are rounded. Throws
/// std::runtime_error, "expected values of I32, got 4294967299 at position 3", if `dtype` is an
/// integer type and a number is not one of its integers.
Tensor converted(const Tensor &tensor, DType dtype);

/// Pixels 0 ... 255 as numbers from 0 to 1 of F32 or F64: value / 255.
Tensor scaledPixels(const Tensor &bytes, DType dtype);

/// The rule for parameters, states and moments: F64, F32, F16 and BF16 stand for floating-point
/// numbers, integers that fit for integers. Returns the values as `dtype`. Throws
/// std::runtime_error with the rest of a sentence that begins with the tensor's name: "expected
/// F32, F64, F16 or BF16, got I32", what `converted` says, or, unless `nonFinite` allows it,
/// "expected finite values, got nan at position 3", also of numbers beyond the range of `dtype`.
Tensor weightValues(const Tensor &tensor, DType dtype, bool nonFinite = false);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_CONVERSION_H
