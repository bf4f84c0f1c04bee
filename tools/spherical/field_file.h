//===- field_file.h - fields in the files of a user -------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_FIELD_FILE_H
#define SPHERICAL_TOOLS_SPHERICAL_FIELD_FILE_H

#include "runtime/data/sample_grid.h"
#include "runtime/data/safetensors.h"

#include <optional>
#include <string>

namespace spherical::driver {

/// Reads `path`: of safetensors all tensors, of .npy one named x (format 1.0 to 3.0, little-endian
/// numbers in C order). Throws std::runtime_error, "PATH: expected ..., got ...".
runtime::TensorFile readFields(const std::string &path);

/// Writes a file of the form that the ending of `path` says, complete or not at all; .npy takes one
/// tensor alone. Throws std::runtime_error.
void writeFields(const std::string &path, const runtime::TensorFile &file);

/// The grid on which fields of this shape, [count, channels, ...], lie: `text` names it, with its
/// size or without, where the shape says it. Throws std::runtime_error where they do not fit.
runtime::SampleGrid gridOfFields(const std::string &text, std::span<const int64_t> shape);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_FIELD_FILE_H
