//===- array_values.h - numbers of arrays as networks take them -*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_ARRAY_VALUES_H
#define SPHERICAL_RUNTIME_DATA_SETS_ARRAY_VALUES_H

#include "runtime/data/sets/array_file.h"

#include <cstdint>
#include <string>

namespace spherical::runtime {

/// Row `row` of the array as F32, NaN where a value is missing: NaN itself, the array's fill value
/// and HEALPix's UNSEEN. With `pixels` U8 is value / 255. Throws std::runtime_error "expected
/// finite or missing values, got inf at position 7" that begins with `sample`, also for numbers
/// beyond the range of F32.
void readValues(const StoredArray &array, int64_t row, bool pixels, const std::string &sample,
                float *out);

/// Row `row` as classes, -1 where the label is -1 or `ignore`. Throws std::runtime_error that
/// begins with `sample` for numbers that are not whole or below -1.
void readClasses(const StoredArray &array, int64_t row, std::optional<int32_t> ignore,
                 const std::string &sample, int32_t *out);

/// All numbers of an array, NaN for its fill value.
std::vector<double> readAll(const StoredArray &array);

/// Sets values to NaN where row `row` of `mask`, repeated until it has as many, is 0.
void applyMask(const StoredArray &mask, int64_t row, std::span<float> values);

/// Whether the number stands for a pixel that HEALPix has not seen: -1.6375e30, as healpy compares.
bool isUnseen(double value);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_ARRAY_VALUES_H
