//===- executable.h - what the training loop needs of a model ---*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_EXECUTABLE_H
#define SPHERICAL_RUNTIME_TRAIN_EXECUTABLE_H

#include "runtime/execute/manifest.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// A classifier of samples, or of the points of samples, that can be trained, whatever runs it. All
/// failures are std::runtime_error.
class Executable {
public:
  virtual ~Executable() = default;

  /// The most samples that one call takes.
  virtual int64_t capacity() const = 0;

  /// Extents of one input sample: (channels, 2b, 2b).
  virtual std::vector<int64_t> sampleShape() const = 0;

  /// Logits of one sample, or of one point of a sample.
  virtual int64_t classes() const = 0;

  /// Points of a sample that have a label and logits each, in the order of its grid; 1 for
  /// networks that classify whole samples.
  virtual int64_t points() const { return 1; }

  /// The values that live from step to step: parameters, moments and states.
  virtual const std::vector<ParameterSpec> &kept() const = 0;

  /// Copies the kept value at `index` of `kept()` to `out`, or sets it; dense, C order,
  /// kept()[index].bytes() bytes.
  virtual void read(size_t index, std::span<std::byte> out) const = 0;
  virtual void write(size_t index, std::span<const std::byte> values) = 0;

  /// One optimizer step on `count` samples, 1 <= count <= capacity: x [count][sample], labels
  /// [count][points]. Writes the logits before the step, [count][classes][points], and returns the
  /// mean loss.
  virtual float trainStep(const float *x, const int32_t *labels, int64_t count, float learningRate,
                          float *logits) = 0;

  /// Inference on `count` samples, 1 <= count <= capacity: writes the logits,
  /// [count][classes][points].
  virtual void forward(const float *x, int64_t count, float *logits) = 0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_EXECUTABLE_H
