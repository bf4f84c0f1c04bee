//===- evaluation_result.h - all that an evaluation found -------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_EVALUATION_RESULT_H
#define SPHERICAL_RUNTIME_TRAIN_EVALUATION_RESULT_H

#include "runtime/train/evaluate.h"
#include "runtime/train/record.h"

#include <limits>
#include <span>
#include <string>

namespace spherical::runtime {

/// Medians over random rotations; NaN where nothing was measured.
struct RotationErrors {
  int64_t rotations = 0;
  /// Of the equivariance error |net(R x) - R net(x)| / |net(x) - mean net(x)| for a random
  /// band-limited x.
  double equivariance = std::numeric_limits<double>::quiet_NaN();
  /// Of the same ratio for samples of the test: the change under rotation.
  double change = std::numeric_limits<double>::quiet_NaN();
};

/// The record as a JSON object (record.h) and behind it `metrics`, all of them; of classes
/// `classes`, figures of each under its name, and `confusion`, [label][prediction]; of values
/// `outputs`, figures of each; `rotation`, if anything of that was measured; `data`, what is known
/// of data in files. What is not defined, such as the intersection over union of a class that no
/// label has, is null. `names` are those of the classes.
std::string resultText(const EvaluationRecord &record, const Evaluation &result,
                       std::span<const std::string> names, const RotationErrors &errors = {},
                       const Metadata &data = {});

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_EVALUATION_RESULT_H
