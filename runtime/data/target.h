//===- target.h - what samples are compared with ----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_TARGET_H
#define SPHERICAL_RUNTIME_DATA_TARGET_H

#include <cstdint>
#include <span>
#include <variant>

namespace spherical::runtime {

/// What is known of each sample.
enum class TargetKind {
  None,
  Class,        ///< one class
  PointClasses, ///< a class for each point of the sample's grid
  Values,       ///< numbers
  Field         ///< numbers for each point of the sample's grid
};

/// The label of what has none: it counts for nothing in losses and metrics. A number that is
/// missing is NaN.
inline constexpr int32_t missingLabel = -1;

/// Where the target of a sample is put: classes or values. Both may be null.
struct Target {
  int32_t *classes = nullptr;
  float *values = nullptr;
};

/// A few words: "no target", "a class", "a class for each point", "values", "values for each
/// point".
const char *targetName(TargetKind kind);

/// Whether targets of this kind are numbers.
constexpr bool isNumeric(TargetKind kind) {
  return kind == TargetKind::Values || kind == TargetKind::Field;
}

/// The targets of some samples: labels or values, or nothing.
using Targets = std::variant<std::monostate, std::span<const int32_t>, std::span<const float>>;

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_TARGET_H
